package rib

import (
	"maps"
	"slices"

	"github.com/peerloom/peerloom/codec"
)

// none is the index of nothing.
const none int32 = -1

// place is a route's position in want. A route whose attributes change keeps
// its place; one that is withdrawn and announced again gets a new one.
type place struct {
	name   name
	set    uint32 // ID of its attributes
	last   int32  // newest slot, inPlace, or none
	sent   uint32 // where last is inPlace: ID of the attributes as the session encodes them
	origin Origin
	live   bool // still in want
}

// table is one family of want, and what the session's peer is told of it.
// Everything is held by index, so that a copy of the slices is a copy of the
// table. The order of places is want's order.
type table struct {
	family codec.Family
	sets   *Interner
	index  index // live places by key
	places []place
	// paths holds the live places of routes with a path identifier by their
	// prefix, in order: without ADD-PATH they are one NLRI.
	paths map[name][]int32
	told
}

func newTable(f codec.Family, i *Interner) *table {
	return &table{family: f, sets: i, paths: map[name][]int32{}}
}

func (t *table) nlri(p *place) codec.NLRI { return t.sets.nlri(p.name) }

func (t *table) attrs(p *place) *AttrSet { return t.sets.byID[p.set] }

// base is the key of a path's prefix.
func (t *table) base(k name) name { return t.sets.key(t.sets.keys[k].WithoutPath()) }

// put writes a route and returns its place.
func (t *table) put(n codec.NLRI, a *AttrSet, o Origin) int32 {
	id := t.sets.name(n)
	k := t.sets.keyOf(id)
	if p := t.index.get(k); p != none {
		// The labels may have changed: they are not part of the key.
		t.places[p].name, t.places[p].set, t.places[p].origin = id, a.ID, o
		return p
	}
	p := int32(len(t.places))
	t.places = append(t.places, place{name: id, set: a.ID, origin: o, live: true, last: none})
	t.index.put(k, p)
	if n.PathID != 0 {
		b := t.base(k)
		t.paths[b] = append(t.paths[b], p)
	}
	return p
}

// live is the place in want of a route, or none.
func (t *table) live(k codec.Key) int32 {
	if id, ok := t.sets.find(k); ok {
		return t.index.get(id)
	}
	return none
}

// remove takes a route out of want; it reports whether it was there.
func (t *table) remove(n codec.Key) bool {
	p := t.live(n)
	if p == none {
		return false
	}
	k := t.sets.keyOf(t.places[p].name)
	t.index.remove(k)
	t.places[p].live = false
	if n.PathID != 0 {
		t.dropPath(t.base(k), p)
	}
	return true
}

func (t *table) dropPath(b name, p int32) {
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
	if id, ok := t.sets.find(k); ok {
		return t.winnerOf(id)
	}
	return none
}

func (t *table) winnerOf(k name) int32 {
	p := t.index.get(k)
	if t.addPath || len(t.paths) == 0 {
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
	if t.pending > 0 || len(t.places) < 32 || 2*t.index.count > len(t.places) {
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
		t.index.put(t.sets.keyOf(p.name), moved[i])
		kept = append(kept, p)
	}
	t.places = slices.Clip(kept)
	for _, l := range t.paths { //order: each list is renumbered by itself
		for i := range l {
			l[i] = moved[l[i]]
		}
	}
}

func (t *table) clone() *table {
	c := *t
	c.index = t.index.clone()
	c.places = slices.Clone(t.places)
	c.paths = maps.Clone(t.paths)
	for k, l := range c.paths { //order: each entry is copied by itself
		c.paths[k] = slices.Clone(l)
	}
	c.slots = slices.Clone(t.slots)
	c.free = slices.Clone(t.free)
	c.ended = slices.Clone(t.ended)
	c.held = slices.Clone(t.held)
	return &c
}
