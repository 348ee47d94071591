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

// A few turns of the catalogue send every row of the table: what one session has
// no use for, another has.
func TestCatalogueSendsTheTable(t *testing.T) {
	sent := map[string]bool{}
	for seed := range uint64(120) {
		f := generate.Catalogue(seed)
		trace := sim.NewTrace(sim.Text)
		r := scenario.Run(f, scenario.Options{Seed: seed, Strategy: scenario.FIFO, Trace: trace})
		require.Equal(t, scenario.OK, r.Verdict, "seed %d: %v\n%s", seed, r.Violation, scenario.Print(f))
		for _, line := range trace.Lines() {
			if _, name, ok := strings.Cut(line.Text, "peer1 sends "); ok {
				sent[name] = true
			}
		}
	}
	var never []string
	for _, c := range malform.All() {
		if !sent[c.Name] && c.Name != "open/as-mismatch" { // the peers of a world take no note of what AS is expected
			never = append(never, c.Name)
		}
	}
	require.Empty(t, never, "rows that no session was sent")
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
