// Package live drives a speaker with the real world: TCP connections, a clock
// and child processes. It is the only package below cmd that has goroutines.
//
// One goroutine owns the speaker and every child's protocol machine: see
// [Daemon.Run]. The others carry bytes and nothing else: per connection a
// reader and a writer, per child one for its output, one for its input and one
// for its errors. Each of them holds at most one buffer and waits until the
// owner has dealt with it, so that a peer or child that floods is slowed down
// and one that does not read holds nothing up.
//
// The clock, the network and the way to start a child are seams ([Config]).
package live
