package fsm

// retry is event 9. A passive session goes on waiting.
func retry(s *Session) State {
	if s.cfg.Passive {
		return Active
	}
	s.release()
	s.stop(delayOpenTimer)
	s.dial()
	return Connect
}

// stopActive is event 2: "If the DelayOpenTimer is running and the
// SendNOTIFICATIONwithoutOPEN session attribute is set, the local system sends
// a NOTIFICATION with a Cease".
func stopActive(s *Session) State {
	if s.running(delayOpenTimer) && s.cfg.NotifyInOpenSent {
		return stopCease(s)
	}
	return stopNow(s)
}
