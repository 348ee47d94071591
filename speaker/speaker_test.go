package speaker

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/codec"
)

var (
	epoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	local = netip.MustParseAddr("127.0.0.1")
)

// neighbor is an internal neighbor at 127.0.0.1 with one IPv4 unicast session.
func neighbor(change func(*Neighbor)) Neighbor {
	n := Neighbor{
		Name: "neighbor 127.0.0.1", PeerAddress: local, LocalAddress: local,
		LocalAS: 1, PeerAS: 1, RouterID: netip.MustParseAddr("1.2.3.4"), HoldTime: 180 * time.Second,
		AdjRIBIn: true, AdjRIBOut: true, Families: codec.FamilySet{codec.IPv4Unicast},
		Caps: Capabilities{AS4: true, ExtendedMessage: true},
		API:  []API{{Processes: []string{"p"}}},
	}
	if change != nil {
		change(&n)
	}
	return n
}

// rig is a speaker, the time, and what it asked for.
type rig struct {
	t    *testing.T
	s    *Speaker
	now  time.Time
	acts []Action
	open codec.Open // the peer's, made from the speaker's
	dial Action     // the last one
}

func newRig(t *testing.T, n ...Neighbor) *rig {
	s, err := New(Config{Neighbors: n, ExaBGP: true}, nil)
	require.NoError(t, err)
	r := &rig{t: t, s: s, now: epoch}
	r.step(Input{Kind: InClientUp, Client: 1, Text: "p"})
	r.step(Input{Kind: InStart})
	return r
}

// step gives one input and keeps copies of the actions.
func (r *rig) step(in Input) []Action {
	r.acts = nil
	for _, a := range r.s.Step(r.now, in, nil) {
		a.Data = append([]byte(nil), a.Data...)
		r.acts = append(r.acts, a)
	}
	if d := r.find(ActDial); d != nil {
		r.dial = *d
	}
	return r.acts
}

func (r *rig) find(k ActionKind) *Action {
	for i := range r.acts {
		if r.acts[i].Kind == k {
			return &r.acts[i]
		}
	}
	return nil
}

// sent is the messages that the last step pushed, one line each.
func (r *rig) sent() []string {
	var l []string
	for _, a := range r.acts {
		if a.Kind == ActSend {
			l = append(l, codec.Describe(a.Data, &codec.Options{AS4: true, IBGP: true}))
		}
	}
	return l
}

// up dials the peer's connection and brings it to Established.
func (r *rig) up() ConnID {
	d := r.dial
	r.handshake(Input{Kind: InDialed, Conn: d.Conn, Local: netip.AddrPortFrom(local, 40000), Remote: d.Remote})
	return d.Conn
}

func (r *rig) handshake(in Input) {
	r.step(in)
	send := r.find(ActSend)
	require.NotNil(r.t, send, "no OPEN was sent")
	o, err := codec.DecodeOpen(send.Data)
	require.Nil(r.t, err)
	r.open = *o
	r.open.ID = r.open.ID.Next()
	b, e := codec.AppendOpen(nil, &r.open)
	require.NoError(r.t, e)
	r.step(Input{Kind: InReceived, Conn: in.Conn, Data: codec.AppendKeepalive(b)})
}

// pull drains conn, one line a message.
func (r *rig) pull(conn ConnID) []string {
	var l []string
	for {
		msg, _ := r.s.Pull(r.now, conn, nil, nil)
		if msg == nil {
			return l
		}
		l = append(l, codec.Describe(msg, &codec.Options{AS4: true, IBGP: true}))
	}
}

func route(p, nh string) Route {
	pre := netip.MustParsePrefix(p)
	return Route{NLRI: codec.PrefixNLRI(codec.IPv4Unicast, pre, 0), Attrs: codec.Attrs{codec.NextHop(netip.MustParseAddr(nh))}}
}

func (r *rig) batch(c ...Command) []string {
	r.step(Input{Kind: InBatch, Client: 1, Commands: c})
	var l []string
	for _, a := range r.acts {
		if a.Kind == ActReply {
			if a.Reply.OK {
				l = append(l, "done")
			} else {
				l = append(l, "error: "+a.Reply.Err)
			}
		}
	}
	return l
}

