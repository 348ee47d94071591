package fsm

import "time"

// allowed: the timers that may run in a state. enter stops all others.
var allowed = [nStates][nTimers]bool{
	Idle:        {idleHoldTimer: true},
	Connect:     {connectRetryTimer: true, delayOpenTimer: true},
	Active:      {connectRetryTimer: true, delayOpenTimer: true},
	OpenSent:    {holdTimer: true},
	OpenConfirm: {holdTimer: true, keepaliveTimer: true},
	Established: {holdTimer: true, keepaliveTimer: true, sendHoldTimer: true},
}

// armed: the timers that entering a state (re)starts. Staying in a state starts
// none.
var armed = [nStates][nTimers]bool{
	Idle:        {idleHoldTimer: true},
	Connect:     {connectRetryTimer: true},
	Active:      {connectRetryTimer: true},
	OpenSent:    {holdTimer: true},
	OpenConfirm: {holdTimer: true, keepaliveTimer: true},
	Established: {holdTimer: true, sendHoldTimer: true},
}

// enter changes the state: the only place that does.
func (s *Session) enter(next State) {
	if next < OpenConfirm {
		s.negotiated = nil
	}
	if next < OpenSent {
		s.pending = false
	}
	from := s.state
	s.state, s.since = next, s.now
	for t := range timer(nTimers) {
		if !allowed[next][t] || next == Active && from == Connect {
			s.timers[t] = time.Time{}
		}
		if armed[next][t] {
			s.arm(t)
		}
	}
	switch next {
	case Idle:
		s.down.WasEstablished = from == Established
		s.out = append(s.out, Action{Kind: ActDown, Reason: s.down})
	case Established:
		s.out = append(s.out, Action{Kind: ActEstablished})
	}
}
