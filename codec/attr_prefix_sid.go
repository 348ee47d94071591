package codec

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"net/netip"
	"slices"
	"strings"
)

// TLVs of Prefix-SID (RFC 8669 §3, RFC 9252 §2).
const (
	sidLabelIndex = 1
	sidIPv6       = 2 // of drafts before RFC 8669
	sidSRGB       = 3
	sidL3Service  = 5
	sidL2Service  = 6
)

// Lengths and types within the TLVs.
const (
	labelIndexLen  = 7  // reserved 1, flags 2, label index 4 (RFC 8669 §3.1)
	sidIPv6Len     = 19 // reserved 1, flags 2, SID 16
	srgbLen        = 6  // base 3, range 3 (RFC 8669 §3.2)
	srv6SIDInfo    = 1  // sub-TLV of a service (RFC 9252 §3.1)
	srv6SIDInfoLen = 21 // reserved 1, SID 16, flags 1, behavior 2, reserved 1
	srv6Structure  = 1  // sub-sub-TLV (RFC 9252 §3.2.1)
	structureLen   = 6
)

// serviceWords are the words of the two service TLVs; old ones, of before they
// had an RFC, are read only.
var serviceWords = [...]struct {
	tlv  byte
	word string
	old  []string
}{
	{sidL3Service, "l3-service", []string{"l3vpn", "vpn"}},
	{sidL2Service, "l2-service", []string{"l2vpn"}},
}

// tlvs iterates over TLVs with a type of one octet and a length of two; ok is
// false, and the walk ends, where one runs past the end.
func tlvs(v []byte) iter.Seq2[tlv, bool] {
	return func(yield func(tlv, bool) bool) {
		for len(v) > 0 {
			if len(v) < 3 || len(v) < 3+int(binary.BigEndian.Uint16(v[1:])) {
				yield(tlv{typ: v[0]}, false)
				return
			}
			n := 3 + int(binary.BigEndian.Uint16(v[1:]))
			if !yield(tlv{v[0], v[3:n:n]}, true) {
				return
			}
			v = v[n:]
		}
	}
}

type tlv struct {
	typ byte
	v   []byte
}

func isService(t byte) bool { return t == sidL3Service || t == sidL2Service }

// checkPrefixSID: "a TLV length that doesn't conform to the length constraints
// for the TLV, or … that would extend beyond the end of the attribute" (RFC
// 8669 §6), and the same for services (RFC 9252 §7). TLVs of other types are
// kept.
func checkPrefixSID(v []byte, _ bool) (uint8, string) {
	if len(v) < 3 {
		return SubAttributeLength, "attribute too short"
	}
	for t, ok := range tlvs(v) {
		switch {
		case !ok:
			return SubOptionalAttribute, "TLV runs past the end"
		case t.typ == sidLabelIndex && len(t.v) != labelIndexLen,
			t.typ == sidSRGB && (len(t.v) < 2+srgbLen || (len(t.v)-2)%srgbLen != 0):
			return SubOptionalAttribute, "wrong TLV length"
		case isService(t.typ):
			if why := checkService(t.v); why != "" {
				return SubOptionalAttribute, why
			}
		}
	}
	return 0, ""
}

func checkService(v []byte) string {
	if len(v) < 1 {
		return "SRv6 Service TLV too short"
	}
	for sub, ok := range tlvs(v[1:]) {
		switch {
		case !ok:
			return "SRv6 Service Sub-TLV runs past the end"
		case sub.typ != srv6SIDInfo:
			continue
		case len(sub.v) < srv6SIDInfoLen:
			return "SRv6 SID Information Sub-TLV too short"
		}
		for s, ok := range tlvs(sub.v[srv6SIDInfoLen:]) {
			if !ok || s.typ == srv6Structure && len(s.v) != structureLen {
				return "malformed SRv6 Service Data Sub-Sub-TLV"
			}
		}
	}
	return ""
}

// treatPrefixSID: a malformed service is treat-as-withdraw (RFC 9252 §7), for
// its route is of no use without; anything else "is equivalent to the attribute
// discard action" (RFC 8669 §6).
func treatPrefixSID(v []byte) Treatment {
	for t, ok := range tlvs(v) {
		if isService(t.typ) && (!ok || checkService(t.v) != "") {
			return TreatWithdraw
		}
	}
	return TreatDiscard
}

// labelIndex is the value with a label index and no SRGB.
func labelIndex(n uint32) []byte {
	return appendU32([]byte{sidLabelIndex, 0, labelIndexLen, 0, 0, 0}, n)
}

