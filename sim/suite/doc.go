// Package suite runs functional cases in ExaBGP's format inside the simulator:
// the case's scripts are API clients and its test peer is a scripted peer, with
// every write cut anywhere and late by as much as the scripts' sleeps forgive.
//
// A case is a file NAME.ci with the messages that must come, the configuration
// files that it names, and for each process of these a file of what it writes,
// when, and what it must read. One that runs against a daemon and a real clock
// needs seconds; here it takes a millisecond, and each seed is another run.
//
// It does not judge OPENs, and has no case that needs a program of its own.
//
// Start at [Load] and [Case.Run].
package suite
