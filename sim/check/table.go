package check

import (
	"slices"

	"github.com/peerloom/peerloom/codec"
)

// route is an entry of a table of the model.
type route struct {
	nlri   codec.NLRI
	attrs  codec.Attrs
	origin Origin
}

// table is routes in insertion order, one for each NLRI: an entry that changes
// stays where it is. The map is only an index, so that a place is found without
// a search; it is made when a place is first asked for.
type table struct {
	list []route
	// gone marks the places whose entries were removed; places stay what they
	// are until half of them are gone.
	gone  []bool
	holes int
	// last is the last place of a prefix, the one before it with another path
	// identifier is in prev; -1: none.
	last map[codec.Key]int
	prev []int
}

// size is the number of routes.
func (t *table) size() int { return len(t.list) - t.holes }

// all gives the routes in insertion order, each with its place.
func (t *table) all(yield func(int, *route) bool) {
	for i := range t.list {
		if !t.gone[i] && !yield(i, &t.list[i]) {
			return
		}
	}
}

// find is the place of n; -1 when it is not there.
func (t *table) find(n codec.NLRI) int {
	t.index()
	k := n.Key()
	i := t.end(k)
	for i >= 0 && t.list[i].nlri.PathID != k.PathID {
		i = t.prev[i]
	}
	return i
}

// findPrefix is the last place of any path of n's prefix; -1 when there is none.
func (t *table) findPrefix(n codec.NLRI) int {
	t.index()
	return t.end(n.Key())
}

func (t *table) end(k codec.Key) int {
	if i, ok := t.last[k.WithoutPath()]; ok {
		return i
	}
	return -1
}

// put changes an entry where it stands or adds it at the end.
func (t *table) put(r route) {
	if i := t.find(r.nlri); i >= 0 {
		t.list[i] = r
		return
	}
	t.list, t.gone = append(t.list, r), append(t.gone, false)
	t.chain(len(t.list) - 1)
}

// chain puts the entry at place i, the last of all, into the index.
func (t *table) chain(i int) {
	k := t.list[i].nlri.Key()
	t.prev = append(t.prev, t.end(k))
	t.last[k.WithoutPath()] = i
}

// remove takes n out of the table; false when it was not there.
func (t *table) remove(n codec.NLRI) bool {
	i := t.find(n)
	if i < 0 {
		return false
	}
	k := n.Key().WithoutPath()
	switch after := t.last[k]; {
	case after != i:
		for t.prev[after] != i {
			after = t.prev[after]
		}
		t.prev[after] = t.prev[i]
	case t.prev[i] >= 0:
		t.last[k] = t.prev[i]
	default:
		delete(t.last, k)
	}
	t.gone[i], t.list[i] = true, route{}
	t.holes++
	if 2*t.holes > len(t.list) {
		*t = t.clone()
	}
	return true
}

// clone is an independent copy, without holes.
func (t *table) clone() table {
	c := table{list: make([]route, 0, t.size())}
	for _, r := range t.all {
		c.list = append(c.list, *r)
	}
	c.gone = make([]bool, len(c.list))
	return c
}

// index makes the map when there is none.
func (t *table) index() {
	if t.last != nil {
		return
	}
	t.last = make(map[codec.Key]int, len(t.list))
	t.prev = slices.Grow(t.prev[:0], len(t.list))
	for i := range t.list {
		t.chain(i)
	}
}