// textPrefixSID appends "[300]" or "[300, [(800000, 4096)]]".
func textPrefixSID(b, v []byte) ([]byte, bool) {
	const whole = 3 + labelIndexLen
	if len(v) < whole || !bytes.Equal(v[:whole], labelIndex(be32(v[6:]))) {
		return b, false
	}
	b = appendUint(append(b, " ["...), be32(v[6:]))
	if v = v[whole:]; len(v) > 0 {
		n := int(binary.BigEndian.Uint16(v[1:]))
		if v[0] != sidSRGB || len(v) != 3+n || n < 2+srgbLen || v[3]|v[4] != 0 {
			return b, false
		}
		b = append(b, ", ["...)
		b = appendSRGBs(b, v[5:], '(', ')')
		b = append(b, ']')
	}
	return append(b, ']'), true
}

// appendSRGBs appends pairs of base and range.
func appendSRGBs(b, v []byte, open, shut byte) []byte {
	for i := 0; i+srgbLen <= len(v); i += srgbLen {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = appendUint(append(b, open), be24(v[i:]))
		b = append(appendUint(append(b, ", "...), be24(v[i+3:])), shut)
	}
	return b
}

func be24(b []byte) uint32 { return uint32(b[0])<<16 | uint32(b[1])<<8 | uint32(b[2]) }

// parsePrefixSID reads "[ INDEX ]" or "[ INDEX, [ ( BASE,RANGE ) … ] ]".
func parsePrefixSID(args []string) ([]byte, error) {
	bad := fmt.Errorf("%s: write [ INDEX ] or [ INDEX, [ ( BASE,RANGE ) ] ]", quote(args))
	words := dropCommas(args)
	if len(words) == 1 {
		words = []string{"[", words[0], "]"}
	}
	if len(words) < 3 || words[0] != "[" || words[len(words)-1] != "]" {
		return nil, bad
	}
	words = words[1 : len(words)-1]
	index, err := parseUint(words[0], 32)
	if err != nil {
		return nil, err
	}
	v := labelIndex(uint32(index))
	if words = words[1:]; len(words) == 0 {
		return v, nil
	}
	if len(words) < 3 || words[0] != "[" || words[len(words)-1] != "]" {
		return nil, bad
	}
	at := len(v)
	v = append(v, sidSRGB, 0, 0, 0, 0)
	for words = words[1 : len(words)-1]; len(words) > 0; words = words[4:] {
		if len(words) < 4 || words[0] != "(" || words[3] != ")" {
			return nil, bad
		}
		if v, err = appendFields(v, words[1:3], 24, 24); err != nil {
			return nil, err
		}
	}
	if len(v) == at+5 {
		return nil, bad
	}
	if len(v)-at-3 > 0xffff {
		return nil, errors.New("too many SRGBs")
	}
	patchLen(v, at+1)
	return v, nil
}

func dropCommas(args []string) []string {
	var out []string
	for _, s := range args {
		if s != "," {
			out = append(out, s)
		}
	}
	return out
}

// srv6Service is a service TLV with one SID.
type srv6Service struct {
	tlv       byte
	sid       netip.Addr
	flags     byte
	behavior  uint16
	structure []byte // nil: none
}

// append appends the TLV.
func (s srv6Service) append(b []byte) []byte {
	at := len(b)
	b = append(b, s.tlv, 0, 0, 0)
	b = append(b, srv6SIDInfo, 0, 0, 0)
	b = append(b, s.sid.AsSlice()...)
	b = append(b, s.flags, byte(s.behavior>>8), byte(s.behavior), 0)
	if s.structure != nil {
		b = append(append(b, srv6Structure, 0, structureLen), s.structure...)
	}
	patchLen(b, at+5)
	patchLen(b, at+1)
	return b
}

// readService reads the first SID of a well-formed service TLV.
func readService(t tlv) (s srv6Service, ok bool) {
	s.tlv = t.typ
	for sub := range tlvs(t.v[1:]) {
		if sub.typ != srv6SIDInfo {
			continue
		}
		s.sid = netip.AddrFrom16([16]byte(sub.v[1:17]))
		s.flags, s.behavior = sub.v[17], binary.BigEndian.Uint16(sub.v[18:])
		for x := range tlvs(sub.v[srv6SIDInfoLen:]) {
			if x.typ == srv6Structure {
				s.structure = x.v
				break
			}
		}
		return s, true
	}
	return s, false
}

