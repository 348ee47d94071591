package event

import (
	"encoding/binary"
	"iter"
	"net/netip"

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

func appendUpdate(b []byte, ev *speaker.Event, w form) []byte {
	u := decode(ev)
	b = append(b, `"message": { "update": { `...)
	start := len(b)
	if f, ok := u.EndOfRIB(); ok {
		b = command.AppendFamily(append(b, `"announce": { "`...), f, ' ')
		return append(appendEOR(append(b, `": { "null": [ { `...), f), " } ] } } } }"...)
	}
	b = appendAttributes(b, u)
	routes := len(b)
	b = appendWithdrawn(appendAnnounced(b, u, start, w), u, start)
	if len(b) == routes {
		b = b[:start] // attributes without routes say nothing
	}
	return append(b, " } }"...)
}

// appendEOR appends the member that says an End-of-RIB.
func appendEOR(b []byte, f codec.Family) []byte {
	afi, safi := familyWords(f)
	b = codec.AppendJSONString(append(b, `"eor": { "afi" : `...), afi)
	b = codec.AppendJSONString(append(b, `, "safi" : `...), safi)
	return append(b, " }"...)
}

// appendNLRIs appends a list of routes of one kind; a next hop that is given
// stands in each, as member.
func appendNLRIs(b []byte, routes iter.Seq[codec.RawNLRI], f codec.Family, addPath bool, member, nextHop string) []byte {
	b = append(b, "[ "...)
	start := len(b)
	for r := range routes {
		if r.Family != f {
			continue
		}
		b = AppendNLRI(sep(b, start), r.NLRI(), addPath)
		if nextHop != "" && !isLink(r) {
			b = append(append(append(b[:len(b)-len(" }")], `, "`...), member...), `": `...)
			b = append(codec.AppendJSONString(b, nextHop), " }"...)
		}
	}
	return append(b, " ]"...)
}

// AppendNLRI appends the object of one route's NLRI; with its path identifier
// where the family has them (RFC 7911).
func AppendNLRI(b []byte, n codec.NLRI, addPath bool) []byte {
	b = n.AppendJSON(append(b, "{ "...))
	if addPath {
		b = append(append(append(b, `, "path-information": "`...), pathText(n.PathID)...), '"')
	}
	return append(b, " }"...)
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

// isFlow: RFC 8955 and 8956.
func isFlow(f codec.Family) bool {
	return f.SAFI() == codec.IPv4Flow.SAFI() || f.SAFI() == codec.IPv4FlowVPN.SAFI()
}

// isLink: ExaBGP has the next hop in what BGP-LS says of nodes and prefixes, and
// not of links (RFC 9552 §5.2: NLRI type 2).
func isLink(r codec.RawNLRI) bool {
	return r.Family.AFI() == codec.BGPLS.AFI() && len(r.Bytes) >= 2 && r.Bytes[0] == 0 && r.Bytes[1] == 2
}

// noNextHop stands where a route needs none.
const noNextHop = "no-nexthop"

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
		return noNextHop
	}
	return a.String()
}

func appendAnnounced(b []byte, u *codec.Update, start int, w form) []byte {
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
		nextHop, member, within := nextHopText(u, f), "", ""
		switch {
		case nextHop == noNextHop:
		case w.version == 4 && isFlow(f):
			member, within = "next-hop", nextHop
		case f.AFI() == codec.BGPLS.AFI():
			member, within = "nexthop", nextHop
		}
		b = codec.AppendJSONString(append(b, `": { `...), nextHop)
		b = append(b, ": "...)
		b = append(appendNLRIs(b, u.Announced(), f, u.AddPath.Has(f), member, within), " }"...)
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
		b = appendNLRIs(b, u.Withdraws(), f, u.AddPath.Has(f), "", "")
	}
	return append(b, " }"...)
}

func appendAttributes(b []byte, u *codec.Update) []byte {
	attrs := u.Attrs
	if len(u.NLRI)+len(u.Reach.NLRI) > 0 {
		attrs = attrs.Without(codec.AttrNextHop)
	}
	outer := len(b)
	b = append(b, `"attribute": { `...)
	start := len(b)
	if b = attrs.AppendJSON(b); len(b) == start {
		return b[:outer]
	}
	return append(b, " }"...)
}
