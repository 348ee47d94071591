package speaker

import (
	"slices"
	"time"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/fsm"
)

// Graceful restart (RFC 4724, with the Notification extension of RFC 8538).

// staleTime bounds how long routes of the session before are kept once the
// peer is back and its End-of-RIB does not come: "to put an upper bound on the
// amount of time a router retains the stale routes" (RFC 4724 §4.2).
const staleTime = 360 * time.Second

// retained is what is kept of a peer whose session was lost.
type retained struct {
	families codec.FamilySet // whose End-of-RIB has not come; empty: nothing is kept
	until    time.Time       // zero with no families
}

// retain decides, as a session ends, what of its Adj-RIB-In outlives it.
// The families are those of the capability that the peer sent in this session,
// whatever their F bits: these say what the peer kept over its previous restart,
// and those of the next OPEN what it kept over this one (RFC 4724 §3, §4.2).
// The time is the peer's Restart Time.
func (s *Speaker) retain(now time.Time, p *peer, n *fsm.Negotiated, why *fsm.Down, out []Action) []Action {
	p.kept = retained{}
	g, ok := n.PeerOpen.GracefulRestart()
	if !ok || g.Time == 0 || p.gone || s.stopping || !n.LocalOpen.Has(codec.CapGracefulRestart) || !restarts(n, why) {
		p.in.Clear()
		return out
	}
	var families codec.FamilySet
	for _, f := range g.Families {
		if n.Families.Has(f.Family) {
			families = append(families, f.Family)
		}
	}
	if kept := p.in.Retain(families); kept > 0 {
		d := time.Duration(g.Time) * time.Second
		p.kept = retained{families, now.Add(d)}
		out = s.log(p, LevelInfo, out, "keeping %d routes for %v, the peer's restart time", kept, d)
	}
	return out
}

// restarts reports whether a session that ended so may be one whose peer comes
// back: TCP ended without a NOTIFICATION (RFC 4724 §4), or with one that is no
// Hard Reset where both ends know the difference (RFC 8538 §4), be its data as
// it may. A NOTIFICATION 6/7 says only that another connection took this one's
// place.
func restarts(n *fsm.Negotiated, why *fsm.Down) bool {
	//exhaustive:ignore
	switch why.Cause {
	case fsm.DownTCP:
		return true
	case fsm.DownSent, fsm.DownReceived:
		x := why.Notification
		return notifies(n) && !(x.Code == codec.CodeCease && x.Subcode == codec.CeaseHardReset)
	}
	return false
}

// notifies: both ends set the N bit (RFC 8538 §2).
func notifies(n *fsm.Negotiated) bool {
	ours, _ := n.LocalOpen.GracefulRestart()
	theirs, _ := n.PeerOpen.GracefulRestart()
	return ours.Notification && theirs.Notification
}

// comesBack reports whether the peer of the session that is up has said, in an
// OPEN with a family in the Graceful Restart Capability, that it may come back
// before we know that it was gone (RFC 4724 §5).
func (p *peer) comesBack() bool {
	g, _ := p.agreed.PeerOpen.GracefulRestart()
	return len(g.Families) > 0 && p.agreed.LocalOpen.Has(codec.CapGracefulRestart)
}

// restartedSince reports whether a peer that sent was has restarted by the time
// it sent is: its R bit has come (RFC 4724 §3). An R bit in both may be that of
// one restart, whose two connections collide like others.
func restartedSince(was, is *codec.Open) bool {
	before, _ := was.GracefulRestart()
	now, _ := is.GracefulRestart()
	return now.Restarting && !before.Restarting
}

// replace ends the session that is up for a connection of a peer that has come
// back: without a NOTIFICATION, and its routes are kept, as if TCP had been seen
// to fail (RFC 4724 §5, the events 16 and 17 in Established).
//
// RFC 4724 does so for any new connection. One in the direction opposite to the
// session's may as well be the other half of a collision, which the two ends see
// in different states; it is left to §6.8 of RFC 4271 unless the peer's OPEN says
// that it has restarted.
func (s *Speaker) replace(now time.Time, p *peer, out []Action) []Action {
	up := p.up
	out = s.log(p, LevelInfo, out, "the peer has come back on a new connection: the session before it is over (RFC 4724 §5)")
	out = append(out, Action{Kind: ActClose, Conn: up.conn})
	return s.lost(now, up, "the peer came back on a new connection", out)
}

// resume compares what is kept with what the peer says as it comes back: "If
// the Forwarding State bit for a specific address family is not set in the newly
// received Graceful Restart Capability, or if a specific address family is not
// included …, or if the Graceful Restart Capability is not received in the
// re-established session at all", the routes go at once (RFC 4724 §4.2).
func (s *Speaker) resume(now time.Time, p *peer, n *fsm.Negotiated, out []Action) []Action {
	if len(p.kept.families) == 0 {
		return out
	}
	g, _ := n.PeerOpen.GracefulRestart()
	for _, f := range slices.Clone(p.kept.families) {
		preserved := slices.Contains(g.Families, codec.RestartFamily{Family: f, Forwarding: true})
		if !preserved || !n.Families.Has(f) {
			out = s.sweepKept(p, f, "the peer has not preserved its forwarding state", out)
		}
	}
	if len(p.kept.families) > 0 {
		p.kept.until = now.Add(staleTime)
	}
	return out
}

// endOfRIB: the peer has sent all that it has of f; what it has not announced
// again is gone (RFC 4724 §4.2).
func (s *Speaker) endOfRIB(p *peer, f codec.Family, out []Action) []Action {
	if !p.kept.families.Has(f) {
		return out
	}
	return s.sweepKept(p, f, "not announced again before End-of-RIB", out)
}

// expireKept gives up on a peer that has not come back, or has not finished, in
// time.
func (s *Speaker) expireKept(now time.Time, p *peer, out []Action) []Action {
	if len(p.kept.families) == 0 || now.Before(p.kept.until) {
		return out
	}
	for _, f := range slices.Clone(p.kept.families) {
		out = s.sweepKept(p, f, "the time is over", out)
	}
	return out
}

// sweepKept removes the routes of f that are still stale.
func (s *Speaker) sweepKept(p *peer, f codec.Family, why string, out []Action) []Action {
	left := slices.DeleteFunc(slices.Clone(p.kept.families), func(g codec.Family) bool { return g == f })
	p.kept.families = left
	if len(left) == 0 {
		p.kept = retained{}
	}
	if gone := p.in.Sweep(f); len(gone) > 0 {
		out = s.log(p, LevelInfo, out, "removed %d stale routes of %v: %s", len(gone), f, why)
	}
	return out
}

// cease is the NOTIFICATION that ends p's session c for good: a Hard Reset where
// the peer would else keep our routes (RFC 8538 §3.1).
func (c *session) cease(n codec.Notification) codec.Notification {
	if c.fsm.State() == fsm.Established && notifies(c.fsm.Negotiated()) {
		return codec.HardReset(n)
	}
	return n
}

// begun notes that p has had a session since the speaker started: what is lost
// from now on is a session, not a speaker, and the R bit goes (RFC 4724 §3: it
// is set to say that the speaker "has restarted").
func (s *Speaker) begun(p *peer) {
	if p.met {
		return
	}
	p.met = true
	if !s.config.Restarted || p.cfg.Caps.GracefulRestart == 0 {
		return
	}
	p.fsm.Open = s.openMessage(p.cfg, false)
	for _, c := range p.sessions {
		if c != nil {
			c.fsm.SetOpen(p.fsm.Open)
		}
	}
}
