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
	add := func(f family, name, rfc string, w Want, nlri ...[]byte) {
		l = append(l, row("nlri/"+name, rfc, w, func() []byte {
			return s.announce(s.base(0), Reach(f.afi, f.safi, s.NextHop[:], nlri...))
		}))
	}
	typed := func(kind byte, v ...[]byte) []byte { return join([]byte{kind, byte(len(join(v...)))}, join(v...)) }
	rd, esi, tag, label := []byte{0, 0, 0xfb, 0xf4, 0, 0, 0, 1}, fill(10, 0), u32(0), []byte{0, 0, 0x11}
	mac, none, ip, ip6 := []byte{48, 2, 0, 0, 0, 0, 1}, []byte{0}, []byte{32, 192, 0, 2, 1}, join([]byte{128}, dead(1))

	evpn := func(name string, w Want, nlri ...[]byte) {
		add(family{25, 70}, "evpn/"+name, "RFC 7432 §7", w, nlri...)
	}
	evpn("auto-discovery", treat(Accept), typed(1, rd, esi, tag, label))
	evpn("auto-discovery-short", treat(Withdraw), typed(1, rd, esi, tag, label[:2]))
	evpn("mac", treat(Accept), typed(2, rd, esi, tag, mac, none, label))
	evpn("mac-ip", treat(Accept), typed(2, rd, esi, tag, mac, ip, label, label))
	evpn("mac-ipv6", treat(Accept), typed(2, rd, esi, tag, mac, ip6, label))
	evpn("mac-of-40-bits", treat(Withdraw), typed(2, rd, esi, tag, []byte{40}, mac[1:], none, label))
	evpn("mac-of-0-bits", treat(Withdraw), typed(2, rd, esi, tag, none, none, label))
	evpn("ip-of-24-bits", treat(Withdraw), typed(2, rd, esi, tag, mac, []byte{24, 192, 0, 2}, label))
	evpn("half-a-second-label", treat(Withdraw), typed(2, rd, esi, tag, mac, ip, label, label[:1]))
	evpn("three-labels", treat(Withdraw), typed(2, rd, esi, tag, mac, ip, label, label, label))
	evpn("multicast", treat(Accept), typed(3, rd, tag, ip))
	evpn("multicast-without-originator", treat(Withdraw), typed(3, rd, tag))
	evpn("segment", treat(Accept), typed(4, rd, esi, ip6))
	evpn("prefix", treat(Accept), typed(5, rd, esi, tag, []byte{24, 198, 51, 100, 0}, fill(4, 0), label))
	evpn("prefix-ipv6", treat(Accept), typed(5, rd, esi, tag, []byte{128}, dead(1), fill(16, 0), label))
	evpn("prefix-of-33-bits", treat(Withdraw), typed(5, rd, esi, tag, []byte{33, 198, 51, 100, 0}, fill(4, 0), label))
	evpn("prefix-of-129-bits", treat(Withdraw), typed(5, rd, esi, tag, []byte{129}, dead(1), fill(16, 0), label))
	evpn("prefix-of-other-length", treat(Withdraw), typed(5, rd, esi, tag, []byte{24, 198, 51, 100, 0}, fill(5, 0), label))
	evpn("selective-multicast", treat(Accept), typed(6, rd, tag, none, ip, ip, []byte{2}))
	evpn("leave-synch", treat(Accept), typed(8, rd, esi, tag, none, ip, ip, u32(0), []byte{10, 2}))
	evpn("per-region", treat(Accept), typed(9, rd, tag, fill(8, 1)))
	evpn("per-region-short", treat(Withdraw), typed(9, rd, tag, fill(7, 1)))
	evpn("leaf", treat(Accept), typed(11, typed(3, rd, tag, ip), ip))
	evpn("unknown-type", treat(Accept), typed(200, []byte{1, 2, 3}))
	evpn("broken-behind-whole", treat(Withdraw), typed(3, rd, tag, ip), typed(3, rd, tag))
	evpn("overrun", update(9), typed(3, rd, tag, ip)[:15])

	vpls := func(name string, w Want, nlri ...[]byte) {
		add(family{25, 65}, "vpls/"+name, "RFC 4761 §3.2.2", w, nlri...)
	}
	site := join(rd, u16(5), u16(1), u16(8), label)
	vpls("valid", treat(Accept), u16(17), site)
	vpls("two", treat(Accept), u16(17), site, u16(17), site)
	vpls("short", treat(Withdraw), u16(16), site[:16])
	vpls("long", treat(Withdraw), u16(18), site, []byte{0})
	vpls("overrun", update(9), u16(17), site[:16])

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

	for _, x := range []struct {
		afi   int
		width int
		name  string
		addr  []byte
	}{{afiIPv4, 4, "ipv4", ip}, {afiIPv6, 16, "ipv6", ip6}} {
		mvpn := func(name string, w Want, nlri ...[]byte) {
			add(family{x.afi, 5}, "mvpn-"+x.name+"/"+name, "RFC 6514 §4", w, nlri...)
		}
		as := u32(64500)
		mvpn("intra-as", treat(Accept), typed(1, rd, x.addr[1:]))
		mvpn("inter-as", treat(Accept), typed(2, rd, as))
		mvpn("s-pmsi", treat(Accept), typed(3, rd, x.addr, x.addr, ip[1:]))
		mvpn("s-pmsi-of-wildcards", treat(Accept), typed(3, rd, none, none, ip[1:]))
		mvpn("s-pmsi-without-router", treat(Withdraw), typed(3, rd, x.addr, x.addr))
		mvpn("leaf", treat(Accept), typed(4, typed(2, rd, as), ip[1:]))
		mvpn("source-active", treat(Accept), typed(5, rd, x.addr, x.addr))
		mvpn("source-of-8-bits", treat(Withdraw), typed(5, rd, []byte{8, 10}, x.addr))
		mvpn("source-active-long", treat(Withdraw), typed(5, rd, x.addr, x.addr, none))
		mvpn("shared-join", treat(Accept), typed(6, rd, as, x.addr, x.addr))
		mvpn("source-join-short", treat(Withdraw), typed(7, rd, as[:3]))
		mvpn("overrun", update(9), typed(6, rd, as, x.addr)[:14])

		policy := func(name string, w Want, nlri ...[]byte) {
			add(family{x.afi, 73}, "sr-policy-"+x.name+"/"+name, "RFC 9830 §2.1", w, nlri...)
		}
		bits := byte(8 * (8 + x.width))
		policy("valid", treat(Accept), []byte{bits}, u32(1), u32(100), x.addr[1:])
		policy("short", treat(Withdraw), []byte{bits - 8}, u32(1), u32(100), x.addr[2:])
		policy("one-bit-short", treat(Withdraw), []byte{bits - 1}, u32(1), u32(100), x.addr[1:])
		policy("overrun", update(9), []byte{bits}, u32(1), u32(100), x.addr[2:])
	}

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
	return l
}
