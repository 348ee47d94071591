package rib

import "github.com/peerloom/peerloom/codec"

// cursor is how far the block at the head of the queue has been pulled.
type cursor struct {
	begun  bool
	sent   bool // a message of the block has been pulled
	walk   uint64
	place  int   // next place to look at
	bucket int32 // bucket being sent, or none
	at     int   // next slot of it
}

// bracketed reports whether a block stands between BoRR and EoRR.
func (o *Out) bracketed(w *work) bool {
	return w.kind != workTable && o.session.EnhancedRefresh
}

// answer notes that a message of block w is pulled: a request that is being
// answered waits no more.
func (o *Out) answer(w *work) {
	if !o.cursor.sent && w.kind == workRefresh {
		o.table(w.nlri.Family).refreshes--
	}
	o.cursor.sent = true
}

// busy is the bucket of t that the cursor is in, or none.
func (o *Out) busy(t *table) int32 {
	if o.cursor.bucket != none && o.works[o.head].nlri.Family == t.family {
		return o.cursor.bucket
	}
	return none
}

// begin starts the walk of the block at the head.
func (o *Out) begin() {
	if !o.cursor.begun {
		o.walks++
		o.cursor = cursor{begun: true, walk: o.walks, bucket: none}
	}
}

// seek moves the cursor to the next route of block w and returns its slot, or
// none at the end. Routes come bucket by bucket, in the order of the first
// route of each bucket in want, sorted in it.
func (o *Out) seek(w *work) int32 {
	o.begin()
	t, c := o.table(w.nlri.Family), &o.cursor
	for {
		if c.bucket != none {
			for b := &t.bucketList[c.bucket]; c.at < len(b.slots); c.at++ {
				if t.slots[b.slots[c.at]].visible(w.part) {
					return b.slots[c.at]
				}
			}
			c.bucket = none
		}
		s := none
		for ; s == none && c.place < len(t.places); c.place++ {
			s = t.at(int32(c.place), w.part)
		}
		if s == none {
			return none
		}
		if b := &t.bucketList[t.slots[s].bucket]; b.walk != c.walk {
			b.walk = c.walk
			c.bucket, c.at = t.slots[s].bucket, 0
			t.enter(c.bucket, o.grouped(t.family))
		}
	}
}

// blockRun collects the routes that may share the next message of block w,
// and moves the cursor nowhere. They all have one attribute set.
func (o *Out) blockRun(w *work) (run []codec.NLRI, set *AttrSet) {
	s := o.seek(w)
	if s == none {
		return nil, nil
	}
	t := o.table(w.nlri.Family)
	set = t.slots[s].set
	run = append(o.scratch[:0], t.slots[s].nlri)
	size := len(t.slots[s].nlri.Wire)
	b := &t.bucketList[o.cursor.bucket]
	for i := o.cursor.at + 1; o.grouped(t.family) && i < len(b.slots) && size < o.session.Options.Max(); i++ {
		if s := &t.slots[b.slots[i]]; s.visible(w.part) {
			run = append(run, s.nlri)
			size += len(s.nlri.Wire)
		}
	}
	o.scratch = run
	return run, set
}

// blockSent moves the cursor over n routes.
func (o *Out) blockSent(w *work, n int) {
	for range n {
		o.seek(w)
		o.cursor.at++
	}
}

// grouped reports whether NLRI of f share messages.
func (o *Out) grouped(f codec.Family) bool { return o.config.Group && f == codec.IPv4Unicast }
