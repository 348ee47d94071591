package rib

import (
	"iter"

	"github.com/peerloom/peerloom/codec"
)

// Count is how many routes of one family there are.
type Count struct {
	Family codec.Family
	Want   int
	Told   int // 0 while the session is down
	Queue  int // pieces of work; see Queued
}

// Add adds the numbers of other.
func (c *Count) Add(other Count) {
	c.Want += other.Want
	c.Told += other.Told
	c.Queue += other.Queue
}

// Counts iterates over the families that o has routes or work of, in their
// order; work of no family (messages as they are) comes first. Its cost is the
// queue's length.
func (o *Out) Counts() iter.Seq[Count] {
	queued := make([]int, len(o.tables))
	other := 0
	for i := o.head; i < len(o.works); i++ {
		w := &o.works[i]
		if w.kind == workDropped {
			continue
		}
		if k, ok := o.find(w.nlri.Family); ok {
			queued[k]++
		} else {
			other++
		}
	}
	return func(yield func(Count) bool) {
		if other > 0 && !yield(Count{Queue: other}) {
			return
		}
		for k, t := range o.tables {
			if !yield(Count{Family: t.family, Want: t.index.count, Told: t.count, Queue: queued[k]}) {
				return
			}
		}
	}
}
