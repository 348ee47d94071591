package generate

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Addresses: the speaker under test is .1 (and 10.0.1.1), the second real speaker
// .9, and the scripted peers are .2 onwards.
const (
	subject    = "10.0.0.1"
	alias      = "10.0.1.1" // the speaker under test too
	subject6   = "fd00::1"  // and here
	other      = "10.0.0.9"
	subjectID  = "1.2.3.4"
	subjectAS  = 65001
	externalAS = 65100
)

// neighbor is one session of the speaker under test.
type neighbor struct {
	name     string // of the scripted peer; "" is the second speaker
	address  string
	local    string // ours, in this session
	params   string // the lines of the session's own parameters
	template string // the names of templates with them; "": none
	as       int64
	peerAS   string // as configured: a number, or auto
	dials    bool   // the peer does
	families []string
	addPath  bool
	refresh  bool
	// manualEOR: no End-of-RIB leaves unless a command asks for it, so that
	// nothing in this world may wait for one.
	manualEOR bool
	crossing  bool     // IPv4 routes may have IPv6 next hops
	big       bool     // some routes hardly fit into a message
	process   []string // those that may write to it
	absent    bool     // the configuration has no such neighbor: clients create it
}

func (n *neighbor) overIPv6() bool { return n.local == subject6 }

func number(n int64) string { return strconv.FormatInt(n, 10) }

// topology draws who is there.
func (g *gen) topology() {
	g.processes = []string{"first", "second"}[:1+g.n(2)]
	for i := range 1 + g.n(3) {
		n := g.neighbor(fmt.Sprintf("peer%d", i+1), fmt.Sprintf("10.0.0.%d", i+2))
		if g.has(overIPv6) {
			n.address, n.local = fmt.Sprintf("fd00::%d", i+2), subject6
		}
		g.neighbors = append(g.neighbors, n)
	}
	if len(g.neighbors) > 1 && g.has(twins) && !g.neighbors[0].overIPv6() && !g.neighbors[1].overIPv6() {
		g.twin(&g.neighbors[0], &g.neighbors[1])
	}
	for i := range g.neighbors[1:] {
		n := &g.neighbors[1+i]
		n.absent = g.has(dynamic) && n.creatable() && g.n(3) == 0
	}
	if g.other = g.has(second); g.other {
		n := g.neighbor("", other)
		n.dials = true
		g.neighbors = append(g.neighbors, n)
	}
}

// twin gives n the address of another neighbor, from which it dials another of our
// addresses.
func (g *gen) twin(of, n *neighbor) {
	n.address, n.dials, n.local = of.address, true, alias
	if of.local == alias {
		n.local = subject
	}
}

func (g *gen) neighbor(name, address string) neighbor {
	n := neighbor{name: name, address: address, local: subject, as: g.as, families: []string{"ipv4 unicast"}}
	if g.has(external) {
		n.as = externalAS + int64(g.n(2))
	}
	if n.peerAS = number(n.as); g.n(8) == 0 {
		n.peerAS = "auto"
	}
	n.dials = g.has(dialing)
	if g.n(4) == 0 {
		n.local = alias
	}
	for _, f := range []struct {
		feature feature
		words   string
	}{{ipv6, "ipv6 unicast"}, {multicast, "ipv4 multicast"}, {labelled, "ipv4 nlri-mpls"}, {vpn, "ipv4 mpls-vpn"}, {vpn6, "ipv6 mpls-vpn"}, {flow, "ipv4 flow"}} {
		if g.has(f.feature) {
			n.families = append(n.families, f.words)
		}
	}
	for range 2 {
		if f := one(g, "l2vpn evpn", "l2vpn vpls", "ipv4 rtc", "ipv4 mcast-vpn", "ipv6 mcast-vpn", "ipv4 sr-policy", "bgp-ls bgp-ls"); g.has(foreign) && !n.hasFamily(f) {
			n.families = append(n.families, f)
		}
	}
	n.big = g.has(bigTable)
	n.manualEOR = g.has(manualEOR) && g.n(4) == 0
	n.crossing = g.has(crossing)
	n.addPath, n.refresh = g.has(addPath), g.has(refreshCapability)
	for _, p := range g.processes {
		if g.n(4) > 0 {
			n.process = append(n.process, p)
		}
	}
	return n
}

// waitForTables is the step that waits for the initial tables.
func (g *gen) waitForTables() string {
	for i := range g.neighbors {
		if g.neighbors[i].manualEOR {
			return "wait established"
		}
	}
	return "wait end-of-rib"
}

// at179 is an address with the port of BGP.
func at179(address string) string {
	if strings.Contains(address, ":") {
		address = "[" + address + "]"
	}
	return address + ":179"
}

