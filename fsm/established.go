package fsm

// alive is events 26 and 27: "restarts its HoldTimer, if the negotiated HoldTime
// value is non-zero".
func alive(s *Session) State {
	s.arm(holdTimer)
	return Established
}
