// Package child is the protocol of an API child process as a value: bytes of
// its standard output in, batches of commands out; replies and events in, bytes
// for its standard input out. Whoever owns a [Child] does the I/O, in real or
// in virtual time.
//
// A batch is the complete lines of one read and those that arrive within a
// window after it. Replies are never dropped: at their bound [Child.Blocked]
// says to read no more commands. Events are dropped oldest first, and one line
// says how many.
//
// Start at [New].
package child
