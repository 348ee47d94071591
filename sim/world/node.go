package world

import (
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/peerloom/peerloom/netsim"
	"github.com/peerloom/peerloom/sim"
	"github.com/peerloom/peerloom/speaker"
)

// Kinds of loop events of a node.
const (
	nodeStart sim.Kind = iota + 1
	nodeTimer          // B: generation
	nodePull           // A: ConnID
)

// node drives one speaker, as speaker/live does with real sockets.
type node struct {
	w     *World
	owner sim.Owner
	name  string
	cfg   *speaker.Config
	sp    *speaker.Speaker
	local netip.Addr // of neighbors without a local address

	links     []*link
	apis      []*api
	sessions  []*watched // by neighbor
	inbox     []speaker.Input
	acts      []speaker.Action
	busy      bool
	exited    bool
	armed     time.Time
	timer     uint64
	read, buf []byte // scratch
}

func (w *World) addNode(s Speaker) error {
	n := &node{w: w, name: s.Name, cfg: s.Config}
	sp, err := speaker.New(*s.Config, func(k int) int { return w.src.Choose(LabelTimer, k) })
	if err != nil {
		return fmt.Errorf("speaker %s: %w", s.Name, err)
	}
	n.sp = sp
	n.owner = w.loop.Register(s.Name, n)
	for i := range s.Config.Neighbors {
		nb := &s.Config.Neighbors[i]
		if nb.LocalAddress.IsValid() {
			w.host(nb.LocalAddress)
			if !n.local.IsValid() {
				n.local = nb.LocalAddress
			}
		}
		n.sessions = append(n.sessions, newWatched(w, n, i))
	}
	if !n.local.IsValid() {
		return fmt.Errorf("speaker %s: no neighbor has a local-address: give one", s.Name)
	}
	for _, at := range sp.Listen() {
		if at.Addr().IsUnspecified() {
			at = netip.AddrPortFrom(n.local, at.Port())
		}
		if err := w.listen(at, n); err != nil {
			return fmt.Errorf("speaker %s: %w", s.Name, err)
		}
	}
	w.nodes = append(w.nodes, n)
	return nil
}

func (n *node) title() string { return n.name }

// Handle runs one event of the loop.
func (n *node) Handle(e sim.Event) {
	switch e.Kind {
	case nodeStart:
		n.step(speaker.Input{Kind: speaker.InStart})
	case nodeTimer:
		if e.B == n.timer {
			n.armed = time.Time{}
			n.busy = true
			n.acts = n.sp.Advance(n.w.now(), n.acts[:0])
			n.perform(n.acts, nil)
			n.busy = false
			n.drain()
		}
	case nodePull:
		if l := n.link(speaker.ConnID(e.A)); l != nil {
			l.posted = false
			n.pull(l)
		}
	}
}

// Describe puts an event of the loop into words.
func (n *node) Describe(e sim.Event) string {
	switch e.Kind {
	case nodeStart:
		return "starts"
	case nodeTimer:
		if e.B != n.timer {
			return "timer (stale)"
		}
		return "timer"
	default:
		return fmt.Sprintf("may write to connection %d", e.A)
	}
}

// step gives the speaker one input. What its actions cause at once, such as
// bytes being taken by TCP, is given to it next, in order.
func (n *node) step(in speaker.Input) {
	n.inbox = append(n.inbox, in)
	n.drain()
}

func (n *node) drain() {
	if n.busy || n.exited {
		return
	}
	n.busy = true
	for len(n.inbox) > 0 && !n.exited {
		in := n.inbox[0]
		n.inbox = n.inbox[1:]
		n.acts = n.sp.Step(n.w.now(), in, n.acts[:0])
		n.perform(n.acts, &in)
	}
	n.inbox = n.inbox[:0]
	n.busy = false
	for _, a := range n.apis {
		a.flush()
	}
	n.arm()
}

// perform tells the oracles what happened, and then does what the speaker asks
// for. The oracles know before any byte leaves.
func (n *node) perform(actions []speaker.Action, in *speaker.Input) {
	n.observe(in)
	n.act(actions)
	if in != nil && in.Kind == speaker.InReceived {
		if l := n.link(in.Conn); l != nil && l.late != nil {
			l.wire.Received(l.late)
		}
	}
}

func (n *node) act(actions []speaker.Action) {
	for i := range actions {
		a := &actions[i]
		switch a.Kind {
		case speaker.ActDial:
			n.dial(a)
		case speaker.ActSend:
			if l := n.link(a.Conn); l != nil {
				n.send(l, a.Data)
			}
		case speaker.ActPull:
			if l := n.link(a.Conn); l != nil {
				l.pulling = true
				n.later(l)
			}
		case speaker.ActClose:
			if l := n.link(a.Conn); l != nil {
				l.closing, l.pulling = true, false
				n.finish(l)
			}
		case speaker.ActReply:
			if c := n.api(a.Client); c != nil {
				c.child.Reply(a.Reply)
			}
		case speaker.ActEvent:
			if c := n.api(a.Client); c != nil {
				c.child.Event(n.w.now(), a.Event)
			}
		case speaker.ActLog:
			n.w.log(n, a)
		case speaker.ActExit:
			n.exited = true
		}
	}
}

// arm schedules the speaker's next timer.
func (n *node) arm() {
	d := n.sp.Deadline()
	if d.Equal(n.armed) || n.exited {
		return
	}
	n.armed = d
	n.timer++
	if !d.IsZero() {
		n.w.loop.PostAt(d, n.owner, nodeTimer, 0, n.timer)
	}
}

func (n *node) api(id speaker.ClientID) *api {
	for _, a := range n.apis {
		if a.id == id {
			return a
		}
	}
	return nil
}

func (n *node) link(id speaker.ConnID) *link {
	for _, l := range n.links {
		if l.id == id {
			return l
		}
	}
	return nil
}

func (n *node) linkOf(c netsim.Conn) *link {
	for _, l := range n.links {
		if l.nc == c {
			return l
		}
	}
	return nil
}

func (n *node) drop(l *link) {
	n.w.forget(l.nc)
	n.links = slices.DeleteFunc(n.links, func(x *link) bool { return x == l })
}
