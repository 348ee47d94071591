package codec

import "encoding/binary"

// flowKind is what tells the four flow families apart.
type flowKind struct{ v6, vpn bool }

// flowSpec is the stanza of a flow family: components (RFC 8955 §4.2, RFC 8956
// §3), in the VPN families after a route distinguisher (RFC 8955 §8).
func flowSpec(f Family) familySpec {
	k := flowKind{v6: f.AFI() == AFIIPv6, vpn: f&1 == 0}
	s := familySpec{
		family: f,
		next:   nextFlow, valid: k.valid, canonical: k.canonical,
		appendText: k.appendText, appendJSON: k.appendJSON,
		grammar:    k.grammar(),
		nextHops:   []int{0, 4, 16, 32},
		ownNextHop: true,
	}
	if k.v6 {
		s.appendExaBGP = k.appendExaBGP
	}
	return s
}

// flowLong marks a length of two octets, the lower 12 bits of them (RFC 8955
// §4.1).
const flowLong = 0xf0

// maxFlow is the longest NLRI, its length not counted.
const maxFlow = 0xfff

// cutFlow splits an NLRI into its length and what follows; 0 where b does not
// hold a whole one.
func cutFlow(b []byte) (head, size int) {
	if len(b) == 0 {
		return 0, 0
	}
	head, size = 1, int(b[0])
	if b[0] >= flowLong {
		if len(b) < 2 {
			return 0, 0
		}
		head, size = 2, int(binary.BigEndian.Uint16(b)&maxFlow)
	}
	if head+size > len(b) {
		return 0, 0
	}
	return head, size
}

func nextFlow(b []byte) int {
	head, size := cutFlow(b)
	return head + size
}

// components is where the components of a whole NLRI begin; -1 where it is too
// short for a route distinguisher.
func (k flowKind) components(nlri []byte) int {
	head, size := cutFlow(nlri)
	if k.vpn {
		head, size = head+rdLen, size-rdLen
	}
	if head == 0 || size < 0 {
		return -1
	}
	return head
}

// valid reports whether the components parse, as RFC 8956 has them or, with
// the whole address in a prefix that has an offset, as ExaBGP and the drafts
// before it.
func (k flowKind) valid(nlri []byte) bool {
	at := k.components(nlri)
	return at >= 0 && (k.walk(nlri[at:], false) || k.walk(nlri[at:], true))
}

// walk reports whether b is a run of components.
func (k flowKind) walk(b []byte, draft bool) bool {
	last := byte(0)
	for len(b) > 0 {
		n := k.component(b, last, draft)
		if n == 0 {
			return false
		}
		last, b = b[0], b[n:]
	}
	return true
}

// component is the length of the component at the start of b; 0 where it is
// malformed. Types come "in increasing numerical order", each "exactly once"
// (RFC 8955 §4.2).
func (k flowKind) component(b []byte, last byte, draft bool) int {
	t := b[0]
	if t <= last || int(t) >= len(flowComponents) || t == flowLabel && !k.v6 {
		return 0
	}
	if flowComponents[t].prefix {
		return k.prefix(b, draft)
	}
	for n := 1; n < len(b); {
		op := b[n]
		n += 1 + 1<<(op>>4&3)
		if n > len(b) {
			return 0
		}
		if op&flowEnd != 0 {
			return n
		}
	}
	return 0
}

// prefix is the length of a prefix component. An IPv6 one has an offset, which
// is below the length or 0 (RFC 8956 §3.1), and holds the bits after it.
func (k flowKind) prefix(b []byte, draft bool) int {
	n, bits, max := 2, 0, 32
	if k.v6 {
		n, max = 3, 128
	}
	if len(b) < n {
		return 0
	}
	bits = int(b[1])
	if bits > max {
		return 0
	}
	if k.v6 && b[2] != 0 {
		if int(b[2]) >= bits {
			return 0
		}
		if !draft {
			bits -= int(b[2])
		}
	}
	if n += prefixOctets(bits); n > len(b) {
		return 0
	}
	return n
}

