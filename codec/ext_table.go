package codec

import (
	"encoding/binary"
	"fmt"
	"strings"
)

// extKind is one extended community that has words. appendText appends the six
// octets after type and sub-type; false where they have no such form. parse is
// its inverse, and may give all eight octets.
type extKind struct {
	code uint16 // type and sub-type
	// admin kinds come in three types, which say how the administrator is
	// written: two octets of AS number, an IPv4 address, four octets of AS
	// number (RFC 4360 §3, RFC 5668). code is that of the first.
	admin      bool
	word       string
	appendText func(b, v []byte) ([]byte, bool)
	parse      func(rest string) ([]byte, error)
}

// extKinds is the table of extended communities (IANA
// bgp-extended-communities). They are tried in order: a word may stand for
// several. One without words is "0x" and its eight octets.
var extKinds = [...]extKind{
	{code: 0x0002, admin: true, word: "target:"},
	{code: 0x0003, admin: true, word: "origin:"},
	{code: 0x0005, admin: true, word: "ospf-domain-id:"},     // RFC 4577 §4.2.4
	{code: 0x0007, admin: true, word: "ospf-router-id:"},     // RFC 4577 §4.2.5
	{code: 0x0009, admin: true, word: "source-as:"},          // RFC 6514 §6
	{code: 0x000a, admin: true, word: "l2vpn-id:"},           // RFC 6074 §3.2.1
	{code: 0x000b, admin: true, word: "vrf-route-import:"},   // RFC 6514 §7
	{code: 0x0012, admin: true, word: "segmented-next-hop:"}, // RFC 7524 §4

	{code: 0x4004, word: "bandwidth:", appendText: textBandwidth, parse: parseBandwidth}, // draft-ietf-idr-link-bandwidth
	{code: 0x0004, word: "transitive-bandwidth:", appendText: textBandwidth, parse: parseBandwidth},
	{code: 0x4300, word: "origin-validation-state:", appendText: textValidation, parse: parseValidation}, // RFC 8097 §2

	{code: 0x0306, word: "ospf-route-type:", appendText: textRouteType, parse: parseRouteType},     // RFC 4577 §4.2.6
	{code: 0x030b, word: "color:", appendText: textNumbers(-16, 32), parse: parseNumbers(-16, 32)}, // RFC 9012 §4.3
	{code: 0x030b, word: "color:", appendText: textNumbers(16, 32), parse: parseNumbers(16, 32)},
	{code: 0x030c, word: "encapsulation:", appendText: textEncapsulation, parse: parseEncapsulation}, // RFC 9012 §4.1
	{code: 0x030d, word: "default-gateway", appendText: textFixed(0), parse: parseFixed(0)},          // RFC 7432 §7.8

	{code: 0x0600, word: "mac-mobility:", appendText: textMobility, parse: parseMobility},                              // RFC 7432 §7.7
	{code: 0x0601, word: "esi-label:", appendText: textESILabel, parse: parseESILabel},                                 // RFC 7432 §7.5
	{code: 0x0602, word: "es-import:", appendText: textExtMAC, parse: parseExtMAC},                                     // RFC 7432 §7.6
	{code: 0x0603, word: "router-mac:", appendText: textExtMAC, parse: parseExtMAC},                                    // RFC 9135 §8.1
	{code: 0x0604, word: "layer2-attributes:", appendText: textNumbers(16, 16, -16), parse: parseNumbers(16, 16, -16)}, // RFC 8214 §3.1
	{code: 0x0605, word: "e-tree:", appendText: textNumbers(8, -16, 24), parse: parseNumbers(8, -16, 24)},              // RFC 8317 §6.1
	{code: 0x0606, word: "df-election:", appendText: textNumbers(8, 16, -24), parse: parseNumbers(8, 16, -24)},         // RFC 8584 §2.2
	{code: 0x0608, word: "arp-nd:", appendText: textNumbers(8, -40), parse: parseNumbers(8, -40)},                      // RFC 9047 §2
	{code: 0x0609, word: "multicast-flags:", appendText: textNumbers(16, -32), parse: parseNumbers(16, -32)},           // RFC 9251 §9.4

	{code: 0x800a, word: "l2info:", appendText: textNumbers(8, 8, 16, 16), parse: parseNumbers(8, 8, 16, 16)}, // RFC 4761 §3.2.4
	{code: 0x0c00, word: "mup:", appendText: textNumbers(16, 32), parse: parseNumbers(16, 32)},                // draft-ietf-bess-mup-safi §3.2

	// What to do with traffic: RFC 8955 §7 and drafts of its working group.
	{code: 0x800c, word: "rate-limit:", appendText: textPackets, parse: parsePackets},
	{code: 0x8006, word: "rate-limit:", appendText: textRate, parse: parseRate},
	{code: 0x8007, word: "action ", appendText: textAction, parse: parseAction},
	{code: 0x8009, word: "mark ", appendText: textMark, parse: parseMark},
	{code: 0x8008, admin: true, word: "redirect:"},
	{code: 0x0800, word: "redirect-to-nexthop", appendText: textFixed(0), parse: parseFixed(0)}, // draft-simpson-idr-flowspec-redirect
	{code: 0x0800, word: "copy-to-nexthop", appendText: textFixed(1), parse: parseFixed(1)},
	{code: 0x010c, word: "redirect-to-nexthop-ietf:", appendText: textIETF, parse: parseIETF}, // draft-ietf-idr-flowspec-redirect-ip
	{code: 0x0702, word: "interface-set:transitive:", appendText: textSet, parse: parseSet},   // draft-ietf-idr-flowspec-interfaceset
	{code: 0x4702, word: "interface-set:non-transitive:", appendText: textSet, parse: parseSet},
}

