package speaker

import (
	"time"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/fsm"
	"github.com/peerloom/peerloom/rib"
)

// received takes bytes of c's connection, in whatever pieces they come.
func (s *Speaker) received(now time.Time, c *session, data []byte, out []Action) []Action {
	conn := c.conn
	c.framer.Write(data)
	for c.conn == conn { // a message may end the session: what follows it is dropped
		msg, err := c.framer.Next(c.maxReceive())
		if err != nil {
			return s.step(now, c, fsm.Input{Event: fsm.BGPHeaderErr, Err: s.config.headerError(err)}, out)
		}
		if msg == nil {
			return out
		}
		c.peer.traffic.count(Received, msg)
		out = s.tellMessage(c, msg, false, out)
		out = s.message(now, c, msg, out)
	}
	return out
}

// maxReceive is the longest message that the peer may send now (RFC 8654 §4).
func (c *session) maxReceive() int {
	if st := c.fsm.State(); st != fsm.OpenConfirm && st != fsm.Established {
		return codec.MaxLen
	}
	return c.fsm.Negotiated().Receive.Max()
}

// message handles one framed message.
func (s *Speaker) message(now time.Time, c *session, msg []byte, out []Action) []Action {
	switch codec.TypeOf(msg) {
	case codec.MsgOpen:
		return s.receiveOpen(now, c, msg, out)
	case codec.MsgNotification:
		return s.receiveNotification(now, c, msg, out)
	case codec.MsgKeepalive:
		return s.step(now, c, fsm.Input{Event: fsm.KeepAliveMsg}, out)
	case codec.MsgUpdate:
		if c.fsm.State() == fsm.Established {
			return s.receiveUpdate(now, c, msg, out)
		}
	case codec.MsgOperational:
		if c.fsm.State() == fsm.Established && !operational(c.fsm.Negotiated()) {
			err := &codec.Error{Code: codec.CodeHeader, Subcode: codec.SubBadMessageType, Data: []byte{byte(codec.MsgOperational)},
				Treat: codec.TreatReset, Why: "OPERATIONAL was not negotiated"}
			return s.step(now, c, fsm.Input{Event: fsm.BGPHeaderErr, Err: s.config.headerError(err)}, out)
		}
	case codec.MsgRouteRefresh:
		if c.fsm.State() == fsm.Established {
			return s.receiveRefresh(now, c, msg, out)
		}
	}
	// Anything else is accepted in Established and an FSM error before it, as
	// an UPDATE would be.
	return s.step(now, c, fsm.Input{Event: fsm.UpdateMsg}, out)
}

func (s *Speaker) receiveOpen(now time.Time, c *session, msg []byte, out []Action) []Action {
	open, err := codec.DecodeOpen(msg)
	if err != nil {
		return s.step(now, c, fsm.Input{Event: fsm.BGPOpenMsgErr, Err: err}, out)
	}
	// Also where DelayOpen still holds our OPEN back: it is an OPEN like another.
	if st := c.fsm.State(); st >= fsm.Connect && st <= fsm.OpenConfirm {
		n, err := c.peer.fsm.Check(open)
		if err != nil {
			return s.step(now, c, fsm.Input{Event: fsm.BGPOpenMsgErr, Err: err}, out)
		}
		goesOn := true
		if goesOn, out = s.collide(now, c, open, n, out); !goesOn {
			return out
		}
	}
	return s.step(now, c, fsm.Input{Event: fsm.BGPOpen, Open: open}, out)
}

func (s *Speaker) receiveNotification(now time.Time, c *session, msg []byte, out []Action) []Action {
	// A malformed NOTIFICATION is logged and never answered (RFC 4271 §6.4).
	n, err := codec.DecodeNotification(msg)
	if err != nil {
		out = s.log(c.peer, LevelWarn, out, "received a malformed NOTIFICATION: %v", err)
	} else {
		out = s.log(c.peer, LevelWarn, out, "received NOTIFICATION %v", n)
	}
	ev := fsm.NotifMsg
	if n.Code == codec.CodeOpen && n.Subcode == unsupportedVersion {
		ev = fsm.NotifMsgVerErr
	}
	return s.step(now, c, fsm.Input{Event: ev, Notification: n}, out)
}

