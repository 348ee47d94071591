package check_test

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/sim/check"
)

func TestReadNeighbors(t *testing.T) {
	lines := []string{
		"\tprocess first {", "\t\trun ./first;", "\t}",
		"\tneighbor 10.0.0.2 {", "\t\tdescription \"a { peer\";", "\t\trouter-id 1.2.3.4;", "\t\tlocal-address 10.0.0.1;",
		"\t\tlocal-as 65001;", "\t\tpeer-as auto;", "\t\thold-time 9;", "\t\tpassive true;", "\t\tadj-rib-in;",
		"\t\tfamily {", "\t\t\tipv4 unicast;", "\t\t\tipv6 mpls-vpn;", "\t\t}",
		"\t\tcapability {", "\t\t\tadd-path send;", "\t\t\tasn4 disable;", "\t\t\tgraceful-restart 5;", "\t\t}",
		"\t\tstatic {", "\t\t\troute 10.0.0.0/8 next-hop self watchdog dog withdraw;", "\t\t}", "\t}",
		"\tneighbor 10.0.0.3 {", "\t\tfrobnicate;", "\t}",
	}
	want := check.SaidNeighbor{
		Address: netip.MustParseAddr("10.0.0.2"), LocalAddress: netip.MustParseAddr("10.0.0.1"), RouterID: netip.MustParseAddr("1.2.3.4"),
		LocalAS: 65001, Hold: 9, Passive: true, Group: true, Extended: true, Paths: 2, Restart: 5, Families: [][2]int{{1, 1}, {2, 128}},
		Routes:    []check.InRoute{{AFI: 1, SAFI: 1, Wire: "\x08\x0a", Attrs: []check.InAttr{{Flags: 0x40, Type: 3}}}},
		Watchdogs: []string{"dog"}, Held: []bool{true},
	}
	got, known := check.ReadNeighbors(lines)
	require.Equal(t, []bool{true, false}, known)
	require.Equal(t, want, got[0])
	require.Nil(t, check.JudgeConfiguration(lines, got))
	other := want
	other.Hold = 180
	require.ErrorContains(t, check.JudgeConfiguration(lines, []check.SaidNeighbor{other, got[1]}), "SAID-02")
	require.ErrorContains(t, check.JudgeConfiguration(lines, got[:1]), "SAID-02")
}
