package speaker

import (
	"net/netip"
	"time"
)

// Speaker is a BGP speaker. See the package's documentation.
type Speaker struct{}

// New makes a speaker that has not started; Step with InStart starts it.
// jitter answers a number in [0,n) whenever a timer's interval is drawn (RFC
// 4271 §10); nil: no jitter.
func New(c Config, jitter func(n int) int) (*Speaker, error) { panic("skeleton") }

// Step handles one input at time now and appends what is to be done, in order.
func (s *Speaker) Step(now time.Time, in Input, out []Action) []Action { panic("skeleton") }

// Advance fires the timers that are due at now.
func (s *Speaker) Advance(now time.Time, out []Action) []Action { panic("skeleton") }

// Deadline is the earliest armed timer; zero when none is armed.
func (s *Speaker) Deadline() time.Time { panic("skeleton") }

// Pull appends the next bulk message of conn to buf, which must have room for
// MaxExtendedLen bytes; nil when there is none now (an ActPull will say when
// there is again).
func (s *Speaker) Pull(now time.Time, conn ConnID, buf []byte, out []Action) (msg []byte, _ []Action) {
	panic("skeleton")
}

// NextConn numbers a connection that the driver accepted.
func (s *Speaker) NextConn() ConnID { panic("skeleton") }

// Listen lists the addresses to listen on, sorted, from the configuration.
func (s *Speaker) Listen() []netip.AddrPort { panic("skeleton") }

// Clone is an independent copy.
func (s *Speaker) Clone() *Speaker { panic("skeleton") }

// AppendState appends a canonical encoding of all state, times relative to now.
func (s *Speaker) AppendState(b []byte, now time.Time) []byte { panic("skeleton") }
