package scenario_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/sim"
	"github.com/peerloom/peerloom/sim/canon"
	"github.com/peerloom/peerloom/sim/scenario"
	"github.com/peerloom/peerloom/sim/world"
)

// ends makes every run of a story with at most so many deviations, and answers the
// states in which they end and how many runs there were. With known, which writes
// states, a run ends at one that was there before.
func ends(t *testing.T, file string, deviations int, known func(b []byte, w any) []byte) (map[string]bool, int) {
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	f, err := scenario.Parse(file, text)
	require.NoError(t, err)
	all, runs, found := sim.NewEnumerate(deviations), 0, map[string]bool{}
	whole := world.NewCanon(false)
	for all.Next() {
		var end *world.World
		r := scenario.Run(f, scenario.Options{Source: all, Watch: func(w *world.World) bool {
			end = w
			return known == nil || !all.Fresh() || !all.Known(known(nil, w))
		}})
		runs++
		require.NotEqual(t, scenario.Failed, r.Verdict)
		if r.Verdict == scenario.OK {
			found[string(whole.Append(nil, end))] = true
		}
	}
	return found, runs
}

// A run that ends at a state that is known hides nothing: the states in which
// runs end are the same. Where a part of the state is forgotten they are not.
func TestKnownStatesHideNothing(t *testing.T) {
	for file, deviations := range map[string]int{
		"../../examples/orders.scenario": 2, "../../examples/collision.scenario": 1,
	} {
		want, all := ends(t, file, deviations, nil)
		states := world.NewCanon(false)
		got, few := ends(t, file, deviations, func(b []byte, w any) []byte { return states.Append(b, w.(*world.World)) })
		require.Equal(t, len(want), len(got), file)
		require.Equal(t, want, got, file)
		require.True(t, few < all || deviations == 1, "%s: nothing deviates behind a known state", file)
		require.Empty(t, states.Unknown(), "what is no state has died")
		t.Logf("%s: %d runs, %d with known states, %d ends", file, all, few, len(want))
	}
	want, _ := ends(t, "../../examples/orders.scenario", 2, nil)
	for _, part := range []string{"world.World.net", "world.World.nodes"} {
		forgetful := canon.Without("*sim.Loop", "*sim.Trace", "sim.Source", "world.World.messages", "world.World.kept", "world.World.cover", part)
		got, _ := ends(t, "../../examples/orders.scenario", 2, forgetful.Append)
		require.Less(t, len(got), len(want), "without the loop and %s", part)
	}
}
