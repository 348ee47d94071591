package codec

import (
	"fmt"
	"net/netip"
)

// srPolicySpec is the stanza of an SR policy family: distinguisher, colour and
// endpoint after a length in bits (RFC 9830 §2.1).
func srPolicySpec(f Family) familySpec {
	size := 4
	if f.AFI() == AFIIPv6 {
		size = 16
	}
	return familySpec{
		family:    f,
		next:      func(b []byte) int { return nextPrefix(b, 255) },
		valid:     func(nlri []byte) bool { return len(nlri) == 9+size && int(nlri[0]) == 8*(8+size) },
		canonical: appendCopy, appendText: textSRPolicy(size),
		grammar: &nlriGrammar{
			words: []nlriWord{{"distinguisher", 1}, {"color", 1}, {"endpoint", 1}},
			build: parseSRPolicy(size),
		},
		nextHops: []int{4, 16, 32}, ownNextHop: true,
	}
}

func textSRPolicy(size int) func(b []byte, wire string) []byte {
	return func(b []byte, wire string) []byte {
		v := []byte(wire)
		if len(v) != 9+size || int(v[0]) != 8*(8+size) {
			return appendOpaque(b, wire)
		}
		b = appendUint(append(b, "sr-policy distinguisher "...), be32(v[1:]))
		b = appendUint(append(b, " color "...), be32(v[5:]))
		a, _ := netip.AddrFromSlice(v[9:])
		return a.AppendTo(append(b, " endpoint "...))
	}
}

func parseSRPolicy(size int) func(fields []NLRIField) ([]byte, error) {
	return func(fields []NLRIField) ([]byte, error) {
		b, err := numberField([]byte{byte(8 * (8 + size))}, fields, "distinguisher", 32)
		if err == nil {
			b, err = numberField(b, fields, "color", 32)
		}
		if err != nil {
			return nil, err
		}
		s, _ := field(fields, "endpoint")
		a, err := netip.ParseAddr(s)
		if err != nil || a.BitLen() != 8*size || a.Zone() != "" {
			return nil, fmt.Errorf("endpoint: %q is not an address of the family: write endpoint ADDRESS", s)
		}
		return append(b, a.AsSlice()...), nil
	}
}
