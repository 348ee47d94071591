package world

import (
	"net/netip"
	"time"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/netsim"
	"github.com/peerloom/peerloom/sim"
	"github.com/peerloom/peerloom/speaker"
)

// Pace says when a client sends its next command.
type Pace uint8

// Paces.
const (
	PaceQuiet   Pace = iota // after the reply, and when the network is quiet
	PaceReplies             // after the reply
	PaceNone                // at any time; waits are kept or skipped, as the Source chooses
	PaceScript              // at once: its sleeps and its waits for replies are all that holds it up
)

var paceNames = [...]string{PaceQuiet: "quiet", PaceReplies: "replies", PaceNone: "none", PaceScript: "script"}

// String is the pace's name.
func (p Pace) String() string { return paceNames[p] }

// ParsePace finds a pace by its name.
func ParsePace(name string) (Pace, bool) {
	for i, n := range paceNames {
		if n == name {
			return Pace(i), true
		}
	}
	return 0, false
}

// Knobs say how much is left to the Source. The zero Knobs is a network without
// latency or faults.
type Knobs struct {
	Pace   Pace
	Delay  time.Duration // of every link, at least
	Jitter time.Duration // added to it (sim.Loop.Latency, as every other one below)
	Window int           // of a stream, octets; 0: netsim's default

	ClientJitter time.Duration // latency of a client's pipes
	ClientSplit  sim.Ratio     // a client's write arrives in two reads
	ClientGap    time.Duration // PaceNone: between two writes
	Batch        time.Duration // window of a batch; 0: each read is one

	PullDelay time.Duration // from ActPull to the first Pull
	PullStop  sim.Ratio     // after a Pull the driver turns to other things
	ReadDelay time.Duration // a scripted peer reads so much later

	Net      netsim.Faults
	SlowPair sim.Ratio // a pair of hosts is far apart for the whole run
	Drift    sim.Ratio // a speaker's clock is fast or slow for the whole run
	IDClash  sim.Ratio // a peer's OPEN has the speaker's own BGP Identifier
	Forgets  sim.Ratio // a peer's OPEN lacks a capability that its others have

	// At each fault tick; see faults.go. What lasts lasts for 20 ms to 200 s.
	Reset, Close, HalfOpen                         sim.Ratio     // a connection ends: by RST, by FIN, for one end alone
	Stall, Deaf, Ghost                             sim.Ratio     // a stream stands still, a program reads nothing, bytes of an old connection come
	Clog, Partition, OneWay, Isolate, Swizzle      sim.Ratio     // links stand still
	Unlisten, Crash, Kill, Pause, Step, Reload     sim.Ratio     // of a listener, of a speaker
	ClientDie, ClientHalf, ClientMute, ClientFlood sim.Ratio     // an API client dies, dies in a line, reads nothing, floods
	OverLimit                                      sim.Ratio     // a peer announces as many prefixes as its limit allows, or one more
	Burst                                          sim.Ratio     // the next tick comes at once
	Ticks                                          int           // how many fault ticks there are
	TickEvery                                      time.Duration // on average; 0: 100 ms
	ClientPipe                                     int           // octets that replies to a client may fill; 0: 64 KiB in its pipe, 1 MiB behind it
	Refreshes                                      int           // how many refreshes each peer asks for, at chosen times
	PeerUpdates                                    int           // how many messages of routes each peer sends, at chosen times
	Malformed                                      int           // how many of the table of malformations
}

// lateKeepalives reports whether a KEEPALIVE may leave later than its timer
// says: it restarts that when TCP takes it (RFC 4271 §8), which a full window
// delays; and a program may stand still and its clock be set.
func (k *Knobs) lateKeepalives() bool {
	rare := [...]sim.Ratio{k.Stall, k.Deaf, k.Clog, k.Partition, k.OneWay, k.Isolate, k.Swizzle, k.Crash, k.Pause, k.Step, k.SlowPair, k.Net.Short, k.Net.Hold}
	for _, r := range rare {
		if r.Num > 0 {
			return true
		}
	}
	return k.Window > 0 || k.ReadDelay > 0
}

// Options is what a World consists of.
type Options struct {
	Source   sim.Source
	Trace    *sim.Trace // nil: only the hash
	Knobs    Knobs
	Speakers []Speaker
	Peers    []Peer
	Clients  []Client
	Network  []Step // the script of what is nobody's own: links, crashes, clocks
	// Watch is called after each event; the run ends where it says false. nil:
	// nobody watches.
	Watch func(w *World) bool
}

