package world

import (
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/fsm"
	"github.com/peerloom/peerloom/netsim"
	"github.com/peerloom/peerloom/sim"
	"github.com/peerloom/peerloom/sim/check"
	"github.com/peerloom/peerloom/speaker"
)

// Kinds of loop events of a node.
const (
	nodeStart sim.Kind = iota + 1 // A: how often it was started before
	nodeTimer                     // B: generation
	nodePull                      // A: ConnID
	nodeHeld                      // the next event of the network that came while the program stood still
)

// node drives one speaker, as speaker/live does with real sockets.
type node struct {
	w     *World
	owner sim.Owner
	name  string
	cfg   *speaker.Config
	sp    *speaker.Speaker
	local netip.Addr   // of neighbors without a local address
	homes []netip.Addr // all addresses that it has had
	clock wallClock

	configs []*speaker.Config // what it reads on reloads, in turns
	version int               // index of the present one
	pending bool              // to be read when it goes on
	first   *speaker.Config   // before all of journal
	journal []speaker.Input   // what a restart with its state begins with

	links     []*link
	apis      []*api
	clients   speaker.ClientID // the last one's number
	sessions  []*watched       // by neighbor
	index     int              // in World.nodes
	conns     *check.Conns
	machines  []*machine // of the speaker's state machines, as they were made
	advanced  *machine   // whose timers were served last, and when
	servedAt  time.Time
	upAt      time.Duration // when a session came up last
	batchAt   time.Duration // when a batch came last, and whose
	batchOf   speaker.ClientID
	decoder   codec.Decoder
	outline   uint64 // of its state after the last step
	wasSet    bool   // its clock was, at some time
	inbox     []speaker.Input
	acts      []speaker.Action
	busy      bool
	behind    bool // a timer was due and not heard before the present input
	exited    bool
	starts    uint64         // how often it was started again
	down      bool           // crashed or killed
	paused    bool           // stands still
	held      []netsim.Event // of the network, while paused
	late      []sim.Event    // of the loop, while paused
	ghosts    []speaker.ConnID
	armed     time.Time
	timer     uint64
	read, buf []byte           // scratch
	ending    []speaker.ConnID // sessions that the present batch ends
	grew      []int            // of each session: how many commands of a batch made its queue longer

	events     []fsm.Event         // about messages, of the present input
	told       []codec.MessageType // of whose sending its machines were told, by the present input
	tableIn    []check.InRoute     // scratch
	tableAttrs []check.InAttr      // backs its attributes
}

func (w *World) addNode(s Speaker) error {
	n := &node{w: w, name: s.Name, cfg: s.Config, first: s.Config, configs: append([]*speaker.Config{s.Config}, s.Reload...), index: len(w.nodes)}
	sp, err := n.newSpeaker(s.Config)
	if err != nil {
		return fmt.Errorf("speaker %s: %w", s.Name, err)
	}
	for i := range s.Config.Neighbors {
		if r := s.Config.Neighbors[i].Range; r.IsValid() {
			return fmt.Errorf("speaker %s: neighbor %v is a range: write a neighbor for each peer", s.Name, r)
		}
	}
	n.sp = sp
	n.owner = w.loop.Register(s.Name, n)
	n.watch()
	if !n.local.IsValid() {
		return fmt.Errorf("speaker %s: no neighbor has a local-address: give one", s.Name)
	}
	if err := n.listen(); err != nil {
		return err
	}
	w.nodes = append(w.nodes, n)
	return nil
}

// newSpeaker is a speaker whose state machines are watched.
func (n *node) newSpeaker(c *speaker.Config) (*speaker.Speaker, error) {
	watched := n.asStarted(c)
	watched.Observe = n.watchMachine
	n.machines, n.advanced = nil, nil
	n.conns = connsOf(n.cfg)
	return speaker.New(*watched, n.jitter)
}

// asStarted is the configuration as the program reads it: one that was started
// again cannot know whether peers still have its routes (RFC 4724 §3).
func (n *node) asStarted(c *speaker.Config) *speaker.Config {
	read := *c
	read.Restarted = n.starts > 0
	return &read
}

