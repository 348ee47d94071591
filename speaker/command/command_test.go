package command

import (
	"encoding/json"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/speaker"
)

func route(f codec.Family, p string, path uint32, attrs ...codec.Attr) speaker.Route {
	var set codec.Attrs
	for _, a := range attrs {
		set = set.With(a)
	}
	return speaker.Route{NLRI: codec.PrefixNLRI(f, netip.MustParsePrefix(p), path), Attrs: set}
}

var nh = codec.NextHop(netip.MustParseAddr("10.0.0.1"))

func TestParse(t *testing.T) {
	sel := speaker.Selector{Address: netip.MustParseAddr("127.0.0.1")}
	for _, row := range []struct {
		line string
		want speaker.Command
	}{
		{"announce route 192.168.0.0/32 next-hop 10.0.0.1", speaker.Command{Kind: speaker.CmdAnnounce,
			Routes: []speaker.Route{route(codec.IPv4Unicast, "192.168.0.0/32", 0, nh)}}},
		{"  announce \t route   10.0.0.1 next-hop self  med 5 community [2:1] sync", speaker.Command{Kind: speaker.CmdAnnounce, Sync: true,
			Routes: []speaker.Route{route(codec.IPv4Unicast, "10.0.0.1/32", 0, codec.NextHopSelf(), codec.MED(5), codec.Communities(2<<16|1))}}},
		{"announce ipv6 multicast ff00::/8 next-hop 10.0.0.1 atomic-aggregate", speaker.Command{Kind: speaker.CmdAnnounce,
			Routes: []speaker.Route{route(codec.IPv6Multicast, "ff00::/8", 0, nh, codec.AtomicAggregate())}}},
		{"announce attributes path-information 1.2.3.4 next-hop 10.0.0.1 nlri 1.0.0.0/8 2.0.0.0/8", speaker.Command{Kind: speaker.CmdAnnounce,
			Routes: []speaker.Route{route(codec.IPv4Unicast, "1.0.0.0/8", 0x01020304, nh), route(codec.IPv4Unicast, "2.0.0.0/8", 0x01020304, nh)}}},
		{"announce route 10.0.0.0/8 next-hop 10.0.0.1 as-path [ 1 2 ] ( 3 4 ) split /9", speaker.Command{Kind: speaker.CmdAnnounce,
			Routes: func() []speaker.Route {
				path := codec.ASPath(codec.Segment{Type: codec.ASSequence, AS: []uint32{1, 2}}, codec.Segment{Type: codec.ASSet, AS: []uint32{3, 4}})
				return []speaker.Route{route(codec.IPv4Unicast, "10.0.0.0/9", 0, nh, path), route(codec.IPv4Unicast, "10.128.0.0/9", 0, nh, path)}
			}()}},
		{"withdraw route 1.1.0.0/24", speaker.Command{Kind: speaker.CmdWithdraw, Routes: []speaker.Route{route(codec.IPv4Unicast, "1.1.0.0/24", 0)}}},
		{"neighbor 127.0.0.1 withdraw ipv4 unicast 1.0.0.0/8", speaker.Command{Kind: speaker.CmdWithdraw, Peers: []speaker.Selector{sel},
			Routes: []speaker.Route{route(codec.IPv4Unicast, "1.0.0.0/8", 0)}}},
		{"neighbor 127.0.0.1, neighbor * local-ip 127.0.0.1 local-as 1 peer-as 2 router-id 1.2.3.4 family-allowed in-open flush adj-rib out",
			speaker.Command{Kind: speaker.CmdFlushOut, Peers: []speaker.Selector{sel, {Any: true, LocalIP: sel.Address, LocalAS: 1, PeerAS: 2,
				RouterID: netip.MustParseAddr("1.2.3.4"), FamilyAllowed: "in-open"}}}},
		{"clear adj-rib out async", speaker.Command{Kind: speaker.CmdClearOut}},
		{"clear adj-rib in", speaker.Command{Kind: speaker.CmdClearIn}},
		{"announce eor", speaker.Command{Kind: speaker.CmdEndOfRIB, Family: codec.IPv4Unicast}},
		{"announce eor ipv6 unicast", speaker.Command{Kind: speaker.CmdEndOfRIB, Family: codec.IPv6Unicast}},
		{"announce route-refresh ipv4 unicast", speaker.Command{Kind: speaker.CmdRouteRefresh, Family: codec.IPv4Unicast}},
		{"show adj-rib out json ipv4 unicast 127.0.0.1", speaker.Command{Kind: speaker.CmdShowOut,
			Show: speaker.Show{JSON: true, Families: codec.FamilySet{codec.IPv4Unicast}, Address: sel.Address}}},
		{"announce route 10.0.0.1 next-hop self watchdog dog withdraw;", speaker.Command{Kind: speaker.CmdAnnounce, // of a configuration's routes alone
			Routes: []speaker.Route{route(codec.IPv4Unicast, "10.0.0.1/32", 0, codec.NextHopSelf())}}},
		{"announce route 10.0.0.1 next-hop self community [ ] ; ;", speaker.Command{Kind: speaker.CmdAnnounce,
			Routes: []speaker.Route{route(codec.IPv4Unicast, "10.0.0.1/32", 0, codec.NextHopSelf())}}},
		{"flush adj-rib out 127.0.0.1", speaker.Command{Kind: speaker.CmdFlushOut, Peers: []speaker.Selector{sel}}},
		{"show adj-rib in flow", speaker.Command{Kind: speaker.CmdShowIn,
			Show: speaker.Show{Families: codec.FamilySet{codec.IPv4Flow, codec.IPv4FlowVPN, codec.IPv6Flow, codec.IPv6FlowVPN}}}},
		{"show adj-rib out l2vpn 127.0.0.1", speaker.Command{Kind: speaker.CmdShowOut,
			Show: speaker.Show{Families: codec.FamilySet{codec.L2VPNVPLS, codec.L2VPNEVPN}, Address: sel.Address}}},
		{"show adj-rib out l2vpn vpls", speaker.Command{Kind: speaker.CmdShowOut, Show: speaker.Show{Families: codec.FamilySet{codec.L2VPNVPLS}}}},
		{"show adj-rib out inet", speaker.Command{Kind: speaker.CmdShowOut, Show: speaker.Show{Families: inetFamilies()}}},
		{"show neighbor", speaker.Command{Kind: speaker.CmdShowNeighbor}},
		{"api version", speaker.Command{Kind: speaker.CmdVersion}},
		{"show neighbor summary", speaker.Command{Kind: speaker.CmdShowNeighbor, Show: speaker.Show{Summary: true}}},
		{"neighbor * teardown 6 \"bye, all\"", speaker.Command{Kind: speaker.CmdTeardown, Peers: []speaker.Selector{{Any: true}}, Subcode: 6, Text: "bye, all"}},
		{"shutdown see  you", speaker.Command{Kind: speaker.CmdShutdown, Text: "see  you"}},
		{"# a comment", speaker.Command{Kind: speaker.CmdNone}},
		{"debug x", speaker.Command{Kind: speaker.CmdNone, Quiet: true}},
		{"version", speaker.Command{Kind: speaker.CmdVersion}},
		{"announce watchdog dnsr", speaker.Command{Kind: speaker.CmdWatchdog, Text: "dnsr"}},
		{"neighbor 127.0.0.1 withdraw watchdog dnsr sync", speaker.Command{Kind: speaker.CmdWatchdog, Text: "dnsr", Withdraw: true, Sync: true, Peers: []speaker.Selector{sel}}},
	} {
		require.Equal(t, row.want, Parse(row.line), row.line)
	}
}

