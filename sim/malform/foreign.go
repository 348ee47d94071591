package malform

// family is AFI and SAFI. The NLRI of those below is read, and judged, whether or not it
// was negotiated; beside it stands the usual route, which shows the verdict.
type family struct {
	afi  int
	safi byte
}

// foreignRoutes are NLRI of families with forms of their own, whole and broken.
func foreignRoutes(s *Session) []Case {
	var l []Case
	for _, part := range foreignParts() {
		part(func(f family, name, rfc string, w Want, nlri ...[]byte) {
			l = append(l, row("nlri/"+name, rfc, w, func() []byte {
				return s.announce(s.base(0), Reach(f.afi, f.safi, s.NextHop[:], nlri...))
			}))
		}, parts())
	}
	return l
}

func foreignParts() []func(add routeAdder, p *routeParts) {
	return []func(add routeAdder, p *routeParts){evpns, vplsRoutes, routeTargets, mvpns, srPolicies, linkStates}
}

// routeAdder takes a row: the family, and its NLRI in parts.
type routeAdder func(f family, name, rfc string, w Want, nlri ...[]byte)

// routeParts are fields that several families have. Addresses stand behind their
// length in bits.
type routeParts struct{ rd, label, none, ip, ip6 []byte }

func parts() *routeParts {
	return &routeParts{rd: []byte{0, 0, 0xfb, 0xf4, 0, 0, 0, 1}, label: []byte{0, 0, 0x11},
		none: []byte{0}, ip: []byte{32, 192, 0, 2, 1}, ip6: join([]byte{128}, dead(1))}
}

// typedRoute is a route of a type, with its length.
func typedRoute(kind byte, v ...[]byte) []byte {
	b := join(v...)
	return join([]byte{kind, byte(len(b))}, b)
}

func evpns(add routeAdder, p *routeParts) {
	esi, tag, mac := fill(10, 0), u32(0), []byte{48, 2, 0, 0, 0, 0, 1}
	rd, label, none, ip, ip6 := p.rd, p.label, p.none, p.ip, p.ip6
	evpn := func(name string, w Want, nlri ...[]byte) {
		add(family{25, 70}, "evpn/"+name, "RFC 7432 §7", w, nlri...)
	}
	evpn("auto-discovery", treat(Accept), typedRoute(1, rd, esi, tag, label))
	evpn("auto-discovery-short", treat(Withdraw), typedRoute(1, rd, esi, tag, label[:2]))
	evpn("mac", treat(Accept), typedRoute(2, rd, esi, tag, mac, none, label))
	evpn("mac-ip", treat(Accept), typedRoute(2, rd, esi, tag, mac, ip, label, label))
	evpn("mac-ipv6", treat(Accept), typedRoute(2, rd, esi, tag, mac, ip6, label))
	evpn("mac-of-40-bits", treat(Withdraw), typedRoute(2, rd, esi, tag, []byte{40}, mac[1:], none, label))
	evpn("mac-of-0-bits", treat(Withdraw), typedRoute(2, rd, esi, tag, none, none, label))
	evpn("ip-of-24-bits", treat(Withdraw), typedRoute(2, rd, esi, tag, mac, []byte{24, 192, 0, 2}, label))
	evpn("half-a-second-label", treat(Withdraw), typedRoute(2, rd, esi, tag, mac, ip, label, label[:1]))
	evpn("three-labels", treat(Withdraw), typedRoute(2, rd, esi, tag, mac, ip, label, label, label))
	evpn("multicast", treat(Accept), typedRoute(3, rd, tag, ip))
	evpn("multicast-without-originator", treat(Withdraw), typedRoute(3, rd, tag))
	evpn("segment", treat(Accept), typedRoute(4, rd, esi, ip6))
	evpn("prefix", treat(Accept), typedRoute(5, rd, esi, tag, []byte{24, 198, 51, 100, 0}, fill(4, 0), label))
	evpn("prefix-ipv6", treat(Accept), typedRoute(5, rd, esi, tag, []byte{128}, dead(1), fill(16, 0), label))
	evpn("prefix-of-33-bits", treat(Withdraw), typedRoute(5, rd, esi, tag, []byte{33, 198, 51, 100, 0}, fill(4, 0), label))
	evpn("prefix-of-129-bits", treat(Withdraw), typedRoute(5, rd, esi, tag, []byte{129}, dead(1), fill(16, 0), label))
	evpn("prefix-of-other-length", treat(Withdraw), typedRoute(5, rd, esi, tag, []byte{24, 198, 51, 100, 0}, fill(5, 0), label))
	evpn("selective-multicast", treat(Accept), typedRoute(6, rd, tag, none, ip, ip, []byte{2}))
	evpn("leave-synch", treat(Accept), typedRoute(8, rd, esi, tag, none, ip, ip, u32(0), []byte{10, 2}))
	evpn("per-region", treat(Accept), typedRoute(9, rd, tag, fill(8, 1)))
	evpn("per-region-short", treat(Withdraw), typedRoute(9, rd, tag, fill(7, 1)))
	evpn("leaf", treat(Accept), typedRoute(11, typedRoute(3, rd, tag, ip), ip))
	evpn("unknown-type", treat(Accept), typedRoute(200, []byte{1, 2, 3}))
	evpn("broken-behind-whole", treat(Withdraw), typedRoute(3, rd, tag, ip), typedRoute(3, rd, tag))
	evpn("overrun", update(9), typedRoute(3, rd, tag, ip)[:15])
}

