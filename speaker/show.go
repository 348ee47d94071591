package speaker

import (
	"iter"

	"github.com/peerloom/peerloom/rib"
)

// showRoutes answers `show adj-rib in|out` with the tables as the commands
// before it in the batch leave them.
func (b *batch) showRoutes(c *Command, peers []*peer) Reply {
	r := &RoutesReply{Show: c.Show}
	for i, p := range b.s.peers {
		if !selects(peers, p, &c.Show) {
			continue
		}
		var routes iter.Seq[rib.Route]
		if c.Kind == CmdShowIn {
			routes = p.in.Routes(c.Show.Family)
		} else {
			o := p.out
			if len(b.ops[i]) > 0 {
				o = o.Clone()
				o.Apply(b.ops[i])
			}
			routes = o.Want(c.Show.Family)
		}
		for x := range routes {
			r.Routes = append(r.Routes, PeerRoute{
				Peer: p.cfg.PeerAddress, Name: p.cfg.Name,
				Route: Route{NLRI: x.NLRI, Attrs: x.Attrs.Attrs},
			})
		}
	}
	return Reply{OK: true, Value: r}
}

func selects(peers []*peer, p *peer, show *Show) bool {
	for _, q := range peers {
		if p == q {
			return !show.Address.IsValid() || show.Address == p.cfg.PeerAddress
		}
	}
	return false
}

// showNeighbor answers `show neighbor`.
func (b *batch) showNeighbor(c *Command, peers []*peer) Reply {
	r := &NeighborsReply{Show: c.Show}
	for _, p := range peers {
		if !selects(peers, p, &c.Show) {
			continue
		}
		n := NeighborStatus{Neighbor: p.cfg, State: p.sessions[primary].fsm.State().String(), Sent: p.sent, Received: p.received}
		if p.up != nil {
			n.State, n.Uptime = p.up.fsm.State().String(), b.now.Sub(p.since)
		}
		r.Neighbors = append(r.Neighbors, n)
	}
	return Reply{OK: true, Value: r}
}
