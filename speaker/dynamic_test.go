package speaker

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/codec"
)

func created(addr string) Command {
	n := neighbor(func(n *Neighbor) { n.Name, n.PeerAddress, n.API = "", netip.MustParseAddr(addr), nil })
	return Command{Kind: CmdCreateNeighbor, Neighbor: &n}
}

func TestCreatedNeighborLivesUntilDeleted(t *testing.T) {
	r := newRig(t)
	r.s.config.Port = 1790
	require.Equal(t, []string{"done", "done"}, r.batch(created("127.0.0.2"), announce("10.1.0.0/16")), "its creator sees it at once")
	require.Equal(t, "127.0.0.2:1790", r.dial.Remote.String())
	conn := r.up()
	require.Equal(t, []string{
		"UPDATE announce 10.1.0.0/16 next-hop 10.0.0.1 origin igp local-preference 100", "End-of-RIB ipv4 unicast"}, r.pull(conn))
	again := r.batch(created("127.0.0.2"))
	require.Len(t, again, 1)
	require.Contains(t, again[0], "is there already")

	r.step(Input{Kind: InReload, Config: &Config{ExaBGP: true}})
	require.Nil(t, r.find(ActClose), "a reload leaves it alone")
	require.Equal(t, []string{"done"}, r.batch(announce("10.2.0.0/16")))
	require.Len(t, r.pull(conn), 1)

	gone := Command{Kind: CmdDeleteNeighbor, Peers: []Selector{{Any: true}}}
	require.Equal(t, []string{"done", "error: no neighbor is open to this client: name it in an api section's processes"},
		r.batch(gone, announce("10.3.0.0/16")), "from the next command on")
	require.Equal(t, []string{"NOTIFICATION 6/3 Cease, Peer De-configured"}, r.sent())
	require.Equal(t, conn, r.find(ActClose).Conn)
	require.Equal(t, uint64(1), r.s.Metrics().Traffic[Sent][codec.MsgNotification].Messages, "what it counted stays")
	require.Equal(t, []string{"error: no neighbor matches the selector"}, r.batch(gone))
	require.Equal(t, []string{"done"}, r.batch(created("127.0.0.2")), "and may come again")
}

func TestCreatedNeighborThatCannotBe(t *testing.T) {
	r := newRig(t)
	bad := created("127.0.0.2")
	bad.Neighbor.Families = nil
	unknown := created("127.0.0.3")
	unknown.Neighbor.API = []API{{Processes: []string{"nobody"}}}
	got := r.batch(bad, unknown)
	require.Contains(t, got[0], "no address family")
	require.Equal(t, "error: process nobody is not configured", got[1])
	require.Nil(t, r.find(ActDial))
}

// TestCeaseTexts: what a teardown without a text says.
func TestCeaseTexts(t *testing.T) {
	r := newRig(t)
	r.batch(created("127.0.0.2"))
	r.up()
	for subcode, data := range map[uint8]string{
		0: "", 1: "", 2: "\x17Administrative Shutdown", 3: "Peer De-configured", 4: "\x14Administrative Reset", 5: "Connection Rejected",
		6: "Other Configuration Change", 7: "Connection Collision Resolution", 8: "Out of Resources", 9: "", 10: "",
	} {
		require.Equal(t, data, string(ceaseOf(subcode, "").Data), subcode)
	}
	require.Equal(t, "\x03bye", string(ceaseOf(codec.CeaseReset, "bye").Data))
	r.batch(Command{Kind: CmdTeardown, Subcode: codec.CeaseConfigChange})
	require.Equal(t, "Other Configuration Change", string(r.find(ActSend).Data[21:]))
}

// A reset strikes those that its command selected, whoever the same batch deletes.
func TestResetBehindADeletion(t *testing.T) {
	r := newRig(t)
	r.batch(created("127.0.0.2"))
	r.up()
	other := created("127.0.0.3")
	require.Equal(t, []string{"done"}, r.batch(other))
	second := r.up()
	first := Selector{Address: netip.MustParseAddr("127.0.0.2")}
	last := Selector{Address: netip.MustParseAddr("127.0.0.3")}
	require.Equal(t, []string{"done", "done"}, r.batch(Command{Kind: CmdDeleteNeighbor, Peers: []Selector{first}},
		Command{Kind: CmdTeardown, Peers: []Selector{last}, Subcode: codec.CeaseReset}))
	require.Equal(t, []string{"NOTIFICATION 6/3 Cease, Peer De-configured", `NOTIFICATION 6/4 Cease, Administrative Reset: "Administrative Reset"`}, r.sent())
	var closed []ConnID
	for _, a := range r.acts {
		if a.Kind == ActClose {
			closed = append(closed, a.Conn)
		}
	}
	require.Equal(t, []ConnID{1, second}, closed)

	require.Equal(t, []string{"done", "done"}, r.batch(Command{Kind: CmdDeleteNeighbor, Peers: []Selector{last}}, Command{Kind: CmdRestart}),
		"a restart resets nobody who is deleted")
}
