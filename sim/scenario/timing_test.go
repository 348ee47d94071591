package scenario_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/peerloom/peerloom/sim"
	"github.com/peerloom/peerloom/sim/scenario"
	"github.com/peerloom/peerloom/sim/world"
)

// drawKnobs draws all that contract 2 says must not matter: latencies, splits,
// windows, and when the driver pulls.
func drawKnobs(t *rapid.T) world.Knobs {
	dur := func(name string) time.Duration {
		return time.Duration(rapid.IntRange(0, 20).Draw(t, name)) * time.Millisecond
	}
	ratio := func(name string) sim.Ratio { return sim.Ratio{Num: rapid.IntRange(0, 3).Draw(t, name), Den: 4} }
	k := world.Knobs{
		Pace:  world.PaceReplies,
		Delay: dur("delay"), Jitter: dur("jitter"), Window: rapid.SampledFrom([]int{0, 1, 19, 23, 60, 200}).Draw(t, "window"),
		ClientJitter: dur("client jitter"), Batch: 250 * time.Microsecond,
		PullDelay: dur("pull delay"), PullStop: ratio("pull stop"), ReadDelay: dur("read delay"),
	}
	k.Net.Split, k.Net.Short = ratio("split"), ratio("short write")
	return k
}

// drawScript draws commands; each is a batch of its own.
func drawScript(t *rapid.T) []world.Step {
	steps := []world.Step{{Kind: world.WaitEndOfRIB}}
	for i := range rapid.IntRange(1, 12).Draw(t, "commands") {
		what := rapid.SampledFrom([]string{
			"announce route 192.168.0.%d/32 next-hop 10.0.0.1", "announce route 192.168.0.%d/32 next-hop 10.0.0.2",
			"withdraw route 192.168.0.%d/32", "flush adj-rib out", "clear adj-rib out",
			"announce eor ipv4 unicast", "announce route-refresh ipv4 unicast",
		}).Draw(t, fmt.Sprintf("command %d", i))
		if strings.Contains(what, "%d") {
			what = fmt.Sprintf(what, rapid.IntRange(0, 3).Draw(t, "route"))
		}
		steps = append(steps, world.Step{Kind: world.Send, Lines: []string{what}})
	}
	return steps
}

// One order of batches and session events, whatever the timing: one sequence of
// messages, to the byte (contract 2).
func TestTimingIndependence(t *testing.T) {
	base := *parse(t, "api-rr-rib-sleepless")
	base.Expects, base.Views = nil, nil
	rapid.Check(t, func(t *rapid.T) {
		f := base
		f.Clients = []world.Client{{Process: "announce-routes", Speaker: "dut", Script: drawScript(t)}}
		f.Knobs = world.Knobs{Pace: world.PaceReplies}
		dull := scenario.Run(&f, scenario.Options{Source: sim.Dull{}})
		require.Equal(t, scenario.OK, dull.Verdict, "%v", dull.Violation)
		f.Knobs = drawKnobs(t)
		seed := rapid.Uint64().Draw(t, "seed")
		r := scenario.Run(&f, scenario.Options{Seed: seed})
		require.Equal(t, scenario.OK, r.Verdict, "%v", r.Violation)
		require.Equal(t, sequence(dull), sequence(r), "%s", scenario.Print(&f))
	})
}

// The network is not quiet while bytes are in flight: here the end of a message
// travels for longer than nothing else happens.
func TestQuietMeansNothingInFlight(t *testing.T) {
	f := *parse(t, "api-rr-rib-sleepless")
	f.Expects, f.Views = nil, nil
	f.Clients = []world.Client{{Process: "announce-routes", Speaker: "dut", Script: []world.Step{
		{Kind: world.WaitEndOfRIB}, {Kind: world.Send, Lines: []string{"announce route 192.168.0.0/32 next-hop 10.0.0.1"}},
	}}}
	f.Knobs = world.Knobs{Pace: world.PaceReplies, Delay: 3 * time.Millisecond, Window: 19, Batch: 250 * time.Microsecond}
	r := scenario.Run(&f, scenario.Options{Source: sim.Dull{}})
	require.Equal(t, scenario.OK, r.Verdict, "%v", r.Violation)
}

// A rate limit makes a story longer and changes nothing else: the same messages
// leave, in their order.
func TestARateLimitChangesNoMessage(t *testing.T) {
	for _, name := range []string{"api-rib", "api-rr-rib"} {
		text := string(scenario.Print(parse(t, name)))
		const at = "\t\tgroup-updates false;\n"
		require.Contains(t, text, at)
		f, err := scenario.Parse(name, []byte(strings.Replace(text, at, at+"\t\trate-limit 10;\n", 1)))
		require.NoError(t, err)
		for seed := range uint64(50) {
			r := scenario.Run(f, scenario.Options{Seed: seed})
			require.Equal(t, scenario.OK, r.Verdict, "%s, seed %d: %v", name, seed, r.Violation)
			least := time.Duration(len(r.Messages)-2) * 100 * time.Millisecond
			require.Greater(t, r.Messages[len(r.Messages)-1].At-r.Messages[0].At, least)
		}
	}
}