func TestWrongLines(t *testing.T) {
	for _, row := range []struct{ line, err string }{
		{"announce route 1.1.1.1", "announce requires nexthop: 1.1.1.1/32"},
		{"announce route 1.1.1.1/40 next-hop self", `Could not parse route: "1.1.1.1/40" is not a prefix: write a prefix such as 10.0.0.0/8`},
		{"announce route 1.1.1.1 next-hop x", `Could not parse route: "x" is not a next hop: write an address or self`},
		{"announce route 1.1.1.1 next-hop self community [ 1:1", "Could not parse route: a list is not closed: write both brackets of a list"},
		{"announce route 10.0.0.0/8 next-hop self split /28", "Could not parse route: 10.0.0.0/8 split into /28 makes too many routes: at most 65536"},
		{"announce route 10.0.0.0/8 next-hop self split /33", "Could not parse route: 10.0.0.0/8 can't be split into /33: write a length from 8 to 32"},
		{"announce ipv6 unicast 10.0.0.0/8 next-hop self", "Could not parse route: 10.0.0.0/8 is of another address family: write it in the section or command of its own family"},
		{"announce ipv4 bogus x", `unknown address family "ipv4 bogus": write one of ` + FamilyNames("ipv4")},
		{"announce ipv4 unicast 10.0.0.0/8 next-hop self rd 1:1", "Could not parse route: rd does not belong to ipv4 unicast: leave it out"},
		{"announce ipv4 nlri-mpls 10.0.0.0/8 next-hop self label 3 rd 1:1", "Could not parse route: rd does not belong to ipv4 nlri-mpls"},
		{"announce route 10.0.0.0/8 next-hop self rd 1:1", "Could not parse route: label is missing: write label 1000"},
		{"announce ipv4 mpls-vpn 10.0.0.0/8 next-hop self label 3", "Could not parse route: rd is missing: write rd 65000:1"},
		{"announce route 10.0.0.0/8 next-hop self label [ 1 1048576 ]", `Could not parse route: label: "1048576" is not a number of at most 20 bits`},
		{"announce watchdog", "no watchdog: write announce watchdog NAME"},
		{"neighbor 1.2.3.4", "a neighbor selector without a command: write announce, withdraw, flush, clear or teardown after it"},
		{"neighbor x flush adj-rib out", `"x" is not an address: write neighbor IP or neighbor *`},
		{"neighbor * version", "version takes no neighbor selector: leave it out"},
		{"flush adj-rib in", `unknown command "flush adj-rib": write one of flush adj-rib out`},
		{"flush adj-rib out now", `unexpected "now": leave it out`},
		{"teardown x", `"x" is not a Cease subcode: write teardown N [TEXT] with N below 256`},
		{"announce route 1.1.1.1 ; next-hop self", `Could not parse route: unknown attribute ";"`},
	} {
		require.Equal(t, speaker.Command{Kind: speaker.CmdInvalid, Err: row.err}, Parse(row.line), row.line)
	}
	require.Contains(t, Parse("bogus").Err, `unknown command "bogus": write one of announce, withdraw, flush, `)
}

