package malform

import "slices"

// spec is what the cases must know of one path attribute.
type spec struct {
	name       string
	kind       byte
	flags      byte
	rfc        string
	value      func(s *Session) []byte // a valid one
	other      func(s *Session) []byte // another valid one
	unit       int                     // a valid length is a multiple of it; 0: only that of value
	treat      Treatment               // of a wrong length
	conflict   Treatment               // of wrong flags
	internal   bool                    // discarded from an external peer (RFC 7606 §7.5, 7.9, 7.10)
	as2        bool                    // discarded from a speaker of 4-octet AS numbers (RFC 6793 §4.1)
	mandatory  bool
	anyContent bool // no length is wrong, or which is can't be said by length alone
	length     byte // subcode of a wrong length
}

func octets(v ...byte) func(*Session) []byte { return func(*Session) []byte { return v } }

func specs() []spec {
	aggregator := func(s *Session) []byte { return join(asOctets(s.AS4, 64500), []byte{192, 0, 2, 1}) }
	path := func(s *Session) []byte { return join(s.path(), Segment(2, s.AS4, 64500)) }
	return []spec{
		{name: "origin", kind: 1, flags: Transitive, rfc: "RFC 7606 §7.1", value: octets(0), other: octets(2), treat: Withdraw, conflict: Withdraw, mandatory: true, length: 5},
		{name: "as-path", kind: 2, flags: Transitive, rfc: "RFC 7606 §7.2", value: (*Session).path, other: path, treat: Withdraw, conflict: Withdraw, mandatory: true, anyContent: true},
		{name: "next-hop", kind: 3, flags: Transitive, rfc: "RFC 7606 §7.3", value: func(s *Session) []byte { return s.NextHop[:] }, other: octets(192, 0, 2, 77), treat: Withdraw, conflict: Withdraw, mandatory: true, length: 5},
		{name: "med", kind: 4, flags: Optional, rfc: "RFC 7606 §7.4", value: octets(0, 0, 0, 10), other: octets(0, 0, 0, 11), treat: Withdraw, conflict: Withdraw, length: 5},
		{name: "local-pref", kind: 5, flags: Transitive, rfc: "RFC 7606 §7.5", value: octets(0, 0, 0, 100), other: octets(0, 0, 0, 200), treat: Withdraw, conflict: Withdraw, internal: true, length: 5},
		{name: "atomic-aggregate", kind: 6, flags: Transitive, rfc: "RFC 7606 §7.6", value: octets(), other: octets(), treat: Discard, conflict: Withdraw, length: 5},
		{name: "aggregator", kind: 7, flags: Optional | Transitive, rfc: "RFC 7606 §7.7", value: aggregator, other: aggregator, treat: Discard, conflict: Withdraw, length: 5},
		{name: "communities", kind: 8, flags: Optional | Transitive, rfc: "RFC 7606 §7.8", value: octets(0xfb, 0xf4, 0, 1), other: octets(0xfb, 0xf4, 0, 2), unit: 4, treat: Withdraw, conflict: Withdraw, length: 5},
		{name: "originator-id", kind: 9, flags: Optional, rfc: "RFC 7606 §7.9", value: octets(10, 9, 9, 9), other: octets(10, 9, 9, 8), treat: Withdraw, conflict: Withdraw, internal: true, length: 5},
		{name: "cluster-list", kind: 10, flags: Optional, rfc: "RFC 7606 §7.10", value: octets(10, 9, 9, 9), other: octets(10, 9, 9, 8), unit: 4, treat: Withdraw, conflict: Withdraw, internal: true, length: 5},
		{name: "extended-communities", kind: 16, flags: Optional | Transitive, rfc: "RFC 7606 §7.14", value: octets(0, 2, 0xfb, 0xf4, 0, 0, 0, 1), other: octets(0, 2, 0xfb, 0xf4, 0, 0, 0, 2), unit: 8, treat: Withdraw, conflict: Withdraw, length: 5},
		{name: "as4-path", kind: 17, flags: Optional | Transitive, rfc: "RFC 6793 §6", value: octets(2, 1, 0, 1, 0, 0), other: octets(2, 1, 0, 1, 0, 1), treat: Discard, conflict: Withdraw, as2: true},
		{name: "as4-aggregator", kind: 18, flags: Optional | Transitive, rfc: "RFC 6793 §6", value: octets(0, 1, 0, 0, 192, 0, 2, 1), other: octets(0, 1, 0, 1, 192, 0, 2, 1), treat: Discard, conflict: Withdraw, as2: true},
		{name: "pmsi-tunnel", kind: 22, flags: Optional | Transitive, rfc: rfcPMSI, value: octets(0, 6, 0, 1, 0, 192, 0, 2, 1), other: octets(0, 0, 0, 1, 0), treat: Withdraw, conflict: Withdraw, anyContent: true},
		{name: "tunnel-encapsulation", kind: 23, flags: Optional | Transitive, rfc: rfcTunnel, value: octets(0, 2, 0, 0), other: octets(0, 7, 0, 0), treat: Withdraw, conflict: Withdraw, anyContent: true},
		{name: "ipv6-extended-communities", kind: 25, flags: Optional | Transitive, rfc: "RFC 7606 §7.15", value: func(*Session) []byte { return fill(20, 1) }, other: func(*Session) []byte { return fill(20, 2) }, unit: 20, treat: Withdraw, conflict: Withdraw, length: 5},
		{name: "aigp", kind: 26, flags: Optional, rfc: "RFC 7311 §3", value: octets(1, 0, 11, 0, 0, 0, 0, 0, 0, 0, 9), other: octets(1, 0, 11, 0, 0, 0, 0, 0, 0, 0, 8), treat: Discard, conflict: Discard},
		{name: "large-communities", kind: 32, flags: Optional | Transitive, rfc: "RFC 8092 §6", value: func(*Session) []byte { return fill(12, 1) }, other: func(*Session) []byte { return fill(12, 2) }, unit: 12, treat: Withdraw, conflict: Withdraw, length: 5},
		{name: "prefix-sid", kind: 40, flags: Optional | Transitive, rfc: rfcPrefixSID, value: octets(1, 0, 7, 0, 0, 0, 0, 0, 1, 44), other: octets(1, 0, 7, 0, 0, 0, 0, 0, 1, 45), treat: Discard, conflict: Withdraw, anyContent: true},
		{name: "attr-set", kind: 128, flags: Optional | Transitive, rfc: rfcSet, value: octets(0, 0, 0xfb, 0xf4), other: octets(0, 0, 0xfb, 0xf5), treat: Withdraw, conflict: Withdraw, anyContent: true},
		{name: "otc", kind: 35, flags: Optional | Transitive, rfc: "RFC 9234 §5", value: octets(0, 0, 0xfb, 0xf4), other: octets(0, 0, 0xfb, 0xf5), treat: Withdraw, conflict: Withdraw, length: 5},
	}
}

