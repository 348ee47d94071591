package generate

import "strings"

// reloadBlocks writes the configurations that the speaker reads later: routes
// come, go and change, sessions get other parameters, neighbors leave.
func (g *gen) reloadBlocks() {
	for range 2 {
		if !g.has(reloads) {
			continue
		}
		var list []neighbor
		for i := range g.neighbors {
			if i > 0 && g.n(6) == 0 {
				continue
			}
			n := g.neighbors[i]
			n.absent = n.absent && g.n(3) == 0 // who was created may be configured now
			switch {
			case g.n(4) == 0 || strings.Contains(n.params, "prefix-limit") && g.n(2) == 0:
				n.params = ""
			case n.params != "" && g.n(3) == 0:
				g.alter(&n)
			}
			list = append(list, n)
		}
		g.line(0, "")
		g.block(0, "reload dut", func() { g.subject(list) })
	}
}

// alter changes one parameter of a session and no other: where several change at
// once, it does not show that one of them is taken for no change.
func (g *gen) alter(n *neighbor) {
	lines := strings.SplitAfter(n.params, "\n")
	at := func(words string) int {
		for i, l := range lines {
			if strings.HasPrefix(strings.TrimSpace(l), words) {
				return i
			}
		}
		return -1
	}
	// put writes one line in the place of that which begins so, or of none at the
	// place given; an empty one takes it away.
	put := func(words, line string, place int) {
		if i := at(words); i >= 0 {
			lines[i] = line
		} else {
			lines[place] = line + lines[place]
		}
	}
	switch g.n(4) {
	case 0:
		put("hold-time", "\t\thold-time "+one(g, g.holdTimes()...)+";\n", 0)
	case 1:
		put("group-updates", one(g, "", "\t\tgroup-updates false;\n"), 0)
	case 2:
		put("graceful-restart", "\t\t\tgraceful-restart "+one(g, "2", "60")+";\n", at("capability {")+1)
	default:
		if k := len(n.families); k > 1 {
			lines[at("family {")+k] = ""
			n.families = n.families[:k-1]
		}
	}
	n.params = strings.Join(lines, "")
}
