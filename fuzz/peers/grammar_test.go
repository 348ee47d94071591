package peers

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/peerloom/peerloom/codec"
)

// shape is how an attribute usually looks: its flags, and lengths that its
// value may have.
type shape struct {
	typ     codec.AttrType
	flags   byte
	lengths []int
}

func shapes() []shape {
	return []shape{
		{codec.AttrOrigin, 0x40, []int{1}},
		{codec.AttrASPath, 0x40, []int{0, 6, 10}},
		{codec.AttrNextHop, 0x40, []int{4}},
		{codec.AttrMED, 0x80, []int{4}},
		{codec.AttrLocalPref, 0x40, []int{4}},
		{codec.AttrAtomicAggregate, 0x40, []int{0}},
		{codec.AttrAggregator, 0xc0, []int{8}},
		{codec.AttrCommunities, 0xc0, []int{4, 8, 12}},
		{codec.AttrOriginatorID, 0x80, []int{4}},
		{codec.AttrClusterList, 0x80, []int{4, 8}},
		{codec.AttrMPReach, 0x80, []int{9, 13, 21}},
		{codec.AttrMPUnreach, 0x80, []int{3, 7}},
		{codec.AttrExtCommunities, 0xc0, []int{8, 16}},
		{codec.AttrLargeCommunity, 0xc0, []int{12, 24}},
	}
}

// drawUpdate draws the body of an UPDATE that is right but for a few octets.
func drawUpdate(t *rapid.T) []byte {
	var attrs []byte
	for _, s := range shapes() {
		if !rapid.Bool().Draw(t, "has") {
			continue
		}
		n := rapid.SampledFrom(s.lengths).Draw(t, "length")
		if rapid.IntRange(0, 9).Draw(t, "odd") == 0 {
			n = rapid.IntRange(0, 20).Draw(t, "length")
		}
		flags := s.flags
		if rapid.IntRange(0, 19).Draw(t, "odd") == 0 {
			flags = rapid.SampledFrom([]byte{0x40, 0x80, 0xc0, 0xe0}).Draw(t, "flags")
		}
		attrs = append(attrs, flags, byte(s.typ), byte(n))
		attrs = append(attrs, drawValue(t, s.typ, n)...)
	}
	withdrawn, nlri := drawPrefixes(t), drawPrefixes(t)
	body := append([]byte{0, byte(len(withdrawn))}, withdrawn...)
	body = append(body, byte(len(attrs)>>8), byte(len(attrs)))
	return append(append(body, attrs...), nlri...)
}

// drawValue draws a value of n octets, mostly one that its attribute allows.
func drawValue(t *rapid.T, typ codec.AttrType, n int) []byte {
	good := map[codec.AttrType]string{
		codec.AttrOrigin:      "01",
		codec.AttrASPath:      "0202 0000fde9 0000fdea",
		codec.AttrNextHop:     "0a000001",
		codec.AttrMPReach:     "0001 01 04 0a000001 00 18c00002 18c00003 18c00004",
		codec.AttrMPUnreach:   "0001 01 18c00005",
		codec.AttrAggregator:  "0000fde9 0a000001",
		codec.AttrClusterList: "0a000001 0a000002",
	}
	v := unhex(good[typ])
	if typ == codec.AttrASPath && n == 6 {
		v[1] = 1
	}
	for len(v) < n {
		v = append(v, byte(len(v)))
	}
	v = v[:n]
	if n > 0 && rapid.IntRange(0, 9).Draw(t, "odd") == 0 {
		v[rapid.IntRange(0, n-1).Draw(t, "where")] = rapid.Byte().Draw(t, "octet")
	}
	return v
}

func drawPrefixes(t *rapid.T) []byte {
	var b []byte
	for range rapid.IntRange(0, 3).Draw(t, "prefixes") {
		b = append(b, rapid.SampledFrom([][]byte{{0}, {8, 10}, {24, 192, 0, 2}, {32, 1, 2, 3, 4}, {33, 1, 2, 3, 4, 5}}).Draw(t, "prefix")...)
	}
	return b
}

// TestGrammar reads UPDATEs that are nearly right with both libraries.
func TestGrammar(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { agree(t, frame(drawUpdate(t))) })
}
