package netsim

import (
	"fmt"
	"net/netip"
)

// Conn names one end of a connection. Numbers are never used twice in a
// Network. The dialing end is even and the accepting end is the next odd number.
type Conn uint64

// Peer is the other end of the same connection.
func (c Conn) Peer() Conn { return c ^ 1 }

// String names connection and end: 3a dialed, 3b accepted.
func (c Conn) String() string { return fmt.Sprintf("%d%c", uint64(c)/2, 'a'+rune(c&1)) }

// EventKind says what happened to an end of a connection.
type EventKind uint8

// Events of a host.
const (
	Accepted  EventKind = iota + 1 // a new connection to a listener: Local, Remote, N: room to write
	Connected                      // the dial succeeded: Local, Remote, N: room to write
	Failed                         // the dial failed: Reason. Conn is gone
	Readable                       // N bytes can be read (all that are unread, not only the new ones)
	Writable                       // after a Write that took less than all: N bytes of room
	Ended                          // the peer's FIN: nothing comes after the N bytes still unread
	Broken                         // the connection failed: Reason. Conn is gone, with its unread bytes
)

var eventNames = [...]string{
	Accepted: "accepted", Connected: "connected", Failed: "failed", Readable: "readable",
	Writable: "writable", Ended: "ended", Broken: "broken",
}

// String is the kind's name.
func (k EventKind) String() string { return eventNames[k] }

// Reason says why a dial or a connection failed.
type Reason uint8

// Reasons.
const (
	Refused  Reason = iota + 1 // nobody listens there (ECONNREFUSED)
	TimedOut                   // no answer to the dial in time (ETIMEDOUT)
	Reset                      // the peer, or somebody between, sent RST (ECONNRESET)
	NoHost                     // there is no such host (EHOSTUNREACH)
)

var reasonNames = [...]string{
	0: "", Refused: "connection refused", TimedOut: "connection timed out",
	Reset: "connection reset by peer", NoHost: "no route to host",
}

// String is the reason in the words of the operating systems.
func (r Reason) String() string { return reasonNames[r] }

// Event is one thing that happened to a host. Only the fields named at its
// kind are set, and Conn.
type Event struct {
	Kind          EventKind
	Conn          Conn
	N             int
	Reason        Reason
	Local, Remote netip.AddrPort
}

// String is the event for a trace.
func (e Event) String() string {
	s := fmt.Sprintf("%v %v", e.Conn, e.Kind)
	switch e.Kind {
	case Accepted, Connected:
		return fmt.Sprintf("%s %v < %v", s, e.Local, e.Remote)
	case Failed, Broken:
		return s + ": " + e.Reason.String()
	default:
		return fmt.Sprintf("%s %d", s, e.N)
	}
}

// Handler is a host's program.
type Handler interface {
	HandleNet(e Event)
}
