package check

import "github.com/peerloom/peerloom/fsm"

// cellsOut are the cells of the state machine that an event has in each of some
// states, and that no run of a speaker gets to.
type cellsOut struct {
	events []fsm.Event
	states []fsm.State
	why    string
}

var (
	anyState   = []fsm.State{fsm.Idle, fsm.Connect, fsm.Active, fsm.OpenSent, fsm.OpenConfirm, fsm.Established}
	afterStart = anyState[1:]
)

func runsNeverReach() []cellsOut {
	return []cellsOut{
		{[]fsm.Event{fsm.ManualStart, fsm.AutomaticStart, fsm.ManualStartPassive, fsm.AutomaticStartPassive}, afterStart,
			"a speaker starts a session only in Idle"},
		{[]fsm.Event{fsm.AutomaticStartDamp, fsm.AutomaticStartDampPassive}, anyState,
			"a speaker that damps lets the IdleHoldTimer start the session"},
		{[]fsm.Event{fsm.TCPConnectionValid, fsm.TCPCRInvalid}, anyState,
			"TrackTcpState is off: a driver hands over connections that are up"},
		{[]fsm.Event{fsm.TCPCRAcked, fsm.TCPConnectionConfirmed}, []fsm.State{fsm.Idle, fsm.OpenSent, fsm.OpenConfirm, fsm.Established},
			"a speaker gives each connection a session of its own"},
		{[]fsm.Event{fsm.TCPConnectionConfirmed}, []fsm.State{fsm.Connect},
			"a speaker gives each connection a session of its own"},
	}
}

// unreachableCell is why no run gets to the cell, "" when one can.
func unreachableCell(s fsm.State, e fsm.Event) string {
	if _, why := fsm.Cell(s, e); why != "" {
		return why
	}
	for _, out := range runsNeverReach() {
		for _, x := range out.events {
			for _, st := range out.states {
				if x == e && st == s {
					return out.why
				}
			}
		}
	}
	return ""
}
