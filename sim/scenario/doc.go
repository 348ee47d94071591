// Package scenario reads, prints and runs scenario files: one text file that
// holds each speaker's configuration, the peers and API clients around them
// with what they do and when, how much of the network is left to chance, and
// what has to come out of it.
//
// A file prints back to itself, and all that is wrong with one is said at once,
// with file, line and column.
//
// Start at [Parse] and [Run]; docs/SCENARIOS.md describes the language.
package scenario
