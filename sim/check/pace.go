package check

import (
	"fmt"
	"time"
)

// Pace holds the messages of a neighbor's queue against its rate limit: they leave
// evenly, each behind the one before it by the part of a second that the limit gives
// it. The zero value is that of a neighbor of which none has left.
type Pace struct {
	limit int
	floor time.Time // the earliest that all messages so far let the next one leave
}

// paceLate is by how much a message may be late and those behind it on time again:
// timers are late.
const paceLate = 10 * time.Millisecond

// Left says that a message leaves, under a limit of so many in a second; 0: none. The
// limit may be another one than that of the message before.
func (p *Pace) Left(now time.Time, limit int) *Violation {
	was := p.floor
	if limit == 0 || limit != p.limit {
		*p = Pace{limit: limit}
		was = time.Time{}
	}
	if limit == 0 {
		return nil
	}
	gap := time.Second / time.Duration(limit)
	if p.floor.Before(now) {
		p.floor = now
	}
	p.floor = p.floor.Add(gap)
	if now.Before(was.Add(-paceLate)) {
		return violated(WirePace, fmt.Sprintf("%v between two messages of the queue, which may be late by %v", gap, paceLate),
			fmt.Sprintf("one %v early", was.Sub(now)))
	}
	return nil
}

// Set says that what went before counts no more: another session, or a clock that was
// set.
func (p *Pace) Set() { *p = Pace{} }