func TestSessionComesUpAndSendsTableThenEndOfRIB(t *testing.T) {
	r := newRig(t, neighbor(func(n *Neighbor) { n.Routes = []Route{route("10.0.0.0/8", "10.0.0.1")} }))
	conn := r.up()
	require.NotNil(t, r.find(ActPull), "Established says that there is something to pull")
	require.Equal(t, []string{
		"UPDATE announce 10.0.0.0/8 next-hop 10.0.0.1 origin igp local-preference 100",
		"End-of-RIB ipv4 unicast",
	}, r.pull(conn))
}

func TestCommandsAnswerInOrderAndReachTheWire(t *testing.T) {
	r := newRig(t, neighbor(nil))
	conn := r.up()
	r.pull(conn)
	require.Equal(t, []string{"done", "error: what", "done"}, r.batch(
		Command{Kind: CmdAnnounce, Routes: []Route{route("10.1.0.0/16", "10.0.0.1")}},
		Command{Kind: CmdInvalid, Err: "what"},
		Command{Kind: CmdAnnounce, Routes: []Route{route("10.2.0.0/16", "10.0.0.1")}},
	))
	require.Len(t, r.pull(conn), 2)
	require.Equal(t, []string{"error: no neighbor matches the selector"},
		r.batch(Command{Kind: CmdClearOut, Peers: []Selector{{Address: netip.MustParseAddr("9.9.9.9")}}}))
	require.Empty(t, r.pull(conn), "a selector that matches nobody touches nobody")
}

// RFC 2918 §4: only who offered to be asked is asked.
func TestRouteRefreshNeedsTheCapability(t *testing.T) {
	for refresh, want := range map[bool]struct {
		reply string
		sent  int
	}{true: {"done", 1}, false: {"error: no neighbor that is up offered the route refresh capability", 0}} {
		r := newRig(t, neighbor(func(n *Neighbor) { n.Caps.RouteRefresh = refresh }))
		ask := Command{Kind: CmdRouteRefresh, Family: codec.IPv4Unicast}
		require.Equal(t, []string{"error: no session is up"}, r.batch(ask))
		conn := r.up()
		r.pull(conn)
		require.Equal(t, []string{want.reply}, r.batch(ask))
		require.Len(t, r.pull(conn), want.sent)
	}
}

func TestSyncReplyWaitsForTheWire(t *testing.T) {
	r := newRig(t, neighbor(nil))
	require.Equal(t, []string{"error: no session is up"}, r.batch(Command{Kind: CmdFlushOut, Sync: true}))
	conn := r.up()
	r.pull(conn)
	require.Empty(t, r.batch(
		Command{Kind: CmdAnnounce, Routes: []Route{route("10.1.0.0/16", "10.0.0.1")}, Sync: true},
		Command{Kind: CmdNone}), "neither the sync's reply nor the one behind it")
	msg, _ := r.s.Pull(r.now, conn, nil, nil)
	require.NotNil(t, msg)
	r.step(Input{Kind: InWritten, Conn: conn, N: 4096 + len(msg)})
	n := 0
	for _, a := range r.acts {
		if a.Kind == ActReply {
			require.True(t, a.Reply.OK)
			n++
		}
	}
	require.Equal(t, 2, n, "both replies once TCP has the bytes")

	r.batch(Command{Kind: CmdFlushOut, Sync: true})
	r.step(Input{Kind: InClosed, Conn: conn})
	require.Contains(t, r.find(ActReply).Reply.Err, "session ended")
}

func TestRefreshRequestIsAnswered(t *testing.T) {
	r := newRig(t, neighbor(func(n *Neighbor) { n.Caps.RouteRefresh = true }))
	conn := r.up()
	r.batch(Command{Kind: CmdAnnounce, Routes: []Route{route("10.1.0.0/16", "10.0.0.1")}})
	r.pull(conn)
	r.step(Input{Kind: InReceived, Conn: conn, Data: codec.AppendRouteRefresh(nil, codec.RouteRefresh{Family: codec.IPv4Unicast})})
	require.NotNil(t, r.find(ActPull))
	got := r.pull(conn)
	require.Len(t, got, 3, "BoRR, the route, EoRR: %v", got)
	r.now = r.now.Add(time.Second)
	r.step(Input{Kind: InWritten, Conn: conn, N: 1 << 20})
	require.Equal(t, Durations{Count: 1, Sum: time.Second, Within: [...]uint64{0, 0, 0, 1, 1, 1}}, r.s.Metrics().Refresh)
}

