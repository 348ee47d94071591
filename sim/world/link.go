package world

import (
	"net/netip"
	"time"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/netsim"
	"github.com/peerloom/peerloom/sim/check"
	"github.com/peerloom/peerloom/speaker"
)

// link is one connection of a speaker.
type link struct {
	id      speaker.ConnID
	nc      netsim.Conn
	local   netip.AddrPort
	remote  string // name of the program at the other end
	out     []byte // what TCP has not taken
	outlet  outlet
	since   time.Duration // it was dialled or accepted
	began   time.Time     // the same by the node's clock, which may be set back
	pulling bool          // Pull has something
	posted  bool          // a nodePull is pending
	closing bool          // close once out is empty
	wire    *check.WireChecker
	lost    bool         // it lost a collision: no session comes up on it
	mute    bool         // what was received is a NOTIFICATION that cannot be read: it has no answer
	framer  codec.Framer // of what is received, for the oracles
	msgs    [][]byte     // of the present read
	late    []byte       // the NOTIFICATION behind others of them
	peer    netip.Addr
	in      *check.InModel // of what is received; nil: the other end is no neighbor
}

// closedByPeer is what a speaker is told of a FIN.
const closedByPeer = "the peer closed the connection"

func (n *node) dial(a *speaker.Action) {
	local := a.Local
	if !local.Addr().IsValid() {
		local = netip.AddrPortFrom(n.local, 0)
	}
	nc, err := n.w.dial(local, a.Remote, n)
	if err != nil {
		n.inbox = append(n.inbox, speaker.Input{Kind: speaker.InDialFailed, Conn: a.Conn, Text: err.Error()})
		return
	}
	n.links = append(n.links, &link{id: a.Conn, nc: nc, since: n.w.loop.Elapsed(), began: n.now()})
}

// handleNet is an event of one of the node's connections.
func (n *node) handleNet(e netsim.Event) {
	if n.down || n.exited && !n.lingers(e.Conn) {
		return
	}
	if n.paused || len(n.held) > 0 {
		n.hold(e)
		return
	}
	n.netEvent(e)
}

// lingers reports whether a connection of a speaker that has ended has yet to say
// its last words.
func (n *node) lingers(nc netsim.Conn) bool {
	l := n.linkOf(nc)
	return l != nil && l.closing
}

// netEvent is an event of the network in its turn.
func (n *node) netEvent(e netsim.Event) {
	if e.Kind == netsim.Accepted {
		n.accepted(e)
		return
	}
	l := n.linkOf(e.Conn)
	if l == nil {
		return
	}
	switch e.Kind {
	case netsim.Connected:
		n.connect(l, e)
		n.step(speaker.Input{Kind: speaker.InDialed, Conn: l.id, Local: e.Local, Remote: e.Remote})
	case netsim.Failed:
		n.drop(l)
		n.step(speaker.Input{Kind: speaker.InDialFailed, Conn: l.id, Text: e.Reason.String()})
	case netsim.Readable:
		n.receive(l)
	case netsim.Writable:
		n.flush(l)
		n.pull(l)
	case netsim.Ended:
		n.receive(l)
		if n.linkOf(e.Conn) != nil && !l.closing {
			n.w.net.Close(l.nc)
			n.drop(l)
			n.step(speaker.Input{Kind: speaker.InClosed, Conn: l.id, Text: closedByPeer})
		}
	case netsim.Broken:
		n.drop(l)
		n.step(speaker.Input{Kind: speaker.InClosed, Conn: l.id, Text: e.Reason.String()})
	}
}

func (n *node) accepted(e netsim.Event) {
	l := &link{id: n.sp.NextConn(), nc: e.Conn, since: n.w.loop.Elapsed(), began: n.now()}
	n.links = append(n.links, l)
	n.connect(l, e)
	n.step(speaker.Input{Kind: speaker.InAccepted, Conn: l.id, Local: e.Local, Remote: e.Remote})
}

