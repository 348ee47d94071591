package rib

import (
	"cmp"
	"slices"

	"github.com/peerloom/peerloom/codec"
)

// told is what the session's peer has been told of a family once the queue is
// drained. Each value is a slot that lasts from one part of a batch until
// another, so that a block queued between the two still finds it: that is the
// overlay of a snapshot that copies nothing.
type told struct {
	negotiated, addPath bool
	eor                 bool       // an End-of-RIB has been queued
	held                []workKind // blocks that wait for it, refreshMax at most
	refreshes           int        // refresh requests in the queue, no answer to which has been pulled
	pending             int        // blocks in the queue
	lastBlock           uint64
	count               int // routes told
	slots               []slot
	free                []int32
	ended               []int32 // slots over, kept for a block
	buckets             map[*AttrSet]int32
	bucketList          []bucket
	freeBuckets         []int32
}

// slot is one value told. It is visible to a block of part v when
// from <= v and (to == 0 or to > v).
type slot struct {
	nlri     codec.NLRI // as the session knows it
	set      *AttrSet   // as the session encodes it
	from, to uint64
	place    int32
	older    int32 // the value of this place before, kept for a block
	bucket   int32
	dead     bool // no block sees it
}

// bucket is the slots with one attribute set. A block takes a bucket as a
// whole, sorted, when it comes to the first route in it.
type bucket struct {
	set   *AttrSet
	slots []int32
	dead  int
	walk  uint64 // the block that took it last
}

func (s *slot) visible(v uint64) bool { return !s.dead && s.from <= v && (s.to == 0 || s.to > v) }

// current is the slot that place p is told by, or none.
func (t *table) current(p int32) int32 {
	if p == none {
		return none
	}
	if s := t.places[p].last; s != none && t.slots[s].to == 0 {
		return s
	}
	return none
}

// at is the slot of place p that a block of part v sees, or none.
func (t *table) at(p int32, v uint64) int32 {
	for s := t.places[p].last; s != none; s = t.slots[s].older {
		if t.slots[s].visible(v) {
			return s
		}
	}
	return none
}

// start tells place p's route with set from part v on.
func (t *table) start(p int32, set *AttrSet, v uint64) {
	var id int32
	s := slot{nlri: t.sessionNLRI(t.places[p].nlri), set: set, from: v, place: p, older: t.places[p].last}
	b := t.bucketOf(set)
	s.bucket = b
	if n := len(t.free); n > 0 {
		id, t.free = t.free[n-1], t.free[:n-1]
		t.slots[id] = s
	} else {
		id = int32(len(t.slots))
		t.slots = append(t.slots, s)
	}
	t.bucketList[b].slots = append(t.bucketList[b].slots, id)
	t.places[p].last = id
	t.count++
}

func (t *table) bucketOf(set *AttrSet) int32 {
	if b, ok := t.buckets[set]; ok {
		return b
	}
	var b int32
	if n := len(t.freeBuckets); n > 0 {
		b, t.freeBuckets = t.freeBuckets[n-1], t.freeBuckets[:n-1]
		t.bucketList[b] = bucket{set: set}
	} else {
		b = int32(len(t.bucketList))
		t.bucketList = append(t.bucketList, bucket{set: set})
	}
	t.buckets[set] = b
	return b
}

// end is the end of slot id at part v. It is kept while a block may see it.
func (t *table) end(id int32, v uint64, busy int32) {
	s := &t.slots[id]
	s.to = v
	t.count--
	if t.pending > 0 && s.from <= t.lastBlock {
		t.ended = append(t.ended, id)
		return
	}
	t.places[s.place].last = s.older
	t.kill(id, busy)
}

// kill marks a slot that no block sees, and purges its bucket when most of it
// is dead. busy is the bucket that a cursor is in.
func (t *table) kill(id, busy int32) {
	s := &t.slots[id]
	s.dead = true
	b := &t.bucketList[s.bucket]
	b.dead++
	if s.bucket != busy && 2*b.dead > len(b.slots) {
		t.purge(s.bucket)
	}
}

func (t *table) purge(i int32) {
	b := &t.bucketList[i]
	kept := b.slots[:0]
	for _, id := range b.slots {
		if !t.slots[id].dead {
			kept = append(kept, id)
			continue
		}
		t.slots[id] = slot{}
		t.free = append(t.free, id)
	}
	b.slots, b.dead = kept, 0
	if len(kept) == 0 {
		delete(t.buckets, b.set)
		*b = bucket{}
		t.freeBuckets = append(t.freeBuckets, i)
	}
}

// blockDone counts a finished block; after the last, the overlay goes.
func (t *table) blockDone() {
	if t.pending--; t.pending > 0 {
		return
	}
	for _, id := range t.ended {
		p := &t.places[t.slots[id].place]
		switch {
		case p.last == none:
		case t.slots[p.last].to != 0:
			p.last = none
		default:
			t.slots[p.last].older = none
		}
	}
	for _, id := range t.ended {
		t.kill(id, none)
	}
	t.ended = nil
	t.compact()
}

// newest lets the queued blocks, none of which has begun, see the newest
// value of each route in the place of the one that they had: the queue is at
// its bound.
func (t *table) newest() {
	for _, id := range t.ended {
		s := t.slots[id]
		if n := t.current(t.winner(s.nlri.Key())); n != none {
			t.slots[n].from = min(t.slots[n].from, s.from)
		}
	}
	for _, id := range t.ended {
		p := &t.places[t.slots[id].place]
		if p.last = t.current(t.slots[id].place); p.last != none {
			t.slots[p.last].older = none
		}
	}
	for _, id := range t.ended {
		t.kill(id, none)
	}
	t.ended = nil
}

// enter sorts a bucket for a cursor: by wire bytes where NLRI share messages,
// in want's order where they do not.
func (t *table) enter(i int32, grouped bool) {
	b := &t.bucketList[i]
	slices.SortFunc(b.slots, func(x, y int32) int {
		if grouped {
			return t.slots[x].nlri.Compare(t.slots[y].nlri)
		}
		return cmp.Compare(t.slots[x].place, t.slots[y].place)
	})
}
