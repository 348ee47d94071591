package world

import (
	"fmt"
	"slices"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/sim/check"
	"github.com/peerloom/peerloom/speaker"
)

// observeOffer holds an OPEN that leaves against the neighbor's configuration.
func (n *node) observeOffer(a *speaker.Action) {
	if i := n.conns.Neighbor(uint64(a.Conn)); i >= 0 {
		n.failConn(offerOf(n.cfg, n.sessions[i].cfg).Judge(a.Data))
	}
}

func offerOf(c *speaker.Config, n *speaker.Neighbor) *check.Offer {
	caps := &n.Caps
	o := &check.Offer{
		AS: n.LocalAS, ID: n.RouterID, Families: n.Families, AS4: caps.AS4, Extended: caps.ExtendedMessage, Refresh: caps.RouteRefresh,
		Operational: caps.Operational, Paths: uint8(caps.AddPath), NextHops: caps.ExtendedNextHop,
		Restart: caps.GracefulRestart, Notify: !c.ExaBGP, Restarted: c.Restarted,
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

// observeResets judges whose sessions the commands of a batch end: those of the
// neighbors that a teardown or a deletion selects, and no others.
func (n *node) observeResets(actions []speaker.Action, in *speaker.Input) {
	if in == nil || in.Kind != speaker.InBatch || slices.ContainsFunc(in.Commands, endsAll) {
		return
	}
	client := n.api(in.Client)
	for i, s := range n.sessions {
		meant := s.takes(client) && slices.ContainsFunc(in.Commands, func(c speaker.Command) bool {
			return (c.Kind == speaker.CmdTeardown || c.Kind == speaker.CmdDeleteNeighbor) && s.selected(c.Peers)
		})
		name := s.cfg.PeerAddress
		for _, id := range n.conns.Agreed(i) {
			switch told := notified(actions, speaker.ConnID(id)); {
			case meant && !told:
				n.failConn(check.NewViolation(check.WireTeardown, fmt.Sprintf("a Cease on connection %d: a command ends the session with %v", id, name), "none"))
			case told && !meant:
				n.failConn(check.NewViolation(check.WireTeardown, fmt.Sprintf("nothing: no command is about %v", name), fmt.Sprintf("a NOTIFICATION on connection %d", id)))
			}
		}
	}
}

// endsAll: a command that ends sessions without naming neighbors, or that puts
// others into their place.
func endsAll(c speaker.Command) bool {
	switch c.Kind {
	case speaker.CmdShutdown, speaker.CmdRestart, speaker.CmdCreateNeighbor:
		return true
	}
	return false
}

// notified reports whether a NOTIFICATION is among the actions for a connection.
func notified(actions []speaker.Action, id speaker.ConnID) bool {
	return slices.ContainsFunc(actions, func(a speaker.Action) bool {
		return a.Kind == speaker.ActSend && a.Conn == id && codec.TypeOf(a.Data) == codec.MsgNotification
	})
}
