package check

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"github.com/peerloom/peerloom/codec"
)

// Told is an event that a speaker has for a client, in plain values.
type Told struct {
	Kind     string // "state", "fsm", "negotiated", "signal", "shutdown", "message"
	Peer     netip.Addr
	Local    netip.Addr // invalid: any
	LocalAS  uint32
	PeerAS   uint32 // 0: any
	RouterID netip.Addr
	State    string // of the session, or the signal's name
	Reason   string
	Code     int // of the signal
	Sent     bool
	Message  []byte
	Options  *codec.Options  // that the message is read with; nil: before there are any
	Families codec.FamilySet // that were negotiated
	Agreed   *Agreed         // of the event that tells of it; nil: not known
	Parsed   bool
	Packet   bool // its octets; with Parsed on the same line
}

// Hearing holds the lines that one client gets against the events that its
// speaker had for it: each is told once, in order, and says what it is about. It
// reads both encodings, and takes every line that is no event for an answer.
type Hearing struct {
	client string
	queue  []Told
	block  []string // lines of an UPDATE as text that has not ended
	json   bool     // the client gets events as JSON
	reader reader
}

// NewHearing is that of a client that has just been started.
func NewHearing(client string) *Hearing { return &Hearing{client: client} }

// Tell notes an event; its message must not change any more.
func (h *Hearing) Tell(t Told) { h.queue = append(h.queue, t) }

// Line takes one line, without its newline, that the client got. The error, a
// *[Violation], is for an event that is not the next one or says something else, and
// for what begins as an object of JSON and is none.
func (h *Hearing) Line(line []byte) error {
	var v *Violation
	switch {
	case len(line) == 0:
	case line[0] == '{':
		v = h.object(line)
	default:
		v = h.text(string(line))
	}
	if v == nil {
		return nil
	}
	return v
}

// Quiet is for when nothing is on its way any more: all was heard. The error is a
// *[Violation].
func (h *Hearing) Quiet() error {
	for i := range h.queue {
		if t := &h.queue[i]; h.json || t.inText() {
			return violated(InTold, h.client+" hears of "+t.String(), "nothing more")
		}
	}
	return nil
}

// inText reports whether the text encoding has a form for the event.
func (t *Told) inText() bool { return t.Kind != "fsm" && t.Kind != "negotiated" && t.Kind != "signal" }

func (t *Told) String() string {
	switch {
	case t.Kind == "message":
		return fmt.Sprintf("%s %s of %v, %d octets", t.direction(), messageNames[kindOf(t.Message)], t.Peer, len(t.Message))
	case t.Peer.IsValid():
		return strings.TrimSpace(fmt.Sprintf("%s %s of %v %s", t.Kind, t.State, t.Peer, t.Reason))
	}
	return t.Kind
}

func (t *Told) direction() string {
	if t.Sent {
		return "send"
	}
	return "receive"
}

// messageNames are what events call the message types.
var messageNames = map[codec.MessageType]string{
	codec.MsgOpen: "open", codec.MsgUpdate: "update", codec.MsgNotification: "notification",
	codec.MsgKeepalive: "keepalive", codec.MsgRouteRefresh: "refresh", codec.MsgOperational: "operational",
}

// next takes the next event off the queue; text passes over what it has no form for.
func (h *Hearing) next(text bool, line string) (*Told, *Violation) {
	for len(h.queue) > 0 {
		t := h.queue[0]
		h.queue = h.queue[1:]
		if !text || t.inText() {
			return &t, nil
		}
	}
	return nil, h.wrong("no event", line)
}

// drop takes the events off the queue that a line says were dropped: the oldest.
func (h *Hearing) drop(n int, text bool, line string) *Violation {
	for range n {
		if _, v := h.next(text, line); v != nil {
			return v
		}
	}
	return nil
}

func (h *Hearing) wrong(want, got string) *Violation {
	return violated(InTold, h.client+" hears "+want, got)
}

