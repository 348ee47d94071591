package netsim

import (
	"fmt"
	"slices"
	"strings"
)

// send puts a segment behind what is in flight from c. It arrives no earlier
// than what was sent before it.
func (n *Network) send(cn *conn, c Conn, s segment) {
	e, peer := &cn.ends[c&1], &cn.ends[c&1^1]
	l := n.link(e.host, peer.host)
	s.at += n.loop.Elapsed() + l.Delay
	out := &e.out
	if k := len(out.segments); k > 0 {
		last := &out.segments[k-1]
		s.at = max(s.at, last.at)
		if s.kind == segCredit && last.kind == segCredit && last.at == s.at {
			last.n += s.n
			return
		}
	}
	out.segments = append(out.segments, s)
	n.arm(cn, c)
}

// arm posts the delivery of the first segment in flight from c.
func (n *Network) arm(cn *conn, c Conn) {
	s := &cn.ends[c&1].out
	if s.posted || len(s.segments) == 0 {
		return
	}
	s.posted = true
	n.loop.PostAfter(s.segments[0].at-n.loop.Elapsed(), n.owner, kindDeliver, uint64(c), 0)
}

// isHeld reports whether nothing moves from c to its peer now.
func (n *Network) isHeld(cn *conn, c Conn) bool {
	e, peer := &cn.ends[c&1], &cn.ends[c&1^1]
	return e.out.stalled || n.link(e.host, peer.host).blocked
}

// release lets move again what was held, one link delay from now.
func (n *Network) release(cn *conn, c Conn) {
	s := &cn.ends[c&1].out
	if s.posted || len(s.segments) == 0 || n.isHeld(cn, c) {
		return
	}
	e, peer := &cn.ends[c&1], &cn.ends[c&1^1]
	s.segments[0].at = max(s.segments[0].at, n.loop.Elapsed()+n.link(e.host, peer.host).Delay)
	n.arm(cn, c)
}

// deliver lets everything arrive from c that is due. Bytes that arrive together
// are readable together.
func (n *Network) deliver(c Conn) {
	cn, e := n.end(c)
	if e == nil {
		return
	}
	e.out.posted = false
	if n.isHeld(cn, c) {
		return // release posts it again
	}
	for len(e.out.segments) > 0 && e.out.segments[0].at <= n.loop.Elapsed() {
		s := e.out.segments[0]
		k := 1 // segments that arrive as one
		for ; s.kind == segData && k < len(e.out.segments) && e.out.segments[k].kind == segData && e.out.segments[k].at <= n.loop.Elapsed(); k++ {
			s.n += e.out.segments[k].n
		}
		e.out.segments = slices.Delete(e.out.segments, 0, k)
		n.arrive(cn, c, s)
	}
	n.arm(cn, c)
	n.sweep(cn)
}

// arrive lets one segment from c arrive at its peer.
func (n *Network) arrive(cn *conn, c Conn, s segment) {
	e, to := &cn.ends[c&1], &cn.ends[c&1^1]
	var data []byte
	if s.kind == segData {
		data = e.out.wire[:s.n]
		e.out.wire = behind(e.out.wire, s.n) // data is good until the next write
		n.note(c, data)
	}
	if n.hosts[to.host].down {
		return
	}
	arrivals[s.kind](n, cn, c, to, s.n, data)
}

// note puts bytes that are about to arrive into the trace.
func (n *Network) note(c Conn, data []byte) {
	tr := n.loop.Trace()
	if !tr.Verbose() {
		tr.Note(n.loop.Elapsed(), data, nil)
		return
	}
	tr.Note(n.loop.Elapsed(), data, func() string {
		const shown = 32
		more := ""
		if len(data) > shown {
			more = "…"
		}
		return fmt.Sprintf("net: %v gets %d bytes %x%s", c.Peer(), len(data), data[:min(len(data), shown)], more)
	})
}

// arrival is what a segment from c does at its peer's end, to.
type arrival func(n *Network, cn *conn, c Conn, to *end, k int, data []byte)

var arrivals = [...]arrival{
	segData: func(n *Network, cn *conn, c Conn, to *end, _ int, data []byte) {
		if to.state != open {
			n.sendRST(cn, c.Peer())
			return
		}
		to.unread = append(to.unread, data...)
		n.emit(to.host, Event{Kind: Readable, Conn: c.Peer(), N: len(to.unread)})
	},
	segCredit: func(n *Network, _ *conn, c Conn, to *end, k int, _ []byte) {
		to.out.used -= k
		n.notify(c.Peer(), Writable)
	},
	segSYN: func(n *Network, cn *conn, c Conn, to *end, _ int, _ []byte) {
		if to.state == dialing { // simultaneous open (RFC 9293 §3.5)
			n.send(cn, c.Peer(), segment{kind: segSYNACK})
			return
		}
		if !slices.Contains(n.hosts[to.host].listening, to.local) {
			n.sendRST(cn, c.Peer())
			return
		}
		to.state = accepting
		n.send(cn, c.Peer(), segment{kind: segSYNACK})
	},
	segSYNACK: func(n *Network, cn *conn, c Conn, to *end, _ int, _ []byte) {
		if to.state != dialing {
			n.sendRST(cn, c.Peer())
			return
		}
		to.state = open
		if !cn.crossed {
			n.send(cn, c.Peer(), segment{kind: segACK})
		}
		n.emit(to.host, Event{Kind: Connected, Conn: c.Peer(), N: n.Room(c.Peer()), Local: to.local, Remote: cn.ends[c&1].local})
	},
	segACK: func(n *Network, cn *conn, c Conn, to *end, _ int, _ []byte) {
		if to.state != accepting {
			n.sendRST(cn, c.Peer())
			return
		}
		to.state = open
		n.emit(to.host, Event{Kind: Accepted, Conn: c.Peer(), N: n.Room(c.Peer()), Local: to.local, Remote: cn.ends[c&1].local})
	},
	segFIN: func(n *Network, _ *conn, c Conn, to *end, _ int, _ []byte) {
		to.ended = true
		if to.state == open {
			n.emit(to.host, Event{Kind: Ended, Conn: c.Peer(), N: len(to.unread)})
		}
	},
	segRST: func(n *Network, cn *conn, c Conn, to *end, _ int, _ []byte) {
		why := Reset
		switch to.state {
		case gone:
			return
		case dialing:
			why = Refused
		}
		n.fail(c.Peer(), why)
	},
}

// describeDelivery lists what is due from c.
func (n *Network) describeDelivery(c Conn) string {
	cn, e := n.end(c)
	if e == nil {
		return fmt.Sprintf("%v is gone", c)
	}
	if n.isHeld(cn, c) {
		return fmt.Sprintf("%v held", c)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%v > %v", c, c.Peer())
	for _, s := range e.out.segments {
		if s.at > n.loop.Elapsed() {
			break
		}
		fmt.Fprintf(&b, " %s", segmentNames[s.kind])
		if s.kind == segData || s.kind == segCredit {
			fmt.Fprintf(&b, " %d", s.n)
		}
	}
	return b.String()
}
