package explore

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/sim/check"
	"github.com/peerloom/peerloom/speaker"
)

// do makes a move; a pull gives its message.
func (n *node) do(m move) ([]byte, error) {
	switch m.kind {
	case arrive:
		n.clients[m.index].read++
		return nil, nil
	case closeBatch:
		return nil, n.closeBatch(m.index)
	case pull:
		return n.pullOne()
	case askRefresh:
		return nil, n.askRefresh(n.story.Neighbor.Families[m.index])
	case establish:
		return nil, n.establish()
	default:
		return nil, n.reset()
	}
}

// step gives the speaker an input and notes what it says about connections.
func (n *node) step(in speaker.Input) {
	n.actions = n.speaker.Step(n.now, in, n.actions[:0])
	n.note()
}

func (n *node) note() {
	for i := range n.actions {
		switch a := &n.actions[i]; a.Kind {
		case speaker.ActDial:
			n.dial = a.Conn
		case speaker.ActPull:
			n.pull = true
		}
	}
}

// unasked is the error about an action that nothing in the last input asks for.
func (n *node) unasked(kinds ...speaker.ActionKind) error {
	for _, a := range n.actions {
		for _, k := range kinds {
			if a.Kind == k {
				return fmt.Errorf("the speaker disturbed the session: action %d, %q %x", k, a.Text, a.Data)
			}
		}
	}
	return nil
}

// closeBatch hands the lines that a client wrote since its last batch over as
// one. Each is answered at once (contract 10).
func (n *node) closeBatch(client int) error {
	p := &n.clients[client]
	commands := n.story.commands[client][p.closed:p.read]
	lines := n.story.Clients[client].Lines[p.closed:p.read]
	var batch []check.Op
	for _, ops := range n.story.ops[client][p.closed:p.read] {
		batch = append(batch, ops...)
	}
	p.closed = p.read
	n.step(speaker.Input{Kind: speaker.InBatch, Client: clientID(client), Commands: commands})
	n.model.Apply(batch)
	if err := n.unasked(speaker.ActSend, speaker.ActClose, speaker.ActDial, speaker.ActExit); err != nil {
		return err
	}
	return n.replies(client, commands, lines)
}

// replies checks that each command of a batch was answered, in order.
func (n *node) replies(client int, commands []speaker.Command, lines []string) error {
	i := 0
	for _, a := range n.actions {
		if a.Kind != speaker.ActReply {
			continue
		}
		if i == len(commands) || a.Client != clientID(client) {
			return fmt.Errorf("client %d got a reply that it did not wait for", a.Client)
		}
		// What only a session can do fails where there is none.
		k := commands[i].Kind
		ok := n.conn != 0 || k != speaker.CmdEndOfRIB && k != speaker.CmdRouteRefresh
		if a.Reply.OK != ok {
			return fmt.Errorf("client %d: reply to %q: ok is %v (%s)", a.Client, lines[i], a.Reply.OK, a.Reply.Err)
		}
		i++
	}
	if i < len(commands) {
		return fmt.Errorf("client %d: %d commands, %d replies", client+1, len(commands), i)
	}
	return nil
}

// pullOne lets one message out. TCP takes it and the peer has it at once.
func (n *node) pullOne() ([]byte, error) {
	msg, out := n.speaker.Pull(n.now, n.conn, nil, n.actions[:0])
	n.actions = out
	n.note()
	if msg == nil {
		return nil, fmt.Errorf("the speaker was ready and gave no message")
	}
	n.step(speaker.Input{Kind: speaker.InWritten, Conn: n.conn, N: len(msg)})
	return msg, n.model.Observe(msg)
}

func (n *node) askRefresh(f codec.Family) error {
	n.refreshes--
	n.step(speaker.Input{Kind: speaker.InReceived, Conn: n.conn, Data: codec.AppendRouteRefresh(nil, codec.RouteRefresh{Family: f})})
	n.model.Apply([]check.Op{{Kind: check.OpRefresh, Family: f}})
	return n.unasked(speaker.ActSend, speaker.ActClose, speaker.ActDial, speaker.ActExit)
}

// reset ends the session; the speaker dials again when its timers say so, at
// latest in establish.
func (n *node) reset() error {
	n.step(speaker.Input{Kind: speaker.InClosed, Conn: n.conn, Text: "reset by the peer"})
	n.model.Down()
	n.conn, n.pull = 0, false
	return n.unasked(speaker.ActSend, speaker.ActExit, speaker.ActPull)
}

// establish lets time pass until the speaker dials, and answers it as a peer
// that can do all that the speaker can.
func (n *node) establish() error {
	n.sessions--
	for tries := 0; n.dial == 0; tries++ {
		d := n.speaker.Deadline()
		if d.IsZero() || tries == 10 {
			return fmt.Errorf("the speaker does not dial")
		}
		n.now = d
		n.actions = n.speaker.Advance(n.now, n.actions[:0])
		n.note()
	}
	n.conn, n.dial = n.dial, 0
	n.step(speaker.Input{
		Kind: speaker.InDialed, Conn: n.conn,
		Local:  netip.AddrPortFrom(n.story.Neighbor.LocalAddress, 40000),
		Remote: netip.AddrPortFrom(n.story.Neighbor.PeerAddress, 179),
	})
	open, err := n.peerOpen()
	if err != nil {
		return err
	}
	n.taken()
	n.step(speaker.Input{Kind: speaker.InReceived, Conn: n.conn, Data: codec.AppendKeepalive(open)})
	if err := n.unasked(speaker.ActClose, speaker.ActDial, speaker.ActExit); err != nil {
		return err
	}
	n.taken()
	n.model.Up(n.story.session)
	return nil
}

// taken says that TCP took what the last step sent.
func (n *node) taken() {
	sent := 0
	for _, a := range n.actions {
		if a.Kind == speaker.ActSend {
			sent += len(a.Data)
		}
	}
	n.step(speaker.Input{Kind: speaker.InWritten, Conn: n.conn, N: sent})
}

// peerOpen mirrors the OPEN that the speaker just sent.
func (n *node) peerOpen() ([]byte, error) {
	for _, a := range n.actions {
		if a.Kind != speaker.ActSend {
			continue
		}
		open, bad := codec.DecodeOpen(a.Data)
		if bad != nil {
			return nil, bad
		}
		return n.story.mirror(open)
	}
	return nil, fmt.Errorf("the speaker sent no OPEN")
}

// mirror is the OPEN of a peer that can do all that o offers.
func (s *story) mirror(o *codec.Open) ([]byte, error) {
	o.ID = o.ID.Next()
	var caps []codec.Capability
	for _, c := range o.Caps {
		switch {
		case slices.Contains(s.Without, c.Code):
			continue
		case c.Code == codec.CapAS4:
			c = codec.AS4Cap(s.peerAS())
		}
		caps = append(caps, c)
	}
	o.Caps, o.AS = caps, codec.ASTrans
	if as := s.peerAS(); as <= 65535 {
		o.AS = uint16(as)
	}
	return codec.AppendOpen(nil, o)
}
