package codec

import (
	"encoding/hex"
	"fmt"
	"net/netip"
)

// evpnField is one field of an EVPN route.
type evpnField struct {
	name string
	// size is the length of the field at the start of b; negative where it is
	// malformed.
	size func(b []byte) int
	// key fields are part of the route's identity.
	key bool
	// appendText appends the field, parse reads it back, and json appends its
	// members of a JSON object; nil: the text as a string.
	appendText func(b, v []byte) []byte
	parse      func(b []byte, s string) ([]byte, error)
	json       func(b, v []byte) []byte
}

// evpnType is one route type: its fields, in order, and no others.
type evpnType struct {
	name   string
	fields []evpnField
}

// Fields of EVPN routes (RFC 7432 §7, RFC 9136 §3.1, RFC 9251 §9, RFC 9572 §3).
var (
	evpnRD     = evpnField{"rd", octets(rdLen), true, appendRD, parseRD, nil}
	evpnESI    = evpnField{"esi", octets(10), true, textColons, parseColons(10), jsonESI}
	evpnTag    = evpnField{"ethernet-tag", octets(4), true, number32, fieldU32.parse, jsonTag}
	evpnMAC    = evpnField{"mac", sizeMAC, true, textMAC, parseMAC, nil}
	evpnIP     = evpnField{"ip", sizeIP, true, textIP, parseIP, jsonIP}
	evpnLabel  = evpnField{"label", octets(3), false, textLabel, parseLabel, jsonLabel("label")}
	evpnMore   = evpnField{"label2", sizeLabel, false, textLabel, parseLabel, jsonLabel("label2")}
	evpnSource = evpnField{"source", sizeIP, true, textIP, parseIP, nil}
	evpnGroup  = evpnField{"group", sizeIP, true, textIP, parseIP, nil}
	evpnOrigin = evpnField{"originator", sizeIP, true, textIP, parseIP, nil}
	evpnFlags  = evpnField{"flags", octets(1), false, textOctet, fieldU8.parse, jsonOctet("flags")}
	evpnRegion = evpnField{"region", octets(8), true, textHex, octetsKind(8).parse, nil}
)

// attribute is f where it is not part of the route's identity.
func (f evpnField) attribute() evpnField { f.key = false; return f }

// evpnTypes are the route types. "The Ethernet Segment Identifier and the …
// Label field[s] are considered to be route attributes" in type 2 (RFC 7432
// §7.2), as are the flags of types 6 to 8 (RFC 9251 §9).
var evpnTypes = [...]evpnType{
	1: {"Ethernet Auto-Discovery", []evpnField{evpnRD, evpnESI, evpnTag, evpnLabel}},
	2: {"MAC/IP advertisement", []evpnField{evpnRD, evpnESI.attribute(), evpnTag, evpnMAC, evpnIP, evpnLabel, evpnMore}},
	3: {"Inclusive Multicast Ethernet Tag", []evpnField{evpnRD, evpnTag, evpnIP}},
	4: {"Ethernet Segment", []evpnField{evpnRD, evpnESI, evpnIP}},
	5: {"IP Prefix Advertisement", []evpnField{evpnRD, evpnESI.attribute(), evpnTag,
		{"prefix", sizePrefix5, true, textPrefix5, parsePrefix5, jsonPrefix5}, {"gateway", sizeGateway, false, textGateway, fieldIP.parse, nil}, evpnLabel}},
	6: {"Selective Multicast Ethernet Tag", []evpnField{evpnRD, evpnTag, evpnSource, evpnGroup, evpnOrigin, evpnFlags}},
	7: {"Multicast Membership Report Synch", []evpnField{evpnRD, evpnESI, evpnTag, evpnSource, evpnGroup, evpnOrigin, evpnFlags}},
	8: {"Multicast Leave Synch", []evpnField{evpnRD, evpnESI, evpnTag, evpnSource, evpnGroup, evpnOrigin,
		{"reserved", octets(4), false, textHex, fieldBits4.parse, nil}, {"maximum-response-time", octets(1), false, textOctet, fieldU8.parse, jsonOctet("maximum-response-time")}, evpnFlags}},
	9:  {"Per-Region I-PMSI A-D", []evpnField{evpnRD, evpnTag, evpnRegion}},
	10: {"S-PMSI A-D", []evpnField{evpnRD, evpnTag, evpnSource, evpnGroup, evpnOrigin}},
	11: {"Leaf A-D", []evpnField{{"route-key", nextTyped, true, textHex, fieldRest.parse, nil}, evpnOrigin}},
}