// extAdmins is how many types an admin kind has.
const extAdmins = 3

// of reports whether k is the kind of a community of this type and sub-type.
func (k *extKind) of(code uint16) bool {
	types := code>>8 - k.code>>8
	return code == k.code || k.admin && byte(code) == byte(k.code) && types < extAdmins
}

// textExt appends the text of an extended community.
func textExt(b, v []byte) []byte {
	start, code := len(b), binary.BigEndian.Uint16(v)
	for i := range extKinds {
		k := &extKinds[i] //table: a row, only read
		switch {
		case !k.of(code):
			continue
		case k.admin:
			return appendAdmin(append(b, k.word...), byte(code>>8-k.code>>8), v[2:])
		}
		if out, ok := k.appendText(append(b, k.word...), v[2:]); ok {
			return out
		}
		b = b[:start]
	}
	return textHex(b, v)
}

// parseExt reads the text of an extended community; "72:1" alone is a route
// target.
func parseExt(b []byte, s string) ([]byte, error) {
	if v, ok := parseHex(s); ok && len(v) == len(ExtCommunity{}) {
		return append(b, v...), nil
	}
	v, known, err := parseKind(s)
	if !known {
		v, known, err = parseKind("target:" + s)
	}
	if err != nil || !known {
		return nil, fmt.Errorf("%q is not an extended community: write target:65000:1, origin:10.0.0.1:1 or 0x and 16 digits", s)
	}
	return append(b, v...), nil
}

// parseKind reads a word and its value; known is false where no kind has the
// word.
func parseKind(s string) (v []byte, known bool, err error) {
	for i := range extKinds {
		k := &extKinds[i] //table: a row, only read
		rest, ok := cutWord(s, k)
		if !ok {
			continue
		}
		if v, err = k.read(rest); err == nil {
			return v, true, nil
		}
		known = true
	}
	return nil, known, err
}

// cutWord takes the word of k off s. A blank in it may be a colon, and "target4:"
// asks for four octets of AS number, as a final L of the number does.
func cutWord(s string, k *extKind) (rest string, ok bool) {
	if rest, ok = strings.CutPrefix(s, k.word); ok {
		return rest, true
	}
	if word, blank := strings.CutSuffix(k.word, " "); blank {
		return strings.CutPrefix(s, word+":")
	}
	if rest, ok = strings.CutPrefix(s, strings.TrimSuffix(k.word, ":")+"4:"); !ok || !k.admin {
		return "", false
	}
	as, number, _ := strings.Cut(rest, ":")
	return strings.TrimSuffix(as, "L") + "L:" + number, true
}

// read is the eight octets of the text after the word.
func (k *extKind) read(rest string) ([]byte, error) {
	if k.admin {
		v, err := parseAdmin(rest)
		if err != nil {
			return nil, err
		}
		v[0], v[1] = byte(k.code>>8)+v[1], byte(k.code)
		return v, nil
	}
	v, err := k.parse(rest)
	if err != nil {
		return nil, err
	}
	return append(binary.BigEndian.AppendUint16(nil, k.code), v...), nil
}

// appendAdmin appends "administrator:number" of six octets, which are of the
// type that t says.
func appendAdmin(b []byte, t byte, v []byte) []byte {
	return appendRD(b, append([]byte{0, t}, v[:6]...))
}

// parseAdmin reads "administrator:number" into a type in the second octet and
// six octets after it.
func parseAdmin(s string) ([]byte, error) {
	v, err := parseRD(nil, s)
	if err != nil || strings.HasPrefix(strings.ToLower(s), "0x") {
		return nil, fmt.Errorf("%q: write 65000:1 or 192.0.2.1:1", s)
	}
	return v, nil
}

// textNumbers makes the text "1:2" of numbers of these widths in bits. A
// negative one is of bits that must be zero.
func textNumbers(widths ...int) func(b, v []byte) ([]byte, bool) {
	return func(b, v []byte) ([]byte, bool) {
		first := true
		for _, w := range widths {
			zero := w < 0
			if zero {
				w = -w
			}
			n := uint64(0)
			for _, o := range v[:w/8] {
				n = n<<8 | uint64(o)
			}
			v = v[w/8:]
			if zero {
				if n != 0 {
					return b, false
				}
				continue
			}
			if !first {
				b = append(b, ':')
			}
			b, first = appendUint(b, uint32(n)), false
		}
		return b, true
	}
}

// parseNumbers is the inverse of textNumbers.
func parseNumbers(widths ...int) func(rest string) ([]byte, error) {
	return func(rest string) ([]byte, error) {
		var b []byte
		parts := strings.Split(rest, ":")
		for _, w := range widths {
			if w < 0 {
				b = append(b, make([]byte, -w/8)...)
				continue
			}
			if len(parts) == 0 {
				return nil, fmt.Errorf("%q has too few numbers", rest)
			}
			var err error
			if b, err = appendFields(b, parts[:1], w); err != nil {
				return nil, err
			}
			parts = parts[1:]
		}
		if len(parts) > 0 {
			return nil, fmt.Errorf("%q has too many numbers", rest)
		}
		return b, nil
	}
}
