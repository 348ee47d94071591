package rib

import (
	"slices"

	"github.com/peerloom/peerloom/codec"
)

// none is the index of nothing.
const none int32 = -1

// place is a route's position in want. A route whose attributes change keeps
// its place; one that is withdrawn and announced again gets a new one.
type place struct {
	nlri   codec.NLRI
	attrs  *AttrSet
	origin Origin
	live   bool  // still in want
	last   int32 // newest slot, or none
}

// table is one family of want, and what the session's peer is told of it.
// Everything is held by index, so that a copy of the slices is a copy of the
// table. The order of places is want's order.
type table struct {
	family codec.Family
	index  map[codec.Key]int32 // live places
	places []place
	// paths holds the live places of routes with a path identifier by their
	// prefix, in order: without ADD-PATH they are one NLRI.
	paths map[codec.Key][]int32
	told
}

func newTable(f codec.Family) *table {
	return &table{
		family: f,
		index:  map[codec.Key]int32{},
		paths:  map[codec.Key][]int32{},
		told:   told{buckets: map[*AttrSet]int32{}},
	}
}

// put writes a route and returns its place.
func (t *table) put(n codec.NLRI, a *AttrSet, o Origin) int32 {
	k := n.Key()
	if p, ok := t.index[k]; ok {
		// The labels may have changed: they are not part of the key.
		t.places[p].nlri, t.places[p].attrs, t.places[p].origin = n, a, o
		return p
	}
	p := int32(len(t.places))
	t.places = append(t.places, place{nlri: n, attrs: a, origin: o, live: true, last: none})
	t.index[k] = p
	if k.PathID != 0 {
		b := k.WithoutPath()
		t.paths[b] = append(t.paths[b], p)
	}
	return p
}

// remove takes a route out of want; it reports whether it was there.
func (t *table) remove(k codec.Key) bool {
	p, ok := t.index[k]
	if !ok {
		return false
	}
	delete(t.index, k)
	t.places[p].live = false
	if k.PathID != 0 {
		t.dropPath(k.WithoutPath(), p)
	}
	return true
}

func (t *table) dropPath(b codec.Key, p int32) {
	l := t.paths[b]
	i, ok := slices.BinarySearch(l, p)
	if !ok {
		panic("rib: a path is missing from its prefix")
	}
	if l = slices.Delete(l, i, i+1); len(l) == 0 {
		delete(t.paths, b)
		return
	}
	t.paths[b] = l
}

// winner is the place that stands for session key k: with ADD-PATH the route
// itself, without it the last of the prefix's paths.
func (t *table) winner(k codec.Key) int32 {
	p, ok := t.index[k]
	if !ok {
		p = none
	}
	if t.addPath {
		return p
	}
	if l := t.paths[k]; len(l) > 0 && l[len(l)-1] > p {
		return l[len(l)-1]
	}
	return p
}

// sessionNLRI is n as this session's peer knows it.
func (t *table) sessionNLRI(n codec.NLRI) codec.NLRI {
	if !t.addPath {
		n.PathID = 0
	}
	return n
}

// compact drops dead places when they are the greater part. While a block is
// queued it may still need them.
func (t *table) compact() {
	if t.pending > 0 || len(t.places) < 32 || 2*len(t.index) > len(t.places) {
		return
	}
	moved := make([]int32, len(t.places))
	kept := t.places[:0]
	for i, p := range t.places {
		moved[i] = none
		if !p.live {
			continue
		}
		moved[i] = int32(len(kept))
		t.index[p.nlri.Key()] = moved[i]
		if p.last != none {
			t.slots[p.last].place = moved[i]
		}
		kept = append(kept, p)
	}
	clear(t.places[len(kept):])
	t.places = slices.Clip(kept)
	for _, l := range t.paths { //order: each list is renumbered by itself
		for i := range l {
			l[i] = moved[l[i]]
		}
	}
}

// empty forgets all routes and all that was told.
func (t *table) empty() { *t = *newTable(t.family) }
