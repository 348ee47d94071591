package sim_test

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/sim"
)

// counters are sequences of steps that run independently; bad is a state that
// must not be, loop lets the first counter wrap around.
type counters struct {
	at, end []int
	bad     []int
	loop    bool
}

func (c counters) open() []int {
	var open []int
	for i := range c.at {
		if c.at[i] < c.end[i] {
			open = append(open, i)
		}
	}
	return open
}
func (c counters) Moves() int            { return len(c.open()) }
func (c counters) Describe(i int) string { return fmt.Sprintf("step %d", c.open()[i]) }
func (c counters) AppendState(b []byte) []byte {
	return fmt.Append(b, c.at)
}
func (c counters) Apply(i int) (sim.Node, error) {
	at := slices.Clone(c.at)
	at[c.open()[i]]++
	if c.loop && at[0] == c.end[0] {
		at[0] = 0
	}
	if slices.Equal(at, c.bad) {
		return nil, errors.New("bad state")
	}
	c.at = at
	return c, nil
}

// k sequences of lengths n have (Σn)!/Πn! interleavings, Π(n+1) states and one leaf.
func TestExploreCountsInterleavings(t *testing.T) {
	for _, test := range []struct {
		end    []int
		states int
		paths  string
	}{
		{[]int{3}, 4, "1"},
		{[]int{2, 2}, 9, "6"},
		{[]int{3, 4, 5}, 120, "27720"},
		{[]int{9, 9, 9, 9}, 10000, "21452752266265320000"},
	} {
		x := sim.Explore(counters{at: make([]int, len(test.end)), end: test.end}, sim.Limits{})
		require.True(t, x.Exhausted)
		require.Equal(t, test.states, x.States)
		require.Equal(t, 1, x.Leaves)
		require.Equal(t, test.paths, x.Interleavings.String(), "%v", test.end)
		require.Nil(t, x.Cycle)
	}
}

// A ladder has two ways at each rung, so 2^n runs.
type ladder struct{ rungs, at int }

func (l ladder) Moves() int                  { return min(2, 2*(l.rungs-l.at)) }
func (l ladder) Describe(i int) string       { return fmt.Sprint(i) }
func (l ladder) AppendState(b []byte) []byte { return fmt.Append(b, l.at) }
func (l ladder) Apply(int) (sim.Node, error) { return ladder{l.rungs, l.at + 1}, nil }

func TestExploreCountsFar(t *testing.T) {
	for _, rungs := range []int{1, 63, 64, 127, 128, 200, 254} {
		x := sim.Explore(ladder{rungs: rungs}, sim.Limits{})
		require.Equal(t, new(big.Int).Lsh(big.NewInt(1), uint(rungs)), x.Interleavings, "%d rungs", rungs)
	}
	for _, rungs := range []int{255, 256, 1000} {
		x := sim.Explore(ladder{rungs: rungs}, sim.Limits{})
		require.True(t, x.Exhausted)
		require.Nil(t, x.Interleavings, "too many to count: never a wrong number")
		require.Contains(t, x.String(), "2^255 interleavings or more")
	}
}

func TestExploreIsWatchedAndStopped(t *testing.T) {
	calls := 0
	x := sim.Explore(counters{at: make([]int, 4), end: []int{9, 9, 9, 9}}, sim.Limits{Watch: func(x sim.Exploration) bool {
		calls++
		require.NotZero(t, x.States)
		return calls < 3
	}})
	require.Equal(t, 3, calls)
	require.False(t, x.Exhausted)
	require.Nil(t, x.Interleavings)
	require.Less(t, x.States, 10000)
}

func TestExploreFindsTheShortestWayToAnError(t *testing.T) {
	x := sim.Explore(counters{at: []int{0, 0}, end: []int{5, 5}, bad: []int{1, 2}}, sim.Limits{})
	require.EqualError(t, x.Err, "bad state")
	require.Len(t, x.Path, 3, "%v", x.Path)
	require.False(t, x.Exhausted)
}

func TestExploreSaysWhatItDidNotSee(t *testing.T) {
	x := sim.Explore(counters{at: []int{0, 0}, end: []int{5, 5}}, sim.Limits{States: 20})
	require.False(t, x.Exhausted)
	require.Nil(t, x.Interleavings)
	require.Equal(t, 20, x.States)
	x = sim.Explore(counters{at: []int{0, 0}, end: []int{3, 1}, loop: true}, sim.Limits{})
	require.True(t, x.Exhausted)
	require.NotNil(t, x.Cycle)
	require.Nil(t, x.Interleavings, "a system that turns in circles has infinitely many runs")
}

func TestShrinkFindsTheTwoEventsThatMatter(t *testing.T) {
	var events []int
	for i := range 200 {
		events = append(events, i)
	}
	fails := func(ev []int) bool { // some number ≥ 50 before some number ≥ 120
		i := slices.IndexFunc(ev, func(v int) bool { return v >= 50 })
		return i >= 0 && slices.ContainsFunc(ev[i+1:], func(v int) bool { return v >= 120 })
	}
	got := sim.Shrink(events, fails, func(v int) int { return max(v-1, 0) }, nil)
	require.Equal(t, []int{50, 120}, got)
	require.Equal(t, []int{1, 2}, sim.Shrink([]int{1, 2}, fails, nil, nil), "what does not fail is left alone")

	runs := 0
	got = sim.Shrink(events, func(ev []int) bool { runs++; return fails(ev) }, nil, func() bool { return runs >= 5 })
	require.Equal(t, 5, runs, "nothing is tried any more")
	require.True(t, fails(got))
	require.Less(t, len(got), len(events))
}
