package generate_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/sim/generate"
	"github.com/peerloom/peerloom/sim/scenario"
)

func Example() {
	f := generate.File(7)
	r := scenario.Run(f, scenario.Options{Seed: 7})
	fmt.Println(f.Name, r.Verdict)
	// Output: world-7 ok
}

// A world prints as a scenario that parses back to the same.
func TestWorldsAreScenarios(t *testing.T) {
	for seed := range uint64(500) {
		f := generate.File(seed)
		printed := scenario.Print(f)
		back, err := scenario.Parse("printed", printed)
		require.NoError(t, err, "seed %d:\n%s", seed, printed)
		require.Equal(t, string(printed), string(scenario.Print(back)), "seed %d", seed)
	}
}

// Every feature is met in many worlds, and absent from many.
func TestEveryFeatureIsDrawn(t *testing.T) {
	words := []string{
		"asn 651", "local-as 42", "router-id 200", "delay-open", "damp-peer", "notify-without", "send-hold-time", "nexthop", "open capability graceful", "next-hop 2001:db8::9", "64513 64514", "=8080 =1 =2", "2001:db8:e:", "dial ", "speaker other", "ipv6 unicast", "ipv4 multicast", "nlri-mpls", "mpls-vpn", "ipv6 mpls-vpn 2001", "malform valid/attribute", "malform family/vpn-ipv6", "malform family/flow", "local-link-local", "malform mp-reach/ipv4", "flow route",
		"add-path ", "extended-message;", "asn4 disable", "route-refresh;", "graceful-restart ", "without ",
		"group-updates false", "manual-eor", "hold-time 0", "hold-time 3", "neighbor-changes", "med ", "as-path", "community",
		"send-together", "send neighbor", "wait ", "refreshes", "\treset", "teardown", "reload dut", "10.0.1.1", " sync", "peer-updates", "malformed", "open router-id", "adj-rib-in", "\tborr", "crash", "ghost", "partition", "delay", "window", "split",
		"flush adj-rib out", "clear adj-rib out", "announce eor", "announce route-refresh",
		"group start", "group end", " group announce ", " watchdog dog", "withdraw watchdog", "create neighbor", "delete neighbor", "restart\n", "prefix-limit", "over-limit", "clear adj-rib in", "neighbor *", "withdraw route", "0x5a5a",
	}
	const worlds = 1000
	count := map[string]int{}
	for seed := range uint64(worlds) {
		text := generate.Text(seed)
		for _, w := range words {
			if bytes.Contains(text, []byte(w)) {
				count[w]++
			}
		}
	}
	for _, w := range words {
		require.Greater(t, count[w], worlds/50, "%q is hardly ever there", strings.TrimSpace(w))
		require.Less(t, count[w], worlds, "%q is always there", strings.TrimSpace(w))
	}
}
