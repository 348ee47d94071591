package speaker

import (
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// reload gives the speaker its one neighbor anew.
func (r *rig) reload(change func(*Neighbor)) {
	r.step(Input{Kind: InReload, Config: &Config{Neighbors: []Neighbor{neighbor(change)}}})
}

// A reload that changes session parameters while a second connection is open
// ends both, and dials once: the machine that it replaces stays ended.
func TestReloadEndsBothConnections(t *testing.T) {
	r := newRig(t, neighbor(nil))
	d := r.dial
	r.step(Input{Kind: InDialed, Conn: d.Conn, Local: netip.AddrPortFrom(local, 40000), Remote: d.Remote})
	second := r.s.NextConn()
	r.step(Input{Kind: InAccepted, Conn: second, Local: netip.AddrPortFrom(local, 179), Remote: netip.AddrPortFrom(local, 50000)})
	r.reload(func(n *Neighbor) { n.HoldTime = 60 * time.Second })
	require.Len(t, r.s.conns, 1, "the connections that the speaker knows after the reload")
	dials := 0
	for _, a := range r.acts {
		if a.Kind == ActDial {
			dials++
		}
	}
	require.Equal(t, 1, dials)
}

// A reload's group-updates and manual-eor hold from the next session on.
func TestReloadChangesHowTheTableIsSent(t *testing.T) {
	routes := []Route{route("10.1.0.0/16", "10.0.0.1"), route("10.2.0.0/16", "10.0.0.1")}
	r := newRig(t, neighbor(func(n *Neighbor) { n.Routes = routes }))
	r.pull(r.up())
	r.reload(func(n *Neighbor) { n.Routes, n.GroupUpdates, n.ManualEOR = routes, true, true })
	require.Equal(t, []string{
		"UPDATE announce 10.1.0.0/16 10.2.0.0/16 next-hop 10.0.0.1 origin igp local-preference 100",
	}, r.pull(r.up()), "one message, and no End-of-RIB")
}
