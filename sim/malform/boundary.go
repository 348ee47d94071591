package malform

import "fmt"

// boundaries are messages at the edge of what is allowed, all valid.
func boundaries(s *Session) []Case {
	base := s.base(0)
	ok := func(name, rfc string, f func() []byte) Case { return row("valid/"+name, rfc, treat(Accept), f) }
	routes := func(l ...[]byte) func() []byte { return func() []byte { return UpdateOf(nil, base, join(l...)) } }
	l := []Case{
		ok("keepalive", "RFC 4271 §4.4", func() []byte { return Message(Keepalive) }),
		ok("end-of-rib", "RFC 4724 §2", func() []byte { return UpdateOf(nil, nil, nil) }),
		ok("end-of-rib-other", "RFC 4724 §2", func() []byte { return UpdateOf(nil, Unreach(afiIPv6, unicast), nil) }),
		ok("end-of-rib-unknown", "RFC 4724 §2", func() []byte { return UpdateOf(nil, Unreach(77, 77), nil) }),
		ok("end-of-rib-look-alike-attribute", "RFC 4271 §5", func() []byte { return UpdateOf(nil, Attr(Optional|Transitive, 200, []byte{1}), nil) }),
		ok("end-of-rib-look-alike-base", "RFC 4271 §4.3", func() []byte { return UpdateOf(nil, base, nil) }),
		ok("end-of-rib-look-alike-unreach", "RFC 4760 §4", func() []byte {
			return UpdateOf(nil, join(Unreach(afiIPv4, unicast), Attr(Optional|Transitive, 200, []byte{1})), nil)
		}),
		ok("end-of-rib-ipv4-in-mp", "RFC 4724 §2", func() []byte { return UpdateOf(nil, Unreach(afiIPv4, unicast), nil) }),
		ok("default-route", "RFC 4271 §4.3", routes(s.route(0))),
		ok("host-route", "RFC 4271 §4.3", routes(s.route(32, 198, 51, s.Net, 1))),
		ok("host-bits", "RFC 4271 §4.3", routes(s.route(25, 198, 51, s.Net, 0xff))),
		ok("host-bits-of-one", "RFC 4271 §4.3", routes(s.route(1, 0xff))),
		ok("same-nlri-twice", "RFC 4271 §4.3", routes(s.nlri(), s.nlri())),
		ok("withdrawn-and-announced", "RFC 4271 §4.3", func() []byte { return UpdateOf(s.nlri(), base, s.nlri()) }),
		ok("withdraw", "RFC 4271 §4.3", func() []byte { return UpdateOf(s.nlri(), nil, nil) }),
		ok("withdraw-host-bits", "RFC 4271 §4.3", func() []byte { return UpdateOf(s.route(25, 198, 51, s.Net, 0x7f), nil, nil) }),
		ok("withdraw-unknown", "RFC 4271 §4.3", func() []byte { return UpdateOf(s.route(30, 203, 0, 113, 4), nil, nil) }),
		ok("withdraw-with-attributes", "RFC 4271 §4.3", func() []byte { return UpdateOf(s.nlri(), base, nil) }),
		ok("ipv4-in-mp-reach", "RFC 4760 §3", func() []byte {
			return UpdateOf(nil, join(Reach(afiIPv4, unicast, s.NextHop[:], s.nlri()), s.base(3)), nil)
		}),
		ok("ipv4-in-mp-unreach", "RFC 4760 §4", func() []byte { return UpdateOf(nil, Unreach(afiIPv4, unicast, s.nlri()), nil) }),
		ok("4096-octets", "RFC 4271 §4", func() []byte { return s.padded(4096) }),
		ok("4095-octets", "RFC 4271 §4", func() []byte { return s.padded(4095) }),
		ok("many-attributes", "RFC 4271 §5", func() []byte {
			b := base
			for kind := byte(180); kind < 240; kind++ {
				b = join(b, Attr(Optional|Transitive, kind, []byte{kind}))
			}
			return s.announce(b)
		}),
		ok("many-routes", "RFC 4271 §4.3", func() []byte {
			var n []byte
			for i := range byte(200) {
				n = join(n, s.route(32, 203, 0, 113, i))
			}
			return UpdateOf(nil, base, n)
		}),
		ok("many-withdrawn", "RFC 4271 §4.3", func() []byte {
			var n []byte
			for i := range byte(200) {
				n = join(n, s.route(32, 203, 0, 113, i))
			}
			return UpdateOf(n, nil, nil)
		}),
	}
	return append(append(l, s.edges()...), s.wide()...)
}

