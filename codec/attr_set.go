package codec

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
)

// AttrATTRSet is ATTR_SET (RFC 6368): the attributes of a customer, with its AS
// number, carried through a provider.
const AttrATTRSet AttrType = 128

// checkATTRSet: a length of at least 4, and attributes that end where the set
// does (RFC 7606 §7.16). Those that speak of the provider's network must not
// be in it: "MP_REACH_NLRI … MP_UNREACH_NLRI … NEXT_HOP" (RFC 6368 §5).
func checkATTRSet(v []byte, _ bool) (uint8, string) {
	if len(v) < 4 {
		return SubAttributeLength, "attribute too short"
	}
	for v = v[4:]; len(v) > 0; {
		a, rest, ok := cutAttr(v)
		if !ok {
			return SubOptionalAttribute, "an enclosed attribute runs past the set"
		}
		switch a.Type {
		case AttrMPReach, AttrMPUnreach:
			return SubOptionalAttribute, "an enclosed attribute carries NLRI"
		}
		v = rest
	}
	return 0, ""
}

// cutAttr takes an attribute as it is on the wire off b.
func cutAttr(b []byte) (a Attr, rest []byte, ok bool) {
	head := 3
	if len(b) > 0 && AttrFlags(b[0])&FlagExtended != 0 {
		head = 4
	}
	if len(b) < head {
		return a, b, false
	}
	n := head + int(b[2])
	if head == 4 {
		n = head + int(binary.BigEndian.Uint16(b[2:]))
	}
	if n > len(b) {
		return a, b, false
	}
	a = Attr{Type: AttrType(b[1]), Flags: AttrFlags(b[0]) &^ FlagExtended, Value: b[head:n:n]}
	return a, b[n:], true
}

// textATTRSet appends "(65000 0x…)": the origin AS and the attributes.
func textATTRSet(b, v []byte) ([]byte, bool) {
	if _, why := checkATTRSet(v, true); why != "" {
		return b, false
	}
	b = append(appendUint(append(b, " ("...), be32(v)), " 0x"...)
	return append(hex.AppendEncode(b, v[4:]), ')'), true
}

func parseATTRSet(args []string) ([]byte, error) {
	items := listItems(args)
	if len(items) != 2 {
		return nil, fmt.Errorf("%s: write ( AS 0x… ), the octets being attributes", quote(args))
	}
	as, err := parseAS(items[0])
	set, ok := parseHex(items[1])
	if err != nil || !ok {
		return nil, fmt.Errorf("%s: write ( AS 0x… ), the octets being attributes", quote(args))
	}
	v := append(appendU32(nil, as), set...)
	if _, why := checkATTRSet(v, true); why != "" {
		return nil, fmt.Errorf("%s: %s", quote(args), why)
	}
	return v, nil
}

// jsonATTRSet is the origin AS and the attributes by code.
func jsonATTRSet(b, v []byte) []byte {
	if _, why := checkATTRSet(v, true); why != "" {
		return AppendJSONHex(b, v)
	}
	b = appendUint(append(b, `{ "origin-as": `...), be32(v))
	b = append(b, `, "attributes": [ `...)
	start := len(b)
	for v = v[4:]; len(v) > 0; {
		var a Attr
		a, v, _ = cutAttr(v)
		b = fmt.Appendf(jsonSep(b, start), `{ "code": %d, "flags": "0x%02X", "value": `, a.Type, byte(a.Flags))
		b = append(AppendJSONHex(b, a.Value), " }"...)
	}
	return append(b, " ] }"...)
}
