package world

import (
	"fmt"
	"net/netip"
	"time"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/sim/check"
	"github.com/peerloom/peerloom/speaker"
)

// watched is one neighbor of a speaker, with the model of what it must be told.
type watched struct {
	w     *World
	node  *node
	index int // of the neighbor in the configuration
	cfg   *speaker.Neighbor
	model *check.OutModel
	conn  speaker.ConnID // of the session that is up; 0: none
	ups   int            // sessions so far
	met   bool           // there was one since the speaker was started
	moves int            // what happened to the model's queue, messages that left apart

	held    []bool     // of each configured route: a watchdog holds it back
	turned  bool       // a watchdog changed held in this batch
	created bool       // by a command: a reload that does not name it leaves it
	limited bool       // its peer was over a prefix limit: it is not started
	ops     []check.Op // of the present batch
	told    int        // how many of its commands gave some
	deleted bool       // one of them deletes it
	reset   bool       // one of them resets its session
	struck  bool       // the last batch did either

	heldOf speaker.ConnID // the session whose table was looked at last
	heldAt int            // and its changes by then

	rose, fell bool // in the present input
	pace       check.Pace

	past   *check.InModel // of the session that ended at pastAt; nil: none
	pastAt time.Time
	in     *check.InModel // of the session that is up
	upAt   time.Time
}

func newWatched(w *World, n *node, index int) *watched {
	cfg := &n.cfg.Neighbors[index]
	s := &watched{w: w, node: n, index: index, cfg: cfg}
	s.model = check.NewOutModel(outConfig(cfg))
	s.held = heldBack(cfg, nil)
	s.model.Configure(s.configured())
	return s
}

// observe tells the oracles what one input did: bytes received, commands
// applied, sessions that came up and went down, refreshes asked for.
func (n *node) observe(in *speaker.Input) {
	if in != nil {
		switch in.Kind {
		case speaker.InReceived:
			if l := n.link(in.Conn); l != nil {
				l.take(in.Data)
				if l.in != nil && !l.closing {
					l.in.Received(in.Data)
				}
			}
		case speaker.InBatch:
			n.w.moved()
			n.observeBatch(in)
		case speaker.InReload:
			n.w.moved()
			n.reloaded(in.Config)
		case speaker.InClientUp, speaker.InClientDown:
			if a := n.api(in.Client); a != nil {
				a.due, a.grouping, a.group = nil, false, nil
			}
		}
		n.observeInput(in)
	}
	for _, s := range n.sessions {
		s.observeSession()
	}
	if in != nil && in.Kind == speaker.InReceived {
		if l := n.link(in.Conn); l != nil {
			n.observeReceived(l)
		}
	}
}

// observeSession notices that the session came up or went down.
func (s *watched) observeSession() {
	conn := s.node.sp.Established(s.index)
	s.rose, s.fell = conn != s.conn && conn != 0, conn != s.conn && s.conn != 0
	if conn == s.conn {
		return
	}
	s.w.moved()
	if s.conn != 0 {
		s.unanswered()
		s.model.CoverDown(&s.w.cover)
		s.node.turn(check.CycleDown, s.cfg.PeerAddress.String(), 0, 0)
	}
	s.turnTable(conn)
	s.conn = conn
	s.pace.Set() // a neighbor that was deleted and created again has no past
	l := s.node.link(conn)
	if conn == 0 || l == nil {
		s.model.Down()
		return
	}
	o, ok := l.wire.Session()
	if !ok {
		panic("world: a session is up that exchanged no OPENs: " + s.cfg.Name)
	}
	o.Export = Export(s.cfg, o, l.local.Addr())
	s.model.Up(o)
	s.model.Apply(s.advised(l.wire))
	c, n := &s.w.cover, s.node
	c.Sometimes(check.SessionAgain, s.ups > 0)
	c.Sometimes(check.SessionHoldZero, l.wire.Hold() == 0)
	c.Sometimes(check.SessionTwoAtOnce, n.upAt == s.w.loop.Elapsed() && n.upAt > 0)
	s.ups, s.met = s.ups+1, true
	n.turn(check.CycleUp, l.remote, 0, 0)
	n.upAt = s.w.loop.Elapsed()
}

// take cuts received bytes into messages and shows them to the checker. A
// NOTIFICATION behind other messages of one read is shown after what those
// cause: the speaker answers them first.
func (l *link) take(data []byte) {
	l.msgs, l.late = l.msgs[:0], nil
	l.framer.Write(data)
	for {
		msg, err := l.framer.Next(l.wire.Takes())
		if err != nil || msg == nil {
			l.mute = err != nil && err.NoReply
			return
		}
		if codec.TypeOf(msg) == codec.MsgNotification && len(l.msgs) > 0 {
			l.late = msg
		} else {
			l.wire.Received(msg)
		}
		l.msgs = append(l.msgs, msg)
	}
}

// silent reports whether a NOTIFICATION came that is not to be answered. Where the
// model of what is received does not know, the framing of messages says so.
func (l *link) silent() bool {
	if l.in != nil {
		if silent, known := l.in.Silent(); known {
			return silent
		}
	}
	return l.mute
}

