package speaker

import (
	"time"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/fsm"
)

// Timers of a session. RFC 4271 §10 suggests 120 s for ConnectRetryTime; a
// speaker of few peers that are configured by hand is expected back at once,
// as ExaBGP is.
const (
	connectRetry = 5 * time.Second
	idleHold     = 500 * time.Millisecond
)

// sessionConfig is what the state machine must know of a neighbor.
func (s *Speaker) sessionConfig(n *Neighbor, restarted bool) fsm.Config {
	retry := n.ConnectRetry
	if retry == 0 {
		retry = connectRetry
	}
	c := fsm.Config{
		LocalAS: n.LocalAS, PeerAS: n.PeerAS, LocalID: n.RouterID,
		HoldTime: n.HoldTime, ConnectRetry: retry, IdleHold: idleHold,
		Passive: n.Passive, AutoStart: true, Jitter: s.jitter,
		DelayOpen: n.DelayOpen, Damp: n.Damp, IdleHoldMax: n.IdleHoldMax, NotifyInOpenSent: n.NotifyEarly,
		SendHold:  n.SendHold,
		Open:      s.openMessage(n, restarted),
		ReachLast: s.config.reachLast(),
	}
	if observe := s.config.Observe; observe != nil {
		c.Observe = func(f *fsm.Session) fsm.Observer { return observe(n, f) }
	}
	return c
}

// openMessage is the OPEN that n is sent, its capabilities in ExaBGP's order.
// restarted sets the R bit (RFC 4724 §3).
func (s *Speaker) openMessage(n *Neighbor, restarted bool) codec.Open {
	o := codec.Open{Version: 4, AS: codec.ASTrans, HoldTime: uint16(n.HoldTime / time.Second), ID: n.RouterID}
	if n.LocalAS <= 65535 {
		o.AS = uint16(n.LocalAS)
	}
	add := func(on bool, c codec.Capability) {
		if on {
			o.Caps = append(o.Caps, c)
		}
	}
	for _, f := range n.Families {
		add(true, codec.MultiprotocolCap(f))
	}
	c := &n.Caps
	add(c.AS4, codec.AS4Cap(n.LocalAS))
	add(len(c.ExtendedNextHop) > 0, codec.ExtendedNextHopCap(c.ExtendedNextHop...))
	add(c.AddPath != 0, codec.AddPathCap(n.addPath()...))
	add(c.AddPath != 0 && len(c.PathsLimit) > 0, codec.PathsLimitCap(c.PathsLimit...))
	add(c.GracefulRestart > 0, codec.GracefulRestartCap(s.gracefulRestart(n, restarted)))
	add(c.RouteRefresh, codec.RouteRefreshCap())
	add(c.RouteRefresh, codec.EnhancedRefreshCap())
	add(c.Operational, codec.OperationalCap())
	add(c.ExtendedMessage, codec.ExtendedMessageCap())
	add(n.HostName != "", codec.FQDNCap(n.HostName, n.DomainName))
	add(c.SoftwareVersion, codec.SoftwareVersionCap(s.config.SoftwareVersion))
	add(c.LinkLocalNextHop, codec.LinkLocalNextHopCap())
	// One session carries all families: the session identifier is the list of
	// capabilities that tell sessions apart, Multiprotocol alone
	// (draft-ietf-idr-bgp-multisession).
	add(c.MultiSession, codec.MultiSessionCap(codec.CapMultiprotocol))
	return o
}

func (n *Neighbor) addPath() []codec.AddPathFamily {
	var l []codec.AddPathFamily
	for _, f := range n.Families {
		if n.Caps.AddPathFamilies == nil || n.Caps.AddPathFamilies.Has(f) {
			l = append(l, codec.AddPathFamily{Family: f, Mode: n.Caps.AddPath})
		}
	}
	return l
}

// gracefulRestart: all forwarding state is said to be kept, since what a peer
// forwards by our routes does not pass through us. The N bit (RFC 8538 §2) is
// one that ExaBGP does not send.
func (s *Speaker) gracefulRestart(n *Neighbor, restarted bool) codec.GracefulRestart {
	g := codec.GracefulRestart{
		Restarting: restarted, Notification: !s.config.ExaBGP,
		Time: uint16(n.Caps.GracefulRestart / time.Second),
	}
	for _, f := range n.Families {
		g.Families = append(g.Families, codec.RestartFamily{Family: f, Forwarding: true})
	}
	return g
}
