package speaker

import "time"

// A neighbor's rate-limit is the most messages of its queue in a second. They
// leave evenly: as many at once would be twice as many in a second that begins
// between.

// catchUp is how much of the time by which a message was late those behind it may
// make up for: timers are late.
const catchUp = 10 * time.Millisecond

// paced reports whether p's next message must wait, and until when; the timer
// then wakes it.
func (p *peer) paced(now time.Time) bool {
	if p.cfg.RateLimit == 0 || !now.Before(p.next) || !p.out.Ready() {
		return false
	}
	if most := now.Add(p.interval()); p.next.After(most) {
		p.next = most // the clock was set back
	}
	p.pause = p.next
	return true
}

func (p *peer) interval() time.Duration { return time.Second / time.Duration(p.cfg.RateLimit) }

// left notes that a message of the queue leaves.
func (p *peer) left(now time.Time) {
	if p.cfg.RateLimit == 0 {
		return
	}
	p.next = p.next.Add(p.interval())
	if least := now.Add(p.interval() - catchUp); p.next.Before(least) {
		p.next = least
	}
}

// resumePaced wakes a neighbor whose wait is over.
func (s *Speaker) resumePaced(now time.Time, p *peer, out []Action) []Action {
	if p.pause.IsZero() || now.Before(p.pause) {
		return out
	}
	p.pause = time.Time{}
	return s.wake(p, out)
}
