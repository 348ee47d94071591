package speaker

import (
	"net/netip"
	"time"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/fsm"
	"github.com/peerloom/peerloom/rib"
)

// session is one state machine and the connection that it has, if any.
type session struct {
	peer          *peer
	fsm           *fsm.Session
	conn          ConnID // 0: none
	incoming      bool
	met           bool // TCP came up on this connection
	tried         bool // a connection was made or tried since the last Idle
	local, remote netip.AddrPort
	framer        codec.Framer
	why           string // what TCP said when it ended

	// Offsets into the connection's bytes: what was sent, what TCP has taken,
	// and the ends of messages in between.
	queued, taken uint64
	marks         []mark
	wired         rib.Ticket // all up to here has been taken by TCP
}

// mark is the end of one message that TCP has not taken whole yet.
type mark struct {
	end    uint64
	kind   codec.MessageType
	ticket rib.Ticket
}

// open makes c the session of connection conn.
func (s *Speaker) open(c *session, conn ConnID) {
	c.conn, c.met, c.tried, c.why = conn, false, true, ""
	c.framer, c.queued, c.taken, c.marks, c.wired = codec.Framer{}, 0, 0, nil, 0
	s.conns[conn] = c
}

// shut takes its connection from c.
func (s *Speaker) shut(c *session) {
	delete(s.conns, c.conn)
	c.conn, c.marks, c.framer = 0, nil, codec.Framer{}
}

// step gives an event to a session's state machine and does what it asks for.
func (s *Speaker) step(now time.Time, c *session, in fsm.Input, out []Action) []Action {
	before := c.fsm.State()
	// The scratch slice is handed over: what an action leads to may step again.
	steps := c.fsm.Step(now, in, s.steps[:0])
	s.steps = nil
	out = s.do(now, c, before, steps, out)
	s.steps = steps[:0]
	return out
}

// do carries out a state machine's actions, in order.
func (s *Speaker) do(now time.Time, c *session, before fsm.State, steps []fsm.Action, out []Action) []Action {
	for i := range steps {
		a := &steps[i]
		switch a.Kind {
		case fsm.ActDial:
			out = s.dial(c, out)
		case fsm.ActClose:
			out = s.closeConn(c, out)
		case fsm.ActSendOpen:
			b, err := codec.AppendOpen(s.arena, a.Open)
			if err != nil {
				panic("speaker: our own OPEN: " + err.Error())
			}
			out = s.send(now, c, b, out)
		case fsm.ActSendKeepalive:
			out = s.send(now, c, codec.AppendKeepalive(s.arena), out)
		case fsm.ActSendNotification:
			out = s.log(c.peer, LevelWarn, out, "sent NOTIFICATION %v", a.Notification)
			out = s.send(now, c, codec.AppendNotification(s.arena, a.Notification), out)
		case fsm.ActEstablished:
			out = s.tellFSM(c, before, out)
			before = c.fsm.State()
			out = s.established(now, c, out)
		case fsm.ActDown:
			out = s.down(now, c, a.Reason, out)
		}
	}
	out = s.tellFSM(c, before, out)
	return s.ended(now, c, out)
}

// dial asks the driver for a connection to the peer.
func (s *Speaker) dial(c *session, out []Action) []Action {
	n := c.peer.cfg
	port := n.Connect
	if port == 0 {
		port = 179
	}
	s.open(c, s.newConn())
	c.incoming = false // it may have waited for the peer's connection before
	a := Action{Kind: ActDial, Conn: c.conn, Peer: n.PeerAddress.String(), Remote: netip.AddrPortFrom(n.PeerAddress, port), Socket: &n.Socket}
	if n.LocalAddress.IsValid() {
		a.Local = netip.AddrPortFrom(n.LocalAddress, 0)
	}
	return append(out, a)
}

// send appends the message that was appended to the arena.
func (s *Speaker) send(now time.Time, c *session, arena []byte, out []Action) []Action {
	msg := arena[len(s.arena):]
	s.arena = arena
	if c.conn == 0 {
		return out
	}
	out = append(out, Action{Kind: ActSend, Conn: c.conn, Data: msg})
	return s.count(now, c, msg, out)
}

// count notes a message that goes out: for the Send Hold Timer, syncs, events.
func (s *Speaker) count(now time.Time, c *session, msg []byte, out []Action) []Action {
	if c.queued == c.taken {
		c.fsm.Pending(now, true)
	}
	c.queued += uint64(len(msg))
	m := mark{end: c.queued, kind: codec.TypeOf(msg)}
	if c == c.peer.up {
		m.ticket = c.peer.out.Done()
	}
	c.marks = append(c.marks, m)
	c.peer.traffic.count(Sent, msg)
	return s.tellMessage(c, msg, true, out)
}

