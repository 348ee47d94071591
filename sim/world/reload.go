package world

import (
	"fmt"
	"net/netip"
	"reflect"
	"slices"

	"github.com/peerloom/peerloom/sim/check"
	"github.com/peerloom/peerloom/speaker"
)

// reload gives the speaker one of its configurations, which it may have
// already.
func (n *node) reload(version int) {
	n.version = version % len(n.configs)
	n.pending = n.down || n.paused
	if n.pending {
		return // it reads it when it goes on
	}
	n.step(speaker.Input{Kind: speaker.InReload, Config: n.asStarted(n.configs[n.version])})
}

// reloaded lets the oracles follow: models of neighbors that stay learn their
// configured routes, and others come and go. It is called with the speaker on
// the new configuration and none of its actions carried out.
func (n *node) reloaded(c *speaker.Config) {
	old := n.sessions
	c = n.withCreated(c)
	n.cfg, n.sessions = c, nil
	from := make([]int, len(c.Neighbors))
	var again []int
	for i := range c.Neighbors {
		nb := &c.Neighbors[i]
		n.settle(nb)
		k := slices.IndexFunc(old, func(s *watched) bool { return samePeer(s.cfg, nb) })
		from[i] = k
		if k < 0 {
			n.sessions = append(n.sessions, newWatched(n.w, n, i))
			continue
		}
		s := old[k]
		if !sameButRoutes(s.cfg, nb) {
			if s.limited {
				again = append(again, i)
			}
			s.lose()
		}
		n.sessions = append(n.sessions, s)
		s.index = i
		if s.created {
			continue // it is left alone
		}
		s.held = heldBack(nb, s)
		s.cfg = nb
		s.moves++
		s.pace.Set()
		s.model.Reconfigure(outConfig(nb), s.configured())
	}
	n.conns.Configure(n.now(), connsNeighbors(c), from)
	for _, i := range again {
		n.conns.Start(n.now(), i)
	}
	if err := n.listen(); err != nil {
		panic("world: reload: " + err.Error())
	}
}

// withCreated is a configuration with the neighbors behind its own that commands
// created and that it does not name.
func (n *node) withCreated(c *speaker.Config) *speaker.Config {
	own := *c
	own.Neighbors = slices.Clone(c.Neighbors)
	for _, s := range n.sessions {
		named := slices.ContainsFunc(c.Neighbors, func(nb speaker.Neighbor) bool { return samePeer(s.cfg, &nb) })
		if named {
			s.created = false
		} else if s.created {
			own.Neighbors = append(own.Neighbors, *s.cfg)
		}
	}
	return &own
}

// samePeer reports whether two neighbors have one name: what a name is made of.
func samePeer(a, b *speaker.Neighbor) bool {
	return a.PeerAddress == b.PeerAddress && a.LocalAddress == b.LocalAddress && a.LocalAS == b.LocalAS && a.PeerAS == b.PeerAS &&
		a.RouterID == b.RouterID && (!a.Caps.MultiSession && !b.Caps.MultiSession || reflect.DeepEqual(a.Families, b.Families))
}

// sameButRoutes reports whether a session may go on over the change.
func sameButRoutes(a, b *speaker.Neighbor) bool {
	x, y := *a, *b
	x.Routes, y.Routes, x.API, y.API, x.Description, y.Description = nil, nil, nil, nil, "", ""
	x.RateLimit, y.RateLimit = 0, 0
	return reflect.DeepEqual(x, y)
}

func outConfig(nb *speaker.Neighbor) check.OutConfig {
	return check.OutConfig{Group: nb.GroupUpdates, ManualEOR: nb.ManualEOR}
}

// settle gives the node the address at which a neighbor knows it.
func (n *node) settle(nb *speaker.Neighbor) {
	if !nb.LocalAddress.IsValid() {
		return
	}
	n.w.host(nb.LocalAddress)
	if !slices.Contains(n.homes, nb.LocalAddress) {
		n.homes = append(n.homes, nb.LocalAddress)
	}
	if !n.local.IsValid() {
		n.local = nb.LocalAddress
	}
}

// lives reports whether an address is one of the node's, or was: a neighbor that is
// deleted leaves the host its address.
func (n *node) lives(a netip.Addr) bool { return slices.Contains(n.homes, a) }

// addresses are where the speaker listens.
func (n *node) addresses() []netip.AddrPort {
	list := n.sp.Listen()
	for i, at := range list {
		if at.Addr().IsUnspecified() {
			list[i] = netip.AddrPortFrom(n.local, at.Port())
		}
	}
	return list
}

// listen opens the ports that the configuration asks for and closes others.
func (n *node) listen() error {
	want := n.addresses()
	for _, h := range n.w.hosts {
		for _, l := range slices.Clone(h.listeners) {
			if l.who == endpoint(n) && !slices.Contains(want, netip.AddrPortFrom(h.addr, l.port)) {
				h.unlisten(l)
			}
		}
	}
	for _, at := range want {
		if n.w.host(at.Addr()).listens(at.Port()) == endpoint(n) {
			continue
		}
		if err := n.w.listen(at, n); err != nil {
			return fmt.Errorf("speaker %s: %w", n.name, err)
		}
	}
	return nil
}

// wanted reports whether the session can come up: a speaker at the other end
// has it in its configuration too.
func (s *watched) wanted() bool {
	if s.limited {
		return false
	}
	there := false
	for _, n := range s.w.nodes {
		if n == s.node || !n.lives(s.cfg.PeerAddress) {
			continue
		}
		there = true
		if !n.exited && slices.ContainsFunc(n.sessions, func(x *watched) bool { return !x.limited && s.node.lives(x.cfg.PeerAddress) }) {
			return true
		}
	}
	return !there
}

// neighborNamed is the neighbor of that address, or whose session is with the
// program of that name; nil: there is none.
func (n *node) neighborNamed(with string) *watched {
	for _, s := range n.sessions {
		if l := n.link(s.conn); s.cfg.PeerAddress.String() == with || l != nil && l.remote == with {
			return s
		}
	}
	return nil
}

// configured reports whether a speaker that has not exited has the peer as a
// neighbor, and lets it in.
func (w *World) configured(p *peer) bool {
	return slices.ContainsFunc(w.nodes, func(n *node) bool {
		return !n.exited && slices.ContainsFunc(n.sessions, func(s *watched) bool { return !s.limited && p.meets(s) })
	})
}

// meets reports whether the neighbor is the peer. Peers may share an address: they
// are told apart by what they dial.
func (p *peer) meets(s *watched) bool {
	local := s.cfg.LocalAddress
	if s.cfg.PeerAddress != p.Address || p.Dial.IsValid() {
		return s.cfg.PeerAddress == p.Address && (!local.IsValid() || p.Dial.Addr() == local)
	}
	return !slices.ContainsFunc(p.w.peers, func(x *peer) bool { return x.Address == p.Address && x.Dial.IsValid() && x.Dial.Addr() == local })
}
