package rib

import (
	"encoding/binary"
	"iter"
	"maps"
	"slices"

	"github.com/peerloom/peerloom/codec"
)

// In is one peer's Adj-RIB-In.
type In struct {
	sets   *Interner
	keep   bool
	index  map[codec.Key]int32
	routes []inRoute             // in insertion order
	counts map[codec.Family]int  // routes by family
	marks  map[codec.Family]bool // families between BoRR and EoRR
}

type inRoute struct {
	nlri  codec.NLRI
	set   *AttrSet // nil: withdrawn
	stale bool     // not announced since the BoRR
	kept  bool     // not announced since the session that announced it was lost
}

// NewIn makes an empty Adj-RIB-In. keep false drops everything it is told.
func NewIn(t *Interner, keep bool) *In {
	return &In{sets: t, keep: keep, index: map[codec.Key]int32{}, marks: map[codec.Family]bool{}, counts: map[codec.Family]int{}}
}

// Announce stores a route; it reports whether anything changed. A route that
// is announced again keeps its place and is no longer stale.
func (i *In) Announce(n codec.NLRI, a codec.Attrs) bool {
	if !i.keep {
		return false
	}
	set := i.sets.Intern(a)
	if at, ok := i.index[n.Key()]; ok {
		r := &i.routes[at]
		changed := r.set != set || r.nlri != n // the labels may differ
		*r = inRoute{nlri: n, set: set}
		return changed
	}
	i.counts[n.Family]++
	i.index[n.Key()] = int32(len(i.routes))
	i.routes = append(i.routes, inRoute{nlri: n, set: set})
	return true
}

// Withdraw removes a route; it reports whether it was there.
func (i *In) Withdraw(n codec.NLRI) bool {
	at, ok := i.index[n.Key()]
	if !ok {
		return false
	}
	delete(i.index, n.Key())
	i.counts[n.Family]--
	i.routes[at] = inRoute{}
	i.compact()
	return true
}

// BeginRefresh marks the family's routes stale (RFC 7313 §4: BoRR; a new one
// restarts the marking).
func (i *In) BeginRefresh(f codec.Family) {
	i.marks[f] = true
	for at := range i.routes {
		if r := &i.routes[at]; r.set != nil && r.nlri.Family == f {
			r.stale = true
		}
	}
}

// EndRefresh removes what is still stale and returns it, in insertion order
// (RFC 7313 §4: EoRR). Without a BeginRefresh it does nothing.
func (i *In) EndRefresh(f codec.Family) []codec.NLRI {
	if !i.marks[f] {
		return nil
	}
	delete(i.marks, f)
	return i.remove(func(r *inRoute) bool { return r.stale && r.nlri.Family == f })
}

// remove takes out the routes that gone names, and returns them in insertion
// order. The routes themselves hold what their keys are made of: nothing is
// looked up by a key made otherwise.
func (i *In) remove(gone func(*inRoute) bool) []codec.NLRI {
	var out []codec.NLRI
	for at := range i.routes {
		if r := &i.routes[at]; r.set != nil && gone(r) {
			out = append(out, r.nlri)
			delete(i.index, r.nlri.Key())
			i.counts[r.nlri.Family]--
			*r = inRoute{}
		}
	}
	i.compact()
	return out
}

// Clear empties the table (a session's end, or `clear adj-rib in`).
func (i *In) Clear() {
	clear(i.index)
	clear(i.marks)
	clear(i.counts)
	i.routes = nil
}

// Routes iterates in insertion order (f 0: every family).
func (i *In) Routes(f codec.Family) iter.Seq[Route] {
	return func(yield func(Route) bool) {
		for _, r := range i.routes {
			if r.set != nil && (f == 0 || f == r.nlri.Family) && !yield(Route{NLRI: r.nlri, Attrs: r.set}) {
				return
			}
		}
	}
}

// Len is the number of routes.
func (i *In) Len() int { return len(i.index) }

// Count is the number of routes of f.
func (i *In) Count(f codec.Family) int { return i.counts[f] }

// Clone is an independent copy that shares the interner.
func (i *In) Clone() *In {
	c := *i
	c.index = maps.Clone(i.index)
	c.routes = slices.Clone(i.routes)
	c.marks = maps.Clone(i.marks)
	c.counts = maps.Clone(i.counts)
	return &c
}

// AppendState appends a canonical encoding for state de-duplication.
func (i *In) AppendState(b []byte) []byte {
	b = append(b, flag(i.keep))
	marks := slices.Sorted(maps.Keys(i.marks))
	b = binary.AppendUvarint(b, uint64(len(marks)))
	for _, f := range marks {
		b = binary.AppendUvarint(b, uint64(f))
	}
	b = binary.AppendUvarint(b, uint64(len(i.index)))
	for _, r := range i.routes {
		if r.set != nil {
			b = append(appendSet(appendNLRI(b, r.nlri), r.set), flag(r.stale), flag(r.kept))
		}
	}
	return b
}

// compact drops withdrawn routes when they are the greater part.
func (i *In) compact() {
	if len(i.routes) < 32 || 2*len(i.index) > len(i.routes) {
		return
	}
	kept := i.routes[:0]
	for _, r := range i.routes {
		if r.set != nil {
			i.index[r.nlri.Key()] = int32(len(kept))
			kept = append(kept, r)
		}
	}
	clear(i.routes[len(kept):])
	i.routes = kept
}
