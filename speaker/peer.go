package speaker

import (
	"fmt"
	"time"

	"github.com/peerloom/peerloom/fsm"
	"github.com/peerloom/peerloom/rib"
)

// A peer has one state machine that dials and restarts by itself, and at times
// a second one for a connection that the peer opened meanwhile (RFC 4271
// §8.2.1). Either may be the one that gets to Established.
const (
	primary   = 0
	secondary = 1
)

type peer struct {
	cfg      *Neighbor
	fsm      fsm.Config
	out      *rib.Out
	in       *rib.In
	sessions [2]*session
	up       *session        // the one in Established; nil
	agreed   *fsm.Negotiated // of up, which has forgotten it when it goes down
	subs     []subscriber
	counter  uint64 // events told
	since    time.Time
	attempts int    // connection sessions that ended
	held     []bool // by configured route: withdrawn by its watchdog
	dynamic  bool   // created by a command
	of       string // the name of the range that it is a member of; empty: of none
	deleted  bool   // by a command of this batch
	gone     bool   // given up, or stopped: it does not start again
	limited  bool   // stopped at a prefix limit: a command or a reload starts it
	kept     retained
	met      bool // a session has come up since the start
	pulling  bool // an ActPull is out that no empty Pull has answered yet

	next  time.Time // with a rate limit: the next message leaves no earlier
	pause time.Time // and waits until then; zero: none does

	traffic Traffic
	timings []timing // of the session that is up
}

func (s *Speaker) newPeer(n *Neighbor) *peer {
	p := &peer{
		cfg: n,
		out: rib.NewOut(rib.Config{Interner: s.interner, Group: n.GroupUpdates, ManualEOR: n.ManualEOR}),
		in:  rib.NewIn(s.interner, n.AdjRIBIn),
	}
	p.fsm = s.sessionConfig(n, s.config.Restarted)
	p.sessions[primary] = &session{peer: p, fsm: fsm.New(p.fsm)}
	p.subs = s.subscribers(n)
	p.held = held(n, nil, nil)
	p.out.Configure(p.configured())
	return p
}

// configured is p's routes as operations, without those that a watchdog holds.
func (p *peer) configured() []rib.Op {
	ops := make([]rib.Op, 0, len(p.cfg.Routes))
	for i, r := range p.cfg.Routes {
		if !p.held[i] {
			ops = append(ops, rib.Op{Kind: rib.OpAnnounce, Origin: rib.FromConfig, NLRI: r.NLRI, Attrs: r.Attrs})
		}
	}
	return ops
}

// neighbors gives every neighbor its name, and says which of them can't be.
func (c *Config) neighbors() ([]*Neighbor, error) {
	l := make([]*Neighbor, len(c.Neighbors))
	names := map[string]bool{}
	for i := range c.Neighbors {
		n := c.Neighbors[i]
		if n.Name == "" {
			n.Name = n.identity()
		}
		if err := n.validate(); err != nil {
			return nil, err
		}
		if names[n.Name] {
			return nil, fmt.Errorf("%s: is configured twice", n.Name)
		}
		names[n.Name] = true
		l[i] = &n
	}
	return l, nil
}

// identity is the name by which ExaBGP knows a neighbor.
func (n *Neighbor) identity() string {
	local := "auto"
	if n.LocalAddress.IsValid() {
		local = n.LocalAddress.String()
	}
	return fmt.Sprintf("neighbor %v local-ip %s local-as %d peer-as %d router-id %v family-allowed %s",
		n.Peers(), local, n.LocalAS, n.PeerAS, n.RouterID, n.familyAllowed())
}

func (n *Neighbor) validate() error {
	switch {
	case !n.PeerAddress.IsValid():
		return fmt.Errorf("%s: the peer's address is missing", n.Name)
	case n.Range.IsValid() && !n.Passive:
		return fmt.Errorf("%s: a range must be passive", n.Name)
	case n.LocalAS == 0:
		return fmt.Errorf("%s: local-as is missing", n.Name)
	case !n.RouterID.Is4() || n.RouterID.IsUnspecified():
		return fmt.Errorf("%s: router-id must be an IPv4 address other than 0.0.0.0 (RFC 6286)", n.Name)
	case n.HoldTime != 0 && n.HoldTime < 3*time.Second:
		return fmt.Errorf("%s: hold-time must be 0 or at least 3 seconds (RFC 4271 §4.2)", n.Name)
	case n.HoldTime > 65535*time.Second:
		return fmt.Errorf("%s: hold-time is at most 65535 seconds", n.Name)
	case len(n.Families) == 0:
		return fmt.Errorf("%s: no address family", n.Name)
	}
	return nil
}

