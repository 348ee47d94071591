package speaker

import (
	"iter"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/rib"
)

// showRoutes answers `show adj-rib in|out` with the tables as the commands
// before it in the batch leave them.
func (b *batch) showRoutes(c *Command, peers []int) Reply {
	r := &RoutesReply{Show: c.Show}
	for _, i := range peers {
		p := b.s.peers[i]
		if !c.Show.shows(p) || p.cfg.Range.IsValid() {
			continue
		}
		var routes iter.Seq[rib.Route]
		if c.Kind == CmdShowIn {
			routes = p.in.Routes(c.Show.family())
		} else {
			o := p.out
			if len(b.ops[i]) > 0 {
				o = o.Clone()
				o.Apply(b.ops[i])
			}
			routes = o.Want(c.Show.family())
		}
		for x := range routes {
			if c.Show.Families != nil && !c.Show.Families.Has(x.NLRI.Family) {
				continue
			}
			r.Routes = append(r.Routes, PeerRoute{
				Peer: p.cfg.PeerAddress, Name: p.cfg.Name,
				Route: Route{NLRI: x.NLRI, Attrs: x.Attrs.Attrs},
			})
		}
	}
	return Reply{OK: true, Value: r}
}

// family is the one that is asked for; 0: any.
func (s *Show) family() codec.Family {
	if len(s.Families) == 1 {
		return s.Families[0]
	}
	return 0
}

// shows reports whether the command asks for p.
func (s *Show) shows(p *peer) bool {
	return !s.Address.IsValid() || s.Address == p.cfg.PeerAddress
}

// showNeighbor answers `show neighbor`.
func (b *batch) showNeighbor(c *Command, peers []int) Reply {
	r := &NeighborsReply{Show: c.Show}
	for _, i := range peers {
		p := b.s.peers[i]
		if !c.Show.shows(p) {
			continue
		}
		n := NeighborStatus{Neighbor: p.cfg, State: p.state().String(), Sent: p.traffic.messages(Sent), Received: p.traffic.messages(Received)}
		if p.up != nil {
			n.Uptime = b.now.Sub(p.since)
		}
		r.Neighbors = append(r.Neighbors, n)
	}
	return Reply{OK: true, Value: r}
}
