package codec

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
)

// communityNames are the well-known communities (IANA bgp-well-known-communities)
// that have a word; the first word of a value is the one printed.
var communityNames = [...]struct {
	value uint32
	name  string
}{
	{0xffffff01, "no-export"},
	{0xffffff01, "no_export"},
	{0xffffff02, "no-advertise"},
	{0xffffff02, "no_advertise"},
	{0xffffff03, "no-export-subconfed"},
	{0xffffff04, "no-peer"},
	{0xffffff04, "nopeer"},
	{0xffff029a, "blackhole"},
}

func textCommunity(b, v []byte) []byte {
	c := be32(v)
	for _, n := range communityNames {
		if n.value == c {
			return append(b, n.name...)
		}
	}
	b = append(appendUint(b, c>>16), ':')
	return appendUint(b, c&0xffff)
}

func parseCommunity(b []byte, s string) ([]byte, error) {
	for _, n := range communityNames {
		if strings.EqualFold(n.name, s) {
			return appendU32(b, n.value), nil
		}
	}
	if high, low, ok := strings.Cut(s, ":"); ok {
		h, err := strconv.ParseUint(high, 10, 16)
		l, err2 := strconv.ParseUint(low, 10, 16)
		if err == nil && err2 == nil {
			return appendU32(b, uint32(h<<16|l)), nil
		}
	} else if n, err := parseUint(s, 32); err == nil {
		return appendU32(b, uint32(n)), nil
	}
	return nil, fmt.Errorf("%q is not a community: write 65000:1, a number or a name like no-export", s)
}

func textLarge(b, v []byte) []byte {
	b = append(appendUint(b, be32(v)), ':')
	b = append(appendUint(b, be32(v[4:])), ':')
	return appendUint(b, be32(v[8:]))
}

func parseLarge(b []byte, s string) ([]byte, error) {
	parts := strings.Split(s, ":")
	for _, p := range parts {
		n, err := strconv.ParseUint(p, 10, 32)
		if err != nil || len(parts) != 3 {
			return nil, fmt.Errorf("%q is not a large community: write 65000:1:2", s)
		}
		b = appendU32(b, uint32(n))
	}
	return b, nil
}

// Types of extended communities (RFC 4360 §3, RFC 5668, RFC 8955 §7) with
// words of their own. Any other is "0x" and its eight octets.
const (
	extAS2     = 0x00 // two-octet AS specific: AS 2, number 4
	extIPv4    = 0x01 // IPv4 address specific: address 4, number 2
	extAS4     = 0x02 // four-octet AS specific: AS 4, number 2
	extTarget  = 0x02 // sub-type
	extOrigin  = 0x03 // sub-type
	extL2Info  = 0x800a
	extRedirAS = 0x8008
	extMUP     = 0x0c00 // direct-type segment identifier (draft-ietf-bess-mup-safi §3.2)
)

// extKinds are the words whose value is "administrator:number".
var extKinds = [...]struct {
	name    string
	subtype byte
}{
	{"target", extTarget},
	{"origin", extOrigin},
}

func textExt(b, v []byte) []byte {
	for _, k := range extKinds {
		if v[1] != k.subtype || v[0] > extAS4 {
			continue
		}
		b = append(append(b, k.name...), ':')
		switch v[0] {
		case extAS2:
			b = appendUint(b, uint32(binary.BigEndian.Uint16(v[2:])))
			return appendUint(append(b, ':'), be32(v[4:]))
		case extIPv4:
			b = appendAddr4(b, v[2:6])
		case extAS4:
			b = appendUint(b, be32(v[2:]))
			if be32(v[2:]) <= 0xffff {
				b = append(b, 'L') // not the two-octet one
			}
		}
		return appendUint(append(b, ':'), uint32(binary.BigEndian.Uint16(v[6:])))
	}
	switch binary.BigEndian.Uint16(v) {
	case extMUP:
		b = appendUint(append(b, "mup:"...), uint32(binary.BigEndian.Uint16(v[2:])))
		return appendUint(append(b, ':'), be32(v[4:]))
	case extL2Info:
		b = appendUint(append(b, "l2info:"...), uint32(v[2]))
		b = appendUint(append(b, ':'), uint32(v[3]))
		b = appendUint(append(b, ':'), uint32(binary.BigEndian.Uint16(v[4:])))
		return appendUint(append(b, ':'), uint32(binary.BigEndian.Uint16(v[6:])))
	}
	if b, ok := textTraffic(b, v); ok {
		return b
	}
	return textHex(b, v)
}

