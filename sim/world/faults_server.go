package world

import (
	"net/netip"
	"slices"

	"github.com/peerloom/peerloom/netsim"
)

// server is a program that can end and be started again.
type server interface {
	endpoint
	fall(power bool)
	rise(kept bool)
	runs() bool
}

func (w *World) runningServers() []server {
	var all []server
	for _, n := range w.nodes {
		if n.runs() {
			all = append(all, n)
		}
	}
	for _, p := range w.peers {
		if p.runs() {
			all = append(all, p)
		}
	}
	return all
}

func servers(w *World) int { return len(w.runningServers()) }

// outage ends a speaker or a peer, with its power or by a signal to its program,
// and starts it later: a speaker with its state or without, which is chosen.
func outage(power bool) func(*World, int) {
	return func(w *World, i int) {
		m := w.runningServers()[i]
		kept := w.src.Choose(LabelFaultHow, 2) == 1
		m.fall(power)
		w.lasts(w.faultTime(), func() { m.rise(kept) })
	}
}

// outageNamed is that with the state kept where the step has N 1.
func outageNamed(power bool) func(*World, *Step) {
	return func(w *World, s *Step) {
		for _, m := range w.runningServers() {
			if m.title() == s.A {
				m.fall(power)
				w.lastsFor(s, func() { m.rise(s.N == 1) })
			}
		}
	}
}

// leave takes a program's connections and listeners from the network: without
// power nothing more leaves it and what comes is swallowed, so that its peers
// have half-open connections; those of a program that ends are closed by its
// kernel.
func (w *World) leave(m server, conns []netsim.Conn, power bool) {
	w.moved()
	for _, c := range conns {
		if power {
			w.net.Abandon(c)
			w.forsake(c.Peer())
		} else {
			w.net.Close(c)
		}
		w.forget(c)
	}
	for _, h := range w.hosts {
		h.listeners = slices.DeleteFunc(h.listeners, func(l listener) bool {
			if l.who == endpoint(m) {
				w.net.Unlisten(netip.AddrPortFrom(h.addr, l.port))
			}
			return l.who == endpoint(m)
		})
		if power && h.alone(m) {
			w.net.Crash(h.addr)
		}
	}
}

// back gives the hosts of a program their power again.
func (w *World) back(m server) {
	w.moved()
	for _, h := range w.hosts {
		if h.alone(m) {
			w.net.Start(h.addr, h)
		}
	}
}

// alone reports whether a program is all that lives on a host.
func (h *host) alone(m server) bool {
	t := h.tenants()
	return len(t) == 1 && t[0] == endpoint(m)
}
