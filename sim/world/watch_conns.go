package world

import (
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/fsm"
	"github.com/peerloom/peerloom/netsim"
	"github.com/peerloom/peerloom/sim/check"
	"github.com/peerloom/peerloom/speaker"
)

// What a speaker adds to the times that it is told: the retry time that it has
// unless a neighbor says otherwise, and what a driver may be late.
const (
	usualRetry = 5 * time.Second
	driverLate = 2 * time.Second
)

// connsOf is what the oracle of a speaker's connections must know.
func connsOf(c *speaker.Config) *check.Conns { return check.NewConns(connsNeighbors(c)) }

func connsNeighbors(c *speaker.Config) []check.ConnsNeighbor {
	l := make([]check.ConnsNeighbor, len(c.Neighbors))
	for i := range c.Neighbors {
		l[i] = connsNeighbor(c, &c.Neighbors[i])
	}
	return l
}

func connsNeighbor(c *speaker.Config, n *speaker.Neighbor) check.ConnsNeighbor {
	retry := n.ConnectRetry
	if retry == 0 {
		retry = usualRetry
	}
	x := check.ConnsNeighbor{Name: n.PeerAddress.String(), Passive: n.Passive, Hold: n.HoldTime,
		Early: max(retry, n.DelayOpen) + driverLate, Retry: max(retry, n.IdleHoldMax) + driverLate, SendHold: n.SendHold}
	if c.Sessions > 0 {
		x.Retry = 0 // a neighbor may be given up
	}
	return x
}

// neighborOf is the configured neighbor of that address; -1: there is none.
func (n *node) neighborOf(peer, local netip.Addr) int {
	return slices.IndexFunc(n.sessions, func(s *watched) bool {
		return s.cfg.PeerAddress == peer && (!s.cfg.LocalAddress.IsValid() || !local.IsValid() || s.cfg.LocalAddress == local)
	})
}

// neighborAt is the neighbor that a connection is for; nil: there is none.
func (n *node) neighborAt(l *link) *watched {
	if i := n.neighborOf(l.peer, l.local.Addr()); i >= 0 {
		return n.sessions[i]
	}
	return nil
}

// observeInput tells the oracle of the connections what the driver told the
// speaker.
func (n *node) observeInput(in *speaker.Input) {
	now, id := n.now(), uint64(in.Conn)
	switch in.Kind {
	case speaker.InStart:
		for i := range n.sessions {
			n.conns.Start(now, i)
		}
	case speaker.InStop:
		n.conns.Stop(-1)
	case speaker.InAccepted:
		i := n.neighborOf(in.Remote.Addr(), in.Local.Addr())
		n.conns.Accept(now, id, i)
		n.meets(in.Conn, i)
	case speaker.InDialed:
		n.conns.Up(now, id)
		n.meets(in.Conn, n.conns.Neighbor(id))
	case speaker.InDialFailed:
		n.w.cover.Sometimes(check.ConnRefused, in.Text == netsim.Refused.String())
		n.w.cover.Sometimes(check.ConnTimeout, in.Text == netsim.TimedOut.String())
		n.conns.Lost(now, id)
	case speaker.InClosed:
		n.w.cover.Sometimes(check.ConnReset, in.Text == netsim.Reset.String())
		n.w.cover.Sometimes(check.ConnEnded, in.Text == closedByPeer)
		n.w.cover.Sometimes(check.ConnHalfMessage, n.conns.Cut(id))
		if i := n.conns.Neighbor(id); i >= 0 {
			n.turn(check.CycleLost, n.sessions[i].cfg.PeerAddress.String(), 0, 0)
		}
		n.conns.Lost(now, id)
	case speaker.InReceived:
		if l := n.link(in.Conn); l != nil {
			n.observeRead(l)
		}
	}
}

// observeRead is one read, which take has cut into messages.
func (n *node) observeRead(l *link) {
	c := &n.w.cover
	rest := l.framer.Buffered()
	c.Sometimes(check.WireCutHeader, rest > 0 && rest < codec.HeaderLen)
	c.Sometimes(check.WireCutBody, rest >= codec.HeaderLen)
	c.Sometimes(check.WireSeveral, len(l.msgs) > 1)
	c.Sometimes(check.WireBehind, l.late != nil)
	for i, msg := range l.msgs {
		n.conns.Received(n.now(), uint64(l.id), msg)
		c.Sometimes(check.WireAfterNotification, codec.TypeOf(msg) == codec.MsgNotification && i+1 < len(l.msgs))
	}
	n.conns.SetCut(uint64(l.id), rest > 0)
	if l.silent() {
		n.conns.Mute(uint64(l.id))
	}
}

