package check

import (
	"maps"
	"slices"
)

// Point names a rare situation that a sweep must have reached.
type Point string

// Points reached in the queue of a session.
const (
	SometimesResetInFlush Point = "flush/reset-between-updates"
	SometimesHoldExpired  Point = "timer/hold-expired"
)

// PointDoc is one row of the registry.
type PointDoc struct {
	Point Point
	Doc   string // one line: the situation
}

// Points is the registry of all situations, in the order of docs/INVARIANTS.md.
func Points() []PointDoc {
	return []PointDoc{
		{SometimesResetInFlush, "A connection ends between two UPDATEs of one flush."},
		{SometimesHoldExpired, "A hold timer expires."},
	}
}

// Reached is the coverage of one run or of many: the points that were reached
// and the shapes of state that were seen. The zero Reached is empty.
type Reached struct {
	points map[Point]bool
	shapes map[uint64]bool
}

// Sometimes notes that the situation p was reached, if cond says so.
func (r *Reached) Sometimes(p Point, cond bool) {
	if !cond || r.points[p] {
		return
	}
	if r.points == nil {
		r.points = map[Point]bool{}
	}
	r.points[p] = true
}

// Shape notes that a state was seen whose coarse outline hashes to h.
func (r *Reached) Shape(h uint64) {
	if r.shapes[h] {
		return
	}
	if r.shapes == nil {
		r.shapes = map[uint64]bool{}
	}
	r.shapes[h] = true
}

// Has reports whether the point was reached.
func (r *Reached) Has(p Point) bool { return r.points[p] }

// Points lists what was reached, in alphabetical order.
func (r *Reached) Points() []Point { return slices.Sorted(maps.Keys(r.points)) }

// Shapes counts the shapes of state that were seen.
func (r *Reached) Shapes() int { return len(r.shapes) }

// Add joins what o reached to r. It answers how many points and shapes are new.
func (r *Reached) Add(o *Reached) (points, shapes int) {
	p, s := len(r.points), len(r.shapes)
	for x := range o.points { //order: a set is joined
		r.Sometimes(x, true)
	}
	for x := range o.shapes { //order: a set is joined
		r.Shape(x)
	}
	return len(r.points) - p, len(r.shapes) - s
}
