package speaker

import (
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/codec"
)

// gr is a rig with one neighbor of two families and graceful restart, and a
// peer that says in its OPEN what peer holds.
type gr struct {
	*rig
	peer codec.GracefulRestart
	conn ConnID
	id   netip.Addr // the peer's
}

func newGR(t *testing.T, exabgp, restarted bool) *gr {
	n := neighbor(func(n *Neighbor) {
		n.Families = codec.FamilySet{codec.IPv4Unicast, codec.IPv6Unicast}
		n.Caps.GracefulRestart = 30 * time.Second
		n.Passive = true
	})
	s, err := New(Config{Neighbors: []Neighbor{n}, ExaBGP: exabgp, Restarted: restarted}, nil)
	require.NoError(t, err)
	g := &gr{rig: &rig{t: t, s: s, now: epoch}, peer: codec.GracefulRestart{Time: 120, Families: []codec.RestartFamily{
		{Family: codec.IPv4Unicast, Forwarding: true}, {Family: codec.IPv6Unicast, Forwarding: true},
	}}}
	g.step(Input{Kind: InClientUp, Client: 1, Text: "p"})
	g.step(Input{Kind: InStart})
	return g
}

// up lets the peer connect; it returns the capability in our OPEN.
func (g *gr) up() codec.GracefulRestart {
	if d := g.s.Deadline(); g.s.peers[0].sessions[primary].conn == 0 && g.s.peers[0].sessions[primary].fsm.State() == 1 && !d.IsZero() {
		g.now = g.now.Add(time.Second) // out of Idle
		g.s.Advance(g.now, nil)
	}
	g.accept()
	return g.answer()
}

// accept lets a connection of the peer's come in.
func (g *gr) accept() {
	g.conn = g.s.NextConn()
	g.step(Input{Kind: InAccepted, Conn: g.conn, Local: netip.AddrPortFrom(local, 179), Remote: netip.AddrPortFrom(local, 40000)})
}

// answer sends the peer's OPEN and KEEPALIVE on the newest connection; it
// returns the capability in our OPEN.
func (g *gr) answer() codec.GracefulRestart {
	send := g.find(ActSend)
	require.NotNil(g.t, send, "no OPEN was sent")
	o, err := codec.DecodeOpen(send.Data)
	require.Nil(g.t, err)
	ours, _ := o.GracefulRestart()
	o.ID = o.ID.Next()
	g.id = o.ID
	for i := range o.Caps {
		if o.Caps[i].Code == codec.CapGracefulRestart {
			o.Caps[i] = codec.GracefulRestartCap(g.peer)
		}
	}
	b, e := codec.AppendOpen(nil, o)
	require.NoError(g.t, e)
	g.receive(codec.AppendKeepalive(b))
	require.NotZero(g.t, g.s.Established(0))
	return ours
}

func (g *gr) receive(b []byte) { g.step(Input{Kind: InReceived, Conn: g.conn, Data: b}) }

func (g *gr) announce(prefixes ...string) {
	for _, p := range prefixes {
		f, nh := codec.IPv4Unicast, "10.0.0.1"
		pre := netip.MustParsePrefix(p)
		if pre.Addr().Is6() {
			f, nh = codec.IPv6Unicast, "2001:db8::1"
		}
		b, _, err := codec.AppendAnnounce(nil, &codec.Options{AS4: true, IBGP: true, AddPath: g.s.peers[0].agreed.Receive.AddPath},
			codec.Attrs{codec.Origin(codec.OriginIGP), codec.ASPath(), codec.NextHop(netip.MustParseAddr(nh)), codec.LocalPref(100)},
			[]codec.NLRI{codec.PrefixNLRI(f, pre, 0)})
		require.NoError(g.t, err)
		g.receive(b)
	}
}

func (g *gr) eor(f codec.Family) { g.receive(codec.AppendEndOfRIB(nil, f)) }

func (g *gr) lose() { g.step(Input{Kind: InClosed, Conn: g.conn, Text: "reset"}) }

func (g *gr) notified(n codec.Notification) { g.receive(codec.AppendNotification(nil, n)) }

// pass lets time pass, with all timers.
func (g *gr) pass(d time.Duration) {
	end := g.now.Add(d)
	for at := g.s.Deadline(); !at.IsZero() && !at.After(end); at = g.s.Deadline() {
		g.now = at
		g.s.Advance(g.now, nil)
	}
	g.now = end
}

