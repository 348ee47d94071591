package rib

import "github.com/peerloom/peerloom/codec"

// told is what the session's peer has been told of a family once the queue is
// drained. While no block is queued it stands in the places themselves. A value
// that begins or ends behind a queued block is a slot, which lasts from one part
// of a batch until another, so that the block still finds what it is to send:
// that is the overlay of a snapshot that copies nothing.
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
}

// inPlace as a place's last slot: its route has been told, as the place has it,
// since before the first block in the queue.
const inPlace int32 = -2

// slot is one value told. It is visible to a block of part v when
// from <= v and (to == 0 or to > v).
type slot struct {
	set      *AttrSet // as the session encodes it
	from, to uint64
	name     name // as the session knows it
	place    int32
	older    int32 // the value of this place before, kept for a block, or none
	dead     bool  // no block sees it
}

// value is one route told.
type value struct {
	place int32 // none: nothing was told
	nlri  codec.NLRI
	set   *AttrSet
}

func (s *slot) visible(v uint64) bool { return !s.dead && s.from <= v && (s.to == 0 || s.to > v) }

// inPlaceValue is what a place without a slot tells.
func (t *table) inPlaceValue(p int32) value {
	x := &t.places[p]
	return value{p, t.sessionNLRI(t.nlri(x)), t.sets.byID[x.sent]}
}

func (t *table) valueOf(s int32) value {
	x := &t.slots[s]
	return value{x.place, t.sets.nlri(x.name), x.set}
}

// tells reports whether place p is told by now.
func (t *table) tells(p int32) bool {
	if p == none {
		return false
	}
	s := t.places[p].last
	return s == inPlace || s != none && t.slots[s].to == 0
}

// current is what place p is told by; its place is none where it is not.
func (t *table) current(p int32) value {
	switch {
	case !t.tells(p):
		return value{place: none}
	case t.places[p].last == inPlace:
		return t.inPlaceValue(p)
	}
	return t.valueOf(t.places[p].last)
}

// at is what a block of part v sees of place p.
func (t *table) at(p int32, v uint64) value {
	s := t.places[p].last
	for ; s >= 0; s = t.slots[s].older {
		if t.slots[s].visible(v) {
			return t.valueOf(s)
		}
	}
	if s == inPlace {
		return t.inPlaceValue(p)
	}
	return value{place: none}
}

// seen is the attributes alone of what a block of part v sees of place p; nil:
// nothing.
func (t *table) seen(p int32, v uint64) *AttrSet {
	s := t.places[p].last
	for ; s >= 0; s = t.slots[s].older {
		if t.slots[s].visible(v) {
			return t.slots[s].set
		}
	}
	if s == inPlace {
		return t.sets.byID[t.places[p].sent]
	}
	return nil
}

// start tells place p's route with set from part v on.
func (t *table) start(p int32, set *AttrSet, v uint64) {
	t.count++
	x := &t.places[p]
	if t.pending == 0 {
		x.last, x.sent = inPlace, set.ID
		return
	}
	x.last = t.add(slot{name: t.sets.name(t.sessionNLRI(t.nlri(x))), set: set, from: v, place: p, older: x.last})
}

func (t *table) add(s slot) int32 {
	if n := len(t.free); n > 0 {
		id := t.free[n-1]
		t.free = t.free[:n-1]
		t.slots[id] = s
		return id
	}
	t.slots = append(t.slots, s)
	return int32(len(t.slots) - 1)
}

// end is the end of the value of its place at part v. It is kept while a block
// may see it.
func (t *table) end(was value, v uint64) {
	t.count--
	p := &t.places[was.place]
	if p.last == inPlace {
		if p.last = none; t.pending > 0 {
			p.last = t.add(slot{name: t.sets.name(was.nlri), set: was.set, to: v, place: was.place, older: none})
			t.ended = append(t.ended, p.last)
		}
		return
	}
	s := &t.slots[p.last]
	s.to = v
	if s.from <= t.lastBlock {
		t.ended = append(t.ended, p.last)
		return
	}
	id := p.last
	p.last = s.older
	t.kill(id)
}

// kill gives up a slot that no block sees.
func (t *table) kill(id int32) {
	t.slots[id] = slot{dead: true}
	t.free = append(t.free, id)
}

// blockDone counts a finished block; after the last, the overlay goes.
func (t *table) blockDone() {
	if t.pending--; t.pending > 0 {
		return
	}
	for _, id := range t.ended {
		if p := &t.places[t.slots[id].place]; p.last >= 0 && t.slots[p.last].to != 0 {
			p.last = none
		}
	}
	for i := range t.slots {
		if s := &t.slots[i]; !s.dead && s.to == 0 {
			p := &t.places[s.place]
			p.last, p.sent = inPlace, s.set.ID
		}
	}
	t.slots, t.free, t.ended = nil, nil, nil
	t.compact()
}

// newest lets the queued blocks, none of which has begun, see the newest
// value of each route in the place of the one that they had: the queue is at
// its bound.
func (t *table) newest() {
	for _, id := range t.ended {
		s := &t.slots[id]
		if n := t.winnerOf(t.sets.keyOf(s.name)); t.tells(n) && t.places[n].last != inPlace {
			new := &t.slots[t.places[n].last]
			new.from = min(new.from, s.from)
		}
	}
	for _, id := range t.ended {
		p := &t.places[t.slots[id].place]
		if !t.tells(t.slots[id].place) {
			p.last = none
		} else if p.last != inPlace {
			t.slots[p.last].older = none
		}
	}
	for _, id := range t.ended {
		t.kill(id)
	}
	t.ended = nil
}
