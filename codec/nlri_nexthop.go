package codec

// nextHopLen is the length that a next hop of n octets on the wire has without
// its route distinguishers; -1 where it cannot have them.
func (s *familySpec) nextHopLen(n int) int {
	switch {
	case !s.rdNextHop:
		return n
	case withDistinguisher(n):
		return n - rdLen*(1+n/48)
	}
	return -1
}

// appendNextHop appends the next hop of MP_REACH_NLRI with its length. One that
// has route distinguishers of its own is sent as it is.
func (s *familySpec) appendNextHop(b, nextHop []byte) []byte {
	if !s.rdNextHop || withDistinguisher(len(nextHop)) {
		return append(append(b, byte(len(nextHop))), nextHop...)
	}
	var rd [rdLen]byte
	at := len(b)
	b = append(b, 0)
	for len(nextHop) > 0 {
		n := min(16, len(nextHop)) // the global address, then the link-local one
		b = append(append(b, rd[:]...), nextHop[:n]...)
		nextHop = nextHop[n:]
	}
	b[at] = byte(len(b) - at - 1)
	return b
}

// withoutRD is a next hop of 12, 24 or 48 octets without its route
// distinguishers, which are zero: "an RD of 0" (RFC 4364 §4.3.2). One with
// another stays as it is.
func (d *Decoder) withoutRD(v []byte) []byte {
	var zero [rdLen]byte
	if [rdLen]byte(v) != zero || len(v) == 48 && [rdLen]byte(v[24:]) != zero {
		return v
	}
	if len(v) < 48 {
		return v[rdLen:]
	}
	return d.derive(func(b []byte) []byte { return append(append(b, v[rdLen:24]...), v[32:]...) })
}
