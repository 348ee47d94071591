package generate

import "strings"

// commandKind is a kind of command, and how often of so many it is drawn.
type commandKind struct {
	weight  int
	feature feature // that the world must have; featureCount: none
	draw    func(g *gen, n *neighbor) string
}

// selectable commands take a selector in front, and "sync" behind.
func selectable(draw func(g *gen, n *neighbor) string) func(g *gen, n *neighbor) string {
	return func(g *gen, n *neighbor) string {
		to, wire := g.selector(n), ""
		if g.has(syncs) {
			wire = " sync"
		} else if g.has(acks) {
			wire = one(g, "", " async") + one(g, "", " id r"+number(int64(g.n(10))))
		}
		return to + draw(g, n) + wire
	}
}

// text is a command without anything to draw.
func text(words string) func(*gen, *neighbor) string {
	return func(*gen, *neighbor) string { return words }
}

// commandKinds are most of them announcements and withdrawals. What a world does
// without is an announcement there.
func commandKinds() []commandKind {
	return []commandKind{
		{10, featureCount, selectable((*gen).announce)},
		{6, featureCount, selectable((*gen).withdraw)},
		{2, featureCount, selectable(text("flush adj-rib out"))},
		{2, featureCount, selectable(text("clear adj-rib out"))},
		{2, featureCount, func(g *gen, n *neighbor) string { return g.selector(n) + "announce eor " + one(g, n.families...) }},
		{2, featureCount, func(g *gen, n *neighbor) string {
			return g.selector(n) + "announce route-refresh " + one(g, n.families...)
		}},
		{1, featureCount, func(g *gen, n *neighbor) string {
			return g.selector(n) + "show adj-rib out" + one(g, "", " json", " extensive", " inet", " "+n.address, " "+one(g, n.families...))
		}},
		{1, adjIn, func(g *gen, n *neighbor) string { return g.selector(n) + "clear adj-rib in" }},
		{1, reloads, text("reload")},
		{1, tears, func(g *gen, n *neighbor) string {
			return "neighbor " + n.address + " teardown " + one(g, "2", "4", "4", "3", "5", "6", "8", "10", "0") + one(g, "", " maintenance", " "+strings.Repeat("é", 140), " x"+strings.Repeat("é", 127), " "+strings.Repeat("t", 256))
		}},
		{4, watchdogs, selectable(func(g *gen, _ *neighbor) string {
			return one(g, "announce", "withdraw") + " watchdog " + one(g, dogs[:]...)
		})},
		{2, operationals, selectable((*gen).operational)},
		{2, groups, (*gen).groupOfOne},
		{1, dynamic, func(_ *gen, n *neighbor) string { return "delete neighbor " + n.address }},
		{2, dynamic, (*gen).create},
		{1, restarts, text("restart")},
		{1, stops, text("shutdown")},
		{2, acks, (*gen).control},
	}
}

// dogs are the names of watchdogs.
var dogs = [...]string{"dog", "cat"}

// command draws a command.
func (g *gen) command(n *neighbor) string {
	kinds := commandKinds()
	all := 0
	for _, k := range kinds {
		all += k.weight
	}
	at := g.n(all)
	for _, k := range kinds {
		if at -= k.weight; at >= 0 {
			continue
		}
		if k.feature == featureCount || g.has(k.feature) {
			return k.draw(g, n)
		}
		break
	}
	return kinds[0].draw(g, n)
}

// control is a line about how those after it are answered. A paced client waits for
// answers.
func (g *gen) control(n *neighbor) string {
	if g.paced {
		return g.announce(n)
	}
	return one(g, "disable-ack", "silence-ack", "enable-ack", "enable-ack", "enable-sync", "disable-sync")
}

// selector names a neighbor, in one of the ways, or nobody.
func (g *gen) selector(n *neighbor) string {
	if !g.has(selector) {
		return ""
	}
	return one(g, "neighbor "+n.address, "neighbor "+n.address, "neighbor *", "neighbor "+n.address+" local-ip "+n.local,
		"neighbor * local-ip "+one(g, n.local, "10.255.0.1"), "neighbor "+n.address+" router-id "+one(g, g.id, "9.8.7.6"),
		"neighbor * "+one(g, "local-as", "peer-as")+" "+one(g, number(g.as), number(n.as)), "neighbor "+n.address+", neighbor "+one(g, g.neighbors...).address,
		"neighbor 10.9.9.9, neighbor "+one(g, g.neighbors...).address+", neighbor "+n.address) + " "
}

