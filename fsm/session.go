package fsm

import (
	"encoding/binary"
	"fmt"
	"time"

	"github.com/peerloom/peerloom/codec"
)

// link is what a session has of a TCP connection.
type link uint8

const (
	linkNone link = iota
	linkDialing
	linkUp
)

// Session is one connection's state machine. It is a plain value: a copy of it
// (Clone) is independent and shares only what never changes.
type Session struct {
	cfg        *Config
	observer   Observer // nil: nobody watches
	state      State
	link       link
	noRestart  bool // stopped by hand or dumped: Idle stays Idle
	pending    bool // bytes wait for TCP
	incoming   bool // begins and ends with one accepted connection
	retries    uint32
	idleHold   time.Duration // the last IdleHoldTime while damping; 0: never fell
	since      time.Time     // entry to state
	timers     [nTimers]time.Time
	negotiated *Negotiated // nil before the peer's OPEN

	// Of the Step under way.
	now  time.Time
	in   Input
	out  []Action
	down Down
}

// New makes a session in Idle.
func New(c Config) *Session { return newSession(c, false) }

func newSession(c Config, incoming bool) *Session {
	s := &Session{cfg: &c, incoming: incoming}
	if c.Observe != nil {
		s.observer = c.Observe(s)
	}
	return s
}

// NewIncoming makes the session of one accepted connection (RFC 4271 §8.2.1: a
// separate FSM for each). It never dials, never restarts by itself, and goes to
// Idle where another would wait in Active. Step ManualStartPassive, then
// TCPConnectionConfirmed.
func NewIncoming(c Config) *Session {
	c.Passive, c.AutoStart = true, false
	return newSession(c, true)
}

// SetOpen changes the OPEN that is sent from now on. A session that has sent
// its own goes on with that.
func (s *Session) SetOpen(o codec.Open) {
	c := *s.cfg
	c.Open = o
	s.cfg = &c
}

// Step handles one external event at time now and appends what is to be done.
// A BGPOpen while DelayOpenTimer runs is event 20, and an event 20 without it
// event 19; a NotifMsg of 2/1 is event 24. An event out of 1–29 panics.
func (s *Session) Step(now time.Time, in Input, out []Action) []Action {
	before := len(out)
	out = s.step(now, in, out)
	if s.observer != nil {
		s.observer.Stepped(now, in, out[before:])
	}
	return out
}

func (s *Session) step(now time.Time, in Input, out []Action) []Action {
	if in.Event == 0 || in.Event >= nEvents {
		panic(fmt.Sprintf("fsm: no such event: %d", in.Event))
	}
	s.now, s.in, s.out = now, in, out
	s.classify()
	from := s.state
	if s.observer != nil {
		s.observer.Met(from, s.in.Event)
	}
	if next := table[from][s.in.Event].run(s); next != from {
		s.enter(next)
	}
	out = s.out
	s.in, s.out, s.down = Input{}, nil, Down{}
	return out
}

// classify settles which event it is where that depends on the session.
func (s *Session) classify() {
	switch s.in.Event {
	case BGPOpen, BGPOpenWithDelayOpenTimerRunning:
		if s.in.Open == nil {
			panic("fsm: an OPEN event without its OPEN")
		}
		s.in.Event = BGPOpen
		if s.running(delayOpenTimer) {
			s.in.Event = BGPOpenWithDelayOpenTimerRunning
		}
	case NotifMsg:
		if s.in.Notification.Code == codec.CodeOpen && s.in.Notification.Subcode == codec.SubUnsupportedVersion {
			s.in.Event = NotifMsgVerErr
		}
	}
}

// Advance fires the timers that are due at now, in the order of their enum:
// a hold time that is over at the instant of a KEEPALIVE is over.
func (s *Session) Advance(now time.Time, out []Action) []Action {
	before := len(out)
	for t := range timers {
		if at := s.timers[t]; !at.IsZero() && !at.After(now) {
			s.timers[t] = time.Time{}
			out = s.step(now, Input{Event: timers[t].event}, out)
		}
	}
	if s.observer != nil {
		s.observer.Advanced(now, out[before:])
	}
	return out
}

