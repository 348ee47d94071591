package world

import (
	"time"

	"github.com/peerloom/peerloom/sim"
)

// script is a program that goes through steps.
type script struct {
	steps   []Step
	at      int
	wake    uint64 // generation of the pending wake event
	waiting bool   // asleep: only that event goes on
	slept   bool   // the present step has slept
	skip    bool   // the present wait is not kept
}

func (s *script) finished() bool { return s.at >= len(s.steps) }

// sleep posts the program's wake event; the second call of one step is the end
// of the sleep.
func (s *script) sleep(w *World, o sim.Owner, kind sim.Kind, d time.Duration) bool {
	if s.slept {
		s.slept = false
		return true
	}
	s.slept, s.waiting = true, true
	s.wake++
	w.loop.PostAfter(d, o, kind, 0, s.wake)
	return false
}
