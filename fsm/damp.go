package fsm

import "time"

// idleHoldInterval is how long Idle lasts before it restarts by itself; 0: it
// does not. Unless damped it is the same each time.
func (s *Session) idleHoldInterval() time.Duration {
	if !s.cfg.AutoStart || s.noRestart {
		return 0
	}
	return s.jitter(max(s.idleHold, s.cfg.firstIdleHold()))
}

// firstIdleHold is the IdleHoldTime of a peer that does not oscillate.
func (c *Config) firstIdleHold() time.Duration {
	switch {
	case c.IdleHold > 0:
		return c.IdleHold
	case c.ConnectRetry > 0:
		return c.ConnectRetry
	}
	return minRestart
}

// damp is "performs peer oscillation damping if the DampPeerOscillations
// attribute is set to TRUE" (RFC 4271 §8.2.2): each fall doubles the
// IdleHoldTime up to its bound; a session that stayed up for as long as the
// bound has stopped oscillating.
func (s *Session) damp() {
	if !s.cfg.Damp {
		return
	}
	first := s.cfg.firstIdleHold()
	limit := max(s.cfg.IdleHoldMax, first)
	stable := s.state == Established && s.now.Sub(s.since) >= limit
	switch {
	case stable || s.idleHold == 0:
		s.idleHold = first
	case s.idleHold >= limit/2:
		s.idleHold = limit
	default:
		s.idleHold *= 2
	}
}