// unsupportedVersion is the OPEN Message Error of that name (RFC 4271 §4.5).
const unsupportedVersion = 1

// receiveUpdate applies an UPDATE to the Adj-RIB-In, with the treatment of RFC
// 7606 for what is malformed.
func (s *Speaker) receiveUpdate(now time.Time, c *session, msg []byte, out []Action) []Action {
	p, n := c.peer, c.fsm.Negotiated()
	u := s.decoder.Update(msg, &n.Receive)
	worst := u.Worst()
	for i := range u.Errs {
		e := &u.Errs[i]
		out = s.log(p, LevelWarn, out, "malformed UPDATE: %v: %v", e, e.Treat)
		// Disabling one family is ours to choose; a reset is always allowed
		// (RFC 7606 §2).
		if worst >= codec.TreatDisableFamily && e.Treat == worst {
			return s.step(now, c, fsm.Input{Event: fsm.UpdateMsgErr, Err: e}, out)
		}
	}
	if f, ok := u.EndOfRIB(); ok {
		out = s.endOfRIB(p, f, out)
	}
	for r := range u.Withdraws() {
		p.in.Withdraw(r.NLRI())
	}
	for r, attrs := range u.Routes() {
		switch {
		case !n.Families.Has(r.Family):
			// RFC 4760 §7: what was not negotiated is ignored.
		case worst == codec.TreatWithdraw:
			p.in.Withdraw(r.NLRI())
		default:
			p.in.Announce(r.NLRI(), attrs)
		}
	}
	if reached, out := s.limit(now, p, out); reached {
		return out
	}
	return s.step(now, c, fsm.Input{Event: fsm.UpdateMsg}, out)
}

// receiveRefresh handles ROUTE-REFRESH: the peer's request (RFC 2918 §4), or
// its BoRR and EoRR (RFC 7313 §4).
func (s *Speaker) receiveRefresh(now time.Time, c *session, msg []byte, out []Action) []Action {
	p, n := c.peer, c.fsm.Negotiated()
	r, err := codec.DecodeRouteRefresh(msg)
	if err != nil {
		return s.step(now, c, fsm.Input{Event: fsm.UpdateMsgErr, Err: err}, out)
	}
	out = s.step(now, c, fsm.Input{Event: fsm.UpdateMsg}, out)
	switch {
	case p.up != c:
		return out
	case !n.Families.Has(r.Family):
		return s.log(p, LevelWarn, out, "ignored %v: the family was not negotiated", r)
	case r.Subtype != codec.RefreshRequest && !n.EnhancedRefresh:
		return s.log(p, LevelWarn, out, "ignored %v: enhanced route refresh was not negotiated", r)
	}
	if len(r.ORF) > 0 {
		// No filter was offered, so none is kept; without them, the routes are
		// what an immediate refresh asks for (RFC 5291 §6).
		when, filters, ok := r.Filters()
		out = s.log(p, LevelWarn, out, "%v: outbound route filtering was not negotiated: %d filter lists ignored (well formed: %t)", r, len(filters), ok)
		if !ok || when != codec.RefreshImmediate {
			return out
		}
	}
	switch r.Subtype {
	case codec.RefreshRequest:
		ticket := p.out.Apply([]rib.Op{{Kind: rib.OpRefresh, Family: r.Family}})
		s.time(now, p, true, ticket)
		return s.wake(p, out)
	case codec.RefreshBegin:
		p.in.BeginRefresh(r.Family)
	case codec.RefreshEnd:
		p.in.EndRefresh(r.Family)
	default: // RFC 7313 §5: any other subtype is ignored
		return s.log(p, LevelWarn, out, "ignored %v: unknown subtype", r)
	}
	return out
}
