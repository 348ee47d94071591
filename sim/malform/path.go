package malform

// asPaths are the segments of AS_PATH and AS4_PATH, the values of other
// attributes that a length does not make wrong.
func asPaths(s *Session) []Case {
	const rfc = "RFC 7606 §7.2"
	path := func(name string, t Treatment, v ...[]byte) Case {
		return row("as-path/"+name, rfc, treat(t), func() []byte { return s.announce(s.base(2), Attr(Transitive, 2, v...)) })
	}
	seq := func(as ...uint32) []byte { return Segment(2, s.AS4, as...) }
	one := seq(64500)
	sets := s.sets()
	return []Case{
		path("type-0", Withdraw, Segment(0, s.AS4, 64500)),
		path("type-5", Withdraw, Segment(5, s.AS4, 64500)),
		path("type-255", Withdraw, one, Segment(255, s.AS4, 64500)),
		path("count-0", Withdraw, []byte{2, 0}),
		path("count-0-before", Withdraw, []byte{2, 0}, one),
		path("count-0-behind", Withdraw, one, []byte{2, 0}),
		path("overrun", Withdraw, []byte{2, 2}, one[2:]),
		path("overrun-1-octet", Withdraw, one[:len(one)-1]),
		path("underrun-1-octet", Withdraw, one, []byte{2}),
		path("as-0", Withdraw, seq(64500, 0, 64501)),
		path("as-0-in-set", Withdraw, one, Segment(1, s.AS4, 0)),
		path("empty", Accept),
		path("set", sets, Segment(1, s.AS4, 64500, 64501)),
		path("two-segments", Accept, one, seq(64501)),
		path("sequence-set", sets, seq(64500, 64501), Segment(1, s.AS4, 64502, 64503)),
		path("64-numbers", Accept, seq(many(64)...)),
		path("65-numbers", Accept, seq(many(65)...)),
		path("128-numbers", Accept, seq(many(128)...)),
		path("255-numbers", Accept, seq(many(255)...)),
		path("64-numbers-overrun", Withdraw, []byte{2, 65}, seq(many(64)...)[2:]),
		path("two-of-255", Accept, seq(many(255)...), seq(many(255)...)),
		path("as-trans", Accept, seq(asTrans)),
		path("largest", Accept, seq(1<<32-1, 65535)),
	}
}

// sets is what becomes of a path with an AS_SET (RFC 9774 §3); ExaBGP takes it.
func (s *Session) sets() Treatment {
	if s.ExaBGP {
		return Accept
	}
	return Withdraw
}

// many is n different numbers of two octets.
func many(n int) []uint32 {
	l := make([]uint32, n)
	for i := range l {
		l[i] = 64512 + uint32(i)
	}
	return l
}

// as4Paths matter between speakers of which one has AS numbers of two octets
// (RFC 6793 §4.2.3).
func as4Paths(s *Session) []Case {
	if s.AS4 {
		return nil
	}
	both := func(name string, t Treatment, as4 []byte, front ...[]byte) Case {
		return row("as4-path/"+name, "RFC 6793 §4.2.3", treat(t), func() []byte {
			return s.announce(s.base(2), Attr(Transitive, 2, front...), Attr(Optional|Transitive, 17, as4))
		})
	}
	path := func(name string, t Treatment, as4 []byte, front ...uint32) Case {
		return both(name, t, as4, Segment(2, false, front...))
	}
	sets := s.sets()
	big := func(as ...uint32) []byte { return Segment(2, true, as...) }
	aggregator := func(name string, as int, as4 uint32) Case {
		return row("as4-aggregator/"+name, "RFC 6793 §4.2.3", treat(Accept), func() []byte {
			return s.announce(s.base(2), Attr(Transitive, 2, Segment(2, false, 64500, 100000)),
				Attr(Optional|Transitive, 7, u16(as), []byte{192, 0, 2, 1}),
				Attr(Optional|Transitive, 17, big(100000)), Attr(Optional|Transitive, 18, u32(as4), []byte{192, 0, 2, 2}))
		})
	}
	return []Case{
		path("shorter", Accept, big(100000), 64500, 100000),
		path("as-long", Accept, big(64500, 100000), 64500, 100000),
		path("longer", Accept, big(1, 64500, 100000), 64500, 100000),
		path("three-in-front", Accept, big(100000), 64500, 64501, 64502, 100000),
		path("type-0", Discard, Segment(0, true, 100000), 64500, 100000),
		path("count-0", Discard, join(big(100000), []byte{2, 0}), 64500, 100000),
		path("overrun", Discard, []byte{2, 2, 0, 1, 0, 0}, 64500, 100000),
		path("as-0", Discard, big(0), 64500),
		// Of 300 hops, in any two segments, the last 200, or nearly all, or so many
		// that the two together fill a segment or run over.
		both("200-of-300", Accept, big(many(200)...), Segment(2, false, many(255)...), Segment(2, false, many(45)...)),
		both("200-of-300-cut-early", Accept, big(many(200)...), Segment(2, false, many(45)...), Segment(2, false, many(255)...)),
		both("299-of-300", Accept, join(big(many(255)...), big(many(44)...)), Segment(2, false, many(255)...), Segment(2, false, many(45)...)),
		both("45-of-300", Accept, big(many(45)...), Segment(2, false, many(255)...), Segment(2, false, many(45)...)),
		both("set-in-front", sets, big(100000), Segment(1, false, 64502, 64503), Segment(2, false, 64500, 100000)),
		both("set-behind", sets, big(100000), Segment(2, false, 64500, 64501), Segment(1, false, 64502, 64503)),
		path("200-of-255", Accept, big(many(200)...), many(255)...),
		both("200-of-256", Accept, big(many(200)...), Segment(2, false, many(1)...), Segment(2, false, many(255)...)),
		aggregator("merged", asTrans, 100000),
		aggregator("ignored", 64500, 100000),
	}
}

