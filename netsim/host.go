package netsim

import "net/netip"

// Crash takes the power from a host: its connections and listeners are gone
// without a word, and what arrives is swallowed. Peers have half-open
// connections. What had left it is still on its way.
func (n *Network) Crash(addr netip.Addr) {
	n.ends(addr, func(cn *conn, e *end) {
		e.unread, e.state = nil, gone
		n.sweep(cn)
	})
	h := n.host(addr)
	h.down, h.paused, h.held, h.listening = true, false, nil, nil
}

// Kill ends a host's program: its kernel closes the listeners and connections,
// with FIN or, where bytes are unread, RST. The host gets no events of them.
func (n *Network) Kill(addr netip.Addr) {
	n.ends(addr, func(cn *conn, e *end) {
		if e.state == accepting {
			n.Reset(cn.name(e))
		} else {
			n.Close(cn.name(e))
		}
	})
	h := n.host(addr)
	h.paused, h.held, h.listening = false, nil, nil
}

// Start gives a host that crashed or whose program was killed a program again.
// It listens to nothing yet. It answers bytes of connections from before with
// RST; those that were swallowed while it was down, their senders repeat now.
func (n *Network) Start(addr netip.Addr, h Handler) {
	at := n.host(addr)
	repeat := at.down
	at.down, at.handler = false, h
	if !repeat {
		return
	}
	i := n.index(addr)
	for _, cn := range append([]*conn(nil), n.conns...) {
		for k := range cn.ends {
			if e, far := &cn.ends[k], &cn.ends[k^1]; e.host == i && e.state == gone && far.state == open && far.out.used > 0 {
				n.sendRST(cn, cn.name(e))
			}
		}
	}
}

// Pause makes a host's program stand still. Its kernel goes on: connections
// are accepted and bytes taken until windows are full.
func (n *Network) Pause(addr netip.Addr) { n.host(addr).paused = true }

// Resume ends Pause; the events of the meantime happen now, in order, the
// latest of a kind for each connection.
func (n *Network) Resume(addr netip.Addr) {
	i := n.index(addr)
	if n.hosts[i].paused {
		n.loop.PostAfter(0, n.owner, kindResume, uint64(i), 0)
	}
}

// flushHeld hands a host what was kept for it while it was paused.
func (n *Network) flushHeld(i int) {
	h := &n.hosts[i]
	h.paused = false
	for len(h.held) > 0 && !h.paused {
		e := h.held[0]
		h.held = h.held[1:]
		if e.Kind == Readable || e.Kind == Ended {
			e.N = n.Unread(e.Conn)
		}
		h.handler.HandleNet(e)
	}
}

// ends calls f for the ends that a host knows, in order of their numbers.
func (n *Network) ends(addr netip.Addr, f func(cn *conn, e *end)) {
	at := n.index(addr)
	for _, cn := range append([]*conn(nil), n.conns...) {
		for i := range cn.ends {
			if e := &cn.ends[i]; e.host == at && e.state != gone {
				f(cn, e)
			}
		}
	}
}