// TestAckControl: the three words change the answers to the lines after them,
// and each its own answer as ExaBGP does.
func TestAckControl(t *testing.T) {
	var p Parser
	for _, row := range []struct {
		line  string
		quiet bool
	}{
		{"version", false}, {"disable-ack", false}, {"version", true}, {"bogus", true},
		{"enable-ack", false}, {"version", false}, {"silence-ack", true}, {"version", true}, {"enable-ack", false},
	} {
		require.Equal(t, row.quiet, p.Parse(row.line).Quiet, row.line)
	}
	p.Parse("enable-sync")
	require.True(t, p.Parse("flush adj-rib out").Sync)
	require.False(t, p.Parse("flush adj-rib out async").Sync)
	require.False(t, p.Parse("version").Sync, "nothing to wait for")
}

func TestReplies(t *testing.T) {
	peer := netip.MustParseAddr("127.0.0.1")
	routes := []speaker.PeerRoute{
		{Peer: peer, Route: route(codec.IPv4Unicast, "10.2.0.0/24", 0, nh)},
		{Peer: peer, Route: route(codec.IPv6Unicast, "2001:db8::/32", 7, nh, codec.MED(3))},
	}
	value := func(s speaker.Show) any { return &speaker.RoutesReply{Show: s, Routes: routes} }
	for _, row := range []struct {
		name, want string
		reply      speaker.Reply
	}{
		{"done", "done\n", speaker.Reply{OK: true}},
		{"error", "error\n", speaker.Reply{}},
		{"reason on one line", "error: a b\nerror\n", speaker.Reply{Err: "a\nb"}},
		{"quiet keeps the output", "x\n", speaker.Reply{OK: true, Quiet: true, Lines: []string{"x"}}},
		{"id", "done 7\n", speaker.Reply{OK: true, ID: "7"}},
		{"routes", "127.0.0.1 ipv4 unicast 10.2.0.0/24\n127.0.0.1 ipv6 unicast 2001:db8::/32\ndone\n",
			speaker.Reply{OK: true, Value: value(speaker.Show{})}},
		{"json", `{"127.0.0.1": {"routes": [{"family": "ipv4 unicast", "prefix": "10.2.0.0/24"}, {"family": "ipv6 unicast", "prefix": "2001:db8::/32"}]}}` + "\ndone\n",
			speaker.Reply{OK: true, Value: value(speaker.Show{JSON: true})}},
		{"extensive", "127.0.0.1 ipv4 unicast 10.2.0.0/24 next-hop 10.0.0.1\n127.0.0.1 ipv6 unicast 2001:db8::/32 path-information 0.0.0.7 next-hop 10.0.0.1 med 3\ndone\n",
			speaker.Reply{OK: true, Value: value(speaker.Show{Extensive: true})}},
		{"version", "exabgp 6.0.0 (peerloom)\ndone\n", speaker.Reply{OK: true, Value: &speaker.VersionReply{Version: "peerloom"}}},
		{"version of another", "exabgp 5.0.0\ndone\n", speaker.Reply{OK: true, Value: &speaker.VersionReply{Version: "ExaBGP/5.0.0"}}},
		{"show neighbor without more", "please specify summary, extensive or configuration\nyou can filter by peer ip address adding it after the word neighbor\ndone\n",
			speaker.Reply{OK: true, Value: &speaker.NeighborsReply{}}},
		{"ping", "{\"pong\": \"u\", \"active\": true}\ndone\n", speaker.Reply{OK: true, Value: &speaker.PingReply{UUID: "u"}}},
		{"ping text", "pong u active=true\ndone\n", speaker.Reply{OK: true, Value: &speaker.PingReply{UUID: "u", Text: true}}},
		{"status", "Status: running\nVersion: v\nUUID: u\nPID: 7\nUptime: 1h 2m 3s\nNeighbors: 2\nEstablished: 1\ndone\n",
			speaker.Reply{OK: true, Value: &speaker.StatusReply{Version: "v", UUID: "u", PID: 7, Uptime: 3723 * time.Second, Neighbors: 2, Established: 1}}},
		{"status of version 6", `{"version": "v", "uuid": "u", "pid": 7, "uptime": 3723, "neighbors": 2, "established": 1}` + "\ndone\n",
			speaker.Reply{OK: true, JSON: true, Value: &speaker.StatusReply{Version: "v", UUID: "u", PID: 7, Uptime: 3723 * time.Second, Neighbors: 2, Established: 1}}},
		{"shutdown", "shutdown in progress\ndone\n", speaker.Reply{OK: true, Value: &speaker.ProgressReply{What: "shutdown"}}},
		{"shutdown of version 6", `{"status": "shutdown in progress"}` + "\ndone\n", speaker.Reply{OK: true, JSON: true, Value: &speaker.ProgressReply{What: "shutdown"}}},
		{"help", strings.Join(Help(), "\n") + "\ndone\n", speaker.Reply{OK: true, Value: &speaker.HelpReply{}}},
	} {
		require.Equal(t, row.want, string(AppendReply(nil, &row.reply)), row.name)
	}
}

