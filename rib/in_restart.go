package rib

import "github.com/peerloom/peerloom/codec"

// Retain keeps the routes of families over the end of the session that
// announced them, and drops all others (RFC 4724 §4.2). A route that was kept
// already and has not been announced since is dropped too: "to deal with
// possible consecutive restarts, a route (from the peer) previously marked as
// stale MUST be deleted". A refresh under way is forgotten with its session. It
// reports how many routes are kept.
func (i *In) Retain(families codec.FamilySet) int {
	clear(i.marks)
	i.remove(func(r *inRoute) bool { return r.kept || !families.Has(r.nlri.Family) })
	for at := range i.routes {
		if r := &i.routes[at]; r.set != nil {
			r.stale, r.kept = false, true
		}
	}
	return len(i.index)
}

// Sweep removes the routes of f that are kept and have not been announced
// again, and returns them in insertion order.
func (i *In) Sweep(f codec.Family) []codec.NLRI {
	return i.remove(func(r *inRoute) bool { return r.kept && r.nlri.Family == f })
}

// Kept is the number of routes of f that are kept and have not been announced
// again.
func (i *In) Kept(f codec.Family) int {
	n := 0
	for at := range i.routes {
		if r := &i.routes[at]; r.kept && r.nlri.Family == f {
			n++
		}
	}
	return n
}
