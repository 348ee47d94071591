package world

import (
	"net/netip"

	"github.com/peerloom/peerloom/netsim"
)

// endpoint is a program that has connections.
type endpoint interface {
	title() string
	handleNet(e netsim.Event)
}

// host is one address of the network. Several programs may share it, as they
// do where a speaker and its peer both live on 127.0.0.1: who dialed or listens
// gets the connection.
type host struct {
	w         *World
	addr      netip.Addr
	listeners []listener
	conns     map[netsim.Conn]endpoint
}

type listener struct {
	port uint16
	who  endpoint
}

func (w *World) host(a netip.Addr) *host {
	for _, h := range w.hosts {
		if h.addr == a {
			return h
		}
	}
	h := &host{w: w, addr: a, conns: map[netsim.Conn]endpoint{}}
	w.hosts = append(w.hosts, h)
	w.net.AddHost(a, h)
	return h
}

// HandleNet hands an event to the program that it is for.
func (h *host) HandleNet(e netsim.Event) {
	if e.Kind == netsim.Accepted {
		if who := h.listens(e.Local.Port()); who != nil {
			h.conns[e.Conn] = who
		}
	}
	who := h.conns[e.Conn]
	if who == nil {
		return
	}
	if e.Kind == netsim.Failed || e.Kind == netsim.Broken {
		delete(h.conns, e.Conn)
	}
	who.handleNet(e)
}

func (h *host) listens(port uint16) endpoint {
	for _, l := range h.listeners {
		if l.port == port {
			return l.who
		}
	}
	return nil
}

func (w *World) listen(at netip.AddrPort, who endpoint) error {
	h := w.host(at.Addr())
	if err := w.net.Listen(at); err != nil {
		return err
	}
	h.listeners = append(h.listeners, listener{at.Port(), who})
	return nil
}

func (w *World) dial(local, remote netip.AddrPort, who endpoint) (netsim.Conn, error) {
	h := w.host(local.Addr())
	c, err := w.net.Dial(local, remote)
	if err == nil {
		h.conns[c] = who
	}
	return c, err
}

// at names the program at the other end of a connection: who listens at
// remote, or, for an accepted connection, who dialed it.
func (w *World) at(c netsim.Conn, remote netip.AddrPort) string {
	for _, h := range w.hosts {
		if h.addr != remote.Addr() {
			continue
		}
		if who := h.conns[c.Peer()]; who != nil {
			return who.title()
		}
		if who := h.listens(remote.Port()); who != nil {
			return who.title()
		}
	}
	return remote.String()
}

// forget drops a connection from the table of its host.
func (w *World) forget(c netsim.Conn) {
	for _, h := range w.hosts {
		delete(h.conns, c)
	}
}
