package fsm

import "time"

// timer is one of the timers of RFC 4271 §8.1.3, in the order in which those
// due at one instant fire.
type timer uint8

const (
	connectRetryTimer timer = iota
	holdTimer
	keepaliveTimer
	delayOpenTimer
	idleHoldTimer
	sendHoldTimer // RFC 9687
	nTimers
)

const (
	// largeHold is the HoldTimer of OpenSent: "A HoldTimer value of 4 minutes
	// is suggested" (RFC 4271 §8.2.2).
	largeHold = 4 * time.Minute
	// minSendHold is RFC 9687 §6's default at its least.
	minSendHold = 8 * time.Minute
	// minKeepalive: "KEEPALIVE messages MUST NOT be sent more frequently than
	// one per second" (RFC 4271 §4.4).
	minKeepalive = time.Second
	// defaultConnectRetry: "The suggested default value for the
	// ConnectRetryTime is 120 seconds" (RFC 4271 §10).
	defaultConnectRetry = 120 * time.Second
	// minRestart is the pause in Idle where none is configured.
	minRestart = time.Second
)

// timers: what each timer's expiry is, and its interval (0: it does not run).
var timers = [nTimers]struct {
	name     string
	event    Event
	interval func(*Session) time.Duration
}{
	connectRetryTimer: {"ConnectRetry", ConnectRetryTimerExpires, (*Session).connectRetryInterval},
	holdTimer:         {"Hold", HoldTimerExpires, (*Session).holdInterval},
	keepaliveTimer:    {"Keepalive", KeepaliveTimerExpires, (*Session).keepaliveInterval},
	delayOpenTimer:    {"DelayOpen", DelayOpenTimerExpires, func(s *Session) time.Duration { return s.cfg.DelayOpen }},
	idleHoldTimer:     {"IdleHold", IdleHoldTimerExpires, (*Session).idleHoldInterval},
	sendHoldTimer:     {"SendHold", SendHoldTimerExpires, (*Session).sendHoldInterval},
}

// arm (re)starts t, or stops it where its interval is 0.
func (s *Session) arm(t timer) {
	s.timers[t] = time.Time{}
	if d := timers[t].interval(s); d > 0 {
		s.timers[t] = s.now.Add(d)
	}
}

func (s *Session) stop(t timer)         { s.timers[t] = time.Time{} }
func (s *Session) running(t timer) bool { return !s.timers[t].IsZero() }

// holdInterval is the negotiated hold time, or the large value before there is
// one.
func (s *Session) holdInterval() time.Duration {
	if s.negotiated == nil {
		return largeHold
	}
	return s.negotiated.HoldTime
}

// connectRetryInterval: a hanging dial always has an end. A passive session has
// no dial.
func (s *Session) connectRetryInterval() time.Duration {
	switch {
	case s.cfg.Passive:
		return 0
	case s.cfg.ConnectRetry > 0:
		return s.jitter(s.cfg.ConnectRetry)
	}
	return s.jitter(defaultConnectRetry)
}

func (s *Session) keepaliveInterval() time.Duration {
	d := s.negotiated.KeepaliveTime
	if d == 0 {
		return 0
	}
	return max(minKeepalive, s.jitter(d))
}

// sendHoldInterval: the default "SHOULD be the greater of" 8 minutes and 2
// times the negotiated HoldTime (RFC 9687 §6); the timer does not run at hold
// time 0 (§4.3), and a SendHoldTime "MUST be greater than the value of HoldTime"
// (§4.4). It runs only while bytes wait for TCP.
func (s *Session) sendHoldInterval() time.Duration {
	if !s.pending || s.negotiated.HoldTime == 0 || s.cfg.SendHold < 0 {
		return 0
	}
	if s.cfg.SendHold > s.negotiated.HoldTime {
		return s.cfg.SendHold
	}
	return max(minSendHold, 2*s.negotiated.HoldTime)
}

// jitter multiplies d by 0.75–1.0 (RFC 4271 §10).
func (s *Session) jitter(d time.Duration) time.Duration {
	const steps = 1024
	if s.cfg.Jitter == nil || d <= 0 {
		return d
	}
	return d - d/(4*steps)*time.Duration(s.cfg.Jitter(steps+1))
}