// attributes are the cases that every attribute has alike.
func attributes(s *Session) []Case {
	var l [][]Case
	for _, a := range specs() {
		l = append(l, s.flagCases(&a), s.duplicates(&a))
		if !a.anyContent {
			l = append(l, s.sizes(&a))
		}
		if a.mandatory {
			l = append(l, []Case{row("attribute/"+a.name+"/missing", "RFC 7606 §3.d", treat(Withdraw), func() []byte { return s.announce(s.base(a.kind)) })})
		}
	}
	return slices.Concat(l...)
}

// forced is what the session makes of an attribute whatever its value: nothing
// in most cases.
func (s *Session) forced(a *spec, t Treatment) Treatment {
	if a.internal && !s.Internal {
		return Discard
	}
	return t
}

// valid is the treatment of the attribute as it should be.
func (s *Session) valid(a *spec) Treatment {
	if a.as2 && s.AS4 {
		return Discard
	}
	return s.forced(a, Accept)
}

func (s *Session) flagCases(a *spec) []Case {
	with := func(flags byte) func() []byte {
		return func() []byte { return s.announce(s.base(a.kind), Attr(flags, a.kind, a.value(s))) }
	}
	name := "attribute/" + a.name + "/flags-"
	conflict := treat(s.forced(a, a.conflict))
	return []Case{
		row(name+"optional", "RFC 7606 §3.c", conflict, with(a.flags^Optional)),
		row(name+"transitive", "RFC 7606 §3.c", conflict, with(a.flags^Transitive)),
		row(name+"both", "RFC 7606 §3.c", conflict, with(a.flags^Optional^Transitive)),
		row(name+"partial", "RFC 7606 §3.c", treat(s.valid(a)), with(a.flags|Partial)),
		row(name+"extended", "RFC 4271 §4.3", treat(s.valid(a)), with(a.flags|Extended)),
		row(name+"unused", "RFC 4271 §4.3", treat(s.valid(a)), with(a.flags|0x0f)),
		row("attribute/"+a.name+"/valid", a.rfc, treat(s.valid(a)), with(a.flags)),
		row("attribute/"+a.name+"/first", "RFC 4271 §5", treat(s.valid(a)), func() []byte {
			return s.announce(Attr(a.flags, a.kind, a.value(s)), s.base(a.kind))
		}),
	}
}

