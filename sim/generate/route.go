package generate

import (
	"fmt"
	"net/netip"
	"strings"
)

// unicast draws a route of IPv4 or IPv6 unicast: a prefix, a next hop and
// attributes.
func (g *gen) unicast(n *neighbor, next bool) string {
	six := n.hasFamily("ipv6 unicast") && g.n(3) == 0
	text, hop := g.prefix4(), one(g, g.hops()...)
	if six {
		text = one(g, "2001:db8:1::/48", "2001:db8:2::/64", "::/0", "2001:db8::1/128")
		hop = one(g, "2001:db8::9", "2001:db8::a", "self", "fe80::9")
	}
	if n.addPath && !six && g.n(2) == 0 { // where paths meet
		text = one(g, "192.168.0.0/24", "10.0.0.0/8")
	}
	if n.addPath && !six && g.n(8) == 0 {
		hop = "2001:db8::9" // which keeps the path back where it was not negotiated
	}
	if next {
		text += " next-hop " + hop
	}
	if n.addPath && g.n(3) == 0 { // paths that differ in nothing else
		return text + one(g, " path-information 1", " path-information 2")
	}
	if n.addPath {
		text += one(g, "", " path-information 1", " path-information 0.0.0.2")
	}
	return text + g.attributes()
}

// split makes several routes of one, now and then.
func (g *gen) split(route string) string {
	words := strings.Fields(route)
	p, err := netip.ParsePrefix(words[1])
	if words[0] != "route" || err != nil || !g.has(attributes) || g.n(8) > 0 || p.Bits()+2 > p.Addr().BitLen() {
		return route
	}
	return fmt.Sprintf("%s split /%d", route, max(1, p.Bits()+g.n(3)))
}

// prefix4 draws one of a few prefixes of every shape of length.
func (g *gen) prefix4() string {
	return one(g, "192.168.0.0/24", "192.168.1.0/24", "192.168.1.128/25", "192.168.0.1/32", "192.168.0.2/32",
		"172.16.0.0/12", "10.0.0.0/8", "0.0.0.0/0", "198.51.100.0/30")
}

// attributeTexts are attributes as a route is given them.
var attributeTexts = [...]string{
	" origin igp", " origin egp", " origin incomplete",
	" med 1", " med 0", " med 4294967295",
	" local-preference 50", " local-preference 0",
	" as-path [ 65001 65002 ]", " as-path [ 4200000001 65002 ]", " as-path [ 65001 4200000001 65535 65536 ]", " as-path [ 65010 ( 65011 65012 ) ]", " as-path [ 4200000001 ( 65011 4200000002 ) ]", " as-path [ { 65011 65012 } 4200000001 65002 ]",
	" community [ 65001:1 ]", " community [ 65001:1 no-export ]",
	" large-community [ 1:2:3 ]", " large-community [ 1:2:3 1:2:3 1:2:2 ]", " large-community [ ]", " community [ ]",
	" extended-community [ target:65001:1 origin:1.2.3.4:5 ]",
	" atomic-aggregate", " aggregator ( 65001:10.0.0.1 )", " aggregator ( 4200000001:10.0.0.1 )",
	" originator-id 10.9.9.9", " cluster-list [ 1.1.1.1 2.2.2.2 ]",
	" attribute [ 0x63 0xc0 0x0102 ]", " attribute [ 0x63 0xe0 0x0102 ]", " attribute [ 0x63 0xd0 0x0102 ]", " attribute [ 0x20 0xc0 0x0000000100000002000000030000000100000002000000ff ]",
}

// attributes draws up to three different ones.
func (g *gen) attributes() string {
	text, was := "", -1
	if g.has(longPaths) {
		return longPath()
	}
	for range 3 {
		if !g.has(attributes) {
			continue
		}
		// Ascending, so that none is there twice.
		if was = was + 1 + g.n(8); was < len(attributeTexts) && !sameAttribute(text, attributeTexts[was]) {
			text += attributeTexts[was]
		}
	}
	return text
}

// sameAttribute reports whether the text has the attribute already.
func sameAttribute(text, attribute string) bool {
	word := func(s string) string {
		for i := 1; i < len(s); i++ {
			if s[i] == ' ' {
				return s[:i]
			}
		}
		return s
	}
	w := word(attribute)
	for i := 0; i+len(w) <= len(text); i++ {
		if text[i:i+len(w)] == w {
			return true
		}
	}
	return false
}

// announcement draws a route of any of the session's families, as the words
// behind "announce" or "withdraw".
func (g *gen) announcement(n *neighbor, next bool) string {
	hop := ""
	if next {
		hop = " next-hop " + one(g, "10.0.0.9", "192.0.2.1")
	}
	switch family := one(g, n.families...); family {
	case "ipv4 multicast":
		return "ipv4 multicast " + g.prefix4() + hop + g.attributes()
	case "ipv4 nlri-mpls":
		return fmt.Sprintf("ipv4 nlri-mpls %s%s label %s%s", g.prefix4(), hop, one(g, "100", "200", "[ 100 200 ]"), g.attributes())
	case "ipv4 mpls-vpn":
		return fmt.Sprintf("ipv4 mpls-vpn %s%s rd %s label %s%s", g.prefix4(), hop, one(g, "65001:1", "10.0.0.1:2"), one(g, "100", "3"), g.attributes())
	case "ipv6 mpls-vpn":
		if next {
			hop = " next-hop " + one(g, "2001:db8::9", "2001:db8::a")
		}
		return fmt.Sprintf("ipv6 mpls-vpn %s%s rd 65001:1 label 100%s", one(g, "2001:db8:1::/48", "2001:db8::1/128"), hop, g.attributes())
	case "ipv4 flow":
		if g.has(edges) {
			return "flow route " + g.edgeFlow() + " discard"
		}
		return "flow route " + one(g, "destination 192.168.0.0/24", "source 10.0.0.0/8", "destination 192.168.0.1/32 protocol tcp") +
			one(g, "", " destination-port =80", " packet-length >200&<300") + one(g, " discard", " rate-limit 9600", " redirect 65001:12345")
	default:
		return "route " + g.unicast(n, next)
	}
}
