package world

import (
	"time"

	"github.com/peerloom/peerloom/sim"
)

// wallClock is what a speaker takes for the time: the loop's, run fast or slow
// and moved. The zero wallClock is right.
type wallClock struct {
	ppm    int64         // fast by so many millionths; more than -1,000,000
	offset time.Duration // and ahead by so much
}

const million = 1_000_000

// at is what the clock shows when the loop stands at d.
func (c wallClock) at(d time.Duration) time.Time {
	if c != (wallClock{}) {
		d = c.run(d) + c.offset
	}
	return sim.Epoch().Add(d)
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
	want -= c.offset
	rate := time.Duration(million + c.ppm)
	d := want/rate*million + want%rate*million/rate
	for c.run(d) > want {
		d--
	}
	for c.run(d) < want {
		d++
	}
	return d
}

// now is the time by the node's clock.
func (n *node) now() time.Time { return n.clock.at(n.w.loop.Elapsed()) }

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
		shown := n.now()
		c := wallClock{ppm: int64(s.N)}
		c.offset = shown.Sub(c.at(w.loop.Elapsed()))
		n.setClock(c)
	}
}
