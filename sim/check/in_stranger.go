package check

import (
	"bytes"
	"encoding/binary"
	"slices"

	"github.com/peerloom/peerloom/codec"
)

// inStranger is what the model knows of a family with a form of its own: where an
// NLRI ends, and which are malformed. keyOf says which are one route.
type inStranger struct {
	size     func(b []byte) int // octets of the first NLRI; 0: its length is cut off
	sound    func(nlri []byte) bool
	severity inTreat // of one that is not, where it is announced
}

func strangerOf(f inFamily) (inStranger, bool) {
	switch f {
	case inFamily{25, 70}: // EVPN, RFC 7432 §7
		return inStranger{typed, soundEVPN, inWithdraw}, true
	case inFamily{25, 65}: // VPLS, RFC 4761 §3.2.2
		return inStranger{func(b []byte) int { return headed(b, 0, 2) }, func(n []byte) bool { return len(n) == 19 }, inWithdraw}, true
	case inFamily{1, 132}: // route target membership, RFC 4684 §4
		return inStranger{inBits, func(n []byte) bool { return n[0] == 0 || n[0] >= 32 && n[0] <= 96 }, inWithdraw}, true
	case inFamily{1, 5}, inFamily{2, 5}: // MCAST-VPN, RFC 6514 §4
		return inStranger{typed, func(n []byte) bool { return soundMVPN(f.addrOctets(), n) }, inWithdraw}, true
	case inFamily{1, 73}, inFamily{2, 73}: // SR policy, RFC 9830 §2.1
		return inStranger{inBits, func(n []byte) bool { return int(n[0]) == 8*(8+f.addrOctets()) }, inWithdraw}, true
	case inFamily{16388, 71}: // BGP-LS; "NLRI discard", RFC 9552 §8.2.2
		return inStranger{func(b []byte) int { return headed(b, 2, 2) }, soundLinkState, inDiscard}, true
	}
	return inStranger{}, false
}

// addrOctets is the length of an address of the family.
func (f inFamily) addrOctets() int {
	if f.afi == 2 {
		return 16
	}
	return 4
}

// strangers reads a run of NLRI of such a family, of which those that are malformed
// are no routes; known is false for any other.
func (r *inRead) strangers(f inFamily, b []byte, withdrawn bool) (l []inNLRI, fits, known bool) {
	x, known := strangerOf(f)
	if !known {
		return nil, false, false
	}
	sound := true
	for len(b) > 0 {
		n := inNLRI{key: inKey{family: f}}
		if slices.Contains(r.opts.addPath, f) {
			if len(b) < 5 {
				return l, false, true
			}
			n.key.path, b = binary.BigEndian.Uint32(b), b[4:]
		}
		end := x.size(b)
		if end == 0 || end > len(b) {
			return l, false, true
		}
		if x.sound(b[:end]) {
			wire := bytes.Clone(b[:end])
			if f == (inFamily{1, 132}) {
				wire = masked(wire)
			}
			n.wire = string(wire)
			n.key.wire = keyOf(codec.NLRI{Family: codecFamily(f), Wire: n.wire}).Wire
			l = append(l, n)
		} else {
			sound = false
		}
		b = b[end:]
	}
	if !sound && withdrawn {
		r.fail(inDiscard, subOptional)
	} else if !sound {
		r.fail(x.severity, subOptional)
	}
	return l, true, true
}

// headed is an NLRI of so many octets, a length of so many, and what that says.
func headed(b []byte, before, size int) int {
	if len(b) < before+size {
		return 0
	}
	return before + size + number(b[before:before+size])
}

func typed(b []byte) int { return headed(b, 1, 1) }

// inBits is an NLRI with its length in bits before it.
func inBits(b []byte) int { return 1 + (int(b[0])+7)/8 }

// addressField is an address behind its length in bits, at the start of b; 0: it
// is none. A length of 0 is an address that is not there.
func addressField(b []byte, sizes ...int) int {
	if len(b) == 0 || b[0] != 0 && !slices.Contains(sizes, int(b[0])/8) || b[0]%8 != 0 {
		return 0
	}
	return 1 + int(b[0])/8
}