func (s *Speaker) closeConn(c *session, out []Action) []Action {
	if c.conn == 0 {
		return out
	}
	out = append(out, Action{Kind: ActClose, Conn: c.conn})
	s.shut(c)
	return out
}

// ended removes a second session that came to its end, counts the attempts of
// a peer, and lets the primary machine start again.
func (s *Speaker) ended(now time.Time, c *session, out []Action) []Action {
	p := c.peer
	if c.conn == 0 && p.up != nil && p.up != c && !c.fsm.Deadline().IsZero() {
		// A collision was lost by the network: the session that is up needs no
		// second one. ended starts the machine again when that is over.
		return s.step(now, c, fsm.Input{Event: fsm.ManualStop}, out)
	}
	if c.fsm.State() != fsm.Idle || c.conn != 0 {
		return out
	}
	tried := c.tried
	c.met, c.tried = false, false
	if p.sessions[secondary] == c {
		p.sessions[secondary] = nil
		if !p.gone && !p.limited && p.up == nil && p.sessions[primary].conn == 0 && p.sessions[primary].fsm.State() == fsm.Idle {
			out = s.attempt(p, tried, out)
			if !p.gone {
				out = s.step(now, p.sessions[primary], fsm.Input{Event: p.restart()}, out)
			}
		}
		return out
	}
	return s.attempt(p, tried, out)
}

// attempt counts one connection session that ended; a peer that has had its
// number is given up.
func (s *Speaker) attempt(p *peer, tried bool, out []Action) []Action {
	if !tried || s.config.Sessions == 0 || p.gone || p.connected() {
		return out
	}
	p.attempts++
	if p.attempts < s.config.Sessions {
		return out
	}
	p.gone = true
	p.sessions[primary] = &session{peer: p, fsm: fsm.New(p.fsm)}
	return s.log(p, LevelInfo, out, "given up after %d sessions", p.attempts)
}

func (p *peer) restart() fsm.Event {
	if p.cfg.Passive {
		return fsm.AutomaticStartPassive
	}
	return fsm.AutomaticStart
}

// connected: the TCP connection that c dialled, or that the peer opened, is up.
func (s *Speaker) connected(now time.Time, c *session, in *Input, ev fsm.Event, out []Action) []Action {
	c.met, c.local, c.remote = true, in.Local, in.Remote
	out = s.tellState(c.peer, "connected", "", out)
	return s.step(now, c, fsm.Input{Event: ev}, out)
}

// lost: the TCP connection failed, or could not be made, or the peer closed it.
func (s *Speaker) lost(now time.Time, c *session, why string, out []Action) []Action {
	c.why = why
	s.shut(c)
	return s.step(now, c, fsm.Input{Event: fsm.TCPConnectionFails}, out)
}

// written: TCP has taken n more bytes.
func (s *Speaker) written(now time.Time, c *session, n int, out []Action) []Action {
	c.taken = min(c.taken+uint64(max(n, 0)), c.queued)
	done := 0
	for _, m := range c.marks {
		if m.end > c.taken {
			break
		}
		c.fsm.Sent(now, m.kind)
		c.wired = max(c.wired, m.ticket)
		done++
	}
	c.marks = append(c.marks[:0], c.marks[done:]...)
	c.fsm.Pending(now, c.taken < c.queued)
	if c.peer.up == c {
		s.timed(now, c.peer)
	}
	return out
}

// has reports whether TCP has taken all up to a place in the queue.
func (c *session) has(t rib.Ticket) bool {
	return c.wired >= t || c.peer.out.Done() >= t && len(c.marks) == 0
}

// Ready reports whether Pull has a message for conn now.
func (s *Speaker) Ready(conn ConnID) bool {
	c := s.conns[conn]
	return c != nil && c.peer.up == c && c.peer.out.Ready()
}

// Pull appends the next bulk message of conn to buf, which must have room for
// MaxExtendedLen bytes; nil when there is none now, or none that may leave yet (an
// ActPull will say when there is again).
func (s *Speaker) Pull(now time.Time, conn ConnID, buf []byte, out []Action) (msg []byte, _ []Action) {
	s.begin()
	c := s.conns[conn]
	if c == nil || c.peer.up != c {
		return nil, out
	}
	p := c.peer
	if p.paced(now) {
		p.pulling = false
		return nil, s.answer(out)
	}
	start := len(buf)
	buf, info, ok := p.out.Pull(buf)
	for _, n := range info.TooLong {
		out = s.log(p, LevelError, out, "%v does not fit into a message of %d bytes: withdrawn", n, c.fsm.Negotiated().Send.Max())
	}
	if !ok {
		p.pulling = false
		s.timed(now, p)
		return nil, s.answer(out)
	}
	p.left(now)
	return buf[start:], s.count(now, c, buf[start:], out)
}
