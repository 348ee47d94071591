package capture_test

import (
	"bytes"
	"slices"

	"github.com/peerloom/peerloom/cmd/internal/capture"
	"github.com/peerloom/peerloom/codec"
)

// canonicalisation is a difference between what was received and what we write
// of the same meaning. It works on octets, in the order of the table, and
// knows nothing of what the codec made of them.
type canonicalisation struct {
	name, rfc string
	update    func(u *rawUpdate, r *capture.Record)
	params    func(p []byte) []byte // optional parameters of an OPEN
}

var canonicalisations = []canonicalisation{
	{name: "a length of two octets only where it must be", rfc: "RFC 4271 §4.3: the Extended Length bit MAY be used only if the length is greater than 255", update: shortLength},
	{name: "unused flags are 0", rfc: "RFC 4271 §4.3: the lower-order four bits MUST be zero when sent and MUST be ignored when received", update: unusedFlags},
	{name: "unrecognized and transitive", rfc: "RFC 4271 §5: passed on with the Partial bit", update: markUnrecognized},
	{name: "the reserved octet is 0", rfc: "RFC 4760 §3: MUST be set to 0, and SHOULD be ignored upon receipt", update: reservedOctet},
	{name: "AS4_PATH anew", rfc: "RFC 6793 §4.2.3: put together with AS_PATH; §4.2.2: made of the whole path again, by us and so not Partial", update: newAS4Path},
	{name: "bits beyond the prefix are 0", rfc: "RFC 4271 §4.3: the value of trailing bits is irrelevant", update: maskPrefixes},
	{name: "attributes of no route", rfc: "RFC 4271 §4.3: a message that only withdraws will not include path attributes", update: attributesOfNone},
	{name: "attributes in order", rfc: "RFC 4271 §5: SHOULD be ordered by type; RFC 7606 §5.1: MP_REACH_NLRI or MP_UNREACH_NLRI SHALL be the very first", update: sortAttributes},
	{name: "one field an UPDATE", rfc: "RFC 7606 §5.1: SHOULD NOT contain more than one of Withdrawn Routes, NLRI, MP_REACH_NLRI and MP_UNREACH_NLRI", update: setApart},
	{name: "one capability a parameter", rfc: "RFC 5492 §4: a parameter has one or more, and an OPEN may have several parameters", params: oneEach},
}

// canonical is the message after all canonicalisations, and counts those that
// made a difference.
func canonical(r *capture.Record, met map[string]int) []byte {
	var u *rawUpdate
	last := r.Message
	if codec.TypeOf(r.Message) == codec.MsgUpdate {
		u = cutUpdate(r.Message)
		last = u.write()
	}
	for _, c := range canonicalisations {
		b := last
		switch {
		case c.update != nil && u != nil:
			c.update(u, r)
			b = u.write()
		case c.params != nil && codec.TypeOf(r.Message) == codec.MsgOpen:
			b = withParams(last, c.params)
		}
		if !bytes.Equal(b, last) {
			met[c.name]++
			last = b
		}
	}
	return last
}

// openFixed is where the optional parameters of an OPEN begin, in the form of
// RFC 4271 §4.2.
const openFixed = codec.HeaderLen + 10

// withParams is an OPEN with its optional parameters changed by f.
func withParams(msg []byte, f func([]byte) []byte) []byte {
	if len(msg) > openFixed && msg[openFixed] == 255 {
		return msg // the form of RFC 9072
	}
	b := append(slices.Clone(msg[:openFixed]), f(msg[openFixed:])...)
	b[openFixed-1] = byte(len(b) - openFixed)
	b[16], b[17] = byte(len(b)>>8), byte(len(b))
	return b
}

func oneEach(p []byte) []byte {
	var out []byte
	for len(p) > 0 {
		caps := p[2 : 2+int(p[1])]
		p = p[2+len(caps):]
		for len(caps) > 0 {
			n := 2 + caps[1]
			out = append(append(out, 2, n), caps[:n]...)
			caps = caps[n:]
		}
	}
	return out
}

