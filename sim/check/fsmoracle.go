package check

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/fsm"
)

// FSMOracle judges one session by the text of RFC 4271 §8 (fsmrules.go), with
// RFC 9687's timer and the deviations that docs/FSM.md lists. It sees what the
// session is told, what it asks for and its State, Retries and Deadline, and
// keeps state, counter and timers of its own. The session's Config.Jitter must
// be nil: each timer has one length.
//
// The methods answer the sentence that is broken, or "".
type FSMOracle struct {
	cfg        fsm.Config
	incoming   bool
	deviations []string

	state    fsm.State
	retries  int
	timers   [fsmTimers]time.Time
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

// FSMDeviations reads the section "Deviations" of docs/FSM.md: lines as
// "- CELL: what and why", of which it answers the cells ("OpenSent NotifMsg",
// "OpenCollisionDump in any state").
func FSMDeviations(doc string) []string {
	_, list, _ := strings.Cut(doc, "\n## Deviations\n")
	var cells []string
	for line := range strings.Lines(list) {
		if entry, ok := strings.CutPrefix(line, "- "); ok {
			cell, _, _ := strings.Cut(entry, ":")
			cells = append(cells, cell)
		}
	}
	return cells
}

// NewFSMOracle is the oracle of a session made by fsm.New(c), or by
// fsm.NewIncoming(c). deviations are the cells in which it may differ from the
// RFC, as FSMDeviations reads them.
func NewFSMOracle(c fsm.Config, incoming bool, deviations []string) *FSMOracle {
	if incoming {
		c.Passive, c.AutoStart = true, false
	}
	return &FSMOracle{cfg: c, incoming: incoming, deviations: deviations}
}

// Step judges out, what the session answered to in.
func (o *FSMOracle) Step(now time.Time, in fsm.Input, out []fsm.Action, after *fsm.Session) string {
	o.now, o.want = now, nil
	text := o.apply(in)
	return o.compare(in.Event.String(), text, out, after)
}

// Advance judges out, what the session did when its timers were due.
func (o *FSMOracle) Advance(now time.Time, out []fsm.Action, after *fsm.Session) string {
	o.now, o.want = now, nil
	text := "no timer is due"
	for t := range fsmTimers {
		if at := o.timers[t]; !at.IsZero() && !at.After(now) {
			o.timers[t] = time.Time{}
			text = o.apply(fsm.Input{Event: fsmExpiry[t]})
		}
	}
	return o.compare("time passes", text, out, after)
}

// Sent judges that TCP has taken bytes, and with them the end of a message of
// this type (0: of none).
func (o *FSMOracle) Sent(now time.Time, message codec.MessageType, after *fsm.Session) string {
	o.now, o.want = now, nil
	if o.state == fsm.Established && o.pending {
		o.start(fsmSendHold)
	}
	if (message == codec.MsgKeepalive || message == codec.MsgUpdate) && !o.timers[fsmKeepalive].IsZero() {
		o.start(fsmKeepalive)
	}
	return o.compare("sent "+message.String(), "§8.2.2 Established: each time it sends a KEEPALIVE or UPDATE message, it restarts its KeepaliveTimer", nil, after)
}

// Pending judges that bytes wait for TCP, or no longer do.
func (o *FSMOracle) Pending(now time.Time, pending bool, after *fsm.Session) string {
	o.now, o.want = now, nil
	was := o.pending
	o.pending = pending
	if o.state == fsm.Established && was != pending {
		o.start(fsmSendHold)
	}
	return o.compare("pending", "RFC 9687 §4.3: the SendHoldTimer, while bytes wait", nil, after)
}

// deadline is the earliest timer.
func (o *FSMOracle) deadline() time.Time {
	var first time.Time
	for _, at := range o.timers {
		if !at.IsZero() && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	return first
}

func (o *FSMOracle) compare(what, text string, out []fsm.Action, after *fsm.Session) string {
	wrong := func(which string, want, got any) string {
		return fmt.Sprintf("%s: %s: want %v, got %v (%s)", what, which, want, got, text)
	}
	got := slices.Clone(out)
	switch {
	case after.State() != o.state:
		return wrong("state", o.state, after.State())
	case after.Retries() != o.retries:
		return wrong("ConnectRetryCounter", o.retries, after.Retries())
	case !after.Deadline().Equal(o.deadline()):
		return wrong("timers: next expiry", o.deadline().Sub(o.now), after.Deadline().Sub(o.now))
	case len(got) != len(o.want):
		return wrong("actions", fsmActions(o.want), fsmActions(got))
	}
	for i, a := range got {
		w := o.want[i]
		same := a.Kind == w.Kind && a.Reason.Cause == w.Reason.Cause && a.Reason.WasEstablished == w.Reason.WasEstablished &&
			fsmSameNote(a.Notification, w.Notification) && fsmSameNote(a.Reason.Notification, w.Reason.Notification)
		if !same || (a.Kind == fsm.ActSendOpen) != (a.Open != nil) {
			return wrong("actions", fsmActions(o.want), fsmActions(got))
		}
	}
	return ""
}

func fsmSameNote(a, b codec.Notification) bool { return a.Code == b.Code && a.Subcode == b.Subcode }

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
