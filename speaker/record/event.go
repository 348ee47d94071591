package record

import (
	"net/netip"
	"time"

	"github.com/peerloom/peerloom/speaker"
	"github.com/peerloom/peerloom/speaker/child"
)

// Kind says what happened.
type Kind uint8

// Kinds of events; the fields of [Event] that each has.
const (
	Configure  Kind = iota + 1 // Config, Jitter: the first of a run, it makes the speaker
	Clock                      // N: nanoseconds by which the wall clock is ahead of where it began
	End                        // the daemon ended by itself; nothing follows
	Start                      //
	Reload                     // Config
	Stop                       // Text
	Signal                     // N, Text
	Timers                     // due timers fire
	Dialed                     // Conn, Local, Remote
	DialFailed                 // Conn, Text
	Accepted                   // Conn, Local, Remote
	Received                   // Conn, Data
	Taken                      // Conn, N
	Closed                     // Conn, Text
	Pull                       // Conn: there is room for a message
	ClientUp                   // Client, Text, Child
	ClientDown                 // Client
	Said                       // Client, Data: in whatever pieces; a file has it as text
	SaidAll                    // Client: it says no more
	Torn                       // Client: its incomplete line is forgotten
	Refused                    // Client, Text: a line of it is answered with that error
	Batch                      // Client: a batch is closed and takes effect
	Told                       // Client: its next bytes are taken from the queue
	Heard                      // Client, N: it has read so many of them
	kinds
)

// Event is one thing that happened to a [Machine]: everything that the machine
// gets to know of it.
type Event struct {
	Kind          Kind
	At            time.Duration // since the machine's start
	Conn          speaker.ConnID
	Client        speaker.ClientID
	N             int64
	Local, Remote netip.AddrPort
	Data          []byte
	Text          string
	Config        *speaker.Config
	Child         *child.Config
	Jitter        bool   // timers are jittered
	Draws         []int  // what was drawn for them meanwhile
	Line          int    // where it stands in a file; 0: nowhere
	Name          string // in a file
	Recorded      string // the whole line

	of    *Client // whose it is, where that is a client that is up or was
	hash  uint32  // that the file has for it
	lines int     // of Config's text, that the file is to have
}

// kindRow is what is known of a kind.
type kindRow struct {
	owner string // whose event it is; conn and client have their number behind it
	word  string
	do    func(m *Machine, e *Event, out []speaker.Action) []speaker.Action
}

// Whose an event is.
const (
	ofDaemon = "daemon"
	ofConn   = "conn"
	ofClient = "client"
)

// input makes a row whose event is an input of the speaker.
func input(k speaker.InputKind) func(m *Machine, e *Event, out []speaker.Action) []speaker.Action {
	return func(m *Machine, e *Event, out []speaker.Action) []speaker.Action {
		return m.Speaker.Step(m.at(e), speaker.Input{
			Kind: k, Conn: e.Conn, Client: e.Client, N: int(e.N), Local: e.Local, Remote: e.Remote,
			Data: e.Data, Text: e.Text, Config: e.Config,
		}, out)
	}
}

// kindTable is every kind. It is a function since rows lead back to it.
func kindTable() [kinds]kindRow {
	return [kinds]kindRow{
		Configure:  {ofDaemon, "configured", doNothing},
		Clock:      {ofDaemon, "clock", doClock},
		End:        {ofDaemon, "end", doNothing},
		Start:      {ofDaemon, "start", input(speaker.InStart)},
		Reload:     {ofDaemon, "reload", input(speaker.InReload)},
		Stop:       {ofDaemon, "stop", input(speaker.InStop)},
		Signal:     {ofDaemon, "signal", input(speaker.InSignal)},
		Timers:     {ofDaemon, "timers", doTimers},
		Dialed:     {ofConn, "dialed", input(speaker.InDialed)},
		DialFailed: {ofConn, "failed", input(speaker.InDialFailed)},
		Accepted:   {ofConn, "accepted", doAccept},
		Received:   {ofConn, "received", input(speaker.InReceived)},
		Taken:      {ofConn, "taken", input(speaker.InWritten)},
		Closed:     {ofConn, "closed", input(speaker.InClosed)},
		Pull:       {ofConn, "pull", doPull},
		ClientUp:   {ofClient, "up", doClientUp},
		ClientDown: {ofClient, "down", doClientDown},
		Said:       {ofClient, "said", onClient(doSaid)},
		SaidAll:    {ofClient, "end", onClient(doSaidAll)},
		Torn:       {ofClient, "torn", onClient(doTorn)},
		Refused:    {ofClient, "refused", onClient(doRefused)},
		Batch:      {ofClient, "batch", doBatch},
		Told:       {ofClient, "told", onClient(doTold)},
		Heard:      {ofClient, "heard", onClient(doHeard)},
	}
}

// inputKinds says which event an input of the speaker is; see [Machine.Accept]
// and [Client.Batch] for the others.
var inputKinds = [...]Kind{
	speaker.InStart: Start, speaker.InReload: Reload, speaker.InStop: Stop, speaker.InSignal: Signal,
	speaker.InDialed: Dialed, speaker.InDialFailed: DialFailed,
	speaker.InReceived: Received, speaker.InWritten: Taken, speaker.InClosed: Closed,
	speaker.InClientUp: ClientUp, speaker.InClientDown: ClientDown,
}
