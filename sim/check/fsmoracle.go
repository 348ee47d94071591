package check

import (
	"fmt"
	"strings"
	"time"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/fsm"
)

// FSMOracle judges one session by the text of RFC 4271 §8 (fsmrules.go), with
// RFC 9687's timer and the deviations that docs/FSM.md lists. It sees what the
// session is told, what it asks for and its State, Retries and Timers, and keeps
// state, counter and timers of its own.
//
// The methods answer what is broken, or nil.
type FSMOracle struct {
	cfg      fsm.Config
	incoming bool
	excuses  *FSMExcuses

	state    fsm.State
	from     fsm.State // before the call under way
	retries  int
	timers   [fsmTimers]time.Time     // the latest end; after each call, the end that the session chose
	early    [fsmTimers]time.Duration // how much earlier a timer that was just started may end
	tcp      fsmTCP
	manual   bool // only a start event starts it again
	pending  bool
	hold     time.Duration // negotiated
	idleHold time.Duration // while damping
	since    time.Time     // entry to Established

	now  time.Time
	want []fsm.Action // of the call under way
}

// fsmTimer is a timer in the order in which those due at one time fire.
type fsmTimer uint8

const (
	fsmConnectRetry fsmTimer = iota
	fsmHold
	fsmKeepalive
	fsmDelayOpen
	fsmIdleHold
	fsmSendHold
	fsmTimers
)

// fsmTCP is what the session has of a TCP connection.
type fsmTCP uint8

const (
	fsmNoTCP fsmTCP = iota
	fsmDialing
	fsmUp
)

// FSMExcuses are the cells in which a session may differ from the RFC's text.
type FSMExcuses struct {
	cell    [fsm.Established + 1][fsm.SendHoldTimerExpires + 1]bool
	passive bool // a passive session runs no ConnectRetryTimer
}

// FSMDeviations reads lines as [fsm.Deviations] has them: the cell is what stands
// before the colon ("OpenSent NotifMsg", "OpenCollisionDump in any state"). What
// is no cell is left out.
func FSMDeviations(lines []string) *FSMExcuses {
	x := &FSMExcuses{}
	for _, line := range lines {
		cell, _, _ := strings.Cut(line, ":")
		state, event, _ := strings.Cut(cell, " ")
		every := event == "in any state"
		if every {
			event = state
		}
		for e := fsm.ManualStart; e <= fsm.SendHoldTimerExpires; e++ {
			if event != e.String() {
				continue
			}
			for s := range fsm.Established + 1 {
				x.cell[s][e] = x.cell[s][e] || every || state == s.String()
			}
		}
	}
	x.passive = x.cell[fsm.Active][fsm.ConnectRetryTimerExpires]
	return x
}

// NewFSMOracle is the oracle of a session made by fsm.New(c), or by
// fsm.NewIncoming(c).
func NewFSMOracle(c fsm.Config, incoming bool, x *FSMExcuses) *FSMOracle {
	if incoming {
		c.Passive, c.AutoStart = true, false
	}
	return &FSMOracle{cfg: c, incoming: incoming, excuses: x}
}

// Step judges out, what the session answered to in.
func (o *FSMOracle) Step(now time.Time, in fsm.Input, out []fsm.Action, after *fsm.Session) *Violation {
	o.now, o.want = now, o.want[:0]
	text := o.apply(&in)
	return o.compare(fsmStepped, uint8(in.Event), text, out, after)
}

// Late reports whether a timer should have ended before now.
func (o *FSMOracle) Late(now time.Time) bool {
	for t := range fsmTimers {
		if at := o.timers[t]; !at.IsZero() && at.Before(now) {
			return true
		}
	}
	return false
}

// Advance judges out, what the session did when its timers were due.
func (o *FSMOracle) Advance(now time.Time, out []fsm.Action, after *fsm.Session) *Violation {
	o.now, o.want = now, o.want[:0]
	text := "no timer is due"
	for t := range fsmTimers {
		if at := o.timers[t]; !at.IsZero() && !at.After(now) {
			o.timers[t] = time.Time{}
			text = o.apply(&fsm.Input{Event: fsmExpiry[t]})
		}
	}
	return o.compare(fsmAdvanced, 0, text, out, after)
}

// Sent judges that TCP has taken bytes, and with them the end of a message of
// this type (0: of none).
func (o *FSMOracle) Sent(now time.Time, message codec.MessageType, after *fsm.Session) *Violation {
	o.now, o.want = now, o.want[:0]
	if o.state == fsm.Established && o.pending {
		o.start(fsmSendHold)
	}
	if (message == codec.MsgKeepalive || message == codec.MsgUpdate) && !o.timers[fsmKeepalive].IsZero() {
		o.start(fsmKeepalive)
	}
	return o.compare(fsmSent, uint8(message), "§8.2.2 Established: each time it sends a KEEPALIVE or UPDATE message, it restarts its KeepaliveTimer", nil, after)
}

