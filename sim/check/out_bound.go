package check

import (
	"slices"

	"github.com/peerloom/peerloom/codec"
)

// queueBound is the least bound on the queue (contract 3).
const queueBound = 1 << 16

// shorten keeps the queue within its bound: an NLRI of a message counts one,
// and so does any other message. Above the bound what a later message says
// again is dropped, oldest first, except in a refresh block, where the newer
// value takes the older one's place. What is left when nothing is superseded
// stays, and is at most a message for each distinct NLRI and the markers.
func (m *OutModel) shorten() {
	for m.queueLen() > m.bound() && m.queueLen() > m.distinct() && m.dropOldest() {
		m.bounded = true
	}
}

func (m *OutModel) queueLen() int {
	n := 0
	for _, e := range m.queue {
		n += max(1, len(e.NLRIs))
	}
	return n
}

// bound is the configured bound.
func (m *OutModel) bound() int {
	if m.cfg.QueueBound == 0 {
		return queueBound
	}
	return m.cfg.QueueBound
}

// distinct counts the NLRI in want and told: so long the queue may always be.
func (m *OutModel) distinct() int {
	distinct := m.told.size()
	for i, r := range m.want.all {
		if m.counting(r.nlri) == i && m.toldAt(r.nlri) < 0 {
			distinct++
		}
	}
	return distinct
}

// dropOldest drops the oldest superseded entry; false when there is none.
func (m *OutModel) dropOldest() bool {
	for i, e := range m.queue {
		for _, n := range e.NLRIs {
			later := slices.IndexFunc(m.queue[i+1:], func(x Expect) bool { return slices.Contains(x.NLRIs, n) })
			if later >= 0 {
				m.supersede(i, i+1+later, n)
				return true
			}
		}
	}
	return false
}

// supersede drops n from the older message. In a block a newer announcement
// comes to stand there; a newer withdrawal stays where it is.
func (m *OutModel) supersede(older, newer int, n codec.NLRI) {
	queue := slices.Clone(m.queue)
	e := queue[newer]
	moved := queue[older].block && e.Kind == ExpectAnnounce
	if moved {
		queue[newer].NLRIs = without(e.NLRIs, n)
	}
	queue[older].NLRIs = without(queue[older].NLRIs, n)
	if moved {
		e.NLRIs, e.block, e.request = []codec.NLRI{n}, true, false
		queue = slices.Insert(queue, older+1, e)
	}
	m.queue = slices.DeleteFunc(queue, func(e Expect) bool {
		return (e.Kind == ExpectAnnounce || e.Kind == ExpectWithdraw) && len(e.NLRIs) == 0
	})
}

func without(nlris []codec.NLRI, n codec.NLRI) []codec.NLRI {
	return slices.DeleteFunc(slices.Clone(nlris), func(x codec.NLRI) bool { return x == n })
}
