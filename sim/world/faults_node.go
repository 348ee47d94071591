package world

import (
	"slices"

	"github.com/peerloom/peerloom/netsim"
	"github.com/peerloom/peerloom/sim"
	"github.com/peerloom/peerloom/sim/check"
	"github.com/peerloom/peerloom/speaker"
)

func (w *World) runningNodes() []*node {
	var all []*node
	for _, n := range w.nodes {
		if n.runs() {
			all = append(all, n)
		}
	}
	return all
}

func running(w *World) int { return len(w.runningNodes()) }

// node is the speaker of that name; nil: there is none.
func (w *World) node(name string) *node {
	for _, n := range w.nodes {
		if n.name == name {
			return n
		}
	}
	return nil
}

func (n *node) runs() bool { return !n.down && !n.exited && !n.paused }

// fall ends the speaker. Its clients' pipes break.
func (n *node) fall(power bool) {
	conns := make([]netsim.Conn, len(n.links))
	for i, l := range n.links {
		conns[i] = l.nc
	}
	n.w.leave(n, conns, power)
	n.down, n.paused = true, false
	n.held, n.late = nil, nil
	n.links, n.ghosts, n.inbox = nil, nil, nil
	n.disarm()
	for _, s := range n.sessions {
		s.lose()
		s.met = false
	}
	for _, a := range n.apis {
		a.cutOff()
	}
}

// rise starts the speaker again. Its state, where it is kept, is its
// configuration and what changed it and the routes of its clients since it was
// new, in that order; without it a speaker starts from its configuration alone.
func (n *node) rise(kept bool) {
	if !n.down {
		return
	}
	w := n.w
	n.down = false
	w.back(n)
	n.starts++
	if !kept {
		n.journal, n.pending = nil, false
		n.cfg = n.configs[n.version]
		n.first = n.cfg
	}
	sp, err := n.newSpeaker(n.first)
	if err != nil {
		panic("world: a configuration that was good is not any more: " + err.Error())
	}
	n.sp = sp
	for i := range n.journal {
		in := n.journal[i]
		if in.Kind == speaker.InReload {
			in.Config = n.asStarted(in.Config)
		}
		sp.Step(n.now(), in, nil)
	}
	n.conns = connsOf(n.cfg) // of the configuration that the journal led to
	if !kept {
		n.watch()
	}
	if err := n.listen(); err != nil {
		panic("world: restart: " + err.Error())
	}
	for _, a := range n.apis {
		a.spawn()
	}
	w.loop.PostAfter(0, n.owner, nodeStart, n.starts, 0)
	if n.pending {
		n.reload(n.version)
	}
}

// lose takes the session from a model whose speaker is gone.
func (s *watched) lose() {
	s.conn, s.past, s.in, s.limited, s.pace = 0, nil, nil, false, check.Pace{}
	s.model.Down()
}

// record remembers an input that a speaker's state consists of.
func (n *node) record(in *speaker.Input) {
	switch in.Kind {
	case speaker.InClientUp, speaker.InClientDown, speaker.InReload:
		n.journal = append(n.journal, *in)
	case speaker.InBatch:
		kept := *in
		kept.Commands = slices.DeleteFunc(slices.Clone(in.Commands), func(c speaker.Command) bool { return !slices.Contains(lastingCommands[:], c.Kind) })
		n.journal = append(n.journal, kept)
	}
}

// lastingCommands are those that change what a speaker wants to announce.
var lastingCommands = [...]speaker.CommandKind{
	speaker.CmdAnnounce, speaker.CmdWithdraw, speaker.CmdClearOut, speaker.CmdWatchdog,
	speaker.CmdCreateNeighbor, speaker.CmdDeleteNeighbor, speaker.CmdGroupStart, speaker.CmdGroupEnd, speaker.CmdGroup, speaker.CmdReset,
}

func (w *World) pauseAt(i int) {
	n := w.runningNodes()[i]
	n.paused = true
	w.lasts(w.faultTime(), n.resume)
}

func (w *World) pauseNamed(s *Step) {
	if n := w.node(s.A); n != nil && !n.down {
		n.paused = true
		w.lastsFor(s, n.resume)
	}
}

// hold keeps an event of the network while the program stands still: the latest
// of a kind for each connection.
func (n *node) hold(e netsim.Event) {
	for i := range n.held {
		if n.held[i].Kind == e.Kind && n.held[i].Conn == e.Conn {
			n.held[i] = e
			return
		}
	}
	n.held = append(n.held, e)
	if !n.paused { // it comes behind what came while the program stood still
		n.w.loop.PostAfter(0, n.owner, nodeHeld, 0, 0)
	}
}

// resume lets the program go on with what came meanwhile, the network's in its
// order, and its timers, in any order among these.
func (n *node) resume() {
	if !n.paused {
		return
	}
	n.paused = false
	for range n.held {
		n.w.loop.PostAfter(0, n.owner, nodeHeld, 0, 0)
	}
	for _, e := range n.late {
		e.At = n.w.loop.Elapsed()
		n.w.loop.Post(e)
	}
	n.late = nil
	if n.pending {
		n.reload(n.version)
	}
}

// next handles the first event that was held.
func (n *node) next() {
	if len(n.held) == 0 {
		return
	}
	e := n.held[0]
	n.held = n.held[1:]
	n.netEvent(e)
}

// standsStill keeps an event of the loop for a node that is paused.
func (n *node) standsStill(e sim.Event) bool {
	if n.paused {
		n.late = append(n.late, e)
	}
	return n.paused
}

// reloadable counts the speakers whose configuration may have changed.
func reloadable(w *World) int {
	k := 0
	for _, n := range w.runningNodes() {
		if len(n.configs) > 1 {
			k++
		}
	}
	return k
}

func (w *World) reloadAt(i int) {
	for _, n := range w.runningNodes() {
		if len(n.configs) < 2 {
			continue
		}
		if i == 0 {
			n.reload(n.version + 1)
			w.lasts(w.faultTime(), func() { n.reload(0) })
			return
		}
		i--
	}
}

func (w *World) reloadNamed(s *Step) {
	if n := w.node(s.A); n != nil {
		n.reload(n.version + 1)
	}
}
