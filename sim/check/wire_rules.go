package check

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/peerloom/peerloom/codec"
)

// judge gives what one whole message that leaves at now breaks.
func (w *WireChecker) judge(now time.Time, msg []byte) []*Violation {
	kind := kindOf(msg)
	got := messageText{kind, len(msg)}
	if w.sent.notification {
		return []*Violation{violated(WireNotifyLast, "nothing after a NOTIFICATION", got.String())}
	}
	if kind == codec.MsgNotification {
		if w.received.notification {
			return []*Violation{violated(WireNotifyAnswered, "nothing after a NOTIFICATION was received", got.String())}
		}
		return nil
	}
	var found []*Violation
	if (kind == codec.MsgOpen) != (w.sent.messages == 0) {
		found = append(found, violated(WireOpenFirst, "the OPEN, and only at the start", got.String()))
	}
	if limit := w.limit(kind); len(msg) > limit {
		found = append(found, violated(WireLength, fmt.Sprintf("at most %d octets", limit), got.String()))
	}
	switch kind {
	case codec.MsgOpen:
		if _, err := readOpen(msg[19:]); err != nil {
			found = append(found, violated(WireFormat, "an OPEN that no "+err.String()+" answers", got.String()))
		}
		return found
	case codec.MsgKeepalive:
		return append(found, w.keepalive(now)...)
	}
	if !w.sent.keepalive || !w.received.keepalive {
		return append(found, violated(WireEstablished, "KEEPALIVE in both directions first", got.String()))
	}
	if w.tooLong > 0 {
		found = append(found, violated(WireTooLong, "NOTIFICATION 1/2 in answer to a message of "+strconv.Itoa(w.tooLong)+" octets", got.String()))
	}
	switch kind {
	case codec.MsgUpdate:
		if w.overdue(now) {
			found = append(found, w.late(now, got.String()))
		}
		w.lastAlive = now
		return append(found, w.update(msg)...)
	case codec.MsgRouteRefresh:
		return append(found, w.refresh(msg)...)
	}
	return found
}

// messageText is a message in a few words.
type messageText struct {
	kind   codec.MessageType
	octets int
}

func (m messageText) String() string {
	return fmt.Sprintf("message type %d of %d octets", m.kind, m.octets)
}

// limit is the longest message of a kind that is allowed now.
func (w *WireChecker) limit(kind codec.MessageType) int {
	if kind == codec.MsgOpen || kind == codec.MsgKeepalive || !w.negotiated {
		return codec.MaxLen
	}
	return w.options.Max()
}

// keepalive checks the distance to what was sent before.
func (w *WireChecker) keepalive(now time.Time) []*Violation {
	if !w.sent.keepalive {
		w.lastAlive, w.lastKeepalive = now, now
		return nil
	}
	var found []*Violation
	if w.overdue(now) {
		found = append(found, w.late(now, "KEEPALIVE"))
	}
	if w.negotiated && w.hold == 0 {
		found = append(found, violated(WireKeepaliveFlood, "no KEEPALIVE but the first: the hold time is 0", "another KEEPALIVE"))
	} else if gap := now.Sub(w.lastKeepalive); gap < time.Second {
		found = append(found, violated(WireKeepaliveFlood, "a second at least between two KEEPALIVEs", "one after "+gap.String()))
	}
	w.lastAlive, w.lastKeepalive = now, now
	return found
}

// aliveWithin is how long the other end may be without a sign of life.
func (w *WireChecker) aliveWithin() time.Duration { return w.hold/3 + w.cfg.Slack }

// overdue reports whether the other end has been without one for longer.
func (w *WireChecker) overdue(now time.Time) bool {
	owes := w.negotiated && w.hold > 0 && w.sent.keepalive && !w.sent.notification
	return owes && now.Sub(w.lastAlive) > w.aliveWithin()
}

func (w *WireChecker) late(now time.Time, got string) *Violation {
	return violated(WireKeepaliveLate, fmt.Sprintf("KEEPALIVE or UPDATE within %v", w.aliveWithin()),
		fmt.Sprintf("%s after %v", got, now.Sub(w.lastAlive)))
}