// Speaker is one real speaker. It has the addresses that its neighbors name as
// local addresses.
type Speaker struct {
	Name   string
	Config *speaker.Config
	Reload []*speaker.Config // what a reload finds, in turns, and then Config again
}

// Peer is a scripted BGP peer.
type Peer struct {
	Name    string
	Address netip.Addr
	Port    uint16          // to listen on; 0: 179
	Dial    netip.AddrPort  // connect there instead of listening
	ASN     uint32          // its AS; 0: that of the speaker
	Open    *OwnOpen        // how its OPEN differs from the mirrored one; nil: not
	Without []codec.CapCode // capabilities left out of the mirrored OPEN
	Greet   [][]byte        // messages that it writes right behind its first KEEPALIVE
	Replay  bool            // it answers a ROUTE-REFRESH with the routes that it was told so far
	Script  []Step
}

// Client is a scripted API client: the child process of that name.
type Client struct {
	Process string
	Speaker string
	Script  []Step
}

// StepKind is what a script does next.
type StepKind uint8

// Steps. Those of peers only and of clients only are marked.
const (
	Send            StepKind = iota + 1 // client: Lines, each a write; Together: one write
	ExpectDone                          // client: the next N answers are done
	ExpectError                         // client: … are errors
	WaitEstablished                     // every session is up
	WaitEndOfRIB                        // and every peer has its initial table
	WaitQuiet                           // nothing is queued or in flight
	WaitMessages                        // peer: N UPDATE and ROUTE-REFRESH came on this connection, or no more come; network: of peer A
	Sleep                               // For
	Refresh                             // peer: ask for Family
	ResetTCP                            // peer: RST
	CloseTCP                            // peer: FIN
	Notify                              // peer: Cease/N with Text
	DialTCP                             // peer: connect to Remote, whatever connections there are
	RouterID                            // peer: its OPENs have ID from now on; zero: the speaker's own
	Forget                              // peer: its OPENs lack the capability of code N from now on; 0: none
	SendPart                            // client: Text, without an end of line
	Die                                 // client: ends, and is started again after a second
	Mute                                // client: reads nothing For so long
	Flood                               // client: Text N times in one write, with {n} and {m} counted up
	Strike                              // network: Fault between A and B, or of A; For 0: until heal
	Heal                                // network: ends all that Strike began

	Announce       // peer: Lines[0], in the words of the API
	WithdrawRoutes // peer: Lines[0], likewise
	EndOfRIB       // peer: of Family
	Raw            // peer: the bytes of Text
	SendKeepalive  // peer
	Silence        // peer: no KEEPALIVE from now on, on this connection
	Bracket        // peer: ROUTE-REFRESH of subtype N for Family
	Malform        // peer: the case of sim/malform named Text

	ExpectLine     // client: the next line has Text in it, or matches it where it is /a pattern/
	Gather         // client: lines until Text
	ExpectGathered // client: what was gathered has Text in it, or matches it, likewise
)

// Step is one step of a script. Only the fields named at its kind are read.
type Step struct {
	Kind     StepKind
	Lines    []string
	Together bool
	N        int
	For      time.Duration
	Family   codec.Family
	Text     string
	Remote   netip.AddrPort
	ID       netip.Addr
	Fault    Fault
	Ratio    sim.Ratio // of FaultSet, whose knob is Text
	A, B     string    // speakers or peers
}

// Labels of the questions that a World asks.
const (
	LabelClientDelay sim.Label = "client/delay"
	LabelClientSplit sim.Label = "client/split"
	LabelClientCut   sim.Label = "client/cut"
	LabelClientGap   sim.Label = "client/gap"
	LabelClientSkip  sim.Label = "client/skip"
	LabelPullDelay   sim.Label = "pull/delay"
	LabelPullStop    sim.Label = "pull/stop"
	LabelReadDelay   sim.Label = "read/delay"
	LabelTimer       sim.Label = "timer/jitter"
	LabelTick        sim.Label = "fault/tick"
	LabelFault       sim.Label = "fault/whether"
	LabelFaultWhere  sim.Label = "fault/where"
	LabelFaultFor    sim.Label = "fault/for"
	LabelFaultHow    sim.Label = "fault/how"
	LabelFaultEnd    sim.Label = "fault/end"
	LabelSlowPair    sim.Label = "link/slow"
	LabelDrift       sim.Label = "clock/drift"
	LabelIDClash     sim.Label = "open/identifier"
	LabelForgets     sim.Label = "open/forgets"
	LabelRefresh     sim.Label = "refresh/when"
	LabelRefreshOf   sim.Label = "refresh/family"
)
