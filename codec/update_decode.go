package codec

import (
	"encoding/binary"
	"slices"
)

// typeSet is a set of attribute types.
type typeSet [256 / 64]uint64

// add puts t into the set; false where it was there.
func (s *typeSet) add(t AttrType) bool {
	was := s.has(t)
	s[t/64] |= 1 << (t % 64)
	return !was
}

func (s *typeSet) has(t AttrType) bool { return s[t/64]&(1<<(t%64)) != 0 }

// Decoder decodes UPDATEs, reusing its buffers. The zero value is ready.
type Decoder struct {
	u     Update
	attrs []Attr // backs u.Attrs
	reach []Attr // backs u.reach where it differs
	errs  []Error
	buf   []byte // values that are not as on the wire
	// seen and again are the types that came once and more than once.
	seen, again typeSet
	// Values that are merged into others at the end: RFC 6793 §4.2.3.
	as4Path, as4Aggregator []byte
	as4Set                 bool // a set was in AS4_PATH
}

// Update decodes one whole UPDATE message (header included; the framing has
// been checked by [Framer]). It always returns an Update: what is malformed is
// in Errs, with the RFC 7606 treatment.
func (d *Decoder) Update(msg []byte, o *Options) *Update {
	d.u = Update{AddPath: o.AddPath}
	d.attrs, d.errs, d.buf = d.attrs[:0], d.errs[:0], d.buf[:0]
	d.as4Path, d.as4Aggregator, d.as4Set = nil, nil, false
	d.seen, d.again = typeSet{}, typeSet{}
	if block, ok := d.split(msg); ok {
		d.attributes(block, o)
		d.finish(block, o)
	}
	d.u.Attrs, d.u.Errs = d.attrs, d.errs
	if d.u.reach == nil {
		d.u.reach = d.attrs
	}
	return &d.u
}

// fail notes something malformed.
func (d *Decoder) fail(treat Treatment, subcode uint8, t AttrType, data []byte, why string) {
	d.errs = append(d.errs, Error{
		Code: CodeUpdate, Subcode: subcode, Data: data, Attr: t, Treat: treat, Why: why,
	})
}

// fatal reports whether the session will be reset, so that nothing that
// follows matters.
func (d *Decoder) fatal() bool {
	return len(d.errs) > 0 && d.errs[len(d.errs)-1].Treat == TreatReset
}

// split finds the three fields of the body and gives the path attributes. "If
// the Withdrawn Routes Length or Total Attribute Length is too large … the
// Error Subcode MUST be set to Malformed Attribute List" (RFC 4271 §6.3).
func (d *Decoder) split(msg []byte) (attrs []byte, ok bool) {
	b := msg[min(HeaderLen, len(msg)):]
	withdrawn, b, ok := cutField(b)
	if !ok {
		d.fail(TreatReset, SubMalformedAttributeList, 0, nil, "Withdrawn Routes Length is too large")
		return nil, false
	}
	attrs, nlri, ok := cutField(b)
	if !ok {
		d.fail(TreatReset, SubMalformedAttributeList, 0, nil, "Total Path Attribute Length is too large")
		return nil, false
	}
	addPath := d.u.AddPath.Has(IPv4Unicast)
	spec := IPv4Unicast.spec()
	if !spec.wellFormed(withdrawn, addPath) {
		d.fail(TreatReset, SubInvalidNetworkField, 0, nil, "Withdrawn Routes do not parse")
	}
	if !spec.wellFormed(nlri, addPath) {
		d.fail(TreatReset, SubInvalidNetworkField, 0, nil, "Network Layer Reachability Information does not parse")
	}
	d.u.Withdrawn, d.u.NLRI = withdrawn, nlri
	return attrs, !d.fatal()
}

// cutField takes a field with its length of two octets off b.
func cutField(b []byte) (field, rest []byte, ok bool) {
	if len(b) < 2 {
		return nil, b, false
	}
	n := 2 + int(binary.BigEndian.Uint16(b))
	if n > len(b) {
		return nil, b, false
	}
	return b[2:n:n], b[n:], true
}

// attributes walks the path attributes. Each is skipped by its declared
// length, whatever is wrong with it.
func (d *Decoder) attributes(b []byte, o *Options) {
	if !o.AS4 {
		// Room for every AS_PATH at twice its size, so that one buffer does.
		d.buf = slices.Grow(d.buf, 4*len(b))
	}
	for len(b) > 0 && !d.fatal() {
		head := 3
		if AttrFlags(b[0])&FlagExtended != 0 {
			head = 4
		}
		if len(b) < head {
			// RFC 7606 §4: "treat-as-withdraw … and the rest are ignored".
			d.fail(TreatWithdraw, SubAttributeLength, 0, b, "attribute header cut off")
			return
		}
		size := int(b[2])
		if head == 4 {
			size = int(binary.BigEndian.Uint16(b[2:]))
		}
		if head+size > len(b) {
			d.fail(TreatWithdraw, SubAttributeLength, AttrType(b[1]), b, "attribute runs past Total Path Attribute Length")
			return
		}
		d.attribute(b[:head+size:head+size], head, o)
		b = b[head+size:]
	}
}

