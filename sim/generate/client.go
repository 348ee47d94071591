package generate

// clients writes the API clients: up to a dozen commands each, many of them
// about the same routes.
func (g *gen) clients() {
	for _, p := range g.processes {
		mine := g.mine(p)
		if len(mine) == 0 {
			continue
		}
		g.line(0, "")
		g.block(0, "client "+p+" of dut", func() {
			for _, n := range mine {
				if n.absent {
					g.line(1, "send %s", g.create(n))
				}
			}
			for range 1 + g.n(10) {
				g.clientStep(mine)
			}
		})
	}
}

// mine lists the neighbors that a process may write to.
func (g *gen) mine(process string) []*neighbor {
	var list []*neighbor
	for i := range g.neighbors {
		for _, p := range g.neighbors[i].process {
			if p == process {
				list = append(list, &g.neighbors[i])
			}
		}
	}
	return list
}

func (g *gen) clientStep(mine []*neighbor) {
	switch n := one(g, mine...); {
	case n.manualEOR && g.n(3) == 0:
		g.line(1, "send neighbor %s announce eor %s", n.address, one(g, n.families...))
	case g.has(waits) && g.n(3) == 0:
		g.line(1, "%s", one(g, "wait established", g.waitForTables(), "wait quiet", "sleep 1ms", "sleep 100ms"))
	case g.has(groups) && g.n(4) == 0:
		g.group(mine)
	case g.has(dynamic) && g.n(8) == 0:
		g.upheaval(mine)
	case g.has(together):
		g.block(1, "send-together", func() {
			for range 2 + g.n(4) {
				g.line(2, "%s", g.command(one(g, mine...)))
			}
		})
	default:
		g.line(1, "send %s", g.command(one(g, mine...)))
	}
}
