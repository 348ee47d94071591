package event

import (
	"strconv"
	"time"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/speaker"
	"github.com/peerloom/peerloom/speaker/command"
)

// Format is how one client is written to.
type Format struct {
	JSON    bool // false: text, which has no fsm, signal and negotiated events
	Version int  // of the API: 4 or 6
	Host    string
	PID     int
	PPID    int
}

// Append appends the lines of one event, each with its newline. An event that
// the format has no form for appends nothing.
func (f *Format) Append(b []byte, now time.Time, ev *speaker.Event) []byte {
	if !f.JSON {
		return appendText(b, ev)
	}
	if ev.Kind != speaker.EvMessage {
		return f.appendLine(b, now, ev, form{parsed: true})
	}
	if !framed(ev.Message) {
		return b
	}
	if ev.Consolidate {
		return f.appendLine(b, now, ev, form{parsed: true, packet: ev.Packets})
	}
	if ev.Packets {
		b = f.appendLine(b, now, ev, form{packet: true})
	}
	if ev.Parsed {
		b = f.appendLine(b, now, ev, form{parsed: true})
	}
	return b
}

// AppendDropped appends the line that says that n events were dropped because
// the client did not read them.
func (f *Format) AppendDropped(b []byte, now time.Time, n int) []byte {
	if !f.JSON {
		return append(strconv.AppendInt(append(b, "dropped "...), int64(n), 10), " events\n"...)
	}
	b = f.appendHeader(b, now, 0)
	b = append(b, `"type": "dropped", "events": `...)
	return append(strconv.AppendInt(b, int64(n), 10), " }\n"...)
}

// framed reports a whole message; events are made of framed ones only, a
// client's line must not depend on it.
func framed(msg []byte) bool { return len(msg) >= codec.HeaderLen }

// appendHeader appends what every line begins with. The time has the digits
// of a Python float: as many as needed, seven at most.
func (f *Format) appendHeader(b []byte, now time.Time, counter uint64) []byte {
	version := command.ExaBGPVersion
	if f.Version == 4 {
		version = "4.0.1"
	}
	b = append(append(append(b, `{ "exabgp": "`...), version...), `", "time": `...)
	b = appendTime(b, now)
	b = codec.AppendJSONString(append(b, `, "host" : `...), f.Host)
	b = strconv.AppendInt(append(b, `, "pid" : `...), int64(f.PID), 10)
	b = strconv.AppendInt(append(b, `, "ppid" : `...), int64(f.PPID), 10)
	if counter != 0 {
		b = strconv.AppendUint(append(b, `, "counter": `...), counter, 10)
	}
	return append(b, ", "...)
}

func appendTime(b []byte, now time.Time) []byte {
	b = append(strconv.AppendInt(b, now.Unix(), 10), '.')
	frac := now.Nanosecond() / 100
	digits := 7
	for digits > 1 && frac%10 == 0 {
		frac /= 10
		digits--
	}
	for n := pow10(digits - 1); n > frac && n > 1; n /= 10 {
		b = append(b, '0')
	}
	return strconv.AppendInt(b, int64(frac), 10)
}

func pow10(n int) int {
	p := 1
	for range n {
		p *= 10
	}
	return p
}

// appendPeer appends the fields that name the peer, inside "neighbor".
func appendPeer(b []byte, p *speaker.PeerInfo) []byte {
	b = append(b, `"neighbor": { "address": { "local": "`...)
	b = appendAddr(b, p.LocalAddress)
	b = append(b, `", "peer": "`...)
	b = appendAddr(b, p.PeerAddress)
	b = append(b, `" }, "asn": { "local": `...)
	b = strconv.AppendUint(b, uint64(p.LocalAS), 10)
	b = append(b, `, "peer": `...)
	b = strconv.AppendUint(b, uint64(p.PeerAS), 10)
	b = append(b, ` }, "router-id": "`...)
	b = appendAddr(b, p.RouterID)
	return append(b, `" , `...)
}

// sep appends ", " unless b's first item follows at start.
func sep(b []byte, start int) []byte {
	if len(b) > start {
		return append(b, ", "...)
	}
	return b
}