// Deadline is the earliest armed timer; zero when none is armed.
func (s *Session) Deadline() time.Time {
	var first time.Time
	for _, at := range s.timers {
		if !at.IsZero() && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	return first
}

// Sent tells the session that TCP has taken bytes of this connection; message
// is the type of the message that they complete, 0 when they complete none. The
// Send Hold Timer restarts (RFC 9687 §4.3), and "Each time the local system sends
// a KEEPALIVE or UPDATE message, it restarts its KeepaliveTimer, unless the
// negotiated HoldTime value is zero" (RFC 4271 §8.2.2, Established).
func (s *Session) Sent(now time.Time, message codec.MessageType) {
	s.now = now
	if s.running(sendHoldTimer) {
		s.arm(sendHoldTimer)
	}
	if s.running(keepaliveTimer) && (message == codec.MsgKeepalive || message == codec.MsgUpdate) {
		s.arm(keepaliveTimer)
	}
	if s.observer != nil {
		s.observer.Sent(now, message)
	}
}

// Pending tells the session whether bytes wait for TCP to take them: the Send
// Hold Timer runs only then.
func (s *Session) Pending(now time.Time, pending bool) {
	s.now = now
	was := s.pending
	s.pending = pending
	if s.state == Established && was != pending {
		s.arm(sendHoldTimer)
	}
	if s.observer != nil {
		s.observer.Pending(now, pending)
	}
}

// State is the current state.
func (s *Session) State() State { return s.state }

// Negotiated is valid in OpenConfirm and Established, nil elsewhere.
func (s *Session) Negotiated() *Negotiated { return s.negotiated }

// Retries is the ConnectRetryCounter (RFC 4271 §8.1.1).
func (s *Session) Retries() int { return int(s.retries) }

// Clone is an independent copy; the two share only immutable values.
func (s *Session) Clone() *Session {
	c := *s
	c.observer = nil
	return &c
}

// AppendState appends a canonical encoding of the state, timers relative to
// now, for state de-duplication.
func (s *Session) AppendState(b []byte, now time.Time) []byte {
	flag := func(v bool) byte {
		if v {
			return 1
		}
		return 0
	}
	b = append(b, byte(s.state), byte(s.link), flag(s.noRestart), flag(s.pending), flag(s.incoming))
	b = binary.BigEndian.AppendUint32(b, s.retries)
	b = binary.BigEndian.AppendUint64(b, uint64(s.idleHold))
	if s.cfg.Damp && s.state == Established {
		b = binary.BigEndian.AppendUint64(b, uint64(now.Sub(s.since)))
	}
	for _, at := range s.timers {
		b = append(b, flag(!at.IsZero()))
		if !at.IsZero() {
			b = binary.BigEndian.AppendUint64(b, uint64(at.Sub(now)))
		}
	}
	b = append(b, flag(s.negotiated != nil))
	if s.negotiated != nil {
		b = appendOpen(b, s.negotiated.PeerOpen)
	}
	return b
}

// appendOpen appends what an OPEN says. (It may be one that cannot be written
// again: each capability in its own parameter needs more room.)
func appendOpen(b []byte, o *codec.Open) []byte {
	b = append(b, o.Version)
	b = binary.BigEndian.AppendUint16(b, o.AS)
	b = binary.BigEndian.AppendUint16(b, o.HoldTime)
	b = append(b, o.ID.AsSlice()...)
	b = binary.BigEndian.AppendUint16(b, uint16(len(o.Caps)))
	for _, c := range o.Caps {
		b = binary.BigEndian.AppendUint16(append(b, byte(c.Code)), uint16(len(c.Value)))
		b = append(b, c.Value...)
	}
	return b
}
