// Package simclock runs code written against the Clock of
// github.com/benbjohnson/clock on a sim.Loop's virtual time.
//
// The Mock underneath sleeps a millisecond of real time whenever it is set, so
// it is set only at the instants at which a timer is due, never for each event.
package simclock

import (
	"context"
	"time"

	"github.com/benbjohnson/clock"

	"github.com/peerloom/peerloom/sim"
)

// Clock is a clock.Clock on virtual time. Timers fire while the loop runs.
// Reset of a Timer or Ticker is not seen by the loop: call Wake beside it.
type Clock struct {
	*clock.Mock
	loop  *sim.Loop
	owner sim.Owner
}

// New makes a clock that shows the loop's time.
func New(loop *sim.Loop) *Clock {
	c := &Clock{Mock: clock.NewMock(), loop: loop}
	c.owner = loop.Register("clock", c)
	c.Mock.Set(loop.Now())
	return c
}

// Handle sets the Mock when a timer is due; it is for the loop. B is the period
// of a ticker.
func (c *Clock) Handle(e sim.Event) {
	c.sync()
	if e.B > 0 {
		c.loop.PostAfter(time.Duration(e.B), c.owner, 0, 0, e.B)
	}
}

func (c *Clock) sync() {
	if now := c.loop.Now(); c.Mock.Now().Before(now) {
		c.Mock.Set(now)
	}
}

// Wake makes the clock look at its timers d from now. Call it before
// Reset(d) of a Timer, which otherwise counts from when the Mock was last set.
func (c *Clock) Wake(d time.Duration) {
	c.sync()
	c.loop.PostAfter(d, c.owner, 0, 0, 0)
}

// Now is the loop's time.
func (c *Clock) Now() time.Time { return c.loop.Now() }

// Since is the virtual time that passed since t.
func (c *Clock) Since(t time.Time) time.Duration { return c.Now().Sub(t) }

// Until is the virtual time until t.
func (c *Clock) Until(t time.Time) time.Duration { return t.Sub(c.Now()) }

// After is a channel that gets the time d from now.
func (c *Clock) After(d time.Duration) <-chan time.Time { return c.Timer(d).C }

// AfterFunc calls f, on the Mock's own goroutine, d from now.
func (c *Clock) AfterFunc(d time.Duration, f func()) *clock.Timer {
	c.Wake(d)
	return c.Mock.AfterFunc(d, f)
}

// Timer fires once, d from now.
func (c *Clock) Timer(d time.Duration) *clock.Timer {
	c.Wake(d)
	return c.Mock.Timer(d)
}

// Sleep waits until d has passed; somebody else must run the loop.
func (c *Clock) Sleep(d time.Duration) { <-c.After(d) }

// Ticker fires every d. The loop has an event for each tick from then on, even
// after Stop.
func (c *Clock) Ticker(d time.Duration) *clock.Ticker {
	c.sync()
	c.loop.PostAfter(d, c.owner, 0, 0, uint64(d))
	return c.Mock.Ticker(d)
}

// Tick is the channel of a Ticker.
func (c *Clock) Tick(d time.Duration) <-chan time.Time { return c.Ticker(d).C }

// WithDeadline is a context that ends at the virtual time d.
func (c *Clock) WithDeadline(parent context.Context, d time.Time) (context.Context, context.CancelFunc) {
	c.Wake(c.Until(d))
	return c.Mock.WithDeadline(parent, d)
}

// WithTimeout is a context that ends d from now.
func (c *Clock) WithTimeout(parent context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	c.Wake(d)
	return c.Mock.WithTimeout(parent, d)
}

var _ clock.Clock = (*Clock)(nil)