func (w *WireChecker) update(msg []byte) []*Violation {
	u := &w.reader
	u.update(msg, &w.options)
	if why := u.wrong(); why != "" {
		return []*Violation{violated(WireFormat, "an UPDATE in order", why)}
	}
	if u.end != 0 {
		return w.endOfRIB(u.end)
	}
	var found []*Violation
	if v := asTrans(msg); v != nil && !w.options.AS4 {
		found = append(found, v)
	}
	for _, n := range u.withdrawn {
		found = append(found, w.withdrawn(n)...)
	}
	for _, n := range u.announced {
		if !w.families.Has(n.Family) {
			found = append(found, foreign(n.Family, "announce "+nlriText([]codec.NLRI{n})))
		}
		if i := indexKey(w.swept, n); i >= 0 {
			found = append(found, violated(WireSwept, "withdraw "+nlriText(w.swept[i:i+1])+", or it inside the brackets",
				"announce "+nlriText([]codec.NLRI{n})))
			w.swept = slices.Delete(w.swept, i, i+1)
		}
		if indexKey(w.told, n) < 0 {
			w.told = append(w.told, n)
		}
	}
	w.view.apply(u, false)
	return found
}

func (w *WireChecker) withdrawn(n codec.NLRI) []*Violation {
	var found []*Violation
	if !w.families.Has(n.Family) {
		found = append(found, foreign(n.Family, "withdraw "+nlriText([]codec.NLRI{n})))
	}
	if i := indexKey(w.swept, n); i >= 0 {
		w.swept = slices.Delete(w.swept, i, i+1)
	}
	if i := indexKey(w.byName, n); i >= 0 {
		return found
	}
	if indexKey(w.told, n) < 0 {
		found = append(found, violated(WireWithdraw, "an announcement or a command first", "withdraw "+nlriText([]codec.NLRI{n})))
	}
	return found
}

// foreign is for what speaks of a family that was not negotiated.
func foreign(f codec.Family, got string) *Violation {
	return violated(WireFamily, "only families that both ends advertised", got+" of "+familyText(f))
}

func (w *WireChecker) endOfRIB(f codec.Family) []*Violation {
	var found []*Violation
	if !w.families.Has(f) {
		found = append(found, foreign(f, "End-of-RIB"))
	}
	i := w.endAt(f)
	w.ends[i].sent++
	if w.ends[i].sent > w.allowed(w.ends[i]) {
		found = append(found, violated(WireEndOfRIB, fmt.Sprintf("%d End-of-RIB of %s", w.allowed(w.ends[i]), familyText(f)),
			"one more"))
	}
	return found
}

func (w *WireChecker) refresh(msg []byte) []*Violation {
	r, why := readRefresh(msg)
	if why != "" {
		return []*Violation{violated(WireFormat, "a ROUTE-REFRESH in order", why)}
	}
	got := func() string { return subtypeText(r.Subtype) + " of " + familyText(r.Family) }
	var found []*Violation
	if !w.families.Has(r.Family) {
		found = append(found, foreign(r.Family, subtypeText(r.Subtype)))
	}
	if r.Subtype == codec.RefreshRequest {
		if !w.asks {
			found = append(found, violated(WireAsk, "none: the capability was not received", got()))
		}
		return found
	}
	if !w.enhanced {
		found = append(found, violated(WireBracket, "no brackets: the capability was not negotiated", got()))
	}
	open := len(w.bracket) > 0
	switch {
	case r.Subtype == codec.RefreshBegin && open:
		found = append(found, violated(WireBracket, "EoRR of "+familyText(w.bracket[0]), got()))
	case r.Subtype == codec.RefreshEnd && (!open || w.bracket[0] != r.Family):
		found = append(found, violated(WireBracket, "no EoRR of a family without BoRR", got()))
	}
	if r.Subtype == codec.RefreshBegin && w.ends[w.endAt(r.Family)].sent == 0 {
		found = append(found, violated(WireBracketEarly, "End-of-RIB of "+familyText(r.Family), got()))
	}
	w.bracket = nil
	if r.Subtype == codec.RefreshBegin {
		w.bracket = []codec.Family{r.Family}
	}
	swept, viewErr := w.view.observe(msg)
	if viewErr != nil {
		found = append(found, violated(WireFormat, "a ROUTE-REFRESH that a session survives", viewErr.Error()))
	}
	w.swept = append(w.swept, swept...)
	return found
}
