package speaker

import (
	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/rib"
)

// Configured routes may carry the name of a watchdog. Commands announce and
// withdraw all routes of one name together; the state of each route outlives
// sessions and reloads.

// held says which routes of n a watchdog holds back: as it was in the
// configuration before, for a route that was there, and as configured for a new
// one.
func held(n, before *Neighbor, was []bool) []bool {
	l := make([]bool, len(n.Routes))
	type name struct {
		nlri     codec.Key
		watchdog string
	}
	old := map[name]bool{}
	if before != nil {
		for i, r := range before.Routes {
			old[name{r.NLRI.Key(), r.Watchdog}] = was[i]
		}
	}
	for i, r := range n.Routes {
		l[i] = r.Withdrawn
		if w, ok := old[name{r.NLRI.Key(), r.Watchdog}]; ok && r.Watchdog != "" {
			l[i] = w
		}
	}
	return l
}

// watchdog announces or withdraws the routes of one name. A route that is in
// the state asked for already is left alone. As any command, it writes over
// what was written before it, by whomever.
func (b *batch) watchdog(c *Command, peers []int) Reply {
	known := false
	for _, i := range peers {
		p, changed := b.s.peers[i], false
		for k, r := range p.cfg.Routes {
			if r.Watchdog == "" || r.Watchdog != c.Text {
				continue
			}
			known = true
			if p.held[k] == c.Withdraw {
				continue
			}
			op := rib.Op{Kind: rib.OpAnnounce, Origin: rib.FromConfig, NLRI: r.NLRI, Attrs: r.Attrs}
			if c.Withdraw {
				op = rib.Op{Kind: rib.OpWithdraw, Origin: rib.FromConfig, NLRI: r.NLRI}
			}
			b.ops[i] = append(b.ops[i], op)
			p.held[k], changed = c.Withdraw, true
		}
		if changed {
			// What is configured now is what the next reload compares with. It
			// is in want already, but for what a later command of the batch wrote.
			b.later = append(b.later, func() { p.out.Adopt(p.configured()) })
		}
	}
	if !known {
		// Done all the same, as in ExaBGP: a reload may have taken the routes away.
		b.out = b.s.log(nil, LevelWarn, b.out, "no configured route has the watchdog %q", c.Text)
	}
	return Reply{OK: true}
}
