package netsim

import "net/netip"

// cross joins a dial to one that is under way from its target, between the
// same two addresses and ports: one connection comes of both, and both ends
// have dialed it (RFC 9293 §3.5). A zero port of local crosses nothing.
func (n *Network) cross(local, remote netip.AddrPort) (Conn, bool) {
	for _, cn := range n.conns {
		a, b := &cn.ends[0], &cn.ends[1]
		if a.local != remote || b.local != local || a.state != dialing || b.state != gone || b.host < 0 || cn.crossed {
			continue
		}
		cn.crossed, b.state = true, dialing
		c := Conn(2*cn.number + 1)
		n.loop.PostAfter(n.opts.DialTimeout, n.owner, kindTimeout, uint64(c), 0)
		n.send(cn, c, segment{kind: segSYN})
		return c, true
	}
	return 0, false
}

// meet lets a SYN of the direction from, to that waits for a dial of the other
// direction travel now, together with that dial's own. It reports whether there
// was one.
func (n *Network) meet(from, to int) bool {
	met := false
	for _, cn := range n.conns {
		if !cn.meeting || cn.ends[0].host != from || cn.ends[1].host != to {
			continue
		}
		cn.meeting, met = false, true
		s := &cn.ends[0].out
		if len(s.segments) == 0 {
			continue
		}
		delay := n.link(from, to).Delay
		s.segments[0].at = min(s.segments[0].at, n.loop.Elapsed()+delay)
		// The delivery that is pending for later will find nothing due.
		n.loop.PostAfter(delay, n.owner, kindDeliver, uint64(2*cn.number), 0)
	}
	return met
}

// FlipNext changes a bit, which the Source chooses, of the next bytes that
// leave end c.
func (n *Network) FlipNext(c Conn) {
	if _, e := n.opened(c); e != nil {
		e.out.flip = true
	}
}

// Flipped reports whether what arrives from end c is not what was written. It
// is false again once nobody knows the connection.
func (n *Network) Flipped(c Conn) bool {
	_, e := n.end(c)
	return e != nil && e.out.flipped
}
