package generate

import (
	"fmt"
	"strings"
)

// edgeFlow draws a flow specification at whose length a field gets another form:
// its own length takes two octets from 240 on (RFC 8955 §4.1), and that of the
// attribute around it from 256 on (RFC 4271 §4.3), which is 249 octets of flow in
// MP_REACH_NLRI and 251 in MP_UNREACH_NLRI.
func (g *gen) edgeFlow() string {
	octets := one(g, 239, 240, 241, 247, 248, 249, 250, 251, 252)
	var b strings.Builder
	b.WriteString("destination 192.168.0.0/24 destination-port [")
	left := octets - (2 + 3) - 1 // the prefix, and the type of the ports
	if left%2 == 1 {
		b.WriteString(" =8080") // an operator and two octets
		left -= 3
	}
	for i := range left / 2 {
		fmt.Fprintf(&b, " =%d", 1+i)
	}
	b.WriteString(" ]")
	return b.String()
}

// edgeRoutes writes IPv6 routes that fit into one MP_REACH_NLRI of 254 to 257
// octets where they leave together, without path identifiers.
func (g *gen) edgeRoutes(n *neighbor) {
	if !n.hasFamily("ipv6 unicast") || !g.has(edges) {
		return
	}
	const head, host = 2 + 1 + 1 + 16 + 1, 1 + 16
	octets := one(g, 254, 255, 256, 257) - head
	const prefix = "\t\t\troute 2001:db8:e:%x::/%d next-hop 2001:db8::9;\n"
	for octets > 2*host {
		octets -= host
		fmt.Fprintf(&g.out, prefix, octets, 128)
	}
	first := octets / 2
	for i, size := range []int{first, octets - first} {
		fmt.Fprintf(&g.out, prefix, i, 8*(size-1))
	}
}

// longValue draws how long the attribute of a big table's routes is: there is room
// for some of them in a message of 4,096 octets or for none, or for just one.
func (g *gen) longValue() int {
	if g.has(edges) {
		return 4040 + g.n(10)
	}
	return 3960 + g.n(100)
}

// edgeCases are messages at an edge that matter in few sessions: the knob
// "malformed", which draws from the whole table, would seldom find both together.
func edgeCases(n *neighbor) []string {
	l := []string{"valid/attribute-255-octets", "valid/attribute-256-octets", "as4-path/200-of-300", "as4-path/200-of-256"}
	if n.hasFamily("ipv6 unicast") {
		l = append(l, "valid/mp-reach-255-octets", "valid/mp-unreach-255-octets", "valid/mp-unreach-256-octets", "mp-reach/next-hop-link-local-too")
	}
	if n.hasFamily("ipv4 flow") {
		l = append(l, "family/flow-239-octets", "family/flow-240-octets", "family/flow-241-octets", "family/flow-withdraw-240-octets")
	}
	if n.crossing {
		l = append(l, "mp-reach/ipv4-next-hop-16", "mp-reach/ipv4-next-hop-32", "mp-reach/ipv4-beside-nlri")
	}
	if n.hasFamily("ipv6 mpls-vpn") {
		l = append(l, "family/vpn-ipv6-next-hop-24", "family/vpn-ipv6-next-hop-48")
	}
	return l
}