// textSRv6 appends "( l3-service SID BEHAVIOR [STRUCTURE] )" for a value of one
// service with one SID and no flags.
func textSRv6(b, v []byte) ([]byte, bool) {
	if len(v) < 4 || !isService(v[0]) {
		return b, false
	}
	if _, why := checkPrefixSID(v, true); why != "" {
		return b, false
	}
	s, ok := readService(tlv{v[0], v[3:min(len(v), 3+int(binary.BigEndian.Uint16(v[1:])))]})
	if !ok || s.flags != 0 || !bytes.Equal(s.append(nil), v) {
		return b, false
	}
	for _, w := range serviceWords {
		if w.tlv == s.tlv {
			b = append(append(b, " ( "...), w.word...)
		}
	}
	b = s.sid.AppendTo(append(b, ' '))
	b = fmt.Appendf(b, " 0x%x", s.behavior)
	if s.structure != nil {
		b = append(b, " ["...)
		for i, o := range s.structure {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendUint(b, uint32(o))
		}
		b = append(b, ']')
	}
	return append(b, " )"...), true
}

// unknownBehavior is the "opaque" endpoint behavior (RFC 8986 §10.2.1).
const unknownBehavior = 0xffff

// parseSRv6 reads "( l3-service SID [BEHAVIOR [STRUCTURE]] )": the structure is
// the lengths of locator block, locator node, function and argument, and the
// length and offset of what was transposed.
func parseSRv6(args []string) ([]byte, error) {
	bad := fmt.Errorf("%s: write ( l3-service SID BEHAVIOR [ 64,24,16,0,0,0 ] )", quote(args))
	words := dropCommas(args)
	if len(words) < 4 || words[0] != "(" || words[len(words)-1] != ")" {
		return nil, bad
	}
	s := srv6Service{behavior: unknownBehavior}
	for _, w := range serviceWords {
		if strings.EqualFold(w.word, words[1]) || slices.Contains(w.old, words[1]) {
			s.tlv = w.tlv
		}
	}
	var err error
	if s.sid, err = netip.ParseAddr(words[2]); err != nil || s.tlv == 0 || !s.sid.Is6() || s.sid.Zone() != "" {
		return nil, bad
	}
	words = words[3 : len(words)-1]
	if len(words) > 0 && !isBracket(words[0]) {
		n, err := parseUint(words[0], 16)
		if err != nil {
			return nil, err
		}
		s.behavior, words = uint16(n), words[1:]
	}
	if len(words) > 0 {
		if words[0] != "[" || len(words) != structureLen+2 || words[structureLen+1] != "]" {
			return nil, bad
		}
		if s.structure, err = appendFields(nil, words[1:structureLen+1], 8, 8, 8, 8, 8, 8); err != nil {
			return nil, err
		}
	}
	return s.append(nil), nil
}

// AppendPrefixSIDJSON appends the JSON object that stands for the value of
// Prefix-SID in ExaBGP's events; what it has no members for is left out.
func AppendPrefixSIDJSON(b, v []byte) []byte {
	b = append(b, '{')
	start := len(b)
	member := func(name string) {
		if len(b) > start {
			b = append(b, ',')
		}
		b = append(append(append(b, ` "`...), name...), `": `...)
	}
	if _, why := checkPrefixSID(v, true); why != "" {
		return append(b, " }"...)
	}
	var seen typeSet // "all but the first instance MUST be ignored" (RFC 9252 §7)
	for t := range tlvs(v) {
		if !seen.add(AttrType(t.typ)) {
			continue
		}
		switch t.typ {
		case sidLabelIndex:
			member("sr-label-index")
			b = appendUint(b, be32(t.v[3:]))
		case sidIPv6:
			if len(t.v) == sidIPv6Len {
				member("sr-v6-sid")
				b = append(netip.AddrFrom16([16]byte(t.v[3:])).AppendTo(append(b, '"')), '"')
			}
		case sidSRGB:
			member("sr-srgbs")
			b = append(appendSRGBs(append(b, "[ "...), t.v[2:], '[', ']'), " ]"...)
		}
		for _, w := range serviceWords {
			if w.tlv == t.typ {
				member(w.word)
				b = appendServiceJSON(b, t)
			}
		}
	}
	return append(b, " }"...)
}

func appendServiceJSON(b []byte, t tlv) []byte {
	s, ok := readService(t)
	if !ok {
		return append(b, "[ ]"...)
	}
	b = fmt.Appendf(b, `[ { "sid": "%s", "flags": %d, "endpoint_behavior": %d`, s.sid, s.flags, s.behavior)
	if x := s.structure; x != nil {
		b = fmt.Appendf(b, `, "structure": { "locator-block-length": %d, "locator-node-length": %d, "function-length": %d, "argument-length": %d, "transposition-length": %d, "transposition-offset": %d }`,
			x[0], x[1], x[2], x[3], x[4], x[5])
	}
	return append(b, " } ]"...)
}
