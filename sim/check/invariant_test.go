package check_test

import (
	"flag"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/sim/check"
)

var rewrite = flag.Bool("check.rewrite", false, "rewrite docs/INVARIANTS.md from the table")

func TestInvariantsPage(t *testing.T) {
	const page = "../../docs/INVARIANTS.md"
	var b strings.Builder
	b.WriteString("# Invariants\n\nWhat every simulated run is held to. This page is printed from the table in `sim/check`\n" +
		"(`go test ./sim/check -run TestInvariantsPage -check.rewrite`).\n\n" +
		"`OUT` are of the Adj-RIB-Out contract and come from a model of it; `WIRE` need no model and are judged\n" +
		"by the octets of one connection, seen from the end that sends them; `FSM` and `TIMER-01` are RFC 4271 §8 as an oracle\n" +
		"of each state machine; `TIMER`, `COLL`, `DEAD` are judged from where the driver of a speaker stands, by what it is told to do.\n\n| id | what always holds |\n|---|---|\n")
	seen := map[check.ID]bool{}
	for _, inv := range check.Invariants() {
		require.False(t, seen[inv.ID], "%s twice", inv.ID)
		require.NotEmpty(t, inv.Doc, "%s without a doc line", inv.ID)
		seen[inv.ID] = true
		b.WriteString("| " + string(inv.ID) + " | " + inv.Doc + " |\n")
	}
	b.WriteString("\n## Situations\n\nWhat a sweep should have come through at least once. `peerloom sweep` counts them; a situation that the sweep of a fixed\n" +
		"range of seeds reached before and no longer reaches is a failure of the build (`testdata/reached.txt`).\n" +
		"A cell of the state machine is `fsm/STATE/EVENT`, by the event's number.\n\n| point | what happens |\n|---|---|\n")
	unreachable := map[string][]string{}
	for _, d := range check.Points() {
		if d.Unreachable == "" {
			b.WriteString("| " + d.Point.String() + " | " + d.Doc + " |\n")
			continue
		}
		unreachable[d.Unreachable] = append(unreachable[d.Unreachable], d.Point.String())
	}
	b.WriteString("\n## Cells that no run reaches\n\n")
	for _, why := range slices.Sorted(maps.Keys(unreachable)) {
		b.WriteString("- " + why + ": " + strings.Join(unreachable[why], ", ") + "\n")
	}
	if *rewrite {
		require.NoError(t, os.MkdirAll("../../docs", 0o755))
		require.NoError(t, os.WriteFile(page, []byte(b.String()), 0o644))
	}
	got, err := os.ReadFile(page)
	require.NoError(t, err, "print it with -check.rewrite")
	require.Equal(t, b.String(), string(got), "docs/INVARIANTS.md is not what the table says: print it with -check.rewrite")
}
