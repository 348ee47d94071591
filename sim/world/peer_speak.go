package world

import (
	"slices"
	"time"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/sim"
	"github.com/peerloom/peerloom/sim/malform"
	"github.com/peerloom/peerloom/speaker/command"
)

// Labels of the questions that a peer asks which speaks by itself.
const (
	LabelPeerUpdate   sim.Label = "peer/update"
	LabelPeerWhen     sim.Label = "peer/when"
	LabelMalform      sim.Label = "malform/case"
	LabelMalformWhen  sim.Label = "malform/when"
	LabelMalformOpen  sim.Label = "malform/open"
	LabelMalformBlock sim.Label = "malform/count"
	LabelMalformAgain sim.Label = "malform/again"
	LabelMalformMix   sim.Label = "malform/mix"
)

// opening is how often, of so many OPENs, a malformed one takes the place of a
// peer's own.
var opening = sim.Ratio{Num: 1, Den: 8}

// mixing is how often what is wrong about two messages is in one.
var mixing = sim.Ratio{Num: 1, Den: 3}

// again is how often a peer sends once more what was sent last of that kind.
var again = sim.Ratio{Num: 1, Den: 6}

// speaks is what the grammar of messages must know of a peer's connection.
func (p *peer) speaks(c *peerConn, ours, theirs *codec.Open, wire []byte) *malform.Session {
	o := c.options
	s := &malform.Session{
		AS: uint32(ours.AS), AS4: o.AS4, Internal: o.IBGP, ValidOpen: string(wire), AnyAS: true,
		IPv6:     ours.Families().Has(codec.IPv6Unicast) && theirs.Families().Has(codec.IPv6Unicast),
		Crossing: o.ExtendedNextHop.Has(codec.IPv4Unicast),
		Enhanced: ours.Has(codec.CapEnhancedRefresh) && theirs.Has(codec.CapEnhancedRefresh),
		Oper:     ours.Has(codec.CapOperational) && theirs.Has(codec.CapOperational),
		Extended: theirs.Has(codec.CapExtendedMessage),
		AddPath:  sendsPaths(ours, theirs, codec.IPv4Unicast), AddPath6: sendsPaths(ours, theirs, codec.IPv6Unicast),
		NextHop: [4]byte{192, 0, 2, 1}, Net: 100,
	}
	for _, f := range ours.Families() {
		if safi := byte(f.SAFI()); theirs.Families().Has(f) && !slices.Contains([]byte{1, 2, 4, 128, 133, 134}, safi) {
			paths := byte(0)
			if sendsPaths(ours, theirs, f) {
				paths = 1
			}
			s.Foreign += string([]byte{byte(f.AFI() >> 8), byte(f.AFI()), safi, paths})
		}
	}
	if as, ok := ours.AS4(); ok {
		s.AS = as
	}
	if p.Address.Is4() {
		s.NextHop = p.Address.As4()
	}
	return s
}

func sendsPaths(from, to *codec.Open, f codec.Family) bool {
	has := func(o *codec.Open, m codec.AddPathMode) bool {
		return slices.ContainsFunc(o.AddPath(), func(x codec.AddPathFamily) bool { return x.Family == f && x.Mode&m != 0 })
	}
	return has(from, codec.AddPathSend) && has(to, codec.AddPathReceive)
}

// malformedOpen takes the place of the peer's OPEN, now and then; otherwise it is
// nil.
func (p *peer) malformedOpen(s *malform.Session) []byte {
	if msg := p.instead(s); msg != nil {
		return msg
	}
	if p.w.healed || p.malformed >= p.w.knobs.Malformed || !opening.Draw(p.w.src, LabelMalformOpen) {
		return nil
	}
	p.malformed++
	if l := fitting(malform.Opening, malform.Under(s, "open/")); len(l) > 0 {
		c := p.choose(l)
		p.tell(c.Name)
		return c.Make()
	}
	return nil
}

// instead is what the script has in the place of the OPEN of this connection, if the
// session has such a case.
func (p *peer) instead(s *malform.Session) []byte {
	if p.w.healed || p.Open == nil || p.replaced >= len(p.Open.Instead) {
		return nil
	}
	p.replaced++
	c, ok := malform.Find(s, p.Open.Instead[p.replaced-1])
	if !ok || c.Phase != malform.Opening {
		return nil
	}
	p.tell(c.Name)
	return c.Make()
}

// premature sends what no OPEN has come before, now and then: to a speaker that
// delays its own, or has just sent it.
func (p *peer) premature(c *peerConn) {
	if p.w.healed || p.malformed >= p.w.knobs.Malformed || !opening.Draw(p.w.src, LabelMalformOpen) {
		return
	}
	p.malformed++
	nobody := &malform.Session{Net: 100}
	x := p.choose(append(malform.Under(nobody, "header/"), malform.Under(nobody, "open/")...))
	p.tell(x.Name)
	p.send(c, x.Make())
}

// fitting is those of l that may be sent in that phase.
func fitting(f malform.Phase, l []malform.Case) []malform.Case {
	return slices.DeleteFunc(l, func(c malform.Case) bool { return c.Phase != f })
}

// choose is one of the cases.
func (p *peer) choose(l []malform.Case) *malform.Case {
	// What a session, or another peer, has sent before finds what was kept of it.
	if again.Draw(p.w.src, LabelMalformAgain) {
		for i := range l {
			if l[i].Name == p.w.malformed {
				return &l[i]
			}
		}
	}
	c := &l[p.w.src.Choose(LabelMalform, len(l))]
	p.w.malformed = c.Name
	return c
}

// tell puts the name of a case into the trace.
func (p *peer) tell(name string) {
	p.w.loop.Trace().Note(p.w.loop.Elapsed(), []byte(name), func() string { return p.Name + " sends " + name })
}

