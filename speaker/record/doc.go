// Package record holds all of a daemon that is not I/O as one value, and writes
// down what goes into it, so that a live run can be run again.
//
// A [Machine] is a speaker with the protocols of its API clients. A driver gives
// it everything through its methods, each of which is one [Event]; there is no
// other way in. What an event leads to follows from the events before it, so a
// file with the events is the run: [Reader] reads it, [Player] gives the events to
// a new Machine and compares what comes out by a hash that runs along.
//
// The file is text, in the form of the simulator's artefacts: a header, then one
// event a line, with the time, what happened in words, and behind the @ the event's
// name and all that a replay reads. Keys of RFC 2385 and arguments of programs are
// left out of it.
//
// Start at [NewMachine].
package record
