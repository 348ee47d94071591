package codec

import "fmt"

// AppendAnnounce appends one UPDATE that announces as many of nlri (all of one
// family, in the order given) as fit into o.Max(), and says how many. n is 0
// with ErrTooLong where not even the first one fits. An IPv4 unicast NLRI with
// a 4-octet next hop goes into the classic fields, all else into MP_REACH_NLRI.
func AppendAnnounce(b []byte, o *Options, attrs Attrs, nlri []NLRI) (out []byte, n int, err error) {
	if len(nlri) == 0 {
		return b, 0, ErrNoNLRI
	}
	f := nlri[0].Family
	nextHop, has := attrs.Get(AttrNextHop)
	switch {
	case has && len(nextHop.Value) == 0:
		return b, 0, ErrNextHopSelf
	case !has && f.NeedsNextHop():
		return b, 0, ErrNoNextHop
	}
	start := len(b)
	b = appendHeader(b, MsgUpdate)
	b = append(b, 0, 0) // Withdrawn Routes Length
	if f == IPv4Unicast && len(nextHop.Value) == 4 {
		b, n = appendClassic(b, start, o, attrs, nlri)
	} else {
		b, n = appendReach(b, start, o, attrs, nextHop.Value, nlri)
	}
	if n == 0 {
		return b[:start], 0, ErrTooLong
	}
	return finish(b, start), n, nil
}

// AppendWithdraw appends one UPDATE that withdraws as many of nlri as fit.
// IPv4 unicast goes into Withdrawn Routes, without attrs; any other family into
// MP_UNREACH_NLRI, which is written first and followed by attrs (nil for none:
// RFC 4760 §4; ExaBGP sends those of the command for SAFIs other than unicast
// and multicast).
func AppendWithdraw(b []byte, o *Options, attrs Attrs, nlri []NLRI) (out []byte, n int, err error) {
	if len(nlri) == 0 {
		return b, 0, ErrNoNLRI
	}
	start := len(b)
	b = appendHeader(b, MsgUpdate)
	if nlri[0].Family == IPv4Unicast {
		at := len(b)
		b = append(b, 0, 0)
		b, n = appendNLRI(b, o, nlri[0].Family.spec(), nlri, o.Max()-(len(b)-start)-2)
		patchLen(b, at)
		b = append(b, 0, 0) // Total Path Attribute Length
	} else {
		b = append(b, 0, 0, 0, 0) // Withdrawn Routes Length, Total Path Attribute Length
		at := len(b)
		both := hasNextHop4(attrs) && !nlri[0].Family.spec().ownNextHop
		b = appendAttrs(b, o, attrs, both)
		after := len(b) - at
		b, n = appendMP(b[:at], o, AttrMPUnreach, nil, nlri, o.Max()-(at-start)-after)
		b = appendAttrs(b, o, attrs, both)
		patchLen(b, at-2)
	}
	if n == 0 || len(b)-start > o.Max() {
		return b[:start], 0, ErrTooLong
	}
	return finish(b, start), n, nil
}

// AppendEndOfRIB appends the End-of-RIB marker of f (RFC 4724 §2). The length
// of its MP_UNREACH_NLRI takes two octets, as ExaBGP writes it.
func AppendEndOfRIB(b []byte, f Family) []byte {
	start := len(b)
	b = appendHeader(b, MsgUpdate)
	if f == IPv4Unicast {
		b = append(b, 0, 0, 0, 0)
	} else {
		b = append(b, 0, 0, 0, 7, byte(FlagOptional|FlagExtended), byte(AttrMPUnreach), 0, 3)
		b = append(b, byte(f.AFI()>>8), byte(f.AFI()), byte(f.SAFI()))
	}
	return finish(b, start)
}

// appendClassic appends the attributes and the NLRI field (RFC 4271 §4.3) to
// a message that begins at start.
func appendClassic(b []byte, start int, o *Options, attrs Attrs, nlri []NLRI) ([]byte, int) {
	at := len(b)
	b = append(b, 0, 0)
	b = appendAttrs(b, o, attrs, true)
	if len(b)-start > o.Max() {
		return b, 0
	}
	patchLen(b, at)
	return appendNLRI(b, o, nlri[0].Family.spec(), nlri, o.Max()-(len(b)-start))
}

// appendReach appends the attributes, MP_REACH_NLRI among them.
func appendReach(b []byte, start int, o *Options, attrs Attrs, nextHop []byte, nlri []NLRI) ([]byte, int) {
	at := len(b)
	b = append(b, 0, 0)
	both := o.ReachLast && len(nextHop) == 4 && !nlri[0].Family.spec().ownNextHop
	b = appendAttrs(b, o, attrs, both)
	room := o.Max() - (len(b) - start)
	n := 0
	if o.ReachLast {
		b, n = appendMP(b, o, AttrMPReach, nextHop, nlri, room)
	} else {
		b, n = appendMP(b[:at+2], o, AttrMPReach, nextHop, nlri, room)
		b = appendAttrs(b, o, attrs, both)
	}
	if n > 0 {
		patchLen(b, at)
	}
	return b, n
}

