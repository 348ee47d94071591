package codec

import (
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