func TestStopSendsCeaseThenExits(t *testing.T) {
	r := newRig(t, neighbor(nil))
	r.up()
	r.step(Input{Kind: InStop, Text: "bye"})
	require.Contains(t, strings.Join(r.sent(), "\n"), "bye")
	require.NotNil(t, r.find(ActClose))
	require.NotNil(t, r.find(ActExit))
	require.Equal(t, ActExit, r.acts[len(r.acts)-1].Kind, "the exit is the last thing")
}

func TestExitsAfterItsNumberOfSessions(t *testing.T) {
	s, err := New(Config{Neighbors: []Neighbor{neighbor(nil)}, Sessions: 2}, nil)
	require.NoError(t, err)
	r := &rig{t: t, s: s, now: epoch}
	r.step(Input{Kind: InStart})
	conn := r.up()
	r.step(Input{Kind: InClosed, Conn: conn})
	require.Nil(t, r.find(ActExit))
	for range 100 {
		if r.now = s.Deadline(); r.now.IsZero() {
			break
		}
		if r.acts = s.Advance(r.now, nil); r.find(ActDial) != nil {
			r.dial = *r.find(ActDial)
			break
		}
	}
	conn = r.up()
	r.step(Input{Kind: InClosed, Conn: conn})
	require.NotNil(t, r.find(ActExit), "the second session was the last")
	require.Zero(t, s.Deadline(), "nothing is armed any more")
}

func TestBytesOfAnOldConnectionAreIgnored(t *testing.T) {
	r := newRig(t, neighbor(nil))
	conn := r.up()
	r.step(Input{Kind: InClosed, Conn: conn})
	require.Empty(t, r.step(Input{Kind: InReceived, Conn: conn, Data: codec.AppendKeepalive(nil)}))
	msg, acts := r.s.Pull(r.now, conn, nil, nil)
	require.Nil(t, msg)
	require.Empty(t, acts)
}

func TestReloadIsADifference(t *testing.T) {
	a, b := route("10.1.0.0/16", "10.0.0.1"), route("10.2.0.0/16", "10.0.0.1")
	r := newRig(t, neighbor(func(n *Neighbor) { n.Routes = []Route{a, b} }))
	conn := r.up()
	r.pull(conn)
	c := route("10.3.0.0/16", "10.0.0.1")
	r.step(Input{Kind: InReload, Config: &Config{Neighbors: []Neighbor{neighbor(func(n *Neighbor) { n.Routes = []Route{a, c} })}}})
	require.Nil(t, r.find(ActClose), "the session stays up")
	require.Equal(t, []string{
		"UPDATE withdraw 10.2.0.0/16",
		"UPDATE announce 10.3.0.0/16 next-hop 10.0.0.1 origin igp local-preference 100",
	}, r.pull(conn))
}

// clash brings up the dialled connection to OpenConfirm and then opens one from
// the peer, whose identifier is id, and answers who survived.
func clash(t *testing.T, id string) (dialled, accepted bool) {
	r := newRig(t, neighbor(nil))
	d := r.dial
	r.step(Input{Kind: InDialed, Conn: d.Conn, Local: netip.AddrPortFrom(local, 40000), Remote: d.Remote})
	o, err := codec.DecodeOpen(r.find(ActSend).Data)
	require.Nil(t, err)
	o.ID = netip.MustParseAddr(id)
	open, e := codec.AppendOpen(nil, o)
	require.NoError(t, e)
	r.step(Input{Kind: InReceived, Conn: d.Conn, Data: open})
	conn := r.s.NextConn()
	r.step(Input{Kind: InAccepted, Conn: conn, Local: netip.AddrPortFrom(local, 179), Remote: netip.AddrPortFrom(local, 5000)})
	r.step(Input{Kind: InReceived, Conn: conn, Data: open})
	require.Contains(t, strings.Join(r.sent(), "\n"), "6/7", "the loser is told (RFC 4271 §6.8)")
	return r.s.conns[d.Conn] != nil, r.s.conns[conn] != nil
}

