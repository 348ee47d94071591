package rib

import (
	"slices"

	"github.com/peerloom/peerloom/codec"
)

// cursor is how far the block at the head of the queue has been pulled.
type cursor struct {
	begun bool
	sent  bool    // a message of the block has been pulled
	order []int32 // places in the order in which the block sends them
	ends  []int   // where in it each attribute set ends
	at    int     // next place of order
	group int     // which of them the next place is in
	ready int     // how many of them have been sorted
}

// bracketed reports whether a block stands between BoRR and EoRR.
func (o *Out) bracketed(w *work) bool {
	return w.kind != workTable && o.session.EnhancedRefresh
}

// answer notes that a message of block w is pulled: a request that is being
// answered waits no more.
func (o *Out) answer(w *work) {
	if !o.cursor.sent && w.kind == workRefresh {
		o.table(w.nlri.Family).refreshes--
	}
	o.cursor.sent = true
}

// begin starts the walk of the block at the head. Routes come by attribute set,
// in the order of the first route of each in want. What the block sees does not
// change until it is done, wherever it is kept.
func (o *Out) begin(w *work) {
	if o.cursor.begun {
		return
	}
	t := o.table(w.nlri.Family)
	groups := map[*AttrSet]int{}
	var sizes []int
	for p := range t.places {
		if set := t.seen(int32(p), w.part); set != nil {
			g, ok := groups[set]
			if !ok {
				g = len(sizes)
				groups[set] = g
				sizes = append(sizes, 0)
			}
			sizes[g]++
		}
	}
	total := 0
	next := make([]int, len(sizes))
	for g, n := range sizes {
		next[g] = total
		total += n
		sizes[g] = total
	}
	order := make([]int32, total)
	for p := range t.places {
		if set := t.seen(int32(p), w.part); set != nil {
			g := groups[set]
			order[next[g]] = int32(p)
			next[g]++
		}
	}
	o.cursor = cursor{begun: true, order: order, ends: sizes}
}

// seek is what block w sends next; its place is none at the end.
func (o *Out) seek(w *work) value {
	o.begin(w)
	c := &o.cursor
	if c.at == len(c.order) {
		return value{place: none}
	}
	t := o.table(w.nlri.Family)
	if c.at == c.ends[c.group] {
		c.group++
	}
	if c.ready == c.group {
		c.ready++
		if o.grouped(t.family) { // by wire bytes what shares messages
			slices.SortFunc(c.order[c.at:c.ends[c.group]], func(x, y int32) int {
				return t.at(x, w.part).nlri.Compare(t.at(y, w.part).nlri)
			})
		}
	}
	return t.at(c.order[c.at], w.part)
}

// blockRun collects the routes that may share the next message of block w,
// and moves the cursor nowhere. They all have one attribute set.
func (o *Out) blockRun(w *work) (run []codec.NLRI, set *AttrSet) {
	v := o.seek(w)
	if v.place == none {
		return nil, nil
	}
	run = append(o.scratch[:0], v.nlri)
	size := len(v.nlri.Wire)
	t, c := o.table(w.nlri.Family), &o.cursor
	for i := c.at + 1; o.grouped(t.family) && i < c.ends[c.group] && size < o.session.Options.Max(); i++ {
		n := t.at(c.order[i], w.part).nlri
		run = append(run, n)
		size += len(n.Wire)
	}
	o.scratch = run
	return run, v.set
}

// grouped reports whether NLRI of f share messages: those of the families that
// ExaBGP groups.
func (o *Out) grouped(f codec.Family) bool {
	return o.config.Group && (f == codec.IPv4Unicast || f == codec.IPv4MVPN || f == codec.IPv6MVPN)
}
