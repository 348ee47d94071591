package fsm

import (
	"net/netip"
	"time"

	"github.com/peerloom/peerloom/codec"
)

// State is a state of RFC 4271 §8.2.2.
type State uint8

// States.
const (
	Idle State = iota
	Connect
	Active
	OpenSent
	OpenConfirm
	Established
	nStates
)

// Event is an event of RFC 4271 §8.1, by its number there; 29 is RFC 9687's.
type Event uint8

// Events.
const (
	ManualStart                      Event = 1
	ManualStop                       Event = 2
	AutomaticStart                   Event = 3
	ManualStartPassive               Event = 4
	AutomaticStartPassive            Event = 5
	AutomaticStartDamp               Event = 6
	AutomaticStartDampPassive        Event = 7
	AutomaticStop                    Event = 8
	ConnectRetryTimerExpires         Event = 9
	HoldTimerExpires                 Event = 10
	KeepaliveTimerExpires            Event = 11
	DelayOpenTimerExpires            Event = 12
	IdleHoldTimerExpires             Event = 13
	TCPConnectionValid               Event = 14
	TCPCRInvalid                     Event = 15
	TCPCRAcked                       Event = 16
	TCPConnectionConfirmed           Event = 17
	TCPConnectionFails               Event = 18
	BGPOpen                          Event = 19
	BGPOpenWithDelayOpenTimerRunning Event = 20
	BGPHeaderErr                     Event = 21
	BGPOpenMsgErr                    Event = 22
	OpenCollisionDump                Event = 23
	NotifMsgVerErr                   Event = 24
	NotifMsg                         Event = 25
	KeepAliveMsg                     Event = 26
	UpdateMsg                        Event = 27
	UpdateMsgErr                     Event = 28
	SendHoldTimerExpires             Event = 29 // RFC 9687
	nEvents                          Event = 30
)

// Config is what one session is told about itself and its peer. Durations of 0
// disable where the RFC has a way to; New fills nothing in: the speaker's
// configuration has the defaults.
type Config struct {
	LocalAS, PeerAS  uint32     // PeerAS 0: any (taken from the OPEN)
	LocalID          netip.Addr // BGP Identifier
	HoldTime         time.Duration
	ConnectRetry     time.Duration
	Passive          bool          // PassiveTcpEstablishment
	DelayOpen        time.Duration // 0: off
	Damp             bool          // DampPeerOscillations
	IdleHold         time.Duration // first IdleHoldTime; doubles while damping
	IdleHoldMax      time.Duration
	AutoStart        bool // AllowAutomaticStart: Idle restarts by itself
	TrackTCP         bool // TrackTcpState
	NotifyInOpenSent bool // SendNOTIFICATIONwithoutOPEN
	// SendHold is the Send Hold Timer's value (RFC 9687 §4); 0 lets the
	// session use max(8 min, 2 × hold time). Negative: off.
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

// Input is one event with what came with it. Only the fields of that event are
// read.
type Input struct {
	Event        Event
	Open         *codec.Open        // 19, 20
	Notification codec.Notification // 24, 25
	Err          *codec.Error       // 21, 22, 28
	// Stop is the Cease that ManualStop, AutomaticStop or OpenCollisionDump
	// sends; Code 0 means Cease/2 for 2, the RFC's for the others.
	Stop codec.Notification
	// Simultaneous true lets BGPOpen be processed although its acceptance
	// awaits collision detection. (Set by the speaker after Resolve.)
}

// ActionKind says what an Action asks for.
type ActionKind uint8

// Actions.
const (
	ActDial     ActionKind = iota + 1 // start a TCP connection to the peer
	ActListen                         // be ready for the peer's connection
	ActClose                          // drop this session's TCP connection (after what was sent)
	ActSendOpen                       // Open
	ActSendKeepalive
	ActSendNotification // Notification
	ActEstablished      // Negotiated is valid from now on
	ActDown             // left Established, or gave up: Reason, Notification
)

// Action is one thing to do, in order.
type Action struct {
	Kind         ActionKind
	Open         *codec.Open
	Notification codec.Notification
	Reason       Down // ActDown
}

// DownCause is why a session ended.
type DownCause uint8

// Causes.
const (
	DownNone     DownCause = iota
	DownSent               // we sent Notification
	DownReceived           // the peer sent Notification
	DownTCP                // the connection failed or was closed
	DownStop               // we were told to, and no NOTIFICATION was due
)

// Down says why a session ended.
type Down struct {
	Cause          DownCause
	Notification   codec.Notification // for DownSent, DownReceived
	WasEstablished bool
}

// Negotiated is what the two OPENs make of a session.
type Negotiated struct {
	PeerAS                        uint32
	PeerID                        netip.Addr
	Internal                      bool          // PeerAS == LocalAS
	HoldTime, KeepaliveTime       time.Duration // 0: no timers (RFC 4271 §4.2)
	Families                      codec.FamilySet
	Send, Receive                 codec.Options // encode with Send, decode with Receive
	RouteRefresh, EnhancedRefresh bool          // both ends
	PeerOpen                      *codec.Open
	LocalOpen                     *codec.Open
}

// Session is one connection's state machine. It is copied with Clone.
type Session struct { /* owned by this package */
}

// New makes a session in Idle.
func New(c Config) *Session { panic("skeleton") }

// Step handles one external event at time now and appends what is to be done.
func (s *Session) Step(now time.Time, in Input, out []Action) []Action { panic("skeleton") }

// Advance fires the timers that are due at now, in the order of their enum.
func (s *Session) Advance(now time.Time, out []Action) []Action { panic("skeleton") }

// Deadline is the earliest armed timer; zero when none is armed.
func (s *Session) Deadline() time.Time { panic("skeleton") }

// Sent tells the session that the driver's TCP has taken bytes of this
// connection (n > 0) or refused to for now: the Send Hold Timer (RFC 9687)
// restarts on n > 0 and KeepaliveTimer restarts when a whole KEEPALIVE or
// UPDATE went out (RFC 4271 §8.2.2, Established).
func (s *Session) Sent(now time.Time, message codec.MessageType) { panic("skeleton") }

// Pending tells the session whether bytes wait for TCP to take them: the Send
// Hold Timer runs only then.
func (s *Session) Pending(now time.Time, pending bool) { panic("skeleton") }

// State is the current state.
func (s *Session) State() State { panic("skeleton") }

// Negotiated is valid in OpenConfirm and Established.
func (s *Session) Negotiated() *Negotiated { panic("skeleton") }

// Clone is an independent copy; the two share only immutable values.
func (s *Session) Clone() *Session { panic("skeleton") }

// AppendState appends a canonical encoding of the state, timers relative to
// now, for state de-duplication.
func (s *Session) AppendState(b []byte, now time.Time) []byte { panic("skeleton") }

// Check validates an OPEN against the configuration and returns what it
// negotiates, or the OPEN Message Error that it deserves (RFC 4271 §6.2).
func (c *Config) Check(peer *codec.Open) (*Negotiated, *codec.Error) { panic("skeleton") }

// Verdict is the answer of collision detection.
type Verdict uint8

// Verdicts.
const (
	NoCollision Verdict = iota
	CloseOther          // close the existing connection, go on with this one
	CloseThis           // close the connection that the OPEN came on
)

// Collide is RFC 4271 §6.8 (with RFC 6286 §2.3) for an OPEN that arrived on one
// of two connections with the same peer: thisIncoming says who initiated the
// connection that it arrived on, other is the state of the other one.
func Collide(localID netip.Addr, localAS uint32, peerID netip.Addr, peerAS uint32, thisIncoming bool, other State) Verdict {
	panic("skeleton")
}
