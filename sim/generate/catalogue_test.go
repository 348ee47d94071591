package generate_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/sim"
	"github.com/peerloom/peerloom/sim/generate"
	"github.com/peerloom/peerloom/sim/malform"
	"github.com/peerloom/peerloom/sim/scenario"
)

// Turns of the catalogue send every row of the table: what one session has no use for,
// another has.
func TestCatalogueSendsTheTable(t *testing.T) {
	left := map[string]bool{}
	for _, c := range malform.All() {
		left[c.Name] = true
	}
	delete(left, "open/as-mismatch") // the peers of a world take no note of what AS is expected
	for seed := uint64(0); seed < 600 && len(left) > 0; seed++ {
		f := generate.Catalogue(seed)
		trace := sim.NewTrace(sim.Text)
		r := scenario.Run(f, scenario.Options{Seed: seed, Strategy: scenario.FIFO, Trace: trace})
		require.Equal(t, scenario.OK, r.Verdict, "seed %d: %v\n%s", seed, r.Violation, scenario.Print(f))
		for _, line := range trace.Lines() {
			if _, name, ok := strings.Cut(line.Text, "peer1 sends "); ok {
				delete(left, name)
			}
		}
	}
	require.Empty(t, left, "rows that no session was sent")
}

// A catalogue prints as a scenario that parses back to the same.
func TestCataloguesAreScenarios(t *testing.T) {
	for seed := range uint64(40) {
		printed := scenario.Print(generate.Catalogue(seed))
		back, err := scenario.Parse("printed", printed)
		require.NoError(t, err, "seed %d:\n%s", seed, printed)
		require.Equal(t, string(printed), string(scenario.Print(back)), "seed %d", seed)
	}
}
