package world

import (
	"slices"
	"time"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/netsim"
	"github.com/peerloom/peerloom/speaker"
)

// allEnds lists both ends of every connection of a speaker.
func (w *World) allEnds() []netsim.Conn {
	var all []netsim.Conn
	for _, n := range w.nodes {
		for _, l := range n.links {
			all = append(all, l.nc, l.nc.Peer())
		}
	}
	return all
}

func ends(w *World) int { return len(w.allEnds()) }

func onEnd(f func(*World, netsim.Conn)) func(*World, int) {
	return func(w *World, i int) { f(w, w.allEnds()[i]) }
}

// lasting is a fault of a connection's end that is undone later.
type lasting func(w *World, c netsim.Conn) (undo func())

func lastingEnd(f lasting) func(*World, int) {
	return func(w *World, i int) {
		undo := f(w, w.allEnds()[i])
		w.lasts(w.faultTime(), undo)
	}
}

// endsBetween lists the ends at A of the connections between A and B; all of
// A's where B is empty.
func (w *World) endsBetween(s *Step) []netsim.Conn {
	var all []netsim.Conn
	for _, h := range w.hosts {
		for _, c := range h.order {
			if h.conns[c].title() != s.A {
				continue
			}
			if far := w.owns(c.Peer()); s.B == "" || far != nil && far.title() == s.B {
				all = append(all, c)
			}
		}
	}
	return all
}

func between(f func(*World, netsim.Conn)) func(*World, *Step) {
	return func(w *World, s *Step) {
		for _, c := range w.endsBetween(s) {
			f(w, c)
		}
	}
}

func lastingBetween(f lasting) func(*World, *Step) {
	return func(w *World, s *Step) {
		for _, c := range w.endsBetween(s) {
			w.lastsFor(s, f(w, c))
		}
	}
}

// breakConn resets a connection as something between its ends would: both learn
// of it.
func (w *World) breakConn(c netsim.Conn) {
	w.net.Reset(c)
	w.tell(netsim.Event{Kind: netsim.Broken, Conn: c, Reason: netsim.Reset})
}

// finish lets the end c see a FIN that its peer did not send, and close: the
// peer sees one behind all bytes.
func (w *World) finish(c netsim.Conn) {
	if w.net.IsOpen(c) {
		w.tell(netsim.Event{Kind: netsim.Ended, Conn: c, N: w.net.Unread(c)})
	}
}

// abandon lets the end c be gone without a word. Its peer has a half-open
// connection: what it sends is answered with RST.
func (w *World) abandon(c netsim.Conn) {
	w.net.Abandon(c)
	w.forsake(c.Peer())
	w.tell(netsim.Event{Kind: netsim.Broken, Conn: c, Reason: netsim.TimedOut})
}

// unnoticed is how long a half-open connection stays open where nothing is sent
// on it: longer than the usual hold times.
const unnoticed = 15 * time.Minute

// forsake remembers an end whose other end was abandoned: it finds out after a
// while, if it has not by then. A scripted peer, and a session with hold time 0,
// would never send on it; their kernels' keepalives do (RFC 9293 §3.8.4).
func (w *World) forsake(c netsim.Conn) {
	w.loop.PostAfter(unnoticed, w.owner, worldNotice, uint64(c), 0)
}

func (w *World) notice(c netsim.Conn) {
	if w.owns(c) != nil {
		w.breakConn(c)
	}
}

// tell hands an event to who has the connection.
func (w *World) tell(e netsim.Event) {
	for _, h := range w.hosts {
		if h.conns[e.Conn] != nil {
			h.HandleNet(e)
			return
		}
	}
}

// owns is the program that has the connection; nil: none.
func (w *World) owns(c netsim.Conn) endpoint {
	for _, h := range w.hosts {
		if who := h.conns[c]; who != nil {
			return who
		}
	}
	return nil
}

func (w *World) stall(c netsim.Conn) func() {
	w.net.Stall(c, true)
	return func() { w.net.Stall(c, false) }
}

// deafen lets the program at end c read nothing: the window fills.
func (w *World) deafen(c netsim.Conn) func() {
	for _, h := range w.hosts {
		if h.conns[c] != nil {
			h.deaf = append(h.deaf, c)
			return func() { h.hear(c) }
		}
	}
	return func() {}
}

func (w *World) flip(c netsim.Conn) { w.net.FlipNext(c) }

// flipped reports whether either direction of a connection carried other bytes
// than were written. What its ends make of that can't be judged.
func (w *World) flipped(c netsim.Conn) bool { return w.net.Flipped(c) || w.net.Flipped(c.Peer()) }

// maxGhosts is how many connections of the past a speaker's driver may mix up.
const maxGhosts = 4

// bury remembers the number of a connection that is no more.
func (n *node) bury(id speaker.ConnID) {
	if n.ghosts = append(n.ghosts, id); len(n.ghosts) > maxGhosts {
		n.ghosts = slices.Delete(n.ghosts, 0, 1)
	}
}

func ghosts(w *World) int {
	k := 0
	for _, n := range w.nodes {
		k += len(n.ghosts)
	}
	return k
}

func (w *World) haunt(i int) {
	for _, n := range w.nodes {
		if i < len(n.ghosts) {
			n.haunt(n.ghosts[i])
			return
		}
		i -= len(n.ghosts)
	}
}

func (w *World) hauntNamed(s *Step) {
	if n := w.node(s.A); n != nil {
		for _, id := range slices.Clone(n.ghosts) {
			n.haunt(id)
		}
	}
}

// haunt gives a speaker what a slow driver may still have of an old connection:
// bytes, the news that bytes were taken, and its end.
func (n *node) haunt(id speaker.ConnID) {
	old := codec.AppendNotification(codec.AppendKeepalive(nil), codec.Notification{Code: codec.CodeCease})
	n.w.loop.Trace().Note(n.w.loop.Elapsed(), old, func() string { return n.name + " gets bytes of a connection that is gone" })
	n.step(speaker.Input{Kind: speaker.InWritten, Conn: id, N: len(old)})
	n.step(speaker.Input{Kind: speaker.InReceived, Conn: id, Data: old})
	n.step(speaker.Input{Kind: speaker.InClosed, Conn: id, Text: "reset"})
}
