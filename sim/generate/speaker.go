package generate

import (
	"fmt"
	"slices"
	"strings"
)

// speakers writes the speaker under test and the second one.
func (g *gen) speakers() {
	g.line(0, "")
	g.block(0, "speaker dut", func() { g.subject(g.neighbors) })
	if !g.other {
		return
	}
	n := &g.neighbors[len(g.neighbors)-1]
	g.line(0, "")
	g.block(0, "speaker other", func() {
		g.block(1, "neighbor "+n.local, func() {
			ids := []string{"0.0.0.7", "9.9.9.9"}
			if n.as != g.as {
				ids = append(ids, g.id) // RFC 6286 §2.1: unique within an AS
			}
			g.line(2, "router-id %s;", one(g, ids...))
			g.line(2, "local-address %s;", other)
			g.line(2, "local-as %d;", n.as)
			g.line(2, "peer-as %d;", g.as)
			g.line(2, "listen 179;")
			g.options(n)
			g.static(n)
		})
	})
}

// subject writes the configuration of the speaker under test.
func (g *gen) subject(list []neighbor) {
	for _, p := range g.processes {
		g.block(1, "process "+p, func() {
			g.line(2, "run ./%s;", p)
			if g.loud {
				g.line(2, "encoder json;") // which says the most
				return
			}
			g.line(2, "encoder %s;", one(g, "text", "json"))
		})
	}
	for i := range list {
		if !list[i].absent {
			g.template(i, &list[i])
		}
	}
	for i := range list {
		n := &list[i]
		if n.absent {
			continue
		}
		g.block(1, "neighbor "+n.address, func() { g.session(n) })
	}
}

// parameters are the lines of a session's own parameters, drawn where there are none
// yet.
func (g *gen) parameters(n *neighbor) string {
	if n.params == "" {
		at := g.out.Len()
		g.options(n)
		n.params = string(g.out.Bytes()[at:])
		g.out.Truncate(at)
	}
	return n.params
}

// template writes what a neighbor inherits, now and then: its parameters, in two
// parts.
func (g *gen) template(i int, n *neighbor) {
	if n.template = ""; g.n(8) > 0 {
		return
	}
	lines := strings.SplitAfter(g.parameters(n), "\n")
	half := slices.IndexFunc(lines, func(l string) bool { return strings.HasSuffix(l, "{\n") }) // there is a family block
	var names []string
	for k, part := range [...][]string{lines[:half], lines[half:]} {
		name := fmt.Sprintf("part%d-%d", i+1, k+1)
		names = append(names, name)
		g.block(1, "template", func() {
			g.block(2, "neighbor "+name, func() {
				for _, l := range part {
					if l != "" {
						g.out.WriteString("\t" + l)
					}
				}
			})
		})
	}
	n.template = "[ " + strings.Join(names, " ") + " ]"
}

// session writes a neighbor of the speaker under test.
func (g *gen) session(n *neighbor) {
	if g.has(reloads) { // which changes nothing about the session
		g.line(2, "description \"%s\";", one(g, "transit", "a peer"))
	}
	if g.has(rated) && !n.big { // nor does this
		g.line(2, "rate-limit %s;", one(g, "3", "20", "90", "1000", "disable"))
	}
	g.line(2, "router-id %s;", g.id)
	g.line(2, "local-address %s;", n.local)
	if g.as > 65535 && g.n(2) == 0 { // RFC 5396's asdot
		g.line(2, "local-as %d.%d;", g.as>>16, g.as&0xffff)
	} else {
		g.line(2, "local-as %d;", g.as)
	}
	g.line(2, "peer-as %s;", n.peerAS)
	if n.dials {
		g.line(2, "listen 179;")
	}
	if n.dials && n.name != "" {
		g.line(2, "passive true;")
	}
	if n.template != "" {
		g.line(2, "inherit %s;", n.template)
	} else {
		g.out.WriteString(g.parameters(n))
	}
	if len(n.process) > 0 {
		g.block(2, "api", func() {
			g.line(3, "processes [ %s ];", strings.Join(n.process, " "))
			g.listening()
		})
	}
	g.static(n)
}

