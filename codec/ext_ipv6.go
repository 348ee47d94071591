package codec

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"strings"
)

// ext6Kinds is the table of IPv6 address specific extended communities (RFC
// 5701) that have words: an address and a number, "target:2001:db8::1:65".
// Any other is "0x" and its twenty octets.
var ext6Kinds = [...]struct {
	code uint16
	word string
	copy bool // the number is a bit, whose word is ":copy"
}{
	{0x0002, "target:", false},
	{0x0003, "origin:", false},
	{0x000b, "vrf-route-import:", false},        // RFC 6515 §2
	{0x000c, "redirect-to-nexthop-ietf:", true}, // draft-ietf-idr-flowspec-redirect-ip
	{0x000d, "redirect:", false},                // RFC 8956 §6.1
}

const ext6Len = len(IPv6ExtCommunity{})

func textExt6(b, v []byte) []byte {
	code, number := binary.BigEndian.Uint16(v), binary.BigEndian.Uint16(v[18:])
	for _, k := range ext6Kinds {
		if k.code != code || k.copy && number > 1 {
			continue
		}
		b = netip.AddrFrom16([16]byte(v[2:18])).AppendTo(append(b, k.word...))
		switch {
		case !k.copy:
			b = appendUint(append(b, ':'), uint32(number))
		case number == 1:
			b = append(b, ":copy"...)
		}
		return b
	}
	return textHex(b, v)
}

func parseExt6(b []byte, s string) ([]byte, error) {
	if v, ok := parseHex(s); ok && len(v) == ext6Len {
		return append(b, v...), nil
	}
	for _, k := range ext6Kinds {
		rest, ok := strings.CutPrefix(s, k.word)
		if !ok {
			continue
		}
		text, number := rest, "0"
		if i := strings.LastIndexByte(rest, ':'); i >= 0 && !k.copy {
			text, number = rest[:i], rest[i+1:]
		} else if t, ok := strings.CutSuffix(rest, ":copy"); ok {
			text, number = t, "1"
		}
		a, err := netip.ParseAddr(text)
		if err != nil || !a.Is6() || a.Zone() != "" {
			break
		}
		v := append(binary.BigEndian.AppendUint16(nil, k.code), a.AsSlice()...)
		if v, err = appendFields(v, []string{number}, 16); err != nil {
			break
		}
		return append(b, v...), nil
	}
	return nil, fmt.Errorf("%q is not an IPv6 extended community: write target:2001:db8::1:65, or 0x and 40 digits", s)
}
