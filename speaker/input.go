package speaker

import (
	"net/netip"
)

// ConnID numbers connections. The speaker gives odd numbers to those that it
// dials; the driver numbers accepted ones with [Speaker.NextConn]. A number is
// never used twice, so bytes and timers of an old connection can't reach a new
// session.
type ConnID uint64

// ClientID numbers API clients: child processes, control-socket users and
// scripted clients of the simulator.
type ClientID uint32

// InputKind says what happened.
type InputKind uint8

// Inputs.
const (
	InStart      InputKind = iota + 1 // begin: all neighbors get their start event
	InDialed                          // Conn: the dial succeeded; Local, Remote
	InDialFailed                      // Conn, Text
	InAccepted                        // Conn, Local, Remote: a peer connected to us
	InReceived                        // Conn, Data
	InWritten                         // Conn, N: TCP took N bytes of what was sent or pulled
	InClosed                          // Conn, Text: the peer closed, or the connection failed
	InClientUp                        // Client, Text: the process's name (or "" for a control client)
	InClientDown                      // Client
	InBatch                           // Client, Commands: applied atomically, in order
	InReload                          // Config: a difference to the present one
	InStop                            // shut down: Cease/2 to all, then ActExit; Text is the shutdown communication
	InSignal                          // N, Text: a signal arrived (for events only)
)

// Input is one thing that happened. Only the fields named at its kind are read.
// Data is not kept.
type Input struct {
	Kind          InputKind
	Conn          ConnID
	Client        ClientID
	N             int
	Local, Remote netip.AddrPort
	Data          []byte
	Text          string
	Commands      []Command
	Config        *Config
}

// ActionKind says what to do.
type ActionKind uint8

// Actions.
const (
	ActDial   ActionKind = iota + 1 // Conn, Local (address only; may be zero), Remote
	ActSend                         // Conn, Data: one whole control message
	ActPull                         // Conn: Pull has something (again); call it when there is room
	ActClose                        // Conn: close it once what was sent has been taken
	ActReply                        // Client, Reply
	ActEvent                        // Client, Event
	ActLog                          // Level, Peer, Text
	ActReload                       // read the configuration again and give it back as InReload
	ActExit                         // nothing is left to do: end the process
)

// Level is a log level, with the numbers of log/slog.
type Level int8

// Log levels.
const (
	LevelDebug Level = -4
	LevelInfo  Level = 0
	LevelWarn  Level = 4
	LevelError Level = 8
)

// Action is one thing to do. Data is valid until the speaker's next call.
type Action struct {
	Kind          ActionKind
	Conn          ConnID
	Client        ClientID
	Local, Remote netip.AddrPort
	Data          []byte
	Socket        *Socket // ActDial: what the connection is made with
	Peer          string  // neighbor's address, for ActLog, ActDial
	Text          string
	Level         Level
	Reply         *Reply
	Event         *Event
}
