package fsm

import "github.com/peerloom/peerloom/codec"

// ActionKind says what an Action asks for.
type ActionKind uint8

// Actions.
const (
	ActDial             ActionKind = iota + 1 // start a TCP connection to the peer
	ActListen                                 // be ready for the peer's connection
	ActClose                                  // drop this session's TCP connection or dial (after what was sent)
	ActSendOpen                               // Open
	ActSendKeepalive                          // a KEEPALIVE
	ActSendNotification                       // Notification
	ActEstablished                            // Negotiated is valid from now on
	ActDown                                   // entered Idle from another state: Reason
)

// Action is one thing to do, in order.
type Action struct {
	Kind         ActionKind
	Open         *codec.Open        // ActSendOpen; not to be changed
	Notification codec.Notification // ActSendNotification
	Reason       Down               // ActDown
}

// DownCause is why a session ended.
type DownCause uint8

// Causes.
const (
	DownNone     DownCause = iota
	DownSent               // we sent Notification
	DownReceived           // the peer sent Notification
	DownTCP                // the connection failed or was closed
	DownStop               // we were told to, and no NOTIFICATION was due
	DownProtocol           // the peer broke the protocol where no NOTIFICATION may be sent
)

// Down says why a session ended.
type Down struct {
	Cause          DownCause
	Notification   codec.Notification // for DownSent, DownReceived
	WasEstablished bool
}
