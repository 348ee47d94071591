package speaker

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/codec"
)

// ranged is a rig with a range of peers instead of its neighbor.
func ranged(t *testing.T) *rig {
	r := newRig(t, neighbor(func(n *Neighbor) {
		n.Name, n.PeerAddress, n.Range, n.Passive = "", netip.MustParseAddr("10.1.0.0"), netip.MustParsePrefix("10.1.0.0/16"), true
	}))
	require.Nil(t, r.find(ActDial), "a range is not dialled")
	return r
}

// comes is a connection from an address.
func (r *rig) comes(from string) ConnID {
	conn := r.s.NextConn()
	r.step(Input{Kind: InAccepted, Conn: conn, Local: netip.AddrPortFrom(local, 179), Remote: netip.AddrPortFrom(netip.MustParseAddr(from), 40000)})
	return conn
}

// opens brings the session on a connection up.
func (r *rig) opens(conn ConnID) {
	r.receive(conn, r.peerOpen())
	r.receive(conn, codec.AppendKeepalive(nil))
	require.Contains(r.t, r.find(ActLog).Text, "session up")
}

// Each peer of the range that connects has a session of its own, that begins with
// what the range was told before, and is told what comes next.
func TestPeersOfARangeComeAndGo(t *testing.T) {
	r := ranged(t)
	require.Equal(t, []string{"done"}, r.batch(announce("10.9.1.0/24")), "before anybody is there")
	one := r.comes("10.1.0.7")
	r.opens(one)
	require.Contains(t, r.pull(one), "UPDATE announce 10.9.1.0/24 next-hop 10.0.0.1 origin igp local-preference 100")
	two := r.comes("10.1.200.1")
	r.opens(two)
	require.Contains(t, r.pull(two), "UPDATE announce 10.9.1.0/24 next-hop 10.0.0.1 origin igp local-preference 100")
	require.Equal(t, []string{"done"}, r.batch(announce("10.9.2.0/24")))
	for _, conn := range []ConnID{one, two} {
		require.Equal(t, []string{"UPDATE announce 10.9.2.0/24 next-hop 10.0.0.1 origin igp local-preference 100"}, r.pull(conn))
	}
	require.Len(t, r.s.peers, 3)
	r.step(Input{Kind: InClosed, Conn: one})
	require.Len(t, r.s.peers, 2, "it goes with its connection")
	require.Equal(t, []string{"done"}, r.batch(Command{Kind: CmdWithdraw, Routes: announce("10.9.1.0/24").Routes}))
	again := r.comes("10.1.0.7")
	r.opens(again)
	require.Equal(t, []string{"UPDATE announce 10.9.2.0/24 next-hop 10.0.0.1 origin igp local-preference 100", "End-of-RIB ipv4 unicast"}, r.pull(again),
		"what was withdrawn while it was away is not told")
}

// A member that may come back is kept with its routes for the peer's restart time (RFC
// 4724 §4.2), and no longer.
func TestMembersAreKeptForTheRestartTime(t *testing.T) {
	r := newRig(t, neighbor(func(n *Neighbor) {
		n.Name, n.PeerAddress, n.Range, n.Passive = "", netip.MustParseAddr("10.1.0.0"), netip.MustParsePrefix("10.1.0.0/16"), true
		n.Caps.GracefulRestart = 30 * time.Second
	}))
	conn := r.comes("10.1.0.7")
	g := codec.GracefulRestart{Time: 30, Families: []codec.RestartFamily{{Family: codec.IPv4Unicast, Forwarding: true}}}
	open, err := codec.AppendOpen(nil, &codec.Open{Version: 4, AS: 1, HoldTime: 180, ID: netip.MustParseAddr("9.9.9.9"),
		Caps: []codec.Capability{codec.MultiprotocolCap(codec.IPv4Unicast), codec.AS4Cap(1), codec.GracefulRestartCap(g)}})
	require.NoError(t, err)
	r.receive(conn, codec.AppendKeepalive(open))
	b, _, err := codec.AppendAnnounce(nil, &codec.Options{AS4: true, IBGP: true},
		codec.Attrs{codec.Origin(codec.OriginIGP), codec.ASPath(), codec.NextHop(local), codec.LocalPref(100)},
		[]codec.NLRI{codec.PrefixNLRI(codec.IPv4Unicast, netip.MustParsePrefix("10.9.0.0/24"), 0)})
	require.NoError(t, err)
	r.receive(conn, b)
	require.Equal(t, 1, r.s.peers[1].in.Len())
	r.step(Input{Kind: InClosed, Conn: conn})
	require.Len(t, r.s.peers, 2, "it may come back")
	require.Equal(t, 1, r.s.peers[1].in.Len())
	r.now = r.now.Add(29 * time.Second)
	r.s.Advance(r.now, nil)
	require.Len(t, r.s.peers, 2)
	r.now = r.now.Add(time.Second)
	r.s.Advance(r.now, nil)
	require.Len(t, r.s.peers, 1)
}