// values are contents that the RFCs rule out, or allow, in an attribute of the
// right length.
func values(s *Session) []Case {
	with := func(name, rfc string, t Treatment, flags, kind byte, v ...byte) Case {
		return row("value/"+name, rfc, treat(t), func() []byte { return s.announce(s.base(kind), Attr(flags, kind, v)) })
	}
	otc := []Case{
		with("otc-0", "RFC 9234 §5", Accept, Optional|Transitive, 35, 0, 0, 0, 0),
		with("otc-partial", "RFC 9234 §5", Accept, Optional|Transitive|Partial, 35, 0, 0, 0xfb, 0xf4),
	}
	const aigp = "RFC 7311 §3"
	return append([]Case{
		with("origin-1", "RFC 4271 §5.1.1", Accept, Transitive, 1, 1),
		with("origin-2", "RFC 4271 §5.1.1", Accept, Transitive, 1, 2),
		with("origin-3", "RFC 7606 §7.1", Withdraw, Transitive, 1, 3),
		with("origin-255", "RFC 7606 §7.1", Withdraw, Transitive, 1, 255),
		with("next-hop-0", "RFC 7606 §7.3", Withdraw, Transitive, 3, 0, 0, 0, 0),
		with("next-hop-multicast", "RFC 7606 §7.3", Withdraw, Transitive, 3, 224, 0, 0, 1),
		with("next-hop-broadcast", "RFC 7606 §7.3", Withdraw, Transitive, 3, 255, 255, 255, 255),
		with("med-largest", "RFC 4271 §5.1.4", Accept, Optional, 4, 255, 255, 255, 255),
		with("aggregator-0", "RFC 7607 §2", Discard, Optional|Transitive, 7, join(asOctets(s.AS4, 0), []byte{192, 0, 2, 1})...),
		with("aigp-length-0", aigp, Discard, Optional, 26, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9),
		with("aigp-length-2", aigp, Discard, Optional, 26, 1, 0, 2, 1, 0, 11, 0, 0, 0, 0, 0, 0, 0, 9),
		with("aigp-length-10", aigp, Discard, Optional, 26, 1, 0, 10, 0, 0, 0, 0, 0, 0, 9),
		with("aigp-overrun", aigp, Discard, Optional, 26, 1, 0, 12, 0, 0, 0, 0, 0, 0, 0, 9),
		with("aigp-other-tlv", aigp, Accept, Optional, 26, 77, 0, 4, 9, 1, 0, 11, 0, 0, 0, 0, 0, 0, 0, 9),
		with("aigp-other-of-length-2", aigp, Discard, Optional, 26, 77, 0, 2, 0, 3),
		with("aigp-two", aigp, Accept, Optional, 26, 1, 0, 11, 0, 0, 0, 0, 0, 0, 0, 9, 1, 0, 11, 0, 0, 0, 0, 0, 0, 0, 8),
		with("communities-well-known", "RFC 1997", Accept, Optional|Transitive, 8, 255, 255, 255, 1, 255, 255, 255, 2),
		with("unknown-transitive", "RFC 4271 §5", Accept, Optional|Transitive, 200, 1, 2, 3),
		with("unknown-transitive-partial", "RFC 4271 §5", Accept, Optional|Transitive|Partial, 200, 1, 2, 3),
		with("unknown-transitive-empty", "RFC 4271 §5", Accept, Optional|Transitive, 201),
		with("unknown-non-transitive", "RFC 4271 §5", Accept, Optional, 202, 1, 2, 3),
		row("value/unknown-well-known", "RFC 4271 §6.3", Want{Treat: Reset, Code: 3, Subcode: 2, Data: Attr(Transitive, 203, []byte{1})}, func() []byte {
			return s.announce(s.base(0), Attr(Transitive, 203, []byte{1}))
		}),
		row("value/unknown-reserved-0", "RFC 4271 §6.3", Want{Treat: Reset, Code: 3, Subcode: 2, Data: Attr(Transitive, 0, []byte{1})}, func() []byte {
			return s.announce(s.base(0), Attr(Transitive, 0, []byte{1}))
		}),
		row("value/unknown-twice", "RFC 7606 §3.g", treat(Discard), func() []byte {
			return s.announce(s.base(0), Attr(Optional|Transitive, 200, []byte{1}), Attr(Optional|Transitive, 200, []byte{2}))
		}),
	}, otc...)
}