// meets notes what else a connection that comes up finds there.
func (n *node) meets(id speaker.ConnID, neighbor int) {
	if neighbor < 0 {
		return
	}
	c := &n.w.cover
	this := n.link(id)
	for _, l := range n.links {
		if l != this && l.wire != nil && l.remote == this.remote {
			c.Sometimes(check.ConnOldAlive, true)
			c.Sometimes(check.ConnOldBytes, n.w.net.Unacked(l.nc) > 0 || n.w.net.Unacked(l.nc.Peer()) > 0)
		}
	}
	name := n.sessions[neighbor].cfg.PeerAddress
	most := fsm.Idle
	newest := n.machines[len(n.machines)-1]
	for _, m := range n.machines {
		if m.neighbor.PeerAddress == name && m != newest {
			most = max(most, m.session.State())
		}
	}
	c.Sometimes(check.CollideAcceptConnect, most == fsm.Connect)
	c.Sometimes(check.CollideAcceptOpenSent, most == fsm.OpenSent)
	c.Sometimes(check.CollideAcceptOpenConfirm, most == fsm.OpenConfirm)
	c.Sometimes(check.CollideAcceptEstablished, most == fsm.Established)
}

// observeActions judges what the speaker asks its driver for, before the driver
// does it. in is nil where timers were served.
func (n *node) observeActions(actions []speaker.Action, in *speaker.Input) {
	now := n.now()
	n.judgeEnds(actions, in)
	n.observeWaits(in)
	for i := range actions {
		a := &actions[i]
		id := uint64(a.Conn)
		switch a.Kind {
		case speaker.ActDial:
			to := n.neighborOf(a.Remote.Addr(), a.Local.Addr())
			if to < 0 && !closes(actions, a.Conn) { // a reset before its end may dial once more
				n.failConn(check.NewViolation(check.TimerStopped, "no dial: nobody of that address is a neighbor any more", "a dial to "+a.Remote.String()))
			}
			n.failConn(n.conns.Dial(now, id, to))
		case speaker.ActSend:
			switch codec.TypeOf(a.Data) {
			case codec.MsgNotification:
				n.observeNotification(a, in)
			case codec.MsgOpen:
				n.observeOffer(a)
			}
			n.failConn(n.conns.Sent(now, id, a.Data))
		case speaker.ActEvent, speaker.ActReply:
			if c := n.api(a.Client); c == nil || c.gone {
				n.failConn(check.NewViolation(check.DeadClient, "nothing for a client that is gone", fmt.Sprintf("an event or reply for client %d", a.Client)))
			}
		case speaker.ActPull:
			n.failConn(n.conns.Pull(id))
		case speaker.ActClose:
			refused := in != nil && in.Kind == speaker.InAccepted && in.Conn == a.Conn && n.conns.Neighbor(id) >= 0
			n.w.cover.Sometimes(check.ConnSecondRefused, refused)
			n.failConn(n.conns.Close(now, id))
		}
	}
	if lost, kept, ok := n.conns.Collision(); ok {
		n.w.collided(n, speaker.ConnID(lost), speaker.ConnID(kept))
	}
	if in != nil && in.Kind == speaker.InBatch && slices.ContainsFunc(in.Commands, func(c speaker.Command) bool { return c.Kind == speaker.CmdShutdown }) {
		n.conns.Stop(-1) // behind what the commands before it began
	}
	if n.behind {
		n.conns.Stood(now)
	}
	if !n.exited {
		n.failConn(n.conns.Settled(now, n.sp.Deadline(), in == nil))
	}
	n.shape()
}

func (n *node) failConn(v *check.Violation) {
	if v != nil {
		v.Got = n.name + ": " + v.Got
		n.w.failAt(n.name, v)
	}
}

// observeNotification judges the subcode of a Cease by what the speaker was
// told.
func (n *node) observeNotification(a *speaker.Action, in *speaker.Input) {
	note, err := codec.DecodeNotification(a.Data)
	if err != nil {
		return // WIRE-01
	}
	if p, ok := check.NotePoint(note.Code, note.Subcode); ok {
		n.w.cover.Sometimes(p, true)
	}
	n.w.cover.Sometimes(check.SessionNotified, n.sessionOfConn(a.Conn) != nil)
	if l := n.link(a.Conn); l != nil {
		n.turn(check.CycleNotification, l.remote, uint8(note.Code), note.Subcode)
	}
	due, why := ceases(in)
	if note.Code == codec.CodeCease && note.Subcode == codec.CeaseHardReset && len(note.Data) >= 2 {
		// RFC 8538 §3.1: what it would have been is inside.
		note.Code, note.Subcode, note.Data = codec.NotificationCode(note.Data[0]), note.Data[1], note.Data[2:]
	}
	if note.Code == codec.CodeCease && note.Subcode == codec.CeaseMaxPrefixes {
		n.exceeded(a.Conn)
	}
	n.failConn(due.Judge(uint8(note.Code), note.Subcode, why))
	if note.Code == codec.CodeCease {
		n.failConn(check.JudgeShutdownText(note.Subcode, note.Data, teardownTexts(in, note.Subcode)))
	}
}

