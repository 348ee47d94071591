package scenario_test

import (
	"flag"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/sim"
	"github.com/peerloom/peerloom/sim/scenario"
)

var faultSeeds = flag.Uint64("faults.seeds", 15, "seeds for each fault knob by itself")

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