// connected reports whether any connection of p is open.
func (p *peer) connected() bool {
	for _, c := range p.sessions {
		if c != nil && c.conn != 0 {
			return true
		}
	}
	return false
}

// established starts what belongs to the session that came up.
func (s *Speaker) established(now time.Time, c *session, out []Action) []Action {
	p, n := c.peer, c.fsm.Negotiated()
	p.up, p.agreed, p.since = c, n, now
	if other := p.other(c); other != nil && !p.awaits(other, n) {
		// One connection survives (RFC 4271 §6.8).
		out = s.dump(now, other, out)
	}
	out = s.log(p, LevelInfo, out, "session up: hold time %v, families %v", n.HoldTime, n.Families)
	out = s.tellNegotiated(p, n, out)
	out = s.tellState(p, "up", "", out)
	out = s.resume(now, p, n, out)
	s.begun(p)
	p.out.Up(rib.Session{
		Families:        n.Families,
		Options:         n.Send,
		Export:          exporter(p.cfg, n, c.local.Addr()),
		EnhancedRefresh: n.EnhancedRefresh,
	})
	p.advise(n)
	return s.wake(p, out)
}

// awaits reports whether other, on which the peer's OPEN has yet to come, will
// be the one that survives when it does. The peer may have decided so already:
// were it closed for the session that is up here, both would be gone.
func (p *peer) awaits(other *session, n *fsm.Negotiated) bool {
	return other.fsm.State() == fsm.OpenSent &&
		fsm.Collide(p.fsm.LocalID, p.fsm.LocalAS, n.PeerID, n.PeerAS, other.incoming, fsm.Established) == fsm.CloseOther
}

// other is the peer's other session, or nil.
func (p *peer) other(c *session) *session {
	if p.sessions[primary] == c {
		return p.sessions[secondary]
	}
	return p.sessions[primary]
}

// dump closes a connection that lost a collision, with Cease/7. A machine that
// was dumped does not start again by itself: ended starts the primary when the
// other connection is over.
func (s *Speaker) dump(now time.Time, c *session, out []Action) []Action {
	return s.step(now, c, fsm.Input{Event: fsm.OpenCollisionDump}, out)
}

// down ends what belongs to a session: told, queue, Adj-RIB-In and whoever
// waits for it.
func (s *Speaker) down(now time.Time, c *session, why fsm.Down, out []Action) []Action {
	p := c.peer
	reason := downText(why, c.why)
	if p.up == c {
		p.up, p.pulling, p.since = nil, false, time.Time{}
		p.pause = time.Time{}
		p.out.Down()
		p.timings = nil
		out = s.retain(now, p, p.agreed, &why, out)
		p.agreed = nil
		s.failSyncs(p)
	}
	level := LevelInfo
	if why.Cause == fsm.DownTCP && !why.WasEstablished {
		level = LevelDebug
	}
	out = s.log(p, level, out, "session down: %s", reason)
	if c.met || why.WasEstablished {
		out = s.tellState(p, "down", reason, out)
	}
	return out
}

func downText(d fsm.Down, tcp string) string {
	switch d.Cause {
	case fsm.DownReceived:
		return fmt.Sprintf("notification received (%d,%d)", d.Notification.Code, d.Notification.Subcode)
	case fsm.DownSent:
		return fmt.Sprintf("notification sent (%d,%d)", d.Notification.Code, d.Notification.Subcode)
	case fsm.DownStop:
		return "stopped"
	}
	if tcp == "" {
		return "the TCP connection was closed"
	}
	return tcp
}

// wake says that Pull has something for p.
func (s *Speaker) wake(p *peer, out []Action) []Action {
	if p.up == nil || p.pulling || !p.pause.IsZero() || !p.out.Ready() {
		return out
	}
	p.pulling = true
	return append(out, Action{Kind: ActPull, Conn: p.up.conn})
}
