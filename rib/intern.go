package rib

import "github.com/peerloom/peerloom/codec"

// Interner keeps one copy of each attribute set. It only grows: a set's
// identity must outlive every table that may still name it.
type Interner struct {
	sets map[string]*AttrSet
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
	s := &AttrSet{ID: uint32(len(t.sets)), Attrs: a.Clone()}
	t.sets[string(t.buf)] = s
	return s
}

// Len is the number of sets.
func (t *Interner) Len() int { return len(t.sets) }
