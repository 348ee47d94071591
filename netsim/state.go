package netsim

import (
	"encoding/binary"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/peerloom/peerloom/sim"
)

// Dump lists listeners and connection ends as netstat does, one a line:
// end, addresses, state, bytes in flight to the peer, unread, and room to write.
func (n *Network) Dump() string {
	var b strings.Builder
	for i := range n.hosts {
		for _, at := range n.hosts[i].listening {
			fmt.Fprintf(&b, "%v listening\n", at)
		}
	}
	for _, cn := range n.conns {
		for i := range cn.ends {
			e, peer := &cn.ends[i], &cn.ends[i^1]
			fmt.Fprintf(&b, "%v %v > %v %s wire=%d unread=%d room=%d\n", cn.name(e), e.local, peer.local,
				stateNames[e.state], len(e.out.wire), len(e.unread), e.out.window-e.out.used)
		}
	}
	return b.String()
}

// AppendState appends a canonical encoding of hosts, links and connections,
// with times relative to now and without the numbers of connections: two
// networks with equal encodings behave alike, but for the pending events of
// the loop that are no deliveries (dial timers and what is posted at this instant).
func (n *Network) AppendState(b []byte) []byte {
	for i := range n.hosts {
		h := &n.hosts[i]
		b = append(b, flag(h.down), flag(h.paused), byte(len(h.listening)), byte(len(h.held)))
		for _, at := range h.listening {
			b = binary.BigEndian.AppendUint16(b, at.Port())
		}
		for _, e := range h.held {
			b = binary.AppendUvarint(append(b, byte(e.Kind)), uint64(n.place(e.Conn)))
		}
		for j := range n.hosts {
			b = append(b, flag(n.link(i, j).blocked))
		}
	}
	for _, cn := range n.conns {
		b = append(b, flag(cn.crossed), flag(cn.meeting))
		for i := range cn.ends {
			b = n.appendEnd(b, &cn.ends[i])
		}
	}
	return b
}

func (n *Network) appendEnd(b []byte, e *end) []byte {
	s := &e.out
	b = append(b, byte(e.host), byte(e.state), flag(e.ended), flag(s.short), flag(s.fin), flag(s.stalled), flag(s.flip))
	b = binary.BigEndian.AppendUint16(b, e.local.Port())
	b = binary.AppendUvarint(b, uint64(s.used))
	b = binary.AppendUvarint(b, uint64(len(s.segments)))
	for _, seg := range s.segments {
		b = append(b, byte(seg.kind))
		b = binary.AppendUvarint(b, uint64(seg.n))
		b = binary.AppendVarint(b, int64(seg.at-n.loop.Elapsed()))
	}
	b = append(binary.AppendUvarint(b, uint64(len(s.wire))), s.wire...)
	return append(binary.AppendUvarint(b, uint64(len(e.unread))), e.unread...)
}

// place is the position of c's end among those that live.
func (n *Network) place(c Conn) int { return 2*n.find(c) + int(c&1) }

func flag(v bool) byte {
	if v {
		return 1
	}
	return 0
}

// Clone is an independent copy on loop, which must be a clone of the
// network's own loop. The hosts' handlers are those of n until SetHandler
// replaces them.
func (n *Network) Clone(loop *sim.Loop) *Network {
	c := *n
	c.loop = loop
	c.hosts = slices.Clone(n.hosts)
	c.dials = maps.Clone(n.dials)
	for i := range c.hosts {
		c.hosts[i].listening = slices.Clone(c.hosts[i].listening)
		c.hosts[i].held = slices.Clone(c.hosts[i].held)
	}
	c.links = make(map[[2]int]link, len(n.links))
	for from := range n.hosts {
		for to := range n.hosts {
			if l, ok := n.links[[2]int{from, to}]; ok {
				c.links[[2]int{from, to}] = l
			}
		}
	}
	c.conns = make([]*conn, len(n.conns))
	for i, cn := range n.conns {
		copied := *cn
		for j := range copied.ends {
			e := &copied.ends[j]
			e.unread = slices.Clone(e.unread)
			e.out.wire = slices.Clone(e.out.wire)
			e.out.segments = slices.Clone(e.out.segments)
		}
		c.conns[i] = &copied
	}
	c.byAddr = make(map[netip.Addr]int, len(c.hosts))
	for i := range c.hosts {
		c.byAddr[c.hosts[i].addr] = i
	}
	loop.Rebind(n.owner, &c)
	return &c
}
