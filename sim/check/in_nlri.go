package check

import (
	"encoding/binary"
	"slices"
)

// inShape is how NLRI of a family look: bits of an address (0: not known to
// the model), whether labels come first and how long a route distinguisher is.
type inShape struct {
	bits    int
	labeled bool
	rd      int
}

func (f inFamily) shape() inShape {
	s := inShape{bits: 32}
	if f.afi == 2 {
		s.bits = 128
	}
	switch {
	case f.afi != 1 && f.afi != 2:
		return inShape{}
	case f.safi == 1 || f.safi == 2:
	case f.safi == 4:
		s.labeled = true
	case f.safi == 128:
		s.labeled, s.rd = true, 8
	default:
		return inShape{}
	}
	return s
}

// nlri reads a run of NLRI; false where it is not syntactically correct (RFC
// 7606 §5.3).
func (r *inRead) nlri(f inFamily, b []byte, withdrawn bool) ([]inNLRI, bool) {
	s := f.shape()
	if s.bits == 0 {
		if l, known := r.flows(f, b, withdrawn); known {
			return l, true
		}
		if l, fits, known := r.strangers(f, b, withdrawn); known {
			return l, fits
		}
		return nil, r.other(f, b)
	}
	var l []inNLRI
	for len(b) > 0 {
		n := inNLRI{key: inKey{family: f}}
		if slices.Contains(r.opts.addPath, f) {
			if len(b) < 5 {
				return l, false
			}
			n.key.path, b = binary.BigEndian.Uint32(b), b[4:]
		}
		bits := int(b[0])
		end := 1 + (bits+7)/8
		if end > len(b) {
			return l, false
		}
		whole := b[:end]
		b = b[end:]
		skip := 0
		if s.labeled {
			var ok bool
			if skip, ok = s.labels(whole, withdrawn); !ok {
				return l, false
			}
		}
		rest := bits - 8*(skip+s.rd)
		if rest < 0 || rest > s.bits {
			return l, false
		}
		wire := slices.Clone(whole)
		if bits%8 != 0 {
			wire[end-1] &= byte(0xff << (8 - bits%8)) // "the value of trailing bits is irrelevant"
		}
		if skip == 3 && !withdrawn {
			oneLabel(wire)
		}
		n.wire = string(wire)
		n.key.wire = string(append([]byte{byte(bits - 8*skip)}, wire[1+skip:]...))
		l = append(l, n)
	}
	return l, true
}

// labels counts the octets of the labels at the start of an NLRI: up to the
// bottom of the stack where a prefix follows it (RFC 8277 §2.3), else the one
// whose S bit is not looked at (§2.2), and one in a withdrawal (§2.4).
func (s inShape) labels(b []byte, withdrawn bool) (int, bool) {
	if len(b) < 4 {
		return 0, false
	}
	if withdrawn && int(b[0])-8*(3+s.rd) <= s.bits {
		return 3, true
	}
	for at := 1; at+3 <= len(b) && 8*(at+2) <= int(b[0]); at += 3 {
		bottom := b[at+2]&1 == 1 || at == 1 && b[1] == 0x80 && b[2] == 0 && b[3] == 0
		if !bottom {
			continue
		}
		if rest := int(b[0]) - 8*(at+2+s.rd); withdrawn || rest >= 0 && rest <= s.bits {
			return at + 2, true
		}
		break
	}
	return 3, !withdrawn
}

// oneLabel gives the only label of an announcement the S bit that it has on
// transmission (RFC 8277 §2.2), but for the 0x800000 of a withdrawal.
func oneLabel(wire []byte) {
	if wire[1] != 0x80 || wire[2] != 0 || wire[3] != 0 {
		wire[3] |= 1
	}
}

// other looks at the framing of flow specifications (RFC 8955 §4.1). What is in
// them the model does not know.
func (r *inRead) other(f inFamily, b []byte) bool {
	if slices.Contains(r.opts.addPath, f) {
		r.unsure = true
		return true
	}
	r.unsure = r.unsure || len(b) > 0
	for len(b) > 0 {
		n := 0
		switch {
		case f.safi == 133 || f.safi == 134:
			n = 1 + int(b[0])
			if b[0] >= 0xf0 {
				if len(b) < 2 {
					return false
				}
				n = 2 + be16(b)&0xfff
			}
		default:
			return true
		}
		if n > len(b) {
			return false
		}
		b = b[n:]
	}
	return true
}

// reach is MP_REACH_NLRI (RFC 4760 §3); RFC 7606 §7.11 and §5.3.
func (r *inRead) reach(v []byte) {
	if len(v) < 5 || 5+int(v[3]) > len(v) {
		r.fail(inReset, subOptional)
		return
	}
	f := inFamily{uint16(be16(v)), v[2]}
	hop, nlri := v[4:4+int(v[3])], v[5+int(v[3]):]
	s := f.shape()
	if s.bits > 0 && !r.hopFits(f, s, len(hop)) {
		r.fail(inReset, subOptional)
		return
	}
	var ok bool
	if r.reached, ok = r.nlri(f, nlri, false); !ok {
		r.fail(inReset, subOptional)
		return
	}
	r.hasReach = true
	r.hasNLRI = r.hasNLRI || len(nlri) > 0
	if s.bits == 0 {
		r.ownHop(f, hop)
		return
	}
	if s.rd > 0 { // each address has a route distinguisher of zero before it
		var bare []byte
		for size := len(hop) / max(1, hopCount(len(hop))); len(hop) > 0; hop = hop[size:] {
			bare = append(bare, hop[s.rd:size]...)
		}
		hop = bare
	}
	if wrongHop(hop) {
		r.fail(inWithdraw, subNextHop)
	}
	r.nextHop = string(hop)
}

// hopCount is how many addresses a VPN next hop of n octets has.
func hopCount(n int) int {
	if n == 48 {
		return 2
	}
	return 1
}

// hopFits: RFC 4760 §3, RFC 2545 §3, RFC 4364 §4.3.2, RFC 4659 §3.2.1, RFC 8950
// §3, and the converse of the last, IPv4 next hops for IPv6.
func (r *inRead) hopFits(f inFamily, s inShape, n int) bool {
	four, six := n == 4+s.rd, n == 16+s.rd || n == 2*(16+s.rd)
	either := slices.Contains(r.opts.nextHop, f)
	if f.afi == 1 {
		return four || either && six
	}
	return six || either && four
}

func wrongHop(v []byte) bool {
	if len(v) == 4 {
		return judgeNextHop(v, true) != 0
	}
	zero := len(v) == 16
	for _, c := range v {
		zero = zero && c == 0
	}
	return zero || v[0] == 0xff
}

// unreach is MP_UNREACH_NLRI (RFC 4760 §4).
func (r *inRead) unreach(v []byte) {
	if len(v) < 3 {
		r.fail(inReset, subOptional)
		return
	}
	l, ok := r.nlri(inFamily{uint16(be16(v)), v[2]}, v[3:], true)
	if !ok {
		r.fail(inReset, subOptional)
		return
	}
	r.withdrawn = append(l, r.withdrawn...)
}
