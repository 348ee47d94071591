package explore

import (
	"fmt"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/sim"
	"github.com/peerloom/peerloom/speaker"
)

// pairMove is what may happen next: its kind, at which end, on which connection.
type pairMove struct {
	kind pairKind
	end  int
	link int
}

type pairKind uint8

const (
	startSpeaker pairKind = iota
	hear                  // the end hears that the connection is up
	vanish                // the dial was called off before it came to the other end
	read                  // the end reads the next message, or the connection's end
	lose                  // the end reads RST: unread messages are gone
	wake                  // the end, which has no connection, waits for its next timer
	expire                // the end's next timer expires
	breakLink             // the end loses the connection, or its dial fails
)

// pairKinds says how each kind of move is told: the connection, then the end.
var pairKinds = [...]string{
	startSpeaker: "%[2]s starts",
	hear:         "%[1]s is up at %[2]s",
	vanish:       "%[1]s never comes to %[2]s",
	read:         "%[2]s receives on %[1]s: ",
	lose:         "%[1]s is reset at %[2]s, which has not read all",
	wake:         "%[2]s waits for its next timer",
	expire:       "a timer of %[2]s expires",
	breakLink:    "%[1]s breaks at %[2]s",
}

// moves lists what may happen next; the faults, which have a budget, are last.
func (n *pair) moves(out []pairMove) []pairMove {
	for e := range n.speakers {
		if !n.started[e] {
			out = append(out, pairMove{startSpeaker, e, -1})
		}
	}
	for i := range n.links {
		for e := range n.speakers {
			out = n.linkMoves(out, i, e)
		}
	}
	for e := range n.speakers {
		if n.idle(e) {
			out = append(out, pairMove{wake, e, -1})
		}
	}
	return n.faults(out)
}

// linkMoves: what comes to an end on a connection. The dialer's TCP may say that
// the connection is up before or after the other end's.
func (n *pair) linkMoves(out []pairMove, i, e int) []pairMove {
	l := &n.links[i]
	s := &l.to[e]
	switch {
	case l.hangs || l.ends[e].phase == over || !n.started[1-l.dialer]:
	case l.ends[e].phase == waits:
		out = append(out, pairMove{hear, e, i})
		if e != l.dialer && s.closed && len(s.messages) == 0 {
			out = append(out, pairMove{vanish, e, i})
		}
	case len(s.messages) > 0 && s.reset:
		out = append(out, pairMove{read, e, i}, pairMove{lose, e, i})
	case len(s.messages) > 0 || s.closed:
		out = append(out, pairMove{read, e, i})
	}
	return out
}

// idle reports whether an end has nothing but a timer to wait for.
func (n *pair) idle(e int) bool {
	for i := range n.links {
		l := &n.links[i]
		if l.ends[e].phase == up || l.ends[e].phase == waits && l.dialer == e {
			return false
		}
	}
	return n.started[e] && !n.speakers[e].Deadline().IsZero()
}

func (n *pair) faults(out []pairMove) []pairMove {
	if n.resets > 0 {
		for i := range n.links {
			l := &n.links[i]
			for e := range n.speakers {
				if p := l.ends[e].phase; !l.hangs && (p == up || p == waits && e == l.dialer) {
					out = append(out, pairMove{breakLink, e, i})
				}
			}
		}
	}
	for e := range n.speakers {
		if n.timers > 0 && n.started[e] && !n.idle(e) && !n.speakers[e].Deadline().IsZero() {
			out = append(out, pairMove{expire, e, -1})
		}
	}
	return out
}

// Moves is how many events may come next.
func (n *pair) Moves() int {
	var room [32]pairMove
	return len(n.moves(room[:0]))
}

// Apply answers the state after an event, or what a speaker did wrong.
func (n *pair) Apply(i int) (sim.Node, error) {
	var room [32]pairMove
	m := n.moves(room[:0])[i]
	c := n.clone()
	if err := c.do(m); err != nil {
		return nil, err
	}
	if err := c.judge(); err != nil {
		return nil, err
	}
	return c, nil
}

// Describe puts an event into words.
func (n *pair) Describe(i int) string {
	var room [32]pairMove
	m := n.moves(room[:0])[i]
	conn := ""
	if m.link >= 0 {
		conn = n.name(m.link)
	}
	text := fmt.Sprintf(pairKinds[m.kind], conn, n.Names[m.end])
	if m.kind != read {
		return text
	}
	if s := &n.links[m.link].to[m.end]; len(s.messages) > 0 {
		return text + codec.Describe(s.messages[0], nil)
	}
	return text + "the end of the connection"
}

// do makes a move.
func (n *pair) do(m pairMove) error {
	e := m.end
	switch m.kind {
	case startSpeaker:
		n.started[e] = true
		return n.input(e, speaker.Input{Kind: speaker.InStart})
	case expire, wake:
		if m.kind == expire {
			n.timers--
		}
		n.now[e] = n.speakers[e].Deadline()
		return n.carryOut(e, n.speakers[e].Advance(n.now[e], nil))
	}
	l := &n.links[m.link]
	switch m.kind {
	case hear:
		return n.hear(l, e)
	case vanish:
		l.end(e)
		return nil
	case breakLink:
		n.resets--
	case lose:
	default:
		if s := &l.to[e]; len(s.messages) > 0 {
			msg := s.messages[0]
			s.messages = s.messages[1:]
			l.ends[e].received.note(msg)
			return n.input(e, speaker.Input{Kind: speaker.InReceived, Conn: l.ends[e].conn, Data: msg})
		}
	}
	return n.lost(l, e)
}

// hear tells an end that a connection is up.
func (n *pair) hear(l *link, e int) error {
	end := &l.ends[e]
	end.phase = up
	in := speaker.Input{Kind: speaker.InDialed, Conn: end.conn, Local: n.address(l, e), Remote: n.address(l, 1-e)}
	if e != l.dialer {
		end.conn = n.speakers[e].NextConn()
		in.Kind, in.Conn = speaker.InAccepted, end.conn
	}
	return n.input(e, in)
}

// lost tells an end that its connection is over, or its dial has failed; then the
// other end never hears of it.
func (n *pair) lost(l *link, e int) error {
	in := speaker.Input{Kind: speaker.InClosed, Conn: l.ends[e].conn, Text: "closed"}
	if l.ends[e].phase == waits {
		in.Kind = speaker.InDialFailed
	}
	l.end(e)
	return n.input(e, in)
}

func (n *pair) input(e int, in speaker.Input) error {
	return n.carryOut(e, n.speakers[e].Step(n.now[e], in, nil))
}
