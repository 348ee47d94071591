package check

import (
	"slices"

	"github.com/peerloom/peerloom/codec"
)

// longQueue is how many messages make a queue a long one.
const longQueue = 100

// Cover notes what is rare about a batch that is about to be applied.
func (m *OutModel) Cover(r *Reached, ops []Op) {
	var has [OpRaw + 1]bool
	for i := range ops {
		o := &ops[i]
		has[o.Kind] = true
		if o.Kind == OpAnnounce || o.Kind == OpWithdraw {
			m.coverRoute(r, o)
			r.Sometimes(BatchSwing, has[OpAnnounce] && has[OpWithdraw] && swings(ops[:i], o))
		}
	}
	r.Sometimes(BatchDown, !m.up && len(ops) > 0)
	r.Sometimes(BatchAnnounceClear, has[OpAnnounce] && has[OpClear])
	r.Sometimes(BatchFlushClear, has[OpFlush] && has[OpClear])
	r.Sometimes(QueueLong, len(m.queue) >= longQueue)
	r.Sometimes(QueueBound, m.bounded)
	r.Sometimes(QueueClear, has[OpClear] && len(m.queue) > 0)
	if !m.Flushing() {
		return
	}
	r.Sometimes(FlushFlush, has[OpFlush])
	r.Sometimes(FlushClear, has[OpClear])
	r.Sometimes(FlushAnnounce, has[OpAnnounce])
	r.Sometimes(FlushWithdraw, has[OpWithdraw])
	r.Sometimes(FlushEndOfRIB, has[OpEndOfRIB])
}

// swings: the other of announcing and withdrawing was said of the same route.
func swings(before []Op, o *Op) bool {
	return slices.ContainsFunc(before, func(x Op) bool { return x.Kind != o.Kind && x.NLRI == o.NLRI })
}

// coverRoute looks for the route in the queue, as long as there is something to
// be found.
func (m *OutModel) coverRoute(r *Reached, o *Op) {
	if len(m.queue) == 0 || r.Has(QueueWithdrawOvertakes) && r.Has(QueueAnnounceOvertakes) && r.Has(QueueAnnounceAgain) {
		return
	}
	n := m.onWire(o.NLRI)
	for i := range m.queue {
		e := &m.queue[i]
		if e.Kind != ExpectAnnounce && e.Kind != ExpectWithdraw || !slices.Contains(e.NLRIs, n) {
			continue
		}
		r.Sometimes(QueueWithdrawOvertakes, o.Kind == OpWithdraw && e.Kind == ExpectAnnounce)
		r.Sometimes(QueueAnnounceOvertakes, o.Kind == OpAnnounce && e.Kind == ExpectWithdraw)
		r.Sometimes(QueueAnnounceAgain, o.Kind == OpAnnounce && e.Kind == ExpectAnnounce)
	}
}

// CoverRefresh notes what is rare about a refresh that the peer asks for now.
func (m *OutModel) CoverRefresh(r *Reached, f codec.Family) {
	if !m.up {
		return
	}
	r.Sometimes(RefreshForeign, !m.session.Families.Has(f))
	r.Sometimes(RefreshIdle, len(m.queue) == 0)
	r.Sometimes(RefreshPlain, !m.session.EnhancedRefresh)
	r.Sometimes(FlushRefresh, m.Flushing())
	r.Sometimes(RefreshEarly, m.owes(f))
	r.Sometimes(RefreshSecond, slices.ContainsFunc(m.queue, func(e Expect) bool {
		return e.Kind == ExpectRefresh && e.Family == f && e.Subtype == codec.RefreshEnd
	}))
	r.Sometimes(RefreshMany, m.unanswered(f) >= refreshBound)
}

// CoverDown notes what is rare about a session that ends now.
func (m *OutModel) CoverDown(r *Reached) {
	r.Sometimes(FlushReset, m.Flushing())
	r.Sometimes(QueueReset, len(m.queue) > 0)
	r.Sometimes(SessionShort, slices.ContainsFunc(m.session.Families, m.owes))
}

// owes: the family's first End-of-RIB has not left.
func (m *OutModel) owes(f codec.Family) bool {
	return slices.ContainsFunc(m.queue, func(e Expect) bool { return e.Kind == ExpectEndOfRIB && e.Family == f })
}
