package fsm

import "github.com/peerloom/peerloom/codec"

// What more than one state does. Each func is a cell: it says the next state.

func ignore(s *Session) State { return s.state }

func (s *Session) act(k ActionKind) { s.out = append(s.out, Action{Kind: k}) }

// release drops the connection or the attempt at one.
func (s *Session) release() {
	if s.link != linkNone {
		s.act(ActClose)
	}
	s.link = linkNone
}

// notify sends the connection's one NOTIFICATION: what follows is always
// release.
func (s *Session) notify(n codec.Notification) {
	s.out = append(s.out, Action{Kind: ActSendNotification, Notification: n})
	s.down.Cause, s.down.Notification = DownSent, n
}

// fall is what most of §8.2.2 ends in: release all resources, drop the TCP
// connection, "increments the ConnectRetryCounter by 1", damping, Idle.
func fall(s *Session) State {
	if s.down.Cause == DownNone {
		s.down.Cause = DownProtocol
	}
	s.release()
	s.retries++
	s.damp()
	return Idle
}

// cease is the Cease of the event that stops a session.
func (s *Session) cease() codec.Notification {
	if s.in.Stop.Code != 0 {
		return s.in.Stop
	}
	sub := [nEvents]uint8{ManualStop: codec.CeaseShutdown, OpenCollisionDump: codec.CeaseCollision}[s.in.Event]
	return codec.Notification{Code: codec.CodeCease, Subcode: sub}
}

// stopNow is event 2 where no NOTIFICATION is due: nothing starts the session
// again but a start event.
func stopNow(s *Session) State {
	if s.down.Cause == DownNone {
		s.down.Cause = DownStop
	}
	s.release()
	s.retries, s.noRestart = 0, true
	return Idle
}

// stopCease is event 2 after our OPEN.
func stopCease(s *Session) State {
	s.notify(s.cease())
	return stopNow(s)
}

// stopAutomatic is event 8 where no NOTIFICATION is due.
func stopAutomatic(s *Session) State {
	s.down.Cause = DownStop
	return fall(s)
}

// fallCease is event 8 after our OPEN.
func fallCease(s *Session) State {
	s.notify(s.cease())
	return fall(s)
}

// dump is event 23: another connection of this peer lives, so this session
// waits for a start event.
func dump(s *Session) State {
	s.noRestart = true
	return fallCease(s)
}

// fsmError is an event that the state has no place for (RFC 4271 §6.6, with the
// subcodes of RFC 6608).
func fsmError(s *Session) State {
	sub := [nStates]uint8{
		OpenSent:    codec.SubUnexpectedInOpenSent,
		OpenConfirm: codec.SubUnexpectedInOpenConfirm,
		Established: codec.SubUnexpectedInEstablished,
	}[s.state]
	s.notify(codec.Notification{Code: codec.CodeFSM, Subcode: sub})
	return fall(s)
}

// fallHold is event 10: "Hold Timer Expired" (RFC 4271 §6.5).
func fallHold(s *Session) State {
	s.notify(codec.Notification{Code: codec.CodeHoldTimer})
	return fall(s)
}

// fallSendHold is event 29 (RFC 9687 §4.3).
func fallSendHold(s *Session) State {
	s.notify(codec.Notification{Code: codec.CodeSendHold})
	return fall(s)
}

// fallError is events 21, 22 and 28 after our OPEN: the NOTIFICATION is that of
// the error found. An error in the peer's NOTIFICATION is the exception: "the
// receiver cannot use a NOTIFICATION message to report this error back to the
// peer" (§6.4).
func fallError(s *Session) State {
	if s.in.Err != nil {
		if s.in.Err.NoReply {
			return fall(s)
		}
		s.notify(s.in.Err.Notification())
		return fall(s)
	}
	code := [nEvents]codec.NotificationCode{BGPHeaderErr: codec.CodeHeader, BGPOpenMsgErr: codec.CodeOpen, UpdateMsgErr: codec.CodeUpdate}[s.in.Event]
	s.notify(codec.Notification{Code: code})
	return fall(s)
}

// fallErrorEarly is events 21 and 22 before our OPEN: a NOTIFICATION only where
// SendNOTIFICATIONwithoutOPEN allows it and there is a connection.
func fallErrorEarly(s *Session) State {
	if s.cfg.NotifyInOpenSent && s.link == linkUp {
		return fallError(s)
	}
	return fall(s)
}

// fallNotified is event 25: a NOTIFICATION ends the connection (RFC 4271 §6) and
// is not answered (§6.4).
func fallNotified(s *Session) State {
	s.down.Cause, s.down.Notification = DownReceived, s.in.Notification
	return fall(s)
}

// versionRefused is event 24: the peer wants another version; that does not count
// as oscillation.
func versionRefused(s *Session) State {
	s.down.Cause, s.down.Notification = DownReceived, s.in.Notification
	s.release()
	return Idle
}

// versionRefusedEarly is event 24 before our OPEN.
func versionRefusedEarly(s *Session) State {
	if s.running(delayOpenTimer) {
		return versionRefused(s)
	}
	return fallNotified(s)
}

// fallTCP is event 18.
func fallTCP(s *Session) State {
	s.down.Cause = DownTCP
	return fall(s)
}

// sendOpen sends our OPEN.
func (s *Session) sendOpen() {
	s.out = append(s.out, Action{Kind: ActSendOpen, Open: &s.cfg.Open})
}

// connected is events 16 and 17 before our OPEN.
func connected(s *Session) State {
	s.link = linkUp
	s.stop(connectRetryTimer)
	if s.cfg.DelayOpen > 0 {
		s.arm(delayOpenTimer)
		return s.state
	}
	s.sendOpen()
	return OpenSent
}

// delayOver is event 12: DelayOpenTimer runs only while there is a connection.
func delayOver(s *Session) State {
	if s.link != linkUp {
		return s.state
	}
	s.sendOpen()
	return OpenSent
}

// openEarly is event 20: the peer's OPEN came before ours was sent.
func openEarly(s *Session) State {
	n, err := s.cfg.Check(s.in.Open)
	if err != nil {
		s.in.Event, s.in.Err = BGPOpenMsgErr, err
		return fallErrorEarly(s)
	}
	s.sendOpen()
	return s.confirm(n)
}

// confirm answers an acceptable OPEN.
func (s *Session) confirm(n *Negotiated) State {
	s.negotiated = n
	s.act(ActSendKeepalive)
	return OpenConfirm
}

// keepalive is event 11.
func keepalive(s *Session) State {
	if s.negotiated.HoldTime == 0 {
		return s.state
	}
	s.act(ActSendKeepalive)
	s.arm(keepaliveTimer)
	return s.state
}
