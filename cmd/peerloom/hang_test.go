package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/sim"
	"github.com/peerloom/peerloom/sim/scenario"
	"github.com/peerloom/peerloom/sim/world"
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

// slowRetold is stuck for a story that is told again.
type slowRetold struct {
	*sim.Retold
	left int
}

func (s *slowRetold) Choose(label sim.Label, n int) int {
	if s.left--; s.left < 0 {
		select {}
	}
	return s.Retold.Choose(label, n)
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

// A sweep tells of a run that stands still, leaves its artefact and ends; a replay
// stands still there too.
func TestSweepFindsAHang(t *testing.T) {
	dir := t.TempDir()
	pace := ""
	s, err := newSweep(&sweepFlags{seeds: 5, workers: 2, strategy: "uniform", dir: dir, hang: look, pace: &pace},
		[]string{"../../examples/three-peers.scenario"}, func(string) string { return "" })
	require.NoError(t, err)
	at := s.at
	s.at = func(run uint64) job {
		j := at(run)
		if run == 3 {
			j.run.Source = &stuck{j.run.Source, 35}
		}
		return j
	}
	var out, errs strings.Builder
	e := env{stdin: strings.NewReader(""), stdout: &out, stderr: &errs}
	s.run(t.Context(), e)
	require.Equal(t, exitFailed, s.finish(t.Context(), e))
	require.Contains(t, out.String(), "three-peers, seed 3: HANGS, strategy uniform: nothing has happened for 1s\n")
	require.Contains(t, out.String(), "sim/scenario.Run(", "where it stands")
	require.Contains(t, out.String(), "failures: HANGS 1\n")
	file := filepath.Join(dir, "three-peers-3.repro")
	require.Contains(t, out.String(), "peerloom replay "+file+" --hang 1s\n")

	text, err := os.ReadFile(file)
	require.NoError(t, err)
	a, err := scenario.ParseArtefact(file, text)
	require.NoError(t, err)
	require.Equal(t, failHangs, a.Invariant)
	require.Positive(t, a.Events)
	out.Reset()
	asked := &slowRetold{Retold: sim.NewRetold(a.Story), left: 1 << 30}
	scenario.Run(a.File, scenario.Options{Source: asked, Watch: func(w *world.World) bool { return w.Events() < a.Events }})
	again := &slowRetold{Retold: sim.NewRetold(a.Story), left: 1<<30 - asked.left}
	require.Equal(t, exitFailed, e.replayHang(a, again, 100*time.Millisecond))
	require.Contains(t, out.String(), "three-peers, seed 3: no end 100ms behind event ")
	require.Regexp(t, `(?m)^hash: as recorded \([0-9a-f]+\); invariant: as recorded \(HANGS\)$`, out.String())
}
