package sim_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/peerloom/peerloom/sim"
)

// drawn answers from rapid: what a property test puts in place of a Seed.
type drawn struct{ t *rapid.T }

func (d drawn) Choose(label sim.Label, n int) int {
	if n <= 1 {
		return 0
	}
	return rapid.IntRange(0, n-1).Draw(d.t, string(label))
}

// Laws of every source: answers are in range, and n <= 1 draws nothing.
func TestLawsOfSources(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		asks := rapid.SliceOfN(rapid.IntRange(-1, 70000), 1, 30).Draw(t, "asks")
		seed := rapid.Uint64().Draw(t, "seed")
		data := rapid.SliceOf(rapid.Byte()).Draw(t, "data")
		with := func(src sim.Source, skip bool) []int {
			var got []int
			for _, n := range asks {
				if skip && n <= 1 {
					continue
				}
				v := src.Choose("a/b", n)
				require.True(t, v == 0 || v > 0 && v < n, "%d is not in [0,%d)", v, n)
				if n > 1 {
					got = append(got, v)
				}
			}
			return got
		}
		rec := sim.NewRecord(sim.NewSeed(seed))
		want := with(rec, false)
		require.Equal(t, want, with(sim.NewSeed(seed), true), "n <= 1 drew from the seed")
		require.Equal(t, want, with(sim.NewReplay(rec.Tape()), false))
		require.Equal(t, want, with(sim.NewBytes(rec.Tape().Encode()), false))
		require.Equal(t, with(sim.NewBytes(data), true), with(sim.NewBytes(data), false))
		with(drawn{t}, false)
		with(sim.Dull{}, false)
	})
}

func TestFamiliesDoNotShiftEachOther(t *testing.T) {
	a, b := sim.NewSeed(3), sim.NewSeed(3)
	for i := range 50 {
		b.Choose("other/question", 10)
		require.Equal(t, a.Choose("net/x", 1000), b.Choose("net/x", 1000), "answer %d", i)
	}
}

func TestReplayClampsAndEnds(t *testing.T) {
	r := sim.NewReplay(sim.Tape{{V: 9}, {V: -4}})
	require.Equal(t, []int{2, 0, 0, 0}, []int{r.Choose("a", 3), r.Choose("a", 3), r.Choose("a", 1), r.Choose("a", 3)})
	require.Equal(t, 0, sim.NewBytes(nil).Choose("a", 5))
}

func TestChanceKeepsItsRatio(t *testing.T) {
	s, yes := sim.NewSeed(1), 0
	for range 10000 {
		if sim.Chance(s, "a/b", 3, 100) {
			yes++
		}
	}
	require.InDelta(t, 300, yes, 60)
	require.False(t, sim.Chance(sim.NewReplay(sim.Tape{{V: 1}}), "a", 0, 5))
	require.True(t, sim.Chance(sim.Dull{}, "a", 5, 5))
	require.False(t, sim.Chance(sim.Dull{}, "a", 4, 5), "no is the dull answer")
}

func TestEnumerateBoundsDeviations(t *testing.T) {
	for bound, want := range []int{1, 1 + 4*2, 1 + 4*2 + 6*4, 1 + 8 + 24 + 4*8, 81} { // C(4,k)·2^k
		seen := map[[4]int]bool{}
		for e := sim.NewEnumerate(bound); e.Next(); {
			var run [4]int
			for i := range run {
				run[i] = e.Choose("a", 3)
			}
			require.False(t, seen[run], "%v came twice", run)
			seen[run] = true
			require.LessOrEqual(t, e.Tape().Deviations(), bound)
		}
		require.Len(t, seen, want, "bound %d", bound)
	}
}

// A state that was known with fewer deviations left is gone on from again: more can
// follow from it.
func TestKnownStatesCountWhatIsLeft(t *testing.T) {
	ends := map[string]bool{}
	e := sim.NewEnumerate(2)
	for e.Next() {
		if e.Choose("short", 2) == 0 && (e.Choose("long", 2) == 0 || e.Choose("longer", 2) == 0) {
			continue
		}
		if e.Fresh() && e.Known([]byte("there")) { // first by two deviations, then by one
			continue
		}
		ends[fmt.Sprint("there ", e.Choose("then", 2))] = true
	}
	require.Equal(t, map[string]bool{"there 0": true, "there 1": true}, ends)
	states, ended := e.States()
	require.Equal(t, []int{1, 0}, []int{states, ended})
}
