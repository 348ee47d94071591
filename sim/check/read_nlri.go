package check

import (
	"encoding/binary"
	"slices"

	"github.com/peerloom/peerloom/codec"
)

func wireFamily(f codec.Family) inFamily { return inFamily{uint16(f >> 16), uint8(f)} }

func codecFamily(f inFamily) codec.Family { return codec.Family(f.afi)<<16 | codec.Family(f.safi) }

// nlri appends the NLRI of a run to list; false where it is none (RFC 7606 §5.3).
func (r *reader) nlri(list []codec.NLRI, f codec.Family, b []byte, withdrawn bool) ([]codec.NLRI, bool) {
	family := wireFamily(f)
	s := family.shape()
	paths := slices.Contains(r.options.AddPath, f) && (s.bits > 0 || family.framed())
	for len(b) > 0 {
		n := codec.NLRI{Family: f}
		if paths {
			if len(b) < 5 {
				return list, false
			}
			n.PathID, b = binary.BigEndian.Uint32(b), b[4:]
		}
		end := family.octets(s, b)
		if end == 0 || end > len(b) {
			return list, false
		}
		var ok bool
		if n.Wire, ok = r.canonical(family, s, b[:end], withdrawn); !ok {
			return list, false
		}
		list, b = append(list, n), b[end:]
	}
	return list, true
}

// framed: each NLRI of the family says how long it is.
func (f inFamily) framed() bool { return f.octets(inShape{}, []byte{0, 0, 0, 0, 0}) < 5 }

// octets is how long the NLRI at the start of b is, by its own word; 0: it is cut
// off. A family without a rule is one NLRI.
func (f inFamily) octets(s inShape, b []byte) int {
	prefix, ip := s.bits > 0, f.afi == 1 || f.afi == 2
	typed, two := 0, 0 // where a length of one octet, or of two, stands
	switch {
	case prefix:
	case ip && (f.safi == 133 || f.safi == 134): // RFC 8955 §4.1
		if b[0] < 0xf0 {
			return 1 + int(b[0])
		}
		if len(b) < 2 {
			return 0
		}
		return 2 + be16(b)&0xfff
	case f == inFamily{1, 132}, ip && f.safi == 73: // RFC 4684 §4, RFC 9830 §2.1
		prefix = true
	case f == inFamily{25, 70}, ip && f.safi == 5: // RFC 7432 §7, RFC 6514 §4
		typed = 1
	case ip && f.safi == 85: // draft-ietf-bess-mup-safi §3.1
		typed = 3
	case f == inFamily{16388, 71}, f == inFamily{16388, 72}: // RFC 9552 §5.2
		two = 2
	case f == inFamily{25, 65}: // RFC 4761 §3.2.2
		return twoOctets(b, 0)
	default:
		return len(b)
	}
	switch {
	case prefix:
		return 1 + (int(b[0])+7)/8
	case two > 0:
		return twoOctets(b, two)
	case len(b) <= typed:
		return 0
	}
	return 1 + typed + int(b[typed])
}

// twoOctets is where what has a length of two octets at b[at:] ends; 0: nowhere.
func twoOctets(b []byte, at int) int {
	if len(b) < at+2 {
		return 0
	}
	return at + 2 + be16(b[at:])
}

