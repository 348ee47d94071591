package scenario

import (
	"time"

	"github.com/peerloom/peerloom/sim/check"
	"github.com/peerloom/peerloom/sim/world"
	"github.com/peerloom/peerloom/speaker"
)

// judgeWords holds a configuration against the lines that it was made of.
func judgeWords(lines []string, c *speaker.Config) *check.Violation {
	have := make([]check.SaidNeighbor, len(c.Neighbors))
	for i := range c.Neighbors {
		have[i] = saidOf(&c.Neighbors[i])
	}
	return check.JudgeConfiguration(lines, have)
}

// saidOf is a neighbor as its words have it.
func saidOf(n *speaker.Neighbor) check.SaidNeighbor {
	whole := func(d time.Duration) int { return int(d / time.Second) }
	x := check.SaidNeighbor{
		Address: n.PeerAddress, LocalAddress: n.LocalAddress, RouterID: n.RouterID, LocalAS: n.LocalAS, PeerAS: n.PeerAS,
		Hold: whole(n.HoldTime), Retry: whole(n.ConnectRetry), DelayOpen: whole(n.DelayOpen), SendHold: whole(n.SendHold),
		IdleHoldMax: whole(n.IdleHoldMax), Restart: whole(n.Caps.GracefulRestart), Listen: int(n.Listen),
		Passive: n.Passive, Damp: n.Damp, Early: n.NotifyEarly, Group: n.GroupUpdates, AdjRIBIn: n.AdjRIBIn, ManualEOR: n.ManualEOR,
		AS4: n.Caps.AS4, Extended: n.Caps.ExtendedMessage, Refresh: n.Caps.RouteRefresh, LinkLocalNextHop: n.Caps.LinkLocalNextHop,
		Paths: uint8(n.Caps.AddPath), Rate: n.RateLimit,
	}
	if n.SendHold < 0 { // off
		x.SendHold = -1
	}
	x.Operational = n.Caps.Operational
	for i := range n.Operational {
		x.Opers = append(x.Opers, world.OperOf(&n.Operational[i]))
	}
	for _, f := range n.Families {
		x.Families = append(x.Families, [2]int{int(f.AFI()), int(f.SAFI())})
	}
	for _, l := range n.PrefixLimits {
		x.Limits = append(x.Limits, [3]int{int(l.Family.AFI()), int(l.Family.SAFI()), int(l.Max)})
	}
	for _, h := range n.Caps.ExtendedNextHop {
		x.NextHops = append(x.NextHops, [3]int{int(h.Family.AFI()), int(h.Family.SAFI()), int(h.NextHop)})
	}
	if len(n.Routes) > 0 {
		x.Routes = world.SaidRoutes(n.Routes)
	}
	for _, r := range n.Routes {
		x.Watchdogs, x.Held = append(x.Watchdogs, r.Watchdog), append(x.Held, r.Withdrawn)
	}
	return x
}
