package speaker

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/codec"
)

func announce(p string) Command {
	return Command{Kind: CmdAnnounce, Routes: []Route{route(p, "10.0.0.1")}}
}

func TestGroupSharesUpdates(t *testing.T) {
	r := newRig(t, neighbor(nil)) // no group-updates
	conn := r.up()
	r.pull(conn)
	require.Equal(t, []string{"done", "done"}, r.batch(Command{Kind: CmdGroupStart}, announce("10.1.0.0/16")))
	require.Empty(t, r.pull(conn), "nothing leaves before the group ends")
	require.Equal(t, []string{"done"}, r.batch(announce("10.2.0.0/16")))
	other := announce("10.3.0.0/16")
	other.Routes[0].Attrs = codec.Attrs{codec.NextHop(netip.MustParseAddr("10.0.0.9"))}
	require.Equal(t, []string{"done", "done"}, r.batch(other, Command{Kind: CmdGroupEnd}))
	require.Equal(t, &GroupReply{Announced: 3}, r.acts[len(r.acts)-1].Reply.Value)
	require.Equal(t, []string{
		"UPDATE announce 10.1.0.0/16 10.2.0.0/16 next-hop 10.0.0.1 origin igp local-preference 100",
		"UPDATE announce 10.3.0.0/16 next-hop 10.0.0.9 origin igp local-preference 100",
	}, r.pull(conn))

	r.batch(announce("10.4.0.0/16"), announce("10.5.0.0/16"))
	require.Len(t, r.pull(conn), 2, "outside a group each route has its own")
	withdraw := Command{Kind: CmdWithdraw, Routes: []Route{route("10.4.0.0/16", "10.0.0.1"), route("10.5.0.0/16", "10.0.0.1")}}
	require.Equal(t, []string{"done"}, r.batch(Command{Kind: CmdGroup, Group: []Command{withdraw}}))
	require.Equal(t, []string{"UPDATE withdraw 10.4.0.0/16 10.5.0.0/16"}, r.pull(conn))
}

func TestGroupIsBoundedAndReset(t *testing.T) {
	r := newRig(t, neighbor(nil))
	big := Command{Kind: CmdAnnounce, Routes: make([]Route, maxGroup)}
	for i := range big.Routes {
		big.Routes[i] = route("10.1.0.0/16", "10.0.0.1")
	}
	require.Equal(t, []string{"error: no group is open: write group start first"}, r.batch(Command{Kind: CmdGroupEnd}))
	require.Equal(t, []string{"done", "error: a group is open already: end it with group end, or drop it with reset", "done",
		"error: a group holds at most 65536 routes: end it with group end"},
		r.batch(Command{Kind: CmdGroupStart}, Command{Kind: CmdGroupStart}, big, announce("10.2.0.0/16")))
	before := r.s.Clone()
	require.Equal(t, []string{"done", "error: no group is open: write group start first"}, r.batch(Command{Kind: CmdReset}, Command{Kind: CmdGroupEnd}))
	require.NotEqual(t, before.AppendState(nil, r.now), r.s.AppendState(nil, r.now), "an open group is state")
	conn := r.up()
	require.Equal(t, []string{"End-of-RIB ipv4 unicast"}, r.pull(conn))
}
