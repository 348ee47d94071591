package explore

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/sim"
	"github.com/peerloom/peerloom/sim/check"
)

func named(t *testing.T, name string) Story {
	t.Helper()
	for _, s := range stories() {
		if s.name == name {
			return s.story
		}
	}
	t.Fatalf("no story %q", name)
	return Story{}
}

func root(t *testing.T, s Story) *node {
	t.Helper()
	n, err := New(s)
	require.NoError(t, err)
	return n.(*node)
}

// The numbers are what a search by hand of the same moves would count: one that
// changes means that a move, a state or a message came or went.
func TestStoriesHoldInEveryOrder(t *testing.T) {
	for _, c := range []struct {
		name              string
		refreshes, resets int
		plain             bool
		states            int
		interleavings     string
	}{
		{"api-rib", 0, 0, false, 5820, "238232653555"},
		{"api-rib", 0, 1, false, 11660, "23325143262535"},
		{"api-rib", 1, 0, true, 25486, "3212257073728"},
		{"api-rib-table", 0, 0, true, 11167, "1953649192882"},
		{"two-clients", 0, 0, false, 11472, "9624815904"},
		{"api-rr", 1, 1, false, 3460, "16683304587"},
	} {
		s := named(t, c.name)
		s.Refreshes, s.Resets = c.refreshes, c.resets
		if c.plain {
			s.Without = []codec.CapCode{codec.CapEnhancedRefresh}
		}
		x := sim.Explore(root(t, s), sim.Limits{})
		require.NoError(t, x.Err, "%s:\n%s", c.name, strings.Join(x.Path, "\n"))
		require.True(t, x.Exhausted)
		require.Equal(t, c.states, x.States, "%+v", c)
		require.Equal(t, c.interleavings, x.Interleavings.String(), "%+v", c)
	}
}

// paths counts the runs one by one, without knowing any state again.
func paths(t *testing.T, n sim.Node) int {
	if n.Moves() == 0 {
		return 1
	}
	sum := 0
	for i := range n.Moves() {
		next, err := n.Apply(i)
		require.NoError(t, err)
		sum += paths(t, next)
	}
	return sum
}

func TestStatesThatAreEqualHaveEqualFutures(t *testing.T) {
	s := named(t, "api-rib")
	s.Clients = []Client{{Lines: []string{announce(1), "flush adj-rib out"}}, {Lines: []string{"clear adj-rib out"}}}
	s.Refreshes, s.Resets = 0, 0
	x := sim.Explore(root(t, s), sim.Limits{})
	require.Equal(t, int64(paths(t, root(t, s))), x.Interleavings.Int64())
}

func TestMovesLeaveTheStateBeforeAlone(t *testing.T) {
	s := named(t, "api-rr")
	n := sim.Node(root(t, s))
	for n.Moves() > 0 {
		before := n.AppendState(nil)
		var last sim.Node
		for i := range n.Moves() {
			require.NotEmpty(t, n.Describe(i))
			next, err := n.Apply(i)
			require.NoError(t, err)
			require.Equal(t, before, n.AppendState(nil), "%s changed the state that it left", n.Describe(i))
			last = next
		}
		n = last
	}
}

// A model that promises something else stands for a speaker that is wrong.
func TestABrokenPromiseIsAStory(t *testing.T) {
	s := named(t, "api-rib")
	s.Without = []codec.CapCode{codec.CapEnhancedRefresh}
	n := root(t, s)
	n.story.session.EnhancedRefresh = true
	x := sim.Explore(n, sim.Limits{})
	var v *check.Violation
	require.ErrorAs(t, x.Err, &v)
	require.Equal(t, check.OutComplete, v.ID)
	require.Equal(t, []string{
		"a session comes up",
		"the peer receives: End-of-RIB ipv4 unicast",
		"the peer asks for a refresh of ipv4 unicast",
	}, x.Path)
	require.False(t, x.Exhausted)
}

func TestWhatCannotBeExploredIsRefused(t *testing.T) {
	for line, want := range map[string]string{
		"announce rout":                      "client 1: announce rout: not a command",
		"shutdown":                           "only announce, withdraw",
		"neighbor 1.1.1.1 flush adj-rib out": "leave the selector out",
	} {
		s := named(t, "api-rib")
		s.Clients[0].Lines = []string{line}
		_, err := New(s)
		require.ErrorContains(t, err, want)
	}
	s := named(t, "api-rib")
	s.Neighbor.LocalAS = 0
	_, err := New(s)
	require.ErrorContains(t, err, "local-as is missing")
}
