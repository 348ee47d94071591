package main

import (
	"fmt"
	"sync/atomic"
	"time"

	"github.com/peerloom/peerloom/sim/scenario"
	"github.com/peerloom/peerloom/sim/world"
)

// hangs notices a run that does not end. It cannot be stopped, so the sweep is.
func (s *sweep) hangs() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.running {
		if r.since.IsZero() || time.Since(r.since) < s.flags.hang {
			continue
		}
		j := s.plan.at(r.run)
		s.sum.failed(failHangs, r.run, &j)
		s.said = append(s.said, fmt.Sprintf("%s, seed %d: strategy %s: the run takes longer than %v", j.run.File.Name, j.seed, j.run.Strategy, s.flags.hang))
		s.said = append(s.said, s.keepHang(r.run)...)
		s.stopped = "hang"
		s.wake.Broadcast()
		return true
	}
	return false
}

// keepHang makes the run again, as far as it comes in the time that a run has,
// and writes what was decided until then to a file.
func (s *sweep) keepHang(run uint64) []string {
	a := recordUntil(func() job { return s.plan.at(run) }, s.flags.hang)
	file, err := writeNew(fmt.Sprintf("%s/%s-%d", s.flags.dir, a.File.Name, a.Seed), ".repro", scenario.PrintArtefact(a))
	if err != nil {
		return []string{"peerloom sweep: " + err.Error()}
	}
	return []string{"peerloom replay " + file + " --trace"}
}

// recordUntil records a run until it has taken the time. One that stands still
// within an event cannot be asked to stop: it is left behind, and made again up
// to that event.
func recordUntil(again func() job, limit time.Duration) *scenario.Artefact {
	var events atomic.Uint64
	var late atomic.Bool
	recorded := make(chan *scenario.Artefact, 1)
	record := func(j job, goOn func(w *world.World) bool) *scenario.Artefact {
		a, _ := scenario.Record(j.run.File, scenario.Options{Seed: j.seed, Source: j.run.Source, Watch: goOn, Panicked: stack})
		a.Strategy, a.Version = j.run.Strategy, version()
		return a
	}
	go func() {
		recorded <- record(again(), func(w *world.World) bool {
			events.Store(w.Events())
			return !late.Load()
		})
	}()
	for range 2 { // the second time to stop
		select {
		case a := <-recorded:
			return a
		case <-time.After(limit):
			late.Store(true)
		}
	}
	last := events.Load()
	return record(again(), func(w *world.World) bool { return w.Events() < last })
}
