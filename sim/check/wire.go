package check

import (
	"fmt"
	"slices"
	"time"

	"github.com/peerloom/peerloom/codec"
)

// WireConfig is what a [WireChecker] cannot see on the wire.
type WireConfig struct {
	// ManualEOR: no automatic End-of-RIB; all of them are asked for.
	ManualEOR bool
	// Slack is how late a KEEPALIVE may be, for what time a driver or a full
	// window may add.
	Slack time.Duration
}

// WireChecker watches one connection from one end. It judges what that end
// sends; what it receives only says what it may send. Bytes count as sent when
// they are written and as received when that end reads them. It learns the
// negotiated values from the OPENs.
type WireChecker struct {
	cfg            WireConfig
	sent, received half
	negotiated     bool
	families       codec.FamilySet
	options        codec.Options // of what is sent
	enhanced       bool
	asks           bool // the other end offered capability 2
	linkLocal      bool // both ends offered capability 77
	hold           time.Duration
	view           PeerView     // what the other end has by now
	told           []codec.NLRI // ever announced here
	byName         []codec.NLRI // withdrawn by a command
	swept          []codec.NLRI // dropped by an EoRR and not withdrawn yet
	ends           []endCount
	bracket        []codec.Family // BoRR without EoRR so far
	lastAlive      time.Time      // KEEPALIVE or UPDATE; zero before the first KEEPALIVE
	lastKeepalive  time.Time
	broken         bool   // framing is lost: nothing more can be said
	reader         reader // its buffers are used again
	tooLong        int    // length of a received message that had to be refused; 0: none
}

// half is one direction of the connection.
type half struct {
	stream       stream
	messages     int
	open         *inOpen
	keepalive    bool
	notification bool
}

// endCount counts a family's End-of-RIBs and those that commands asked for.
type endCount struct {
	family      codec.Family
	sent, asked int
}

// NewWireChecker watches a connection that has just come up.
func NewWireChecker(c WireConfig) *WireChecker { return &WireChecker{cfg: c} }

// AllowEndOfRIB says that a command asked for an End-of-RIB of f.
func (w *WireChecker) AllowEndOfRIB(f codec.Family) { w.ends[w.endAt(f)].asked++ }

// AllowWithdraw says that a command withdrew n by name, told or not.
func (w *WireChecker) AllowWithdraw(n codec.NLRI) {
	if !w.options.AddPath.Has(n.Family) {
		n.PathID = 0 // without ADD-PATH a withdrawal can't tell paths apart
	}
	if indexKey(w.byName, n) < 0 {
		w.byName = append(w.byName, n)
	}
}

// View is what the other end has by what was sent.
func (w *WireChecker) View() *PeerView { return &w.view }

// Received takes bytes, in any pieces, that this end has read. Nothing that is
// received is judged.
func (w *WireChecker) Received(p []byte) {
	w.received.stream.write(p)
	for {
		msg, _ := w.received.stream.next()
		if msg == nil {
			return
		}
		if len(msg) > w.takes(kindOf(msg)) {
			w.tooLong = len(msg)
		}
		w.received.note(msg)
		w.negotiate()
	}
}

// takes is the longest message of a kind that this end must accept: as Takes
// says, but never more than 4,096 octets of OPEN and KEEPALIVE (RFC 8654 §4).
func (w *WireChecker) takes(kind codec.MessageType) int {
	if kind == codec.MsgOpen || kind == codec.MsgKeepalive {
		return codec.MaxLen
	}
	return w.Takes()
}

// Takes is the longest message that this end must accept: 4,096 octets, or 65,535
// once both OPENs are there and its own said so (RFC 8654 §4).
func (w *WireChecker) Takes() int {
	if w.sent.open == nil || w.received.open == nil || !w.sent.open.extended {
		return codec.MaxLen
	}
	return codec.MaxExtendedLen
}

// Sent takes bytes, in any pieces, that this end wrote at now, and gives what
// they break, in order.
func (w *WireChecker) Sent(now time.Time, p []byte) []*Violation {
	if w.broken {
		return nil
	}
	var found []*Violation
	w.sent.stream.write(p)
	for {
		msg, why := w.sent.stream.next()
		if why != "" {
			w.broken = true
			return append(found, violated(WireFormat, "a framed message", why))
		}
		if msg == nil {
			return found
		}
		found = append(found, w.judge(now, msg)...)
		w.sent.note(msg)
		w.negotiate()
	}
}