// Pending judges that bytes wait for TCP, or no longer do.
func (o *FSMOracle) Pending(now time.Time, pending bool, after *fsm.Session) *Violation {
	o.now, o.want = now, o.want[:0]
	was := o.pending
	o.pending = pending
	if o.state == fsm.Established && was != pending {
		o.start(fsmSendHold)
	}
	return o.compare(fsmPending, 0, "RFC 9687 §4.3: the SendHoldTimer, while bytes wait", nil, after)
}

// fsmCall is what happened to a session, for the text of a violation.
type fsmCall uint8

const (
	fsmStepped fsmCall = iota
	fsmAdvanced
	fsmSent
	fsmPending
)

func (c fsmCall) text(of uint8, in fsm.State) string {
	what := [...]string{fsmStepped: fsm.Event(of).String(), fsmAdvanced: "time passes", fsmSent: "sent " + codec.MessageType(of).String(), fsmPending: "bytes wait or not"}[c]
	return what + " in " + in.String()
}

func (o *FSMOracle) compare(call fsmCall, of uint8, text string, out []fsm.Action, after *fsm.Session) *Violation {
	from := o.from
	o.from = o.state
	wrong := func(id ID, want, got string) *Violation {
		return violated(id, want+" ("+text+")", got+", upon "+call.text(of, from))
	}
	switch {
	case after.State() != o.state:
		return wrong(FSMState, o.state.String(), after.State().String())
	case after.Retries() != o.retries:
		return wrong(FSMCounter, fmt.Sprint(o.retries), fmt.Sprint(after.Retries()))
	case !o.sameActions(out):
		return wrong(FSMActions, fsmActions(o.want), fsmActions(out))
	}
	ends := after.Timers()
	for t := range fsmTimers {
		if got, want := ends[t], o.timers[t]; got != want {
			if got.IsZero() || want.IsZero() || got.After(want) || got.Before(want.Add(-o.early[t])) {
				return wrong(TimerRuns, o.timerText(t, want, o.early[t]), o.timerText(t, got, 0))
			}
			o.timers[t] = got
		}
		o.early[t] = 0
	}
	return nil
}

func (o *FSMOracle) sameActions(out []fsm.Action) bool {
	if len(out) != len(o.want) {
		return false
	}
	for i := range out {
		a, w := &out[i], &o.want[i]
		same := a.Kind == w.Kind && a.Reason.Cause == w.Reason.Cause && a.Reason.WasEstablished == w.Reason.WasEstablished &&
			fsmSameNote(&a.Notification, &w.Notification) && fsmSameNote(&a.Reason.Notification, &w.Reason.Notification)
		if !same || (a.Kind == fsm.ActSendOpen) != (a.Open != nil) {
			return false
		}
	}
	return true
}

// timerText is "HoldTimer ends in 3s".
func (o *FSMOracle) timerText(t fsmTimer, at time.Time, early time.Duration) string {
	name := [...]string{fsmConnectRetry: "ConnectRetryTimer", fsmHold: "HoldTimer", fsmKeepalive: "KeepaliveTimer",
		fsmDelayOpen: "DelayOpenTimer", fsmIdleHold: "IdleHoldTimer", fsmSendHold: "SendHoldTimer"}[t]
	switch {
	case at.IsZero():
		return name + " does not run"
	case early > 0:
		return fmt.Sprintf("%s ends in %v to %v", name, at.Sub(o.now)-early, at.Sub(o.now))
	}
	return fmt.Sprintf("%s ends in %v", name, at.Sub(o.now))
}

func fsmSameNote(a, b *codec.Notification) bool { return a.Code == b.Code && a.Subcode == b.Subcode }

func fsmActions(out []fsm.Action) string {
	names := [...]string{fsm.ActDial: "dial", fsm.ActListen: "listen", fsm.ActClose: "close", fsm.ActSendOpen: "OPEN", fsm.ActSendKeepalive: "KEEPALIVE",
		fsm.ActSendNotification: "NOTIFICATION", fsm.ActEstablished: "established", fsm.ActDown: "down"}
	var b strings.Builder
	b.WriteByte('[')
	for i, a := range out {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(names[a.Kind])
		switch a.Kind {
		case fsm.ActSendNotification:
			fmt.Fprintf(&b, " %d/%d", a.Notification.Code, a.Notification.Subcode)
		case fsm.ActDown:
			fmt.Fprintf(&b, " %d (%d/%d, %t)", a.Reason.Cause, a.Reason.Notification.Code, a.Reason.Notification.Subcode, a.Reason.WasEstablished)
		}
	}
	b.WriteByte(']')
	return b.String()
}