// canonical is one NLRI as values have it; false where its length can't be.
func (r *reader) canonical(f inFamily, s inShape, b []byte, withdrawn bool) (string, bool) {
	var room [64]byte
	wire := append(room[:0], b...)
	bits := int(b[0])
	switch {
	case f == inFamily{1, 132}:
		return string(masked(wire)), true
	case s.bits == 0 && f.afi == 2 && (f.safi == 133 || f.safi == 134):
		return string(flowAtOffset(wire, f.safi == 134)), true
	case s.bits == 0:
		return string(wire), true
	case !s.labeled:
		return string(masked(wire)), bits <= s.bits
	}
	labels, ok := s.labels(b, withdrawn)
	rest := bits - 8*(labels+s.rd)
	if !ok || rest < 0 || rest > s.bits {
		return "", false
	}
	masked(wire)
	bottom := wire[labels]&1 == 1
	none := wire[1] == 0x80 && wire[2] == 0 && wire[3] == 0
	switch {
	case !withdrawn && !bottom && !none:
		// "This 1-bit field MUST be set to one on transmission" (RFC 8277 §2.2).
		r.slips("a label at the bottom of its stack has no S bit")
		wire[labels] |= 1
	case withdrawn && !(labels == 3 && bottom):
		// The Compatibility field says nothing (RFC 8277 §2.4).
		wire = append(append(room[:0], byte(bits-8*(labels-3)), 0x80, 0, 0), b[1+labels:]...)
		masked(wire)
	}
	return string(wire), true
}

// masked clears what follows the last bit that counts.
func masked(wire []byte) []byte {
	if bits := int(wire[0]); bits%8 != 0 {
		wire[(bits+7)/8] &= byte(0xff << (8 - bits%8))
	}
	return wire
}

// reach is MP_REACH_NLRI (RFC 4760 §3).
func (r *reader) reach(v []byte) {
	if len(v) < 5 || 5+int(v[3]) > len(v) {
		r.fail(inReset, "MP_REACH_NLRI is too short")
		return
	}
	f := inFamily{uint16(be16(v)), v[2]}
	if f == (inFamily{}) {
		return
	}
	hop, nlri := v[4:4+int(v[3])], v[5+int(v[3]):]
	if v[4+int(v[3])] != 0 {
		r.slips("the reserved octet of MP_REACH_NLRI is not zero")
	}
	s := f.shape()
	if !r.hopFits(f, s, len(hop)) {
		r.fail(inReset, "no next hop of the family is that long")
		return
	}
	if s.rd > 0 {
		hop = bareHop(hop, s.rd)
	}
	if (s.bits > 0 || f.framed()) && len(hop) > 0 && wrongHop(hop) {
		r.fail(inWithdraw, "the next hop is no address of a host")
	}
	var ok bool
	if r.announced, ok = r.nlri(r.announced, codecFamily(f), nlri, false); !ok {
		r.fail(inReset, "the NLRI of MP_REACH_NLRI are none of the family")
	}
	r.hop, r.reached = hop, len(nlri) > 0
}

// hopFits says whether a next hop of n octets can be one of the family.
func (r *reader) hopFits(f inFamily, s inShape, n int) bool {
	switch {
	case s.bits > 0:
		o := inOptions{}
		if slices.Contains(r.options.ExtendedNextHop, codecFamily(f)) {
			o.nextHop = append(o.nextHop, f)
		}
		return (&inRead{opts: &o}).hopFits(f, s, n)
	case !f.framed():
		return true
	case n == 0:
		return f.safi == 133 || f.safi == 134 // RFC 8955 §4
	}
	return n == 4 || n == 16 || n == 32
}

// bareHop is a next hop without route distinguishers, which are zero (RFC 4364
// §4.3.2).
func bareHop(hop []byte, rd int) []byte {
	size := len(hop) / hopCount(len(hop))
	var bare []byte
	for rest := hop; len(rest) > 0; rest = rest[size:] {
		for _, c := range rest[:rd] {
			if c != 0 {
				return hop
			}
		}
		bare = append(bare, rest[rd:size]...)
	}
	return bare
}

// unreach is MP_UNREACH_NLRI (RFC 4760 §4).
func (r *reader) unreach(v []byte) {
	if len(v) < 3 {
		r.fail(inReset, "MP_UNREACH_NLRI is too short")
		return
	}
	f := inFamily{uint16(be16(v)), v[2]}
	if f == (inFamily{}) {
		return
	}
	var ok bool
	if r.withdrawn, ok = r.nlri(r.withdrawn, codecFamily(f), v[3:], true); !ok {
		r.fail(inReset, "the NLRI of MP_UNREACH_NLRI are none of the family")
	}
}
