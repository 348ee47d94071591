package generate

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/sim"
	"github.com/peerloom/peerloom/speaker/command"
)

// The drawn flow specifications have the lengths that they are drawn for.
func TestEdgeFlow(t *testing.T) {
	sizes := map[int]bool{}
	for seed := range uint64(200) {
		g := &gen{src: sim.NewSeed(seed)}
		c := command.Parse("announce flow route " + g.edgeFlow() + " discard")
		require.Len(t, c.Routes, 1)
		sizes[len(c.Routes[0].NLRI.Wire)] = true
	}
	want := map[int]bool{}
	for _, n := range []int{1 + 239, 2 + 240, 2 + 241, 2 + 247, 2 + 248, 2 + 249, 2 + 250, 2 + 251, 2 + 252} {
		want[n] = true
	}
	require.Equal(t, want, sizes)
}
