package fsm

import "strconv"

// State is a state of RFC 4271 §8.2.2.
type State uint8

// States.
const (
	Idle State = iota
	Connect
	Active
	OpenSent
	OpenConfirm
	Established
	nStates
)

var stateNames = [nStates]string{
	Idle: "Idle", Connect: "Connect", Active: "Active",
	OpenSent: "OpenSent", OpenConfirm: "OpenConfirm", Established: "Established",
}

// String is the RFC's name.
func (s State) String() string {
	if s < nStates {
		return stateNames[s]
	}
	return "STATE(" + strconv.Itoa(int(s)) + ")"
}
