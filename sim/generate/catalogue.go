package generate

import (
	"fmt"

	"github.com/peerloom/peerloom/sim"
	"github.com/peerloom/peerloom/sim/malform"
	"github.com/peerloom/peerloom/sim/scenario"
)

// catalogueParts is how many worlds it takes to send every row of the table of
// malformations once: parts of neighboring seeds are different ones.
const catalogueParts = 10

// Catalogue is a world in which one peer sends a part of the table of
// malformations, row by row, in sessions of parameters that are drawn: those in
// the place of the OPEN on its first connections, the others on sessions that are
// up. What is drawn at random meets each row seldom; of this any ten seeds in
// succession send them all, but for those that a session has no use for.
func Catalogue(seed uint64) *scenario.File {
	text := CatalogueText(seed)
	f, err := scenario.Parse("catalogue", text)
	if err != nil {
		panic(fmt.Sprintf("generate: the catalogue of seed %d is wrong: %v\n%s", seed, err, text))
	}
	return f
}

// CatalogueText is the same as the text of a scenario file.
func CatalogueText(seed uint64) []byte {
	g := &gen{src: sim.NewSeed(sim.Mix(seed, saltCatalogue))}
	fmt.Fprintf(&g.out, "peerloom scenario %d\nname catalogue-%d\n", scenario.Version, seed)
	g.catalogueRates()
	g.identity()
	g.line(0, "pace none")
	g.loud = g.n(2) == 0
	g.processes = []string{"first"}
	n := g.neighbor("peer1", "10.0.0.2")
	n.dials, n.big, n.manualEOR, n.process = false, false, false, g.processes
	g.neighbors = []neighbor{n}
	g.speakers()
	g.line(0, "")
	g.block(0, "peer "+n.name, func() { g.catalogue(&n, int(seed%catalogueParts)) })
	g.line(0, "")
	g.block(0, "client first of dut", func() {
		g.line(1, "wait established")
		g.line(1, "send announce %s", g.announcement(&n, true))
	})
	return g.out.Bytes()
}

const saltCatalogue = 0x63617461

// catalogueRates are those of what a session's messages depend on; nothing is
// slow, and nothing fails but by what the peer sends.
func (g *gen) catalogueRates() {
	for _, f := range []feature{external, as2, wideAS, crossing, multicast, attributes, linkLocals} {
		g.rates[f] = sim.Ratio{Num: 1, Den: 2}
	}
	for _, f := range []feature{ipv6, labelled, vpn, vpn6, flow, foreign, addPath, refreshCapability, gracefulRestart, operationals, adjIn, events} {
		g.rates[f] = sim.Ratio{Num: 7, Den: 8}
	}
	g.rates[withoutCapability], g.rates[extendedMessage] = sim.Ratio{Num: 1, Den: 6}, sim.Ratio{Num: 1, Den: 8}
}

// catalogue writes the peer that sends a part. A row that ends the session is
// followed by the next session.
func (g *gen) catalogue(n *neighbor, part int) {
	g.line(1, "address %s", n.address)
	g.who(n)
	var rows []malform.Case
	for i, c := range malform.All() {
		switch {
		case i%catalogueParts != part:
		case c.Phase == malform.Opening:
			g.line(1, "open instead %s", c.Name)
		default:
			rows = append(rows, c)
		}
	}
	for len(rows) > 0 {
		i := g.n(len(rows))
		g.line(1, "malform %s", rows[i].Name)
		if rows[i].Want.Treat >= malform.Disable {
			g.line(1, "sleep 100ms")
			g.line(1, "wait established")
		}
		rows = append(rows[:i], rows[i+1:]...)
	}
}
