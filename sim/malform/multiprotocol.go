package malform

// Families of the multiprotocol cases (RFC 4760).
const (
	afiIPv4, afiIPv6 = 1, 2
	unicast          = 1
)

// dead is an address of the documentation prefix of RFC 3849.
func dead(last byte) []byte {
	a := make([]byte, 16)
	copy(a, []byte{0x20, 0x01, 0x0d, 0xb8})
	a[15] = last
	return a
}

// linkLocal is an address of one link (RFC 4291 §2.5.6).
func linkLocal() []byte { return append([]byte{0xfe, 0x80}, fill(14, 1)...) }

// multiprotocol are MP_REACH_NLRI and MP_UNREACH_NLRI.
func multiprotocol(s *Session) []Case {
	const reach, unreach = "RFC 7606 §7.11", "RFC 7606 §7.12"
	base := s.base(3)
	good := s.route6(48, 0x20, 0x01, 0x0d, 0xb8, 0, s.Net)
	mp := func(attrs ...[]byte) func() []byte {
		return func() []byte { return UpdateOf(nil, join(attrs...), nil) }
	}
	hop := func(name string, w Want, nextHop []byte) Case {
		return row("mp-reach/next-hop-"+name, reach, w, mp(base, Reach(afiIPv6, unicast, nextHop, good)))
	}
	bad := func(name string, nlri ...byte) []Case {
		if s.AddPath6 {
			nlri = WithPath(3, nlri)
		}
		return []Case{
			row("mp-reach/nlri-"+name, "RFC 7606 §5.3", update(9), mp(base, Reach(afiIPv6, unicast, dead(1), good, nlri))),
			row("mp-unreach/nlri-"+name, "RFC 7606 §5.3", update(9), mp(Unreach(afiIPv6, unicast, good, nlri))),
		}
	}
	okReach, okUnreach := Reach(afiIPv6, unicast, dead(1), good), Unreach(afiIPv6, unicast, good)
	l := []Case{
		row("mp-reach/valid", "RFC 4760 §3", treat(Accept), mp(okReach, base)),
		row("mp-reach/last", "RFC 4760 §3", treat(Accept), mp(base, okReach)),
		row("mp-reach/reserved-255", "RFC 4760 §3", treat(Accept), mp(Attr(Optional, 14, u16(afiIPv6), []byte{unicast, 16}, dead(1), []byte{255}, good), base)),
		row("mp-reach/extended-length", "RFC 4271 §4.3", treat(Accept), mp(Attr(Optional|Extended, 14, u16(afiIPv6), []byte{unicast, 16}, dead(1), []byte{0}, good), base)),
		hop("0", update(9), nil),
		hop("1", update(9), []byte{1}),
		hop("15", update(9), dead(1)[:15]),
		hop("17", update(9), append(dead(1), 0)),
		hop("24", update(9), fill(24, 1)),
		hop("33", update(9), fill(33, 1)),
		hop("link-local-too", treat(Accept), join(dead(1), linkLocal())),
		hop("multicast", treat(Withdraw), append([]byte{0xff, 2}, fill(14, 0)...)),
		hop("unspecified", treat(Withdraw), fill(16, 0)),
		row("mp-reach/next-hop-overrun", reach, update(9), mp(base, Attr(Optional, 14, u16(afiIPv6), []byte{unicast, 255}, dead(1), []byte{0}, good))),
		row("mp-reach/empty", reach, update(9), mp(base, Attr(Optional, 14))),
		row("mp-reach/4-octets", reach, update(9), mp(base, Attr(Optional, 14, u16(afiIPv6), []byte{unicast, 0}))),
		row("mp-reach/without-reserved", reach, update(9), mp(base, Attr(Optional, 14, u16(afiIPv6), []byte{unicast, 16}, dead(1)))),
		row("mp-reach/twice", "RFC 7606 §3.g", update(1), mp(okReach, base, okReach)),
		row("mp-unreach/twice", "RFC 7606 §3.g", update(1), mp(okUnreach, okUnreach)),
		row("mp-reach/flags-transitive", "RFC 7606 §5.3", update(9), mp(base, Attr(Optional|Transitive, 14, okReach[3:]))),
		row("mp-reach/flags-well-known", "RFC 7606 §5.3", update(9), mp(base, Attr(0, 14, okReach[3:]))),
		row("mp-unreach/flags-transitive", "RFC 7606 §5.3", update(9), mp(Attr(Optional|Transitive, 15, okUnreach[3:]))),
		row("mp-reach/origin-missing", "RFC 7606 §3.d", treat(Withdraw), mp(okReach, Attr(Transitive, 2, s.path()))),
		row("mp-reach/as-path-missing", "RFC 7606 §3.d", treat(Withdraw), mp(okReach, Attr(Transitive, 1, []byte{0}))),
		row("mp-reach/alone", "RFC 7606 §3.d", treat(Withdraw), mp(okReach)),
		row("mp-reach/next-hop-attribute-too", "RFC 4760 §3", treat(Accept), mp(okReach, s.base(0))),
		row("mp-reach/no-nlri", "RFC 4760 §3", treat(Accept), mp(Reach(afiIPv6, unicast, dead(1)), base)),
		row("mp-reach/beside-nlri", "RFC 4760 §3", treat(Accept), func() []byte { return UpdateOf(nil, join(okReach, s.base(0)), s.nlri()) }),
		row("mp-reach/beside-nlri-without-next-hop", "RFC 7606 §3.d", treat(Withdraw), func() []byte { return UpdateOf(nil, join(okReach, base), s.nlri()) }),
		row("mp-reach/error-behind", "RFC 7606 §3.h", treat(Withdraw), mp(okReach, base, Attr(Optional|Transitive, 8, []byte{1}))),
		row("mp-unreach/valid", "RFC 4760 §4", treat(Accept), mp(okUnreach)),
		row("mp-unreach/with-reach", "RFC 4760 §5", treat(Accept), mp(okReach, Unreach(afiIPv6, unicast, s.route6(48, 0x20, 0x01, 0x0d, 0xb8, 1, s.Net)), base)),
		row("mp-unreach/with-missing-mandatory", "RFC 7606 §5.2", treat(Withdraw), mp(okUnreach, okReach)),
		row("mp-unreach/empty", unreach, update(9), mp(Attr(Optional, 15))),
		row("mp-unreach/2-octets", unreach, update(9), mp(Attr(Optional, 15, u16(afiIPv6)))),
		row("mp-unreach/with-bad-attribute", "RFC 7606 §5.2", update(5), mp(okUnreach, Attr(Optional|Transitive, 8, []byte{1}))),
	}
	for _, x := range [][]Case{
		bad("length-129", append([]byte{129}, fill(17, 1)...)...), bad("length-255", 255), bad("truncated-64", 64, 0x20, 1), bad("truncated-128", append([]byte{128}, fill(15, 1)...)...),
	} {
		l = append(l, x...)
	}
	if !s.IPv6 {
		return unnegotiated(l)
	}
	return l
}

