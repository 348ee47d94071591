package speaker

import (
	"net/netip"
	"slices"
	"time"

	"github.com/peerloom/peerloom/codec"
)

// A neighbor that is a range stands for every peer of it that connects. Each of
// these is a neighbor of its own, a member, from its connection to the end of that.
// A member begins with the routes that the range has by then: commands that
// select the range change what those to come begin with.

// maxMembers bounds the members of one range: whoever has its addresses could
// else make neighbors without end.
const maxMembers = 1024

// Peers is the peer's address, or the range of peers' addresses.
func (n *Neighbor) Peers() string {
	if n.Range.IsValid() {
		return n.Range.String()
	}
	return n.PeerAddress.String()
}

// member is the neighbor that a peer of the range n is.
func (n *Neighbor) member(a netip.Addr) *Neighbor {
	m := *n
	m.PeerAddress, m.Range = a, netip.Prefix{}
	m.Name = m.identity()
	return &m
}

// join makes a peer of the range t a neighbor; nil: the range has too many.
func (s *Speaker) join(now time.Time, t *peer, a netip.Addr, out []Action) (*peer, []Action) {
	members := 0
	for _, p := range s.peers {
		if p.of == t.cfg.Name {
			members++
		}
	}
	if members >= maxMembers {
		return nil, s.log(t, LevelWarn, out, "connection from %v refused: the range has %d neighbors, which is the most", a, members)
	}
	p := s.newPeer(t.cfg.member(a))
	p.of, p.out, p.held = t.cfg.Name, t.out.Clone(), slices.Clone(t.held)
	s.peers = append(s.peers, p)
	return p, s.startPeer(now, p, out)
}

// leave forgets members that have no connection, unless routes are kept for them
// to come back to.
func (s *Speaker) leave(now time.Time, out []Action) []Action {
	for i := 0; i < len(s.peers); i++ {
		p := s.peers[i]
		if p.of == "" || p.connected() || len(p.kept.families) > 0 {
			continue
		}
		p.gone = true
		out = s.stopPeer(now, p, codec.Notification{}, out)
		s.peers = slices.Delete(s.peers, i, i+1)
		i--
	}
	return out
}

// rejoin applies the present configuration to a member; false: its range is no
// more.
func (s *Speaker) rejoin(now time.Time, p *peer, out []Action) (bool, []Action) {
	for _, t := range s.peers {
		if t.cfg.Name != p.of {
			continue
		}
		s.peers = append(s.peers, p)
		of := p.of
		out = s.reconfigure(now, p, t.cfg.member(p.cfg.PeerAddress), out)
		p.of = of
		return true, out
	}
	return false, out
}