// attribute decodes one whole attribute: raw, whose value begins at head.
func (d *Decoder) attribute(raw []byte, head int, o *Options) {
	flags, t, v := AttrFlags(raw[0]), AttrType(raw[1]), raw[head:]
	spec := &attrTable[t]
	if !d.seen.add(t) {
		d.duplicate(t, raw)
		return
	}
	if !t.known() {
		d.unknown(flags, t, v, raw)
		return
	}
	if spec.internal && !o.IBGP {
		d.fail(TreatDiscard, SubOptionalAttribute, t, raw, "not allowed from an external peer")
		return
	}
	if flags&(FlagOptional|FlagTransitive) != spec.flags {
		d.conflict(t, raw)
		return
	}
	if spec.check != nil {
		if sub, why := spec.check(v, o.AS4); why != "" {
			treat := spec.treat
			if spec.treatOf != nil {
				treat = spec.treatOf(v)
			}
			d.fail(treat, sub, t, raw, why)
			return
		}
	}
	switch t {
	case AttrMPReach:
		d.mpReach(v, raw, o)
	case AttrMPUnreach:
		d.mpUnreach(v, raw)
	case AttrAS4Path, AttrAS4Aggregator:
		d.as4(t, v, raw, o)
	default:
		if spec.widen != nil && !o.AS4 {
			v = d.derive(func(b []byte) []byte { return spec.widen(b, v) })
		}
		if spec.flags == optionalTransitive {
			d.put(Attr{Type: t, Flags: spec.flags | flags&FlagPartial, Value: v})
		} else {
			d.put(Attr{Type: t, Flags: spec.flags, Value: v})
		}
	}
}

// conflict is a wrong Optional or Transitive bit: treat-as-withdraw "unless
// the specification for the attribute mandates different handling" (RFC 7606
// §3.c). It makes the two that carry NLRI incorrect (§5.3), and RFC 7311 §3
// wants AIGP discarded.
func (d *Decoder) conflict(t AttrType, raw []byte) {
	const why = "attribute flags conflict with its type"
	switch t {
	case AttrMPReach, AttrMPUnreach:
		d.fail(TreatReset, SubOptionalAttribute, t, raw, why)
	case AttrAIGP:
		d.fail(TreatDiscard, SubAttributeFlags, t, raw, why)
	default:
		d.fail(TreatWithdraw, SubAttributeFlags, t, raw, why)
	}
}

// duplicate is RFC 7606 §3.g: fatal for the two that carry NLRI; of any other
// "all the occurrences … other than the first one SHALL be discarded". It is
// noted once a type, so that a message of nothing else makes no long list.
func (d *Decoder) duplicate(t AttrType, raw []byte) {
	if !d.again.add(t) {
		return
	}
	treat := TreatDiscard
	if t == AttrMPReach || t == AttrMPUnreach {
		treat = TreatReset
	}
	d.fail(treat, SubMalformedAttributeList, t, raw, "attribute appears more than once")
}

// unknown is RFC 4271 §5: a well-known attribute must be known; an optional
// one is passed on with the Partial bit if it is transitive, else "quietly
// ignored".
func (d *Decoder) unknown(flags AttrFlags, t AttrType, v, raw []byte) {
	switch {
	case flags&FlagOptional == 0:
		d.fail(TreatReset, SubUnrecognizedWellKnown, t, raw, "unrecognized well-known attribute")
	case flags&FlagTransitive != 0:
		d.put(Attr{Type: t, Flags: optionalTransitive | FlagPartial, Value: v})
	}
}

