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
	switch {
	case g.has(waits) && g.n(3) == 0:
		g.line(1, "%s", one(g, "wait established", g.waitForTables(), "wait quiet", "sleep 1ms", "sleep 100ms"))
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

// command draws a command: most announce or withdraw.
func (g *gen) command(n *neighbor) string {
	to := ""
	if g.has(selector) {
		to = "neighbor " + n.address + " "
	}
	wire := ""
	if g.has(syncs) {
		wire = " sync"
	}
	switch g.n(12) {
	case 0, 1, 2, 3, 4:
		return to + "announce " + g.announcement(n, true) + wire
	case 5, 6, 7:
		return to + "withdraw " + g.announcement(n, g.n(2) > 0) + wire
	case 8:
		return to + "flush adj-rib out" + wire
	case 9:
		if g.has(reloads) {
			return "reload"
		}
		return to + "clear adj-rib out" + wire
	case 10:
		if g.has(tears) {
			return "neighbor " + n.address + " teardown " + one(g, "2", "4")
		}
		return to + "announce eor " + one(g, n.families...)
	default:
		return to + "announce route-refresh " + one(g, n.families...)
	}
}
