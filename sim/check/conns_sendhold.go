package check

import (
	"fmt"
	"time"
)

// minSendHold is the Send Hold Time at its least (RFC 9687 §6).
const minSendHold = 8 * time.Minute

// Waits says how many octets of the connection TCP has yet to take, and whether
// it has just taken some.
func (c *Conns) Waits(now time.Time, id uint64, octets int, taken bool) {
	x := c.find(id)
	switch {
	case x == nil:
	case octets == 0:
		x.stuck = time.Time{}
	case taken || x.stuck.IsZero() || !x.established():
		x.stuck = now
	}
}

// established: OPENs and KEEPALIVEs went in both directions.
func (x *connState) established() bool { return x.agreed() && x.sent.keepalive && x.received.keepalive }

// held wants a connection of which TCP takes nothing to end in the Send Hold
// Time: of its own, or "the greater of" 8 minutes and twice the hold time (RFC
// 9687 §6), where there is a hold time (§4.3) and the neighbor has it on.
func (c *Conns) held(now, deadline time.Time, x *connState) *Violation {
	if x.stuck.IsZero() || x.neighbor < 0 || !x.established() {
		return nil
	}
	n, hold := &c.neighbors[x.neighbor], min(x.sent.hold, x.received.hold)
	if hold == 0 || n.SendHold < 0 {
		return nil
	}
	limit := n.SendHold
	if limit <= hold { // §4.4: it "MUST be greater"
		limit = max(minSendHold, 2*hold)
	}
	from := x.stuck
	if from.Before(c.latest) { // a timer of before the clock was set back runs on
		from = c.latest
	}
	if end := from.Add(limit); deadline.IsZero() || deadline.After(end) {
		return violated(TimerSendHeld, fmt.Sprintf("to be woken within %v of the last octet that TCP took of what is for %s", limit, n.Name), wakes(now, deadline))
	}
	return nil
}