func (n *node) jitter(k int) int { return n.w.src.Choose(LabelTimer, k) }

// watch begins with new models for the sessions of the configuration.
func (n *node) watch() {
	n.sessions = nil
	for i := range n.cfg.Neighbors {
		n.settle(&n.cfg.Neighbors[i])
		n.sessions = append(n.sessions, newWatched(n.w, n, i))
	}
}

func (n *node) title() string { return n.name }

// Handle runs one event of the loop.
func (n *node) Handle(e sim.Event) {
	if n.down || n.standsStill(e) {
		return
	}
	switch e.Kind {
	case nodeStart:
		if e.A == n.starts {
			n.step(speaker.Input{Kind: speaker.InStart})
		}
	case nodeTimer:
		if e.B == n.timer {
			n.armed = time.Time{}
			n.busy, n.behind, n.told = true, false, n.told[:0]
			n.acts = n.sp.Advance(n.now(), n.acts[:0])
			n.perform(n.acts, nil)
			n.judgePatience()
			n.busy = false
			n.drain()
		}
	case nodePull:
		if l := n.link(speaker.ConnID(e.A)); l != nil {
			l.posted = false
			n.pull(l)
		}
	case nodeHeld:
		n.next()
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
	case nodeHeld:
		return "hears what came meanwhile"
	default:
		return fmt.Sprintf("may write to connection %d", e.A)
	}
}

// step gives the speaker one input. What its actions cause at once, such as
// bytes being taken by TCP, is given to it next, in order.
func (n *node) step(in speaker.Input) {
	if n.down {
		return // nobody is there
	}
	n.inbox = append(n.inbox, in)
	n.drain()
}

func (n *node) drain() {
	if n.busy || n.exited {
		return
	}
	n.busy = true
	for i := 0; i < len(n.inbox) && !n.exited; i++ {
		in := &n.inbox[i] // stays what it is when more is appended
		n.behind, n.events, n.told = n.overdue(), n.events[:0], n.told[:0]
		n.acts = n.sp.Step(n.now(), *in, n.acts[:0])
		if n.w.journals {
			n.record(in)
		}
		n.perform(n.acts, in)
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
	n.observeTaken(in)
	n.observeActions(actions, in)
	var from *link // what was read came on it
	if in != nil && in.Kind == speaker.InReceived {
		from = n.link(in.Conn)
		if from != nil {
			n.observeEvents(from, actions)
		}
	}
	n.observeControl(actions, in)
	n.act(actions)
	if from != nil {
		n.answered(from)
		if l := n.link(in.Conn); l != nil && l.late != nil {
			l.wire.Received(l.late)
		}
	}
	n.compareTables()
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
				n.observeReply(c, a.Reply)
				c.reply(a.Reply)
			}
		case speaker.ActEvent:
			if c := n.api(a.Client); c != nil {
				c.tell(a.Event)
				c.child.Event(n.now(), a.Event)
			}
		case speaker.ActLog:
			n.w.log(n, a)
		case speaker.ActReload:
			n.inbox = append(n.inbox, speaker.Input{Kind: speaker.InReload, Config: n.asStarted(n.configs[n.version])})
		case speaker.ActExit:
			n.exited = true
			for _, s := range n.sessions {
				s.lose() // nobody comes back to it
			}
			n.w.leave(n, nil, false) // its connections end when TCP has what they say
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
		n.w.loop.Post(sim.Event{At: n.clock.when(d), Owner: n.owner, Kind: nodeTimer, B: n.timer})
	}
}

// disarm forgets the timer that is scheduled.
func (n *node) disarm() {
	n.armed = time.Time{}
	n.timer++
}

// rearm schedules the timer anew: the clock has changed.
func (n *node) rearm() {
	n.disarm()
	if !n.down {
		n.arm()
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
	n.bury(l.id)
	n.links = slices.DeleteFunc(n.links, func(x *link) bool { return x == l })
}
