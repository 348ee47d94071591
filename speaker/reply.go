package speaker

import (
	"net/netip"
	"time"
)

// RoutesReply is the value of a reply to `show adj-rib in|out`.
type RoutesReply struct {
	Show   Show
	Routes []PeerRoute // grouped by neighbor
}

// PeerRoute is one route of one neighbor.
type PeerRoute struct {
	Peer  netip.Addr
	Name  string // the neighbor's name
	Route Route
}

// NeighborsReply is the value of a reply to `show neighbor`.
type NeighborsReply struct {
	Show      Show
	Neighbors []NeighborStatus
}

// NeighborStatus is one neighbor as it is now.
type NeighborStatus struct {
	Neighbor *Neighbor
	State    string        // the FSM state's name, "Established"
	Uptime   time.Duration // since the session came up; 0 while it is down
	Sent     uint64        // messages
	Received uint64
}

// PingReply is the value of a reply to `ping`.
type PingReply struct {
	UUID string // the daemon's
	Text bool   // as text, not as JSON
}

// VersionReply is the value of a reply to `version`.
type VersionReply struct{ Version string }

// ProgressReply is the value of a reply to what only begins: "shutdown".
type ProgressReply struct{ What string }

// StatusReply is the value of a reply to `status`.
type StatusReply struct {
	Version, UUID          string
	PID                    int
	Uptime                 time.Duration
	Neighbors, Established int
}

// GroupReply is the value of a reply to `group start` and `group end`.
type GroupReply struct {
	Started              bool // else it ended
	Announced, Withdrawn int  // routes
}

// QueueReply is the value of a reply to `queue-status`.
type QueueReply struct {
	Replies   int // of this client that wait, this one not counted
	Group     int // commands in the open group
	Neighbors []NeighborQueue
}

// NeighborQueue is how much one neighbor has yet to be told.
type NeighborQueue struct {
	Peer   netip.Addr
	Queued int    // pieces of work in the Adj-RIB-Out's queue
	Bytes  uint64 // given to TCP and not yet taken
}

// HelpReply is the value of a reply to `help`: speaker/command has the text.
type HelpReply struct{}
