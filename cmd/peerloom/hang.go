package main

import (
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"time"

	"github.com/peerloom/peerloom/sim"
	"github.com/peerloom/peerloom/sim/scenario"
	"github.com/peerloom/peerloom/sim/world"
)

// hangFlag is what --hang is without being given.
const hangFlag = 10 * time.Second

// mark is a place in a run: behind so many events and so many questions.
type mark struct{ events, asked uint64 }

// attempt is a run in a goroutine of its own, which may never end: then it can be
// looked at, but not stopped.
type attempt struct {
	events, asked atomic.Uint64
	hash          atomic.Uint32 // behind the events of meet
	met           atomic.Bool   // that hash is there
	done          chan scenario.Result
}

// begin starts the run. meet is behind how many events the hash is kept.
func begin(f *scenario.File, src sim.Source, meet uint64) *attempt {
	a := &attempt{done: make(chan scenario.Result, 1)}
	trace := sim.NewTrace(sim.HashOnly)
	counted := &counter{Scribe: sim.NewScribe(src, nil), asked: func() { a.asked.Add(1) }}
	watch := func(w *world.World) bool {
		if w.Events() == meet {
			a.hash.Store(trace.Hash())
			a.met.Store(true)
		}
		a.events.Store(w.Events())
		return true
	}
	go func() {
		a.done <- scenario.Run(f, scenario.Options{Source: counted, Trace: trace, Watch: watch, Panicked: stack})
	}()
	return a
}

// counter tells of every question. Once it has stopped it answers none: what is
// deferred asks on when a panic comes by, and may be what does not end.
type counter struct {
	*sim.Scribe
	asked   func()
	stopped bool
}

func (c *counter) mayAsk() {
	if c.stopped {
		panic(enough{})
	}
}

// Choose is for sim.Source.
func (c *counter) Choose(label sim.Label, n int) int {
	c.mayAsk()
	defer c.asked()
	return c.Scribe.Choose(label, n)
}

// Weigh is for sim.Weigher.
func (c *counter) Weigh(label sim.Label, num, den int) bool {
	c.mayAsk()
	defer c.asked()
	return c.Scribe.Weigh(label, num, den)
}

// Pick is for sim.Picker.
func (c *counter) Pick(label sim.Label, n int, identity func(i int) uint64) int {
	c.mayAsk()
	defer c.asked()
	return c.Scribe.Pick(label, n, identity)
}

// Order is for sim.Follower.
func (c *counter) Order(tied []sim.Event) int {
	c.mayAsk()
	defer c.asked()
	return c.Scribe.Order(tied)
}

// enough ends a run within an event, from its source.
type enough struct{}

// outcomeOf waits for a run in another goroutine, as long as it goes on: false where
// its events have stayed the same for limit.
func outcomeOf[T any](done <-chan T, events *atomic.Uint64, limit time.Duration) (outcome T, ended bool) {
	for seen := uint64(0); ; {
		select {
		case outcome = <-done:
			return outcome, true
		case <-time.After(limit):
		}
		now := events.Load()
		if now == seen {
			return outcome, false
		}
		seen = now
	}
}

// hung is the artefact of a run in which nothing happens for limit: all that is decided
// before the place where it stands. False: it came to an end.
func hung(plan func() job, limit time.Duration) (*scenario.Artefact, bool) {
	p := plan().run
	a := begin(p.File, p.Source, 0)
	if _, ended := outcomeOf(a.done, &a.events, limit); ended {
		return nil, false
	}
	return recordTo(plan(), mark{asked: a.asked.Load(), events: a.events.Load()}), true
}

// recordTo records a run up to a place, where it is stopped.
func recordTo(j job, end mark) (a *scenario.Artefact) {
	trace := sim.NewTrace(sim.Text)
	scribe := sim.NewScribe(j.run.Source, trace)
	var at mark
	src := &counter{Scribe: scribe}
	src.asked = func() {
		at.asked++
		if at.events >= end.events && at.asked >= end.asked {
			src.stopped = true
			panic(enough{}) // what comes next may not end
		}
	}
	a = &scenario.Artefact{Seed: j.seed, Strategy: j.run.Strategy, Version: version(), File: j.run.File, Invariant: failHangs}
	defer func() {
		a.Story = scribe.Story()
		if v := recover(); v != nil && v != (enough{}) {
			panic(v) // the world was not set up yet, and nobody else caught it
		}
	}()
	scenario.Run(j.run.File, scenario.Options{Source: src, Trace: trace, Watch: func(w *world.World) bool {
		at.events = w.Events()
		a.Events, a.Hash = at.events, trace.Hash()
		src.stopped = at.events > end.events || at.events == end.events && at.asked >= end.asked
		return !src.stopped
	}})
	return a
}

// replayHang runs the artefact of a run that hangs, and says whether it does so
// again: it stands still, and limit goes by.
func (e env) replayHang(a *scenario.Artefact, src sim.Source, limit time.Duration) int {
	r := begin(a.File, src, a.Events)
	if result, ended := outcomeOf(r.done, &r.events, limit); ended {
		status := e.printResult(fmt.Sprintf("%s, seed %d", a.File.Name, a.Seed), result)
		e.compareHang(a, r, where(result.ID(), result.Node()))
		return status
	}
	for _, m := range a.Story[max(0, len(a.Story)-lastMoments):] {
		fmt.Fprintln(e.stdout, m.String())
	}
	fmt.Fprintf(e.stdout, "%s, seed %d: no end %v behind event %d\n%s", a.File.Name, a.Seed, limit, r.events.Load(), simulating())
	e.compareHang(a, r, failHangs)
	return exitFailed
}

// lastMoments is how many events are shown before a hang.
const lastMoments = 5

func (e env) compareHang(a *scenario.Artefact, r *attempt, now string) {
	hash := fmt.Sprintf("recorded %08x after %d events, which were not reached", a.Hash, a.Events)
	switch {
	case a.Edited:
		hash = "not compared: edited"
	case a.Events == 0 || r.met.Load():
		hash = agree(fmt.Sprintf("%08x", a.Hash), fmt.Sprintf("%08x", r.hash.Load()))
	}
	fmt.Fprintf(e.stdout, "hash: %s; invariant: %s\n", hash, agree(a.Invariant, now))
}

// simulating is the stacks of the goroutines that run a scenario.
func simulating() string {
	buffer := make([]byte, 1<<20)
	var b strings.Builder
	for g := range strings.SplitSeq(string(buffer[:runtime.Stack(buffer, true)]), "\n\n") {
		if strings.Contains(g, "scenario.Run(") {
			b.WriteString(g + "\n")
		}
	}
	return b.String()
}
