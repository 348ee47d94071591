package scenario_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/sim/scenario"
	"github.com/peerloom/peerloom/sim/world"
)

// Every step of the network's script, and every fault that clients and peers
// commit, is printed as it is written.
func TestFaultStepsPrintBack(t *testing.T) {
	network := []string{
		"reset dut", "reset dut peer", "close peer dut", "half-open peer dut", "flip dut peer", "stall dut peer for 1m0s", "deaf peer",
		"ghost dut", "clog dut peer for 250us", "partition dut peer", "swizzle dut peer for 20s", "one-way peer for 1s", "isolate peer",
		"unlisten peer for 1s", "crash dut", "crash dut for 1s", "kill dut with state for 1s", "kill peer with state", "pause dut for 200s",
		"reload dut", "over-limit peer", "set split 1/2", "set hang 1/1 for 20s", "delay dut peer 600ms", "clock dut +5s", "clock dut -1h0m0s", "drift dut -200", "heal", "sleep 1s", "wait quiet",
	}
	for i := range network {
		network[i] = strings.Replace(network[i], "200s", "3m20s", 1)
	}
	client := []string{"send-part announce rou", "flood 300 announce route 10.{m}.{n}.0/24 next-hop self", "die", "mute 1m0s"}
	peer := []string{"connect 10.0.0.1:179", "router-id same", "router-id 9.9.9.9"}
	join := func(l []string) string { return "\t" + strings.Join(l, "\n\t") }
	f, err := scenario.Parse("steps", fmt.Appendf(nil, stage, "", join(peer), join(client), join(network)))
	require.NoError(t, err)
	printed := string(scenario.Print(f))
	for _, l := range append(append(network, client...), peer...) {
		require.Contains(t, printed, "\t"+l+"\n")
	}
	again, err := scenario.Parse("printed", []byte(printed))
	require.NoError(t, err)
	require.Equal(t, f, again)
}

func TestWrongFaultStepsAreNamed(t *testing.T) {
	for step, want := range map[string]string{
		"clog dut":             "what follows clog is wrong: write A B, or A B for DURATION",
		"clog dut nobody":      "it names nobody, which is no speaker or peer: write names of blocks",
		"clock peer +5s":       "it strikes peer with what only speakers have: write the name of a speaker block",
		"clock dut 5":          "what follows clock is wrong: write A and +5s or -5s",
		"drift dut 2000000":    "what follows drift is wrong: write A and millionths such as -200",
		"crash dut with power": "what follows crash is wrong: write A, with state, for DURATION",
		"set jitter 1/2":       "what follows set is wrong: write a knob of the network and a ratio, such as split 1/2 for DURATION",
		"set split 3/2":        "what follows set is wrong",
		"stall":                "what follows stall is wrong: write A or A B, and for DURATION",
		"stall dut for ages":   "what follows stall is wrong: write A or A B, and for DURATION",
		"send version":         "unknown step \"send version\"",
	} {
		_, err := scenario.Parse("steps", fmt.Appendf(nil, stage, "", "", "", "\t"+step))
		require.ErrorContains(t, err, want, step)
	}
	_, err := scenario.Parse("steps", []byte(strings.Replace(fmt.Sprintf(stage, "", "", "", ""), "reload dut", "reload nobody", 1)))
	require.ErrorContains(t, err, "there is no speaker nobody: write one of the speakers above")
}

// A class switches off what its knobs switch on, and no knob is of two classes.
func TestFaultClasses(t *testing.T) {
	f := parse(t, "faults")
	seen := map[string]bool{}
	for _, c := range scenario.FaultClasses() {
		require.NotEmpty(t, c.Knobs, c.Name)
		for _, k := range c.Knobs {
			require.False(t, seen[k.Name], k.Name)
			seen[k.Name] = true
			r := k.Ratio(&f.Knobs)
			require.NotZero(t, r.Num, "examples/faults.scenario does without %s", k.Name)
			r.Num, r.Den = 0, 0
		}
	}
	text := string(scenario.Print(f))
	for name := range seen {
		require.NotContains(t, text, "\n"+name+" 1/")
	}
	require.Equal(t, world.PaceNone, f.Knobs.Pace)
}
