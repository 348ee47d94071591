package check

import "slices"

// flows reads a run of flow specifications of IPv4 (RFC 8955 §4) of which each is
// written in the one way that needs no rewriting; known is false where one is not,
// and for other families and for path identifiers.
func (r *inRead) flows(f inFamily, b []byte, withdrawn bool) (l []inNLRI, known bool) {
	malformed := false
	if f != (inFamily{1, 133}) || slices.Contains(r.opts.addPath, f) {
		return nil, false
	}
	for len(b) > 0 {
		head, size := 1, int(b[0])
		if size >= 0xf0 && len(b) > 1 { // "0xfnnn"
			head, size = 2, be16(b)&0xfff
		}
		if head+size > len(b) || size == 0 || (head == 2) != (size >= 0xf0) {
			return nil, false
		}
		switch plainFlow(b[head : head+size]) {
		case flowUnknown:
			return nil, false
		case flowMalformed:
			malformed = true
		}
		wire := string(b[:head+size])
		l = append(l, inNLRI{inKey{family: f, wire: wire}, wire})
		b = b[head+size:]
	}
	if malformed { // which of them are routes does not show
		r.stranger = f
		if withdrawn {
			r.fail(inDiscard, subOptional)
		} else {
			r.fail(inWithdraw, subOptional)
		}
		return nil, true
	}
	return l, true
}

// ownHop takes the next hop of a family with a form of its own; a flow specification
// needs none (RFC 8955 §4).
func (r *inRead) ownHop(f inFamily, hop []byte) {
	flow := f.safi == 133 || f.safi == 134
	switch {
	case len(hop) == 0 && flow: // and what NEXT_HOP says is of other routes (RFC 4760 §3)
	case (len(hop) == 4 || len(hop) == 16 && !flow) && !wrongHop(hop):
		r.nextHop = string(hop)
	default:
		r.unsure = true
	}
}

// What plainFlow makes of a flow specification.
const (
	flowPlain = iota
	flowMalformed
	flowUnknown
)

// plainFlow: components in the order of their types, each once, without bits that a
// receiver has to clear (RFC 8955 §4.2).
func plainFlow(b []byte) int {
	for last := byte(0); len(b) > 0; {
		n := 0
		switch t := b[0]; {
		case t <= last:
			return flowMalformed
		case t > 12:
			return flowUnknown
		case t <= 2:
			n = plainPrefix(b)
		case t == 9 || t == 12: // a bitmask (§4.2.1.2)
			n = plainOperators(b, 0x0c)
		default: // numeric (§4.2.1.1)
			n = plainOperators(b, 0x08)
		}
		if n == 0 || n > len(b) {
			return flowUnknown
		}
		last, b = b[0], b[n:]
	}
	return flowPlain
}

// plainPrefix is how long the prefix component at the start of b is; 0: it is none.
func plainPrefix(b []byte) int {
	if len(b) < 2 || b[1] > 32 {
		return 0
	}
	bits := int(b[1])
	n := 2 + (bits+7)/8
	if n > len(b) || bits%8 != 0 && b[n-1]<<(bits%8) != 0 {
		return 0
	}
	return n
}

// plainOperators is the same for a list of operators and values; reserved bits of
// an operator are zero, and the first has no AND.
func plainOperators(b []byte, reserved byte) int {
	const end, and = 0x80, 0x40
	for n := 1; n < len(b); {
		op := b[n]
		if op&reserved != 0 || n == 1 && op&and != 0 {
			return 0
		}
		n += 1 + 1<<(op>>4&3)
		if op&end != 0 {
			return n
		}
	}
	return 0
}
