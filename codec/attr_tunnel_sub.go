package codec

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// Tunnel types with an encapsulation sub-TLV (RFC 9012 §3.2).
const (
	tunnelL2TPv3    = 1
	tunnelGRE       = 2
	tunnelVXLAN     = 8
	tunnelNVGRE     = 9
	tunnelMPLSInGRE = 11
)

// Words of a tunnel that stand for no sub-TLV of their own.
const (
	wordTunnel   = "tunnel"           // begins one: tunnel vxlan
	wordSubTLV   = "sub-tlv"          // any other: sub-tlv 11 0x0102
	wordAbsent   = "-"                // of a field that a flag says is not there
	wordNextHop  = "next-hop"         // of an egress endpoint that is the route's next hop
	encapsulates = 1                  // the encapsulation sub-TLV
	colorHead    = "\x03\x0b\x00\x00" // of a colour, which is an extended community (RFC 9012 §4.3)
)

// tunnelSub is a sub-TLV of a tunnel that is no SR policy. parse and text
// convert its value; text answers nil for a value of another length, and need
// not mind what its words don't say: they are read back to see.
type tunnelSub struct {
	word   string
	values int
	typ    byte
	in     []uint16 // tunnel types that it is written so in; nil: all
	parse  func(values []string) ([]byte, error)
	text   func(v []byte) []string
}

// tunnelSubs has a row for each sub-TLV of RFC 9012 §3.
var tunnelSubs = [...]tunnelSub{
	{"egress-endpoint", 1, 6, nil, parseEndpoint, textEndpoint},                                       // §3.1
	{"encapsulation", 4, encapsulates, []uint16{tunnelVXLAN, tunnelNVGRE}, parseVirtual, textVirtual}, // §3.2.1, §3.2.2
	{"encapsulation", 4, encapsulates, []uint16{tunnelL2TPv3}, parseL2TP, textL2TP},                   // §3.2.3
	{"encapsulation", 2, encapsulates, []uint16{tunnelGRE, tunnelMPLSInGRE}, parseGREKey, textGREKey}, // §3.2.4, §3.2.5
	{"ds-field", 1, 7, nil, parseSubNumber("", 8), textSubNumber("", 1)},                              // §3.3.1
	{"udp-port", 1, 8, nil, parseSubNumber("", 16), textSubNumber("", 2)},                             // §3.3.2
	{"protocol-type", 1, 2, nil, parseSubNumber("", 16), textSubNumber("", 2)},                        // §3.4.1
	{"color", 1, 4, nil, parseSubNumber(colorHead, 32), textSubNumber(colorHead, 4)},                  // §3.4.2
	{"embedded-label-handling", 1, 9, nil, parseSubNumber("", 8), textSubNumber("", 1)},               // §3.5
	{"label-stack", 1, 10, nil, parseLabelStack, textLabelStack},                                      // §3.6
}

// find is the row for which match holds in a tunnel of that type, or nil.
func findSub(tunnel uint16, match func(*tunnelSub) bool) *tunnelSub {
	for i := range tunnelSubs {
		s := &tunnelSubs[i]
		if match(s) && (s.in == nil || slices.Contains(s.in, tunnel)) {
			return s
		}
	}
	return nil
}

// takeSub reads the sub-TLV at the start of words, and says how many words it
// took.
func takeSub(b []byte, tunnel uint16, words []string) (out []byte, n int, err error) {
	word := words[0]
	s := findSub(tunnel, func(s *tunnelSub) bool { return s.word == word })
	switch {
	case s == nil && word != wordSubTLV:
		return b, 0, fmt.Errorf("%q: unknown in a tunnel of type %s; write any sub-TLV as sub-tlv NUMBER 0xOCTETS", word, tunnelName(tunnel))
	case s == nil:
		s = &tunnelSub{word: word, values: 2}
	}
	if len(words) <= s.values {
		return b, 0, fmt.Errorf("%s: %d values are to follow", word, s.values)
	}
	values, typ := words[1:1+s.values], s.typ
	var v []byte
	if s.parse != nil {
		v, err = s.parse(values)
	} else {
		typ, v, err = parseAnySub(values)
	}
	if err != nil {
		return b, 0, fmt.Errorf("%s: %w", word, err)
	}
	b, err = appendSub(b, typ, v)
	return b, 1 + s.values, err
}

// appendSub appends a sub-TLV.
func appendSub(b []byte, typ byte, v []byte) ([]byte, error) {
	if typ >= subTwoOctets {
		if len(v) > MaxExtendedLen {
			return b, fmt.Errorf("%d octets are too many", len(v))
		}
		return append(append(b, typ, byte(len(v)>>8), byte(len(v))), v...), nil
	}
	if len(v) > 255 {
		return b, fmt.Errorf("%d octets are too many for sub-TLV %d: write at most 255", len(v), typ)
	}
	return append(append(b, typ, byte(len(v))), v...), nil
}

// subWords are the words of a tunnel's sub-TLVs.
func subWords(words []string, tunnel uint16, b []byte) []string {
	for t := range subTLVs(b) {
		if s := findSub(tunnel, func(s *tunnelSub) bool { return s.typ == t.typ }); s != nil {
			if values := s.text(t.value); values != nil {
				if again, err := s.parse(values); err == nil && bytes.Equal(again, t.value) {
					words = append(append(words, s.word), values...)
					continue
				}
			}
		}
		words = append(words, wordSubTLV, strconv.Itoa(int(t.typ)), "0x"+hex.EncodeToString(t.value))
	}
	return words
}