// observeReceived looks at the messages of one read: refreshes that the peer
// asks for are for the model.
func (n *node) observeReceived(l *link) {
	o, _ := l.wire.Session()
	s := n.sessionOf(l)
	if s != nil && l.in != nil {
		n.failConn(check.JudgeEvents(l.msgs, n.events))
	}
	for _, msg := range l.msgs {
		n.w.story(l.remote, n.name, msg, &o.Options)
		switch codec.TypeOf(msg) {
		case codec.MsgKeepalive:
			continue
		case codec.MsgUpdate, codec.MsgNotification:
			n.w.keep(l.remote, n.name, msg, &o.Options)
			n.coverUpdate(msg, &o.Options)
		case codec.MsgRouteRefresh:
			n.w.keep(l.remote, n.name, msg, &o.Options)
			r, err := codec.DecodeRouteRefresh(msg)
			if s != nil && err == nil && r.Subtype == codec.RefreshRequest {
				s.model.CoverRefresh(&n.w.cover, r.Family)
			}
			if s != nil && err == nil && r.Subtype == codec.RefreshRequest && o.Families.Has(r.Family) && check.AsksForRoutes(msg) {
				s.apply([]check.Op{{Kind: check.OpRefresh, Family: r.Family}})
			}
		}
		n.w.moved()
	}
}

// sessionOf is the neighbor whose session is up on l; nil: none.
func (n *node) sessionOf(l *link) *watched {
	for _, s := range n.sessions {
		if s.conn == l.id {
			return s
		}
	}
	return nil
}

// sent hands a message that leaves to the checker of its connection.
func (n *node) sent(l *link, msg []byte) {
	n.w.cover.Sometimes(check.WireExtended, len(msg) > codec.MaxLen)
	n.conns.Gave(uint64(l.id), msg)
	for _, v := range l.wire.Sent(n.steady(), msg) {
		if v.ID == check.WireKeepaliveFlood && n.wasSet && l.wire.Hold() > 0 {
			continue // a timer ends early when the clock is set
		}
		n.w.failAt(n.name+"→"+l.remote, v)
	}
	if l.in != nil {
		if err := l.in.Sent(msg); err != nil {
			n.w.fail(err)
		}
	}
}

// pulled hands a message of the queue to the model of its session.
func (n *node) pulled(l *link, msg []byte) {
	n.w.moved()
	n.sent(l, msg)
	s := n.sessionOf(l)
	if s == nil {
		return
	}
	n.failConn(s.pace.Left(n.now(), s.cfg.RateLimit))
	if err := s.model.Observe(msg); err != nil {
		n.w.failAt(n.name+"→"+l.remote, err)
	}
}

// apply applies a batch of operations to the model.
func (s *watched) apply(ops []check.Op) {
	if len(ops) > 0 {
		s.moves++
	}
	s.model.Apply(ops)
}

func (s *watched) selected(l []speaker.Selector) bool {
	return Selects(l, s.cfg)
}

// unrest is what a node has in hand, or which of its sessions is down. It is
// put into words only when somebody asks.
type unrest struct {
	what   string // "": the node is at rest
	octets int    // 0: what does not speak of octets
	to     string
	peer   netip.Addr // to, where it is an address
	conn   speaker.ConnID
}

func (u unrest) String() string {
	switch {
	case u.octets > 0:
		return fmt.Sprintf("has %d octets %s %s on connection %d", u.octets, u.what, u.to, u.conn)
	case u.peer.IsValid():
		return u.what + " " + u.peer.String()
	}
	return u.what + " " + u.to
}

func (n *node) unrest() unrest {
	if n.exited {
		return unrest{}
	}
	for _, s := range n.sessions {
		if s.conn == 0 && s.wanted() {
			return unrest{what: "has no session with", peer: s.cfg.PeerAddress}
		}
		if l := n.link(s.conn); l != nil && !n.w.net.IsOpen(l.nc.Peer()) {
			return unrest{what: "has yet to find out that the connection is over with", peer: s.cfg.PeerAddress}
		}
	}
	for _, l := range n.links {
		if i := n.conns.Neighbor(uint64(l.id)); i < 0 || !n.sessions[i].wanted() {
			continue // it has no session to say anything on
		} else if s := n.sessions[i]; s.conn != l.id && n.undecided(l, s.cfg.DelayOpen+time.Second) {
			return unrest{what: "has yet to decide between connections with", peer: s.cfg.PeerAddress}
		}
		switch unacked := n.w.net.Unacked(l.nc); {
		case !l.outlet.busy(len(l.out)+unacked) && !n.sp.Ready(l.id):
		case len(l.out) > 0:
			return unrest{what: "to write to", octets: len(l.out), to: l.remote, conn: l.id}
		case l.pulling || n.sp.Ready(l.id): // a rate limit may hold it back
			return unrest{what: "has messages to pull for", to: l.remote}
		case unacked > 0:
			return unrest{what: "in flight to", octets: unacked, to: l.remote, conn: l.id}
		}
	}
	for _, a := range n.apis {
		if !a.idle() {
			return unrest{what: "has bytes for or from client", to: a.name}
		}
	}
	return unrest{}
}

// undecided reports whether a connection has not lasted so long yet, by the world's
// time and by the node's clock, whose timers wait longer when it is set back.
func (n *node) undecided(l *link, long time.Duration) bool {
	return n.w.loop.Elapsed() < l.since+long || n.now().Before(l.began.Add(long))
}

// judge compares what every peer was told with what it should have been told.
func (n *node) judge() {
	var up []uint64
	for _, s := range n.sessions {
		if s.conn != 0 {
			up = append(up, uint64(s.conn))
		}
	}
	for _, l := range n.links { // who is no neighbor at the other end is still called
		if i := n.conns.Neighbor(uint64(l.id)); i >= 0 && !n.sessions[i].wanted() {
			up = append(up, uint64(l.id))
		}
	}
	if !n.exited && !n.down {
		n.failConn(n.conns.Quiet(up))
	}
	for _, s := range n.sessions {
		if n.exited || s.conn == 0 {
			continue
		}
		l := n.link(s.conn)
		if l == nil {
			continue
		}
		if err := s.model.Quiet(); err != nil {
			n.w.failAt(n.name+"→"+l.remote, err)
		}
		for _, v := range l.wire.Quiet() {
			n.w.failAt(n.name+"→"+l.remote, v)
		}
	}
}
