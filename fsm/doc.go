// Package fsm is one BGP session: the finite state machine of RFC 4271 §8 and
// the collision rule of §6.8. It is a value that is stepped: events go in with
// the time at which they happened, actions come out in order. It never reads a
// clock, sends a byte or starts a goroutine.
//
// The machine is a table of 6 states by 29 events (table.go), one function a
// cell. Start at [Session.Step].
package fsm