// soundEVPN takes a route apart: d route distinguisher, e Ethernet segment, t
// tag, m MAC, a address, l label, o label that may be missing, k the key of
// another route, f flags, r reserved
// octets and maximum response time, p prefix and gateway (RFC 7432 §7, RFC 9136
// §3.1, RFC 9251 §9, RFC 9572 §3). Any other type is opaque.
func soundEVPN(nlri []byte) bool {
	forms := [...]string{1: "detl", 2: "detmalo", 3: "dta", 4: "dea", 5: "detpl", 6: "dtaaaf", 7: "detaaaf", 8: "detaaarf", 10: "dtaaa", 11: "ka"}
	if int(nlri[0]) >= len(forms) || forms[nlri[0]] == "" {
		return nlri[0] != 9 || len(nlri) == 2+8+4+8
	}
	fixed := ['z' - 'a']int{'d' - 'a': 8, 'e' - 'a': 10, 't' - 'a': 4, 'l' - 'a': 3, 'f' - 'a': 1, 'r' - 'a': 5}
	b := nlri[2:]
	for _, field := range forms[nlri[0]] {
		n := 0
		switch field {
		case 'm':
			if len(b) > 0 && b[0] == 48 {
				n = 7
			}
		case 'a':
			n = addressField(b, 4, 16)
		case 'k':
			n = typed(b)
		case 'p': // "the total route length will indicate the type of prefix"
			octets := (len(b) - 4) / 2
			if (octets == 4 || octets == 16) && len(b) == 4+2*octets && int(b[0]) <= 8*octets {
				n = 1 + 2*octets
			}
		case 'o':
			if len(b) == 0 {
				continue
			}
			n = 3
		default:
			n = fixed[field-'a']
		}
		if n == 0 || n > len(b) {
			return false
		}
		b = b[n:]
	}
	return len(b) == 0
}

// soundMVPN is RFC 6514 §4.1 to §4.6, with the wildcards of RFC 6625 §2.1. A type
// that is not known is opaque.
func soundMVPN(octets int, nlri []byte) bool {
	const distinguisher, as = 8, 4
	before := [...]int{1: distinguisher, 2: distinguisher + as, 3: distinguisher, 5: distinguisher, 6: distinguisher + as, 7: distinguisher + as}
	kind, b := int(nlri[0]), nlri[2:]
	switch {
	case kind == 4: // a key, and the address of a router
		return len(b) > 4
	case kind >= len(before) || kind == 0:
		return true
	case len(b) < before[kind]:
		return false
	}
	b = b[before[kind]:]
	for i := 0; i < 2 && kind > 2; i++ { // source and group
		n := addressField(b, octets)
		if n == 0 || n > len(b) {
			return false
		}
		b = b[n:]
	}
	if kind == 1 || kind == 3 {
		return len(b) == 4 || len(b) == 16
	}
	return len(b) == 0
}

// soundLinkState is RFC 9552 §8.2.2: descriptors that end where the NLRI does, in
// the order of §5.1, and so in a node's descriptor, which has each once.
func soundLinkState(nlri []byte) bool {
	const local, remote = 256, 257
	switch number(nlri[:2]) {
	case 1, 2, 3, 4, 6:
	default:
		return true
	}
	if len(nlri) < 4+9 {
		return false
	}
	l, whole := records(nlri[4+9:], 2, wideLength)
	if !whole || !ascending(l, false) {
		return false
	}
	for _, d := range l {
		if d.kind != local && d.kind != remote {
			continue
		}
		if subs, whole := records(d.value, 2, wideLength); !whole || !ascending(subs, true) {
			return false
		}
	}
	return true
}

func ascending(l []record, once bool) bool {
	return slices.IsSortedFunc(l, func(a, b record) int {
		switch {
		case a.kind != b.kind:
			return a.kind - b.kind
		case once:
			return -1 // out of order, whichever comes first
		case len(a.value) != len(b.value):
			return len(a.value) - len(b.value)
		}
		return bytes.Compare(a.value, b.value)
	})
}