func tunnelName(t uint16) string { return codeName(tunnelTypes[:], int(t), "") }

func parseAnySub(values []string) (typ byte, v []byte, err error) {
	n, err := parseUint(values[0], 8)
	if err != nil {
		return 0, nil, err
	}
	v, ok := parseHex(values[1])
	if !ok {
		return 0, nil, fmt.Errorf("%q: write the octets as 0x…", values[1])
	}
	return byte(n), v, nil
}

// parseEndpoint is "10.0.0.1", or "next-hop" for an address family of 0.
func parseEndpoint(values []string) ([]byte, error) {
	if values[0] == wordNextHop {
		return make([]byte, 6), nil
	}
	a, err := netip.ParseAddr(values[0])
	if err != nil || a.Zone() != "" {
		return nil, fmt.Errorf("%q: write an address, or next-hop", values[0])
	}
	a = a.Unmap()
	family := byte(AFIIPv4)
	if a.Is6() {
		family = byte(AFIIPv6)
	}
	return append([]byte{0, 0, 0, 0, 0, family}, a.AsSlice()...), nil
}

func textEndpoint(v []byte) []string {
	switch len(v) {
	case 6:
		return []string{wordNextHop}
	case 10, 22:
		a, _ := netip.AddrFromSlice(v[6:])
		return []string{a.String()}
	}
	return nil
}

// Flags of the encapsulation of VXLAN and NVGRE.
const (
	vniIsValid = 0x80
	macIsValid = 0x40
)

// parseVirtual is "vni 100 mac 02:00:00:00:00:01", "-" for what is not there.
func parseVirtual(values []string) ([]byte, error) {
	v := make([]byte, 12)
	if values[0] != "vni" || values[2] != "mac" {
		return nil, fmt.Errorf("%s: write vni NUMBER mac ADDRESS, with - for what is not there", quote(values))
	}
	if values[1] != wordAbsent {
		n, err := parseUint(values[1], 24)
		if err != nil {
			return nil, err
		}
		v[0] |= vniIsValid
		binary.BigEndian.PutUint32(v, uint32(v[0])<<24|uint32(n))
	}
	if values[3] != wordAbsent {
		mac, err := parseColons(6)(nil, values[3])
		if err != nil {
			return nil, err
		}
		v[0] |= macIsValid
		copy(v[4:], mac)
	}
	return v, nil
}

func textVirtual(v []byte) []string {
	if len(v) != 12 {
		return nil
	}
	vni, mac := wordAbsent, wordAbsent
	if v[0]&vniIsValid != 0 {
		vni = strconv.Itoa(int(be32(v) & 0xffffff))
	}
	if v[0]&macIsValid != 0 {
		mac = string(textColons(nil, v[4:10]))
	}
	return []string{"vni", vni, "mac", mac}
}

// parseL2TP is "session 1 cookie 0x0102", with a cookie of any length.
func parseL2TP(values []string) ([]byte, error) {
	cookie, ok := parseHex(values[3])
	if values[0] != "session" || values[2] != "cookie" || !ok {
		return nil, fmt.Errorf("%s: write session NUMBER cookie 0xOCTETS, 0x where there is none", quote(values))
	}
	v, err := appendFields(nil, values[1:2], 32)
	return append(v, cookie...), err
}

func textL2TP(v []byte) []string {
	if len(v) < 4 {
		return nil
	}
	return []string{"session", strconv.FormatUint(uint64(be32(v)), 10), "cookie", "0x" + hex.EncodeToString(v[4:])}
}

func parseGREKey(values []string) ([]byte, error) {
	if values[0] != "key" {
		return nil, fmt.Errorf("%s: write key NUMBER", quote(values))
	}
	return appendFields(nil, values[1:], 32)
}

func textGREKey(v []byte) []string {
	if len(v) != 4 {
		return nil
	}
	return []string{"key", strconv.FormatUint(uint64(be32(v)), 10)}
}

// parseSubNumber reads a number behind octets that are always the same.
func parseSubNumber(head string, bits int) func([]string) ([]byte, error) {
	return func(values []string) ([]byte, error) { return appendFields([]byte(head), values, bits) }
}

func textSubNumber(head string, octets int) func([]byte) []string {
	return func(v []byte) []string {
		digits, ok := strings.CutPrefix(string(v), head)
		if !ok || len(digits) != octets {
			return nil
		}
		n := uint64(0)
		for i := range len(digits) {
			n = n<<8 | uint64(digits[i])
		}
		return []string{strconv.FormatUint(n, 10)}
	}
}

// parseLabelStack is "100:200", the top first, each with a traffic class and
// TTL of 0.
func parseLabelStack(values []string) ([]byte, error) {
	var v []byte
	for s := range strings.SplitSeq(values[0], ":") {
		n, err := parseUint(s, 20)
		if err != nil {
			return nil, err
		}
		v = appendU32(v, uint32(n)<<12)
	}
	v[len(v)-2] |= labelBottom
	return v, nil
}

func textLabelStack(v []byte) []string {
	if len(v) == 0 || len(v)%4 != 0 {
		return nil
	}
	var labels []string
	for e := range slices.Chunk(v, 4) {
		labels = append(labels, strconv.FormatUint(uint64(be32(e)>>12), 10))
	}
	return []string{strings.Join(labels, ":")}
}
