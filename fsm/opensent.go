package fsm

// openReceived is event 19.
func openReceived(s *Session) State {
	n, err := s.cfg.Check(s.in.Open)
	if err != nil {
		s.in.Event, s.in.Err = BGPOpenMsgErr, err
		return fallError(s)
	}
	return s.confirm(n)
}

// openSentLost is event 18: back to waiting. The session of an accepted
// connection has nothing to wait for.
func openSentLost(s *Session) State {
	if s.incoming {
		return fallTCP(s)
	}
	s.release()
	s.act(ActListen)
	return Active
}
