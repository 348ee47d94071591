package netsim

import (
	"net/netip"
	"time"

	"github.com/peerloom/peerloom/sim"
)

// Labels of the questions that a Network asks.
const (
	LabelConnect sim.Label = "connect/fate"  // 0 normal, 1 refused, 2 hangs, 3 slow
	LabelSlow    sim.Label = "connect/slow"  // how slow, in sixteenths of the dial timeout
	LabelSplit   sim.Label = "segment/split" // whether a write is cut
	LabelCut     sim.Label = "segment/cut"   // how: 0 in single bytes, else into two at that byte
	LabelJitter  sim.Label = "delay/jitter"  // 0 … 7 eighths of Link.Jitter
	LabelFlip    sim.Label = "flip/whether"
	LabelFlipBit sim.Label = "flip/bit"
	LabelShort   sim.Label = "short/whether"
	LabelShortBy sim.Label = "short/by"
	LabelReset   sim.Label = "reset/cut"
	LabelHold    sim.Label = "coalesce/whether"
	LabelHoldFor sim.Label = "coalesce/for" // in eighths of HoldFor
)

// Faults are what goes wrong by itself, each as a probability. The zero value
// is a network that works; its questions are never asked.
type Faults struct {
	Refuse sim.Ratio // a dial is refused
	Hang   sim.Ratio // a dial gets no answer
	Slow   sim.Ratio // a dial's SYN takes up to the dial timeout
	Meet   sim.Ratio // a dial's SYN waits for a dial of the other end: both are open at once
	Split  sim.Ratio // a write is cut, and the parts travel by themselves
	Hold   sim.Ratio // a write waits on the way, and those behind it arrive with it
	Flip   sim.Ratio // a bit of a write changes on the way
	Short  sim.Ratio // a write takes less than the window would allow
	Cut    sim.Ratio // a reset loses what was still in flight before it
}

// HoldFor is how long a write may wait for the next: Nagle's algorithm against
// a delayed acknowledgement, which RFC 1122 §4.2.3.2 allows 500 ms.
const HoldFor = 500 * time.Millisecond

// SetFaults sets what goes wrong from now on.
func (n *Network) SetFaults(f Faults) { n.faults = f }

// sendSYN begins a dial, with the fate that the Source chooses.
// One that answers a dial of the other end which waited for it waits no more.
func (n *Network) sendSYN(c Conn, answers bool) {
	cn := n.conn(c)
	src := n.loop.Source()
	switch {
	case n.faults.Refuse.Draw(src, LabelConnect):
		n.send(cn, c.Peer(), segment{kind: segRST})
	case n.faults.Hang.Draw(src, LabelConnect):
	case n.faults.Slow.Draw(src, LabelConnect):
		n.send(cn, c, segment{kind: segSYN, at: n.opts.DialTimeout / 16 * time.Duration(1+src.Choose(LabelSlow, 16))})
	case !answers && n.faults.Meet.Draw(src, LabelConnect):
		cn.meeting = true
		n.send(cn, c, segment{kind: segSYN, at: n.opts.DialTimeout / 16})
	default:
		n.send(cn, c, segment{kind: segSYN})
	}
}

// sendRST sends RST from c behind, or instead of, what is in flight.
func (n *Network) sendRST(cn *conn, c Conn) {
	s := &cn.ends[c&1].out
	if len(s.wire) > 0 && n.faults.Cut.Draw(n.loop.Source(), LabelReset) {
		kept := s.segments[:0]
		for _, seg := range s.segments {
			if seg.kind != segData {
				kept = append(kept, seg)
			}
		}
		s.segments, s.wire = kept, nil
	}
	s.fin = true
	n.send(cn, c, segment{kind: segRST})
}

// sendData puts bytes in flight, cut and delayed as the Source chooses.
func (n *Network) sendData(cn *conn, c Conn, p []byte) {
	e := &cn.ends[c&1]
	s := &e.out
	s.used += len(p)
	s.wire = append(s.wire, p...)
	src := n.loop.Source()
	if s.flip || n.faults.Flip.Draw(src, LabelFlip) {
		s.flip, s.flipped = false, true
		bit := src.Choose(LabelFlipBit, 8*len(p))
		s.wire[len(s.wire)-len(p)+bit/8] ^= 0x80 >> (bit % 8)
	}
	jitter := n.link(e.host, cn.ends[c&1^1].host).Jitter
	var held time.Duration
	if n.faults.Hold.Draw(src, LabelHold) {
		held = HoldFor / 8 * time.Duration(1+src.Choose(LabelHoldFor, 8))
	}
	for len(p) > 0 {
		k := len(p)
		if k > 1 && n.faults.Split.Draw(src, LabelSplit) {
			k = src.Choose(LabelCut, k)
			if k == 0 {
				k = 1
			}
		}
		n.send(cn, c, segment{kind: segData, n: k, at: held + n.loop.Latency(LabelJitter, jitter, uint64(c))})
		p = p[k:]
	}
}

// Block stops everything from one host to another until Unblock: nothing is
// lost, it waits. The other direction goes on.
func (n *Network) Block(from, to netip.Addr) { n.setBlocked(n.index(from), n.index(to), true) }

// Unblock ends Block; what waited arrives one link delay from now.
func (n *Network) Unblock(from, to netip.Addr) { n.setBlocked(n.index(from), n.index(to), false) }

// Partition blocks both directions between two hosts.
func (n *Network) Partition(a, b netip.Addr) {
	n.Block(a, b)
	n.Block(b, a)
}

// Isolate blocks a host from all others, both ways.
func (n *Network) Isolate(addr netip.Addr) {
	for i := range n.hosts {
		if n.hosts[i].addr != addr {
			n.Partition(addr, n.hosts[i].addr)
		}
	}
}

// Heal ends every Block, Stall and Faults. Hosts that are down or paused stay so.
func (n *Network) Heal() {
	n.faults = Faults{}
	for from := range n.hosts {
		for to := range n.hosts {
			n.setBlocked(from, to, false)
		}
	}
	for _, cn := range n.conns {
		for c := Conn(2 * cn.number); c <= Conn(2*cn.number+1); c++ {
			n.Stall(c, false)
		}
	}
}

func (n *Network) setBlocked(from, to int, blocked bool) {
	l := n.link(from, to)
	if l.blocked == blocked {
		return
	}
	l.blocked = blocked
	n.links[[2]int{from, to}] = l
	if blocked {
		return
	}
	for _, cn := range n.conns {
		for i := range cn.ends {
			if cn.ends[i].host == from && cn.ends[i^1].host == to {
				n.release(cn, Conn(2*cn.number)+Conn(i))
			}
		}
	}
}

// Stall stops, or lets go on, what leaves end c.
func (n *Network) Stall(c Conn, on bool) {
	cn, e := n.end(c)
	if e == nil || e.out.stalled == on {
		return
	}
	e.out.stalled = on
	if !on {
		n.release(cn, c)
	}
}
