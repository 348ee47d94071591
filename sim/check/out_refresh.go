package check

import (
	"slices"

	"github.com/peerloom/peerloom/codec"
)

// applyBarrier queues a message that a command asks for by itself.
func (m *OutModel) applyBarrier(o Op) {
	switch {
	case !m.up:
	case o.Kind == OpRaw:
		m.queue = append(m.queue, Expect{Kind: ExpectRaw, Raw: o.Raw})
	case !m.session.Families.Has(o.Family):
	case o.Kind == OpEndOfRIB:
		m.endOfRIB(o.Family)
	case o.Kind == OpRouteRefresh:
		m.marker(o.Family, codec.RefreshRequest)
	}
}

// endOfRIB queues the marker, and behind it what waited for it.
func (m *OutModel) endOfRIB(f codec.Family) {
	m.queue = append(m.queue, Expect{Kind: ExpectEndOfRIB, Family: f})
	if slices.Contains(m.ended, f) {
		return
	}
	m.ended = append(slices.Clone(m.ended), f)
	var rest []refresh
	for _, r := range m.waiting {
		if r.family == f {
			m.block(r)
		} else {
			rest = append(rest, r)
		}
	}
	m.waiting = rest
}

// blocks queues the refresh blocks of a part, one a family in the order of the
// families, and says for which families there is one now. A family's block
// waits for its End-of-RIB if it answers a request or stands in brackets.
func (m *OutModel) blocks(asked []refresh) []codec.Family {
	var now []codec.Family
	for _, f := range m.session.Families {
		i := slices.IndexFunc(asked, func(r refresh) bool { return r.family == f })
		if i < 0 {
			continue
		}
		r := refresh{family: f, request: true}
		if slices.Contains(asked, refresh{family: f}) {
			r.request = false
		}
		switch {
		case !slices.Contains(m.ended, f) && (r.request || m.session.EnhancedRefresh):
			if m.unanswered(f) < refreshBound {
				m.waiting = append(slices.Clone(m.waiting), r)
			}
		case r.request && m.unanswered(f) >= refreshBound:
			// It merges with the last that has not begun, which says it all.
		default:
			m.block(r)
			now = append(now, f)
		}
	}
	return now
}

// unanswered counts the family's requests whose block has not left whole.
func (m *OutModel) unanswered(f codec.Family) int {
	n := 0
	for _, r := range m.waiting {
		if r.family == f {
			n++
		}
	}
	for _, e := range m.queue {
		if e.request && e.Family == f {
			n++
		}
	}
	return n
}

// block queues want as it is now, each route once, between BoRR and EoRR where
// both ends can (contracts 5 and 7).
func (m *OutModel) block(r refresh) {
	first := len(m.queue)
	if m.session.EnhancedRefresh {
		m.marker(r.family, codec.RefreshBegin)
	}
	m.announce(m.table(r.family))
	if m.session.EnhancedRefresh {
		m.marker(r.family, codec.RefreshEnd)
	}
	for i := range m.queue[first:] {
		m.queue[first+i].block = true
		m.queue[first+i].request = r.request && first+i == len(m.queue)-1
	}
}

func (m *OutModel) marker(f codec.Family, s codec.RefreshSubtype) {
	m.queue = append(m.queue, Expect{Kind: ExpectRefresh, Family: f, Subtype: s})
}
