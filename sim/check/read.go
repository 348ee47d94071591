package check

import (
	"encoding/binary"
	"slices"

	"github.com/peerloom/peerloom/codec"
)

// reader reads UPDATEs from their octets, by the RFCs alone: it shares the types
// of its values with codec and none of its code, so that a fault which an encoder
// and a decoder have in common shows. What it has read dies with its next call,
// but for the NLRI.
type reader struct {
	options   *codec.Options
	withdrawn []codec.NLRI // MP_UNREACH_NLRI first
	announced []codec.NLRI // MP_REACH_NLRI first
	// attrs are sorted by type and canonical, as in [InAttr]; NEXT_HOP is that of
	// MP_REACH_NLRI where there is no NLRI field.
	attrs codec.Attrs
	end   codec.Family // whose End-of-RIB it is; 0: none
	treat inTreat
	why   string // the first thing that is wrong
	// slip is what a receiver must bear and a sender may not do; "": nothing.
	slip string

	seen    [4]uint64 // types of attributes
	wide    [4]uint64 // those of fewer than 256 octets with the Extended Length bit
	classic int       // NLRI of the NLRI field
	reached bool      // MP_REACH_NLRI was there, with any octet of NLRI
	hop     []byte    // its next hop
	as4Path []byte
	as4Agg  []byte
	block   []byte
}

// wrong is what a sender should not have sent; "": nothing.
func (r *reader) wrong() string {
	if r.why != "" {
		return r.why
	}
	return r.slip
}

func (r *reader) fail(t inTreat, why string) {
	if r.why == "" {
		r.why = why
	}
	r.treat = max(r.treat, t)
}

func (r *reader) slips(why string) {
	if r.slip == "" {
		r.slip = why
	}
}

// lengthed takes a field behind its length of two octets off b.
func lengthed(b []byte) (field, rest []byte, ok bool) {
	if len(b) < 2 || 2+be16(b) > len(b) {
		return nil, nil, false
	}
	return b[2 : 2+be16(b)], b[2+be16(b):], true
}

// update reads one whole UPDATE (RFC 4271 §4.3), header included.
func (r *reader) update(msg []byte, o *codec.Options) {
	*r = reader{options: o, withdrawn: r.withdrawn[:0], announced: r.announced[:0], attrs: r.attrs[:0]}
	withdrawn, rest, ok := lengthed(msg[min(19, len(msg)):])
	block, nlri, ok2 := lengthed(rest)
	if !ok || !ok2 {
		r.fail(inReset, "the length of the withdrawn routes or of the attributes is too large")
		return
	}
	r.block = block
	r.walk(block)
	if r.treat == inReset {
		return
	}
	const unicast4 = 1<<16 | 1
	if r.withdrawn, ok = r.nlri(r.withdrawn, unicast4, withdrawn, true); !ok {
		r.fail(inReset, "the withdrawn routes are no run of prefixes")
		return
	}
	before := len(r.announced)
	if r.announced, ok = r.nlri(r.announced, unicast4, nlri, false); !ok {
		r.fail(inReset, "the NLRI field is no run of prefixes")
		return
	}
	r.classic = len(r.announced) - before
	r.whole(len(withdrawn)+len(nlri) == 0)
}

// walk takes the attributes one by one.
func (r *reader) walk(b []byte) {
	for len(b) > 0 && r.treat != inReset {
		head, n := 3, 0
		if b[0]&0x10 != 0 {
			head = 4
		}
		if len(b) >= head {
			n = int(b[2])
			if head == 4 {
				n = be16(b[2:])
			}
		}
		if head+n > len(b) {
			r.fail(inWithdraw, "an attribute is cut off") // RFC 7606 §4
			return
		}
		if head == 4 && n < 256 && (b[1] == 17 || b[1] == 18) {
			r.slips("an attribute of fewer than 256 octets that nobody asked for so has an extended length")
		} else if head == 4 && n < 256 {
			r.wide[b[1]/64] |= 1 << (b[1] % 64)
		}
		r.attribute(b[0], b[1], b[head:head+n])
		b = b[head+n:]
	}
}

