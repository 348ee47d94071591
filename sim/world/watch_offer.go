package world

import (
	"github.com/peerloom/peerloom/sim/check"
	"github.com/peerloom/peerloom/speaker"
)

// observeOffer holds an OPEN that leaves against the neighbor's configuration.
func (n *node) observeOffer(a *speaker.Action) {
	if i := n.conns.Neighbor(uint64(a.Conn)); i >= 0 {
		o := offerOf(n.cfg, n.sessions[i].cfg)
		o.Restarted = n.starts > 0 && !n.sessions[i].met
		n.failConn(o.Judge(a.Data))
	}
}

func offerOf(c *speaker.Config, n *speaker.Neighbor) *check.Offer {
	caps := &n.Caps
	o := &check.Offer{
		AS: n.LocalAS, ID: n.RouterID, Families: n.Families, AS4: caps.AS4, Extended: caps.ExtendedMessage, Refresh: caps.RouteRefresh,
		Operational: caps.Operational, Paths: uint8(caps.AddPath), NextHops: caps.ExtendedNextHop,
		Restart: caps.GracefulRestart, Notify: !c.ExaBGP,
	}
	for _, f := range n.Families {
		if caps.AddPathFamilies == nil || caps.AddPathFamilies.Has(f) {
			o.PathFamilies = append(o.PathFamilies, f)
		}
	}
	return o
}

// observeWaits tells the oracle of the connections what TCP has yet to take of
// those whose session is up, and whether this input is that it took some.
func (n *node) observeWaits(in *speaker.Input) {
	for _, s := range n.sessions {
		if l := n.link(s.conn); l != nil {
			taken := in != nil && in.Kind == speaker.InWritten && in.Conn == l.id
			n.conns.Waits(n.now(), uint64(l.id), len(l.out), taken)
		}
	}
}
