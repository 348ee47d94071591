package fsm

// start is events 1 and 3. A passive session takes it as 4 or 5.
func start(s *Session) State {
	if s.cfg.Passive {
		return startPassive(s)
	}
	s.noRestart, s.retries = false, 0
	s.dial()
	return Connect
}

// startPassive is events 4 and 5.
func startPassive(s *Session) State {
	s.noRestart, s.retries = false, 0
	s.act(ActListen)
	return Active
}

// dial starts a connection while listening for the peer's.
func (s *Session) dial() {
	s.link = linkDialing
	s.act(ActDial)
	s.act(ActListen)
}

// startDamped is event 6: it waits for IdleHoldTimer.
func startDamped(s *Session) State {
	if s.running(idleHoldTimer) {
		return Idle
	}
	return start(s)
}

// startDampedPassive is event 7.
func startDampedPassive(s *Session) State {
	if s.running(idleHoldTimer) {
		return Idle
	}
	return startPassive(s)
}

// restart is event 13, and the automatic start without damping. The
// ConnectRetryCounter tells how often it came to that, so it stays.
func restart(s *Session) State {
	if s.noRestart {
		return Idle
	}
	retries := s.retries
	next := start(s)
	s.retries = retries
	return next
}

// stopIdle is event 2: the automatic start that is under way is called off.
func stopIdle(s *Session) State {
	s.noRestart = true
	s.stop(idleHoldTimer)
	return Idle
}

// refuseRequest is event 14, which only TrackTcpState brings.
func refuseRequest(s *Session) State {
	if !s.cfg.TrackTCP {
		return Idle
	}
	return refuseConnection(s)
}

// refuseConnection: "In this state, BGP FSM refuses all incoming BGP connections".
func refuseConnection(s *Session) State {
	s.act(ActClose)
	return Idle
}