// hasFamily reports whether the session offers the family.
func (n *neighbor) hasFamily(words string) bool {
	for _, f := range n.families {
		if f == words {
			return true
		}
	}
	return false
}

// peers writes the scripted peers.
func (g *gen) peers() {
	for i := range g.neighbors {
		n := &g.neighbors[i]
		if n.name == "" {
			continue
		}
		g.line(0, "")
		g.block(0, "peer "+n.name, func() { g.peer(n) })
	}
}

func (g *gen) peer(n *neighbor) {
	g.line(1, "address %s", n.address)
	if n.dials {
		g.line(1, "dial %s", at179(n.local))
	}
	g.who(n)
	if g.has(ownOpen) {
		g.line(1, "open hold-time %s", one(g, g.holdTimes()...))
	}
	if g.has(ownOpen) {
		g.line(1, "open router-id %s", one(g, g.peerIDs()...))
	}
	switch {
	case g.has(restarting) && !n.addPath:
		g.capabilities(n)
	case g.has(ownOpen) && g.n(4) == 0:
		g.line(1, "without multiprotocol")
	}
	if n.refresh && n.manualEOR && g.n(2) == 0 { // before the End-of-RIB, which a client asks for
		g.line(1, "wait established")
		g.line(1, "refresh %s", one(g, n.families...))
	}
	if n.refresh && g.has(gracefulRestart) && g.has(speaking) {
		g.restart(n)
	}
	if g.has(restarting) {
		g.comeBack(n)
	}
	if n.refresh && g.has(refreshes) && g.n(4) == 0 {
		g.manyRefreshes(n)
	}
	if g.has(timing) && g.n(4) == 0 {
		g.falls()
	}
	for range g.n(6) {
		g.peerStep(n)
	}
}

// who writes a peer's AS number and the capabilities that it does without.
func (g *gen) who(n *neighbor) {
	if n.as != g.as {
		g.line(1, "asn %d", n.as)
	}
	for _, c := range []string{"route-refresh", "enhanced-refresh", "asn4", "add-path", "extended-message", "extended-next-hop", "graceful-restart", "link-local-nexthop", "operational"} {
		if g.has(withoutCapability) && g.n(3) == 0 && !((n.big || g.as > 65535) && c == "asn4") {
			g.line(1, "without %s", c)
		}
	}
}

// restart writes a session that is lost between the brackets of a refresh and
// comes back by graceful restart.
func (g *gen) restart(n *neighbor) {
	f := one(g, n.families...)
	for range 1 + g.n(3) {
		g.line(1, "announce %s", g.announcement(n, true))
	}
	for _, step := range []string{"borr " + f, one(g, "close", "reset", "notification 4"), "wait established", one(g, "eorr "+f, "borr "+f)} {
		g.line(1, "%s", step)
	}
}

// peerStep draws what a peer does next.
func (g *gen) peerStep(n *neighbor) {
	switch {
	case g.has(waits):
		g.line(1, "%s", one(g, "wait established", g.waitForTables(), "wait messages 1", "wait messages 3", "sleep 1ms", "sleep 50ms", "sleep 20s"))
	case n.refresh && g.has(refreshes):
		g.line(1, "refresh %s", one(g, n.families...))
	case g.has(speaking):
		g.line(1, "%s", g.speech(n))
	case g.has(operationals) && g.n(2) == 0:
		g.line(1, "malform operational/%s", one(g, "asm", "rpcq", "rpcp", "rpcq-short", "rpcp-long", "type-77", "length+1", "empty", "asm-no-utf-8", "asm-no-utf-8", "asm-no-utf-8", "not-negotiated"))
	case g.has(edges):
		g.line(1, "malform %s", one(g, edgeCases(n)...))
	case g.has(dialing) && g.listens():
		g.line(1, "connect %s", at179(n.local))
	case g.has(resets):
		g.line(1, "%s", one(g, "reset", "close", "notification 4 maintenance", fmt.Sprintf("notification %d", 1+g.n(10))))
	}
}

// listens reports whether the speaker under test does: some peer dials it.
func (g *gen) listens() bool {
	return slices.ContainsFunc(g.neighbors, func(n neighbor) bool { return n.dials })
}

// speech draws what a peer tells the speaker: routes, and refreshes of them.
func (g *gen) speech(n *neighbor) string {
	switch g.n(6) {
	case 0, 1:
		return "announce " + g.announcement(n, true)
	case 2:
		return "withdraw " + g.announcement(n, false)
	case 3:
		return "end-of-rib " + one(g, n.families...)
	case 4:
		return "borr " + one(g, n.families...)
	default:
		return "eorr " + one(g, n.families...)
	}
}