// mpReach reads MP_REACH_NLRI (RFC 4760 §3). What it gets wrong can't be
// narrowed down to routes: session reset (RFC 7606 §7.11, §5.3).
func (d *Decoder) mpReach(v, raw []byte, o *Options) {
	if len(v) < 5 || 5+int(v[3]) > len(v) {
		d.fail(TreatReset, SubOptionalAttribute, AttrMPReach, raw, "MP_REACH_NLRI is too short")
		return
	}
	n := 4 + int(v[3])
	f := MakeFamily(AFI(binary.BigEndian.Uint16(v)), SAFI(v[2]))
	r := MPReach{Family: f, NextHop: v[4:n:n], NLRI: v[n+1:]}
	if f == 0 {
		return // reserved: like any other family that was not negotiated
	}
	spec := f.spec()
	switch {
	case !spec.allowsNextHop(spec.nextHopLen(len(r.NextHop)), o.ExtendedNextHop.Has(f)):
		d.fail(TreatReset, SubOptionalAttribute, AttrMPReach, raw, "next hop length does not fit the family")
		return
	case !spec.wellFormed(r.NLRI, o.AddPath.Has(f)):
		d.fail(TreatReset, SubOptionalAttribute, AttrMPReach, raw, "NLRI of MP_REACH_NLRI does not parse")
		return
	}
	if !spec.sound(r.NLRI, o.AddPath.Has(f)) {
		// Where each ends is known: the routes can be withdrawn, or it alone be
		// passed over ("NLRI discard", RFC 9552 §8.2.2).
		treat := TreatWithdraw
		if spec.ignoreInvalid {
			treat = TreatDiscard
		}
		d.fail(treat, SubOptionalAttribute, AttrMPReach, raw, "an NLRI of MP_REACH_NLRI is malformed")
	}
	if spec.rdNextHop {
		r.NextHop = d.withoutRD(r.NextHop)
	}
	if why := checkReachNextHop(spec, r.NextHop); why != "" {
		d.fail(TreatWithdraw, SubInvalidNextHop, AttrMPReach, raw, why)
	}
	d.u.Reach = r
}

// mpUnreach reads MP_UNREACH_NLRI (RFC 4760 §4).
func (d *Decoder) mpUnreach(v, raw []byte) {
	if len(v) < 3 {
		d.fail(TreatReset, SubOptionalAttribute, AttrMPUnreach, raw, "MP_UNREACH_NLRI is too short")
		return
	}
	f := MakeFamily(AFI(binary.BigEndian.Uint16(v)), SAFI(v[2]))
	if f == 0 {
		return // reserved: like any other family that was not negotiated
	}
	if !f.spec().inUnreach().wellFormed(v[3:], d.u.AddPath.Has(f)) {
		d.fail(TreatReset, SubOptionalAttribute, AttrMPUnreach, raw, "NLRI of MP_UNREACH_NLRI does not parse")
		return
	}
	if !f.spec().sound(v[3:], d.u.AddPath.Has(f)) {
		d.fail(TreatDiscard, SubOptionalAttribute, AttrMPUnreach, raw, "an NLRI of MP_UNREACH_NLRI is malformed")
	}
	d.u.Unreach = MPUnreach{Family: f, NLRI: v[3:]}
}

// as4 keeps AS4_PATH and AS4_AGGREGATOR of a 2-octet speaker for the merge.
// One of a 4-octet speaker MUST be discarded (RFC 6793 §4.1).
func (d *Decoder) as4(t AttrType, v, raw []byte, o *Options) {
	switch {
	case o.AS4:
		d.fail(TreatDiscard, SubOptionalAttribute, t, raw, "not allowed from a 4-octet AS speaker")
	case t == AttrAS4Path:
		d.as4Set = hasASSet(v)
		// RFC 6793 §6: confederation segments are dropped, the rest is used.
		d.as4Path = d.derive(func(b []byte) []byte { return appendAS4Path(b, v) })
	default:
		d.as4Aggregator = v
	}
}

// derive gives the bytes that f appends to the decoder's buffer.
func (d *Decoder) derive(f func(b []byte) []byte) []byte {
	start := len(d.buf)
	d.buf = f(d.buf)
	return d.buf[start:len(d.buf):len(d.buf)]
}

// put adds an attribute at its place: the set is sorted, the wire need not be.
func (d *Decoder) put(a Attr) {
	d.attrs = append(d.attrs, a)
	for i := len(d.attrs) - 1; i > 0 && d.attrs[i-1].Type > a.Type; i-- {
		d.attrs[i], d.attrs[i-1] = d.attrs[i-1], d.attrs[i]
	}
}

// attr is the attribute of type t read so far, or nil.
func (d *Decoder) attr(t AttrType) *Attr {
	i := Attrs(d.attrs).index(t)
	if i == len(d.attrs) || d.attrs[i].Type != t {
		return nil
	}
	return &d.attrs[i]
}

// finish does what needs the whole message.
func (d *Decoder) finish(block []byte, o *Options) {
	if d.fatal() {
		return
	}
	if len(d.u.NLRI) > 0 || len(d.u.Reach.NLRI) > 0 {
		d.mandatory()
	}
	d.missingNLRI(block)
	if o.NoASSet {
		d.asSets()
	}
	d.mergeAS4()
	d.nextHop()
	d.endOfRIB(block)
}

