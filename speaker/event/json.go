package event

import (
	"net/netip"
	"strconv"
	"time"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/fsm"
	"github.com/peerloom/peerloom/speaker"
	"github.com/peerloom/peerloom/speaker/command"
)

// form says what one line about a message holds.
type form struct {
	parsed, packet bool
	version        int // of the API
}

func appendAddr(b []byte, a netip.Addr) []byte {
	if !a.IsValid() {
		return append(b, "auto"...)
	}
	return a.AppendTo(b)
}

// appendLine appends one line of JSON.
func (f *Format) appendLine(b []byte, now time.Time, ev *speaker.Event, w form) []byte {
	start := len(b)
	w.version = f.Version
	if ev.Kind == speaker.EvShutdown {
		b = f.appendHeader(b, now, 0)
		return append(b, `"type": "notification", "notification": "shutdown" }`+"\n"...)
	}
	b = f.appendHeader(b, now, ev.Counter)
	b = append(b, `"type": "`...)
	switch ev.Kind {
	case speaker.EvState, speaker.EvFSM:
		b = appendState(b, ev)
	case speaker.EvSignal:
		b = append(b, `signal", `...)
		b = appendPeer(b, &ev.Peer)
		b = strconv.AppendInt(append(b, `"code": "`...), int64(ev.Code), 10)
		b = codec.AppendJSONString(append(b, `", "name": `...), ev.State)
	case speaker.EvNegotiated:
		if ev.Negotiated == nil {
			return b[:start]
		}
		b = append(b, `negotiated", `...)
		b = appendPeer(b, &ev.Peer)
		b = append(appendNegotiated(b, ev.Negotiated), ' ')
	case speaker.EvMessage:
		if b = appendMessage(b, ev, w); b == nil {
			return nil
		}
	default:
		return b[:start]
	}
	return append(b, " } }\n"...)
}

func appendState(b []byte, ev *speaker.Event) []byte {
	name := `state", `
	if ev.Kind == speaker.EvFSM {
		name = `fsm", `
	}
	b = append(b, name...)
	b = appendPeer(b, &ev.Peer)
	b = codec.AppendJSONString(append(b, `"state": `...), ev.State)
	if ev.Kind == speaker.EvState && ev.Reason != "" {
		b = codec.AppendJSONString(append(b, `, "reason": `...), ev.Reason)
	}
	return b
}

// appendMessage appends the rest of a line about a message.
func appendMessage(b []byte, ev *speaker.Event, w form) []byte {
	msg := ev.Message
	t := codec.TypeOf(msg)
	b = append(append(b, typeName(t)...), `", `...)
	if w.parsed && w.packet {
		b = appendPacket(b, msg)
		b = append(b, ", "...)
	}
	b = appendPeer(b, &ev.Peer)
	b = append(append(append(b, `"direction": "`...), direction(ev)...), '"')
	if !w.parsed {
		b = strconv.AppendUint(append(b, `, "message": { "category": `...), uint64(t), 10)
		b = appendPacket(append(b, ", "...), msg)
		b = append(b, " } "...)
	} else if body := bodies[min(int(t), len(bodies)-1)]; body != nil {
		b = body(append(b, ", "...), ev, w)
	} else {
		b = append(b, ' ')
	}
	if ev.Negotiated != nil && t == codec.MsgUpdate {
		b = append(appendNegotiated(append(b, ", "...), ev.Negotiated), ' ')
	}
	return b
}

// AppendBody appends the parsed form of a message as members of a JSON object,
// without the object's braces: `"message": { "update": … }` and the like.
// Nothing is appended for a message without a parsed form, such as KEEPALIVE.
// Whatever msg holds, the result is valid JSON.
func AppendBody(b, msg []byte, o *codec.Options) []byte {
	if !framed(msg) {
		return b
	}
	if body := bodies[min(int(codec.TypeOf(msg)), len(bodies)-1)]; body != nil {
		b = body(b, &speaker.Event{Kind: speaker.EvMessage, Message: msg, Options: o}, form{})
	}
	return b
}

// bodies has the parsed form of each message type; a type without one has the
// direction only. The last entry stands for all that are unknown.
var bodies = [...]func(b []byte, ev *speaker.Event, w form) []byte{
	codec.MsgOpen:            appendOpen,
	codec.MsgUpdate:          appendUpdate,
	codec.MsgNotification:    appendNotification,
	codec.MsgRouteRefresh:    appendRefresh,
	codec.MsgOperational:     appendOperational,
	codec.MsgOperational + 1: nil,
}

var typeNames = [...]string{
	codec.MsgOpen:         "open",
	codec.MsgUpdate:       "update",
	codec.MsgNotification: "notification",
	codec.MsgKeepalive:    "keepalive",
	codec.MsgRouteRefresh: "refresh",
	codec.MsgOperational:  "operational",
}

