package check

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/peerloom/peerloom/codec"
)

// Observe takes one whole message that the peer of the present session
// received, and compares it with the next expected one. KEEPALIVE, OPEN and
// NOTIFICATION are no part of the queue and pass. The error is a *[Violation].
//
// Whether a refresh has begun is told by what was observed: a run that goes
// beyond the bound on requests must observe each message when it is pulled.
func (m *OutModel) Observe(msg []byte) error {
	switch kindOf(msg) {
	case codec.MsgOpen, codec.MsgKeepalive, codec.MsgNotification:
		return nil
	}
	if !m.up {
		return violated(OutSessionEnd, "nothing: no session is up", fmt.Sprintf("message %x", msg))
	}
	if len(msg) > m.session.Options.Max() {
		return violated(OutMalformed, fmt.Sprintf("at most %d octets", m.session.Options.Max()),
			fmt.Sprintf("a message of %d octets", len(msg)))
	}
	if len(m.queue) > 0 && m.queue[0].Kind == ExpectRaw {
		if !bytes.Equal(m.queue[0].Raw, msg) {
			return violated(OutRaw, m.queue[0].String(), fmt.Sprintf("message %x", msg))
		}
		m.queue = m.queue[1:]
		// What the bytes mean to the peer is the business of whoever gave them.
		return nil
	}
	got, v := m.parse(msg)
	if v != nil {
		return v
	}
	if got.Kind == ExpectRaw {
		return violated(OutRaw, m.head(), got.String())
	}
	if !m.session.Families.Has(got.Family) {
		return violated(OutSessionEnd, m.head(), got.String()+", a family that was not negotiated")
	}
	if !m.matches(got) {
		id, why := m.classify(got)
		return violated(id, m.head(), got.String()+why)
	}
	m.consume(got)
	m.see(got)
	return nil
}

// Quiet is called when the queue is drained and the network has delivered it:
// nothing expected may be missing, and the peer's view must be export(want).
func (m *OutModel) Quiet() error {
	if !m.up {
		return nil
	}
	if len(m.queue) > 0 {
		return violated(OutComplete, m.head(), fmt.Sprintf("nothing more (%d messages are missing)", len(m.queue)))
	}
	want := NewPeerView(m.session.Options)
	for _, r := range m.table(0) {
		want.announce(r.nlri, r.attrs)
	}
	if !m.view.Equal(want) {
		return violated(OutConverged, want.String(), m.view.String())
	}
	return nil
}

// see puts what was received into the peer's view.
func (m *OutModel) see(got Expect) {
	switch got.Kind {
	case ExpectAnnounce:
		m.view.announceAll(got.NLRIs, got.Attrs)
	case ExpectWithdraw:
		for _, n := range got.NLRIs {
			m.view.withdraw(n)
		}
	case ExpectRefresh:
		m.view.refresh(codec.RouteRefresh{Family: got.Family, Subtype: got.Subtype})
	}
}

func (m *OutModel) head() string {
	if len(m.queue) == 0 {
		return "nothing more"
	}
	return m.queue[0].String()
}

// parse makes a value of a message. One that holds more than one kind of
// change, or more than one family, is malformed here: batches never make such. The
// value dies with the next call.
func (m *OutModel) parse(msg []byte) (Expect, *Violation) {
	switch kindOf(msg) {
	case codec.MsgRouteRefresh:
		r, why := readRefresh(msg)
		if why != "" {
			return Expect{}, violated(OutMalformed, "a ROUTE-REFRESH in order", why)
		}
		return Expect{Kind: ExpectRefresh, Family: r.Family, Subtype: r.Subtype}, nil
	case codec.MsgUpdate:
		return m.parseUpdate(msg)
	}
	return Expect{Kind: ExpectRaw, Raw: slices.Clone(msg)}, nil
}

