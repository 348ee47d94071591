package world

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/sim/check"
	"github.com/peerloom/peerloom/speaker"
)

// observeEvents holds what each client is told of the messages of one read
// against what was read.
func (n *node) observeEvents(l *link, actions []speaker.Action) {
	if l.in == nil || l.closing {
		return
	}
	if s := n.neighborAt(l); s != nil {
		for i := range s.cfg.API {
			n.observeAPI(l, &s.cfg.API[i], actions)
		}
	}
}

func closes(actions []speaker.Action, id speaker.ConnID) bool {
	return slices.ContainsFunc(actions, func(a speaker.Action) bool { return a.Kind == speaker.ActClose && a.Conn == id })
}

func (n *node) observeAPI(l *link, section *speaker.API, actions []speaker.Action) {
	ends := closes(actions, l.id) // one that lost a collision is not read to its end
	n.eachSubscriber(section, func(a *api) {
		asked := asks(&section.Receive)
		for _, told := range told(a, n.neighborAt(l), &section.Receive, false, actions) {
			n.w.failIf(l.in.Heard(a.name, asked, told, ends))
		}
	})
}

// eachSubscriber calls f for each client that an api section names and that runs.
func (n *node) eachSubscriber(section *speaker.API, f func(*api)) {
	for _, a := range n.apis {
		if a.name != "" && !a.dead && slices.Contains(section.Processes, a.name) {
			f(a)
		}
	}
}

// asks says which message types a client asked to hear of.
func asks(s *speaker.Subscription) func(codec.MessageType) bool {
	return func(t codec.MessageType) bool {
		switch t {
		case codec.MsgOpen:
			return s.Open
		case codec.MsgUpdate:
			return s.Update
		case codec.MsgNotification:
			return s.Notification
		case codec.MsgKeepalive:
			return s.Keepalive
		case codec.MsgRouteRefresh:
			return s.Refresh
		case codec.MsgOperational:
			return s.Operational
		}
		return false
	}
}

// told is the messages of a neighbor, in one direction, that a client is told of: once
// for each of the forms that it wants, parsed and as octets.
func told(a *api, s *watched, want *speaker.Subscription, sent bool, actions []speaker.Action) (forms [][]byte) {
	var parsed, packets []byte
	for i := range actions {
		e := actions[i].Event
		if actions[i].Kind != speaker.ActEvent || actions[i].Client != a.id || e.Kind != speaker.EvMessage || e.Sent != sent || !s.isOf(e) {
			continue
		}
		if e.Parsed {
			parsed = append(parsed, e.Message...)
		}
		if e.Packets {
			packets = append(packets, e.Message...)
		}
	}
	if want.Parsed || want.Consolidate {
		forms = append(forms, parsed)
	}
	if want.Packets {
		forms = append(forms, packets)
	}
	return forms
}

// isOf reports whether an event is about the neighbor: another one may have the same
// address, and another local one.
func (s *watched) isOf(e *speaker.Event) bool {
	return e.Peer.PeerAddress == s.cfg.PeerAddress && (!s.cfg.LocalAddress.IsValid() || e.Peer.LocalAddress == s.cfg.LocalAddress)
}

// observeSent holds what each client is told of the messages that leave for a
// neighbor against them.
func (n *node) observeSent(s *watched, msgs [][]byte, actions []speaker.Action) {
	for i := range s.cfg.API {
		section := &s.cfg.API[i]
		n.eachSubscriber(section, func(a *api) {
			asked := asks(&section.Send)
			for _, told := range told(a, s, &section.Send, true, actions) {
				n.w.failIf(check.SameMessages(a.name, msgs, asked, told, false))
			}
		})
	}
}

// observeControl is observeSent for what one input had sent at once, and for sessions
// that come and go. A neighbor that a reload has changed has other subscribers than
// its last words had.
func (n *node) observeControl(actions []speaker.Action, in *speaker.Input) {
	if in != nil && in.Kind == speaker.InReload {
		return
	}
	speaks := slices.ContainsFunc(actions, func(a speaker.Action) bool { return a.Kind == speaker.ActSend || a.Kind == speaker.ActEvent })
	for _, s := range n.sessions {
		if len(s.cfg.API) == 0 || !speaks && !s.rose && !s.fell {
			continue
		}
		var msgs [][]byte
		for i := range actions {
			if a := &actions[i]; a.Kind == speaker.ActSend && n.link(a.Conn) != nil && n.neighborAt(n.link(a.Conn)) == s {
				msgs = append(msgs, a.Data)
			}
		}
		n.observeSent(s, msgs, actions)
		n.observeStates(s, actions)
	}
	if in == nil || in.Kind != speaker.InBatch { // which may delete a neighbor and create another one
		n.observeWho(actions)
	}
}