func TestCollisionKeepsTheConnectionOfTheHigherIdentifier(t *testing.T) {
	dialled, accepted := clash(t, "1.2.3.3")
	require.True(t, dialled && !accepted, "ours is higher: the connection that we dialled stays")
	dialled, accepted = clash(t, "1.2.3.5")
	require.True(t, !dialled && accepted, "the peer's is higher: the connection that it opened stays")
}

func TestMalformedBytesAreAnsweredNotFatal(t *testing.T) {
	r := newRig(t, neighbor(nil))
	conn := r.up()
	r.step(Input{Kind: InReceived, Conn: conn, Data: make([]byte, 40)})
	require.Contains(t, strings.Join(r.sent(), "\n"), "1/1")
	require.NotNil(t, r.find(ActClose))
	require.NotZero(t, r.s.Deadline(), "it will try again")
}

func TestCloneIsIndependent(t *testing.T) {
	r := newRig(t, neighbor(nil))
	conn := r.up()
	r.pull(conn)
	before := r.s.AppendState(nil, r.now)
	c := r.s.Clone()
	require.Equal(t, before, c.AppendState(nil, r.now))
	r.batch(Command{Kind: CmdAnnounce, Routes: []Route{route("10.1.0.0/16", "10.0.0.1")}})
	require.NotEqual(t, before, r.s.AppendState(nil, r.now))
	require.Equal(t, before, c.AppendState(nil, r.now), "the clone is as it was")
}

func TestStepAllocatesNothingInSteadyState(t *testing.T) {
	r := newRig(t, neighbor(func(n *Neighbor) { n.API = nil }))
	conn := r.up()
	ka := codec.AppendKeepalive(nil)
	out := make([]Action, 0, 16)
	require.Zero(t, testing.AllocsPerRun(100, func() {
		out = r.s.Step(r.now, Input{Kind: InReceived, Conn: conn, Data: ka}, out[:0])
	}))
}

func TestAttributeSetsOutOfUseAreForgotten(t *testing.T) {
	r := newRig(t, neighbor(nil))
	conn := r.up()
	r.pull(conn)
	for med := range uint32(3 * sweepMin) {
		x := route("10.1.0.0/16", "10.0.0.1")
		x.Attrs = x.Attrs.With(codec.MED(med))
		r.batch(Command{Kind: CmdAnnounce, Routes: []Route{x}})
		require.Len(t, r.pull(conn), 1)
	}
	require.LessOrEqual(t, r.s.interner.Len(), sweepMin, "one route has one set at a time")
	r.batch(Command{Kind: CmdFlushOut})
	require.Len(t, r.pull(conn), 1, "what is in use is still known")
}

func TestANextHopOfAnotherFamilyIsNotSent(t *testing.T) {
	r := newRig(t, neighbor(func(n *Neighbor) {
		n.Families = codec.FamilySet{codec.IPv4Unicast, codec.IPv4Multicast, codec.IPv6Unicast, codec.IPv6Multicast}
	}))
	conn := r.up()
	r.pull(conn)
	four, six := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("2001:db8::1")
	for _, f := range r.s.peers[0].cfg.Families {
		p, good, bad := netip.MustParsePrefix("10.0.0.0/8"), four, six
		if f.AFI() == codec.AFIIPv6 {
			p, good, bad = netip.MustParsePrefix("2001:db8::/32"), six, four
		}
		announce := func(nh netip.Addr) []string {
			r.batch(Command{Kind: CmdAnnounce, Routes: []Route{{NLRI: codec.PrefixNLRI(f, p, 0), Attrs: codec.Attrs{codec.NextHop(nh)}}}})
			return r.pull(conn)
		}
		require.Len(t, announce(good), 1, "%v", f)
		got := announce(bad)
		require.Len(t, got, 1, "%v", f)
		require.Contains(t, got[0], "withdraw", "%v: what the peer has no longer holds, and the new one can't be said", f)
		require.NotNil(t, r.find(ActLog), "and the log says why")
	}
}