func (m *OutModel) parseUpdate(msg []byte) (Expect, *Violation) {
	r := &m.reader
	r.update(msg, &m.session.Options)
	if why := r.wrong(); why != "" {
		return Expect{}, violated(OutMalformed, "an UPDATE in order", why)
	}
	if r.end != 0 {
		return Expect{Kind: ExpectEndOfRIB, Family: r.end}, nil
	}
	e := Expect{Kind: ExpectAnnounce, Attrs: r.written(), NLRIs: r.announced}
	if len(r.announced) == 0 {
		e.Kind, e.NLRIs = ExpectWithdraw, r.withdrawn
	}
	if (len(r.announced) == 0) == (len(r.withdrawn) == 0) {
		return e, violated(OutMalformed, "an UPDATE that announces or withdraws",
			fmt.Sprintf("one that announces %d and withdraws %d NLRI", len(r.announced), len(r.withdrawn)))
	}
	e.Family = e.NLRIs[0].Family
	for _, n := range e.NLRIs {
		if n.Family != e.Family {
			return e, violated(OutMalformed, "an UPDATE for one family", "one for "+familyText(e.Family)+" and "+familyText(n.Family))
		}
	}
	return e, nil
}

// matches reports whether got is the next expected message, or, for a grouped
// one, a beginning of it.
func (m *OutModel) matches(got Expect) bool {
	return len(m.queue) > 0 && m.queue[0].begins(got)
}

// begins reports whether got is e or a beginning of it.
func (e Expect) begins(got Expect) bool {
	if e.Kind != got.Kind || e.Family != got.Family || e.Subtype != got.Subtype {
		return false
	}
	switch e.Kind {
	case ExpectAnnounce:
		return sameAttrs(e.Attrs, got.Attrs) && startsWith(e.NLRIs, got.NLRIs, sameNLRIs)
	case ExpectWithdraw:
		// An UPDATE with MP_UNREACH_NLRI alone need not carry a next hop.
		a, b := e.Attrs.Without(codec.AttrNextHop), got.Attrs.Without(codec.AttrNextHop)
		return sameAttrs(a, b) && startsWith(e.NLRIs, got.NLRIs, sameKeys)
	}
	return true
}

func startsWith(all, first []codec.NLRI, same func(a, b []codec.NLRI) bool) bool {
	return len(first) > 0 && len(first) <= len(all) && same(all[:len(first)], first)
}

func (m *OutModel) consume(got Expect) {
	head := m.queue[0]
	if len(got.NLRIs) == len(head.NLRIs) {
		m.queue = m.queue[1:]
		return
	}
	m.queue[0].NLRIs, m.queue[0].request = head.NLRIs[len(got.NLRIs):], false
}

// classify names the invariant that an unexpected message breaks.
func (m *OutModel) classify(got Expect) (ID, string) {
	head := Expect{}
	if len(m.queue) > 0 {
		head = m.queue[0]
	}
	switch {
	case head.Kind == ExpectRaw:
		return OutRaw, ""
	case got.Kind == ExpectEndOfRIB || head.Kind == ExpectEndOfRIB:
		return OutEndOfRIB, ""
	case got.Kind == ExpectRefresh || head.Kind == ExpectRefresh:
		return OutBracket, ""
	case head.Kind == got.Kind && sameSet(head.NLRIs, got.NLRIs):
		if sameNLRIs(head.NLRIs, got.NLRIs) {
			return OutAttributes, ""
		}
		return OutOrder, ", the NLRI in another order"
	case m.expectedLater(got):
		return OutOrder, ", which is expected later"
	case got.Kind == ExpectWithdraw:
		return OutWithdraw, ""
	}
	id, why := OutDuplicate, ", which the peer has already"
	for _, n := range got.NLRIs {
		has, ok := m.view.get(n)
		if ok && sameAttrs(has.attrs, got.Attrs) {
			continue
		}
		if _, wanted := m.exported(n); !wanted {
			return OutLeak, ", which is not wanted"
		}
		id, why = OutAttributes, ""
	}
	return id, why
}

// expectedLater reports whether every NLRI of got stands in a later message of
// the same kind with the same attributes.
func (m *OutModel) expectedLater(got Expect) bool {
	for _, n := range got.NLRIs {
		if !slices.ContainsFunc(m.queue, func(e Expect) bool {
			return e.Kind == got.Kind && sameAttrs(e.Attrs, got.Attrs) && slices.Contains(e.NLRIs, n)
		}) {
			return false
		}
	}
	return true
}

func sameSet(a, b []codec.NLRI) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.SortFunc(a, compareNLRI)
	slices.SortFunc(b, compareNLRI)
	return sameNLRIs(a, b)
}
