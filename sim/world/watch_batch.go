package world

import (
	"fmt"
	"slices"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/sim/check"
	"github.com/peerloom/peerloom/speaker"
)

// observeBatch applies a client's commands to the models of the neighbors that
// they select. All that one batch does to a neighbor is one batch of its model;
// neighbors come, go and are reset behind that.
func (n *node) observeBatch(in *speaker.Input) {
	a := n.api(in.Client)
	n.coverBatch(in)
	for _, s := range n.sessions {
		s.ops, s.told = s.ops[:0], 0
	}
	for i := range in.Commands {
		n.command(a, &in.Commands[i])
	}
	n.grew = append(n.grew[:0], make([]int, len(n.sessions))...)
	for j, s := range n.sessions {
		if len(s.ops) == 0 {
			continue
		}
		s.model.Cover(&n.w.cover, s.ops)
		before, _ := s.model.Pending()
		s.apply(s.ops)
		if after, blocks := s.model.Pending(); after > before && !blocks {
			n.grew[j] = s.told
		}
		if s.turned {
			s.model.Adopt(s.configured())
			s.turned = false
		}
	}
	if a != nil {
		a.owe(in)
	}
	n.depart()
}

// command applies one command to the sessions that it selects at its place in
// the batch.
func (n *node) command(a *api, c *speaker.Command) {
	if a != nil && a.grouping && (c.Kind == speaker.CmdAnnounce || c.Kind == speaker.CmdWithdraw) {
		if slices.ContainsFunc(n.sessions, func(s *watched) bool { return s.open(a, c) }) {
			a.group = append(a.group, *c)
		}
		return
	}
	switch c.Kind {
	case speaker.CmdGroupStart:
		if a != nil {
			a.grouping = true
		}
	case speaker.CmdReset:
		if a != nil {
			a.grouping, a.group = false, nil
		}
	case speaker.CmdGroupEnd:
		if a == nil {
			return
		}
		if !a.grouping {
			a.refused = append(a.refused, c)
		}
		group := a.group
		a.grouping, a.group = false, nil
		n.grouped(a, group)
	case speaker.CmdGroup:
		n.grouped(a, c.Group)
	case speaker.CmdCreateNeighbor:
		n.create(a, c.Neighbor)
	case speaker.CmdRestart:
		for _, s := range n.sessions {
			s.reset = true
		}
	case speaker.CmdOperational:
		said := false
		n.each(a, c, func(s *watched) bool {
			one := s.command(c)
			said = said || one
			return one
		})
		if !said && a != nil {
			a.refused = append(a.refused, c)
		}
	default:
		n.each(a, c, func(s *watched) bool { return s.command(c) })
	}
}

// each carries out do for the sessions that a command selects; it counts where
// do says that the command changed something.
func (n *node) each(a *api, c *speaker.Command, do func(s *watched) bool) {
	for _, s := range n.sessions {
		if s.open(a, c) && do(s) {
			s.told++
		}
	}
}

// open reports whether a command of the client is for the session.
func (s *watched) open(a *api, c *speaker.Command) bool {
	return !s.deleted && s.takes(a) && s.selected(c.Peers)
}

// command is what one that is in no group does to the session; it reports whether that
// may cause messages.
func (s *watched) command(c *speaker.Command) bool {
	switch c.Kind {
	case speaker.CmdWatchdog:
		return s.watchdog(c)
	case speaker.CmdTeardown:
		s.reset = true
	case speaker.CmdDeleteNeighbor:
		s.deleted = true
	}
	s.cleared(c)
	before := len(s.ops)
	s.append(c)
	return len(s.ops) > before
}

// append appends what a command asks of the Adj-RIB-Out.
func (s *watched) append(c *speaker.Command) {
	var wire *check.WireChecker
	if l := s.node.link(s.conn); l != nil {
		wire = l.wire
	}
	s.ops, _ = AppendOps(s.ops, c, wire)
}

// grouped applies the commands of a group. It is one command, whatever is in it.
func (n *node) grouped(a *api, group []speaker.Command) {
	before := make([]int, len(n.sessions))
	for j, s := range n.sessions {
		before[j] = len(s.ops)
	}
	for i := range group {
		c := &group[i]
		n.each(a, c, func(s *watched) bool {
			first := len(s.ops)
			s.append(c)
			for k := first; k < len(s.ops); k++ {
				s.ops[k].Group = true
			}
			return false
		})
	}
	for j, s := range n.sessions {
		if len(s.ops) > before[j] {
			s.told++
		}
	}
}

// watchdog announces or withdraws the configured routes of one name, but those
// that are as it asks already.
func (s *watched) watchdog(c *speaker.Command) bool {
	changed := false
	for i := range s.cfg.Routes {
		r := &s.cfg.Routes[i]
		if r.Watchdog == "" || r.Watchdog != c.Text || s.held[i] == c.Withdraw {
			continue
		}
		s.held[i], changed, s.turned = c.Withdraw, true, true
		op := check.Op{Kind: check.OpAnnounce, Origin: check.FromConfig, NLRI: r.NLRI, Attrs: r.Attrs}
		if c.Withdraw {
			op.Kind, op.Attrs = check.OpWithdraw, nil
		}
		s.ops = append(s.ops, op)
	}
	return changed
}

// heldBack says which routes of nb a watchdog holds back: one that was there before,
// under the same name, as it was then.
func heldBack(nb *speaker.Neighbor, before *watched) []bool {
	held := make([]bool, len(nb.Routes))
	for i := range nb.Routes {
		r := &nb.Routes[i]
		held[i] = r.Withdrawn
		if before == nil || r.Watchdog == "" {
			continue
		}
		for k := range before.cfg.Routes {
			if old := &before.cfg.Routes[k]; old.Watchdog == r.Watchdog && old.NLRI.Key() == r.NLRI.Key() {
				held[i] = before.held[k]
			}
		}
	}
	return held
}