func typeName(t codec.MessageType) string {
	if int(t) < len(typeNames) && typeNames[t] != "" {
		return typeNames[t]
	}
	return "unknown"
}

func direction(ev *speaker.Event) string {
	if ev.Sent {
		return "send"
	}
	return "receive"
}

func appendPacket(b, msg []byte) []byte {
	b = codec.AppendJSONHex(append(b, `"header": `...), msg[:codec.HeaderLen])
	return codec.AppendJSONHex(append(b, `, "body": `...), codec.Body(msg))
}

func appendNotification(b []byte, ev *speaker.Event, _ form) []byte {
	n, bad := codec.DecodeNotification(ev.Message)
	if bad != nil {
		return codec.AppendJSONString(append(b, `"error": `...), bad.Error())
	}
	b = strconv.AppendUint(append(b, `"notification": { "code": `...), uint64(n.Code), 10)
	b = strconv.AppendUint(append(b, `, "subcode": `...), uint64(n.Subcode), 10)
	b = codec.AppendJSONHex(append(b, `, "data": `...), n.Data)
	message := n.String()
	if text, ok := n.ShutdownText(); ok {
		message = `Shutdown Communication: "` + text + `"`
	}
	b = codec.AppendJSONString(append(b, `, "message": `...), message)
	return append(b, " } "...)
}

var subtypes = [...]string{codec.RefreshRequest: "query", codec.RefreshBegin: "begin", codec.RefreshEnd: "end"}

func subtype(s codec.RefreshSubtype) string {
	if int(s) < len(subtypes) {
		return subtypes[s]
	}
	return "unknown"
}

// familyWords splits a family into its AFI's and SAFI's word.
func familyWords(f codec.Family) (afi, safi string) { return f.AFI().String(), f.SAFI().String() }

func appendRefresh(b []byte, ev *speaker.Event, _ form) []byte {
	r, bad := codec.DecodeRouteRefresh(ev.Message)
	if bad != nil {
		return codec.AppendJSONString(append(b, `"error": `...), bad.Error())
	}
	afi, safi := familyWords(r.Family)
	b = codec.AppendJSONString(append(b, `"route-refresh": { "afi": `...), afi)
	b = codec.AppendJSONString(append(b, `, "safi": `...), safi)
	b = codec.AppendJSONString(append(b, `, "subtype": `...), subtype(r.Subtype))
	return append(b, " }"...)
}

func appendOperational(b []byte, ev *speaker.Event, _ form) []byte {
	o, bad := codec.DecodeOperational(ev.Message)
	if bad != nil {
		return codec.AppendJSONString(append(b, `"error": `...), bad.Error())
	}
	return o.AppendJSON(append(b, `"operational": `...))
}

// appendFamilies appends a list of families.
func appendFamilies(b []byte, s codec.FamilySet) []byte {
	b = append(b, '[')
	for i, f := range s {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = append(command.AppendFamily(append(b, '"'), f, ' '), '"')
	}
	return append(b, ']')
}

func appendNegotiated(b []byte, n *fsm.Negotiated) []byte {
	both := func(c codec.CapCode) bool {
		return n.LocalOpen != nil && n.PeerOpen != nil && n.LocalOpen.Has(c) && n.PeerOpen.Has(c)
	}
	refresh := "absent"
	switch {
	case n.EnhancedRefresh:
		refresh = "enhanced"
	case n.RouteRefresh:
		refresh = "normal"
	}
	b = strconv.AppendInt(append(b, `"negotiated": { "message_size": `...), int64(n.Receive.Max()), 10)
	b = strconv.AppendInt(append(b, `, "hold_time": `...), int64(n.HoldTime/time.Second), 10)
	b = strconv.AppendBool(append(b, `, "asn4": `...), n.Send.AS4)
	b = strconv.AppendBool(append(b, `, "multisession": `...), both(codec.CapMultiSession))
	b = strconv.AppendBool(append(b, `, "operational": `...), both(codec.CapOperational))
	b = codec.AppendJSONString(append(b, `, "refresh": `...), refresh)
	b = appendFamilies(append(b, `, "families": `...), n.Families)
	b = append(b, `, "nexthop": [`...)
	for i, f := range n.Receive.ExtendedNextHop {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = append(command.AppendFamily(append(b, '"'), f, ' '), ` ipv6"`...)
	}
	b = appendFamilies(append(b, `], "add_path": {"send": `...), n.Send.AddPath)
	b = appendFamilies(append(b, `, "receive": `...), n.Receive.AddPath)
	return append(b, "} }"...)
}