func TestNeighborReplies(t *testing.T) {
	n := speaker.NeighborStatus{State: "Established", Uptime: 7 * time.Second, Sent: 3, Received: 4, Neighbor: &speaker.Neighbor{
		PeerAddress: netip.MustParseAddr("127.0.0.1"), LocalAS: 1, PeerAS: 2, Families: codec.FamilySet{codec.IPv4Unicast}}}
	text := func(s speaker.Show) string {
		return string(AppendReply(nil, &speaker.Reply{OK: true, Quiet: true, Value: &speaker.NeighborsReply{Show: s, Neighbors: []speaker.NeighborStatus{n}}}))
	}
	require.Equal(t, "Peer            AS        up/down state       |     #sent     #recvd\n"+
		"127.0.0.1       2         0:00:07 established           3          4\n", text(speaker.Show{Summary: true}))
	require.True(t, json.Valid([]byte(text(speaker.Show{JSON: true}))))
	require.Contains(t, text(speaker.Show{Configuration: true}), "\tpeer-as 2;\n")
	require.NotContains(t, text(speaker.Show{Configuration: true}), "established")
}

func TestSplit(t *testing.T) {
	var got []string
	for _, r := range Parse("withdraw route 2001:db8::/31 split /33").Routes {
		got = append(got, r.NLRI.String())
	}
	require.Equal(t, []string{"2001:db8::/33", "2001:db8:8000::/33", "2001:db9::/33", "2001:db9:8000::/33"}, got)
}