func (n *node) connect(l *link, e netsim.Event) {
	l.local, l.remote = e.Local, n.w.at(e.Conn, e.Remote)
	l.peer = e.Remote.Addr()
	s := n.neighborAt(l)
	l.wire = check.NewWireChecker(check.WireConfig{ManualEOR: s != nil && s.cfg.ManualEOR, Slack: n.w.slack})
	l.in = n.inModel(l)
	if s != nil && s.wanted() {
		n.w.moved() // others come and are sent away for ever
	}
}

func (n *node) receive(l *link) {
	k := n.w.net.Unread(l.nc)
	if k == 0 || l.wire == nil { // a connection may end before its program has heard that it is up
		return
	}
	if cap(n.read) < k {
		n.read = make([]byte, k)
	}
	data := n.read[:k]
	n.w.net.Read(l.nc, data)
	if l.closing {
		return
	}
	n.step(speaker.Input{Kind: speaker.InReceived, Conn: l.id, Data: data})
}

// send queues a control message.
func (n *node) send(l *link, msg []byte) {
	n.sent(l, msg)
	l.lost = l.lost || codec.TypeOf(msg) == codec.MsgNotification && msg[19] == byte(codec.CodeCease) && msg[20] == codec.CeaseCollision
	l.outlet.gave(msg)
	behind := len(l.out) > 0
	l.out = append(l.out, msg...)
	n.flush(l)
	if behind && len(l.out) == 0 && l.pulling {
		n.later(l) // Writable was awaited and will not come: TCP has taken all
	}
}

// flush gives TCP what it takes.
func (n *node) flush(l *link) {
	if len(l.out) == 0 {
		n.finish(l)
		return
	}
	k := n.w.net.Write(l.nc, l.out)
	n.w.cover.Sometimes(check.WirePartly, k > 0 && k < len(l.out))
	if k == 0 {
		return
	}
	l.out = append(l.out[:0], l.out[k:]...)
	if !l.closing {
		n.step(speaker.Input{Kind: speaker.InWritten, Conn: l.id, N: k})
	}
	n.finish(l)
}

// finish closes a connection that is to be closed once all has been taken.
func (n *node) finish(l *link) {
	if l.closing && len(l.out) == 0 {
		n.w.net.Close(l.nc)
		n.drop(l)
	}
}

// later turns to a connection that has something to pull, at a chosen time.
func (n *node) later(l *link) {
	if l.posted {
		return
	}
	l.posted = true
	n.w.loop.PostAfter(n.w.within(LabelPullDelay, n.w.knobs.PullDelay, n.owner), n.owner, nodePull, uint64(l.id), 0)
}

// pull takes messages from the speaker while the connection has room.
func (n *node) pull(l *link) {
	for l.pulling && !l.closing && len(l.out) == 0 {
		if n.w.net.Room(l.nc) == 0 {
			n.w.cover.Sometimes(check.WireFull, true)
			n.w.net.AwaitRoom(l.nc)
			return
		}
		n.busy, n.told = true, n.told[:0] // what the actions cause waits for their end
		msg, actions := n.sp.Pull(n.now(), l.id, n.buf[:0], nil)
		if msg == nil {
			l.pulling = false
			n.w.poked = true
		} else {
			n.buf = msg
			n.pulled(l, msg)
			if s := n.neighborAt(l); s != nil {
				n.observeSent(s, [][]byte{msg}, actions)
			}
			l.outlet.gave(msg)
			l.outlet.bulk = l.outlet.written
			l.out = append(l.out, msg...)
		}
		n.observeTaken(nil)
		n.act(actions)
		n.busy = false
		if msg != nil {
			n.flush(l)
		}
		n.drain()
		if l.pulling && n.w.knobs.PullStop.Draw(n.w.src, LabelPullStop) {
			n.later(l)
			return
		}
	}
}