// attribute takes one whole attribute.
func (r *reader) attribute(flags, t uint8, v []byte) {
	if r.has(t) {
		treat := inDiscard // RFC 7606 §3.g
		if t == 14 || t == 15 {
			treat = inReset
		}
		r.fail(treat, "an attribute comes twice")
		return
	}
	r.seen[t/64] |= 1 << (t % 64)
	rule, known := inRuleOf(t)
	if !known {
		r.unknown(flags, t, v)
		return
	}
	if rule.internal && !r.options.IBGP {
		r.fail(inDiscard, "an attribute of internal sessions")
		return
	}
	if flags&(flagOptional|flagTransitive) != rule.flags {
		treat := inWithdraw
		switch t {
		case 14, 15:
			treat = inReset
		case 26:
			treat = inDiscard
		}
		r.fail(treat, "the flags are not those of the attribute")
		return
	}
	// "The lower-order four bits … MUST be zero when sent"; "for well-known
	// attributes and for optional non-transitive attributes, the Partial bit MUST
	// be set to 0" (RFC 4271 §4.3).
	if flags&0x0f != 0 || flags&flagPartial != 0 && rule.flags != flagOptional|flagTransitive {
		r.slips("a flag is set that must be zero")
	}
	switch {
	case t == 14:
		r.reach(v)
	case t == 15:
		r.unreach(v)
	case rule.wrong(v, r.options.AS4) != 0:
		r.fail(rule.treat, "the value of an attribute is malformed")
	default:
		r.value(flags, t, v)
	}
}

// value keeps what is well formed, AS numbers with four octets (RFC 6793 §4.2).
func (r *reader) value(flags, t uint8, v []byte) {
	flags &= flagOptional | flagTransitive | flagPartial
	switch {
	case t == 17 || t == 18:
		switch {
		case r.options.AS4:
			r.fail(inDiscard, "AS4_PATH or AS4_AGGREGATOR between speakers of 4-octet AS numbers")
		case t == 17:
			if confederated(v) { // "MUST NOT" (RFC 6793 §3); a receiver passes over them
				r.slips("AS4_PATH has a confederation segment")
			}
			r.as4Path = v
		default:
			r.as4Agg = v
		}
		return
	case t == 2 && !r.options.AS4:
		v = widened(v)
	case t == 7 && !r.options.AS4:
		v = append([]byte{0, 0}, v...)
	}
	r.keep(flags, t, v)
}

// unknown is RFC 4271 §5.
func (r *reader) unknown(flags, t uint8, v []byte) {
	switch {
	case flags&flagOptional == 0:
		r.fail(inReset, "a well-known attribute that there is not")
	case flags&flagTransitive != 0:
		r.keep(flagOptional|flagTransitive|flagPartial, t, v)
	}
}

func (r *reader) has(t uint8) bool { return r.seen[t/64]&(1<<(t%64)) != 0 }

// confederated finds a confederation segment in a path of 4-octet AS numbers.
func confederated(path []byte) bool {
	for len(path) >= 2 {
		if path[0] == 3 || path[0] == 4 {
			return true
		}
		path = path[min(len(path), 2+4*int(path[1])):]
	}
	return false
}

// written are the attributes with the Extended Length bit where it is not needed:
// a command may ask for it (attribute [ CODE FLAGS VALUE ]), nothing else.
func (r *reader) written() codec.Attrs {
	for i, a := range r.attrs {
		if r.wide[a.Type/64]&(1<<(a.Type%64)) != 0 {
			r.attrs[i].Flags |= codec.FlagExtended
		}
	}
	return r.attrs
}

// keep puts an attribute at its place among those that are there.
func (r *reader) keep(flags, t uint8, v []byte) {
	r.attrs = append(r.attrs, codec.Attr{Type: codec.AttrType(t), Flags: codec.AttrFlags(flags), Value: v})
	for i := len(r.attrs) - 1; i > 0 && r.attrs[i-1].Type > r.attrs[i].Type; i-- {
		r.attrs[i-1], r.attrs[i] = r.attrs[i], r.attrs[i-1]
	}
}