func (g *gr) table() []string {
	l := []string{}
	for r := range g.s.peers[0].in.Routes(0) {
		l = append(l, r.NLRI.String())
	}
	return l
}

// RFC 4724 §4.2: "it MUST retain the routes received from the peer … and MUST
// mark them as stale"; after End-of-RIB "it MUST immediately remove any routes
// from the peer that are still marked as stale for that address family".
func TestRoutesOutliveTheirSessionUntilEndOfRIB(t *testing.T) {
	g := newGR(t, true, false)
	g.up()
	g.announce("10.0.0.0/8", "11.0.0.0/8", "2001:db8::/32")
	g.lose()
	require.Equal(t, []string{"10.0.0.0/8", "11.0.0.0/8", "2001:db8::/32"}, g.table())
	g.up()
	g.announce("11.0.0.0/8")
	require.Len(t, g.table(), 3, "nothing goes before End-of-RIB")
	g.eor(codec.IPv4Unicast)
	require.Equal(t, []string{"11.0.0.0/8", "2001:db8::/32"}, g.table(), "the other family waits for its own")
	g.eor(codec.IPv6Unicast)
	require.Equal(t, []string{"11.0.0.0/8"}, g.table())
}

// RFC 4724 §4.2: "If the session does not get re-established within the
// 'Restart Time' that the peer advertised previously": 120 s here, ours is 30.
func TestRestartTimeIsThePeers(t *testing.T) {
	g := newGR(t, true, false)
	g.up()
	g.announce("10.0.0.0/8")
	g.lose()
	g.pass(119 * time.Second)
	require.Len(t, g.table(), 1)
	g.pass(time.Second)
	require.Empty(t, g.table())
}

// The upper bound of RFC 4724 §4.2 for a peer that is back and never done.
func TestStaleRoutesGoWithoutEndOfRIB(t *testing.T) {
	g := newGR(t, true, false)
	g.up()
	g.announce("10.0.0.0/8", "11.0.0.0/8")
	g.lose()
	g.up()
	g.announce("11.0.0.0/8")
	for end := g.now.Add(staleTime - time.Second); g.now.Before(end); {
		g.pass(min(time.Minute, end.Sub(g.now)))
		g.receive(codec.AppendKeepalive(nil))
	}
	require.Len(t, g.table(), 2)
	g.pass(time.Second)
	require.Equal(t, []string{"11.0.0.0/8"}, g.table())
}

// RFC 4724 §4.2: no F bit, no such family, or no capability at all in the new
// OPEN: "the Receiving Speaker MUST immediately remove all the stale routes".
func TestForwardingBitOfTheNewOpenDecides(t *testing.T) {
	for name, c := range map[string]struct {
		families []codec.RestartFamily
		left     []string
	}{
		"F for IPv6 only": {[]codec.RestartFamily{{Family: codec.IPv4Unicast}, {Family: codec.IPv6Unicast, Forwarding: true}}, []string{"2001:db8::/32"}},
		"IPv4 only":       {[]codec.RestartFamily{{Family: codec.IPv4Unicast, Forwarding: true}}, []string{"10.0.0.0/8"}},
		"none":            {nil, []string{}},
	} {
		t.Run(name, func(t *testing.T) {
			g := newGR(t, true, false)
			g.up()
			g.announce("10.0.0.0/8", "2001:db8::/32")
			g.lose()
			g.peer.Families = c.families
			g.up()
			require.Equal(t, c.left, g.table())
		})
	}
}

// The F bits of the OPEN before the restart are about the restart before.
func TestForwardingBitOfTheOldOpenDoesNotDecide(t *testing.T) {
	g := newGR(t, true, false)
	g.peer.Families = []codec.RestartFamily{{Family: codec.IPv4Unicast}}
	g.up()
	g.announce("10.0.0.0/8", "2001:db8::/32")
	g.lose()
	require.Equal(t, []string{"10.0.0.0/8"}, g.table(), "and a family that is not named is not kept")
}