// evpnSpec is the stanza of EVPN. Types that are not known are opaque, and
// comparable.
func evpnSpec() familySpec {
	return familySpec{
		family: L2VPNEVPN,
		next:   nextTyped, valid: validEVPN, canonical: appendCopy,
		appendText: textEVPN, appendJSON: jsonEVPN, key: keyEVPN,
		grammar:  evpnGrammar(),
		nextHops: []int{4, 16, 32}, ownNextHop: true,
	}
}

// nextTyped is the length of an NLRI of a type, a length and so many octets.
func nextTyped(b []byte) int {
	if len(b) < 2 || 2+int(b[1]) > len(b) {
		return 0
	}
	return 2 + int(b[1])
}

// walkEVPN gives each field of a route of a known type to do; false where the
// fields do not make up the route.
func walkEVPN(nlri []byte, do func(f *evpnField, v []byte)) bool {
	t := nlri[0]
	rest := nlri[2:]
	for i := range evpnTypes[t].fields {
		f := &evpnTypes[t].fields[i] //table: a row, only read
		n := f.size(rest)
		if n < 0 || n > len(rest) {
			return false
		}
		if do != nil {
			do(f, rest[:n])
		}
		rest = rest[n:]
	}
	return len(rest) == 0
}

func knownEVPN(nlri []byte) bool { return nlri[0] > 0 && int(nlri[0]) < len(evpnTypes) }

func validEVPN(nlri []byte) bool { return !knownEVPN(nlri) || walkEVPN(nlri, nil) }

// keyEVPN is the type and the fields that make two routes the same.
func keyEVPN(wire string) string {
	nlri := []byte(wire)
	if len(nlri) < 2 || !knownEVPN(nlri) {
		return wire
	}
	key := append(make([]byte, 0, len(nlri)), nlri[0])
	if !walkEVPN(nlri, func(f *evpnField, v []byte) {
		if f.key {
			key = append(key, v...)
		}
	}) {
		return wire
	}
	return string(key)
}

// textEVPN appends "evpn mac/ip … rd 65000:1 …": the type's number and its
// fields.
func textEVPN(b []byte, wire string) []byte {
	nlri := []byte(wire)
	if len(nlri) < 2 || !knownEVPN(nlri) || !walkEVPN(nlri, nil) {
		return appendOpaque(b, wire)
	}
	b = appendUint(append(b, "evpn type "...), uint32(nlri[0]))
	walkEVPN(nlri, func(f *evpnField, v []byte) {
		if len(v) > 0 {
			b = f.appendText(append(append(append(b, ' '), f.name...), ' '), v)
		}
	})
	return b
}

func jsonEVPN(b []byte, wire string) []byte {
	nlri := []byte(wire)
	parsed := len(nlri) >= 2 && knownEVPN(nlri) && walkEVPN(nlri, nil)
	if len(nlri) > 0 {
		b = fmt.Appendf(b, `"code": %d, `, nlri[0])
	}
	b = fmt.Appendf(b, `"parsed": %t, "raw": "%X"`, parsed, nlri)
	if !parsed {
		return b
	}
	b = append(append(append(b, `, "name": "`...), evpnTypes[nlri[0]].name...), '"')
	walkEVPN(nlri, func(f *evpnField, v []byte) {
		switch {
		case len(v) == 0:
		case f.json != nil:
			b = f.json(b, v)
		default:
			b = append(append(append(b, `, "`...), f.name...), `": "`...)
			b = append(f.appendText(b, v), '"')
		}
	})
	return b
}