// listening writes which events the neighbor's clients hear of.
func (g *gen) listening() {
	for _, word := range []string{"neighbor-changes;", "fsm;", "negotiated;", "signal;"} {
		if g.has(events) {
			g.line(3, "%s", word)
		}
	}
	if g.loud {
		g.block(3, "receive", func() {
			g.line(4, "%s update; open; keepalive; refresh; notification; operational;", one(g, "parsed;", "parsed; packets; consolidate;"))
		})
		return
	}
	for _, direction := range []string{"receive", "send"} {
		if direction == "receive" && g.has(operationals) {
			g.block(3, direction, func() { g.line(4, "%s operational;", one(g, "parsed;", "parsed; packets; consolidate;")) })
			continue
		}
		if !g.has(events) {
			continue
		}
		g.block(3, direction, func() {
			forms := one(g, "parsed;", "packets;", "parsed; packets;", "parsed; packets; consolidate;", "consolidate;")
			g.line(4, "%s %s", forms, one(g, "update; open; keepalive; refresh; notification; operational;",
				"update;", "update; refresh; notification;", "open; keepalive; notification;"))
		})
	}
}

// options writes what both ends of a session draw for themselves.
func (g *gen) options(n *neighbor) {
	if g.has(shortHold) {
		g.line(2, "hold-time %s;", one(g, g.holdTimes()...))
	}
	g.timing()
	g.crossing(n)
	g.names()
	linkLocal := g.has(linkLocals)
	if linkLocal {
		g.line(2, "local-link-local %s;", one(g, "fe80::1", "fe80::dead:beef"))
	}
	if !g.has(groupUpdates) {
		g.line(2, "group-updates false;")
	}
	if g.has(limits) {
		g.block(2, "prefix-limit", func() {
			g.line(3, "ipv4 unicast %s;", one(g, "1", "2", "3", "5", "12"))
			if n.hasFamily("ipv6 unicast") && g.n(2) == 0 {
				g.line(3, "ipv6 unicast %s;", one(g, "1", "2"))
			}
		})
	} else if g.has(adjIn) {
		g.line(2, "adj-rib-in true;")
	}
	if n.manualEOR {
		g.line(2, "manual-eor true;")
	}
	if g.has(operationals) && g.n(2) == 0 {
		g.block(2, "operational", func() {
			for range 1 + g.n(2) {
				g.line(3, "%s;", g.oper("hello", "x"))
			}
		})
	}
	g.block(2, "family", func() {
		for _, f := range n.families {
			g.line(3, "%s;", f)
		}
	})
	g.block(2, "capability", func() {
		if n.refresh {
			g.line(3, "route-refresh;")
		}
		if n.addPath {
			g.line(3, "add-path %s;", one(g, "send", "receive", "send/receive"))
		}
		if linkLocal {
			g.line(3, "link-local-nexthop;")
		}
		switch { // it is on where nothing is said
		case g.has(extendedMessage):
			g.line(3, "extended-message;")
		case g.n(3) == 0:
			g.line(3, "extended-message disable;")
		}
		if g.has(operationals) {
			g.line(3, "operational;")
		}
		if g.has(as2) && !n.big {
			g.line(3, "asn4 disable;")
		}
		if g.has(gracefulRestart) || g.has(restarting) {
			g.line(3, "graceful-restart%s;", one(g, " 1", " 5", " 120", ""))
		}
	})
}

// watchdog is who holds a configured route back or lets it go, if anybody does.
func (g *gen) watchdog() string {
	if !g.has(watchdogs) {
		return ""
	}
	return " watchdog " + one(g, dogs[:]...) + one(g, "", " withdraw")
}

// static writes the configured routes. A big table is one of few routes with long
// attributes.
func (g *gen) static(n *neighbor) {
	g.block(2, "static", func() {
		for range g.n(5) {
			g.line(3, "route %s%s;", g.unicast(n, true), g.watchdog())
		}
		g.edgeRoutes(n)
		if n.big {
			g.bigRoutes(g.longValue(), 8+g.n(8))
		}
	})
}

// bigRoutes writes so many routes with an attribute of so many octets.
func (g *gen) bigRoutes(octets, routes int) {
	long := strings.Repeat("5a", octets)
	for i := range routes {
		g.line(3, "route 10.%d.0.0/%d next-hop self attribute [ 0x63 0xc0 0x%s ];", 128+i, one(g, 9, 16, 24, 32), long)
	}
}
