package generate

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/sim/check"
	"github.com/peerloom/peerloom/sim/world"
)

// What the worlds' clients say is known to the model of words, but for commands that
// are not about routes.
func TestCommandsAreJudged(t *testing.T) {
	beyond := map[string]bool{}
	all, known := 0, 0
	for seed := range uint64(300) {
		for _, c := range File(seed).Clients {
			for _, s := range c.Script {
				if s.Kind != world.Send {
					continue
				}
				for _, line := range s.Lines {
					all++
					if _, ok := check.ReadCommand(line); ok {
						known++
					} else {
						beyond[line] = true
					}
				}
			}
		}
	}
	for line := range beyond { //order: each is looked at
		require.Regexp(t, `^create |show |shutdown|^(en|dis)able-|^silence-ack|^neighbor .* teardown .* "|advisory "two words"`, line)
	}
	require.Greater(t, 10*known, 9*all, "%d of %d", known, all)
}

// So is what configurations say.
func TestConfigurationsAreJudged(t *testing.T) {
	for seed := range uint64(200) {
		for _, s := range File(seed).Speakers {
			_, known := check.ReadNeighbors(s.Text)
			for i, k := range known {
				require.True(t, k, "seed %d, neighbor %d", seed, i)
			}
		}
	}
}
