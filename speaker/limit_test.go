package speaker

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/codec"
)

// says sends an UPDATE of the peer's that announces these prefixes.
func (r *rig) says(conn ConnID, prefixes ...string) {
	r.t.Helper()
	nlri := make([]codec.NLRI, len(prefixes))
	for i, p := range prefixes {
		nlri[i] = route(p, "10.0.0.1").NLRI
	}
	attrs := codec.Attrs{codec.Origin(0), codec.ASPath(), codec.NextHop(netip.MustParseAddr("10.0.0.1")), codec.LocalPref(100)}
	msg, _, err := codec.AppendAnnounce(nil, &codec.Options{AS4: true, IBGP: true}, attrs, nlri)
	require.NoError(r.t, err)
	r.receive(conn, msg)
}

func limited(limit uint32) func(*Neighbor) {
	return func(n *Neighbor) { n.PrefixLimits = []PrefixLimit{{Family: codec.IPv4Unicast, Max: limit}} }
}

// The limit itself is allowed, and an announcement of what is there already; one
// more is Cease/1 with family and limit (RFC 4486 §4). The peer stays out until
// it is let in again.
func TestPrefixLimit(t *testing.T) {
	r := newRig(t, neighbor(limited(2)))
	conn := r.up()
	r.says(conn, "10.1.0.0/16", "10.2.0.0/16")
	r.says(conn, "10.1.0.0/16")
	require.Empty(t, r.sent(), "two routes are within the limit")
	r.says(conn, "10.3.0.0/16")
	n := r.find(ActSend)
	require.NotNil(t, n, "a third route")
	require.Equal(t, []byte{6, 1, 0, 1, 1, 0, 0, 0, 2}, n.Data[19:])
	require.Nil(t, r.find(ActDial))
	require.Zero(t, r.s.Deadline(), "nothing starts it by itself")

	in := r.s.NextConn()
	r.step(Input{Kind: InAccepted, Conn: in, Local: netip.AddrPortFrom(local, 179), Remote: netip.AddrPortFrom(local, 50000)})
	require.NotNil(t, r.find(ActClose), "nor does the peer")

	r.batch(Command{Kind: CmdTeardown, Subcode: codec.CeaseReset})
	require.NotNil(t, r.find(ActDial), "a command does")
	conn = r.up()
	r.says(conn, "10.1.0.0/16", "10.2.0.0/16")
	require.Empty(t, r.sent(), "the count began anew")
	r.says(conn, "10.3.0.0/16")
	require.NotNil(t, r.find(ActSend))

	r.reload(limited(3))
	require.NotNil(t, r.find(ActDial), "so does a reload with another limit")
	conn = r.up()
	r.says(conn, "10.1.0.0/16", "10.2.0.0/16", "10.3.0.0/16")
	require.Empty(t, r.sent())
}