// recognized are the attributes that an implementation of what we claim to
// implement recognizes.
var recognized = []codec.AttrType{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 14, 15, 16, 17, 18, 22, 23, 25, 26, 29, 32, 35, 40, 128}

func shortLength(u *rawUpdate, _ *capture.Record) {
	for i := range u.attrs {
		if len(u.attrs[i].value) <= 255 {
			u.attrs[i].flags &^= codec.FlagExtended
		}
	}
}

func unusedFlags(u *rawUpdate, _ *capture.Record) {
	for i := range u.attrs {
		u.attrs[i].flags &^= 0x0f
	}
}

func markUnrecognized(u *rawUpdate, _ *capture.Record) {
	for i := range u.attrs {
		if !slices.Contains(recognized, u.attrs[i].typ) {
			u.attrs[i].flags |= codec.FlagPartial
		}
	}
}

func reservedOctet(u *rawUpdate, _ *capture.Record) {
	if a := u.attr(codec.AttrMPReach); a != nil {
		a.value[4+int(a.value[3])] = 0
	}
}

// newAS4Path is for paths of one sequence; of others the captures have none.
func newAS4Path(u *rawUpdate, _ *capture.Record) {
	path, wide := u.attr(codec.AttrASPath), u.attr(codec.AttrAS4Path)
	if path == nil || wide == nil {
		return
	}
	lead := int(path.value[1]) - int(wide.value[1])
	value := []byte{2, path.value[1]}
	for i := range lead {
		value = append(value, 0, 0, path.value[2+2*i], path.value[3+2*i])
	}
	wide.value = append(value, wide.value[2:]...)
	wide.flags &^= codec.FlagPartial
}

func maskPrefixes(u *rawUpdate, r *capture.Record) {
	mask(u.withdrawn, r.Options.AddPath.Has(codec.IPv4Unicast))
	mask(u.nlri, r.Options.AddPath.Has(codec.IPv4Unicast))
	if a := u.attr(codec.AttrMPReach); a != nil && plain(a.family()) {
		mask(u.reachable(), r.Options.AddPath.Has(a.family()))
	}
	if a := u.attr(codec.AttrMPUnreach); a != nil && plain(a.family()) {
		mask(a.value[3:], r.Options.AddPath.Has(a.family()))
	}
}

// plain families have NLRI that are a length in bits and so many bits, the
// prefix last.
func plain(f codec.Family) bool {
	return (f.AFI() == 1 || f.AFI() == 2) && slices.Contains([]codec.SAFI{1, 2, 4, 128}, f.SAFI())
}

func mask(b []byte, addPath bool) {
	for len(b) > 0 {
		if addPath {
			b = b[4:]
		}
		n := 1 + (int(b[0])+7)/8
		if rest := b[0] % 8; rest != 0 {
			b[n-1] &= 0xff << (8 - rest)
		}
		b = b[n:]
	}
}

func attributesOfNone(u *rawUpdate, _ *capture.Record) {
	if len(u.nlri) == 0 && len(u.reachable()) == 0 {
		u.attrs = slices.DeleteFunc(u.attrs, func(a rawAttr) bool { return a.typ != codec.AttrMPUnreach })
	}
}

func sortAttributes(u *rawUpdate, _ *capture.Record) {
	rank := func(a rawAttr) int {
		if a.typ == codec.AttrMPReach || a.typ == codec.AttrMPUnreach {
			return int(a.typ) - 256
		}
		return int(a.typ)
	}
	slices.SortStableFunc(u.attrs, func(a, b rawAttr) int { return rank(a) - rank(b) })
}

// setApart leaves the End-of-RIB of IPv4 unicast, which has no field, as it is.
func setApart(u *rawUpdate, r *capture.Record) { u.apart = len(r.Message) > codec.HeaderLen+4 }
