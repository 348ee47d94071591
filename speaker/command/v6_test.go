package command

import (
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/speaker"
)

// TestVersionSix: what version 6 writes is what version 4 writes in other
// words, but for the answer's form.
func TestVersionSix(t *testing.T) {
	for _, row := range []struct{ v6, v4 string }{
		{"peer * announce route 10.0.0.0/8 next-hop 10.0.0.1", "neighbor * announce route 10.0.0.0/8 next-hop 10.0.0.1"},
		{"peer 127.0.0.1 local-as 1 withdraw route 10.0.0.0/8", "neighbor 127.0.0.1 local-as 1 withdraw route 10.0.0.0/8"},
		{"peer [127.0.0.1 peer-as 2, 127.0.0.2] teardown 4 bye, bye", "neighbor 127.0.0.1 peer-as 2, neighbor 127.0.0.2 teardown 4 bye, bye"},
		{"peer * routes add 10.0.0.0/8 next-hop 10.0.0.1", "neighbor * announce route 10.0.0.0/8 next-hop 10.0.0.1"},
		{"rib flush out", "flush adj-rib out"},
		{"rib clear out sync", "clear adj-rib out sync"},
		{"rib clear in", "clear adj-rib in"},
		{"rib show out extensive", "show adj-rib out extensive json"},
		{"rib show in text", "show adj-rib in"},
		{"daemon shutdown see you", "shutdown see you"},
		{"daemon reload", "reload"},
		{"daemon restart", "restart"},
		{"daemon status", "status"},
		{"session ping text", "ping text"},
		{"session reset", "reset"},
		{"system version", "version"},
		{"system help", "help"},
		{"system queue-status", "queue-status"},
		{"peer show", "show neighbor json"},
		{"peer list", "show neighbor summary json"},
		{"peer create 127.0.0.1 local-address 127.0.0.1 local-as 1 peer-as 1", "create neighbor 127.0.0.1 local-address 127.0.0.1 local-as 1 peer-as 1"},
		{"peer delete 127.0.0.1", "delete neighbor 127.0.0.1"},
	} {
		six, four := Parser{Version: 6}, Parser{}
		got, want := six.Parse(row.v6), four.Parse(row.v4)
		require.NotEqual(t, speaker.CmdInvalid, got.Kind, "%s: %s", row.v6, got.Err)
		require.True(t, got.JSON, row.v6)
		got.JSON = false
		require.Equal(t, want, got, row.v6)
	}
	var p Parser
	require.True(t, p.Parse("session ack disable").Quiet == false && p.NoAck)
	require.True(t, p.Parse("session ack enable").Quiet == false && !p.NoAck)
	require.False(t, p.Parse("version").JSON)
	require.Equal(t, speaker.CmdNone, p.Parse("api version 6").Kind)
	require.True(t, p.Parse("version").JSON, "from the next line on")
	require.Contains(t, p.Parse("api version 5").Err, "write api version 4 or api version 6")
	require.Contains(t, p.Parse("peer [127.0.0.1 announce").Err, "a list of peers is not closed")
	require.Contains(t, p.Parse("peer").Err, "peer without an address")
}

func TestRequestID(t *testing.T) {
	for _, row := range []struct {
		line, id string
		want     speaker.Command
	}{
		{"version id 7", "7", speaker.Command{Kind: speaker.CmdVersion}},
		{"flush adj-rib out sync id a-b", "a-b", speaker.Command{Kind: speaker.CmdFlushOut, Sync: true}},
		{"teardown 2 see you id x", "x", speaker.Command{Kind: speaker.CmdTeardown, Subcode: 2, Text: "see you"}},
		{`teardown 2 "my id 5"`, "", speaker.Command{Kind: speaker.CmdTeardown, Subcode: 2, Text: "my id 5"}},
		{"flush adj-rib out now id 9", "9", speaker.Command{Kind: speaker.CmdInvalid, Err: `unexpected "now": leave it out`}},
		{"id 9", "", speaker.Command{Kind: speaker.CmdInvalid, Err: Parse("id 9").Err}},
	} {
		row.want.ID = row.id
		require.Equal(t, row.want, Parse(row.line), row.line)
	}
}

func TestGroupInOneCommand(t *testing.T) {
	c := Parse("peer 127.0.0.1 group announce route 10.0.0.0/8 next-hop 10.0.0.1; withdraw route 11.0.0.0/8 ;")
	sel := []speaker.Selector{{Address: netip.MustParseAddr("127.0.0.1")}}
	require.Equal(t, speaker.Command{Kind: speaker.CmdGroup, Peers: sel, Group: []speaker.Command{
		{Kind: speaker.CmdAnnounce, Peers: sel, Routes: []speaker.Route{route(codec.IPv4Unicast, "10.0.0.0/8", 0, nh)}},
		{Kind: speaker.CmdWithdraw, Peers: sel, Routes: []speaker.Route{route(codec.IPv4Unicast, "11.0.0.0/8", 0)}},
	}}, c)
	require.Contains(t, Parse("group flush adj-rib out").Err, "write announcements and withdrawals only")
	require.Contains(t, Parse("group announce route x").Err, "command 1 of the group")
	require.Contains(t, Parse("group group group").Err, "command 1 of the group")
}

func TestCreateNeighbor(t *testing.T) {
	c := Parse("create neighbor 127.0.0.2 local-address 127.0.0.1 local-as 1 peer-as 2 family-allowed ipv4-unicast/ipv6-unicast graceful-restart 9 hold-time 30 connect 1790 passive true group-updates false api p")
	require.Equal(t, speaker.CmdCreateNeighbor, c.Kind, c.Err)
	require.Equal(t, &speaker.Neighbor{
		PeerAddress: netip.MustParseAddr("127.0.0.2"), LocalAddress: netip.MustParseAddr("127.0.0.1"), RouterID: netip.MustParseAddr("127.0.0.1"),
		LocalAS: 1, PeerAS: 2, HoldTime: 30 * time.Second, Connect: 1790, Passive: true, AutoFlush: true, AdjRIBIn: true, AdjRIBOut: true,
		Families: codec.FamilySet{codec.IPv4Unicast, codec.IPv6Unicast},
		Caps:     speaker.Capabilities{AS4: true, ExtendedMessage: true, GracefulRestart: 9 * time.Second},
		API:      []speaker.API{{Processes: []string{"p"}}},
	}, c.Neighbor)
	for _, row := range []struct{ line, err string }{
		{"create neighbor x", "create neighbor without an address"},
		{"create neighbor 127.0.0.2 local-as 1", "local-as or peer-as is missing"},
		{"create neighbor 127.0.0.2 local-as 1 peer-as 1", "router-id is missing"},
		{"create neighbor 127.0.0.2 local-as 0", "bad value of local-as"},
		{"create neighbor 127.0.0.2 local-as", "bad value of local-as"},
		{"create neighbor 127.0.0.2 color red", `unknown "color" of a neighbor`},
		{"delete neighbor", "no neighbor to delete"},
	} {
		require.Contains(t, Parse(row.line).Err, row.err, row.line)
	}
}
