package check

import (
	"fmt"
	"maps"
	"math/bits"
	"slices"
	"strings"
)

// Reached is the coverage of one run or of many: the points that were reached
// and the shapes of state that were seen. The zero Reached is empty.
type Reached struct {
	points [(nPoints + 63) / 64]uint64
	shapes map[uint64]bool
	last   uint64 // the shape seen last: most often the next one is the same
}

// Sometimes notes that the situation p was reached, if cond says so.
func (r *Reached) Sometimes(p Point, cond bool) {
	if cond {
		r.points[p/64] |= 1 << (p % 64)
	}
}

// Shape notes that a state was seen whose coarse outline hashes to h.
func (r *Reached) Shape(h uint64) {
	if r.last == h && r.shapes != nil {
		return
	}
	r.last = h
	if r.shapes == nil {
		r.shapes = map[uint64]bool{}
	}
	r.shapes[h] = true
}

// Has reports whether the point was reached.
func (r *Reached) Has(p Point) bool { return r.points[p/64]&(1<<(p%64)) != 0 }

// Points lists what was reached, in the order of the registry.
func (r *Reached) Points() []Point {
	var l []Point
	for i, w := range r.points {
		for ; w != 0; w &= w - 1 {
			l = append(l, Point(i*64+bits.TrailingZeros64(w)))
		}
	}
	return l
}

// Missed lists what a run can reach and was not reached, in the order of the
// registry.
func (r *Reached) Missed() []PointDoc {
	var l []PointDoc
	for _, d := range Points() {
		if d.Unreachable == "" && !r.Has(d.Point) {
			l = append(l, d)
		}
	}
	return l
}

// Shapes counts the shapes of state that were seen.
func (r *Reached) Shapes() int { return len(r.shapes) }

// ShapeHashes lists the shapes of state that were seen, in ascending order.
func (r *Reached) ShapeHashes() []uint64 { return slices.Sorted(maps.Keys(r.shapes)) }

// Add joins what o reached to r. It answers how many points and shapes are new.
func (r *Reached) Add(o *Reached) (points, shapes int) {
	before := len(r.shapes)
	for i, w := range o.points {
		points += bits.OnesCount64(w &^ r.points[i])
		r.points[i] |= w
	}
	for x := range o.shapes { //order: a set is joined
		r.Shape(x)
	}
	return points, len(r.shapes) - before
}

// PrintReached lists the points one id a line, sorted: the text form of what
// sweeps reached. Shapes are left out.
func PrintReached(r *Reached) string {
	var names []string
	for _, p := range r.Points() {
		names = append(names, p.String())
	}
	slices.Sort(names)
	return strings.Join(append(names, ""), "\n")
}

// ParseReached reads what [PrintReached] wrote. Empty lines and lines that begin
// with # are left out. The error names the line of an unknown point.
func ParseReached(text string) (*Reached, error) {
	r := &Reached{}
	n := 0
	for line := range strings.Lines(text) {
		n++
		name := strings.TrimSpace(line)
		if name == "" || name[0] == '#' {
			continue
		}
		p, ok := PointByName(name)
		if !ok {
			return nil, fmt.Errorf("line %d: %.60q is no point: see docs/INVARIANTS.md, and take out what is no more", n, name)
		}
		r.Sometimes(p, true)
	}
	return r, nil
}

// Lost lists the points that before has and r has not, in the order of the
// registry: what is reached no longer.
func (r *Reached) Lost(before *Reached) []Point {
	var l []Point
	for _, p := range before.Points() {
		if !r.Has(p) {
			l = append(l, p)
		}
	}
	return l
}
