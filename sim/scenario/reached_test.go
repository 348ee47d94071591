package scenario_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/sim/check"
	"github.com/peerloom/peerloom/sim/scenario"
)

// What the scenarios reached before they still reach: a situation that is lost
// is a check that sees no more what it is for. -update writes the file anew.
func TestNothingIsReachedNoLonger(t *testing.T) {
	const path, seeds = "testdata/reached.txt", 150
	all := &check.Reached{}
	for _, name := range []string{"collisions-and-timers", "faults", "operations", "three-peers", "two-clients", "two-speakers"} {
		f := parse(t, name)
		for seed := range uint64(seeds) {
			r := scenario.Run(f, scenario.Options{Seed: seed + 1})
			require.Equal(t, scenario.OK, r.Verdict, "%s, seed %d: %v", name, seed+1, r.Violation)
			all.Add(r.Reached)
		}
	}
	for _, d := range check.Points() {
		if d.Unreachable != "" {
			require.False(t, all.Has(d.Point), "%v is reached, and marked: %s", d.Point, d.Unreachable)
		}
	}
	if *update {
		require.NoError(t, os.WriteFile(path, []byte("# Points that the examples reach with the seeds 1 to 150.\n"+check.PrintReached(all)), 0o644))
	}
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	before, err := check.ParseReached(string(text))
	require.NoError(t, err, path)
	for _, p := range all.Lost(before) {
		t.Errorf("%v is not reached any more; if that is meant, write %s anew with -update", p, path)
	}
	require.Greater(t, len(before.Points()), 100, "what stands in %s is no sweep", path)
}
