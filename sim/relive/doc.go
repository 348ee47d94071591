// Package relive runs a recording of a live daemon again, under the oracles that
// one end of each connection is enough for: the rules of messages (WIRE), the state
// machine's (FSM) and the contract of the Adj-RIB-Out (OUT). The model of the last
// knows what clients of a simulation do; where a live one does more, it says so and
// judges the state machines alone from there.
//
// Start at [New].
package relive