// The members of a field, as ExaBGP has them in its events.

// jsonESI: a segment of zeros is none.
func jsonESI(b, v []byte) []byte {
	b = append(b, `, "esi": "`...)
	if bigEndian(v[:8])|bigEndian(v[8:]) == 0 {
		return append(b, `-"`...)
	}
	return append(textColons(b, v), '"')
}

func jsonTag(b, v []byte) []byte { return number32(append(b, `, "ethernet-tag": `...), v) }

// jsonIP: an address that is not there is left out.
func jsonIP(b, v []byte) []byte {
	if v[0] == 0 {
		return b
	}
	return append(textIP(append(b, `, "ip": "`...), v), '"')
}

func jsonPrefix5(b, v []byte) []byte {
	a, _ := netip.AddrFromSlice(v[1:])
	return fmt.Appendf(b, `, "ip": "%s", "iplen": %d`, a, v[0])
}

// jsonLabel is the label and the three octets that it is in: these are the VNI,
// where the label is one.
func jsonLabel(name string) func(b, v []byte) []byte {
	return func(b, v []byte) []byte {
		return fmt.Appendf(b, `, "%s": [ [%d, %d] ]`, name, be24(v)>>4, be24(v))
	}
}

func jsonOctet(name string) func(b, v []byte) []byte {
	return func(b, v []byte) []byte { return fmt.Appendf(b, `, "%s": %d`, name, v[0]) }
}

// octets is the size of a field of n octets.
func octets(n int) func([]byte) int { return func([]byte) int { return n } }

// sizeMAC: "The MAC address length field is in bits, and it is set to 48" (RFC
// 7432 §7.2).
func sizeMAC(b []byte) int {
	if len(b) == 0 || b[0] != 48 {
		return -1
	}
	return 7
}

// sizeIP is an address after its length in bits, which may be 0.
func sizeIP(b []byte) int {
	if len(b) == 0 || b[0] != 0 && b[0] != 32 && b[0] != 128 {
		return -1
	}
	return 1 + int(b[0])/8
}

// sizeLabel is a second label, or none.
func sizeLabel(b []byte) int {
	if len(b) == 0 {
		return 0
	}
	return 3
}

// sizePrefix5 is a length and an address of 4 or 16 octets, by how much is
// left: the gateway is as long, and a label follows (RFC 9136 §3.1).
func sizePrefix5(b []byte) int {
	for _, n := range [...]int{4, 16} {
		if len(b) == 1+n+n+3 && int(b[0]) <= 8*n {
			return 1 + n
		}
	}
	return -1
}

func sizeGateway(b []byte) int { return len(b) - 3 }

func textOctet(b, v []byte) []byte { return appendUint(b, uint32(v[0])) }

func textMAC(b, v []byte) []byte { return textColons(b, v[1:]) }

func textColons(b, v []byte) []byte {
	for i := range v {
		if i > 0 {
			b = append(b, ':')
		}
		b = hex.AppendEncode(b, v[i:i+1])
	}
	return b
}

func textIP(b, v []byte) []byte {
	a, ok := netip.AddrFromSlice(v[1:])
	if !ok {
		return append(b, '-')
	}
	return a.AppendTo(b)
}

func textPrefix5(b, v []byte) []byte {
	a, _ := netip.AddrFromSlice(v[1:])
	return netip.PrefixFrom(a, int(v[0])).AppendTo(b)
}

func textGateway(b, v []byte) []byte {
	a, _ := netip.AddrFromSlice(v)
	return a.AppendTo(b)
}

// textLabel appends the 20 bits of a label at the bottom of its stack, or the
// three octets of anything else, such as a VNI (RFC 8365 §5.1.3).
func textLabel(b, v []byte) []byte {
	if v[2]&0xf != labelBottom {
		return textHex(b, v)
	}
	return appendUint(b, be24(v)>>4)
}

func number32(b, v []byte) []byte { return appendUint(b, be32(v)) }
