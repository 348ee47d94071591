package fsm

import (
	"net/netip"
	"time"

	"github.com/peerloom/peerloom/codec"
)

// Config is what one session is told about itself and its peer. Durations of 0
// disable where the RFC has a way to; New fills nothing in: the speaker's
// configuration has the defaults.
type Config struct {
	LocalAS, PeerAS  uint32        // PeerAS 0: any (taken from the OPEN)
	LocalID          netip.Addr    // BGP Identifier
	HoldTime         time.Duration // proposed; 0 or at least 3 s
	ConnectRetry     time.Duration // 0: no retry while connecting or waiting
	Passive          bool          // PassiveTcpEstablishment: never dials
	DelayOpen        time.Duration // 0: off
	Damp             bool          // DampPeerOscillations
	IdleHold         time.Duration // delay of a restart; doubles while damping. 0: ConnectRetry, or 1 s
	IdleHoldMax      time.Duration // bound of the doubling; staying up as long ends it
	AutoStart        bool          // AllowAutomaticStart: Idle restarts by itself
	TrackTCP         bool          // TrackTcpState: events 14 and 15 are delivered
	NotifyInOpenSent bool          // SendNOTIFICATIONwithoutOPEN
	// SendHold is the Send Hold Timer's value (RFC 9687 §4); 0 lets the
	// session use max(8 min, 2 × hold time). Negative: off. A negotiated hold
	// time of 0 turns it off in any case.
	SendHold time.Duration
	// Open is the OPEN to send (HoldTime, AS and ID already in it).
	Open codec.Open
	// RequiredCaps are capabilities without which the session is refused with
	// 2/7 (RFC 5492 §5).
	RequiredCaps []codec.CapCode
	// Jitter answers a number in [0,n): RFC 4271 §10's 0.75–1.0 factor is
	// drawn with it. Nil means the full interval.
	Jitter func(n int) int
	// ReachLast, see codec.Options.
	ReachLast bool
}
