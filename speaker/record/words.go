package record

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/speaker"
)

// at ends the words of a line.
const at = "@"

// Bounds of the words of an event, in octets.
const (
	maxWords   = 400
	maxMessage = 512 // a longer message is not decoded for its words
	maxTold    = 120 // of what a client is told
)

// appendWords appends what happened and what came of it.
func appendWords(b []byte, m *Machine, e *Event, out []speaker.Action) []byte {
	from := len(b)
	b = appendInput(b, m, e)
	for i := range out {
		if len(b)-from > maxWords {
			return fmt.Appendf(b, "; and %d more", len(out)-i)
		}
		b = appendAction(b, m, &out[i])
	}
	if len(m.given) > 0 && e.Kind == Pull {
		b = appendMessages(append(b, ": "...), m.given, m.sends(e.Conn))
	}
	return b
}

// appendInput appends what happened.
func appendInput(b []byte, m *Machine, e *Event) []byte {
	switch e.Kind {
	case Configure:
		return fmt.Appendf(b, "the configuration; neighbors: %d", len(e.Config.Neighbors))
	case Reload:
		return fmt.Appendf(b, "a new configuration; neighbors: %d", len(e.Config.Neighbors))
	case Clock:
		return fmt.Appendf(b, "the wall clock is %v ahead", time.Duration(e.N))
	case End:
		return append(b, "the daemon has ended"...)
	case Start:
		return append(b, "the daemon starts"...)
	case Stop:
		return append(b, "the daemon is to stop"...)
	case Signal:
		return appendText(append(b, "signal "...), e.Text)
	case Timers:
		return append(b, "timers"...)
	case Dialed:
		return e.Remote.AppendTo(append(b, "connected to "...))
	case DialFailed:
		return appendText(append(b, "no connection: "...), e.Text)
	case Accepted:
		return e.Remote.AppendTo(append(b, "accepted a connection of "...))
	case Received:
		return appendMessages(append(b, "received "...), e.Data, m.receives(e.Conn))
	case Taken:
		return append(strconv.AppendInt(append(b, "TCP took "...), e.N, 10), " octets"...)
	case Closed:
		return appendText(append(b, "connection over: "...), e.Text)
	case Pull:
		if len(m.given) == 0 {
			return append(b, "nothing to send"...)
		}
		return append(b, "sent"...)
	default:
		return appendClient(b, m, e)
	}
}

// appendClient appends what happened with a client.
func appendClient(b []byte, m *Machine, e *Event) []byte {
	name := "a control client"
	if e.of != nil && e.of.config.Name != "" {
		name = e.of.config.Name
	} else if e.Child != nil && e.Child.Name != "" {
		name = e.Child.Name
	}
	b = appendText(b, name)
	switch e.Kind {
	case ClientUp:
		return append(b, " is here"...)
	case ClientDown:
		return append(b, " is gone"...)
	case Said:
		return append(b, " says"...)
	case SaidAll:
		return append(b, " says no more"...)
	case Torn:
		return append(b, " ended, perhaps within a line"...)
	case Refused:
		return append(b, " is refused a line"...)
	case Batch:
		return fmt.Appendf(b, ": a batch of %d", len(m.commands))
	case Told:
		told := m.given
		rest := ""
		if len(told) > maxTold {
			told, rest = told[:maxTold], fmt.Sprintf(" and %d octets more", len(told)-maxTold)
		}
		return append(appendText(append(b, " is told "...), strconv.Quote(string(told))), rest...)
	default: // Heard
		return append(strconv.AppendInt(append(b, " took "...), e.N, 10), " octets"...)
	}
}

func appendAction(b []byte, m *Machine, a *speaker.Action) []byte {
	switch a.Kind {
	case speaker.ActDial:
		return a.Remote.AppendTo(fmt.Appendf(b, "; dials as connection %d ", a.Conn))
	case speaker.ActSend:
		return appendMessages(fmt.Appendf(b, "; sent on connection %d ", a.Conn), a.Data, m.sends(a.Conn))
	case speaker.ActClose:
		return fmt.Appendf(b, "; closes connection %d", a.Conn)
	case speaker.ActReply:
		if a.Reply.OK {
			return fmt.Appendf(b, "; answers client %d: done", a.Client)
		}
		return appendText(fmt.Appendf(b, "; answers client %d: error ", a.Client), a.Reply.Err)
	case speaker.ActLog:
		return appendText(append(b, "; log: "...), a.Text)
	case speaker.ActReload:
		return append(b, "; asks for the configuration"...)
	case speaker.ActExit:
		return append(b, "; exits"...)
	default: // what ActPull and ActEvent lead to are events of their own
		return b
	}
}

// sends is how messages of ours are to be read, and receives how those of the
// peer are: as was agreed on, where the session still is.
func (m *Machine) sends(conn speaker.ConnID) *codec.Options {
	if n := m.Negotiated(conn); n != nil {
		return &n.Send
	}
	return &codec.Options{AS4: true}
}

func (m *Machine) receives(conn speaker.ConnID) *codec.Options {
	if n := m.Negotiated(conn); n != nil {
		return &n.Receive
	}
	return &codec.Options{AS4: true}
}

// appendMessages appends the messages that data is made of, where it begins with
// one.
func appendMessages(b, data []byte, o *codec.Options) []byte {
	from := len(b)
	for len(data) > 0 {
		size := messageLen(data)
		if size == 0 || len(b)-from > maxWords {
			return append(strconv.AppendInt(b, int64(len(data)), 10), " octets"...)
		}
		if size > maxMessage {
			b = fmt.Appendf(b, "%s of %d octets", codec.TypeOf(data), size)
		} else {
			b = appendText(b, codec.Describe(data[:size], o))
		}
		if data = data[size:]; len(data) > 0 {
			b = append(b, ", "...)
		}
	}
	return b
}

// messageLen is the length of the whole message that data begins with, or 0.
func messageLen(data []byte) int {
	if len(data) < codec.HeaderLen || bytes.Count(data[:16], []byte{0xff}) != 16 {
		return 0
	}
	n := int(data[16])<<8 | int(data[17])
	if n < codec.HeaderLen || n > len(data) {
		return 0
	}
	return n
}

// appendText appends words that others chose: on one line, and without what
// would end the words.
func appendText(b []byte, s string) []byte {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > maxWords {
		s = strings.ToValidUTF8(s[:maxWords], "") + "…"
	}
	return append(b, strings.ReplaceAll(s, at, "(at)")...)
}
