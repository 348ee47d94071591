package codec

import (
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"strconv"
)

// AppendText appends the set in the vocabulary of ExaBGP's commands, as
// "next-hop 10.0.0.1 origin igp med 100": the next hop first, then by type
// code. An empty AS_PATH goes without saying. What that vocabulary has no words
// for is "attribute [0x23 0xc0 0x0000fde8]" (code, flags, value). The error is
// always nil.
func (a Attrs) AppendText(b []byte) ([]byte, error) {
	start := len(b)
	if nh, ok := a.Get(AttrNextHop); ok {
		b = nh.appendText(b)
	}
	for i := range a {
		if a[i].Type == AttrNextHop || a[i].Type == AttrASPath && len(a[i].Value) == 0 {
			continue
		}
		if len(b) > start {
			b = append(b, ' ')
		}
		b = a[i].appendText(b)
	}
	return b, nil
}

// String is the text of AppendText.
func (a Attrs) String() string {
	b, _ := a.AppendText(nil)
	return string(b)
}

// appendText appends the name of the attribute and its value.
func (a Attr) appendText(b []byte) []byte {
	spec := &attrTable[a.Type]
	if spec.appendText == nil || a.Flags != spec.flags || a.malformed() {
		return appendGenericText(b, a)
	}
	start := len(b)
	b, ok := spec.appendText(append(b, spec.name...), a.Value)
	if !ok && spec.also != nil {
		b, ok = spec.also.appendText(append(b[:start], spec.also.name...), a.Value)
	}
	if !ok {
		return appendGenericText(b[:start], a)
	}
	return b
}

// appendGenericText appends an attribute as code, flags and value.
func appendGenericText(b []byte, a Attr) []byte {
	b = append(b, "attribute [0x"...)
	b = hex.AppendEncode(b, []byte{byte(a.Type)})
	b = append(b, " 0x"...)
	b = hex.AppendEncode(b, []byte{byte(a.Flags)})
	b = append(b, " 0x"...)
	b = hex.AppendEncode(b, a.Value)
	return append(b, ']')
}

// The appendText functions of the table. Each appends a blank and the value,
// and gives false where the value has no such form.

var originNames = [...]string{OriginIGP: "igp", OriginEGP: "egp", OriginIncomplete: "incomplete"}

func textOrigin(b, v []byte) ([]byte, bool) {
	if len(v) != 1 || int(v[0]) >= len(originNames) {
		return b, false
	}
	return append(append(b, ' '), originNames[v[0]]...), true
}

func textFlag(b, v []byte) ([]byte, bool) { return b, len(v) == 0 }

func textNumber(b, v []byte) ([]byte, bool) {
	if len(v) != 4 {
		return b, false
	}
	return appendUint(append(b, ' '), be32(v)), true
}

func textNextHop(b, v []byte) ([]byte, bool) {
	b = append(b, ' ')
	a, ok := nextHopAddr(v)
	switch {
	case len(v) == 0:
		return append(b, "self"...), true
	case withDistinguisher(len(v)):
		return hex.AppendEncode(append(b, "0x"...), v), true
	case !ok:
		return b, false
	case len(v) == 32:
		b = a.AppendTo(append(b, '['))
		b = netip.AddrFrom16([16]byte(v[16:])).AppendTo(append(b, ' '))
		return append(b, ']'), true
	}
	return a.AppendTo(b), true
}

func textAddr(b, v []byte) ([]byte, bool) {
	if len(v) != 4 {
		return b, false
	}
	return appendAddr4(append(b, ' '), v), true
}

func textAggregator(b, v []byte) ([]byte, bool) {
	if len(v) != 8 {
		return b, false
	}
	b = append(appendUint(append(b, " ("...), be32(v)), ':')
	return append(appendAddr4(b, v[4:]), ')'), true
}

func textAIGP(b, v []byte) ([]byte, bool) {
	if len(v) != aigpTLVWidth || v[0] != aigpTLV || binary.BigEndian.Uint16(v[1:]) != aigpTLVWidth {
		return b, false
	}
	return strconv.AppendUint(append(b, ' '), binary.BigEndian.Uint64(v[3:]), 10), true
}

// textList makes the form "[a b]" of values of size octets each.
func textList(size int, item func(b, v []byte) []byte) func(b, v []byte) ([]byte, bool) {
	return func(b, v []byte) ([]byte, bool) {
		if len(v) == 0 || len(v)%size != 0 {
			return b, false
		}
		b = append(b, " ["...)
		for i := 0; i < len(v); i += size {
			if i > 0 {
				b = append(b, ' ')
			}
			b = item(b, v[i:i+size])
		}
		return append(b, ']'), true
	}
}

// pathBrackets is how the text of AS_PATH marks the type of a segment. A bare
// list of numbers is a sequence; brackets within it are another segment.
var pathBrackets = [...]struct{ open, shut string }{
	ASSet:            {"(", ")"},
	ASSequence:       {"[", "]"},
	ASConfedSequence: {"{", "}"},
	ASConfedSet:      {"({", "})"},
}

// textASPath appends "[1 2 (3 4)]": a sequence and a set. A sequence that
// follows another is in brackets of its own, unless the other one is full.
func textASPath(b, v []byte) ([]byte, bool) {
	if checkSegments(v, 4) != "" {
		return b, false
	}
	b = append(b, " ["...)
	first, bare := true, true
	for s := range segments(v, 4) {
		if !first {
			b = append(b, ' ')
		}
		first = false
		bracketed := s.typ != ASSequence || !bare
		if bracketed {
			b = append(b, pathBrackets[s.typ].open...)
		}
		for i := range s.count() {
			if i > 0 {
				b = append(b, ' ')
			}
			b = appendUint(b, s.as(i))
		}
		if bracketed {
			b = append(b, pathBrackets[s.typ].shut...)
		}
		bare = s.typ != ASSequence || s.count() == 255
	}
	return append(b, ']'), true
}

func appendUint(b []byte, v uint32) []byte { return strconv.AppendUint(b, uint64(v), 10) }

func appendAddr4(b, v []byte) []byte { return netip.AddrFrom4([4]byte(v)).AppendTo(b) }