func textHex(b, v []byte) []byte { return hex.AppendEncode(append(b, "0x"...), v) }

// parseExts reads a list of them. A word and its value may be two tokens:
// "mark 10".
func parseExts(args []string) ([]byte, error) {
	if items := listItems(args); len(args) > 1 {
		joined := []string{"["}
		for i := 0; i < len(items); i++ {
			if (items[i] == "mark" || items[i] == "action") && i+1 < len(items) {
				items[i+1] = items[i] + " " + items[i+1]
				continue
			}
			joined = append(joined, items[i])
		}
		args = append(joined, "]")
	}
	return parseList(parseExt, true, false)(args)
}

func parseExt(b []byte, s string) ([]byte, error) {
	if v, ok := parseHex(s); ok && len(v) == len(ExtCommunity{}) {
		return append(b, v...), nil
	}
	if v, known, err := parseTraffic(s); known {
		if err != nil {
			return nil, fmt.Errorf("%q: %w", s, err)
		}
		return append(b, v...), nil
	}
	parts := strings.Split(s, ":")
	word := "target" // "72:1" is a route target too
	if len(parts) > 2 {
		word, parts = parts[0], parts[1:]
	}
	var err error
	switch word {
	case "mup":
		b, err = appendFields(append(b, 0x0c, 0x00), parts, 16, 32)
	case "l2info":
		b, err = appendFields(append(b, 0x80, 0x0a), parts, 8, 8, 16, 16)
	default:
		b, err = parseExtAdmin(b, word, parts)
	}
	if err != nil {
		return nil, fmt.Errorf("%q is not an extended community: write target:65000:1, origin:10.0.0.1:1 or 0x and 16 digits", s)
	}
	return b, nil
}

// parseExtAdmin reads "target:ADMINISTRATOR:NUMBER" and its kin. The type
// follows from the administrator: an address, an AS number of at most 16 bits,
// or a longer one, which a final L also stands for (RFC 5668).
func parseExtAdmin(b []byte, word string, parts []string) ([]byte, error) {
	wide := strings.HasSuffix(word, "4") // target4, origin4
	word = strings.TrimSuffix(word, "4")
	for _, k := range extKinds {
		if k.name != word || len(parts) != 2 {
			continue
		}
		if v, err := addr4(nil, parts[0]); err == nil {
			b = append(b, extIPv4, k.subtype)
			return appendFields(append(b, v...), parts[1:], 16)
		}
		admin := strings.TrimSuffix(parts[0], "L")
		as, err := strconv.ParseUint(admin, 10, 32)
		if err != nil {
			return nil, err
		}
		if wide || as > 0xffff || admin != parts[0] {
			return appendFields(append(b, extAS4, k.subtype), []string{admin, parts[1]}, 32, 16)
		}
		return appendFields(append(b, extAS2, k.subtype), parts, 16, 32)
	}
	return nil, fmt.Errorf("unknown word %q", word)
}

// appendFields appends numbers of these widths in bits. One of 32 bits may be
// written as an address.
func appendFields(b []byte, parts []string, bits ...int) ([]byte, error) {
	if len(parts) != len(bits) {
		return nil, fmt.Errorf("%d fields for %d", len(parts), len(bits))
	}
	for i, p := range parts {
		if v, err := addr4(nil, p); err == nil && bits[i] == 32 {
			b = append(b, v...)
			continue
		}
		n, err := parseUint(p, bits[i])
		if err != nil {
			return nil, err
		}
		for shift := bits[i] - 8; shift >= 0; shift -= 8 {
			b = append(b, byte(n>>shift))
		}
	}
	return b, nil
}

func parseExt6(b []byte, s string) ([]byte, error) {
	v, ok := parseHex(s)
	if !ok || len(v) != len(IPv6ExtCommunity{}) {
		return nil, fmt.Errorf("%q is not an IPv6 extended community: write 0x and 40 digits", s)
	}
	return append(b, v...), nil
}
