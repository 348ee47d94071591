package world

import (
	"github.com/peerloom/peerloom/sim/check"
	"github.com/peerloom/peerloom/speaker"
)

// inModel makes the model of what l receives; nil where no neighbor is
// configured for the other end.
func (n *node) inModel(l *link) *check.InModel {
	if s := n.neighborAt(l); s != nil {
		m := check.NewInModel(check.InConfig{PeerAS: s.cfg.PeerAS, ExaBGP: n.cfg.ExaBGP, Limits: inLimits(s.cfg)})
		m.After(func() *check.InKept { return s.before(m) })
		return m
	}
	return nil
}

// before is what is kept as the session of m comes up.
func (s *watched) before(m *check.InModel) *check.InKept {
	if s.in != nil && s.in != m {
		return s.in.Kept(s.node.now(), true)
	}
	return s.kept()
}

// kept is what the session before left behind; nil: nothing.
func (s *watched) kept() *check.InKept {
	if s.past == nil {
		return nil
	}
	k := s.past.Kept(s.pastAt, false).At(s.node.now(), s.node.behind || s.node.overdue())
	if k.Empty() {
		s.past = nil // for good, even if somebody sets the clock back
	}
	return k
}

// overdue reports whether a timer of the speaker is due and has not been heard.
func (n *node) overdue() bool {
	d := n.sp.Deadline()
	return !d.IsZero() && !d.After(n.now())
}

// turnTable follows a session that comes or goes. What one leaves behind is
// asked for later: its last message may be about to leave.
func (s *watched) turnTable(conn speaker.ConnID) {
	if s.in != nil {
		s.past, s.pastAt, s.in = s.in, s.node.now(), nil
	}
	if l := s.node.link(conn); conn != 0 && l != nil {
		s.past, s.in, s.upAt = nil, l.in, s.node.now()
	}
}

// flashTable follows a session that came and went in one read, or may have: the
// model doesn't know every family.
func (n *node) flashTable(l *link) {
	if l.lost {
		return // what the peer sent behind its OPEN is not read
	}
	if s := n.neighborAt(l); s != nil && s.conn == 0 && (l.in.Brief() || !l.in.Sure()) {
		s.past, s.pastAt = l.in, n.now()
	}
}

// answered is called when a speaker has done all that it does about bytes that
// it read from l.
func (n *node) answered(l *link) {
	if l.in == nil {
		return
	}
	if err := l.in.Answered(); err != nil {
		n.w.fail(err)
	}
	if l.closing {
		l.in.Close()
	}
	n.flashTable(l)
}

// compareTables holds the Adj-RIB-In of each neighbor against the model of its
// session, when either may have changed.
func (n *node) compareTables() {
	late := n.behind || n.overdue()
	for _, s := range n.sessions {
		l := n.link(s.conn)
		if l != nil && l.in != nil && !late {
			l.in.Expire(n.now(), s.upAt)
		}
		if s.conn == s.heldOf && s.past == nil && (l == nil || l.in == nil || l.in.Changes() == s.heldAt) {
			continue
		}
		s.heldOf = s.conn
		if l != nil && l.in != nil {
			s.heldAt = l.in.Changes()
		}
		n.compareTable(s, l)
	}
}

func (n *node) compareTable(s *watched, l *link) {
	if !s.cfg.AdjRIBIn {
		return
	}
	var err error
	switch {
	case l == nil:
		err = s.kept().Compare(n.table(s))
	case l.in != nil && l.in.Sure():
		err = l.in.Compare(n.table(s))
	}
	if err != nil {
		n.w.fail(err)
	}
}

// table is the neighbor's Adj-RIB-In as bytes. It is good until the next call.
func (n *node) table(s *watched) []check.InRoute {
	l, attrs := n.tableIn[:0], n.tableAttrs[:0]
	for r := range n.sp.AdjRIBIn(s.index) {
		x := check.InRoute{AFI: uint16(r.NLRI.Family.AFI()), SAFI: uint8(r.NLRI.Family.SAFI()), PathID: r.NLRI.PathID, Wire: r.NLRI.Wire}
		first := len(attrs)
		for _, a := range r.Attrs.Attrs {
			attrs = append(attrs, check.InAttr{Flags: uint8(a.Flags), Type: uint8(a.Type), Value: string(a.Value)})
		}
		x.Attrs = attrs[first:len(attrs):len(attrs)]
		l = append(l, x)
	}
	n.tableIn, n.tableAttrs = l, attrs
	return l
}

// cleared: a command empties the tables of the neighbors that it selects.
func (s *watched) cleared(c *speaker.Command) {
	if c.Kind != speaker.CmdClearIn {
		return
	}
	s.past = nil
	if l := s.node.link(s.conn); l != nil && l.in != nil {
		l.in.Clear()
	}
}