// crossings are IPv4 routes with next hops of IPv6, which are wrong unless they
// were negotiated (RFC 8950 §4).
func crossings(s *Session) []Case {
	crosses := update(9)
	if s.Crossing {
		crosses = treat(Accept)
	}
	hop := func(name string, w Want, nextHop []byte) Case {
		return row("mp-reach/ipv4-next-hop-"+name, "RFC 8950 §3", w, func() []byte {
			return UpdateOf(nil, join(s.base(3), Reach(afiIPv4, unicast, nextHop, s.nlri())), nil)
		})
	}
	return []Case{
		hop("16", crosses, dead(1)),
		hop("32", crosses, join(dead(1), linkLocal())),
		hop("8", update(9), fill(8, 1)),
		hop("17", update(9), append(dead(1), 0)),
		row("mp-reach/ipv4-beside-nlri", "RFC 8950 §3", crosses, func() []byte { // each field has a next hop of its own
			return UpdateOf(nil, join(s.base(0), Reach(afiIPv4, unicast, dead(1), s.route(25, 198, 51, s.Net, 128))), s.nlri())
		}),
	}
}

// unnegotiated keeps of the cases those that reset a session whatever was
// negotiated: routes of a family that was not are ignored (RFC 4760 §7).
func unnegotiated(l []Case) []Case {
	var out []Case
	for _, c := range l {
		if c.Want.Treat == Accept || c.Want.Treat == Reset {
			if c.Want.Treat == Accept {
				c.Want = treat(Ignore)
			}
			if c.Name != "mp-reach/beside-nlri" {
				out = append(out, c)
			}
		}
	}
	return out
}

