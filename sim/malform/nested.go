package malform

// RFCs of the attributes that hold more than a value.
const (
	rfcPMSI      = "RFC 6514 §5"
	rfcTunnel    = "RFC 9012 §13"
	rfcPrefixSID = "RFC 8669 §6"
	rfcSRv6      = "RFC 9252 §7"
	rfcSet       = "RFC 6368 §5"
)

// nested are contents of the attributes that hold TLVs, identifiers or other
// attributes, whose errors lie inside a right length.
func nested(s *Session) []Case {
	var l []Case
	for _, part := range []func(add adder){pmsis, tunnels, prefixSIDs, services, attrSets} {
		part(func(kind byte, name, rfc string, t Treatment, v ...[]byte) {
			l = append(l, row("nested/"+name, rfc, treat(t), func() []byte {
				return s.announce(s.base(kind), Attr(Optional|Transitive, kind, v...))
			}))
		})
	}
	return append(l, linkStateTLVs(s)...)
}

// linkStateTLVs are BGP-LS Attributes, which are discarded where a TLV runs past them (RFC
// 9552 §8.2.2).
func linkStateTLVs(s *Session) []Case {
	name := join([]byte{4, 2}, u16(2), []byte("r1"))
	metric := join([]byte{4, 71}, u16(1), []byte{10})
	var l []Case
	for _, x := range []struct {
		name  string
		treat Treatment
		value []byte
	}{
		{"one", Accept, name}, {"two", Accept, join(name, metric)}, {"of-unknown-type", Accept, join([]byte{77, 77}, u16(1), []byte{1})},
		{"overrun", Discard, name[:5]}, {"second-overruns", Discard, join(name, metric[:4])}, {"cut-off", Discard, join(name, metric[:3])},
	} {
		l = append(l, row("nested/bgp-ls/"+x.name, "RFC 9552 §8.2.2", treat(x.treat), func() []byte {
			return s.announce(s.base(29), Attr(Optional, 29, x.value))
		}))
	}
	return l
}

// adder takes a row: the type of the attribute, and its value in parts.
type adder func(kind byte, name, rfc string, t Treatment, v ...[]byte)

func pmsis(add adder) {
	pmsi := func(name string, t Treatment, v ...byte) { add(22, "pmsi/"+name, rfcPMSI, t, v) }
	pmsi("empty", Withdraw)
	pmsi("4-octets", Withdraw, 0, 0, 0, 1)
	pmsi("none", Accept, 0, 0, 0, 1, 0)
	pmsi("none-with-identifier", Accept, 0, 0, 0, 1, 0, 9, 9, 9)
	for _, x := range []struct {
		name      string
		kind      byte
		sizes     []int
		malformed int
	}{
		{"rsvp-te", 1, []int{12, 24}, 16}, {"mldp", 2, []int{9, 17}, -1}, {"pim-ssm", 3, []int{8, 32}, 4}, {"pim-sm", 4, []int{8, 32}, 16},
		{"bidir-pim", 5, []int{8, 32}, 24}, {"ingress-replication", 6, []int{4, 16}, 8}, {"mldp-mp2mp", 7, []int{9}, -1}, {"unassigned", 99, []int{3}, -1},
	} {
		for i, n := range x.sizes {
			pmsi(x.name+[]string{"", "-ipv6"}[i], Accept, join([]byte{0, x.kind, 0, 1, 0}, fill(n, 1))...)
		}
		if x.malformed >= 0 {
			pmsi(x.name+"-wrong-length", Withdraw, join([]byte{0, x.kind, 0, 1, 0}, fill(x.malformed, 1))...)
			pmsi(x.name+"-without-identifier", Withdraw, 0, x.kind, 0, 1, 0)
		}
	}
}