// appendMP appends an MP_REACH_NLRI or MP_UNREACH_NLRI of at most room octets.
// Its length takes two octets only where it must.
func appendMP(b []byte, o *Options, t AttrType, nextHop []byte, nlri []NLRI, room int) ([]byte, int) {
	at, f := len(b), nlri[0].Family
	spec := f.spec()
	b = append(b, byte(FlagOptional|FlagExtended), byte(t), 0, 0)
	b = append(b, byte(f.AFI()>>8), byte(f.AFI()), byte(f.SAFI()))
	if t == AttrMPReach {
		b = spec.appendNextHop(b, nextHop)
		b = append(b, 0) // Reserved (RFC 4760 §3)
	} else {
		spec = spec.inUnreach()
	}
	fixed := len(b) - at
	// What fits with a length of one octet, then what only fits with two.
	b, n := appendNLRI(b, o, spec, nlri, min(room-(fixed-1), 255-(fixed-4)))
	b, more := appendNLRI(b, o, spec, nlri[n:], room-(len(b)-at))
	n += more
	if size := len(b) - at - 4; size <= 255 {
		b[at] &^= byte(FlagExtended)
		b[at+2] = byte(size)
		b = append(b[:at+3], b[at+4:]...)
	} else {
		patchLen(b, at+2)
	}
	return b, n
}

// appendNLRI appends as many of nlri as fit into room octets. All are of one
// family.
func appendNLRI(b []byte, o *Options, spec *familySpec, nlri []NLRI, room int) ([]byte, int) {
	if len(nlri) == 0 {
		return b, 0
	}
	f := nlri[0].Family
	addPath := o.AddPath.Has(f) && !spec.opaque()
	for i := range nlri {
		if nlri[i].Family != f {
			panic(fmt.Sprintf("codec: one UPDATE cannot carry both %v and %v", f, nlri[i].Family))
		}
		at := len(b)
		if addPath {
			b = appendU32(b, nlri[i].PathID) // RFC 7911 §3
		}
		b = spec.appendNLRI(b, o, nlri[i].Wire, room-(len(b)-at))
		if len(b)-at > room {
			return b[:at], i
		}
		room -= len(b) - at
	}
	return b, len(nlri)
}

// appendNLRI appends one NLRI as the session of o writes it. The form of
// ExaBGP gives way where only the shorter one fits.
func (s *familySpec) appendNLRI(b []byte, o *Options, wire string, room int) []byte {
	if s.appendWire != nil {
		return s.appendWire(b, wire)
	}
	if at := len(b); o.ReachLast && s.appendExaBGP != nil {
		if b = s.appendExaBGP(b, wire); len(b)-at <= room {
			return b
		}
		b = b[:at]
	}
	return append(b, wire...)
}

// appendAttrs appends attrs by type code, for the session of o. NEXT_HOP goes
// along only where asked for.
func appendAttrs(b []byte, o *Options, attrs Attrs, nextHop bool) []byte {
	var late [2]Attr // values to derive AS4_PATH and AS4_AGGREGATOR from
	n := 0
	for i := range attrs {
		a := &attrs[i]
		for n > 0 && attrTable[late[0].Type].shadow < a.Type {
			b = appendShadow(b, late[0])
			late[0], n = late[1], n-1
		}
		if a.Type == AttrNextHop && !nextHop {
			continue
		}
		spec := &attrTable[a.Type]
		if o.AS4 || spec.narrow == nil {
			b = appendAttr(b, *a)
			continue
		}
		b = appendDerived(b, a.Type, a.Flags, spec.narrow, a.Value)
		late[n] = *a
		n++
	}
	for i := range n {
		b = appendShadow(b, late[i])
	}
	return b
}

// appendAttr appends one attribute whose value is as on the wire.
func appendAttr(b []byte, a Attr) []byte {
	if len(a.Value) > 255 || a.Flags&FlagExtended != 0 {
		b = append(b, byte(a.Flags|FlagExtended), byte(a.Type), byte(len(a.Value)>>8), byte(len(a.Value)))
	} else {
		b = append(b, byte(a.Flags), byte(a.Type), byte(len(a.Value)))
	}
	return append(b, a.Value...)
}

// appendDerived appends an attribute of the value that derive makes of v.
func appendDerived(b []byte, t AttrType, flags AttrFlags, derive func(b, v []byte) []byte, v []byte) []byte {
	at := len(b)
	b = append(b, byte(flags|FlagExtended), byte(t), 0, 0)
	b = derive(b, v)
	if size := len(b) - at - 4; size <= 255 && flags&FlagExtended == 0 {
		b[at] &^= byte(FlagExtended)
		b[at+2] = byte(size)
		return append(b[:at+3], b[at+4:]...)
	}
	patchLen(b, at+2)
	return b
}

// appendShadow appends AS4_PATH or AS4_AGGREGATOR for a, where a loses
// anything towards a 2-octet speaker (RFC 6793 §4.2.2).
func appendShadow(b []byte, a Attr) []byte {
	spec := &attrTable[a.Type]
	at := len(b)
	b = appendDerived(b, spec.shadow, attrTable[spec.shadow].flags, spec.appendShadow, a.Value)
	if len(b) == at+3 {
		return b[:at] // nothing is lost
	}
	return b
}

func hasNextHop4(attrs Attrs) bool {
	nh, _ := attrs.Get(AttrNextHop)
	return len(nh.Value) == 4
}

// patchLen writes into the two octets at the number of octets after them.
func patchLen(b []byte, at int) {
	size := len(b) - at - 2
	b[at], b[at+1] = byte(size>>8), byte(size)
}