// missingNLRI is RFC 7606 §5.2: where there are path attributes other than
// MP_UNREACH_NLRI but no reachable NLRI, "we cannot be confident that the NLRI
// have been successfully parsed", so an error that asks for more than
// attribute discard asks for a session reset.
func (d *Decoder) missingNLRI(block []byte) {
	if len(d.u.NLRI) > 0 || len(d.u.Reach.NLRI) > 0 || d.onlyUnreach(block) {
		return
	}
	for i := range d.errs {
		if d.errs[i].Treat > TreatDiscard {
			d.errs[i].Treat = TreatReset
		}
	}
}

// onlyUnreach reports whether MP_UNREACH_NLRI is the whole of the block.
func (d *Decoder) onlyUnreach(block []byte) bool {
	if !d.seen.has(AttrMPUnreach) {
		return false
	}
	head := 3
	if AttrFlags(block[0])&FlagExtended != 0 {
		head = 4
	}
	return AttrType(block[1]) == AttrMPUnreach && len(block) == head+3+len(d.u.Unreach.NLRI)
}

// mandatory checks that the well-known mandatory attributes are there, well
// formed or not: "treat-as-withdraw" (RFC 7606 §3.d). An internal peer that
// leaves LOCAL_PREF out is not told so: RFC 4271 §5 does not call it mandatory.
func (d *Decoder) mandatory() {
	for _, t := range [...]AttrType{AttrOrigin, AttrASPath, AttrNextHop} {
		if t == AttrNextHop && len(d.u.NLRI) == 0 {
			continue // MP_REACH_NLRI has its own
		}
		if !d.seen.has(t) {
			d.fail(TreatWithdraw, SubMissingWellKnown, t, []byte{byte(t)}, "missing well-known attribute")
		}
	}
}

// asSets is RFC 9774 §3: "treat-as-withdraw … upon reception of BGP UPDATE
// messages containing AS_SETs or AS_CONFED_SETs in the AS_PATH or AS4_PATH".
func (d *Decoder) asSets() {
	const why = "AS_SET or AS_CONFED_SET in the path"
	if a := d.attr(AttrASPath); a != nil && hasASSet(a.Value) {
		d.fail(TreatWithdraw, SubMalformedASPath, AttrASPath, nil, why)
	}
	if d.as4Set {
		d.fail(TreatWithdraw, SubMalformedASPath, AttrAS4Path, nil, why)
	}
}

// mergeAS4 is RFC 6793 §4.2.3.
func (d *Decoder) mergeAS4() {
	if a := d.attr(AttrAggregator); a != nil && d.as4Aggregator != nil {
		if be32(a.Value) != ASTrans {
			return // both AS4_ attributes SHALL be ignored
		}
		a.Value = d.as4Aggregator
	}
	if a := d.attr(AttrASPath); a != nil && d.as4Path != nil {
		merged := true
		v := d.derive(func(b []byte) []byte {
			b, merged = mergeAS4Path(b, a.Value, d.as4Path)
			return b
		})
		if merged {
			a.Value = v
		}
	}
}

// nextHop puts the next hop of MP_REACH_NLRI, which may be none (RFC 8955 §4), into
// the attributes in the place of NEXT_HOP.
func (d *Decoder) nextHop() {
	hop := d.u.Reach.NextHop
	if d.u.Reach.Family == 0 {
		return
	}
	i := Attrs(d.attrs).index(AttrNextHop)
	if i == len(d.attrs) || d.attrs[i].Type != AttrNextHop {
		if len(hop) > 0 {
			d.put(Attr{Type: AttrNextHop, Flags: wellKnown, Value: hop})
		}
		return
	}
	attrs := &d.attrs
	if len(d.u.NLRI) > 0 {
		d.reach = append(d.reach[:0], d.attrs...)
		attrs = &d.reach
	}
	if len(hop) == 0 {
		*attrs = slices.Delete(*attrs, i, i+1)
	} else {
		(*attrs)[i].Value = hop
	}
	if len(d.u.NLRI) > 0 {
		d.u.reach = d.reach
	}
}

// endOfRIB recognises the marker of RFC 4724 §2 by what is on the wire, so
// that dropped or malformed attributes never make one.
func (d *Decoder) endOfRIB(block []byte) {
	switch {
	case len(d.u.Withdrawn)+len(d.u.NLRI)+len(d.errs) > 0:
	case len(block) == 0:
		d.u.eor = IPv4Unicast
	case len(d.u.Unreach.NLRI) == 0 && d.onlyUnreach(block):
		d.u.eor = d.u.Unreach.Family
	}
}
