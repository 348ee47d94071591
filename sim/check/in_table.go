package check

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Compare holds a table that a speaker has against the model's. Routes may come
// in any order. The error, a *[Violation], names what differs.
func (m *InModel) Compare(have []InRoute) error {
	if m.unsure {
		return nil
	}
	return CompareIn(append(inRoutes(m.routes), inRoutes(m.kept)...), have)
}

func inRoutes(entries []inEntry) []InRoute {
	l := make([]InRoute, len(entries))
	for i, e := range entries {
		l[i] = InRoute{e.key.family.afi, e.key.family.safi, e.key.path, e.wire, e.attrs}
	}
	return l
}

// CompareIn compares two tables; the order of routes does not count.
func CompareIn(want, have []InRoute) error {
	order := func(a, b InRoute) int {
		return cmp.Or(cmp.Compare(a.AFI, b.AFI), cmp.Compare(a.SAFI, b.SAFI), strings.Compare(a.Wire, b.Wire), cmp.Compare(a.PathID, b.PathID))
	}
	slices.SortFunc(want, order)
	slices.SortFunc(have, order)
	same := func(a, b InRoute) bool { return order(a, b) == 0 && slices.EqualFunc(a.Attrs, b.Attrs, sameInAttr) }
	if slices.EqualFunc(want, have, same) {
		return nil
	}
	missing := func(l, from []InRoute) string {
		var b []string
		for _, x := range l {
			if !slices.ContainsFunc(from, func(y InRoute) bool { return same(x, y) }) {
				b = append(b, x.String())
			}
		}
		if len(b) == 0 {
			return fmt.Sprintf("%d routes, no other ones", len(l))
		}
		return strings.Join(b, "\n")
	}
	return violated(InTable, missing(want, have), missing(have, want))
}

// sameInAttr compares octets, but of an AS_PATH what they say.
func sameInAttr(a, b InAttr) bool {
	return a == b || a.Type == 2 && b.Type == 2 && a.Flags == b.Flags && samePath(a.Value, b.Value)
}

// String is the route by its octets, as "1/1 path 7 18c63364 attributes 40 01
// 00, …".
func (r InRoute) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d/%d path %d %x attributes", r.AFI, r.SAFI, r.PathID, r.Wire)
	for i, a := range r.Attrs {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, " %02x %02x %x", a.Flags, a.Type, a.Value)
	}
	return b.String()
}
