package generate

import "github.com/peerloom/peerloom/sim"

// knobRow is a knob and what it may be set to; the rate of its feature says
// how often it is not left at zero.
type knobRow struct {
	name    string
	feature feature
	values  []string
}

var knobRows = [...]knobRow{
	{"delay", latency, []string{"1us", "1ms", "40ms"}},
	{"jitter", latency, []string{"100us", "8ms", "80ms"}},
	{"window", slowness, []string{"30", "200", "1000"}},
	{"client-jitter", latency, []string{"4ms", "100us"}},
	{"client-split", splits, []string{"1/8", "1/2"}},
	{"client-gap", waits, []string{"1ms", "64ms", "2s"}},
	{"batch-window", splits, []string{"250us", "10ms"}},
	{"pull-delay", slowness, []string{"1ms", "16ms"}},
	{"pull-stop", slowness, []string{"1/8", "1/2", "7/8"}},
	{"read-delay", slowness, []string{"4ms", "200ms"}},
	{"split", splits, []string{"1/16", "1/2"}},
	{"short-write", splits, []string{"1/8", "1/2"}},
	{"refuse", networkFaults, []string{"1/16", "1/2"}},
	{"hang", networkFaults, []string{"1/32", "1/8"}},
	{"slow-connect", networkFaults, []string{"1/32", "1/4"}},
	{"cut", resets, []string{"1/2", "7/8"}},
	{"reset", resets, []string{"1/8", "1/2"}},
	{"stall", networkFaults, []string{"1/8", "1/2"}},
	{"partition", networkFaults, []string{"1/16", "1/4"}},
	{"simultaneous-open", networkFaults, []string{"1/8", "1/2"}},
	{"unlisten", networkFaults, []string{"1/16", "1/4"}},
	{"slow-pair", latency, []string{"1/4"}},
	{"coalesce", splits, []string{"1/16", "1/2"}},
	{"close", connFaults, []string{"1/8", "1/2"}},
	{"half-open", connFaults, []string{"1/8", "1/2"}},
	{"ghost", connFaults, []string{"1/4", "7/8"}},
	{"deaf", connFaults, []string{"1/8", "1/2"}},
	{"clog", linkFaults, []string{"1/8", "1/2"}},
	{"one-way", linkFaults, []string{"1/16", "1/4"}},
	{"isolate", linkFaults, []string{"1/16", "1/4"}},
	{"swizzle", linkFaults, []string{"1/16", "1/4"}},
	{"crash", outages, []string{"1/16", "1/4"}},
	{"kill", outages, []string{"1/16", "1/4"}},
	{"pause", outages, []string{"1/8", "1/2"}},
	{"clock-step", clocks, []string{"1/8", "1/2"}},
	{"clock-drift", clocks, []string{"1/2"}},
	{"id-clash", connFaults, []string{"1/16"}},
	{"forgets", connFaults, []string{"1/8", "1/2"}},
	{"client-die", clientFaults, []string{"1/8", "1/2"}},
	{"client-half", clientFaults, []string{"1/8", "1/2"}},
	{"client-mute", clientFaults, []string{"1/8", "1/2"}},
	{"client-flood", clientFaults, []string{"1/16"}},
	{"client-pipe", clientFaults, []string{"4096"}},
	{"reload", reloads, []string{"1/4", "1/2", "7/8"}},
	{"peer-updates", speaking, []string{"2", "8", "24"}},
	{"malformed", malforming, []string{"1", "6", "24"}},
	{"over-limit", limits, []string{"1/8", "1/2"}},
	{"burst", connFaults, []string{"1/4"}},
	{"tick-every", networkFaults, []string{"10ms", "1s", "30s"}},
}

// knobs draws the paces of clients and network. Most worlds are unpaced: a paced
// client waits for quiet, which hides the order of things.
func (g *gen) knobs() {
	if g.n(8) > 0 {
		g.line(0, "pace none")
	} else {
		g.paced = true
		g.line(0, "pace %s", one(g, "quiet", "replies"))
	}
	for _, k := range knobRows {
		if !g.has(k.feature) {
			continue
		}
		if k.feature == latency || k.feature == slowness {
			g.slow, g.rates[bigTable], g.rates[longPaths] = true, sim.Ratio{}, sim.Ratio{} // long messages on slow links take for ever
		}
		g.line(0, "%s %s", k.name, one(g, k.values...))
	}
	g.line(0, "fault-ticks %d", g.n(7))
	if g.has(refreshes) {
		g.line(0, "refreshes %d", 1+g.n(3))
	}
}

// holdTimes are those that a session may have. KEEPALIVEs every second on slow
// links are in flight at every moment: the world would never be at rest.
func (g *gen) holdTimes() []string {
	if g.slow {
		return []string{"0", "9", "90", "600"}
	}
	return []string{"0", "3", "9", "90", "600"}
}