func TestWhoIsInNoRangeIsRefused(t *testing.T) {
	r := ranged(t)
	conn := r.comes("10.2.0.1")
	require.Equal(t, conn, r.find(ActClose).Conn)
	require.Len(t, r.s.peers, 1)
}

func TestARangeHasABound(t *testing.T) {
	r := ranged(t)
	for i := range maxMembers {
		r.comes(fmt.Sprintf("10.1.%d.%d", i/256, i%256))
		require.Nil(t, r.find(ActClose))
	}
	conn := r.comes("10.1.200.1")
	require.Equal(t, conn, r.find(ActClose).Conn)
	require.Contains(t, r.find(ActLog).Text, "the range has 1024 neighbors, which is the most")
}

// The smallest range counts, and a neighbor of that address above all.
func TestTheClosestNeighborIsMeant(t *testing.T) {
	r := ranged(t)
	wide, narrow, one := *r.s.peers[0].cfg, *r.s.peers[0].cfg, *r.s.peers[0].cfg
	for n, text := range map[*Neighbor]string{&wide: "10.0.0.0/8", &narrow: "10.1.2.0/24"} { //order: each by itself
		n.Range = netip.MustParsePrefix(text)
		n.PeerAddress, n.Name = n.Range.Addr(), ""
	}
	one.Range, one.PeerAddress, one.Name = netip.Prefix{}, netip.MustParseAddr("10.1.2.3"), ""
	c := r.s.config
	c.Neighbors = []Neighbor{wide, *r.s.peers[0].cfg, narrow, one}
	r.step(Input{Kind: InReload, Config: &c})
	for from, want := range map[string]string{"10.7.0.1": "10.0.0.0/8", "10.1.9.9": "10.1.0.0/16", "10.1.2.9": "10.1.2.0/24", "10.1.2.3": "10.1.2.3"} {
		p := r.s.match(&Input{Local: netip.AddrPortFrom(local, 179), Remote: netip.MustParseAddrPort(from + ":1")})
		require.Equal(t, want, p.cfg.Peers())
	}
}

// A reload changes what members are told; one without the range ends them.
func TestReloadOfARange(t *testing.T) {
	r := ranged(t)
	conn := r.comes("10.1.0.7")
	r.opens(conn)
	r.pull(conn)
	c := r.s.config
	n := *r.s.peers[0].cfg
	n.Routes = []Route{{NLRI: announce("10.9.5.0/24").Routes[0].NLRI, Attrs: announce("10.9.5.0/24").Routes[0].Attrs}}
	c.Neighbors = []Neighbor{n}
	r.step(Input{Kind: InReload, Config: &c})
	require.Nil(t, r.find(ActClose), "the session stays up")
	require.Equal(t, []string{"UPDATE announce 10.9.5.0/24 next-hop 10.0.0.1 origin igp local-preference 100"}, r.pull(conn))
	c.Neighbors = nil
	r.step(Input{Kind: InReload, Config: &c})
	require.Equal(t, []string{"NOTIFICATION 6/3 Cease, Peer De-configured"}, r.sent())
	require.Empty(t, r.s.peers)
}

func TestARangeIsPassive(t *testing.T) {
	n := neighbor(func(n *Neighbor) { n.Range = netip.MustParsePrefix("10.1.0.0/16") })
	_, err := New(Config{Neighbors: []Neighbor{n}}, nil)
	require.ErrorContains(t, err, "a range must be passive")
}