// Idle says that nothing was sent up to now, and gives what that breaks.
func (w *WireChecker) Idle(now time.Time) []*Violation {
	if !w.overdue(now) {
		return nil
	}
	return []*Violation{w.late(now, "nothing")}
}

// Quiet is called when everything has been sent on a connection that is up.
func (w *WireChecker) Quiet() []*Violation {
	if !w.negotiated || !w.sent.keepalive || !w.received.keepalive || w.sent.notification || w.received.notification {
		return nil
	}
	var found []*Violation
	for _, f := range w.families {
		if e := w.ends[w.endAt(f)]; e.sent != w.allowed(e) {
			found = append(found, violated(WireEndOfRIB, fmt.Sprintf("%d End-of-RIB of %s", w.allowed(e), familyText(f)),
				fmt.Sprintf("%d", e.sent)))
		}
	}
	for _, f := range w.bracket {
		found = append(found, violated(WireBracket, "EoRR of "+familyText(f), "nothing more"))
	}
	if w.tooLong > 0 {
		found = append(found, violated(WireTooLong, fmt.Sprintf("NOTIFICATION 1/2 in answer to a message of %d octets", w.tooLong), "a session that goes on"))
	}
	if len(w.swept) > 0 {
		found = append(found, violated(WireSwept, "withdraw "+nlriText(w.swept), "nothing more"))
	}
	return found
}

func (h *half) note(msg []byte) {
	h.messages++
	switch kindOf(msg) {
	case codec.MsgOpen:
		if o, err := readOpen(msg[19:]); err == nil && h.open == nil {
			h.open = o
		}
	case codec.MsgKeepalive:
		h.keepalive = true
	case codec.MsgNotification:
		h.notification = true
	}
}

// negotiate fills in what both OPENs agree on, once.
func (w *WireChecker) negotiate() {
	if w.negotiated || w.sent.open == nil || w.received.open == nil {
		return
	}
	ours, theirs := w.sent.open, w.received.open
	w.negotiated = true
	for _, f := range both(ours, theirs) {
		w.families = append(w.families, codecFamily(f))
	}
	slices.Sort(w.families)
	sends := receiving(theirs, ours)
	w.options = codec.Options{AS4: sends.as4, IBGP: sends.internal, MaxLen: codec.MaxLen}
	if ours.extended && theirs.extended {
		w.options.MaxLen = codec.MaxExtendedLen
	}
	for _, f := range sends.addPath {
		w.options.AddPath = append(w.options.AddPath, codecFamily(f))
	}
	for _, f := range sends.nextHop {
		w.options.ExtendedNextHop = append(w.options.ExtendedNextHop, codecFamily(f))
	}
	w.enhanced = ours.enhanced && theirs.enhanced
	w.asks = theirs.refresh
	w.linkLocal = ours.linkLocal && theirs.linkLocal
	w.hold = time.Duration(min(ours.hold, theirs.hold)) * time.Second
	w.view = *NewPeerView(w.options)
}

// Session is what both OPENs agree on, for an [OutModel]; Export is left out.
// False before both have been seen.
func (w *WireChecker) Session() (OutSession, bool) {
	return OutSession{Families: w.families, Options: w.options, EnhancedRefresh: w.enhanced, RouteRefresh: w.asks, LinkLocal: w.linkLocal}, w.negotiated
}

// Hold is the negotiated hold time; 0: none, or not yet negotiated.
func (w *WireChecker) Hold() time.Duration { return w.hold }

// endAt is the place of the family's count, which is made when there is none.
func (w *WireChecker) endAt(f codec.Family) int {
	for i, e := range w.ends {
		if e.family == f {
			return i
		}
	}
	w.ends = append(w.ends, endCount{family: f})
	return len(w.ends) - 1
}

func (w *WireChecker) allowed(e endCount) int {
	if w.cfg.ManualEOR {
		return e.asked
	}
	return e.asked + 1
}