// canonical appends the NLRI with the shortest length, trailing bits of
// prefixes and reserved bits of operators cleared, and the first operator of a
// component without its AND bit, which is to be "treated as always unset" (RFC
// 8955 §4.2.1.1). A malformed one stays as it is.
func (k flowKind) canonical(b, nlri []byte) []byte {
	at := k.components(nlri)
	if at < 0 || !k.valid(nlri) {
		return append(b, nlri...)
	}
	head, _ := cutFlow(nlri)
	draft := !k.walk(nlri[at:], false)
	start := len(b)
	b = append(b, 0, 0)
	b = append(b, nlri[head:at]...)
	last := byte(0)
	for body := nlri[at:]; len(body) > 0; {
		n := k.component(body, last, draft)
		if c := body[:n]; !flowComponents[c[0]].prefix {
			b = appendOperators(b, c)
		} else if k.v6 {
			b = append(b, c[:3]...)
			b = append(b, flowPattern(c, draft)...)
		} else {
			b = append(b, c[0])
			b = appendMasked(b, c[1:])
		}
		last, body = body[0], body[n:]
	}
	return sealFlow(b, start)
}

// sealFlow writes the length into the two octets at start, and takes one off
// where one does.
func sealFlow(b []byte, start int) []byte {
	size := len(b) - start - 2
	if size < flowLong {
		b[start] = byte(size)
		return append(b[:start+1], b[start+2:]...)
	}
	b[start], b[start+1] = flowLong|byte(size>>8), byte(size)
	return b
}

// appendOperators appends the operators and values of a component.
func appendOperators(b, c []byte) []byte {
	reserved := byte(0x08)
	if flowComponents[c[0]].bitmask {
		reserved = 0x0c
	}
	b = append(b, c[0])
	for i := 1; i < len(c); {
		op := c[i] &^ reserved
		if i == 1 {
			op &^= flowAnd
		}
		n := 1 << (op >> 4 & 3)
		b = append(b, op)
		b = append(b, c[i+1:i+1+n]...)
		i += 1 + n
	}
	return b
}

// flowPattern is the masked bits of an IPv6 prefix component after its offset.
func flowPattern(c []byte, draft bool) []byte {
	bits, offset := int(c[1]), int(c[2])
	v := append([]byte(nil), c[3:]...)
	if draft {
		v = shiftBits(v, offset)
	}
	bits -= offset
	v = v[:prefixOctets(bits)]
	if r := bits % 8; r != 0 {
		v[len(v)-1] &= 0xff << (8 - r)
	}
	return v
}

// shiftBits moves v by n bits: towards its start, or away from it with n < 0,
// where it grows.
func shiftBits(v []byte, n int) []byte {
	if n < 0 {
		v = append(make([]byte, (-n+7)/8), v...)
		n += (-n + 7) / 8 * 8 // move whole octets away, and the rest back
	}
	v = v[n/8:]
	if r := n % 8; r != 0 {
		for i := range v {
			v[i] <<= r
			if i+1 < len(v) {
				v[i] |= v[i+1] >> (8 - r)
			}
		}
	}
	return v
}

// appendExaBGP appends an NLRI with whole addresses where RFC 8956 has them
// begin at the offset.
func (k flowKind) appendExaBGP(b []byte, wire string) []byte {
	nlri := []byte(wire)
	at := k.components(nlri)
	if at < 0 || !k.walk(nlri[at:], false) {
		return append(b, wire...)
	}
	start := len(b)
	head, _ := cutFlow(nlri)
	b = append(b, 0, 0)
	b = append(b, nlri[head:at]...)
	for body := nlri[at:]; len(body) > 0; {
		n := k.component(body, 0, false)
		if c := body[:n]; flowComponents[c[0]].prefix && c[2] != 0 {
			v := shiftBits(c[3:], -int(c[2]))
			b = append(b, c[:3]...)
			b = append(b, v[:prefixOctets(int(c[1]))]...)
		} else {
			b = append(b, c...)
		}
		body = body[n:]
	}
	if len(b)-start-2 > maxFlow {
		return append(b[:start], wire...)
	}
	return sealFlow(b, start)
}
