package check

import (
	"fmt"
	"time"
)

// collision judges that x is closed with Cease/7: RFC 4271 §6.8 keeps the
// connection that the end with the higher BGP Identifier opened, between equal
// ones that of the higher AS number (RFC 6286 §2.3).
func (c *Conns) collision(x *connState) *Violation {
	what := fmt.Sprintf("Connection Collision Resolution on connection %d with %s", x.id, c.name(x.neighbor))
	var other *connState
	for i := range c.conns {
		if y := &c.conns[i]; y.id != x.id && y.neighbor == x.neighbor && (y.sent.open || y.received.open) && !y.sent.notification {
			other = y
		}
	}
	if other == nil {
		return violated(CollideLoser, "another connection with that neighbor, which stays", what)
	}
	c.lost, c.kept = x.id, other.id
	if x.dialed == other.dialed {
		return nil
	}
	if x.received.open && other.received.open && x.received.id != other.received.id {
		return nil // a bit of an OPEN flipped on the way: §6.8 speaks of one identifier
	}
	remote := &x.received
	if !remote.open {
		remote = &other.received
	}
	if !remote.open {
		return violated(CollideLoser, "the peer's OPEN first", what)
	}
	order := x.sent.id.Compare(remote.id)
	if order == 0 && x.sent.as < remote.as {
		order = -1
	}
	if x.dialed != (order < 0) {
		return violated(CollideLoser, fmt.Sprintf("the connection that the higher of %v (ours) and %v (the peer's) opened stays", x.sent.id, remote.id), what)
	}
	return nil
}

// cameBack reports whether a peer that offered graceful restart in the session on
// x has come back on another connection, for which x is to be closed: "no BGP
// NOTIFICATION message should be sent" (RFC 4724 §4.2). It has where it dialled
// both, and where it says that it has restarted since.
func (c *Conns) cameBack(x *connState) bool {
	if !x.sent.comesBack || !x.received.comesBack || !x.sent.keepalive || !x.received.keepalive {
		return false
	}
	for i := range c.conns {
		y := &c.conns[i]
		again := !x.dialed && !y.dialed && y.id > x.id
		if y.neighbor == x.neighbor && y.id != x.id && (again || y.received.restarted && !x.received.restarted) {
			return true
		}
	}
	return false
}

// Collision gives the connection that was closed with Cease/7 since the last
// call, and the one that stays; false: none.
func (c *Conns) Collision() (lost, kept uint64, ok bool) {
	lost, kept = c.lost, c.kept
	c.lost, c.kept = 0, 0
	return lost, kept, lost != 0
}

// Settled judges what a step has left. deadline is when the speaker wants to be
// woken, zero: never; served: its timers have just been served.
func (c *Conns) Settled(now, deadline time.Time, served bool) *Violation {
	if now.Before(c.last) && c.latest.Before(c.last) {
		c.latest = c.last
	}
	c.last = now
	if served && !deadline.IsZero() && !deadline.After(now) {
		return violated(TimerProgress, "the next deadline later than now, after timers were served", now.Sub(deadline).String()+" ago")
	}
	for i := range c.conns {
		x := &c.conns[i]
		if v := c.judge(now, deadline, x); v != nil {
			return v
		}
		for j := range c.conns[:i] {
			if y := &c.conns[j]; x.neighbor >= 0 && y.neighbor == x.neighbor && x.agreed() && y.agreed() {
				return violated(CollideOne, "one connection with "+c.name(x.neighbor)+" on which both OPENs went", fmt.Sprintf("connections %d and %d", y.id, x.id))
			}
		}
	}
	if deadline.IsZero() || deadline.After(now) {
		return c.abandoned(now)
	}
	return nil
}

// agreed: both OPENs went, and no NOTIFICATION yet.
func (x *connState) agreed() bool {
	return x.sent.open && x.received.open && !x.sent.notification && !x.received.notification
}

// judge holds the speaker to an end in sight for each connection.
func (c *Conns) judge(now, deadline time.Time, x *connState) *Violation {
	if x.sent.notification || x.received.notification {
		return nil
	}
	if hold, from := x.hold(x.heard); hold > 0 {
		if end := from.Add(hold); deadline.IsZero() || deadline.After(end) {
			return violated(TimerHoldLate, fmt.Sprintf("to be woken within %v of silence of %s", hold, c.name(x.neighbor)), wakes(now, deadline))
		}
		return c.held(now, deadline, x)
	}
	if x.sent.open || x.neighbor < 0 || !deadline.IsZero() && !deadline.After(now) {
		return nil
	}
	// Neither end has said anything, or the dial hangs.
	n := &c.neighbors[x.neighbor]
	if age := now.Sub(x.since); age > n.Early {
		return violated(LiveSilence, fmt.Sprintf("an end of a connection with %s on which no OPEN left, within %v", n.Name, n.Early), fmt.Sprintf("connection %d is %v old", x.id, age))
	}
	return nil
}

// Stood says that timers of the speaker were overdue, as those of a program that
// stood still are: what it may leave undone is counted from now.
func (c *Conns) Stood(now time.Time) {
	for i := range c.neighbors {
		if n := &c.neighbors[i]; !n.alone.IsZero() && n.alone.Before(now) { // the clock may have been set back
			n.alone = now
		}
	}
}

// abandoned finds a neighbor that is neither connected nor dialled.
func (c *Conns) abandoned(now time.Time) *Violation {
	if !c.begun { // a speaker that stands still before its start may be reloaded, and called
		return nil
	}
	for i := range c.neighbors {
		n := &c.neighbors[i]
		if n.Passive || n.stopped || c.stopped || n.Retry == 0 || n.alone.IsZero() {
			continue
		}
		from := n.alone
		if from.Before(c.latest) { // a ConnectRetryTimer of before the clock was set back runs on
			from = c.latest
		}
		if since := now.Sub(from); since > n.Retry {
			return violated(LiveRetry, fmt.Sprintf("a dial to %s within %v", n.Name, n.Retry), fmt.Sprintf("no connection for %v", since))
		}
	}
	return nil
}

// Quiet judges a world at rest: each neighbor has the one connection of its
// session. up are the numbers of those.
func (c *Conns) Quiet(up []uint64) *Violation {
	for i := range c.conns {
		x := &c.conns[i]
		session := false
		for _, id := range up {
			session = session || id == x.id
		}
		if !session {
			return violated(DeadAlive, "only connections of sessions that are up", fmt.Sprintf("connection %d with %s", x.id, c.name(x.neighbor)))
		}
	}
	return nil
}

func wakes(now, deadline time.Time) string {
	if deadline.IsZero() {
		return "never"
	}
	return fmt.Sprintf("in %v", deadline.Sub(now))
}

// Cease says which Cease subcodes may leave for a reason; RFC 4486 §4, RFC 8538.
type Cease uint16

// Allow adds a subcode.
func (c Cease) Allow(sub uint8) Cease { return c | 1<<sub }

// Judge judges a NOTIFICATION that leaves while only these are due; why is the
// reason in words.
func (c Cease) Judge(code, sub uint8, why string) *Violation {
	if code != 6 || sub < 16 && c&(1<<sub) != 0 {
		return nil
	}
	return violated(WireCease, "the subcode of "+why, fmt.Sprintf("6/%d", sub))
}
