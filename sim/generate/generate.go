package generate

import (
	"bytes"
	"fmt"

	"github.com/peerloom/peerloom/sim"
	"github.com/peerloom/peerloom/sim/scenario"
)

// File is the world of a seed. The same seed gives the same world, as long as
// this package is the same.
func File(seed uint64) *scenario.File {
	text := Text(seed)
	f, err := scenario.Parse("generated", text)
	if err != nil {
		panic(fmt.Sprintf("generate: the world of seed %d is wrong: %v\n%s", seed, err, text))
	}
	return f
}

// Text is the world of a seed as the text of a scenario file.
func Text(seed uint64) []byte {
	g := &gen{src: sim.NewSeed(seed)}
	g.out.Grow(16 << 10) // most worlds fit
	fmt.Fprintf(&g.out, "peerloom scenario %d\nname world-%d\n", scenario.Version, seed)
	g.line(0, "# Drawn at random. Features that are often in it:")
	g.drawRates()
	g.line(0, "")
	g.identity()
	g.knobs()
	g.topology()
	g.speakers()
	g.reloadBlocks()
	g.peers()
	g.clients()
	return g.out.Bytes()
}

// gen is a world being drawn.
type gen struct {
	src       *sim.Seed
	out       bytes.Buffer
	rates     [featureCount]sim.Ratio
	neighbors []neighbor
	processes []string
	other     bool   // a second real speaker
	slow      bool   // some knob delays what is sent
	paced     bool   // clients wait for answers
	loud      bool   // clients hear of all that peers say
	as        int64  // of the speaker under test
	id        string // its identifier
}

// label is the question that all drawing asks.
const label sim.Label = "generate/draw"

// n draws from [0,n).
func (g *gen) n(n int) int { return g.src.Choose(label, n) }

// has draws whether a feature is there, at its rate in this world.
func (g *gen) has(f feature) bool { return g.rates[f].Draw(g.src, label) }

// one draws one of a list.
func one[T any](g *gen, list ...T) T { return list[g.n(len(list))] }

// line writes a line, indented by tabs.
func (g *gen) line(indent int, format string, args ...any) {
	for range indent {
		g.out.WriteByte('\t')
	}
	fmt.Fprintf(&g.out, format, args...)
	g.out.WriteByte('\n')
}

// block writes a block of a configuration.
func (g *gen) block(indent int, head string, body func()) {
	g.line(indent, "%s {", head)
	body()
	g.line(indent, "}")
}
