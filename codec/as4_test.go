package codec_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/codec"
)

// TestAS4Merge: RFC 6793 §4.2.3, what a 2-octet AS_PATH and an AS4_PATH, an
// AGGREGATOR and an AS4_AGGREGATOR stand for. 5ba0 is AS_TRANS, 00011170 70000.
func TestAS4Merge(t *testing.T) {
	const agg4 = "c01208 00011170 0a000009 "
	for _, c := range []struct{ name, path, more, want string }{
		{"no AS4_PATH: the AS_PATH alone", "0202 0001 5ba0", "", "as-path [1 23456]"},
		{"as long as AS_PATH: replaces it", "0202 5ba0 5ba0", "c0110a 0202 00011170 00011171", "as-path [70000 70001]"},
		{"shorter: the leading numbers of AS_PATH are prepended", "0203 0001 0002 5ba0", "c01106 0201 00011170", "as-path [1 2 70000]"},
		{"longer: AS4_PATH SHALL be ignored", "0201 5ba0", "c0110a 0202 00011170 00011171", "as-path [23456]"},
		{"a set counts as one", "0202 0001 5ba0 0102 0003 0004", "c01110 0201 00011170 0102 00000003 00011171", "as-path [1 70000 (3 70001)]"},
		{"a leading confederation segment SHALL be prepended", "0301 fde9 0201 5ba0", "c01106 0201 00011170", "as-path [{65001} 70000]"},
		{"so SHALL one next to a segment that is prepended", "0201 0001 0301 fde9 0201 5ba0", "c01106 0201 00011170", "as-path [1 {65001} 70000]"},
		{"confederation segments of AS4_PATH are discarded (§6)", "0201 5ba0", "c0110c 0301 00011171 0201 00011170", "as-path [70000]"},
		{"AS4_AGGREGATOR replaces AS_TRANS, AS4_PATH is used", "0201 5ba0", "c00706 5ba0 0a000001 c01106 0201 00011170" + agg4, "as-path [70000] aggregator (70000:10.0.0.9)"},
		{"AGGREGATOR is not AS_TRANS: both AS4_ attributes SHALL be ignored", "0201 5ba0", "c00706 0001 0a000001 c01106 0201 00011170" + agg4, "as-path [23456] aggregator (1:10.0.0.1)"},
		{"AS4_AGGREGATOR without AGGREGATOR says nothing", "0201 5ba0", agg4, "as-path [23456]"},
	} {
		path := unhex(t, c.path)
		attrs := origin + "4002" + hexByte(len(path)) + c.path + nextHop + c.more
		var d codec.Decoder
		u := d.Update(update(t, "", attrs, prefix10), &codec.Options{})
		require.Empty(t, u.Errs, c.name)
		require.Equal(t, "next-hop 10.0.0.1 origin igp "+c.want, u.Attrs.String(), c.name)
	}
}

func hexByte(n int) string { return string([]byte{"0123456789abcdef"[n>>4], "0123456789abcdef"[n&15]}) }

// TestAS4Emission: RFC 6793 §4.2.2, what a 2-octet speaker is sent.
func TestAS4Emission(t *testing.T) {
	base := set(codec.Origin(0), codec.NextHop(addr("10.0.0.1")))
	confed := codec.Segment{Type: codec.ASConfedSequence, AS: []uint32{70001}}
	for _, c := range []struct {
		name  string
		attrs codec.Attrs
		want  string
	}{
		{"mappable numbers only: AS4_PATH MUST NOT be sent", base.With(codec.ASPath(seq(1, 2))), "400206 0202 0001 0002 " + nextHop},
		{"AS_TRANS for what does not fit", base.With(codec.ASPath(seq(1, 70000))), "400206 0202 0001 5ba0 " + nextHop + "c0110a 0202 00000001 00011170"},
		{"AS4_PATH without confederation segments", base.With(codec.ASPath(confed, seq(70000))), "400208 0301 5ba0 0201 5ba0 " + nextHop + "c01106 0201 00011170"},
		{"only a confederation number does not fit", base.With(codec.ASPath(confed, seq(1))), "400208 0301 5ba0 0201 0001 " + nextHop},
		{"mappable AGGREGATOR: no AS4_AGGREGATOR", base.With(codec.ASPath()).With(codec.Aggregator(1, addr("10.0.0.9"))), "400200" + nextHop + "c00706 0001 0a000009"},
		{"AGGREGATOR and AS4_AGGREGATOR in their places", base.With(codec.ASPath(seq(70000))).With(codec.Aggregator(70000, addr("10.0.0.9"))).With(codec.OTC(1)).With(codec.Communities(1)),
			"400204 0201 5ba0 " + nextHop + "c00706 5ba0 0a000009 c00804 00000001 c01106 0201 00011170 c01208 00011170 0a000009 c02304 00000001"},
	} {
		got, _, err := codec.AppendAnnounce(nil, &codec.Options{}, c.attrs, prefixes("10.0.0.0/8"))
		require.NoError(t, err)
		require.Equal(t, update(t, "", origin+c.want, prefix10), got, "%s: %x", c.name, got)
	}
}

// TestLongSegments: a segment holds at most 255 numbers, and 64 or more of them
// take more octets than an octet counts.
func TestLongSegments(t *testing.T) {
	as := make([]uint32, 600)
	for i := range as {
		as[i] = uint32(70000 + i)
	}
	for _, n := range []int{63, 64, 65, 255, 256, 600} {
		attrs := set(codec.Origin(0), codec.ASPath(seq(as[:n]...)), codec.NextHop(addr("10.0.0.1")))
		for _, as4 := range []bool{true, false} {
			o := &codec.Options{AS4: as4, MaxLen: codec.MaxExtendedLen}
			msg, _, err := codec.AppendAnnounce(nil, o, attrs, prefixes("10.0.0.0/8"))
			require.NoError(t, err)
			var d codec.Decoder
			u := d.Update(msg, o)
			require.Empty(t, u.Errs, "%d numbers", n)
			require.True(t, attrs.Equal(u.Attrs), "%d numbers, 4 octets: %v", n, as4)
			segs, ok := u.Attrs.ASPathSegments()
			require.True(t, ok)
			total := 0
			for _, s := range segs {
				total += len(s.AS)
			}
			require.Equal(t, n, total)
		}
	}
}
