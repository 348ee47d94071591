package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/peerloom/peerloom/sim/scenario"
)

// hangs notices a run that does not end. It cannot be stopped, so the sweep is;
// the run is made once more to find out how far it gets.
func (s *sweep) hangs() bool {
	run, found := s.tooLong()
	if !found {
		return false
	}
	j := s.plan.at(run)
	lines := []string{
		fmt.Sprintf("%s, seed %d: %s, strategy %s: the run takes longer than %v", j.run.File.Name, j.seed, failHangs, j.run.Strategy, s.flags.hang),
		strings.TrimSpace(simulating()),
	}
	s.mu.Lock()
	s.stopped = "hang"
	s.wake.Broadcast()
	s.mu.Unlock()
	a, again := hung(func() job { return s.plan.at(run) }, s.flags.hang)
	if !again {
		lines = append(lines, "made once more it came to an end: give --hang more time")
	} else if file, err := writeNew(fmt.Sprintf("%s/%s-%d", s.flags.dir, a.File.Name, a.Seed), ".repro", scenario.PrintArtefact(a)); err != nil {
		lines = append(lines, "peerloom sweep: "+err.Error())
	} else {
		lines = append(lines, fmt.Sprintf("peerloom replay %s --hang %v", file, s.flags.hang))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sum.failed(failHangs, run, &j)
	s.said = append(s.said, lines...)
	return true
}

// tooLong is the run that took longer than is allowed, if there is one.
func (s *sweep) tooLong() (run uint64, found bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.running {
		if !r.since.IsZero() && time.Since(r.since) >= s.flags.hang {
			return r.run, true
		}
	}
	return 0, false
}

// measure finds out how long the baselines of the worlds are. One that does not
// end within limit is left behind, and it and those after it count as short: the
// sweep will come upon it and tell.
func measure(all []entry, limit time.Duration) {
	late := time.After(limit)
	for i := range all {
		if all[i].file == nil {
			continue
		}
		length := make(chan int, 1)
		go func() { length <- scenario.Length(all[i].file) }()
		select {
		case all[i].length = <-length:
		case <-late:
			for j := i; j < len(all); j++ {
				all[j].length = 1
			}
			return
		}
	}
}
