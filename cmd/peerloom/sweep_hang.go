package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/peerloom/peerloom/sim/scenario"
)

// hangs notices a run that stands still. It cannot be stopped, so the sweep is;
// the run is made once more to find out how far it gets. (One in which event follows
// event ends by itself: its events and its time are bounded, LIVE-01.)
func (s *sweep) hangs() bool {
	run, found := s.tooLong()
	if !found {
		return false
	}
	j := s.at(run)
	lines := []string{
		fmt.Sprintf("%s, seed %d: %s, strategy %s: nothing has happened for %v", j.run.File.Name, j.seed, failHangs, j.run.Strategy, s.flags.hang),
		strings.TrimSpace(simulating()),
	}
	s.mu.Lock()
	s.stopped = "hang"
	s.wake.Broadcast()
	s.mu.Unlock()
	a, again := hung(func() job { return s.at(run) }, s.flags.hang)
	if !again {
		lines = append(lines, "made once more it came to an end: the machine stood still, or the run is not determined by its seed")
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

// tooLong is a run in which nothing has happened for longer than is allowed, if
// there is one: on a slow machine a run may take long, but it goes on. Time is counted
// by looks, so that it stands still while the program does.
func (s *sweep) tooLong() (run uint64, found bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.running {
		r := &s.running[i]
		if made := r.made.Load(); !r.busy || made != r.seen {
			r.seen, r.still = made, 0
		} else if r.still += look; r.still >= s.flags.hang {
			return r.run, true
		}
	}
	return 0, false
}

// measure finds out how long the baselines of the worlds are. One that stands still is
// left behind and counts as short: the sweep will come upon it and tell.
func measure(all []entry, limit time.Duration) {
	for i := range all {
		if all[i].file == nil {
			continue
		}
		r, length := &running{}, make(chan int, 1)
		go func() { length <- scenario.Length(all[i].file, r.goesOn) }()
		if n, ended := outcomeOf(length, &r.made, limit); ended {
			all[i].length = n
		} else {
			all[i].length = 1
		}
	}
}