// teardownTexts are the texts of the teardowns of one subcode in a batch.
func teardownTexts(in *speaker.Input, sub uint8) []string {
	if in == nil || in.Kind != speaker.InBatch {
		return nil
	}
	var l []string
	for i := range in.Commands {
		k := &in.Commands[i]
		if k.Kind == speaker.CmdShutdown && sub == codec.CeaseShutdown {
			return nil // which of them ended the session does not show
		}
		if k.Kind == speaker.CmdTeardown && k.Subcode == sub {
			l = append(l, k.Text)
		}
	}
	return l
}

func (n *node) sessionOfConn(id speaker.ConnID) *watched {
	for _, s := range n.sessions {
		if s.conn == id {
			return s
		}
	}
	return nil
}

// ceases are the subcodes that may leave because of one input, by RFC 4486 §4,
// and what it is in words.
func ceases(in *speaker.Input) (check.Cease, string) {
	var c check.Cease
	switch {
	case in == nil:
		return c, "a timer: none"
	case in.Kind == speaker.InStop:
		return c.Allow(codec.CeaseShutdown), "an administrative shutdown"
	case in.Kind == speaker.InReload:
		return c.Allow(codec.CeaseDeconfigured).Allow(codec.CeaseConfigChange), "a change of the configuration"
	case in.Kind == speaker.InReceived:
		return c.Allow(codec.CeaseCollision).Allow(codec.CeaseMaxPrefixes), "what was received: a collision, too many prefixes"
	case in.Kind != speaker.InBatch:
		return c, "what happened to a connection: none"
	}
	for i := range in.Commands {
		switch k := &in.Commands[i]; k.Kind {
		case speaker.CmdShutdown:
			c = c.Allow(codec.CeaseShutdown)
		case speaker.CmdTeardown:
			c = c.Allow(k.Subcode)
		case speaker.CmdRestart, speaker.CmdDeleteNeighbor:
			c = c.Allow(codec.CeaseDeconfigured)
		case speaker.CmdCreateNeighbor:
			c = c.Allow(codec.CeaseConfigChange)
		}
	}
	return c, "the commands of the batch"
}

// collided: one end closed a connection in favour of another. The other end must
// not have decided the opposite.
func (w *World) collided(n *node, lost, kept speaker.ConnID) {
	l, k := n.link(lost), n.link(kept)
	if l == nil || k == nil || w.flipped(l.nc) || w.flipped(k.nc) {
		return // an identifier may have flipped on the way
	}
	c := collision{l.nc &^ 1, k.nc &^ 1, n.name}
	for _, x := range w.collisions {
		if x.lost == c.kept && x.kept == c.lost {
			n.failConn(check.NewViolation(check.CollideAgree, x.by+" keeps one of the two connections, and so does "+n.name, n.name+" closes the one that "+x.by+" keeps"))
		}
	}
	w.collisions = append(w.collisions, c)
}

// collision is the decision of one end about two connections of the network.
type collision struct {
	lost, kept netsim.Conn
	by         string
}

// shape notes the coarse outline of the node's state: the states of its
// machines, whether there is a queue, a flush, and how many connections there
// are.
func (n *node) shape() {
	const prime = 1099511628211 // FNV-1a
	h := uint64(14695981039346656037)
	mix := func(b uint64) { h = (h ^ b) * prime }
	mix(uint64(n.index))
	for _, m := range n.machines {
		mix(uint64(m.session.State()))
	}
	for _, s := range n.sessions {
		b := uint64(0x100)
		if len(s.model.Expected()) > 0 {
			b |= 1
		}
		if s.model.Flushing() {
			b |= 2
		}
		if s.conn != 0 {
			b |= 4
		}
		mix(b)
	}
	mix(uint64(len(n.links)) << 16)
	n.outline = h
	n.w.cover.Shape(h)
}

// turn tells who looks for cycles what ended, or came up, once faults have
// stopped.
func (n *node) turn(what check.CycleStep, with string, code, sub uint8) {
	if !n.w.healed {
		return
	}
	if s := n.neighborNamed(with); s != nil && !s.wanted() {
		return
	}
	late := n.w.loop.Elapsed() > n.w.healedAt+longestTimer+3*n.w.longestHold()
	if v := n.w.cycle.Note(check.CycleNote{Who: n.name, With: with, What: what, Code: code, Sub: sub, Shape: n.outline}, late); v != nil {
		n.w.fail(v)
	}
}

// longestTimer is longer than any timer but the hold timer runs: RFC 9687's is at
// least 8 minutes.
const longestTimer = 15 * time.Minute

func (w *World) longestHold() time.Duration {
	var d time.Duration
	for _, n := range w.nodes {
		for i := range n.cfg.Neighbors {
			d = max(d, n.cfg.Neighbors[i].HoldTime)
		}
	}
	return d
}
