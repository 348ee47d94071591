package codec

import (
	"fmt"
	"math"
	"net/netip"
	"strconv"
	"strings"
)

// fieldKind is how the octets of a field are written. size is their number; 0:
// all that are left. No text holds a slash, a plus or a bracket, and only octets
// begin with 0x.
type fieldKind struct {
	size  int
	text  func(b, v []byte) ([]byte, bool)
	parse func(b []byte, s string) ([]byte, error)
	json  func(b, v []byte) []byte
}

// The kinds of fields.
var (
	fieldU8    = numberKind(8)
	fieldU16   = numberKind(16)
	fieldU24   = numberKind(24)
	fieldU32   = numberKind(32)
	fieldU64   = numberKind(64)
	fieldBits1 = octetsKind(1)
	fieldBits2 = octetsKind(2)
	fieldBits4 = octetsKind(4)
	fieldRest  = octetsKind(0)
	fieldIP4   = addrKind(4)
	fieldIP6   = addrKind(16)
	fieldIP    = addrKind(0)
	fieldFloat = &fieldKind{4, textFloat, parseFloat, jsonFloat}
	fieldName  = &fieldKind{0, textWord, parseWord, func(b, v []byte) []byte { return AppendJSONString(b, string(v)) }}
	fieldSID   = &fieldKind{0, textSID, parseSID, jsonSID}
	// fieldMetric is a number of one to three octets, as an IGP has it; three
	// are written as a number.
	fieldMetric = &fieldKind{0, fieldU24.text, fieldU24.parse, jsonMetric}
	fieldReach4 = reachKind(4)
	fieldReach6 = reachKind(16)
)

func bigEndian(v []byte) (n uint64) {
	for _, o := range v {
		n = n<<8 | uint64(o)
	}
	return n
}

func numberKind(bits int) *fieldKind {
	return &fieldKind{
		size: bits / 8,
		text: func(b, v []byte) ([]byte, bool) {
			return strconv.AppendUint(b, bigEndian(v), 10), len(v) == bits/8
		},
		parse: func(b []byte, s string) ([]byte, error) {
			n, err := strconv.ParseUint(s, 10, bits)
			if err != nil {
				return nil, fmt.Errorf("%q is not a number of at most %d bits", s, bits)
			}
			for shift := bits - 8; shift >= 0; shift -= 8 {
				b = append(b, byte(n>>shift))
			}
			return b, nil
		},
		json: func(b, v []byte) []byte { return strconv.AppendUint(b, bigEndian(v), 10) },
	}
}

// octetsKind is n octets, or all that are left, in hexadecimal.
func octetsKind(n int) *fieldKind {
	return &fieldKind{
		size: n,
		text: func(b, v []byte) ([]byte, bool) { return textHex(b, v), true },
		parse: func(b []byte, s string) ([]byte, error) {
			v, ok := parseHex(s)
			if !ok || n > 0 && len(v) != n {
				return nil, fmt.Errorf("%q: write 0x and its octets", s)
			}
			return append(b, v...), nil
		},
		json: AppendJSONHex,
	}
}

// addrKind is an address of n octets, or of 4 or 16.
func addrKind(n int) *fieldKind {
	return &fieldKind{
		size: n,
		text: func(b, v []byte) ([]byte, bool) {
			a, ok := netip.AddrFromSlice(v)
			return a.AppendTo(b), ok
		},
		parse: func(b []byte, s string) ([]byte, error) {
			a, err := netip.ParseAddr(s)
			if err != nil || a.Zone() != "" || n > 0 && a.BitLen() != 8*n {
				return nil, fmt.Errorf("%q is not an address that can stand here", s)
			}
			return append(b, a.AsSlice()...), nil
		},
		json: jsonAddr,
	}
}

// textFloat is an IEEE 754 number of single precision, in octets a second.
func textFloat(b, v []byte) ([]byte, bool) {
	return strconv.AppendFloat(b, float64(math.Float32frombits(be32(v))), 'f', -1, 32), isRate(be32(v)) //float: a wire value
}

func parseFloat(b []byte, s string) ([]byte, error) {
	v, err := parseRate(s)
	if err != nil || strings.HasSuffix(s, ":bytes") {
		return nil, fmt.Errorf("%q is not a bandwidth: write octets a second", s)
	}
	return append(b, v[2:]...), nil
}

func jsonFloat(b, v []byte) []byte {
	if text, ok := textFloat(b, v); ok {
		return text
	}
	return AppendJSONHex(b, v)
}

