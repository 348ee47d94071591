package speaker

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/fsm"
)

// peerOpen is the OPEN of the peer, whose identifier is the higher one.
func (r *rig) peerOpen() []byte {
	b, err := codec.AppendOpen(nil, &codec.Open{Version: 4, AS: 1, HoldTime: 180, ID: netip.MustParseAddr("9.9.9.9"), Caps: []codec.Capability{codec.MultiprotocolCap(codec.IPv4Unicast)}})
	require.NoError(r.t, err)
	return b
}

func (r *rig) dialed() ConnID {
	r.step(Input{Kind: InDialed, Conn: r.dial.Conn, Local: netip.AddrPortFrom(local, 40000), Remote: r.dial.Remote})
	return r.dial.Conn
}

func (r *rig) accepted() ConnID {
	id := r.s.NextConn()
	r.step(Input{Kind: InAccepted, Conn: id, Local: netip.AddrPortFrom(local, 179), Remote: netip.AddrPortFrom(local, 50000)})
	return id
}

func (r *rig) receive(conn ConnID, b []byte) { r.step(Input{Kind: InReceived, Conn: conn, Data: b}) }

// notified is the connections that the last step closed with 6/7.
func (r *rig) notified() []ConnID {
	var l []ConnID
	for _, a := range r.acts {
		if a.Kind == ActSend && codec.TypeOf(a.Data) == codec.MsgNotification {
			n, err := codec.DecodeNotification(a.Data)
			require.Nil(r.t, err)
			require.Equal(r.t, uint8(codec.CeaseCollision), n.Subcode)
			l = append(l, a.Conn)
		}
	}
	return l
}

// A session that comes up leaves the peer's connection alone, on which the OPEN
// is on its way: the peer has closed ours for it. (It was closed, and so both
// connections were gone.)
func TestSessionUpLeavesTheConnectionThatWins(t *testing.T) {
	r := newRig(t, neighbor(nil))
	ours := r.dialed()
	r.receive(ours, r.peerOpen())
	theirs := r.accepted()
	r.receive(ours, codec.AppendKeepalive(nil))
	require.Equal(t, ours, r.s.Established(0))
	require.Empty(t, r.notified())
	r.receive(theirs, r.peerOpen())
	require.Equal(t, []ConnID{ours}, r.notified())
	r.receive(theirs, codec.AppendKeepalive(nil))
	require.Equal(t, theirs, r.s.Established(0))
}

// A machine that once waited in Active for the peer's connection and dials later
// has dialled: it loses against the peer's.
func TestDialAfterAcceptIsOurs(t *testing.T) {
	r := newRig(t, neighbor(nil))
	r.dialed()
	r.step(Input{Kind: InClosed, Conn: r.dial.Conn, Text: "reset"}) // OpenSent to Active
	require.Equal(t, fsm.Active, r.s.peers[0].sessions[primary].fsm.State())
	r.step(Input{Kind: InClosed, Conn: r.accepted(), Text: "reset"})
	old := r.dial.Conn
	for range 10 {
		if r.now = r.s.Deadline(); r.dial.Conn == old {
			r.acts = r.s.Advance(r.now, nil)
			if d := r.find(ActDial); d != nil {
				r.dial = *d
			}
		}
	}
	require.NotEqual(t, old, r.dial.Conn, "it dials again")
	ours := r.dialed()
	theirs := r.accepted()
	r.receive(ours, r.peerOpen())
	require.Equal(t, []ConnID{ours}, r.notified())
	r.receive(theirs, append(r.peerOpen(), codec.AppendKeepalive(nil)...))
	require.Equal(t, theirs, r.s.Established(0))
}

// An OPEN that comes while DelayOpen holds ours back collides like another.
func TestOpenDuringDelayOpenCollides(t *testing.T) {
	r := newRig(t, neighbor(func(n *Neighbor) { n.DelayOpen = 5e9 }))
	ours := r.dialed()
	theirs := r.accepted()
	r.receive(theirs, r.peerOpen())
	require.Empty(t, r.notified())
	r.receive(ours, r.peerOpen())
	require.Empty(t, r.notified(), "no OPEN of ours was on it: there is nothing to notify")
	require.Equal(t, ActClose, r.find(ActClose).Kind)
	require.Equal(t, ours, r.find(ActClose).Conn)
	r.receive(theirs, codec.AppendKeepalive(nil))
	require.Equal(t, theirs, r.s.Established(0))
}
