package codec

import "net/netip"

// prefixOctets is the number of octets that a prefix of that many bits takes
// after its length octet (RFC 4271 §4.3).
func prefixOctets(bits int) int { return (bits + 7) / 8 }

func next4(b []byte) int { return nextPrefix(b, 32) }
func next6(b []byte) int { return nextPrefix(b, 128) }

func nextPrefix(b []byte, max int) int {
	if len(b) == 0 {
		return 0
	}
	bits := int(b[0])
	if n := 1 + prefixOctets(bits); bits <= max && n <= len(b) {
		return n
	}
	return 0
}

// arePrefixes reports whether b is a run of prefixes of at most max bits. It is
// wellFormed for the families of full tables, without a call for each prefix.
func arePrefixes(b []byte, max int, addPath bool) bool {
	id := 0 // octets of the path identifier before each
	if addPath {
		id = 4
	}
	i := id
	for i < len(b) {
		bits := b[i]
		if int(bits) > max {
			return false
		}
		step := 1 + prefixOctets(int(bits)) + id
		// Most prefixes are as long as the one before: to expect that, and check,
		// is faster than to wait for the length that says where the next one is.
		for i < len(b) && b[i] == bits {
			i += step
		}
	}
	return i == len(b)+id
}

// appendMasked appends a prefix with its trailing bits cleared: "the value of
// trailing bits is irrelevant" (RFC 4271 §4.3), so two spellings are one route.
func appendMasked(b, nlri []byte) []byte {
	b = append(b, nlri...)
	if r := nlri[0] % 8; r != 0 {
		b[len(b)-1] &= 0xff << (8 - r)
	}
	return b
}

func prefix4(wire string) netip.Prefix {
	var a [4]byte
	copy(a[:], wire[1:])
	return netip.PrefixFrom(netip.AddrFrom4(a), int(wire[0]))
}

func prefix6(wire string) netip.Prefix {
	var a [16]byte
	copy(a[:], wire[1:])
	return netip.PrefixFrom(netip.AddrFrom16(a), int(wire[0]))
}

func appendPrefix4(b []byte, wire string) []byte { return prefix4(wire).AppendTo(b) }
func appendPrefix6(b []byte, wire string) []byte { return prefix6(wire).AppendTo(b) }
