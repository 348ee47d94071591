package scenario_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/sim"
	"github.com/peerloom/peerloom/sim/scenario"
)

var faultSeeds = flag.Uint64("faults.seeds", 10, "seeds for each fault knob by itself")

// faultKnobs lists them all.
func faultKnobs() (all []scenario.FaultKnob) {
	for _, c := range scenario.FaultClasses() {
		all = append(all, c.Knobs...)
	}
	return all
}

// calm is a file with every fault switched off.
func calm(t testing.TB, name string) *scenario.File {
	f := parse(t, name)
	for _, k := range faultKnobs() {
		*k.Ratio(&f.Knobs) = sim.Ratio{}
	}
	f.Knobs.Ticks = 6
	return f
}

// Every fault by itself, and all of them together, leave the oracles silent.
func TestFaultsRaiseNoFalseAlarm(t *testing.T) {
	for _, name := range []string{"three-peers", "two-speakers", "faults"} {
		all := faultKnobs()
		for i := range len(all) + 1 {
			title := "all"
			if i < len(all) {
				title = all[i].Name
			}
			t.Run(name+"/"+title, func(t *testing.T) {
				t.Parallel()
				f := calm(t, name)
				if i < len(all) {
					*all[i].Ratio(&f.Knobs) = sim.Ratio{Num: 1, Den: 4}
				} else {
					for _, k := range all {
						*k.Ratio(&f.Knobs) = sim.Ratio{Num: 1, Den: 16}
					}
				}
				for seed := range *faultSeeds {
					r := scenario.Run(f, scenario.Options{Seed: seed})
					require.Equal(t, scenario.OK, r.Verdict, fmt.Sprintf("seed %d: %v %v", seed, r.Violation, r.Err))
				}
			})
		}
	}
}

// Every knob makes something happen: the run of some seed is another one.
func TestEveryFaultKnobStrikes(t *testing.T) {
	plain := calm(t, "faults")
	for _, k := range faultKnobs() {
		struck := false
		for seed := uint64(0); seed < 10 && !struck; seed++ {
			f := calm(t, "faults")
			*k.Ratio(&f.Knobs) = sim.Ratio{Num: 1, Den: 2}
			if k.Name == "cut" { // it is about resets
				f.Knobs.Reset, plain.Knobs.Reset = sim.Ratio{Num: 1, Den: 1}, sim.Ratio{Num: 1, Den: 1}
			}
			struck = scenario.Run(f, scenario.Options{Seed: seed}).Hash != scenario.Run(plain, scenario.Options{Seed: seed}).Hash
			plain.Knobs.Reset = sim.Ratio{}
		}
		require.True(t, struck, "%s makes no difference in 10 runs", k.Name)
	}
}

// The page that says how each fault is switched on, and what shows it, lists all.
func TestEveryFaultHasItsRow(t *testing.T) {
	page, err := os.ReadFile("../../docs/TESTING.md")
	require.NoError(t, err)
	_, table, _ := strings.Cut(string(page), "## Faults, and what shows each")
	table, _, _ = strings.Cut(table, "\n## ")
	for _, k := range faultKnobs() {
		require.Contains(t, table, "`"+k.Name+"`", "a fault without a row")
	}
	for _, s := range slices.Concat(linkStories(), nodeStories(), setStories(), knobStories()) {
		name, _, _ := strings.Cut(s.name, ":")
		require.Contains(t, table, name, "a story without a row")
	}
}
