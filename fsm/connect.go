package fsm

// redial is event 9.
func redial(s *Session) State {
	s.release()
	s.stop(delayOpenTimer)
	s.dial()
	s.arm(connectRetryTimer)
	return Connect
}

// connectFailed is event 18: with DelayOpenTimer running a connection was lost,
// without it the dial failed, which §8.2.2 neither counts nor damps.
func connectFailed(s *Session) State {
	if s.running(delayOpenTimer) {
		s.release()
		s.act(ActListen)
		return Active
	}
	s.link = linkNone // there never was one
	s.down.Cause = DownTCP
	return Idle
}
