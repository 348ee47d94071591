package world

import (
	"net/netip"
	"slices"
	"time"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/netsim"
)

// way is one direction between two hosts.
type way struct{ from, to netip.Addr }

func severalHosts(w *World) int {
	if len(w.hosts) < 2 {
		return 0
	}
	return len(w.hosts)
}

func pairs(w *World) int { return len(w.hosts) * (len(w.hosts) - 1) }

func (w *World) pair(i int) way {
	a, b := i/(len(w.hosts)-1), i%(len(w.hosts)-1)
	if b >= a {
		b++
	}
	return way{w.hosts[a].addr, w.hosts[b].addr}
}

// cut stops ways, and answers how to let them go on.
func (w *World) cut(ways []way) (undo func()) {
	for _, x := range ways {
		w.net.Block(x.from, x.to)
	}
	return func() {
		for _, x := range ways {
			w.net.Unblock(x.from, x.to)
		}
	}
}

func lastingHost(f func(*World, *host) func()) func(*World, int) {
	return func(w *World, i int) {
		undo := f(w, w.hosts[i])
		w.lasts(w.faultTime(), undo)
	}
}

func lastingOf(f func(*World, *host) func()) func(*World, *Step) {
	return func(w *World, s *Step) {
		for _, h := range w.hostsOf(s.A) {
			w.lastsFor(s, f(w, h))
		}
	}
}

// isolate cuts a host off from all others.
func (w *World) isolate(h *host) func() {
	var ways []way
	for _, o := range w.hosts {
		if o != h {
			ways = append(ways, way{h.addr, o.addr}, way{o.addr, h.addr})
		}
	}
	return w.cut(ways)
}

// silence lets a host hear the others, but not be heard.
func (w *World) silence(h *host) func() {
	var ways []way
	for _, o := range w.hosts {
		if o != h {
			ways = append(ways, way{h.addr, o.addr})
		}
	}
	return w.cut(ways)
}

func (w *World) clogPair(i int) {
	undo := w.cut([]way{w.pair(i)})
	w.lasts(w.faultTime(), undo)
}

// waysBetween are those from any address of a to any of b.
func (w *World) waysBetween(a, b string) []way {
	var ways []way
	for _, x := range w.hostsOf(a) {
		for _, y := range w.hostsOf(b) {
			if x != y {
				ways = append(ways, way{x.addr, y.addr})
			}
		}
	}
	return ways
}

func (w *World) clogNamed(s *Step) { w.lastsFor(s, w.cut(w.waysBetween(s.A, s.B))) }

func (w *World) partitionNamed(s *Step) {
	w.lastsFor(s, w.cut(append(w.waysBetween(s.A, s.B), w.waysBetween(s.B, s.A)...)))
}

// divide puts each host on one of two sides, host i on the other one than the
// first that is not i, and cuts all ways between the sides.
func (w *World) divide(i int) {
	side := make([]bool, len(w.hosts))
	side[i] = true
	for k := range w.hosts {
		if len(w.hosts) > 2 && k != i && k != (i+1)%len(w.hosts) {
			side[k] = w.src.Choose(LabelFaultHow, 2) == 1
		}
	}
	var ways []way
	for a := range w.hosts {
		for b := range w.hosts {
			if side[a] != side[b] {
				ways = append(ways, way{w.hosts[a].addr, w.hosts[b].addr})
			}
		}
	}
	undo := w.cut(ways)
	w.lasts(w.faultTime(), undo)
}

// swizzle stops the ways of a host one by one, and lets them go on one by one,
// in an order of its own.
func (w *World) swizzle(i int) {
	var ways []way
	for _, o := range w.hosts {
		if h := w.hosts[i]; o != h {
			ways = append(ways, way{h.addr, o.addr}, way{o.addr, h.addr})
		}
	}
	w.swizzleWays(ways, w.faultTime())
}

func (w *World) swizzleNamed(s *Step) {
	w.swizzleWays(append(w.waysBetween(s.A, s.B), w.waysBetween(s.B, s.A)...), s.For)
	w.lastsFor(&Step{For: 2 * s.For}, func() {})
}

// swizzleWays takes one d for stopping all, and another for letting them go on.
func (w *World) swizzleWays(ways []way, d time.Duration) {
	step := d / time.Duration(max(len(ways), 1))
	again := slices.Clone(ways)
	for i := range ways {
		k := i + w.src.Choose(LabelFaultHow, len(again)-i)
		again[i], again[k] = again[k], again[i]
	}
	for i, x := range ways {
		place := slices.Index(again, x)
		open := d + step*time.Duration(place+1)
		if i == 0 {
			w.lasts(open, w.cut([]way{x}))
			continue
		}
		// What is to come is a fault too: ending it early stops the link never.
		stopped := step * time.Duration(i)
		w.lasts(stopped, func() {
			if !w.mending {
				w.lasts(open-stopped, w.cut([]way{x}))
			}
		})
	}
}

// slowness is how much longer a slow pair's latency is: a satellite, a queue.
const slowness = 600 * time.Millisecond

// slowPairs chooses which pairs of hosts are far apart for the whole run.
func (w *World) slowPairs() {
	if w.knobs.SlowPair.Num == 0 {
		return
	}
	for i, a := range w.hosts {
		for _, b := range w.hosts[i+1:] {
			if w.knobs.SlowPair.Draw(w.src, LabelSlowPair) {
				w.setDelay([]way{{a.addr, b.addr}, {b.addr, a.addr}}, slowness, roomFarApart)
			}
		}
	}
}

// roomFarApart is the least window between hosts that are far apart. A smaller
// one would let through less than a session needs: a KEEPALIVE waits for the
// message before it, and nobody can mend that.
const roomFarApart = 2 * codec.MaxLen

func (w *World) setDelay(ways []way, d time.Duration, room int) {
	w.settle = max(w.settle, time.Millisecond+4*d)
	window := w.knobs.Window
	if window > 0 {
		window = max(window, room)
	}
	for _, x := range ways {
		w.net.SetLink(x.from, x.to, netsim.Link{Delay: d, Jitter: w.knobs.Jitter, Window: window})
	}
}

// delayNamed sets the latency from A to B, for the rest of the run.
func (w *World) delayNamed(s *Step) { w.setDelay(w.waysBetween(s.A, s.B), s.For, 0) }

func listeners(w *World) int {
	k := 0
	for _, h := range w.hosts {
		k += len(h.listeners)
	}
	return k
}

func (w *World) unlistenAt(i int) {
	for _, h := range w.hosts {
		if i < len(h.listeners) {
			undo := h.unlisten(h.listeners[i])
			w.lasts(w.faultTime(), undo)
			return
		}
		i -= len(h.listeners)
	}
}

func (w *World) unlistenNamed(s *Step) {
	for _, h := range w.hosts {
		for _, l := range slices.Clone(h.listeners) {
			if l.who.title() == s.A {
				w.lastsFor(s, h.unlisten(l))
			}
		}
	}
}
