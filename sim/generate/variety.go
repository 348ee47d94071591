package generate

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/peerloom/peerloom/sim"
)

// identity draws the AS number and the identifier of the speaker under test:
// numbers that need four octets (RFC 6793), and identifiers whose first bit is
// set, which a comparison of signed numbers takes for low (RFC 4271 §6.8).
func (g *gen) identity() {
	g.as, g.id = subjectAS, subjectID
	if g.has(wideAS) {
		g.as = one(g, wideNumber, 65536, 65535) // the last one fits into two octets
	}
	if g.as > 65535 {
		g.rates[as2] = sim.Ratio{}
	}
	if g.has(highID) {
		g.id = "200.1.2.3"
	}
}

// wideNumber needs four octets.
const wideNumber int64 = 4200000001

// peerIDs are identifiers of peers, below and above those of the speaker.
func (g *gen) peerIDs() []string {
	return []string{"0.0.0.7", "1.2.3.3", "9.9.9.9", "199.9.9.9", "201.0.0.1"}
}

// timing writes what RFC 4271 §8.1.1 and RFC 9687 leave to the configuration.
func (g *gen) timing() {
	if g.has(timing) {
		g.line(2, "connect-retry %s;", one(g, "5", "30")) // a dial over a slow pair takes a second or two
	}
	if g.has(timing) {
		g.line(2, "delay-open %s;", one(g, "1", "2"))
	}
	if g.has(timing) {
		g.line(2, "send-hold-time %s;", one(g, "5", "15", "100", "off"))
	}
	if g.has(timing) {
		g.line(2, "damp-peer-oscillations;")
		g.line(2, "idle-hold-max %s;", one(g, "1", "2", "3", "7", "8")) // doubling meets some bounds and passes others
	}
	if g.has(timing) {
		g.line(2, "notify-without-open;")
	}
}

// names writes a host and a domain that take a capability, or the whole OPEN, to
// its longest (RFC 9072 §1): of the 126 octets that are sent of each, or more.
func (g *gen) names() {
	if g.has(longNames) {
		for _, name := range [...]string{"host-name", "domain-name"} {
			g.line(2, "%s %s;", name, one(g, "router", strings.Repeat("r", 126), strings.Repeat("r", 200)))
		}
	}
}

// crossing lets IPv4 routes have IPv6 next hops (RFC 8950).
func (g *gen) crossing(n *neighbor) {
	if n.crossing {
		g.block(2, "nexthop", func() { g.line(3, "ipv4 unicast ipv6;") })
	}
}

// hops are the next hops of an IPv4 route. One that the session has not negotiated
// keeps the route back.
func (g *gen) hops() []string {
	l := []string{"self", "10.0.0.9", "192.0.2.1"}
	if g.has(crossing) {
		l = append(l, "2001:db8::9")
	}
	return l
}

// longPath is more numbers than one segment holds (RFC 4271 §4.3).
func longPath() string {
	var b strings.Builder
	b.WriteString(" as-path [")
	for i := range 300 {
		b.WriteString(" " + strconv.Itoa(64512+i))
	}
	b.WriteString(" ]")
	return b.String()
}

// capabilities writes an OPEN of the peer's own, with a graceful restart that the
// speaker under test does not offer so: other families, without the F or the N
// bit, or for no time (RFC 4724 §3, RFC 8538 §2).
func (g *gen) capabilities(n *neighbor) {
	for _, f := range n.families {
		g.line(1, "open capability multiprotocol %s", f)
	}
	g.line(1, "open capability asn4 %08X", uint32(n.as))
	if n.refresh {
		g.line(1, "open capability route-refresh")
		g.line(1, "open capability enhanced-refresh")
	}
	value := fmt.Sprintf("%04X", one(g, 0x8000, 0x4000, 0)|one(g, 0, 1, 5, 120))
	for _, code := range []string{"000101", "000102"} {
		if g.n(4) > 0 {
			value += code + one(g, "80", "00")
		}
	}
	if g.n(4) == 0 { // "MUST ignore all but the last instance" (RFC 4724 §3)
		g.line(1, "open capability graceful-restart 0078000101%s", one(g, "80", "00"))
	}
	g.line(1, "open capability graceful-restart %s", value)
}

// comeBack writes a session that is lost with routes in it, and the next one, in
// which some are announced again.
func (g *gen) comeBack(n *neighbor) {
	for range 1 + g.n(4) {
		g.line(1, "announce %s", g.announcement(n, true))
	}
	g.line(1, "%s", one(g, "sleep 50ms", "sleep 1ms", "sleep 2s"))
	g.line(1, "%s", one(g, "close", "reset", "notification 2", "notification 4", "notification 9", "notification 9 of a sort"))
	g.line(1, "wait established")
	for range g.n(3) {
		g.line(1, "%s", one(g, "announce "+g.announcement(n, true), "end-of-rib "+one(g, n.families...), g.ends()))
	}
}

// falls writes sessions that are lost as soon as they are up, as often as it takes
// an IdleHoldTime that doubles to reach its bound.
func (g *gen) falls() {
	end := "malform " + one(g, endings[:]...)
	for range 3 + g.n(4) {
		g.line(1, "%s", one(g, "reset", "close", "notification 4", end, end))
	}
}

// endings are malformations of any kind that end a session: what one leaves behind
// shows in the next.
var endings = [...]string{"mp-reach/twice", "mp-unreach/twice", "length/withdrawn-too-long", "nlri/announce-truncated-24", "header/type-7",
	"header/notification-20", "value/unknown-well-known", "attribute/origin/length+1-without-nlri", "refresh/borr-4096-octets", "refresh/borr-20000-octets"}

// ends are messages that are no End-of-RIB, though a peer that has come back may be
// taken to have ended its table with one: of an UPDATE without routes nothing is left
// but what is discarded (RFC 4724 §2).
func (g *gen) ends() string {
	return "malform " + one(g, "attributes/unknown-alone", "attributes/discarded-alone", "attributes/quiet-alone")
}

// manyRefreshes writes more requests than a queue keeps apart (contract, point 7),
// most of them when those before have been answered.
func (g *gen) manyRefreshes(n *neighbor) {
	f := one(g, n.families...)
	for range 9 + g.n(4) {
		g.line(1, "refresh %s", f)
		if g.n(4) > 0 {
			g.line(1, "sleep 300ms")
		}
	}
}
