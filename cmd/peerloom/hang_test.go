package main

import (
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/sim"
	"github.com/peerloom/peerloom/sim/scenario"
)

// stuck stands still at a question, as code does that does not end within an
// event.
type stuck struct {
	sim.Source
	left int
}

func (s *stuck) Choose(label sim.Label, n int) int {
	if s.left--; s.left < 0 {
		select {}
	}
	return s.Source.Choose(label, n)
}

// What is decided in the event that does not end is kept too, wherever it stands.
func TestHangKeepsTheAnswersOfItsEvent(t *testing.T) {
	text, err := os.ReadFile("../../examples/three-peers.scenario")
	require.NoError(t, err)
	f, err := scenario.Parse("three-peers", text)
	require.NoError(t, err)
	whole, _ := scenario.Record(f, scenario.Options{Source: &stuck{sim.NewSeed(3), 1 << 30}})
	within := 0
	for left := 30; left < 42; left++ {
		a, hangs := hung(func() job {
			return job{seed: 3, run: scenario.Plan{File: f, Source: &stuck{sim.NewSeed(3), left}}}
		}, 100*time.Millisecond)
		require.True(t, hangs)
		require.Equal(t, failHangs, a.Invariant)
		for i, m := range a.Story[:a.Events+1] {
			require.Equal(t, whole.Story[i].Answers, m.Answers, "stuck behind %d questions: event %d", left, i)
		}
		if last := int(a.Events) + 1; last < len(a.Story) && len(a.Story[last].Answers) > 0 {
			within++
			answers := a.Story[last].Answers
			require.Equal(t, whole.Story[last].Answers[:len(answers)], answers, "of the event that does not end")
		}
		again := begin(a.File, sim.NewRetold(a.Story), a.Events)
		<-again.done
		require.True(t, again.met.Load(), "a replay gets there")
		require.Equal(t, a.Hash, again.hash.Load())
	}
	require.Positive(t, within, "some stand behind an answer")
}
