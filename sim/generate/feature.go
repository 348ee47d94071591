package generate

import "github.com/peerloom/peerloom/sim"

// feature is something that a world may have, at a rate drawn for each world.
type feature int

const (
	external feature = iota
	dialing
	second
	ipv6
	multicast
	labelled
	vpn
	vpn6
	flow
	foreign
	addPath
	extendedMessage
	as2
	refreshCapability
	gracefulRestart
	withoutCapability
	groupUpdates
	manualEOR
	shortHold
	events
	attributes
	bigTable
	together
	selector
	waits
	refreshes
	resets
	tears
	networkFaults
	connFaults
	linkFaults
	outages
	clocks
	clientFaults
	reloads
	syncs
	speaking
	malforming
	ownOpen
	adjIn
	wideAS
	highID
	timing
	crossing
	linkLocals
	longPaths
	longNames
	edges
	restarting
	limits
	watchdogs
	twins
	stops
	groups
	dynamic
	restarts
	operationals
	acks
	rated
	overIPv6
	latency
	slowness
	splits
	featureCount
)

// features names them, for the head of the file.
var features = [featureCount]string{
	external: "external", dialing: "dialing", second: "second-speaker", ipv6: "ipv6", multicast: "multicast",
	labelled: "labelled", vpn: "vpn", vpn6: "vpn-ipv6", flow: "flow", foreign: "families-of-their-own", addPath: "add-path", extendedMessage: "extended-message",
	as2: "as2", refreshCapability: "route-refresh", gracefulRestart: "graceful-restart",
	withoutCapability: "without-capability", groupUpdates: "group-updates", manualEOR: "manual-eor",
	shortHold: "hold-time", events: "events", attributes: "attributes", bigTable: "big-table", together: "together",
	selector: "selectors", waits: "waits", refreshes: "refreshes", resets: "resets", tears: "teardown",
	networkFaults: "faults", connFaults: "connection-faults", linkFaults: "link-faults",
	outages: "outages", clocks: "clocks", clientFaults: "client-faults", reloads: "reloads", syncs: "sync",
	speaking: "peers-announce", malforming: "malformed", ownOpen: "own-open", adjIn: "adj-rib-in",
	wideAS: "wide-as", highID: "high-identifier", timing: "timing", crossing: "next-hops", linkLocals: "link-locals", longPaths: "long-paths", longNames: "long-names", edges: "edges", restarting: "restarting",
	limits: "prefix-limits", watchdogs: "watchdogs", twins: "two-of-one-address", stops: "shutdown", groups: "groups", dynamic: "create-delete", restarts: "restarts", operationals: "operational", acks: "answers", rated: "rate-limit", overIPv6: "over-ipv6",
	latency: "latency", slowness: "slowness", splits: "splits",
}

// drawRates draws how often each feature is met in this world: a third of them
// never, a third mostly.
func (g *gen) drawRates() {
	var often []string
	for f := range featureCount {
		switch g.n(6) {
		case 0, 1:
			g.rates[f] = sim.Ratio{}
		case 2:
			g.rates[f] = sim.Ratio{Num: 1, Den: 8}
		case 3:
			g.rates[f] = sim.Ratio{Num: 1, Den: 2}
		default:
			g.rates[f] = sim.Ratio{Num: 7, Den: 8}
			often = append(often, features[f])
		}
	}
	if g.n(12) == 0 { // a speaker that was started again and is reloaded
		g.rates[outages], g.rates[reloads] = sim.Ratio{Num: 7, Den: 8}, sim.Ratio{Num: 7, Den: 8}
	}
	// What costs much is met seldom.
	g.rates[bigTable] = sim.Ratio{Num: 1, Den: 6}
	g.rates[second] = sim.Ratio{Num: g.rates[second].Num, Den: 2 * max(g.rates[second].Den, 1)}
	g.rates[stops] = sim.Ratio{Num: g.rates[stops].Num, Den: 16 * max(g.rates[stops].Den, 1)}
	g.rates[longPaths] = sim.Ratio{Num: g.rates[longPaths].Num, Den: 16 * max(g.rates[longPaths].Den, 1)}
	g.rates[outages] = sim.Ratio{Num: g.rates[outages].Num, Den: 3 * max(g.rates[outages].Den, 1)}
	for len(often) > 0 {
		n := min(len(often), 8)
		text := "#"
		for _, s := range often[:n] {
			text += " " + s
		}
		g.line(0, "%s", text)
		often = often[n:]
	}
}
