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
	ConnectRetry     time.Duration // 0: the 120 s of RFC 4271 §10. A passive session has no use for it
	Passive          bool          // PassiveTcpEstablishment: never dials
	DelayOpen        time.Duration // 0: off
	Damp             bool          // DampPeerOscillations
	IdleHold         time.Duration // delay of a restart; doubles while damping. 0: ConnectRetry, or 1 s
	IdleHoldMax      time.Duration // bound of the doubling; staying up as long ends it
	AutoStart        bool          // AllowAutomaticStart: Idle restarts by itself
	TrackTCP         bool          // TrackTcpState; false: events 14 and 15 are ignored
	NotifyInOpenSent bool          // SendNOTIFICATIONwithoutOPEN
	// SendHold is the SendHoldTime; 0, or one that is not greater than the
	// negotiated hold time (RFC 9687 §4.4), lets the session use max(8 min,
	// 2 × hold time) (§6). Negative: off. A negotiated hold time of 0 turns it
	// off in any case.
	SendHold time.Duration
	// Open is the OPEN to send (HoldTime, AS and ID already in it).
	Open codec.Open
	// RequiredCaps are capabilities without which the session is refused with
	// 2/7 (RFC 5492 §5).
	RequiredCaps []codec.CapCode
	// Jitter answers a number in [0,n): RFC 4271 §10's 0.75–1.0 factor is
	// drawn with it. Nil means the full interval.
	Jitter func(n int) int
	// Observe, where not nil, is asked once for who watches a new session; it
	// may answer nil.
	Observe func(*Session) Observer
	// ReachLast, see codec.Options.
	ReachLast bool
}
