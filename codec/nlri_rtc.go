package codec

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// rtcBits is the length in bits of a whole route target membership: origin AS
// and route target. A shorter one, not below the AS, is a prefix of them, and
// one of no bits is the default (RFC 4684 §4).
const rtcBits = 96

// rtcSpec is the stanza of route target constraint.
func rtcSpec() familySpec {
	return familySpec{
		family:    IPv4RTC,
		next:      func(b []byte) int { return nextPrefix(b, 255) },
		valid:     validRTC,
		canonical: canonicalRTC, appendText: textRTC, appendJSON: jsonRTC,
		grammar: &nlriGrammar{
			words: []nlriWord{{"default", 0}, {"origin-as", 1}, {"route-target", 1}},
			build: parseRTC,
		},
		nextHops: []int{4, 16, 32}, ownNextHop: true,
	}
}

func validRTC(nlri []byte) bool {
	return nlri[0] == 0 || nlri[0] >= 32 && nlri[0] <= rtcBits
}

func canonicalRTC(b, nlri []byte) []byte { return appendMasked(b, nlri) }

// textRTC appends "rtc default", "rtc origin-as 65000 route-target
// target:65000:1", or the octets of a target that is cut short and its length.
func textRTC(b []byte, wire string) []byte {
	v := []byte(wire)
	switch {
	case len(v) == 0 || !validRTC(v):
		return appendOpaque(b, wire)
	case v[0] == 0:
		return append(b, "rtc default"...)
	}
	b = appendUint(append(b, "rtc origin-as "...), be32(v[1:]))
	return textTarget(append(b, " route-target "...), v)
}

func textTarget(b, v []byte) []byte {
	if v[0] == rtcBits {
		return textExt(b, v[5:])
	}
	b = hex.AppendEncode(append(b, "0x"...), v[5:])
	return appendUint(append(b, '/'), uint32(v[0])-32)
}

func jsonRTC(b []byte, wire string) []byte {
	v := []byte(wire)
	switch {
	case len(v) == 0 || !validRTC(v):
		return append(appendOpaque(append(b, `"nlri": "`...), wire), '"')
	case v[0] == 0:
		return append(b, `"origin": 0, "route-target": null`...)
	case v[0] < rtcBits:
		b = appendUint(append(b, `"origin": `...), be32(v[1:]))
		b = appendUint(append(b, `, "route-target": null, "prefix-length": `...), uint32(v[0]))
		b = append(b, `, "route-target-prefix": "0x`...)
		return append(hex.AppendEncode(b, v[5:]), '"')
	}
	b = appendUint(append(b, `"origin": `...), be32(v[1:]))
	return append(textTarget(append(b, `, "route-target": "`...), v), '"')
}

func parseRTC(fields []NLRIField) ([]byte, error) {
	if len(fields) == 1 && fields[0].Name == "default" {
		return []byte{0}, nil
	}
	as, ok := field(fields, "origin-as")
	n, err := parseAS(as)
	if !ok || err != nil || len(fields) > 2 {
		return nil, errors.New("write origin-as NUMBER route-target target:65000:1, or default")
	}
	b := appendU32([]byte{rtcBits}, n)
	target, ok := field(fields, "route-target")
	if !ok {
		b[0] = 32
		return b, nil
	}
	if text, bits, short := strings.Cut(target, "/"); short {
		v, ok := parseHex(text)
		size, err := strconv.ParseUint(bits, 10, 8)
		if !ok || err != nil || size >= 64 || len(v) != prefixOctets(int(size)) {
			return nil, fmt.Errorf("%q is not the start of a route target: write 0x, its octets, / and a length in bits", target)
		}
		b[0] = byte(32 + size)
		return appendMasked(nil, append(b, v...)), nil
	}
	return parseExt(b, target)
}