// spoken is an event as JSON, as far as it is looked at.
type spoken struct {
	Type         string
	Events       int // how many were dropped
	Header, Body string
	Neighbor     *struct {
		Address   struct{ Local, Peer string }
		ASN       struct{ Local, Peer uint32 }
		RouterID  string `json:"router-id"`
		State     string
		Reason    string
		Code      string
		Name      string
		Direction string
		Open      *spokenOpen
		Message   *struct {
			Category     int
			Header, Body string
			Update       *spokenUpdate
		}
		Notification *struct {
			Code, Subcode int
			Data, Message string
		}
		Negotiated *spokenAgreed
		Refresh    *struct{ AFI, SAFI, Subtype string } `json:"route-refresh"`
	}
}

type spokenOpen struct {
	Version  int
	ASN      uint32
	HoldTime int    `json:"hold_time"`
	RouterID string `json:"router_id"`
}

// object is a line of JSON; one without a type is an answer.
func (h *Hearing) object(line []byte) *Violation {
	var e spoken
	err := json.Unmarshal(line, &e)
	switch shape := (*json.UnmarshalTypeError)(nil); {
	case err != nil && !errors.As(err, &shape):
		return violated(InEvent, "valid JSON", string(line))
	case e.Type == "":
		return nil // an answer has other members
	case err != nil:
		return h.wrong("an event of ExaBGP's shape", fmt.Sprintf("%s: %v", line, err))
	}
	h.json = true
	if e.Type == "dropped" {
		return h.drop(e.Events, false, string(line))
	}
	t, v := h.next(false, string(line))
	if v != nil {
		return v
	}
	if want := t.Kind; want != "message" {
		if want == "shutdown" {
			want = "notification" // without a neighbor
		}
		if e.Type != want || (e.Neighbor == nil) != (t.Kind == "shutdown") {
			return h.wrong(t.String(), string(line))
		}
	} else if e.Type != messageNames[kindOf(t.Message)] || e.Neighbor == nil {
		return h.wrong(t.String(), string(line))
	}
	if e.Neighbor == nil {
		return nil
	}
	if what := h.compare(t, &e); what != "" {
		return h.wrong(t.String()+", "+what, string(line))
	}
	return nil
}

// compare names what an event should have said; "": all is as it should be.
func (h *Hearing) compare(t *Told, e *spoken) string {
	n := e.Neighbor
	switch {
	case n.Address.Peer != t.Peer.String(), t.Local.IsValid() && n.Address.Local != t.Local.String():
		return fmt.Sprintf("between %v and %v", t.Local, t.Peer)
	case n.ASN.Local != t.LocalAS, t.PeerAS != 0 && n.ASN.Peer != t.PeerAS:
		return fmt.Sprintf("of AS %d and AS %d", t.LocalAS, t.PeerAS)
	case t.RouterID.IsValid() && n.RouterID != t.RouterID.String():
		return "of identifier " + t.RouterID.String()
	case t.Kind == "signal" && (n.Code != fmt.Sprint(t.Code) || n.Name != t.State):
		return fmt.Sprintf("of signal %d", t.Code)
	case (t.Kind == "state" || t.Kind == "fsm") && (n.State != t.State || n.Reason != t.Reason):
		return "and no other"
	case t.Kind == "message":
		return h.compareMessage(t, e)
	case t.Kind == "negotiated":
		return t.Agreed.compare(n.Negotiated)
	}
	return ""
}

func (h *Hearing) compareMessage(t *Told, e *spoken) string {
	n := e.Neighbor
	switch {
	case n.Direction != t.direction():
		return "direction " + t.direction()
	case t.Packet && t.Parsed && !t.octets(e.Header, e.Body),
		t.Packet && !t.Parsed && (n.Message == nil || n.Message.Category != int(t.Message[18]) || !t.octets(n.Message.Header, n.Message.Body)):
		return "with" + octetsAsText(t)
	case !t.Parsed:
		return ""
	}
	return h.compareParsed(t, e)
}

// octets reports whether header and body are the message's; an empty body may be "0x".
func (t *Told) octets(header, body string) bool {
	want := ""
	if len(t.Message) > 19 {
		want = fmt.Sprintf("0x%X", t.Message[19:])
	}
	return strings.EqualFold(header, fmt.Sprintf("0x%X", t.Message[:19])) && strings.EqualFold(strings.TrimSuffix(body, "0x"), want)
}