func vplsRoutes(add routeAdder, p *routeParts) {
	vpls := func(name string, w Want, nlri ...[]byte) {
		add(family{25, 65}, "vpls/"+name, "RFC 4761 §3.2.2", w, nlri...)
	}
	site := join(p.rd, u16(5), u16(1), u16(8), p.label)
	vpls("valid", treat(Accept), u16(17), site)
	vpls("two", treat(Accept), u16(17), site, u16(17), site)
	vpls("short", treat(Withdraw), u16(16), site[:16])
	vpls("long", treat(Withdraw), u16(18), site, []byte{0})
	vpls("overrun", update(9), u16(17), site[:16])
}

func routeTargets(add routeAdder, _ *routeParts) {
	rtc := func(name string, w Want, nlri ...[]byte) {
		add(family{afiIPv4, 132}, "rtc/"+name, "RFC 4684 §4", w, nlri...)
	}
	target := []byte{0, 2, 0xfb, 0xf4, 0, 0, 0, 1}
	rtc("default", treat(Accept), []byte{0})
	rtc("whole", treat(Accept), []byte{96}, u32(64500), target)
	rtc("as-alone", treat(Accept), []byte{32}, u32(64500))
	rtc("prefix", treat(Accept), []byte{65}, u32(64500), target[:5])
	rtc("31-bits", treat(Withdraw), []byte{31}, u32(64500))
	rtc("97-bits", treat(Withdraw), []byte{97}, u32(64500), target, []byte{0})
	rtc("overrun", update(9), []byte{96}, u32(64500), target[:7])
}

func mvpns(add routeAdder, p *routeParts) {
	as, rd, none, router := u32(64500), p.rd, p.none, p.ip[1:]
	for _, x := range []struct {
		afi  int
		name string
		addr []byte
	}{{afiIPv4, "ipv4", p.ip}, {afiIPv6, "ipv6", p.ip6}} {
		mvpn := func(name string, w Want, nlri ...[]byte) {
			add(family{x.afi, 5}, "mvpn-"+x.name+"/"+name, "RFC 6514 §4", w, nlri...)
		}
		mvpn("intra-as", treat(Accept), typedRoute(1, rd, x.addr[1:]))
		mvpn("inter-as", treat(Accept), typedRoute(2, rd, as))
		mvpn("s-pmsi", treat(Accept), typedRoute(3, rd, x.addr, x.addr, router))
		mvpn("s-pmsi-of-wildcards", treat(Accept), typedRoute(3, rd, none, none, router))
		mvpn("s-pmsi-without-router", treat(Withdraw), typedRoute(3, rd, x.addr, x.addr))
		mvpn("leaf", treat(Accept), typedRoute(4, typedRoute(2, rd, as), router))
		mvpn("source-active", treat(Accept), typedRoute(5, rd, x.addr, x.addr))
		mvpn("source-of-8-bits", treat(Withdraw), typedRoute(5, rd, []byte{8, 10}, x.addr))
		mvpn("source-active-long", treat(Withdraw), typedRoute(5, rd, x.addr, x.addr, none))
		mvpn("shared-join", treat(Accept), typedRoute(6, rd, as, x.addr, x.addr))
		mvpn("source-join-short", treat(Withdraw), typedRoute(7, rd, as[:3]))
		mvpn("overrun", update(9), typedRoute(6, rd, as, x.addr)[:14])
	}
}

func srPolicies(add routeAdder, p *routeParts) {
	for _, x := range []struct {
		afi  int
		name string
		addr []byte
	}{{afiIPv4, "ipv4", p.ip[1:]}, {afiIPv6, "ipv6", p.ip6[1:]}} {
		policy := func(name string, w Want, nlri ...[]byte) {
			add(family{x.afi, 73}, "sr-policy-"+x.name+"/"+name, "RFC 9830 §2.1", w, nlri...)
		}
		bits := byte(8 * (8 + len(x.addr)))
		policy("valid", treat(Accept), []byte{bits}, u32(1), u32(100), x.addr)
		policy("short", treat(Withdraw), []byte{bits - 8}, u32(1), u32(100), x.addr[1:])
		policy("one-bit-short", treat(Withdraw), []byte{bits - 1}, u32(1), u32(100), x.addr)
		policy("overrun", update(9), []byte{bits}, u32(1), u32(100), x.addr[1:])
	}
}

func linkStates(add routeAdder, _ *routeParts) {
	state := func(name string, w Want, nlri ...[]byte) {
		add(family{16388, 71}, "bgp-ls/"+name, "RFC 9552 §8.2.2", w, nlri...)
	}
	wide := func(kind int, v ...[]byte) []byte { return join(u16(kind), u16(len(join(v...))), join(v...)) }
	head := join([]byte{2}, fill(8, 0))
	as, router := wide(512, u32(64500)), wide(515, []byte{10, 0, 0, 1})
	state("node", treat(Accept), wide(1, head, wide(256, as, router)))
	state("link", treat(Accept), wide(2, head, wide(256, as), wide(257, router)))
	state("unknown-type", treat(Accept), wide(99, []byte{1}))
	state("descriptors-descend", treat(Discard), wide(2, head, wide(257, router), wide(256, as)))
	state("node-descriptors-descend", treat(Discard), wide(1, head, wide(256, router, as)))
	state("node-descriptor-twice", treat(Discard), wide(1, head, wide(256, as, as)))
	state("descriptor-overruns", treat(Discard), wide(1, head, wide(256, as)[:10]))
	state("short", treat(Discard), wide(1, head[:8]))
	state("overrun", update(9), wide(1, head, wide(256, as))[:20])
}
