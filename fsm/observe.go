package fsm

import (
	"time"

	"github.com/peerloom/peerloom/codec"
)

// Observer watches one session: what it is told, after it has acted on it, and
// the actions with which it answered. It must keep none of the slices. A clone
// of the session is not watched.
type Observer interface {
	// Met is the event, as classified, in the state that it met, before it acts:
	// those of timers too. It counts the cells that a run reaches.
	Met(from State, e Event)
	Stepped(now time.Time, in Input, out []Action)
	Advanced(now time.Time, out []Action)
	Sent(now time.Time, message codec.MessageType)
	Pending(now time.Time, pending bool)
}

// Config is what the session was made with; it must not be changed.
func (s *Session) Config() *Config { return s.cfg }

// Incoming reports whether the session began with an accepted connection.
func (s *Session) Incoming() bool { return s.incoming }

// Timers are the ends of the timers of RFC 4271 §8.1.3 and RFC 9687, in the order
// in which those due at one instant fire: ConnectRetry, Hold, Keepalive,
// DelayOpen, IdleHold, SendHold. Zero: it does not run.
func (s *Session) Timers() [6]time.Time { return s.timers }
