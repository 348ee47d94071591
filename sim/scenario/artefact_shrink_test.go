package scenario

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/sim"
	"github.com/peerloom/peerloom/sim/check"
)

// broken is a shrinker of three-peers for which a run fails in which peer
// "enhanced" is told 192.168.0.4/32 on two connections, and one of another
// artefact's node when peer "enhanced" is.
func broken(t *testing.T, o ShrinkOptions) *shrinker {
	text, err := os.ReadFile("../../examples/three-peers.scenario")
	require.NoError(t, err)
	f, err := Parse("three-peers", text)
	require.NoError(t, err)
	exec := func(f *File, o Options) Result {
		r := Run(f, o)
		told := map[string]int{}
		for i := range r.Messages {
			m := &r.Messages[i]
			if text := m.Describe(); m.From == "dut" && strings.HasPrefix(text, "UPDATE announce ") && strings.Contains(text, " 192.168.0.6/32 ") {
				told[m.To]++
			}
		}
		for _, peer := range []string{"plain", "enhanced"} {
			if told[peer] > 1 {
				r.Violation = check.NewViolation(check.OutDuplicate, "once", "twice").At("dut→" + peer)
			}
		}
		return r
	}
	for seed := uint64(1); ; seed++ {
		a, _ := Record(f, Options{Seed: seed})
		if r := exec(f, Options{Seed: seed}); r.Node() == "dut→enhanced" {
			a.Invariant, a.Node = r.ID(), r.Node()
			return &shrinker{o: o, goal: a, exec: exec}
		}
	}
}

func TestShrinkLeavesWhatMatters(t *testing.T) {
	var stages []string
	s := broken(t, ShrinkOptions{Progress: func(stage string, _ Size) { stages = append(stages, stage) }})
	before := s.goal.Size()
	require.Greater(t, before.Events(), 60)
	small, runs, err := s.shrink()
	require.NoError(t, err)
	size := small.Size()
	require.LessOrEqual(t, size.Events(), 4, "the announcement, and what brings it a second time: %v", size)
	require.Less(t, runs, 3000)
	require.Len(t, small.File.Peers, 1)
	require.Equal(t, "enhanced", small.File.Peers[0].Name)
	require.Zero(t, size.Routes)
	require.Less(t, size.Knobs, 4)
	require.Equal(t, []string{"lines without a decision", "events", "fields", "faults", "nodes and prefixes"}, stages[:5])
	again, err := ParseArtefact("small", PrintArtefact(small))
	require.NoError(t, err)
	r := s.exec(again.File, Options{Source: sim.NewRetold(again.Story)})
	require.Equal(t, small.Hash, r.Hash, "the lines that were left out are dull")
	require.Equal(t, "dut→enhanced", r.Node(), "another node is another failure")
}

// Every pair that is reported decides, and the prefix that is reported is the
// least that settles the verdict.
func TestWhy(t *testing.T) {
	s := broken(t, ShrinkOptions{})
	y, err := s.why()
	require.NoError(t, err)
	require.Positive(t, y.Swaps)
	whole, _ := Record(s.goal.File, Options{Source: sim.NewRetold(s.goal.Story)})
	for _, p := range y.Pairs {
		story := append(sim.Story{}, whole.Story...)
		for i := range story {
			if story[i].Name == p.First.Name {
				story[i].After = append(append([]string{}, story[i].After...), p.Second.Name)
			}
		}
		r := s.run(whole.File, story)
		require.False(t, s.goal.Fails(&r), "%v", p)
	}
	require.Positive(t, y.Inevitable, "other seeds do not fail")
	require.Equal(t, whole.Story[y.Inevitable], y.Moment)
	for _, p := range y.Prefixes {
		require.Equal(t, p.Events >= y.Inevitable, p.Fails == tails, "%v", y.Prefixes)
	}
	require.Contains(t, y.String(), "Inevitable from event ")
}

// Two clients announce one route: who comes last decides what the peer has.
func TestWhyFindsTheOrderThatDecides(t *testing.T) {
	const name = "testdata/order.scenario"
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	f, err := Parse(name, text)
	require.NoError(t, err)
	failed := 0
	for seed := range uint64(20) {
		a, r := Record(f, Options{Seed: seed})
		if r.Verdict == OK {
			continue
		}
		failed++
		small, _, err := Shrink(a, ShrinkOptions{})
		require.NoError(t, err)
		y, err := Why(small, ShrinkOptions{})
		require.NoError(t, err)
		require.True(t, slices.ContainsFunc(y.Pairs, func(p Pair) bool {
			return strings.HasPrefix(p.First.Name, "second/") && strings.HasPrefix(p.Second.Name, "first/")
		}), "%v", y)
		require.True(t, strings.HasPrefix(y.Moment.Name, "second/"), "%v", y)
	}
	require.Greater(t, failed, 2)
	require.Less(t, failed, 18)
}

func TestShrinkStopsWhenTold(t *testing.T) {
	calls := 0
	s := broken(t, ShrinkOptions{Stop: func() bool { calls++; return calls > 5 }})
	_, runs, err := s.shrink()
	require.NoError(t, err)
	require.Less(t, runs, 8)
}

func TestShorterLines(t *testing.T) {
	require.Equal(t, []string{
		"announce route 1.0.0.0/8 next-hop self",
		"announce route 1.0.0.0/8 next-hop self med 5",
		"announce route 1.0.0.0/8 next-hop self med [ 1:1 2:2 ]",
		"announce route 1.0.0.0/8 next-hop self community [ 1:1 2:2 ]",
	}, shorter("announce route 1.0.0.0/8 next-hop self med 5 community [ 1:1 2:2 ]")[:4])
}
