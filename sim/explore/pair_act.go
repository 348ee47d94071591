package explore

import (
	"fmt"
	"slices"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/sim/check"
	"github.com/peerloom/peerloom/speaker"
)

// carryOut does what a speaker asks for. TCP takes all at once: how much it took
// decides when the Send Hold Timer runs, which is another test's.
func (n *pair) carryOut(e int, actions []speaker.Action) error {
	var taken []speaker.Input
	var pull speaker.ConnID
	for i := range actions {
		a := &actions[i]
		switch a.Kind {
		case speaker.ActDial:
			n.dial(e, a.Conn)
		case speaker.ActSend:
			if err := n.send(e, a.Conn, slices.Clone(a.Data)); err != nil {
				return err
			}
			taken = append(taken, speaker.Input{Kind: speaker.InWritten, Conn: a.Conn, N: len(a.Data)})
		case speaker.ActPull:
			pull = a.Conn
		case speaker.ActClose:
			i := n.find(e, a.Conn)
			if i < 0 || n.links[i].ends[e].phase == over {
				return n.dead(e, "a close", a.Conn)
			}
			n.links[i].end(e)
		case speaker.ActExit:
			return fmt.Errorf("%s exits", n.Names[e])
		}
	}
	for _, in := range taken {
		if err := n.input(e, in); err != nil {
			return err
		}
	}
	return n.pull(e, pull)
}

// dial notes a dial; one beyond the pair's number hangs.
func (n *pair) dial(e int, conn speaker.ConnID) {
	l := link{dialer: e, nth: n.dials[e], hangs: n.dials[e] == n.Dials}
	l.ends[0].kept, l.ends[1].kept = -1, -1
	l.ends[e].conn = conn
	if !l.hangs {
		n.dials[e]++
	}
	// A dial that hung and was called off leaves no trace.
	n.links = slices.DeleteFunc(n.links, func(l link) bool { return l.hangs && l.gone() })
	n.links = append(n.links, l)
}

func (n *pair) send(e int, conn speaker.ConnID, msg []byte) error {
	i := n.find(e, conn)
	if i < 0 || !n.links[i].ends[e].live() {
		return n.dead(e, codec.Describe(msg, nil), conn)
	}
	if v := n.collision(e, i, msg); v != nil {
		return v.At(n.Names[e])
	}
	n.links[i].send(e, msg)
	return nil
}

func (n *pair) dead(e int, what string, conn speaker.ConnID) error {
	return check.NewViolation(check.DeadConn, "nothing about connections that are over", fmt.Sprintf("%s on connection %d", what, conn)).At(n.Names[e])
}

// pull takes what a session has to say at once: when it leaves is no matter of
// who survives.
func (n *pair) pull(e int, conn speaker.ConnID) error {
	for conn != 0 {
		msg, actions := n.speakers[e].Pull(n.now[e], conn, nil, nil)
		if msg == nil {
			return nil
		}
		if err := n.send(e, conn, msg); err != nil {
			return err
		}
		if err := n.carryOut(e, actions); err != nil {
			return err
		}
		if err := n.input(e, speaker.Input{Kind: speaker.InWritten, Conn: conn, N: len(msg)}); err != nil {
			return err
		}
	}
	return nil
}
