package scenario_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/sim/scenario"
	"github.com/peerloom/peerloom/sim/world"
)

// A seed alone makes the same run again under every strategy, and the artefact
// holds the strategy and the knobs that were drawn.
func TestStrategiesAreFunctionsOfTheSeed(t *testing.T) {
	for _, name := range []string{"api-rr-rib", "three-peers"} {
		f := parse(t, name)
		length := scenario.Length(f, nil)
		for _, s := range scenario.Strategies() {
			for seed := range uint64(12) {
				o := scenario.Options{Seed: seed, Strategy: s}
				want := scenario.Run(f, o)
				require.Equal(t, scenario.OK, want.Verdict, "%s %s %d: %v", name, s, seed, want.Violation)
				o.Length = length
				a, _ := scenario.Record(f, o)
				require.Equal(t, want.Hash, a.Hash, "%s %s %d", name, s, seed)
				b, err := scenario.ParseArtefact("artefact", scenario.PrintArtefact(a))
				require.NoError(t, err)
				require.Equal(t, a.Strategy, b.Strategy)
				require.Equal(t, string(scenario.Print(a.File)), string(scenario.Print(b.File)))
				r := b.Replay(scenario.Options{})
				require.Equal(t, want.Hash, r.Hash, "%s %s %d", name, s, seed)
			}
		}
	}
}

func TestPortfolioHasItsShares(t *testing.T) {
	f := parse(t, "api-rr")
	got := map[string]int{}
	for seed := range uint64(1001) {
		got[scenario.NewPlan(f, scenario.Options{Seed: seed, Strategy: scenario.Portfolio, Length: 1}).Strategy]++
	}
	require.Equal(t, 1, got[scenario.FIFO], "seed 0")
	require.InDelta(t, 500, got[scenario.Uniform], 60)
	require.InDelta(t, 300, got[scenario.PCT], 60)
	require.InDelta(t, 200, got[scenario.Swarm], 60)
}

// The swarm turns every knob that is on off, down and up, and those that are off
// on where the story has no pace.
func TestSwarmDrawsEveryKnob(t *testing.T) {
	f := parse(t, "three-peers")
	off, down, up := 0, 0, 0
	for seed := range uint64(300) {
		k := scenario.NewPlan(f, scenario.Options{Seed: seed, Strategy: scenario.Swarm}).File.Knobs
		was := f.Knobs.Reset
		require.Equal(t, world.PaceNone, k.Pace)
		switch now := k.Reset; {
		case now.Num == 0:
			off++
		case now.Num*was.Den < was.Num*now.Den:
			down++
		case now.Num*was.Den > was.Num*now.Den:
			up++
		}
	}
	require.Greater(t, off, 20)
	require.Greater(t, down, 20)
	require.Zero(t, up, "1/4 times 3 is more than a half")
	paced, faults := 0, 0
	for seed := range uint64(300) {
		k := scenario.NewPlan(parse(t, "api-rr"), scenario.Options{Seed: seed, Strategy: scenario.Swarm}).File.Knobs
		if k.Pace == world.PaceQuiet {
			paced++
			require.Zero(t, k.Ticks, "what a paced story expects holds without faults")
		} else if k.Ticks > 0 {
			faults++
		}
	}
	require.InDelta(t, 150, paced, 40)
	require.Greater(t, faults, 40)
}
