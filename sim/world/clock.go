package world

import (
	"time"

	"github.com/peerloom/peerloom/sim"
)

// wallClock is what a speaker takes for the time: the loop's, run fast or slow
// and set. The zero wallClock is right.
type wallClock struct {
	ppm         int64         // fast by so many millionths; at least -900,000
	since, base time.Duration // when it began to be so, and what the clock would have shown then had nobody set it
	offset      time.Duration // by how much it was set, in all
}

const million = 1_000_000

// steady is the time that has passed by the clock when the loop stands at d,
// but for its being set: no jumps.
func (c wallClock) steady(d time.Duration) time.Time { return sim.Epoch().Add(c.passed(d)) }

// at is what the clock shows when the loop stands at d.
func (c wallClock) at(d time.Duration) time.Time { return sim.Epoch().Add(c.passed(d) + c.offset) }

// passed is how long ago the loop began, by the clock had nobody set it.
func (c wallClock) passed(d time.Duration) time.Duration {
	if c == (wallClock{}) {
		return d
	}
	return c.base + c.run(d-c.since)
}

func (c wallClock) run(d time.Duration) time.Duration {
	return d + d/million*time.Duration(c.ppm) + d%million*time.Duration(c.ppm)/million
}

// when is the first instant of the loop at which the clock shows t or later.
func (c wallClock) when(t time.Time) time.Duration {
	want := t.Sub(sim.Epoch())
	if c == (wallClock{}) {
		return want
	}
	want -= c.offset + c.base
	rate := time.Duration(million + c.ppm)
	d := want/rate*million + want%rate*million/rate
	for c.run(d-1) >= want {
		d--
	}
	for c.run(d) < want {
		d++
	}
	return c.since + d
}

// now is the time by the node's clock.
func (n *node) now() time.Time { return n.clock.at(n.w.loop.Elapsed()) }

// steady is the node's time for who measures durations.
func (n *node) steady() time.Time { return n.clock.steady(n.w.loop.Elapsed()) }

// driftPPM are the errors of clocks: a cheap crystal's, and far more, so that
// one end's three KEEPALIVEs a hold time no longer come in time at the other.
var driftPPM = [...]int64{200, -200, 100_000, -100_000}

// drifts chooses which speakers' clocks are wrong for the whole run.
func (w *World) drifts() {
	if w.knobs.Drift.Num == 0 {
		return
	}
	for _, n := range w.nodes {
		if w.knobs.Drift.Draw(w.src, LabelDrift) {
			n.setClock(wallClock{ppm: driftPPM[w.src.Choose(LabelDrift, len(driftPPM))]})
		}
	}
}

// setClock gives a node another clock; its timers follow.
func (n *node) setClock(c wallClock) {
	n.clock = c
	n.rearm()
	for _, a := range n.apis {
		a.rearm()
	}
}

// clockSteps are how far a clock is set: by its keeper, beyond a hold time, back
// beyond it.
var clockSteps = [...]time.Duration{time.Second, -time.Second, 200 * time.Second, -200 * time.Second}

func (w *World) stepClock(i int) {
	n := w.runningNodes()[i]
	n.moveClock(clockSteps[w.src.Choose(LabelFaultHow, len(clockSteps))])
}

func (n *node) moveClock(d time.Duration) {
	c := n.clock
	n.wasSet = true
	for _, s := range n.sessions {
		s.pace.Set()
	}
	c.offset += d
	n.setClock(c)
}

func (w *World) stepNamed(s *Step) {
	if n := w.node(s.A); n != nil {
		n.moveClock(s.For)
	}
}

// driftNamed sets how fast a clock is without moving it.
func (w *World) driftNamed(s *Step) {
	if n := w.node(s.A); n != nil {
		c := n.clock
		c.base = n.steady().Sub(sim.Epoch())
		c.ppm, c.since = int64(s.N), w.loop.Elapsed()
		n.setClock(c)
	}
}
