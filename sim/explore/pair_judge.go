package explore

import (
	"fmt"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/sim/check"
)

// collision judges that an end says msg on connection i, where that is a Cease:
// another connection stays, it is the one that RFC 4271 §6.8 keeps, and the
// other end has not given that one up for the sake of this.
func (n *pair) collision(e, i int, msg []byte) *check.Violation {
	if codec.TypeOf(msg) != codec.MsgNotification {
		return nil
	}
	note, bad := codec.DecodeNotification(msg)
	if bad != nil || note.Code != codec.CodeCease {
		return nil
	}
	what := codec.Describe(msg, nil) + " on " + n.name(i)
	if note.Subcode != codec.CeaseCollision { // nobody stops a speaker here
		return check.NewViolation(check.WireCease, "Connection Collision Resolution (RFC 4486 §4)", what)
	}
	other := -1
	for k := range n.links {
		if end := &n.links[k].ends[e]; k != i && end.live() && (end.sent.open || end.received.open) && !end.sent.notification {
			other = k
		}
	}
	if other < 0 {
		return check.NewViolation(check.CollideLoser, "another connection, which stays", what)
	}
	lost, kept := &n.links[i], &n.links[other]
	if lost.dialer != kept.dialer && kept.dialer != n.higher() {
		return check.NewViolation(check.CollideLoser, "the connection that "+n.Names[n.higher()]+" opened stays: its identifier is the higher one", what)
	}
	if kept.ends[1-e].kept == i {
		return check.NewViolation(check.CollideAgree, "one of both survives: "+n.Names[1-e]+" has closed "+n.name(other)+" for the sake of this one", what)
	}
	lost.ends[e].kept = other
	return nil
}

// judge holds between any two moves.
func (n *pair) judge() error {
	for e, s := range n.speakers {
		agreed, established := -1, -1
		for i := range n.links {
			end := &n.links[i].ends[e]
			if !end.agreed() {
				continue
			}
			if agreed >= 0 {
				return check.NewViolation(check.CollideOne, "one connection on which both OPENs went", n.name(agreed)+" and "+n.name(i)).At(n.Names[e])
			}
			agreed = i
			if end.established() {
				established = i
			}
		}
		if got := n.find(e, s.Established(0)); got != established {
			return fmt.Errorf("%s has its session on %s, and by what it received it is on %s", n.Names[e], n.called(got), n.called(established))
		}
	}
	if n.settled() {
		return n.rest()
	}
	return nil
}

func (n *pair) called(i int) string {
	if i < 0 {
		return "no connection"
	}
	return n.name(i)
}

// settled: nothing happens any more unless there is a fault.
func (n *pair) settled() bool {
	var room [32]pairMove
	return n.started[0] && n.started[1] && len(n.moves(room[:0])) == len(n.faults(room[:0:0]))
}

// rest judges two speakers at rest: one connection, with a session at both ends.
func (n *pair) rest() error {
	left, right := n.find(0, n.speakers[0].Established(0)), n.find(1, n.speakers[1].Established(0))
	if left != right {
		return check.NewViolation(check.CollideAgree, "one session, on one connection",
			fmt.Sprintf("%s: %s; %s: %s", n.Names[0], n.called(left), n.Names[1], n.called(right)))
	}
	if left < 0 && n.dialling() {
		return nil
	}
	if left < 0 {
		return check.NewViolation(check.LiveQuiet, "a session: nothing is on its way", "none at either end")
	}
	for i := range n.links {
		if i != left && !n.links[i].gone() {
			return check.NewViolation(check.DeadAlive, "only "+n.name(left)+", which has the session", n.name(i)+" too")
		}
	}
	return nil
}

// dialling: faults have ended what there was, and each end that may dial does so
// once more than is explored.
func (n *pair) dialling() bool {
	if n.resets == n.Resets && n.timers == n.Timers {
		return false
	}
	hanging := [2]bool{n.neighbor(0).Passive, n.neighbor(1).Passive}
	for i := range n.links {
		l := &n.links[i]
		if !l.hangs && !l.gone() {
			return false
		}
		hanging[l.dialer] = hanging[l.dialer] || !l.gone()
	}
	return hanging[0] && hanging[1]
}
