package explore

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/sim"
	"github.com/peerloom/peerloom/sim/check"
	"github.com/peerloom/peerloom/speaker"
)

// node is a state of the story.
type node struct {
	story     *story
	now       time.Time
	speaker   *speaker.Speaker
	model     *check.OutModel
	clients   []progress
	refreshes int // requests that the peer may still make
	sessions  int // sessions that may still be established
	dial      speaker.ConnID
	conn      speaker.ConnID // the session's connection; 0: there is no session
	pull      bool           // the speaker said ActPull, and no Pull gave nothing since
	actions   []speaker.Action
}

// progress is how far a client is.
type progress struct {
	closed int // lines whose batch is closed
	read   int // lines that have arrived
}

// move is a kind of move and whose it is: a client, or a family to refresh.
type move struct {
	kind  moveKind
	index int
}

type moveKind uint8

const (
	arrive moveKind = iota
	closeBatch
	pull
	askRefresh
	establish
	reset
)

// moves lists what may happen next.
func (n *node) moves(out []move) []move {
	for i, c := range n.clients {
		if c.read < len(n.story.Clients[i].Lines) {
			out = append(out, move{arrive, i})
		}
		if c.read > c.closed {
			out = append(out, move{closeBatch, i})
		}
	}
	if n.conn == 0 {
		if n.sessions > 0 {
			out = append(out, move{establish, 0})
		}
		return out
	}
	if n.pull {
		out = append(out, move{pull, 0})
	}
	for i := range n.story.Neighbor.Families {
		if n.refreshes > 0 && n.story.CanRefresh() {
			out = append(out, move{askRefresh, i})
		}
	}
	// The last session stays up, so that every run ends with a view to judge.
	if n.sessions > 0 {
		out = append(out, move{reset, 0})
	}
	return out
}

func (n *node) at(i int) move {
	var room [16]move
	return n.moves(room[:0])[i]
}

// Moves is how many events may come next.
func (n *node) Moves() int {
	var room [16]move
	return len(n.moves(room[:0]))
}

// Apply answers the state after an event, or what the speaker did wrong.
func (n *node) Apply(i int) (sim.Node, error) {
	m := n.at(i)
	c := n.clone()
	if _, err := c.do(m); err != nil {
		return nil, err
	}
	if err := c.rest(); err != nil {
		return nil, err
	}
	return c, nil
}

// Describe puts an event into words.
func (n *node) Describe(i int) string {
	m := n.at(i)
	switch m.kind {
	case arrive:
		return n.story.who(m.index) + " writes: " + n.story.Clients[m.index].Lines[n.clients[m.index].read]
	case closeBatch:
		p := n.clients[m.index]
		return fmt.Sprintf("%s's batch closes (lines %d to %d)", n.story.who(m.index), p.closed+1, p.read)
	case pull:
		msg, _ := n.clone().do(m)
		return "the peer receives: " + codec.Describe(msg, &n.story.session.Options)
	case askRefresh:
		return "the peer asks for a refresh of " + n.story.Neighbor.Families[m.index].String()
	case establish:
		return "a session comes up"
	default:
		return "the session is reset"
	}
}

func (n *node) clone() *node {
	c := *n
	c.speaker, c.model = n.speaker.Clone(), n.model.Clone()
	c.clients = slices.Clone(n.clients)
	c.actions = nil
	return &c
}

// AppendState appends what decides the future. Connection numbers count only,
// and the model's session is always the same.
func (n *node) AppendState(b []byte) []byte {
	b = append(b, byte(n.refreshes), byte(n.sessions), flag(n.conn != 0), flag(n.pull))
	for _, c := range n.clients {
		b = binary.AppendUvarint(b, uint64(c.closed))
		b = binary.AppendUvarint(b, uint64(c.read))
	}
	b = n.speaker.AppendState(b, n.now)
	return n.model.AppendState(b)
}

func flag(v bool) byte {
	if v {
		return 1
	}
	return 0
}

// rest checks what holds between any two moves. Where the queue is drained the
// model must be content, whatever may come later.
func (n *node) rest() error {
	if n.conn == 0 {
		return nil
	}
	ready := n.speaker.Ready(n.conn)
	switch {
	case ready && !n.pull:
		return errors.New("the speaker has a message and did not say so (ActPull)")
	case ready:
		return nil
	case n.pull:
		// A driver pulls until there is nothing. An empty Pull changes nothing
		// but who speaks next, so when it comes is no choice.
		if msg, _ := n.speaker.Pull(n.now, n.conn, nil, nil); msg != nil {
			return fmt.Errorf("the speaker had nothing to pull, and gave %x", msg)
		}
		n.pull = false
	}
	return n.model.Quiet()
}