func (g *gen) announce(n *neighbor) string {
	if g.has(attributes) && g.n(8) == 0 {
		return "announce attributes next-hop " + one(g, "self", "10.0.0.9") + g.attributes() + " nlri " + g.prefix4() + " " + g.prefix4()
	}
	return "announce " + g.split(g.announcement(n, true))
}

func (g *gen) withdraw(n *neighbor) string {
	return "withdraw " + g.split(g.announcement(n, g.n(2) > 0))
}

// operational commands an OPERATIONAL message.
func (g *gen) operational(*neighbor) string {
	return "announce operational " + g.oper("hello", "x", "\"two words\"", strings.Repeat("a", 2048), strings.Repeat("é", 1024))
}

// oper draws an OPERATIONAL message, with one of these texts; a few are alike.
func (g *gen) oper(texts ...string) string {
	kind := one(g, "asm", "adm", "rpcq", "rpcp", "apcq", "apcp", "lpcq", "lpcp")
	words := kind + one(g, " afi ipv4 safi unicast", " afi ipv6 safi unicast", " afi ipv4 safi mpls-vpn")
	if kind == "asm" || kind == "adm" {
		return words + " advisory " + one(g, texts...)
	}
	words += one(g, "", " router-id 9.8.7.6", " router-id 0.0.0.0") + one(g, "", " sequence 1", " sequence 4294967295")
	if strings.HasSuffix(kind, "p") {
		words += one(g, "", " counter 7")
	}
	return words
}

// member is a command of a group.
func (g *gen) member(n *neighbor) string {
	if g.n(3) == 0 {
		return g.withdraw(n)
	}
	return g.announce(n)
}

// groupOfOne is a group in one command.
func (g *gen) groupOfOne(n *neighbor) string {
	list := []string{g.member(n)}
	for range g.n(4) {
		list = append(list, g.member(n))
	}
	return "peer " + one(g, n.address, "*") + " group " + strings.Join(list, " ; ")
}

// creatable reports whether a command can make the same neighbor of n as the
// configuration does: one that listens, and of a known AS.
func (n *neighbor) creatable() bool { return !n.dials && n.peerAS != "auto" && len(n.process) > 0 }

// create draws the command that makes n a neighbor. Its parameters need not be those of the configuration.
func (g *gen) create(n *neighbor) string {
	if !n.creatable() {
		return g.announce(n)
	}
	words := []string{"create neighbor", n.address, "local-address", n.local, "local-as", number(g.as), "peer-as", n.peerAS,
		"router-id", g.id, "hold-time", one(g, g.holdTimes()...), "group-updates", one(g, "true", "false")}
	var families []string
	for _, f := range n.families {
		families = append(families, strings.ReplaceAll(f, " ", "-"))
	}
	words = append(words, "family-allowed", strings.Join(families, "/"))
	if n.refresh {
		words = append(words, "route-refresh", "true")
	}
	if g.n(2) == 0 {
		for _, p := range n.process {
			words = append(words, "api", p)
		}
	}
	return strings.Join(words, " ")
}

// group writes a group of several lines; now and then it is dropped, or left
// open.
func (g *gen) group(mine []*neighbor) {
	lines := []string{"group start"}
	n := one(g, mine...)
	for range 1 + g.n(4) {
		lines = append(lines, g.selector(n)+g.member(n))
	}
	lines = append(lines, one(g, "group end", "group end", "group end", "group end sync", "reset", "flush adj-rib out"))
	if g.n(2) == 0 {
		g.block(1, "send-together", func() {
			for _, l := range lines {
				g.line(2, "%s", l)
			}
		})
		return
	}
	for _, l := range lines {
		g.line(1, "send %s", l)
	}
}

// upheaval writes a batch that deletes a neighbor, resets one, and may create the
// first again.
func (g *gen) upheaval(mine []*neighbor) {
	gone, reset := one(g, mine...), one(g, mine...)
	g.block(1, "send-together", func() {
		g.line(2, "delete neighbor %s", gone.address)
		g.line(2, "%s", one(g, "restart", "neighbor "+reset.address+" teardown 4"))
		if g.n(2) == 0 {
			g.line(2, "%s", g.create(gone))
		}
	})
}