// families are NLRI of other kinds: labels (RFC 8277), flow specifications
// (RFC 8955), EVPN (RFC 7432). Where they are not negotiated, as the table has it,
// what is well formed has no effect.
func families(s *Session) []Case {
	base := s.base(3)
	const labeled, vpn, evpn, afiL2VPN = 4, 128, 70, 25
	hop := s.NextHop[:]
	vpn6 := join([]byte{136, 0, 0, 0x11}, fill(8, 0), dead(0)[:6])
	mp := func(name, rfc string, w Want, attrs ...[]byte) Case {
		return row("family/"+name, rfc, w, func() []byte { return UpdateOf(nil, join(attrs...), nil) })
	}
	return append(flows(s), []Case{
		mp("labeled-valid", "RFC 8277 §2.2", treat(Ignore), base, Reach(afiIPv4, labeled, hop, []byte{48, 0, 0, 0x11, 198, 51, 100})),
		mp("labeled-two", "RFC 8277 §2.3", treat(Ignore), base, Reach(afiIPv4, labeled, hop, []byte{72, 0, 0, 0x10, 0, 0, 0x21, 198, 51, 100})),
		mp("labeled-s-bit", "RFC 8277 §2.2", treat(Ignore), base, Reach(afiIPv4, labeled, hop, []byte{48, 0, 0, 0x10, 198, 51, 100})),
		mp("labeled-no-bottom", "RFC 8277 §2.3", update(9), base, Reach(afiIPv4, labeled, hop, []byte{72, 0, 0, 0x10, 0, 0, 0x20, 198, 50, 100})),
		mp("labeled-too-short", "RFC 7606 §5.3", update(9), base, Reach(afiIPv4, labeled, hop, []byte{16, 0, 0})),
		mp("labeled-too-long", "RFC 7606 §5.3", update(9), base, Reach(afiIPv4, labeled, hop, []byte{57, 0, 0, 0x11, 198, 51, 100, 0, 0})),
		mp("labeled-truncated", "RFC 7606 §5.3", update(9), base, Reach(afiIPv4, labeled, hop, []byte{48, 0, 0, 0x11, 198})),
		mp("labeled-withdraw-label-800000", "RFC 8277 §2.4", treat(Ignore), Unreach(afiIPv4, labeled, []byte{48, 0x80, 0, 0, 198, 51, 100})),
		mp("labeled-withdraw-label-0", "RFC 8277 §2.4", treat(Ignore), Unreach(afiIPv4, labeled, []byte{48, 0, 0, 0, 198, 51, 100})),
		mp("labeled-withdraw-truncated", "RFC 7606 §5.3", update(9), Unreach(afiIPv4, labeled, []byte{48, 0x80, 0, 0, 198})),
		mp("vpn-valid", "RFC 4364 §4.3.4", treat(Ignore), base, Reach(afiIPv4, vpn, join(fill(8, 0), hop), join([]byte{112, 0, 0, 0x11}, fill(8, 0), []byte{198, 51, 100}))),
		mp("vpn-next-hop-4", "RFC 4364 §4.3.2", update(9), base, Reach(afiIPv4, vpn, hop, join([]byte{112, 0, 0, 0x11}, fill(8, 0), []byte{198, 51, 100}))),
		mp("vpn-without-rd", "RFC 7606 §5.3", update(9), base, Reach(afiIPv4, vpn, join(fill(8, 0), hop), []byte{48, 0, 0, 0x11, 198, 51, 100})),
		mp("vpn-withdraw-label-800000", "RFC 8277 §2.4", treat(Ignore), Unreach(afiIPv4, vpn, join([]byte{112, 0x80, 0, 0}, fill(8, 0), []byte{198, 51, 100}))),
		mp("vpn-ipv6-next-hop-24", "RFC 4659 §3.2.1.2", treat(Ignore), base, Reach(afiIPv6, vpn, join(fill(8, 0), dead(1)), vpn6)),
		mp("vpn-ipv6-next-hop-48", "RFC 4659 §3.2.1.1", treat(Ignore), base, Reach(afiIPv6, vpn, join(fill(8, 0), dead(1), fill(8, 0), linkLocal()), vpn6)),
		mp("vpn-ipv6-next-hop-32", "RFC 4659 §3.2.1.1", update(9), base, Reach(afiIPv6, vpn, join(dead(1), linkLocal()), vpn6)),
		mp("vpn-ipv6-withdraw", "RFC 8277 §2.4", treat(Ignore), Unreach(afiIPv6, vpn, vpn6)),
		mp("evpn-overrun", "RFC 7432 §7", update(9), base, Reach(afiL2VPN, evpn, hop, []byte{3, 17, 0, 0})),
		mp("evpn-type-alone", "RFC 7432 §7", update(9), base, Reach(afiL2VPN, evpn, hop, []byte{3})),
		mp("unknown-family", "RFC 4760 §7", treat(Ignore), base, Reach(77, 77, []byte{1, 2, 3}, []byte{1, 2, 3, 4, 5})),
	}...)
}