// textWord is a name that is one word.
func textWord(b, v []byte) ([]byte, bool) {
	s := string(v)
	return append(b, s...), plainWord(s) && !strings.HasPrefix(s, "0x")
}

func parseWord(b []byte, s string) ([]byte, error) {
	if s == "" || strings.HasPrefix(s, "0x") {
		return nil, fmt.Errorf("%q is not a name", s)
	}
	return append(b, s...), nil
}

const wordLabel = "label:"

// textSID is an index of four octets, or "label:16001" of three (RFC 9085
// §2.1.1).
func textSID(b, v []byte) ([]byte, bool) {
	switch {
	case len(v) == 4:
		return appendUint(b, be32(v)), true
	case len(v) == 3 && v[0]>>4 == 0: // "the 20 rightmost bits"
		return appendUint(append(b, wordLabel...), be24(v)), true
	}
	return b, false
}

func parseSID(b []byte, s string) ([]byte, error) {
	if text, ok := strings.CutPrefix(s, wordLabel); ok {
		n, err := strconv.ParseUint(text, 10, 20)
		if err != nil {
			return nil, fmt.Errorf("%q is not a label", s)
		}
		return append(b, byte(n>>16), byte(n>>8), byte(n)), nil
	}
	return fieldU32.parse(b, s)
}

func jsonSID(b, v []byte) []byte {
	if len(v) == 3 || len(v) == 4 {
		return strconv.AppendUint(b, bigEndian(v), 10)
	}
	return AppendJSONHex(b, v)
}

func jsonMetric(b, v []byte) []byte {
	if len(v) == 0 || len(v) > 4 {
		return AppendJSONHex(b, v)
	}
	return strconv.AppendUint(b, bigEndian(v), 10)
}

// reachKind is a prefix: its length in bits and as many octets as that takes,
// of an address of n octets (RFC 9552 §5.2.3.2).
func reachKind(n int) *fieldKind {
	text := func(b, v []byte) ([]byte, bool) {
		if len(v) == 0 || int(v[0]) > 8*n || len(v) != 1+prefixOctets(int(v[0])) {
			return b, false
		}
		var a [16]byte
		copy(a[:], v[1:])
		addr, _ := netip.AddrFromSlice(a[:n])
		p := netip.PrefixFrom(addr, int(v[0]))
		return p.AppendTo(b), p == p.Masked()
	}
	return &fieldKind{
		text: text,
		parse: func(b []byte, s string) ([]byte, error) {
			p, err := netip.ParsePrefix(s)
			if err != nil || p.Addr().BitLen() != 8*n {
				return nil, fmt.Errorf("%q is not a prefix of the family", s)
			}
			b = append(b, byte(p.Bits()))
			return append(b, p.Masked().Addr().AsSlice()[:prefixOctets(p.Bits())]...), nil
		},
		json: func(b, v []byte) []byte {
			out, ok := text(append(b, '"'), v)
			if !ok {
				return AppendJSONHex(b, v)
			}
			return append(out, '"')
		},
	}
}

// srRangesJSON is the ranges of SR capabilities and of an SR local block: a
// size, and a SID/Label sub-TLV that says where it begins (RFC 9085 §2.1.2).
func srRangesJSON(b, v []byte) []byte {
	at := len(b)
	b = append(b, "[ "...)
	for start := len(b); len(v) > 0; {
		if len(v) < 3 {
			return AppendJSONHex(b[:at], v)
		}
		_, sid, rest, ok := cutTLV(v[3:])
		if !ok {
			return AppendJSONHex(b[:at], v)
		}
		b = fmt.Appendf(jsonSep(b, start), `{ "size": %d, "first": `, be24(v))
		b = append(jsonSID(b, sid), " }"...)
		v = rest
	}
	return append(b, " ]"...)
}

// fieldSRRanges is written as octets.
var fieldSRRanges = &fieldKind{0, fieldRest.text, fieldRest.parse, srRangesJSON}

// fieldSubs is sub-TLVs, which are written as octets; in JSON they are an
// object of table's names.
func fieldSubs(table tlvTable) *fieldKind {
	return &fieldKind{0, fieldRest.text, fieldRest.parse, func(b, v []byte) []byte {
		if !wellFormedTLVs(v) {
			return AppendJSONHex(b, v)
		}
		return table.appendJSON(b, v)
	}}
}
