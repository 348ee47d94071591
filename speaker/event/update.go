package event

import (
	"encoding/binary"
	"fmt"
	"iter"
	"net/netip"
	"strconv"
	"strings"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/speaker"
	"github.com/peerloom/peerloom/speaker/command"
)

// decode reads the UPDATE of an event with the options of its session.
func decode(ev *speaker.Event) *codec.Update {
	o := ev.Options
	if o == nil {
		o = &codec.Options{AS4: true}
	}
	var d codec.Decoder
	return d.Update(ev.Message, o)
}

func appendUpdate(b []byte, ev *speaker.Event) []byte {
	u := decode(ev)
	b = append(b, `"message": { "update": { `...)
	start := len(b)
	if f, ok := u.EndOfRIB(); ok {
		afi, safi := familyWords(f)
		b = command.AppendFamily(append(b, `"announce": { "`...), f, ' ')
		b = appendString(append(b, `": { "null": [ { "eor": { "afi" : `...), afi)
		b = appendString(append(b, `, "safi" : `...), safi)
		return append(b, " } } ] } } } }"...)
	}
	b = appendAttributes(b, u)
	routes := len(b)
	b = appendWithdrawn(appendAnnounced(b, u, start), u, start)
	if len(b) == routes {
		b = b[:start] // attributes without routes say nothing
	}
	return append(b, " } }"...)
}

// appendNLRIs appends a list of routes of one kind.
func appendNLRIs(b []byte, routes iter.Seq[codec.RawNLRI], f codec.Family, addPath bool) []byte {
	b = append(b, "[ "...)
	start := len(b)
	for r := range routes {
		if r.Family != f {
			continue
		}
		n := r.NLRI()
		b = n.AppendJSON(append(sep(b, start), "{ "...))
		if addPath {
			b = append(append(append(b, `, "path-information": "`...), pathText(n.PathID)...), '"')
		}
		b = append(b, " }"...)
	}
	return append(b, " ]"...)
}

func pathText(id uint32) string {
	return netip.AddrFrom4([4]byte(binary.BigEndian.AppendUint32(nil, id))).String()
}

// familiesOf lists the families of routes, in the order of the first one.
func familiesOf(routes iter.Seq[codec.RawNLRI]) []codec.Family {
	var out codec.FamilySet
	for r := range routes {
		if !out.Has(r.Family) {
			out = append(out, r.Family)
		}
	}
	return out
}

func nextHopText(u *codec.Update, f codec.Family) string {
	v := []byte(nil)
	if u.Reach.Family == f && len(u.Reach.NextHop) > 0 {
		v = u.Reach.NextHop
	} else if a, ok := u.Attrs.Get(codec.AttrNextHop); ok {
		v = a.Value
	}
	if len(v) > 16 {
		v = v[:16] // the global one of two (RFC 2545 §3)
	}
	a, ok := netip.AddrFromSlice(v)
	if !ok {
		return "no-nexthop"
	}
	return a.String()
}

func appendAnnounced(b []byte, u *codec.Update, start int) []byte {
	families := familiesOf(u.Announced())
	if len(families) == 0 {
		return b
	}
	b = append(sep(b, start), `"announce": { `...)
	for i, f := range families {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = command.AppendFamily(append(b, '"'), f, ' ')
		b = appendString(append(b, `": { `...), nextHopText(u, f))
		b = append(b, ": "...)
		b = append(appendNLRIs(b, u.Announced(), f, u.AddPath.Has(f)), " }"...)
	}
	return append(b, " }"...)
}

func appendWithdrawn(b []byte, u *codec.Update, start int) []byte {
	families := familiesOf(u.Withdraws())
	if len(families) == 0 {
		return b
	}
	b = append(sep(b, start), `"withdraw": { `...)
	for i, f := range families {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = append(command.AppendFamily(append(b, '"'), f, ' '), `": `...)
		b = appendNLRIs(b, u.Withdraws(), f, u.AddPath.Has(f))
	}
	return append(b, " }"...)
}

// attrRow is one attribute: its key and its value as JSON.
type attrRow struct {
	t    codec.AttrType
	key  string
	json func(b, v []byte) []byte
}

// attrRows is in the order in which events list attributes. An attribute
// without a row is listed last, by its number; the next hop of announced routes
// stands with them.
var attrRows = [...]attrRow{
	{codec.AttrOrigin, "origin", originJSON},
	{codec.AttrASPath, "as-path", nil},
	{codec.AttrMED, "med", number},
	{codec.AttrLocalPref, "local-preference", number},
	{codec.AttrAtomicAggregate, "atomic-aggregate", func(b, _ []byte) []byte { return append(b, "true"...) }},
	{codec.AttrAggregator, "aggregator", aggregator},
	{codec.AttrCommunities, "community", chunks(4, func(b, v []byte) []byte {
		return fmt.Appendf(b, "[%d, %d]", binary.BigEndian.Uint16(v), binary.BigEndian.Uint16(v[2:]))
	})},
	{codec.AttrOriginatorID, "originator-id", address},
	{codec.AttrClusterList, "cluster-list", chunks(4, address)},
	{codec.AttrExtCommunities, "extended-community", chunks(8, extended)},
	{codec.AttrIPv6ExtComm, "ipv6-extended-community", chunks(20, appendHex)},
	{codec.AttrAIGP, "aigp", func(b, v []byte) []byte {
		if len(v) < 11 {
			return appendHex(b, v)
		}
		return strconv.AppendUint(b, binary.BigEndian.Uint64(v[3:]), 10)
	}},
	{codec.AttrLargeCommunity, "large-community", chunks(12, func(b, v []byte) []byte {
		return fmt.Appendf(b, "[%d, %d, %d]", binary.BigEndian.Uint32(v), binary.BigEndian.Uint32(v[4:]), binary.BigEndian.Uint32(v[8:]))
	})},
	{codec.AttrOTC, "otc", number},
	{codec.AttrPrefixSID, "bgp-prefix-sid", codec.AppendPrefixSIDJSON},
	{codec.AttrNextHop, "next-hop", address},
}