// RFC 4724 §4.2: "To deal with possible consecutive restarts, a route (from the
// peer) previously marked as stale MUST be deleted." What came in between is
// kept, and the End-of-RIB of the first return says nothing about the second.
func TestConsecutiveRestarts(t *testing.T) {
	g := newGR(t, true, false)
	g.up()
	g.announce("10.0.0.0/8", "11.0.0.0/8")
	g.lose()
	g.up()
	g.announce("11.0.0.0/8")
	g.lose()
	require.Equal(t, []string{"11.0.0.0/8"}, g.table())
	g.up()
	g.eor(codec.IPv6Unicast)
	g.announce("11.0.0.0/8")
	g.eor(codec.IPv4Unicast)
	g.lose()
	g.up()
	g.announce("12.0.0.0/8")
	require.Equal(t, []string{"11.0.0.0/8", "12.0.0.0/8"}, g.table(), "the End-of-RIB of the session before does not count")
	g.eor(codec.IPv4Unicast)
	require.Equal(t, []string{"12.0.0.0/8"}, g.table())
}

// A NOTIFICATION ends a session for good (RFC 4724 §4), unless both ends have
// the N bit and it is no Hard Reset (RFC 8538 §4), whose data may be missing.
func TestNotificationsAndRestart(t *testing.T) {
	hard := codec.HardReset(codec.Notification{Code: codec.CodeCease, Subcode: codec.CeaseReset})
	for name, c := range map[string]struct {
		exabgp, n bool
		say       codec.Notification
		kept      bool
	}{
		"no N bit":                  {true, true, codec.Notification{Code: codec.CodeCease, Subcode: codec.CeaseReset}, false},
		"the peer has no N bit":     {false, false, codec.Notification{Code: codec.CodeCease, Subcode: codec.CeaseReset}, false},
		"both have it":              {false, true, codec.Notification{Code: codec.CodeCease, Subcode: codec.CeaseReset}, true},
		"hard reset":                {false, true, hard, false},
		"hard reset of empty data":  {false, true, codec.Notification{Code: codec.CodeCease, Subcode: codec.CeaseHardReset}, false},
		"another code's subcode 9":  {false, true, codec.Notification{Code: codec.CodeUpdate, Subcode: 9}, true},
		"hold timer, both have it":  {false, true, codec.Notification{Code: codec.CodeHoldTimer}, true},
		"hold timer without N bits": {true, false, codec.Notification{Code: codec.CodeHoldTimer}, false},
	} {
		t.Run(name, func(t *testing.T) {
			g := newGR(t, c.exabgp, false)
			g.peer.Notification = c.n
			g.up()
			g.announce("10.0.0.0/8")
			g.notified(c.say)
			require.Equal(t, c.kept, len(g.table()) == 1)
		})
	}
}

// Our own hold timer's NOTIFICATION leaves the peer its routes where both have
// the N bit (RFC 8538 §4); a shutdown is a Hard Reset then (§5).
func TestOurNotificationsAndRestart(t *testing.T) {
	g := newGR(t, false, false)
	g.peer.Notification = true
	g.up()
	g.announce("10.0.0.0/8")
	g.pass(180 * time.Second)
	require.Zero(t, g.s.Established(0))
	require.Len(t, g.table(), 1)
	g.up()
	g.step(Input{Kind: InStop, Text: "bye"})
	require.Empty(t, g.table())
	n, err := codec.DecodeNotification(g.find(ActSend).Data)
	require.Nil(t, err)
	in, ok := n.Wrapped()
	require.True(t, ok, "%v", n)
	require.Equal(t, codec.Shutdown(codec.CeaseShutdown, "bye"), in)
}

// RFC 4724 §3: the R bit says that the speaker has restarted; it has not when
// only a session was lost, and not at a first start.
func TestRestartStateBit(t *testing.T) {
	g := newGR(t, true, false)
	require.False(t, g.up().Restarting)
	g = newGR(t, true, true)
	require.True(t, g.up().Restarting)
	g.lose()
	require.False(t, g.up().Restarting)
	require.Equal(t, codec.GracefulRestart{Time: 30, Families: []codec.RestartFamily{
		{Family: codec.IPv4Unicast, Forwarding: true}, {Family: codec.IPv6Unicast, Forwarding: true},
	}}, func() codec.GracefulRestart { g.lose(); return g.up() }())
}

// A stale table is not wanted of a neighbor that is given up.
func TestStaleRoutesGoWithTheNeighbor(t *testing.T) {
	g := newGR(t, true, false)
	g.up()
	g.announce("10.0.0.0/8")
	g.lose()
	p := g.s.peers[0]
	g.step(Input{Kind: InReload, Config: &Config{ExaBGP: true}})
	require.Zero(t, p.in.Len())
	require.Zero(t, g.s.Deadline())
}
