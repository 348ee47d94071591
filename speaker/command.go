package speaker

import (
	"net/netip"

	"github.com/peerloom/peerloom/codec"
)

// CommandKind is what a client asks for.
type CommandKind uint8

// Commands.
const (
	CmdInvalid      CommandKind = iota // Err: a line that did not parse; answered in its turn
	CmdNone                            // answered done, no effect (comments, ack control)
	CmdAnnounce                        // Routes
	CmdWithdraw                        // Routes
	CmdFlushOut                        // flush adj-rib out
	CmdClearOut                        // clear adj-rib out
	CmdClearIn                         // clear adj-rib in
	CmdEndOfRIB                        // Family
	CmdRouteRefresh                    // Family: ask the peer
	CmdShowIn                          // Show
	CmdShowOut                         // Show
	CmdShowNeighbor                    // Show
	CmdTeardown                        // Subcode of Cease, Text
	CmdShutdown                        // Text
	CmdReload
	CmdRestart
	CmdVersion
	CmdPing // Text
	CmdStatus
	CmdHelp
	CmdWatchdog       // Text: the name; Withdraw
	CmdCreateNeighbor // Neighbor
	CmdDeleteNeighbor
	CmdGroupStart // commands wait until the group ends
	CmdGroupEnd   // then they are one batch, equal attributes in one UPDATE
	CmdGroup      // Group: the same in one command
	CmdReset      // drops an open group
	CmdQueueStatus
	CmdOperational // Operational
	CmdShowMetrics
)

// Command is one parsed command. It keeps the client's order: replies come in
// the order of commands.
type Command struct {
	Kind    CommandKind
	Peers   []Selector // empty: every neighbor that lists this client's process (all, for a client without process)
	Routes  []Route
	Family  codec.Family
	Subcode uint8
	Text    string
	Show    Show
	Sync    bool // reply when the wire has it (contract 10)
	Quiet   bool // no reply (silence-ack)
	Err     string
	ID      string // optional request id, echoed
	JSON    bool   // answer in the forms of version 6 of the API
	// Withdraw, for CmdWatchdog: false announces.
	Withdraw bool
	Neighbor *Neighbor // to create
	Group    []Command // announcements and withdrawals
	// Operational is the message that CmdOperational sends.
	Operational *codec.Operational
}

// Show holds the options of a show command.
type Show struct {
	Extensive, JSON, Summary, Configuration bool
	Index                                   bool            // in JSON, name each route by the index that removes it
	Families                                codec.FamilySet // nil: all
	Address                                 netip.Addr      // zero: all neighbors
}

// Selector matches neighbors: every field that is set must match.
type Selector struct {
	Any           bool // "*"
	Address       netip.Addr
	LocalIP       netip.Addr
	LocalAS       uint32
	PeerAS        uint32
	RouterID      netip.Addr
	FamilyAllowed string
}

// Reply is the answer to one command. Lines come before done or error.
type Reply struct {
	OK    bool
	Err   string   // reason, where not OK
	Lines []string // output of show and status commands, rendered as text
	Value any      // *RoutesReply, *NeighborsReply … for rendering by speaker/command; nil: none
	JSON  bool     // Value in the forms of version 6 of the API
	ID    string
	Quiet bool
}
