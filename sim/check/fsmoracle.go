package check

import "github.com/peerloom/peerloom/fsm"

// FSMStep judges one step of a session by the text of RFC 4271 §8.2.2: from and
// to are the states around event e, out what it asked for. It answers the
// sentence that is broken, or "".
//
//   - a start event changes nothing outside Idle;
//   - ManualStop, AutomaticStop and a NOTIFICATION end in Idle;
//   - a session advances by at most the event that the text names: OpenConfirm by
//     an OPEN, Established by a KEEPALIVE in OpenConfirm;
//   - at most one NOTIFICATION, then the connection is closed, and none answers
//     one (§6.4).
func FSMStep(from fsm.State, e fsm.Event, to fsm.State, out []fsm.Action) string {
	begins := e == fsm.ManualStart || e >= fsm.AutomaticStart && e <= fsm.AutomaticStartDampPassive
	ends := e == fsm.ManualStop || e == fsm.AutomaticStop || e == fsm.NotifMsg || e == fsm.NotifMsgVerErr
	opens := e == fsm.BGPOpen || e == fsm.BGPOpenWithDelayOpenTimerRunning
	notified, closed := 0, false
	for _, a := range out {
		switch a.Kind {
		case fsm.ActSendNotification:
			notified++
		case fsm.ActClose:
			closed = true
		}
	}
	switch {
	case begins && from != fsm.Idle && to != from:
		return "a start event is ignored outside Idle"
	case ends && to != fsm.Idle:
		return "a stop or a NOTIFICATION ends in Idle"
	case to == fsm.OpenConfirm && from != to && !opens:
		return "OpenConfirm is entered by an OPEN"
	case to == fsm.Established && from != to && (from != fsm.OpenConfirm || e != fsm.KeepAliveMsg):
		return "Established is entered by a KEEPALIVE in OpenConfirm"
	case notified > 1 || notified == 1 && (!closed || to != fsm.Idle):
		return "one NOTIFICATION, then the connection is closed"
	case notified > 0 && (e == fsm.NotifMsg || e == fsm.NotifMsgVerErr):
		return "a NOTIFICATION is not answered"
	}
	return ""
}
