package rib_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/rib"
)

// What no table uses can be forgotten at any time, and nothing is different.
func TestSweepForgetsNothingInUse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		acts := drawActs(t)
		group := rapid.Bool().Draw(t, "group")
		kept := rib.NewOut(rib.Config{Interner: rib.NewInterner(), Group: group})
		interner := rib.NewInterner()
		swept := rib.NewOut(rib.Config{Interner: interner, Group: group})
		other := rib.NewOut(rib.Config{Interner: interner, Group: group})
		want, _, _, _ := run(kept, acts, func(a act) int { return a.pull }, false)
		got, _, _, _ := run(swept, acts, func(a act) int {
			other.Apply([]rib.Op{announce("10.9.0.0/16", "192.0.2.9"), withdraw("10.0.0.0/8")})
			interner.Sweep([]*rib.Out{swept, other}, nil)
			return a.pull
		}, false)
		require.Equal(t, want, got)
		require.Equal(t, string(kept.AppendState(nil)), string(swept.AppendState(nil)))
	})
}

func TestSweepForgetsAllElse(t *testing.T) {
	interner := rib.NewInterner()
	o := rib.NewOut(rib.Config{Interner: interner})
	in := rib.NewIn(interner, true)
	o.Up(session(codec.IPv4Labeled))
	o.Apply([]rib.Op{labeled(t, rib.OpAnnounce, "5", 1), labeled(t, rib.OpAnnounce, "6", 2)})
	in.Announce(nlri("10.0.0.0/8"), via("10.0.0.7"))
	sweep := func() int {
		drain(o)
		interner.Sweep([]*rib.Out{o}, []*rib.In{in})
		return interner.Len()
	}
	// Both routes as they were announced and what identifies them, what
	// identifies the prefix, and the sets: as announced, as sent, as received.
	require.Equal(t, 2+2+1+3, sweep())
	o.Apply([]rib.Op{labeled(t, rib.OpAnnounce, "7", 1)})
	require.Equal(t, 2+2+1+3, sweep(), "another label")
	o.Apply([]rib.Op{wipe})
	require.Equal(t, 1, sweep(), "what was received")
	o.Apply([]rib.Op{labeled(t, rib.OpAnnounce, "8", 1)})
	for r := range o.Told(0) {
		require.Equal(t, "10.0.0.0/8 label 8", r.NLRI.String(), "numbers are used again")
	}
}
