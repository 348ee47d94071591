package world

import (
	"net/netip"
	"slices"

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
	order     []netsim.Conn // the keys of conns, oldest first
	deaf      []netsim.Conn // whose programs do not read now
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
			h.add(e.Conn, who)
		} else {
			// The listener went while the last ACK was on its way.
			h.w.net.Reset(e.Conn)
		}
	}
	who := h.conns[e.Conn]
	if who == nil {
		return
	}
	switch e.Kind {
	case netsim.Failed, netsim.Broken:
		h.remove(e.Conn)
	case netsim.Readable, netsim.Ended:
		if len(h.deaf) > 0 && slices.Contains(h.deaf, e.Conn) {
			return // hear comes back to it
		}
	}
	who.handleNet(e)
}

func (h *host) add(c netsim.Conn, who endpoint) {
	h.conns[c] = who
	h.order = append(h.order, c)
}

func (h *host) remove(c netsim.Conn) {
	if h.conns[c] == nil {
		return
	}
	delete(h.conns, c)
	h.order = slices.DeleteFunc(h.order, func(x netsim.Conn) bool { return x == c })
	h.deaf = slices.DeleteFunc(h.deaf, func(x netsim.Conn) bool { return x == c })
}

// hear lets the program at c read again.
func (h *host) hear(c netsim.Conn) {
	i := slices.Index(h.deaf, c)
	if i < 0 {
		return
	}
	h.deaf = slices.Delete(h.deaf, i, i+1)
	if k := h.w.net.Unread(c); k > 0 {
		h.HandleNet(netsim.Event{Kind: netsim.Readable, Conn: c, N: k})
	}
	if h.w.net.HasEnded(c) { // what a slow reader has left to read comes with it
		h.HandleNet(netsim.Event{Kind: netsim.Ended, Conn: c, N: h.w.net.Unread(c)})
	}
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

// unlisten closes a port, and answers how to open it again.
func (h *host) unlisten(l listener) (undo func()) {
	at := netip.AddrPortFrom(h.addr, l.port)
	h.w.net.Unlisten(at)
	h.listeners = slices.DeleteFunc(h.listeners, func(x listener) bool { return x == l })
	return func() {
		if h.listens(l.port) == nil && h.w.serves(l.who, at) {
			if err := h.w.listen(at, l.who); err != nil {
				panic("world: a port that nobody listens on is in use: " + err.Error())
			}
		}
	}
}

// serves reports whether a program is there and wants to listen at an address.
func (w *World) serves(who endpoint, at netip.AddrPort) bool {
	switch m := who.(type) {
	case *node:
		return !m.down && slices.Contains(m.addresses(), at)
	case *peer:
		return !m.down
	}
	return true
}

func (w *World) dial(local, remote netip.AddrPort, who endpoint) (netsim.Conn, error) {
	h := w.host(local.Addr())
	c, err := w.net.Dial(local, remote)
	if err == nil {
		h.add(c, who)
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
		h.remove(c)
	}
}

// hostsOf are the addresses at which a program lives.
func (w *World) hostsOf(name string) []*host {
	var hosts []*host
	for _, h := range w.hosts {
		for _, who := range h.tenants() {
			if who.title() == name {
				hosts = append(hosts, h)
				break
			}
		}
	}
	return hosts
}

// tenants are the programs whose address this is.
func (h *host) tenants() []endpoint {
	var all []endpoint
	for _, n := range h.w.nodes {
		if n.lives(h.addr) {
			all = append(all, n)
		}
	}
	for _, p := range h.w.peers {
		if p.Address == h.addr {
			all = append(all, p)
		}
	}
	return all
}
