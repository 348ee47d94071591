package malform

import "slices"

// shapes are UPDATEs of which the attributes as a whole are wrong, or odd.
func shapes(s *Session) []Case {
	base := s.base(0)
	withdraw := func(name string, tail ...byte) Case {
		return row("attributes/"+name, "RFC 7606 §4", treat(Withdraw), func() []byte { return s.announce(base, tail) })
	}
	l := []Case{
		withdraw("last-header-1-octet", Optional|Transitive),
		withdraw("last-header-2-octets", Optional|Transitive, 8),
		withdraw("last-header-extended-3-octets", Optional|Transitive|Extended, 8, 0),
		withdraw("last-overrun", Optional|Transitive, 8, 4, 1, 2, 3),
		withdraw("last-overrun-large", Optional|Transitive|Extended, 8, 255, 255, 1, 2, 3),
		withdraw("last-overrun-unknown", Optional|Transitive, 200, 9, 1),
		row("attributes/error-beside-withdrawn", "RFC 7606 §2", treat(Withdraw), func() []byte {
			return UpdateOf(s.some(first), join(Attr(Transitive, 1, []byte{9}), s.base(1)), s.nlri())
		}),
		row("attributes/none", "RFC 7606 §3.d", treat(Withdraw), func() []byte { return s.announce() }),
		row("attributes/only-unknown", "RFC 7606 §3.d", treat(Withdraw), func() []byte { return s.announce(Attr(Optional|Transitive, 200, []byte{1})) }),
		row("attributes/unknown-alone", "RFC 4724 §2", treat(Ignore), func() []byte { return UpdateOf(nil, Attr(Optional|Transitive, 200, []byte{1}), nil) }),
		row("attributes/quiet-alone", "RFC 4271 §5", treat(Ignore), func() []byte { return UpdateOf(nil, Attr(Optional, 200, []byte{1}), nil) }),
		row("attributes/discarded-alone", "RFC 7606 §2", treat(Discard), func() []byte { return UpdateOf(nil, Attr(Transitive, 6, []byte{1}), nil) }),
		row("attributes/reversed", "RFC 4271 §5", treat(Accept), func() []byte {
			l := s.mandatory()
			slices.Reverse(l)
			return s.announce(l...)
		}),
		row("attributes/overrun-behind-first", "RFC 7606 §4", treat(Withdraw), func() []byte { return s.announce(base[:5]) }),
		row("attributes/soft-error-then-more", "RFC 7606 §3", treat(Discard), func() []byte {
			return s.announce(Attr(Optional|Transitive, 7, []byte{1, 2, 3}), base, Attr(Optional|Transitive, 8, u32(0xfbf40009)))
		}),
		row("attributes/withdraw-error-then-discard", "RFC 7606 §3.h", treat(Withdraw), func() []byte {
			return s.announce(base, Attr(Optional|Transitive, 8, []byte{1}), Attr(Transitive, 6, []byte{1}))
		}),
		row("attributes/discard-error-then-withdraw", "RFC 7606 §3.h", treat(Withdraw), func() []byte {
			return s.announce(base, Attr(Transitive, 6, []byte{1}), Attr(Optional|Transitive, 8, []byte{1}))
		}),
	}
	for _, n := range []int{1, 2} {
		l = append(l, row([]string{"", "attributes/cut-1-octet-without-nlri", "attributes/cut-2-octets-without-nlri"}[n], "RFC 7606 §5.2", update(5), func() []byte {
			return UpdateOf(nil, join(base, fill(n, Optional)), nil)
		}))
	}
	return l
}

// lengths are the two length fields of an UPDATE (RFC 4271 §6.3).
func lengths(s *Session) []Case {
	base, n := s.base(0), s.nlri()
	raw := func(name string, w Want, withdrawn int, wd []byte, attrs int, rest ...[]byte) Case {
		return row("length/"+name, "RFC 4271 §6.3", w, func() []byte {
			return Message(Update, u16(withdrawn), wd, u16(attrs), join(rest...))
		})
	}
	return []Case{
		raw("withdrawn-too-long", update(1), 100, nil, len(base), base, n),
		raw("withdrawn-65535", update(1), 65535, nil, len(base), base, n),
		raw("withdrawn-hides-attributes", update(1), 2+len(base)+len(n), nil, len(base), base, n),
		raw("attributes-too-long", update(1), 0, nil, len(base)+len(n)+1, base, n),
		raw("attributes-65535", update(1), 0, nil, 65535, base, n),
		row("length/no-attributes", "RFC 7606 §3.d", treat(Withdraw), func() []byte { return UpdateOf(nil, nil, s.nlri()) }),
		row("length/attributes-field-missing", "RFC 4271 §6.3", update(1), func() []byte { return Message(Update, u16(2), []byte{0, 0}) }),
		raw("withdrawn-1-too-long", update(1), 1, nil, 0),
	}
}

// nlris are the classic fields of IPv4 unicast (RFC 7606 §5.3).
func nlris(s *Session) []Case {
	base := s.base(0)
	bad := func(name string, nlri ...byte) []Case {
		if s.AddPath {
			nlri = WithPath(3, nlri)
		}
		return []Case{
			row("nlri/announce-"+name, "RFC 7606 §5.3", update(10), func() []byte { return UpdateOf(nil, base, nlri) }),
			row("nlri/announce-behind-"+name, "RFC 7606 §5.3", update(10), func() []byte { return UpdateOf(nil, base, join(s.nlri(), nlri)) }),
			row("nlri/withdraw-"+name, "RFC 7606 §5.3", update(10), func() []byte { return UpdateOf(nlri, nil, nil) }),
			row("nlri/withdraw-behind-"+name, "RFC 7606 §5.3", update(10), func() []byte { return UpdateOf(join(s.nlri(), nlri), nil, nil) }),
		}
	}
	l := slices.Concat(bad("length-33", 33, 10, 0, 0, 0, 0), bad("length-129", 129, 10, 0, 0, 0), bad("length-255", 255),
		bad("truncated-24", 24, 10, 0), bad("truncated-1", 1), bad("truncated-32", 32, 10, 0, 0))
	if s.AddPath {
		for _, n := range []int{1, 3, 4} {
			name := []string{1: "path-id-1-octet", 3: "path-id-3-octets", 4: "path-id-alone"}[n]
			l = append(l, row("nlri/"+name, "RFC 7911 §3", update(10), func() []byte { return UpdateOf(nil, base, join(s.nlri(), fill(n, 0))) }))
		}
	}
	return l
}
