package world

import (
	"slices"
	"time"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/fsm"
	"github.com/peerloom/peerloom/sim/check"
	"github.com/peerloom/peerloom/speaker"
)

// machine is one state machine of a speaker, with the oracle that judges it.
type machine struct {
	n        *node
	neighbor *speaker.Neighbor
	session  *fsm.Session
	oracle   *check.FSMOracle
}

// watchMachine is the Observe of the node's speaker.
func (n *node) watchMachine(nb *speaker.Neighbor, s *fsm.Session) fsm.Observer {
	m := &machine{n: n, neighbor: nb, session: s, oracle: check.NewFSMOracle(*s.Config(), s.Incoming(), n.w.excuses)}
	// The machine of a connection ends with it; a peer has one other at a time.
	n.machines = slices.DeleteFunc(n.machines, func(x *machine) bool {
		return x.session.State() == fsm.Idle && x.neighbor.Name == nb.Name && (x.session.Incoming() || !s.Incoming())
	})
	n.machines = append(n.machines, m)
	return m
}

// other is the other machine of the same neighbor; nil: there is none.
func (m *machine) other() *machine {
	for _, x := range m.n.machines {
		if x != m && x.neighbor.Name == m.neighbor.Name {
			return x
		}
	}
	return nil
}

func (m *machine) fail(v *check.Violation) {
	if v == nil {
		return
	}
	v.Got = m.n.name + " with " + m.neighbor.PeerAddress.String() + ": " + v.Got
	m.n.w.failAt(m.n.name+"→"+m.neighbor.PeerAddress.String(), v)
}

// Met counts the cell, and what is rare about the moment.
func (m *machine) Met(from fsm.State, e fsm.Event) {
	w := m.n.w
	w.cover.Sometimes(check.CellPoint(from, e), true)
	if from == fsm.Established { // maybe not for long enough to be seen up
		if i := m.n.neighborOf(m.neighbor.PeerAddress, m.neighbor.LocalAddress); i >= 0 {
			m.n.sessions[i].met = true
		}
	}
	switch e {
	case fsm.ConnectRetryTimerExpires:
		w.cover.Sometimes(check.TimerRetryDialing, from == fsm.Connect)
	case fsm.HoldTimerExpires:
		m.holdExpired()
	case fsm.SendHoldTimerExpires:
		w.cover.Sometimes(check.TimerSendHold, from == fsm.Established)
	case fsm.BGPOpen:
		if o := m.other(); from == fsm.OpenSent && o != nil {
			w.cover.Sometimes(check.CollideOpenConnect, o.session.State() == fsm.Connect)
		}
	case fsm.OpenCollisionDump:
		m.collided(from)
	}
}

func (m *machine) holdExpired() {
	w := m.n.w
	w.cover.Sometimes(check.TimerHold, true)
	i := m.n.neighborOf(m.neighbor.PeerAddress, m.neighbor.LocalAddress)
	if i < 0 {
		return
	}
	w.cover.Sometimes(check.TimerHoldQueue, len(m.n.sessions[i].model.Expected()) > 0)
	for _, l := range m.n.links {
		w.cover.Sometimes(check.TimerHoldInput, m.n.conns.Neighbor(uint64(l.id)) == i && w.net.Unread(l.nc) > 0)
	}
}

// collided: m, which was in from, lost a collision. An OPEN has come on one of
// the two connections, which is still in OpenSent, and the other one is further.
func (m *machine) collided(from fsm.State) {
	o := m.other()
	if o == nil {
		return
	}
	c, at := &m.n.w.cover, o.session.State()
	this := from == fsm.OpenSent && at >= fsm.OpenSent
	further := max(from, at)
	c.Sometimes(check.CollideThis, this)
	c.Sometimes(check.CollideOther, !this)
	c.Sometimes(check.CollideOpenOpenSent, further == fsm.OpenSent)
	c.Sometimes(check.CollideOpenOpenConfirm, further == fsm.OpenConfirm)
	c.Sometimes(check.CollideOpenEstablished, further == fsm.Established)
	c.Sometimes(check.CollideEstablished, from == fsm.Established)
}

// Stepped, Advanced, Sent and Pending hand what happened to the oracle.
func (m *machine) Stepped(now time.Time, in fsm.Input, out []fsm.Action) {
	if in.Event >= fsm.BGPOpen {
		m.n.events = append(m.n.events, in.Event)
	}
	m.fail(m.oracle.Step(now, in, out, m.session))
}

// Advanced: see Stepped.
func (m *machine) Advanced(now time.Time, out []fsm.Action) {
	c := &m.n.w.cover
	c.Sometimes(check.TimerLate, m.oracle.Late(now))
	c.Sometimes(check.TimerTogether, m.n.advanced != nil && m.n.advanced != m && m.n.servedAt.Equal(now))
	m.n.advanced, m.n.servedAt = m, now
	m.fail(m.oracle.Advance(now, out, m.session))
}

// Sent: see Stepped.
func (m *machine) Sent(now time.Time, message codec.MessageType) {
	m.n.told = append(m.n.told, message)
	m.fail(m.oracle.Sent(now, message, m.session))
}

// Pending: see Stepped.
func (m *machine) Pending(now time.Time, pending bool) {
	m.fail(m.oracle.Pending(now, pending, m.session))
}

// observeTaken holds what the machines were told of messages sent against what TCP
// has taken; in is nil where it is not about that.
func (n *node) observeTaken(in *speaker.Input) {
	var taken []codec.MessageType
	if in != nil && in.Kind == speaker.InWritten {
		taken = n.conns.Took(uint64(in.Conn), in.N)
	}
	n.failConn(check.JudgeSent(n.told, taken))
}