// TestHelpIsTrue: every line of help names a verb that is understood.
func TestHelpIsTrue(t *testing.T) {
	for _, line := range Help() {
		line = strings.TrimPrefix(line, "[neighbor IP|* …] ")
		require.NotNil(t, findVerb(split(line)), line)
		require.NotContains(t, Parse(line).Err, "unknown command", line)
	}
}

// TestLabeledRoutes: a label makes a route a labelled one, a route
// distinguisher a VPN one; each prefix of a list or a split has them.
func TestLabeledRoutes(t *testing.T) {
	for line, want := range map[string][]string{
		"announce route 10.0.0.0/8 next-hop self label 3":                                {"ipv4 nlri-mpls 10.0.0.0/8 label 3"},
		"announce route 2001:db8::/32 next-hop self label [ 3 4 ]":                       {"ipv6 nlri-mpls 2001:db8::/32 label [3 4]"},
		"announce ipv4 labeled-unicast 10.0.0.0/8 label 3 next-hop self":                 {"ipv4 nlri-mpls 10.0.0.0/8 label 3"},
		"announce route 10.0.0.0/8 rd 1:2 label 3 next-hop self split /9":                {"ipv4 mpls-vpn 10.0.0.0/9 rd 1:2 label 3", "ipv4 mpls-vpn 10.128.0.0/9 rd 1:2 label 3"},
		"announce attributes next-hop self rd 1:2 label 3 nlri 10.0.0.0/8 2001:db8::/32": {"ipv4 mpls-vpn 10.0.0.0/8 rd 1:2 label 3", "ipv6 mpls-vpn 2001:db8::/32 rd 1:2 label 3"},
		"withdraw route 10.0.0.0/8 route-distinguisher 70000:2":                          {"ipv4 mpls-vpn 10.0.0.0/8 rd 70000:2"},
	} {
		c := Parse(line)
		require.Empty(t, c.Err, line)
		var got []string
		for _, r := range c.Routes {
			got = append(got, r.NLRI.Family.String()+" "+r.NLRI.String())
		}
		require.Equal(t, want, got, line)
	}
}

