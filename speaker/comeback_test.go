package speaker

import (
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/fsm"
)

// A peer that restarts before we know that it was gone dials again beside a
// session that is up here. Without RFC 4724 §5 it is locked out until our hold
// timer has expired.
func TestPeerThatComesBackReplacesItsSession(t *testing.T) {
	g := newGR(t, true, false)
	g.up()
	g.announce("10.0.0.0/8", "11.0.0.0/8")
	for round := range 3 { // the session is the primary machine's, and then the second one's
		old := g.conn
		g.accept()
		require.Equal(t, Action{Kind: ActClose, Conn: old}, *g.find(ActClose), "round %d: the old connection is closed", round)
		for _, a := range g.acts {
			require.False(t, a.Kind == ActSend && a.Conn == old, "round %d: no NOTIFICATION on the old connection", round)
		}
		require.Equal(t, []string{"10.0.0.0/8", "11.0.0.0/8"}, g.table(), "round %d: its routes are kept", round)
		g.answer()
		require.Equal(t, g.conn, g.s.Established(0), "round %d", round)
		g.announce("10.0.0.0/8", "11.0.0.0/8")
	}
	g.eor(codec.IPv4Unicast)
	require.Equal(t, []string{"10.0.0.0/8", "11.0.0.0/8"}, g.table())
	g.pass(time.Minute)
	require.Equal(t, g.conn, g.s.Established(0))
}

// RFC 4724 §5 speaks of a peer that sent the capability with a family in it: with
// another peer nothing is decided before its OPEN, and then by identifiers.
func TestPeerWithoutRestartDoesNotReplaceItsSession(t *testing.T) {
	g := newGR(t, true, false)
	g.peer.Families = nil
	g.up()
	g.announce("10.0.0.0/8")
	old := g.conn
	g.accept()
	require.Nil(t, g.find(ActClose))
	g.answer()
	require.NotEqual(t, old, g.conn)
	require.Equal(t, fsm.CloseOther, fsm.Collide(g.s.peers[0].fsm.LocalID, 1, g.id, 1, true, fsm.Established), "§6.8 lets it win, by its identifier")
	require.Equal(t, codec.MsgNotification, codec.TypeOf(g.find(ActSend).Data), "with Cease/7 to the one before")
}

// The session is on the connection that we dialled, and the peer, whose
// identifier is lower, dials: that may be half of a collision, which it loses.
// An R bit that was not in the OPEN before says that it is none.
func TestRestartStateBitDecidesAgainstTheIdentifier(t *testing.T) {
	for name, c := range map[string]struct {
		before, now, replaces bool
	}{
		"it has restarted":            {false, true, true},
		"it has not":                  {false, false, false},
		"both OPENs are of a restart": {true, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, neighbor(func(n *Neighbor) { n.Caps.GracefulRestart = 30 * time.Second }))
			open := func(restarting bool) []byte {
				g := codec.GracefulRestart{Time: 120, Restarting: restarting, Families: []codec.RestartFamily{{Family: codec.IPv4Unicast, Forwarding: true}}}
				b, err := codec.AppendOpen(nil, &codec.Open{Version: 4, AS: 1, HoldTime: 180, ID: netip.AddrFrom4([4]byte{0, 0, 0, 1}),
					Caps: []codec.Capability{codec.MultiprotocolCap(codec.IPv4Unicast), codec.GracefulRestartCap(g)}})
				require.NoError(t, err)
				return codec.AppendKeepalive(b)
			}
			ours := r.dialed()
			r.receive(ours, open(c.before))
			require.Equal(t, ours, r.s.Established(0))
			theirs := r.accepted()
			require.Equal(t, ours, r.s.Established(0), "nothing is decided before the OPEN")
			r.receive(theirs, open(c.now))
			if c.replaces {
				require.Empty(t, r.notified())
				require.Equal(t, theirs, r.s.Established(0))
				return
			}
			require.Equal(t, []ConnID{theirs}, r.notified())
			require.Equal(t, ours, r.s.Established(0))
		})
	}
}
