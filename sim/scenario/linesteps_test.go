package scenario_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/sim/scenario"
)

// A story at the script's own pace: the peer says something right behind its
// KEEPALIVE and answers a refresh by what it was told, the client looks at every
// line, and the speaker reads another configuration behind the second message.
const lines = `peerloom scenario 1
name lines

pace script
delay 1ms
client-jitter 4ms
client-split 7/8
batch-window 250us
split 1/2

speaker dut {
	process watcher {
		run watcher;
		encoder json;
		respawn false;
	}
	neighbor 10.0.0.2 {
		router-id 10.0.0.1;
		local-address 10.0.0.1;
		local-as 1;
		peer-as 1;
		family { ipv4 unicast; }
		capability { route-refresh; }
		api { processes [ watcher ]; receive { parsed; update; } }
	}
}

reload dut {
	process watcher {
		run watcher;
		encoder json;
		respawn false;
	}
	neighbor 10.0.0.2 {
		router-id 10.0.0.1;
		local-address 10.0.0.1;
		local-as 1;
		peer-as 1;
		family { ipv4 unicast; }
		capability { route-refresh; }
		api { processes [ watcher ]; receive { parsed; update; } }
		static { route 192.0.2.2/32 next-hop 10.0.0.9; }
	}
}

peer peer {
	address 10.0.0.2
	greet FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00310200000015400101004002004003040A0000094005040000006420C0000209
	replay
}

client watcher of dut {
	expect line 192.0.2.9/32
	send-together {
		announce route 192.0.2.0/32 next-hop 10.0.0.9
		clear adj-rib out
		announce route 192.0.2.1/32 next-hop 10.0.0.9
	}
	expect done 3
	sleep 1s
	send announce route-refresh ipv4 unicast
	expect line done
	expect line /192\.0\.2\.[1]./
	expect line 192.0.2.2/32
	send status
	gather until done
	expect gathered /(?i)uptime/
	die
}

network {
	wait messages 2 peer
	reload dut
}

expect dut to peer {
	End-of-RIB ipv4 unicast
	UPDATE announce 192.0.2.1/32 next-hop 10.0.0.9 origin igp local-preference 100
	UPDATE announce 192.0.2.2/32 next-hop 10.0.0.9 origin igp local-preference 100
	ROUTE-REFRESH request ipv4 unicast
}
`

func TestLineStepsPrintBack(t *testing.T) {
	f, err := scenario.Parse("lines", []byte(lines))
	require.NoError(t, err)
	printed := scenario.Print(f)
	again, err := scenario.Parse("printed", printed)
	require.NoError(t, err)
	require.Equal(t, f, again)
	for l := range strings.Lines(lines) {
		require.Contains(t, string(printed), l)
	}
}

func TestALineStoryIsToldUnderEverySeed(t *testing.T) {
	f, err := scenario.Parse("lines", []byte(lines))
	require.NoError(t, err)
	for seed := range uint64(200) {
		r := scenario.Run(f, scenario.Options{Seed: seed, Strategy: "uniform"})
		require.Equal(t, scenario.OK, r.Verdict, "seed %d: %v", seed, r.Violation)
	}
}

func TestLinesThatDoNotFitAreFound(t *testing.T) {
	for _, c := range []struct{ old, new, id string }{
		{"expect line done", "expect line error", "RUN-01"},
		{"expect done 3", "expect error 3", "RUN-01"},
		{`expect line /192\.0\.2\.[1]./`, `expect line /192\.0\.2\.[3]./`, "RUN-01"},
		{"(?i)uptime", "(?i)downtime", "RUN-01"},
		{"\treplay\n", "", "LIVE-01"}, // what was to be heard never comes
	} {
		require.Contains(t, lines, c.old)
		f, err := scenario.Parse("changed", []byte(strings.Replace(lines, c.old, c.new, 1)))
		require.NoError(t, err)
		r := scenario.Run(f, scenario.Options{})
		require.Equal(t, c.id, r.ID(), "%q for %q: %v", c.new, c.old, r.Violation)
	}
	for wrong, want := range map[string]string{
		"expect line /(/":      "what follows expect line is wrong: write a text, or /a pattern/",
		"gather until":         "what follows gather until is wrong: write a line",
		"expect line":          "what follows expect line is wrong: write a text, or /a pattern/",
		"expect gathered /[a/": "what follows expect gathered is wrong: write a text, or /a pattern/",
	} {
		_, err := scenario.Parse("wrong", []byte(strings.Replace(lines, "expect line done", wrong, 1)))
		require.ErrorContains(t, err, want)
	}
	for wrong, want := range map[string]string{
		"wait messages 2":        "what follows wait messages is wrong: write how many, and the peer",
		"wait messages 2 nobody": "it names nobody, which is no speaker or peer: write names of blocks",
	} {
		_, err := scenario.Parse("wrong", []byte(strings.Replace(lines, "wait messages 2 peer", wrong, 1)))
		require.ErrorContains(t, err, want)
	}
	_, err := scenario.Parse("wrong", []byte(strings.Replace(lines, "greet FF", "greet F", 1)))
	require.ErrorContains(t, err, "is no message: write its octets in hexadecimal")
}
