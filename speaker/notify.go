package speaker

import (
	"strings"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/fsm"
)

// subscriber is a client that hears of one neighbor, by one api section.
type subscriber struct {
	client ClientID
	api    *API
}

// subscribers lists who hears of n, in the order of its api sections.
func (s *Speaker) subscribers(n *Neighbor) []subscriber {
	var l []subscriber
	for i := range n.API {
		for _, name := range n.API[i].Processes {
			for _, c := range s.clients {
				if c.name == name {
					l = append(l, subscriber{c.id, &n.API[i]})
				}
			}
		}
	}
	return l
}

// tell sends an event to those whose api section wants it.
func (s *Speaker) tell(p *peer, out []Action, wants func(*API) bool, make func() Event) []Action {
	for _, sub := range p.subs {
		if !wants(sub.api) {
			continue
		}
		e := make()
		out = append(out, s.event(p, sub.client, &e))
	}
	return out
}

// event is the action that tells one client of p.
func (s *Speaker) event(p *peer, client ClientID, e *Event) Action {
	p.counter++
	e.Counter = p.counter
	n := p.cfg
	e.Peer = PeerInfo{
		LocalAddress: n.LocalAddress, PeerAddress: n.PeerAddress,
		LocalAS: n.LocalAS, PeerAS: n.PeerAS, RouterID: n.RouterID,
	}
	for _, c := range p.sessions {
		if c == nil || c.conn == 0 || !c.met {
			continue
		}
		if !e.Peer.LocalAddress.IsValid() {
			e.Peer.LocalAddress = c.local.Addr()
		}
		if neg := c.fsm.Negotiated(); e.Peer.PeerAS == 0 && neg != nil {
			e.Peer.PeerAS = neg.PeerAS
		}
	}
	return Action{Kind: ActEvent, Client: client, Event: e}
}

func (s *Speaker) tellState(p *peer, state, reason string, out []Action) []Action {
	return s.tell(p, out, func(a *API) bool { return a.NeighborChanges }, func() Event {
		return Event{Kind: EvState, State: state, Reason: reason}
	})
}

func (s *Speaker) tellNegotiated(p *peer, n *fsm.Negotiated, out []Action) []Action {
	return s.tell(p, out, func(a *API) bool { return a.Negotiated }, func() Event {
		return Event{Kind: EvNegotiated, Negotiated: n}
	})
}

// tellFSM tells of a change of state since before.
func (s *Speaker) tellFSM(c *session, before fsm.State, out []Action) []Action {
	st := c.fsm.State()
	if st == before {
		return out
	}
	return s.tell(c.peer, out, func(a *API) bool { return a.FSM }, func() Event {
		return Event{Kind: EvFSM, State: strings.ToUpper(st.String())}
	})
}

// signal tells every client whose api section asks for signals.
func (s *Speaker) signal(n int, name string, out []Action) []Action {
	for _, p := range s.peers {
		out = s.tell(p, out, func(a *API) bool { return a.Signal }, func() Event {
			return Event{Kind: EvSignal, Code: n, State: name}
		})
	}
	return out
}

// messageKinds says which field of a Subscription is about a message type.
var messageKinds = [...]func(*Subscription) bool{
	codec.MsgOpen:         func(s *Subscription) bool { return s.Open },
	codec.MsgUpdate:       func(s *Subscription) bool { return s.Update },
	codec.MsgNotification: func(s *Subscription) bool { return s.Notification },
	codec.MsgKeepalive:    func(s *Subscription) bool { return s.Keepalive },
	codec.MsgRouteRefresh: func(s *Subscription) bool { return s.Refresh },
	codec.MsgOperational:  func(s *Subscription) bool { return s.Operational },
}

// tellMessage tells of a message received or sent, in the forms asked for.
func (s *Speaker) tellMessage(c *session, msg []byte, sent bool, out []Action) []Action {
	kind := int(codec.TypeOf(msg))
	if len(c.peer.subs) == 0 || kind >= len(messageKinds) || messageKinds[kind] == nil {
		return out
	}
	for _, sub := range c.peer.subs {
		want := &sub.api.Receive
		if sent {
			want = &sub.api.Send
		}
		if !messageKinds[kind](want) {
			continue
		}
		e := Event{Kind: EvMessage, Sent: sent, Message: msg}
		if st := c.fsm.State(); st == fsm.OpenConfirm || st == fsm.Established {
			e.Negotiated = c.fsm.Negotiated()
			e.Options = &e.Negotiated.Receive
			if sent {
				e.Options = &e.Negotiated.Send
			}
		}
		if want.Consolidate {
			e.Parsed, e.Packets, e.Consolidate = true, want.Packets, true
			out = append(out, s.event(c.peer, sub.client, &e))
			continue
		}
		if want.Packets {
			packets := e
			packets.Packets = true
			out = append(out, s.event(c.peer, sub.client, &packets))
		}
		if want.Parsed {
			parsed := e
			parsed.Parsed = true
			out = append(out, s.event(c.peer, sub.client, &parsed))
		}
	}
	return out
}