// TestMobileAndMulticastRoutes: MUP and MCAST-VPN routes with their attributes.
func TestMobileAndMulticastRoutes(t *testing.T) {
	for line, want := range map[string]string{
		"announce ipv4 mup mup-isd 10.0.1.0/24 rd 100:100 next-hop 2001::1 extended-community [ mup:10:10 ] bgp-prefix-sid-srv6 ( l3-service 2001:db8:1:1:: 0x48 [64,24,16,0,0,0] )": "ipv4 mup mup-isd 10.0.1.0/24 rd 100:100 next-hop 2001::1 extended-community [mup:10:10] bgp-prefix-sid-srv6 ( l3-service 2001:db8:1:1:: 0x48 [64,24,16,0,0,0] )",
		"announce ipv6 mcast-vpn shared-join rp fd00::1 group ff0e::1 rd 65000:99999 source-as 65000 next-hop 10.10.6.3":                                                             "ipv6 mcast-vpn shared-join rp fd00::1 group ff0e::1 rd 65000:99999 source-as 65000 next-hop 10.10.6.3",
		"announce ipv4 mup mup-t2st 10.0.0.1 next-hop self teid 12345/32 path-information 5 rd 100:100":                                                                              "ipv4 mup mup-t2st 10.0.0.1 rd 100:100 teid 12345/32 next-hop self",
	} {
		c := Parse(line)
		require.Empty(t, c.Err, line)
		require.Len(t, c.Routes, 1)
		r := c.Routes[0]
		require.Equal(t, want, r.NLRI.Family.String()+" "+r.NLRI.String()+" "+r.Attrs.String())
	}
	for line, want := range map[string]string{
		"announce ipv4 mup mup-isd 10.0.1.0/24 rd 100:100":                    "announce requires nexthop: mup-isd 10.0.1.0/24 rd 100:100",
		"announce ipv4 mup 10.0.1.0/24 rd 100:100 next-hop self":              "Could not parse route: no kind of route: write mup-isd, mup-dsd, mup-t1st or mup-t2st: see the words of ipv4 mup",
		"announce ipv4 mup rd 100:100 next-hop self":                          "Could not parse route: no kind of route: write mup-isd, mup-dsd, mup-t1st or mup-t2st: see the words of ipv4 mup",
		"announce ipv4 mup mup-isd 10.0.0.0/8 rd 1:1 next-hop self split /24": "Could not parse route: split is for prefixes: leave it out",
	} {
		require.Equal(t, want, Parse(line).Err, line)
	}
}

// TestSplitOfALongerPrefix: what is longer than the split already is one route.
func TestSplitOfALongerPrefix(t *testing.T) {
	want := Parse("announce route 10.0.0.0/24 next-hop self")
	require.Empty(t, want.Err)
	require.Equal(t, want, Parse("announce route 10.0.0.0/24 next-hop self split /23"))
}

// TestEscapedBlanks: a block that a helper writes in one line, with a
// backslash and a letter where the line would end.
func TestEscapedBlanks(t *testing.T) {
	want := Parse("announce flow route { match { source 10.0.0.1/32; } then { discard; } }")
	require.Empty(t, want.Err)
	require.Equal(t, want, Parse(`announce flow route {\n match {\n\tsource 10.0.0.1/32;\n }\r\n then {\n discard;\n }\n }\n`))
	require.Equal(t, Parse("announce route 10.0.0.0/8 next-hop self"), Parse(`announce route 10.0.0.0/8\nnext-hop self\n`))
}

// A route may have its attributes in a block, as in a configuration.
func TestRouteWithABlock(t *testing.T) {
	want := Parse("announce route 10.0.0.0/8 next-hop 192.0.2.1 med 5")
	require.Empty(t, want.Err)
	require.Equal(t, want, Parse("announce route 10.0.0.0/8 { next-hop 192.0.2.1; med 5; }"))
	require.Contains(t, Parse("announce route 10.0.0.0/8 { next-hop 192.0.2.1; mad 5; }").Err, "mad")
	require.NotEmpty(t, Parse("announce route 10.0.0.0/8 { next-hop 192.0.2.1;").Err)
}

func TestRoutesOfASelection(t *testing.T) {
	for line, want := range map[string]string{
		"neighbor 192.0.2.1 show adj-rib out":        "show adj-rib out",
		"peer 192.0.2.1 routes list":                 "show adj-rib out json index",
		"peer 192.0.2.1 routes ipv4 unicast list":    "show adj-rib out json index ipv4 unicast",
		"neighbor 192.0.2.1 show neighbor extensive": "show neighbor extensive",
	} {
		got, all := Parse(line), Parse(want)
		require.Empty(t, got.Err, line)
		require.Len(t, got.Peers, 1, line)
		require.Equal(t, all.Kind, got.Kind, line)
		require.Equal(t, all.Show, got.Show, line)
	}
}