func (r *reader) attr(t uint8) *codec.Attr {
	for i := range r.attrs {
		if r.attrs[i].Type == codec.AttrType(t) {
			return &r.attrs[i]
		}
	}
	return nil
}

// whole does what needs the whole message; bare: it has no classic routes.
func (r *reader) whole(bare bool) {
	announces := r.classic > 0 || r.reached
	if announces && (!r.has(1) || !r.has(2) || r.classic > 0 && !r.has(3)) {
		r.fail(inWithdraw, "ORIGIN, AS_PATH or NEXT_HOP is missing") // RFC 7606 §3.d
	}
	unreach := r.onlyUnreach()
	if !announces && !unreach && r.treat == inWithdraw {
		r.treat = inReset // RFC 7606 §5.2
	}
	if bare && r.why == "" {
		switch {
		case len(r.block) == 0:
			r.end = 1<<16 | 1
		case unreach && len(r.withdrawn) == 0 && len(r.block) < 8:
			v := r.block[len(r.block)-3:]
			r.end = codec.Family(be16(v))<<16 | codec.Family(v[2])
		}
	}
	if r.treat == inReset {
		return
	}
	r.merge()
	switch hop := r.attr(3); {
	case len(r.hop) == 0:
	case hop == nil:
		r.keep(flagTransitive, 3, r.hop)
	case r.classic == 0:
		hop.Value = r.hop
	}
}

// onlyUnreach: the attributes are one MP_UNREACH_NLRI.
func (r *reader) onlyUnreach() bool {
	b := r.block
	switch {
	case len(b) < 3 || b[1] != 15:
		return false
	case b[0]&0x10 != 0:
		return len(b) > 3 && 4+be16(b[2:]) == len(b)
	}
	return 3+int(b[2]) == len(b)
}

// merge is RFC 6793 §4.2.3.
func (r *reader) merge() {
	if agg := r.attr(7); agg != nil && r.as4Agg != nil {
		if binary.BigEndian.Uint32(agg.Value) != 23456 {
			return // "the AS4_AGGREGATOR attribute and the AS4_PATH attribute SHALL be ignored"
		}
		agg.Value = r.as4Agg
	}
	if path := r.attr(2); path != nil && r.as4Path != nil {
		path.Value = joined(path.Value, r.as4Path)
	}
}

// hops counts a segment of a path as RFC 4271 §9.1.2.2 and RFC 5065 §5.3 do.
func hops(kind, n uint8) int {
	switch kind {
	case 1:
		return 1
	case 2:
		return int(n)
	}
	return 0
}

func pathHops(path []byte) int {
	sum := 0
	for ; len(path) > 0; path = path[2+4*int(path[1]):] {
		sum += hops(path[0], path[1])
	}
	return sum
}

// joined is the path that an AS_PATH, already widened, and an AS4_PATH stand for:
// the front of the first by which it is longer, then the second. Confederation
// segments count for nothing, and stay with what is before them.
func joined(path, as4 []byte) []byte {
	lead := pathHops(path) - pathHops(as4)
	if lead < 0 {
		return path // "the AS4_PATH attribute SHALL be ignored"
	}
	var out []byte
	last := -1 // the last segment of out
	for done := false; len(path) > 0 && !done; path = path[2+4*int(path[1]):] {
		kind, n := path[0], int(path[1])
		count := hops(kind, path[1])
		if count > 0 && lead == 0 {
			break
		}
		if kind == 2 && count > lead {
			n, count, done = lead, lead, true
		}
		lead -= count
		last = len(out)
		out = append(append(out, kind, byte(n)), path[2:2+4*n]...)
	}
	// Sequences that meet are one.
	if last >= 0 && len(as4) > 0 && out[last] == 2 && as4[0] == 2 && int(out[last+1])+int(as4[1]) <= 255 {
		out[last+1] += as4[1]
		as4 = as4[2:]
	}
	return slices.Concat(out, as4)
}