// configured is what the configuration has the session announce.
func (s *watched) configured() []check.Op {
	ops := make([]check.Op, 0, len(s.cfg.Routes))
	for i, r := range s.cfg.Routes {
		if !s.held[i] {
			ops = append(ops, check.Op{Kind: check.OpAnnounce, Origin: check.FromConfig, NLRI: r.NLRI, Attrs: r.Attrs})
		}
	}
	return ops
}

// advised are the OPERATIONAL messages of the configuration, which leave once a
// session, behind its initial table.
func (s *watched) advised(wire *check.WireChecker) (ops []check.Op) {
	for i := range s.cfg.Operational {
		ops = appendOper(ops, &s.cfg.Operational[i], wire)
	}
	return ops
}

// create follows a neighbor that a command creates. It begins without routes.
func (n *node) create(a *api, given *speaker.Neighbor) {
	nb := *given
	if nb.Connect == 0 {
		nb.Connect = n.cfg.Port
	}
	if len(nb.API) == 0 && a != nil && a.name != "" {
		nb.API = []speaker.API{{Processes: []string{a.name}}}
	}
	for _, s := range n.sessions {
		if !s.deleted && samePeer(s.cfg, &nb) {
			return // it is there already
		}
	}
	for _, x := range nb.API {
		for _, p := range x.Processes {
			if !slices.ContainsFunc(n.cfg.Processes, func(c speaker.Process) bool { return c.Name == p }) && (a == nil || p != a.name) {
				return
			}
		}
	}
	n.settle(&nb)
	cfg := *n.cfg
	cfg.Neighbors = append(slices.Clone(n.cfg.Neighbors), nb)
	n.cfg = &cfg
	s := newWatched(n.w, n, len(n.sessions))
	s.created = true
	n.sessions = append(n.sessions, s)
	n.renumber(len(n.sessions) - 1)
}

// depart takes away the neighbors that a batch deleted, and lets those start that
// it reset behind a prefix limit.
func (n *node) depart() {
	gone := false
	for i, s := range n.sessions {
		s.struck = s.reset || s.deleted
		if s.struck && s.conn != 0 {
			n.ending = append(n.ending, s.conn)
		}
		if s.reset && s.limited && !s.deleted {
			s.limited = false
			n.conns.Start(n.now(), i)
		}
		s.reset = false
		if s.deleted {
			s.lose()
			gone = true
		}
	}
	if !gone {
		return
	}
	cfg := *n.cfg
	cfg.Neighbors = nil
	var from []int
	old := n.sessions
	n.sessions = nil
	for i, s := range old {
		if s.deleted {
			continue
		}
		from = append(from, i)
		s.index = len(n.sessions)
		cfg.Neighbors, n.sessions = append(cfg.Neighbors, *s.cfg), append(n.sessions, s)
	}
	n.cfg = &cfg
	n.conns.Configure(n.now(), connsNeighbors(n.cfg), from)
}

// judgeEnds holds what a batch ends against what its commands select: the sessions
// that they reset or delete, and no others.
func (n *node) judgeEnds(actions []speaker.Action, in *speaker.Input) {
	if in == nil || in.Kind != speaker.InBatch {
		return
	}
	for _, id := range n.ending {
		if !closes(actions, id) {
			n.failConn(check.NewViolation(check.RunEnds, fmt.Sprintf("the end of connection %d, which a command asks for", id), "none"))
		}
	}
	n.ending = n.ending[:0]
	if slices.ContainsFunc(in.Commands, func(c speaker.Command) bool { return c.Kind == speaker.CmdShutdown }) {
		return
	}
	for i := range actions {
		a := &actions[i]
		if a.Kind != speaker.ActClose {
			continue
		}
		if k := n.conns.Neighbor(uint64(a.Conn)); k >= 0 && !n.sessions[k].struck {
			n.failConn(check.NewViolation(check.RunEnds, "no end of connections with neighbors that no command selects",
				fmt.Sprintf("connection %d with %v is closed", a.Conn, n.sessions[k].cfg.PeerAddress)))
		}
	}
}

// renumber tells the oracle of the connections of one more neighbor.
func (n *node) renumber(last int) {
	from := make([]int, last+1)
	for i := range last {
		from[i] = i
	}
	from[last] = -1
	n.conns.Configure(n.now(), connsNeighbors(n.cfg), from)
}

// exceeded notes that a neighbor's session ends at a prefix limit: it stays down
// until a command or a reload lets it start (RFC 4486 §4 leaves that open).
func (n *node) exceeded(id speaker.ConnID) {
	if i := n.conns.Neighbor(uint64(id)); i >= 0 {
		n.sessions[i].limited = true
		n.conns.Stop(i)
	}
}

// inLimits are the neighbor's prefix limits for the model of what it receives.
func inLimits(nb *speaker.Neighbor) []check.InLimit {
	var l []check.InLimit
	for _, x := range nb.PrefixLimits {
		l = append(l, check.InLimit{AFI: uint16(x.Family.AFI()), SAFI: uint8(x.Family.SAFI()), Max: x.Max})
	}
	return l
}

// limitOf is the neighbor's limit of a family; 0: none.
func limitOf(nb *speaker.Neighbor, f codec.Family) uint32 {
	for _, x := range nb.PrefixLimits {
		if x.Family == f {
			return x.Max
		}
	}
	return 0
}
