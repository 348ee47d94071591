package rib

import "github.com/peerloom/peerloom/codec"

// Interner keeps one copy of each attribute set and of each NLRI, for all tables
// of a speaker. They stay until an [Interner.Sweep] that does not find them in
// use.
type Interner struct {
	sets map[string]*AttrSet
	byID []*AttrSet
	free []uint32
	names
	buf []byte
}

// AttrSet is an interned attribute set. Two pointers from one Interner are
// equal exactly when the sets are. ID is small; that of a set that was forgotten
// is used again.
type AttrSet struct {
	ID    uint32
	Attrs codec.Attrs
}

// NewInterner makes an empty interner.
func NewInterner() *Interner { return &Interner{sets: map[string]*AttrSet{}, names: newNames()} }

// Intern finds or adds a set. The attributes are cloned when they are new.
func (t *Interner) Intern(a codec.Attrs) *AttrSet {
	t.buf = a.AppendCanonical(t.buf[:0])
	if s, ok := t.sets[string(t.buf)]; ok {
		return s
	}
	s := &AttrSet{Attrs: a.Clone()}
	if n := len(t.free); n > 0 {
		s.ID, t.free = t.free[n-1], t.free[:n-1]
		t.byID[s.ID] = s
	} else {
		s.ID = uint32(len(t.byID))
		t.byID = append(t.byID, s)
	}
	t.sets[string(t.buf)] = s
	return s
}

// Len is the number of sets and NLRI.
func (t *Interner) Len() int { return len(t.sets) + t.names.len() }

// Sweep forgets what no table uses: outs and ins are all that the Interner
// serves. A set that was forgotten and comes again is another pointer, so a
// table that was left out, a Clone for instance, would break.
func (t *Interner) Sweep(outs []*Out, ins []*In) {
	sets, named := make([]bool, len(t.byID)), t.names.unused()
	for _, o := range outs {
		o.eachUsed(func(s *AttrSet) { sets[s.ID] = true }, func(n name) { t.names.mark(named, n) })
	}
	for _, i := range ins {
		for r := range i.Routes(0) {
			sets[r.Attrs.ID] = true
		}
	}
	for k, s := range t.sets { //order: each set is judged by itself; IDs are seen by nobody
		if !sets[s.ID] {
			delete(t.sets, k)
			t.byID[s.ID] = nil
			t.free = append(t.free, s.ID)
		}
	}
	t.names.sweep(named)
}

// eachUsed visits every attribute set and every name that o holds, some more
// than once.
func (o *Out) eachUsed(set func(*AttrSet), named func(name)) {
	clear(o.exports) // only a cache
	for i := o.head; i < len(o.works); i++ {
		if s := o.works[i].set; s != nil {
			set(s)
		}
	}
	for i := range o.shadowed {
		set(o.shadowed[i].set)
	}
	for _, t := range o.tables {
		for i := range t.places {
			p := &t.places[i]
			if p.live || p.last != none {
				named(p.name)
			}
			if p.live {
				set(t.sets.byID[p.set])
			}
			if p.last == inPlace {
				set(t.sets.byID[p.sent])
			}
		}
		for i := range t.slots {
			if s := &t.slots[i]; !s.dead {
				set(s.set)
				named(s.name)
			}
		}
		for k := range t.paths { //order: each is noted by itself
			named(k)
		}
	}
}
