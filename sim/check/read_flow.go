package check

// flowAtOffset is a flow specification of IPv6 whose prefixes begin at their
// offset (RFC 8956 §3.1). ExaBGP writes whole addresses there, as the draft
// before the RFC had it; one that makes no sense by the RFC is read so.
func flowAtOffset(nlri []byte, vpn bool) []byte {
	at := 1
	if nlri[0] >= 0xf0 {
		at = 2
	}
	head := at
	if vpn {
		head += 8
	}
	if head > len(nlri) || flowFits(nlri[head:], false) || !flowFits(nlri[head:], true) {
		return nlri
	}
	out := append([]byte{0, 0}, nlri[at:head]...)
	for b := nlri[head:]; len(b) > 0; {
		n := flowOctets(b, true)
		if b[0] > 2 || b[2] == 0 {
			out = append(out, b[:n]...)
		} else {
			out = append(append(out, b[:3]...), flowBits(b[3:n], int(b[2]), int(b[1]))...)
		}
		b = b[n:]
	}
	if size := len(out) - 2; size < 0xf0 {
		out = out[1:]
		out[0] = byte(size)
	} else {
		out[0], out[1] = 0xf0|byte(size>>8), byte(size)
	}
	return out
}

// flowBits is the bits of v from the one to the other, moved to the front.
func flowBits(v []byte, from, to int) []byte {
	out := make([]byte, (to-from+7)/8)
	for i := from; i < to; i++ {
		if v[i/8]&(0x80>>(i%8)) != 0 {
			out[(i-from)/8] |= 0x80 >> ((i - from) % 8)
		}
	}
	return out
}

// flowFits: the octets are components in the order of their types.
func flowFits(b []byte, whole bool) bool {
	last := byte(0)
	for len(b) > 0 {
		n := flowOctets(b, whole)
		if n == 0 || n > len(b) || b[0] <= last || b[0] > 13 {
			return false
		}
		last, b = b[0], b[n:]
	}
	return true
}

// flowOctets is how long the component at the start of b is; 0: it is none.
// whole: its address is not cut at the offset.
func flowOctets(b []byte, whole bool) int {
	if b[0] <= 2 {
		if len(b) < 3 || b[1] > 128 || b[2] > 0 && b[2] >= b[1] {
			return 0
		}
		bits := int(b[1])
		if !whole {
			bits -= int(b[2])
		}
		return 3 + (bits+7)/8
	}
	for n := 1; n < len(b); {
		op := b[n]
		n += 1 + 1<<(op>>4&3)
		if op&0x80 != 0 { // end of list
			return n
		}
	}
	return 0
}