func (s *Session) duplicates(a *spec) []Case {
	twice := func(v func(*Session) []byte) func() []byte {
		return func() []byte {
			return s.announce(s.base(a.kind), Attr(a.flags, a.kind, a.value(s)), Attr(a.flags, a.kind, v(s)))
		}
	}
	return []Case{
		row("attribute/"+a.name+"/twice-same", "RFC 7606 §3.g", treat(Discard), twice(a.value)),
		row("attribute/"+a.name+"/twice-different", "RFC 7606 §3.g", treat(Discard), twice(a.other)),
	}
}

// sizes are the lengths that the attribute may not have, and long ones that it
// may.
func (s *Session) sizes(a *spec) []Case {
	sized := func(name string, t Treatment, v []byte) Case {
		return row("attribute/"+a.name+"/"+name, a.rfc, treat(s.forced(a, t)), func() []byte {
			return s.announce(s.base(a.kind), Attr(a.flags, a.kind, v))
		})
	}
	value := a.value(s)
	l := []Case{sized("length+1", a.treat, append(value[:len(value):len(value)], 0))}
	if len(value) > 0 {
		l = append(l, sized("length-0", a.treat, nil), sized("length-1", a.treat, value[:len(value)-1]))
	}
	if a.unit > 4 { // a multiple of what others take
		l = append(l, sized("length+4", a.treat, append(value[:len(value):len(value)], 0, 0, 0, 0)))
	}
	if a.unit == 0 {
		l = append(l, sized("large", a.treat, fill(300, 0)))
	} else {
		l = append(l,
			sized("large", s.valid(a), fill(a.unit*(300/a.unit+1), 0)),
			sized("large+1", a.treat, fill(a.unit*(300/a.unit+1)+1, 0)))
	}
	if a.length > 0 && a.treat == Withdraw && s.forced(a, a.treat) == a.treat {
		// RFC 7606 §5.2: without NLRI, withdrawing is not enough.
		l = append(l, row("attribute/"+a.name+"/length+1-without-nlri", "RFC 7606 §5.2", update(a.length), func() []byte {
			return UpdateOf(nil, join(s.base(a.kind), Attr(a.flags, a.kind, value, []byte{0})), nil)
		}))
	}
	if a.treat == Discard {
		l = append(l, row("attribute/"+a.name+"/length+1-without-nlri", "RFC 7606 §5.2", treat(Discard), func() []byte {
			return UpdateOf(nil, join(s.base(a.kind), Attr(a.flags, a.kind, value, []byte{0})), nil)
		}))
	}
	return l
}