func appendAttributes(b []byte, u *codec.Update) []byte {
	attrs := u.Attrs
	if len(u.NLRI)+len(u.Reach.NLRI) > 0 {
		attrs = attrs.Without(codec.AttrNextHop)
	}
	outer := len(b)
	b = append(b, `"attribute": { `...)
	start := len(b)
	for _, row := range attrRows {
		a, ok := attrs.Get(row.t)
		switch {
		case !ok:
		case row.json != nil:
			b = append(appendString(sep(b, start), row.key), ": "...)
			b = row.json(b, a.Value)
		default:
			b = asPath(b, attrs, start)
		}
	}
	for _, a := range attrs {
		if known(a.Type) {
			continue
		}
		b = fmt.Appendf(sep(b, start), `"attribute-0x%02X-0x%02X": `, byte(a.Type), byte(a.Flags))
		b = appendHex(b, a.Value)
	}
	if len(b) == start {
		return b[:outer]
	}
	return append(b, " }"...)
}

func known(t codec.AttrType) bool {
	for _, row := range attrRows {
		if row.t == t {
			return true
		}
	}
	return false
}

var originNames = [...]string{codec.OriginIGP: "igp", codec.OriginEGP: "egp", codec.OriginIncomplete: "incomplete"}

func originJSON(b, v []byte) []byte {
	if len(v) != 1 || int(v[0]) >= len(originNames) {
		return appendHex(b, v)
	}
	return appendString(b, originNames[v[0]])
}

func number(b, v []byte) []byte {
	if len(v) != 4 {
		return appendHex(b, v)
	}
	return strconv.AppendUint(b, uint64(binary.BigEndian.Uint32(v)), 10)
}

func address(b, v []byte) []byte {
	a, ok := netip.AddrFromSlice(v)
	if !ok {
		return appendHex(b, v)
	}
	return appendString(b, a.String())
}

func aggregator(b, v []byte) []byte {
	if len(v) != 8 {
		return appendHex(b, v)
	}
	return fmt.Appendf(b, `"%d:%s"`, binary.BigEndian.Uint32(v), netip.AddrFrom4([4]byte(v[4:])))
}

// extended is the value and its text, without the name of the attribute.
func extended(b, v []byte) []byte {
	text := ""
	if t, err := (codec.Attrs{codec.ExtCommunities(codec.ExtCommunity(v))}).AppendText(nil); err == nil {
		text = inner(string(t))
	}
	b = strconv.AppendUint(append(b, `{ "value": `...), binary.BigEndian.Uint64(v), 10)
	// ExaBGP has the direction of an interface set in the text, and what its
	// type says beside it (draft-ietf-idr-flowspec-interfaceset).
	set, transitive := strings.CutPrefix(text, "interface-set:transitive:")
	set, local := strings.CutPrefix(set, "interface-set:non-transitive:")
	if transitive || local {
		b = appendString(append(b, `, "string": `...), "interface-set:"+set)
		return append(strconv.AppendBool(append(b, `, "transitive": `...), transitive), " }"...)
	}
	return append(appendString(append(b, `, "string": `...), text), " }"...)
}

// inner is the value of "name [value]".
func inner(s string) string {
	for i := range s {
		if s[i] == ' ' {
			s = s[i+1:]
			break
		}
	}
	if len(s) > 1 && s[0] == '[' && s[len(s)-1] == ']' {
		s = s[1 : len(s)-1]
	}
	return s
}

// chunks is a list of values of size octets.
func chunks(size int, one func(b, v []byte) []byte) func(b, v []byte) []byte {
	return func(b, v []byte) []byte {
		b = append(b, "[ "...)
		for i := 0; i+size <= len(v); i += size {
			if i > 0 {
				b = append(b, ", "...)
			}
			b = one(b, v[i:i+size])
		}
		return append(b, " ]"...)
	}
}

var segmentNames = [...]string{
	codec.ASSet:            "as-set",
	codec.ASSequence:       "as-sequence",
	codec.ASConfedSequence: "confed-sequence",
	codec.ASConfedSet:      "confed-set",
}

// asPath appends the segments by number; an empty path is left out.
func asPath(b []byte, attrs codec.Attrs, start int) []byte {
	segments, ok := attrs.ASPathSegments()
	if !ok || len(segments) == 0 {
		return b
	}
	b = append(sep(b, start), `"as-path": { `...)
	for i, s := range segments {
		if i > 0 {
			b = append(b, ", "...)
		}
		name := "unknown"
		if int(s.Type) < len(segmentNames) {
			name = segmentNames[s.Type]
		}
		b = fmt.Appendf(b, `"%d": { "element": "%s", "value": [ `, i, name)
		for k, as := range s.AS {
			if k > 0 {
				b = append(b, ", "...)
			}
			b = strconv.AppendUint(b, uint64(as), 10)
		}
		b = append(b, " ] }"...)
	}
	return append(b, " }"...)
}
