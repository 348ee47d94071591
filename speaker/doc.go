// Package speaker is a BGP speaker as a value: many peers, typed commands in,
// typed events and actions out. It is pure: inputs come with the time at which
// they happened, and it never reads a clock, opens a socket, starts a goroutine
// or draws a random number. Two drivers own one: speaker/live binds it to TCP
// and child processes, sim/world to a virtual network and virtual time.
//
// Control messages (OPEN, KEEPALIVE, NOTIFICATION) are pushed as actions;
// everything else is pulled, one message at a time, when a connection has room.
//
// Start at [Speaker.Step] and [Speaker.Pull].
package speaker