// edges are attributes of lengths around that from which on a length takes two
// octets (RFC 4271 §4.3).
func (s *Session) edges() []Case {
	var l []Case
	for _, size := range []int{254, 255, 256, 257} {
		l = append(l, row(fmt.Sprintf("valid/attribute-%d-octets", size), "RFC 4271 §4.3", treat(Accept), func() []byte {
			return s.announce(s.base(0), Attr(Optional|Transitive, 200, fill(size, 0xaa)))
		}))
		if s.IPv6 {
			const head = 2 + 1 + 1 + 16 + 1
			l = append(l, row(fmt.Sprintf("valid/mp-reach-%d-octets", size), "RFC 4271 §4.3", treat(Accept), func() []byte {
				return s.reach6(s.routes6(size - head))
			}))
			l = append(l, row(fmt.Sprintf("valid/mp-unreach-%d-octets", size), "RFC 4271 §4.3", treat(Accept), func() []byte {
				return UpdateOf(nil, Unreach(afiIPv6, unicast, s.routes6(size-2-1)), nil)
			}))
		}
	}
	return l
}

// routes6 is different IPv6 routes of so many octets together, with path
// identifiers where the session has them.
func (s *Session) routes6(octets int) []byte {
	const host = 1 + 16
	fixed := len(s.route6(0)) - 1 // the path identifier
	var b []byte
	for i := byte(0); octets > 0; i++ {
		size := min(host, octets-fixed)
		if rest := octets - fixed - size; rest > 0 && rest < fixed+8 {
			size -= 8 // leave room for one more
		}
		b = join(b, s.route6(8*(size-1), 0x20, 0x01, 0x0d, 0xb8, 0, i))
		octets -= fixed + size
	}
	return b
}

// wide are boundaries of what a session may have negotiated.
func (s *Session) wide() []Case {
	var l []Case
	ok := func(name, rfc string, f func() []byte) Case { return row("valid/"+name, rfc, treat(Accept), f) }
	routes := func(l ...[]byte) func() []byte { return func() []byte { return UpdateOf(nil, s.base(0), join(l...)) } }
	if s.AddPath {
		for _, id := range []uint32{0, 1, 7, 8, 1<<32 - 1} {
			l = append(l, ok(fmt.Sprintf("path-id-%d", id), "RFC 7911 §3", routes(WithPath(id, Prefix(24, 198, 51, s.Net)))))
		}
		l = append(l, ok("withdraw-one-path", "RFC 7911 §3", func() []byte { return UpdateOf(WithPath(1, Prefix(24, 198, 51, s.Net)), nil, nil) }),
			ok("two-paths", "RFC 7911 §3", routes(WithPath(1, Prefix(24, 198, 51, s.Net)), WithPath(2, Prefix(24, 198, 51, s.Net)))))
	}
	if s.Extended {
		l = append(l, ok("4097-octets", "RFC 8654 §4", func() []byte { return s.padded(4097) }),
			ok("65534-octets", "RFC 8654 §4", func() []byte { return s.padded(65534) }),
			ok("65535-octets", "RFC 8654 §4", func() []byte { return s.padded(65535) }))
	}
	if s.IPv6 {
		l = append(l, ok("ipv6-default", "RFC 4760 §3", func() []byte { return s.reach6(s.route6(0)) }),
			ok("ipv6-host", "RFC 4760 §3", func() []byte { return s.reach6(s.route6(128, dead(9)...)) }),
			ok("ipv6-host-bits", "RFC 4760 §3", func() []byte { return s.reach6(s.route6(33, 0x20, 1, 0x0d, 0xb8, 0xff)) }))
	}
	return l
}

func (s *Session) reach6(n []byte) []byte {
	return UpdateOf(nil, join(Reach(afiIPv6, unicast, dead(1), n), s.base(3)), nil)
}

// padded is the usual route in an UPDATE of exactly n octets.
func (s *Session) padded(n int) []byte {
	bare := len(s.announce(s.base(0)))
	return s.announce(s.base(0), Attr(Optional|Transitive|Extended, 200, fill(n-bare-4, 0xaa)))
}
