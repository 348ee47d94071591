package explore

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/peerloom/peerloom/sim"
	"github.com/peerloom/peerloom/speaker"
)

// Pair is what the runs of two speakers that are each other's neighbor have in
// common: their connections collide (RFC 4271 §6.8).
type Pair struct {
	Names   [2]string // for people
	Configs [2]speaker.Config
	// Dials is how many dials of each speaker are answered: with 2, four
	// connections. What is dialled after that hangs.
	Dials int
	// Resets is how often a connection may break, or a dial fail, by itself.
	Resets int
	// Timers is how often a speaker with a connection may wait so long that its
	// next timer expires. One without any waits as long as it must.
	Timers int
}

// maxDials bounds Pair.Dials.
const maxDials = 8

// pair is a state of a Pair.
type pair struct {
	*Pair
	speakers       [2]*speaker.Speaker
	now            [2]time.Time // each end's clock: it goes on only when a timer expires there
	started        [2]bool
	dials          [2]int // answered, or yet to be
	links          []link // in order of their dials
	resets, timers int    // that may still come
}

// NewPair makes the state before the first move: neither speaker is started. The
// error says what cannot be explored and why.
func NewPair(p Pair) (sim.Node, error) {
	n := &pair{Pair: &p, resets: p.Resets, timers: p.Timers}
	for i := range p.Configs {
		if len(p.Configs[i].Neighbors) != 1 {
			return nil, fmt.Errorf("%s: has %d neighbors: one is explored, the other speaker", p.Names[i], len(p.Configs[i].Neighbors))
		}
		a, b := &p.Configs[i].Neighbors[0], &p.Configs[1-i].Neighbors
		if len(*b) == 1 && (a.PeerAddress != (*b)[0].LocalAddress || a.PeerAS != 0 && a.PeerAS != (*b)[0].LocalAS) {
			return nil, fmt.Errorf("%s: its neighbor %v of AS %d is not %s", p.Names[i], a.PeerAddress, a.PeerAS, p.Names[1-i])
		}
		s, err := speaker.New(p.Configs[i], nil)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.Names[i], err)
		}
		n.speakers[i], n.now[i] = s, epoch()
	}
	switch left, right := p.neighbor(0), p.neighbor(1); {
	case p.Dials < 1 || p.Dials > maxDials:
		return nil, fmt.Errorf("dials: %d of each speaker: 1 to %d are explored", p.Dials, maxDials)
	case left.Passive && right.Passive:
		return nil, errors.New("both speakers are passive: nobody dials")
	case left.RouterID == right.RouterID && left.LocalAS == right.LocalAS:
		return nil, errors.New("the speakers have one identifier and AS: each refuses the other (RFC 6286 §2.2)")
	}
	return n, nil
}

// Connections is how many connections there may be.
func (p *Pair) Connections() int {
	sum := 0
	for e := range p.Configs {
		if !p.neighbor(e).Passive {
			sum += p.Dials
		}
	}
	return sum
}

func (p *Pair) neighbor(e int) *speaker.Neighbor { return &p.Configs[e].Neighbors[0] }

// higher is the end whose connections survive: that with the higher BGP
// Identifier, between equal ones the higher AS number (RFC 4271 §6.8, RFC 6286
// §2.3). It is written apart from fsm, which it judges.
func (p *Pair) higher() int {
	a, b := p.neighbor(0), p.neighbor(1)
	if a.RouterID.Less(b.RouterID) || a.RouterID == b.RouterID && a.LocalAS < b.LocalAS {
		return 1
	}
	return 0
}

func (n *pair) clone() *pair {
	c := *n
	c.links = slices.Clone(n.links)
	for i := range c.links {
		c.links[i] = c.links[i].clone()
	}
	for i, s := range n.speakers {
		c.speakers[i] = s.Clone()
	}
	return &c
}

// AppendState appends what decides the future. Clocks are left out, since all
// that hangs on them is relative. Connection numbers count only: which of the
// speaker's two state machines has which connection is told by their places.
func (n *pair) AppendState(b []byte) []byte {
	for _, v := range []int{n.resets, n.timers, len(n.links)} {
		b = binary.AppendUvarint(b, uint64(v))
	}
	for i := range n.links {
		l := &n.links[i]
		b = append(b, byte(l.dialer))
		b = l.appendState(b)
	}
	for e, s := range n.speakers {
		b = append(b, flag(n.started[e]))
		for _, conn := range s.Conns(0) {
			b = append(b, byte(n.find(e, conn)+1))
		}
		b = s.AppendState(b, n.now[e])
	}
	return b
}

// find is the place of the connection that an end knows by a number; -1: none.
func (n *pair) find(e int, conn speaker.ConnID) int {
	return slices.IndexFunc(n.links, func(l link) bool { return conn != 0 && l.ends[e].conn == conn })
}

// name is a connection in words.
func (n *pair) name(i int) string {
	l := &n.links[i]
	return fmt.Sprintf("%s's connection %d", n.Names[l.dialer], l.nth+1)
}

// address is one end of a connection; only the dialer's port tells it apart.
func (n *pair) address(l *link, e int) netip.AddrPort {
	port := uint16(179)
	if e == l.dialer {
		port = uint16(40000 + l.nth)
	}
	return netip.AddrPortFrom(n.neighbor(e).LocalAddress, port)
}
