package scenario_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/sim"
	"github.com/peerloom/peerloom/sim/scenario"
	"github.com/peerloom/peerloom/sim/world"
)

// twinsText is a world of two peers, each with so much of its own in its block and
// in that of the speaker's neighbor, and in a client's script.
func twinsText(own, block [2]string, client string) string {
	var b strings.Builder
	b.WriteString("peerloom scenario 1\nname twins\n\npace none\ndelay 1ms\n\nspeaker dut {\n\tprocess announcer {\n\t\trun ./x;\n\t}\n")
	for i := range 2 {
		fmt.Fprintf(&b, "\tneighbor 10.0.0.%d {\n\t\trouter-id 1.1.1.1;\n\t\tlocal-address 10.0.0.1;\n\t\tlocal-as 65001;\n\t\tpeer-as 65001;\n\t\thold-time 0;\n"+
			"\t\tapi {\n\t\t\tprocesses [ announcer ];\n\t\t}\n%s\t}\n", i+2, block[i])
	}
	b.WriteString("}\n")
	for i := range 2 {
		fmt.Fprintf(&b, "\npeer p%d {\n\taddress 10.0.0.%d\n%s}\n", i+2, i+2, own[i])
	}
	if client == "" {
		return strings.NewReplacer("\tprocess announcer {\n\t\trun ./x;\n\t}\n", "", "\t\tapi {\n\t\t\tprocesses [ announcer ];\n\t\t}\n", "").Replace(b.String())
	}
	fmt.Fprintf(&b, "\nclient announcer of dut {\n%s}\n", client)
	return b.String()
}

// both is the same for each of two peers.
func both(s string) [2]string { return [2]string{s, s} }

// route and refresh are for the speaker's side of a session.
const (
	route   = "\t\tstatic {\n\t\t\troute 192.168.0.0/24 next-hop self;\n\t\t}\n"
	refresh = "\t\tcapability {\n\t\t\troute-refresh;\n\t\t}\n"
	dials   = "\tdial 10.0.0.1:179\n"
	listens = route + "\t\tlisten 179;\n\t\tpassive true;\n"
)

// announces has the speaker announce while its sessions come up.
const announces = "\tsleep 4ms\n\tsend announce route 192.168.1.0/24 next-hop self\n"

// outcomes makes every run of a world, and answers in what ways it ends: who was
// told what and when, in order. Those that differ in who is who are one, if so asked.
func outcomes(t *testing.T, text string, twins, sorted bool) (map[string]bool, int) {
	f, err := scenario.Parse("twins", []byte(text))
	require.NoError(t, err)
	all, states, runs, found := sim.NewEnumerate(-1), world.NewCanon(true), 0, map[string]bool{}
	for all.Next() {
		var src sim.Source = all
		if twins {
			src = world.NewTwins(all, scenario.Twins(f))
		}
		r := scenario.Run(f, scenario.Options{Source: src, Watch: func(w *world.World) bool {
			return !all.Fresh() || !all.Known(states.Append(nil, w))
		}})
		runs++
		require.Contains(t, []scenario.Verdict{scenario.OK, scenario.Stopped}, r.Verdict, "%v", r.Violation)
		if r.Verdict != scenario.OK {
			continue
		}
		told := ""
		for _, m := range r.Messages {
			told += fmt.Sprintf("%v %s→%s %s\n", m.At, m.From, m.To, m.Describe())
		}
		if sorted {
			told = min(told, strings.NewReplacer("p2", "p3", "p3", "p2").Replace(told))
		}
		found[told] = true
	}
	return found, runs
}

// A world of two peers that are alike ends in the same ways, up to who is who, when
// only one of two events that are alike goes first; and takes fewer runs.
func TestTwinsHideNothing(t *testing.T) {
	for name, text := range map[string]string{
		"they ask when sessions are up": twinsText(both("\twait established\n\trefresh ipv4 unicast\n"), both(route+refresh), ""),
		"they dial":                     twinsText(both(dials), both(listens), ""),
		"a dial may be refused":         strings.Replace(twinsText(both(dials+"\tsleep 1ms\n"), both(listens), ""), "pace none", "pace none\nrefuse 1/8", 1),
	} {
		want, many := outcomes(t, text, false, true)
		got, few := outcomes(t, text, true, true)
		require.Equal(t, want, got, name)
		require.Less(t, few, many, name)
		t.Logf("%s: %d runs, %d for twins; %d ends up to who is who", name, many, few, len(want))
	}
}

// Peers that differ are no twins, and nothing is left out of their runs.
func TestWhoHasNoTwin(t *testing.T) {
	for name, text := range map[string]string{
		"a configuration":      twinsText(both(""), [2]string{"", "\t\tlisten 179;\n"}, announces),
		"a script":             twinsText([2]string{"", "\tsleep 1ms\n"}, both(""), announces),
		"a client speaks":      twinsText(both(""), both(""), "\tsend neighbor 10.0.0.3 announce route 192.168.1.0/24 next-hop self\n"),
		"a route speaks":       twinsText(both(""), both(""), "\tsend announce route 10.0.0.3/32 next-hop self\n"),
		"the network speaks":   twinsText(both(""), both(""), announces) + "\nnetwork {\n\tdelay dut p3 2ms\n}\n",
		"somebody expects":     twinsText(both(""), both(""), announces) + "\nview p3 {\n\t192.168.1.0/24\n}\n",
		"a reload":             twinsText(both(""), both(""), announces) + "\nreload dut {\n\tneighbor 10.0.0.2 {\n\t\trouter-id 1.1.1.1;\n\t\tlocal-address 10.0.0.1;\n\t\tlocal-as 1;\n\t\tpeer-as 1;\n\t}\n}\n",
		"what a client awaits": twinsText(both(""), both(""), "\texpect line /10\\.0\\.0\\.3/\n"),
	} {
		f, err := scenario.Parse(name, []byte(text))
		require.NoError(t, err, name)
		require.Empty(t, scenario.Twins(f), name)
	}
	text := twinsText([2]string{dials, dials + "\tsleep 1ms\n"}, both(listens), "")
	want, many := outcomes(t, text, false, false)
	got, same := outcomes(t, text, true, false)
	require.Equal(t, want, got)
	require.Equal(t, many, same)
	f, err := scenario.Parse("twins", []byte(twinsText(both(""), both(""), announces)))
	require.NoError(t, err)
	require.Equal(t, [][]string{{"p2", "p3"}}, scenario.Twins(f))
}