// planUpdate and planMalformed post the next message that the peer sends by
// itself.
func (p *peer) planUpdate() {
	if p.updates < p.w.knobs.PeerUpdates && !p.w.healed {
		p.updates++
		p.talking++
		p.w.loop.PostAfter(p.w.tick(LabelPeerWhen), p.owner, peerUpdate, 0, 0)
	}
}

func (p *peer) planMalformed() {
	if p.malformed < p.w.knobs.Malformed && !p.w.healed {
		p.malformed++
		p.talking++
		p.w.loop.PostAfter(p.w.tick(LabelMalformWhen), p.owner, peerMalformed, 0, 0)
	}
}

// update sends a valid message of chosen routes, if a session is up.
func (p *peer) update() {
	p.talking--
	p.w.moved()
	if c := p.session(); c != nil && !p.w.healed {
		choose := func(n int) int { return p.w.src.Choose(LabelPeerUpdate, n) }
		if len(c.speech.Foreign) > 0 && choose(2) == 1 {
			p.send(c, malform.Foreign(c.speech, choose))
		} else {
			p.send(c, malform.Traffic(c.speech, choose))
		}
	}
	p.planUpdate()
}

// malform sends a case of the table, if a session is up, and now and then a
// valid message behind it in the same write.
func (p *peer) malform() {
	p.talking--
	p.w.moved()
	if c := p.session(); c != nil && !p.w.healed {
		if p.table == nil || *p.tableOf != *c.speech {
			p.tableOf, p.table = c.speech, fitting(malform.Established, malform.Cases(c.speech))
			p.soft = slices.DeleteFunc(slices.Clone(p.table), func(x malform.Case) bool { return x.Want.Treat > malform.Withdraw })
		}
		msg := p.malformation()
		for range p.w.src.Choose(LabelMalformBlock, 3) {
			msg = append(slices.Clone(msg), malform.Traffic(c.speech, func(n int) int { return p.w.src.Choose(LabelPeerUpdate, n) })...)
		}
		p.send(c, msg)
	}
	p.planMalformed()
}

// malformation is a case of the table, or one UPDATE of two that end no session.
func (p *peer) malformation() []byte {
	if len(p.soft) > 0 && mixing.Draw(p.w.src, LabelMalformMix) {
		one := func() []byte {
			x := &p.soft[p.w.src.Choose(LabelMalform, len(p.soft))]
			p.tell(x.Name)
			return x.Make()
		}
		return malform.Mix(one(), one(), func(n int) int { return p.w.src.Choose(LabelMalformMix, n) })
	}
	x := p.choose(p.table)
	p.tell(x.Name)
	return x.Make()
}

// replay remembers an UPDATE, and tells all of them to who asks for a refresh.
func (p *peer) replay(c *peerConn, msg []byte) {
	if codec.TypeOf(msg) == codec.MsgUpdate {
		p.told = append(p.told, slices.Clone(msg))
		return
	}
	for _, m := range p.told {
		p.send(c, m)
	}
}

// say carries out a step that sends something on a session that is up.
func (p *peer) say(c *peerConn, s *Step) {
	switch s.Kind {
	case Announce, WithdrawRoutes:
		for _, msg := range p.routes(c, s) {
			p.send(c, msg)
		}
	case EndOfRIB:
		if s.Family == codec.IPv4Unicast {
			p.send(c, malform.UpdateOf(nil, nil, nil))
		} else {
			p.send(c, malform.UpdateOf(nil, malform.Unreach(int(s.Family.AFI()), byte(s.Family.SAFI())), nil))
		}
	case Raw:
		p.send(c, []byte(s.Text))
	case SendKeepalive:
		p.send(c, malform.Message(malform.Keepalive))
	case Silence:
		c.alive = 0
	case Bracket:
		p.send(c, malform.Refresh(int(s.Family.AFI()), byte(s.N), byte(s.Family.SAFI())))
	case Malform:
		if x, ok := malform.Find(c.speech, s.Text); ok {
			p.tell(x.Name)
			p.send(c, x.Make())
		}
	}
}

// routes are the messages of an announcement or a withdrawal in the words of
// the API, one UPDATE a route.
func (p *peer) routes(c *peerConn, s *Step) [][]byte {
	var l [][]byte
	for _, r := range command.Parse(s.Lines[0]).Routes {
		nlri := []byte(r.NLRI.Wire)
		f := r.NLRI.Family
		if sendsPaths(c.mine, c.open, f) {
			nlri = malform.WithPath(r.NLRI.PathID, nlri)
		}
		afi, safi := int(f.AFI()), byte(f.SAFI())
		if s.Kind == WithdrawRoutes {
			if f == codec.IPv4Unicast {
				l = append(l, malform.UpdateOf(nlri, nil, nil))
			} else {
				l = append(l, malform.UpdateOf(nil, malform.Unreach(afi, safi, nlri), nil))
			}
			continue
		}
		given := make([]malform.Given, len(r.Attrs))
		for i, a := range r.Attrs {
			given[i] = malform.Given{Flags: byte(a.Flags), Type: byte(a.Type), Value: a.Value}
		}
		attrs, hop := c.speech.Attributes(given, f != codec.IPv4Unicast)
		if f == codec.IPv4Unicast {
			l = append(l, malform.UpdateOf(nil, attrs, nlri))
		} else {
			l = append(l, malform.UpdateOf(nil, append(malform.Reach(afi, safi, hop, nlri), attrs...), nil))
		}
	}
	return l
}

// holdOf is how often a peer that heard and said these hold times is to send
// KEEPALIVE: a third of the smaller (RFC 4271 §4.4); 0: never.
func holdOf(a, b uint16) time.Duration { return time.Duration(min(a, b)) * time.Second / 3 }
