package check

import "github.com/peerloom/peerloom/codec"

// route is an entry of a table of the model.
type route struct {
	nlri   codec.NLRI
	attrs  codec.Attrs
	origin Origin
	group  bool // of one that is queued: it shares an UPDATE with its like
}

// few is how many places are searched as quickly as an index finds one.
const few = 8

// table is routes in insertion order, one for each NLRI: an entry that changes
// stays where it is. The map is only an index, so that a place is found without
// a search; it is made when a place is asked for and there are more than a few.
type table struct {
	list  []entry
	holes int               // entries that are gone
	last  map[codec.Key]int // by prefix: the last place of any path of it
}

// entry is a place in a table. One that is gone keeps its place until half of
// all are gone.
type entry struct {
	route
	gone   bool
	before int // in the index: the place before it of another path of its prefix; -1: none
}

// size is the number of routes.
func (t *table) size() int { return len(t.list) - t.holes }

// all gives the routes in insertion order, each with its place.
func (t *table) all(yield func(int, *route) bool) {
	for i := range t.list {
		if !t.list[i].gone && !yield(i, &t.list[i].route) {
			return
		}
	}
}

// find is the place of n; -1 when it is not there.
func (t *table) find(n codec.NLRI) int {
	k := keyOf(n)
	i := t.end(k)
	for i >= 0 && t.list[i].nlri.PathID != k.PathID {
		i = t.earlier(k, i)
	}
	return i
}

// findPrefix is the last place of any path of n's prefix; -1 when there is none.
func (t *table) findPrefix(n codec.NLRI) int { return t.end(keyOf(n)) }

func (t *table) end(k codec.Key) int {
	if len(t.list) > few {
		t.index()
	}
	if t.last == nil {
		return t.earlier(k, len(t.list))
	}
	if i, ok := t.last[anyPath(k)]; ok {
		return i
	}
	return -1
}

// earlier is the last place before i of any path of k's prefix, of which i is one
// where there is an index.
func (t *table) earlier(k codec.Key, i int) int {
	if t.last != nil {
		return t.list[i].before
	}
	k = anyPath(k)
	for i--; i >= 0 && (t.list[i].gone || anyPath(keyOf(t.list[i].nlri)) != k); i-- {
	}
	return i
}

// put changes an entry where it stands or adds it at the end.
func (t *table) put(r route) {
	if i := t.find(r.nlri); i >= 0 {
		t.list[i].route = r
		return
	}
	t.list = append(t.list, entry{route: r})
	if t.last != nil {
		t.chain(len(t.list) - 1)
	}
}

// chain puts the entry at place i, behind which there is none, into the index.
func (t *table) chain(i int) {
	k := anyPath(keyOf(t.list[i].nlri))
	t.list[i].before = -1
	if before, ok := t.last[k]; ok {
		t.list[i].before = before
	}
	t.last[k] = i
}

// remove takes n out of the table; false when it was not there.
func (t *table) remove(n codec.NLRI) bool {
	i := t.find(n)
	if i < 0 {
		return false
	}
	k, before := anyPath(keyOf(n)), t.list[i].before
	switch after := t.last[k]; {
	case t.last == nil:
	case after != i:
		for t.list[after].before != i {
			after = t.list[after].before
		}
		t.list[after].before = before
	case before >= 0:
		t.last[k] = before
	default:
		delete(t.last, k)
	}
	t.list[i] = entry{gone: true}
	t.holes++
	if 2*t.holes > len(t.list) {
		*t = t.clone()
	}
	return true
}

// clone is an independent copy, without holes.
func (t *table) clone() table {
	c := table{list: make([]entry, 0, t.size())}
	for _, r := range t.all {
		c.list = append(c.list, entry{route: *r})
	}
	return c
}

// index makes the map when there is none.
func (t *table) index() {
	if t.last != nil {
		return
	}
	t.last = make(map[codec.Key]int, len(t.list))
	for i := range t.all {
		t.chain(i)
	}
}
