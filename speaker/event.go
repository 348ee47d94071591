package speaker

import (
	"net/netip"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/fsm"
)

// EventKind says what a client is told.
type EventKind uint8

// Events.
const (
	EvState      EventKind = iota + 1 // State "connected", "up", "down"; Reason
	EvFSM                             // State: the FSM state's name
	EvNegotiated                      // Negotiated
	EvMessage                         // Message, Sent, Parsed/Packets/Consolidate
	EvSignal                          // Code, State (name)
	EvShutdown
)

// Event is one thing that a client hears of. speaker/event turns it into a line
// of JSON or text.
type Event struct {
	Kind                         EventKind
	Peer                         PeerInfo
	State                        string
	Reason                       string
	Code                         int
	Sent                         bool   // direction: false received, true sent
	Message                      []byte // whole message, header included; valid until the next call
	Options                      *codec.Options
	Negotiated                   *fsm.Negotiated
	Parsed, Packets, Consolidate bool
	Counter                      uint64 // per neighbor, from 1
}

// PeerInfo is what events say of a peer.
type PeerInfo struct {
	LocalAddress, PeerAddress netip.Addr
	LocalAS, PeerAS           uint32
	RouterID                  netip.Addr // ours, as configured
}