// observeWho wants of each event what its neighbor is configured to be, as far as
// that is said and the neighbor still there.
func (n *node) observeWho(actions []speaker.Action) {
	for i := range actions {
		e := actions[i].Event
		if actions[i].Kind != speaker.ActEvent || !e.Peer.PeerAddress.IsValid() {
			continue
		}
		k := slices.IndexFunc(n.sessions, func(s *watched) bool { return s.isOf(e) })
		if k < 0 {
			continue
		}
		c := n.sessions[k].cfg
		if got := e.Peer; got.LocalAS != c.LocalAS || c.PeerAS != 0 && got.PeerAS != c.PeerAS || got.RouterID != c.RouterID {
			n.w.failAt(n.name, check.NewViolation(check.InTold, fmt.Sprintf("an event of %v: AS %d, AS %d, identifier %v", c.PeerAddress, c.LocalAS, c.PeerAS, c.RouterID),
				fmt.Sprintf("AS %d, AS %d, identifier %v", got.LocalAS, got.PeerAS, got.RouterID)))
		}
	}
}

// observeStates holds what each client is told of sessions that come and go against
// those that do.
func (n *node) observeStates(s *watched, actions []speaker.Action) {
	for i := range s.cfg.API {
		if !s.cfg.API[i].NeighborChanges {
			continue
		}
		n.eachSubscriber(&s.cfg.API[i], func(a *api) {
			ups, downs := 0, 0
			for i := range actions {
				e := actions[i].Event
				if actions[i].Kind != speaker.ActEvent || actions[i].Client != a.id || e.Kind != speaker.EvState || !s.isOf(e) {
					continue
				}
				switch e.State {
				case "up":
					ups++
				case "down":
					downs++
				}
			}
			n.w.failIf(check.CameAndWent(a.name, s.cfg.PeerAddress.String(), s.rose, s.fell, ups, downs))
		})
	}
}

// tell hands an event to the client's oracle, to be held against what the client gets.
func (a *api) tell(e *speaker.Event) {
	t := check.Told{
		Kind: toldKinds[e.Kind], Peer: e.Peer.PeerAddress, Local: e.Peer.LocalAddress, LocalAS: e.Peer.LocalAS, PeerAS: e.Peer.PeerAS,
		RouterID: e.Peer.RouterID, State: e.State, Reason: e.Reason, Code: e.Code, Sent: e.Sent, Message: bytes.Clone(e.Message),
		Options: e.Options, Parsed: e.Parsed || e.Consolidate, Packet: e.Packets,
	}
	if e.Negotiated != nil {
		t.Families = e.Negotiated.Families
	}
	if e.Kind == speaker.EvNegotiated {
		t.Agreed = a.node.agreed(e)
	}
	if e.Kind != speaker.EvNegotiated || e.Negotiated != nil {
		a.hearing.Tell(t)
	}
}

// agreed is what the OPENs of the session that an event is about make of it, by the
// octets that went; nil: it is over already.
func (n *node) agreed(e *speaker.Event) *check.Agreed {
	for _, s := range n.sessions {
		l := n.link(n.sp.Established(s.index))
		if !s.isOf(e) || l == nil {
			continue
		}
		if o, ok := l.wire.Session(); ok {
			return &check.Agreed{Hold: l.wire.Hold(), Families: o.Families, Paths: o.Options.AddPath, AS4: o.Options.AS4,
				Enhanced: o.EnhancedRefresh, Long: o.Options.Max() > codec.MaxLen}
		}
	}
	return nil
}

// toldKinds are the kinds of events as the oracle calls them.
var toldKinds = [...]string{
	speaker.EvState: "state", speaker.EvFSM: "fsm", speaker.EvNegotiated: "negotiated",
	speaker.EvMessage: "message", speaker.EvSignal: "signal", speaker.EvShutdown: "shutdown",
}

func (w *World) failIf(err error) {
	if err != nil {
		w.fail(err)
	}
}
