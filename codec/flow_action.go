package codec

import (
	"fmt"
	"net/netip"
	"slices"
)

// flowAction is one word that says what to do with traffic.
type flowAction struct {
	name   string
	values int
	// ext makes the extended communities of the values; nextHop that of an
	// address to send the traffic to.
	apply func(a Attrs, values []string) (Attrs, error)
}

var flowActions = [...]flowAction{
	{"accept", 0, func(a Attrs, _ []string) (Attrs, error) { return a, nil }},
	{"discard", 0, actionText("rate-limit:0")},
	{"rate-limit", 1, actionWord("rate-limit:")},
	{"redirect", 1, actionRedirect},
	{"redirect-to-nexthop", 0, actionText("redirect-to-nexthop")},
	{"redirect-to-nexthop-ietf", 1, actionIETF},
	{"copy", 1, actionTo("copy-to-nexthop")},
	{"mark", 1, actionWord("mark ")},
	{"action", 1, actionWord("action ")},
	{"interface-set", 1, actionWord("interface-set:")},
}

// ActionTextArity says how many values follow the word of a flow's action;
// known is false where the word is none.
func ActionTextArity(name string) (n int, known bool) {
	for i := range flowActions {
		if flowActions[i].name == name {
			return flowActions[i].values, true
		}
	}
	return 0, false
}

// WithAction is a with what the words of a flow's action stand for: extended
// communities, beside those there, and for redirect and copy to an address the
// next hop. The rate of rate-limit may end with ":packets".
func (a Attrs) WithAction(name string, values []string) (Attrs, error) {
	for i := range flowActions {
		if f := &flowActions[i]; f.name == name {
			out, err := f.apply(a, values)
			if err != nil {
				return a, fmt.Errorf("%s: %w", name, err)
			}
			return out, nil
		}
	}
	return a, fmt.Errorf("unknown action %q", name)
}

// WithMore is a.With(attr), except that the values of communities are added to
// those there, in the order of their octets.
func (a Attrs) WithMore(attr Attr) Attrs {
	size := 0
	switch attr.Type {
	case AttrExtCommunities:
		size = 8
	case AttrIPv6ExtComm:
		size = 20
	default:
		return a.With(attr)
	}
	had, _ := a.Get(attr.Type)
	var all [][]byte
	for v := range slices.Chunk(slices.Concat(had.Value, attr.Value), size) {
		all = append(all, v)
	}
	slices.SortStableFunc(all, slices.Compare)
	all = slices.CompactFunc(all, slices.Equal)
	attr.Value = slices.Concat(all...)
	return a.With(attr)
}

// actionText is the action of one fixed community.
func actionText(text string) func(Attrs, []string) (Attrs, error) {
	return func(a Attrs, _ []string) (Attrs, error) { return a.withTraffic(text) }
}

// actionWord is the action of the communities prefix and value.
func actionWord(prefix string) func(Attrs, []string) (Attrs, error) {
	return func(a Attrs, values []string) (out Attrs, err error) {
		items := listItems(values)
		if len(items) == 0 {
			return a, fmt.Errorf("%s: write a value", quote(values))
		}
		for _, s := range items {
			if a, err = a.withTraffic(prefix + s); err != nil {
				return a, err
			}
		}
		return a, nil
	}
}

func (a Attrs) withTraffic(text string) (Attrs, error) {
	v, known, err := parseKind(text)
	if err != nil || !known {
		return a, fmt.Errorf("%q is not understood: %w", text, err)
	}
	return a.WithMore(makeExt(AttrExtCommunities, v)), nil
}

// makeExt makes an attribute of extended communities without the table, which
// leads here.
func makeExt(t AttrType, v []byte) Attr {
	return Attr{Type: t, Flags: optionalTransitive, Value: v}
}

// actionTo is the action of a community that speaks of the next hop, with the
// next hop.
func actionTo(text string) func(Attrs, []string) (Attrs, error) {
	return func(a Attrs, values []string) (Attrs, error) {
		s, err := oneToken(values)
		if err != nil {
			return a, err
		}
		to, err := netip.ParseAddr(s)
		if err != nil || to.Zone() != "" {
			return a, fmt.Errorf("%q is not an address", s)
		}
		return a.With(NextHop(to)).withTraffic(text)
	}
}

// actionRedirect redirects to an address, or to the routing table that imports
// a route target.
func actionRedirect(a Attrs, values []string) (Attrs, error) {
	if s, err := oneToken(values); err == nil {
		if _, err := netip.ParseAddr(s); err == nil {
			return actionTo("redirect-to-nexthop")(a, values)
		}
	}
	// A table's routes say where the traffic goes, no next hop does: one that was
	// given before is dropped, as ExaBGP drops it.
	return actionWord("redirect:")(a.Without(AttrNextHop), values)
}

func actionIETF(a Attrs, values []string) (Attrs, error) {
	if s, err := oneToken(values); err == nil {
		if to, err := netip.ParseAddr(s); err == nil && to.Is6() && to.Zone() == "" {
			return a.WithMore(makeExt(AttrIPv6ExtComm, nextHopIETF6(to))), nil
		}
	}
	return actionWord("redirect-to-nexthop-ietf:")(a, values)
}
