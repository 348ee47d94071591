package speaker

import (
	"net/netip"
	"time"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/fsm"
)

// Config is a speaker's configuration. speaker/config makes one from text; one
// made in Go has no defaults but the names of neighbors.
type Config struct {
	Processes []Process
	Neighbors []Neighbor
	// Sessions is the number of connection sessions after which a neighbor is
	// given up, and the speaker exits when none is left
	// (exabgp_tcp_connections); 0: no limit.
	Sessions int
	// ExaBGP writes to the wire what ExaBGP would, where that is not what an RFC
	// says: see exabgp.go.
	ExaBGP bool
	// Restarted says that peers may have routes of a speaker whose place this one
	// takes: the first OPEN to each says so (RFC 4724 §3, the R bit).
	Restarted bool
	// SoftwareVersion is the text of capability 75.
	SoftwareVersion string
	// Bind is where connections of any neighbor are taken, beside what neighbors say
	// (exabgp_tcp_bind).
	Bind []netip.AddrPort
	// Port is where created neighbors are dialled that do not say; 0: 179.
	Port uint16
	// UUID and PID are the daemon's, for the replies to ping and status.
	UUID string
	PID  int
	// Observe, where not nil, is asked for who watches each new state machine of
	// a neighbor. A reload without it keeps it.
	Observe func(*Neighbor, *fsm.Session) fsm.Observer
}

// Process is one API child process.
type Process struct {
	Name    string
	Run     []string // program and arguments
	JSON    bool     // encoder json; false: text
	Respawn bool
}

// Neighbor is one peer.
type Neighbor struct {
	Name         string // "neighbor 127.0.0.1 local-ip …": its identity; empty: made from the rest
	Description  string
	PeerAddress  netip.Addr
	Range        netip.Prefix // of peers that may connect, PeerAddress is its first; zero: one peer
	LocalAddress netip.Addr   // zero: auto (whatever the connection has)
	LocalAS      uint32
	PeerAS       uint32 // 0: auto
	RouterID     netip.Addr
	HoldTime     time.Duration
	Passive      bool
	Socket       Socket
	Listen       uint16 // port to listen on; 0: none
	Connect      uint16 // port to connect to; 0: 179
	ConnectRetry time.Duration
	// DelayOpen is RFC 4271 §8.1.1's DelayOpenTime, 0: none. Damp is
	// DampPeerOscillations: each fall doubles the pause in Idle, up to
	// IdleHoldMax. NotifyEarly is SendNOTIFICATIONwithoutOPEN.
	DelayOpen   time.Duration
	Damp        bool
	IdleHoldMax time.Duration
	NotifyEarly bool
	// SendHold is RFC 9687's SendHoldTime; 0: its default, negative: off.
	SendHold time.Duration
	// RateLimit is the most messages of routes in a second; 0: no limit.
	RateLimit    int
	GroupUpdates bool
	AdjRIBIn     bool
	AdjRIBOut    bool
	AutoFlush    bool
	ManualEOR    bool
	HostName     string
	DomainName   string
	LinkLocal    netip.Addr      // of the local end, for the next hop (capability 77); zero: none
	Families     codec.FamilySet // in configuration order: the order of OPEN and End-of-RIB
	Caps         Capabilities
	// PrefixLimits are the most routes that the peer may have announced, each for
	// a family of its own; they need AdjRIBIn.
	PrefixLimits []PrefixLimit
	API          []API
	Routes       []Route // configured routes, in configuration order
	// Operational is sent once a session, after its first routes, where both
	// ends negotiated it.
	Operational []codec.Operational
}

// PrefixLimit is the most routes of a family, at least 1.
type PrefixLimit struct {
	Family codec.Family
	Max    uint32
}

// Capabilities says what a neighbor's OPEN offers.
type Capabilities struct {
	AS4                                               bool
	ExtendedMessage                                   bool
	RouteRefresh                                      bool              // 2 and 70
	GracefulRestart                                   time.Duration     // 0: off
	AddPath                                           codec.AddPathMode // 0: off
	AddPathFamilies                                   codec.FamilySet   // nil with AddPath set: all families
	PathsLimit                                        []codec.PathsLimit
	ExtendedNextHop                                   []codec.NextHopFamily
	SoftwareVersion                                   bool
	MultiSession, Operational, AIGP, LinkLocalNextHop bool
}

// Route is a configured or commanded route. The next hop may be "self".
type Route struct {
	NLRI  codec.NLRI
	Attrs codec.Attrs
	// Watchdog is the name by which commands announce and withdraw a configured
	// route; Withdrawn says that it waits for the first such command.
	Watchdog  string
	Withdrawn bool
}

// API is one api section of a neighbor: which processes hear what.
type API struct {
	Processes       []string
	NeighborChanges bool
	Negotiated      bool
	FSM             bool
	Signal          bool
	Send, Receive   Subscription
}

// Subscription is a send{} or receive{} block.
type Subscription struct {
	Parsed, Packets, Consolidate                                bool
	Open, Update, Notification, Keepalive, Refresh, Operational bool
}
