package rib

import "github.com/peerloom/peerloom/codec"

// Interner keeps one copy of each attribute set. A set stays until a
// [Interner.Sweep] that does not find it in use.
type Interner struct {
	sets map[string]*AttrSet
	next uint32
	buf  []byte
}

// AttrSet is an interned attribute set. Two pointers from one Interner are
// equal exactly when the sets are. ID is small and sequential.
type AttrSet struct {
	ID    uint32
	Attrs codec.Attrs
}

// NewInterner makes an empty interner.
func NewInterner() *Interner { return &Interner{sets: map[string]*AttrSet{}} }

// Intern finds or adds a set. The attributes are cloned when they are new.
func (t *Interner) Intern(a codec.Attrs) *AttrSet {
	t.buf = a.AppendCanonical(t.buf[:0])
	if s, ok := t.sets[string(t.buf)]; ok {
		return s
	}
	s := &AttrSet{ID: t.next, Attrs: a.Clone()}
	t.next++
	t.sets[string(t.buf)] = s
	return s
}

// Len is the number of sets.
func (t *Interner) Len() int { return len(t.sets) }

// Sweep forgets the sets that no table uses: each calls visit with every set of
// every [Out] and [In] that the Interner serves (EachSet). A set that was
// forgotten and comes again is another pointer, so a table that was left out,
// a Clone for instance, would break.
func (t *Interner) Sweep(each func(visit func(*AttrSet))) {
	used := make(map[*AttrSet]bool, len(t.sets))
	each(func(s *AttrSet) { used[s] = true })
	for k, s := range t.sets { //order: each set is judged by itself
		if !used[s] {
			delete(t.sets, k)
		}
	}
}

// EachSet calls visit with every attribute set that o holds, some more than
// once.
func (o *Out) EachSet(visit func(*AttrSet)) {
	clear(o.exports) // only a cache
	each := func(s *AttrSet) {
		if s != nil {
			visit(s)
		}
	}
	for i := range o.works {
		each(o.works[i].set)
	}
	for i := range o.shadowed {
		each(o.shadowed[i].set)
	}
	for _, t := range o.tables {
		for i := range t.places {
			each(t.places[i].attrs)
		}
		for i := range t.slots {
			each(t.slots[i].set)
		}
		for i := range t.bucketList {
			each(t.bucketList[i].set)
		}
	}
}

// EachSet calls visit with every attribute set that i holds, some more than
// once.
func (i *In) EachSet(visit func(*AttrSet)) {
	for r := range i.Routes(0) {
		visit(r.Attrs)
	}
}