func tunnels(add adder) {
	tunnel := func(name string, t Treatment, v ...[]byte) { add(23, "tunnel/"+name, rfcTunnel, t, v...) }
	egress, color := []byte{6, 10, 0, 0, 0, 0, 0, 1, 192, 0, 2, 1}, []byte{4, 8, 3, 11, 0, 0, 0, 0, 0, 100}
	long := join([]byte{130}, u16(7), []byte{0}, []byte("policy"))
	vxlan := join(u16(8), u16(len(egress)+len(color)), egress, color)
	tunnel("empty", Withdraw)
	tunnel("one", Accept, vxlan)
	tunnel("two", Accept, vxlan, u16(2), u16(0))
	tunnel("of-unknown-type", Accept, u16(999), u16(len(color)), color)
	tunnel("sub-tlv-of-two-octets-of-length", Accept, u16(15), u16(len(long)), long)
	tunnel("cut-off-type", Withdraw, vxlan, []byte{0})
	tunnel("cut-off-length", Withdraw, vxlan, u16(8), []byte{0})
	tunnel("overrun", Withdraw, u16(8), u16(len(egress)+1), egress)
	tunnel("second-overruns", Withdraw, vxlan, u16(2), u16(1))
	tunnel("sub-tlv-overruns", Withdraw, u16(8), u16(len(color)-1), color[:len(color)-1])
	tunnel("sub-tlv-overruns-into-the-next", Withdraw, u16(8), u16(2), []byte{4, 8}, u16(2), u16(0))
	tunnel("sub-tlv-cut-off", Withdraw, u16(8), u16(1), []byte{4})
	tunnel("long-sub-tlv-cut-off", Withdraw, u16(15), u16(2), []byte{130, 0})
	tunnel("long-sub-tlv-overruns", Withdraw, u16(15), u16(len(long)-1), long[:len(long)-1])
}

func prefixSIDs(add adder) {
	sid := func(name string, t Treatment, v ...[]byte) { add(40, "prefix-sid/"+name, rfcPrefixSID, t, v...) }
	index := []byte{1, 0, 7, 0, 0, 0, 0, 0, 1, 44}
	srgb := func(n int) []byte { return join([]byte{3}, u16(2+n), fill(2+n, 0)) }
	sid("index", Accept, index)
	sid("index-and-srgb", Accept, index, srgb(6))
	sid("two-ranges", Accept, index, srgb(12))
	sid("unknown-tlv", Accept, index, []byte{99, 0, 1, 7})
	sid("empty", Discard)
	sid("two-octets", Discard, index[:2])
	sid("overrun", Discard, index[:9])
	sid("index-of-6", Discard, []byte{1, 0, 6}, fill(6, 0))
	sid("index-of-8", Discard, []byte{1, 0, 8}, fill(8, 0))
	sid("srgb-of-2", Discard, index, srgb(0))
	sid("srgb-of-9", Discard, index, srgb(7))
	sid("cut-off-behind", Discard, index, []byte{99, 0})
}

func services(add adder) {
	sid := func(name string, t Treatment, v ...[]byte) { add(40, "prefix-sid/"+name, rfcSRv6, t, v...) }
	service := func(kind byte, sub ...[]byte) []byte {
		v := join(sub...)
		return join([]byte{kind}, u16(1+len(v)), []byte{0}, v)
	}
	structure := []byte{1, 0, 6, 40, 24, 16, 0, 16, 64}
	info := func(rest ...[]byte) []byte {
		v := join(append([][]byte{fill(21, 3)}, rest...)...)
		return join([]byte{1}, u16(len(v)), v)
	}
	sid("l3-service", Accept, service(5, info(structure)))
	sid("l2-service", Accept, service(6, info()))
	sid("service-of-unknown-sub-tlv", Accept, service(5, []byte{77, 0, 1, 0}))
	sid("service-without-octets", Withdraw, []byte{5, 0, 0})
	sid("service-overruns", Withdraw, []byte{5, 0, 30, 0}, info())
	sid("service-sub-tlv-overruns", Withdraw, service(6, []byte{1, 0, 30}, fill(21, 3)))
	sid("service-sub-tlv-short", Withdraw, service(5, []byte{1, 0, 20}, fill(20, 3)))
	sid("service-structure-of-5", Withdraw, service(5, info([]byte{1, 0, 5}, fill(5, 8))))
	sid("service-sub-sub-tlv-overruns", Withdraw, service(5, info(structure[:8])))
}

func attrSets(add adder) {
	set := func(name string, t Treatment, v ...[]byte) { add(128, "attr-set/"+name, rfcSet, t, v...) }
	origin := Attr(Transitive, 1, []byte{0})
	set("alone", Accept, u32(64500))
	set("with-origin", Accept, u32(64500), origin)
	set("with-extended-length", Accept, u32(64500), Attr(Optional|Transitive|Extended, 8, u32(1)), origin)
	set("empty", Withdraw)
	set("3-octets", Withdraw, u32(64500)[:3])
	set("cut-off", Withdraw, u32(64500), origin, origin[:2])
	set("overrun", Withdraw, u32(64500), origin, origin[:3])
	set("extended-cut-off", Withdraw, u32(64500), []byte{Optional | Transitive | Extended, 8, 0})
	set("with-mp-reach", Withdraw, u32(64500), Attr(Optional, 14, []byte{0, 1, 1, 0, 0}))
	set("with-mp-unreach", Withdraw, u32(64500), origin, Attr(Optional, 15, []byte{0, 1, 1}))
}
