package fsm

// confirmed is event 26.
func confirmed(s *Session) State { return Established }
