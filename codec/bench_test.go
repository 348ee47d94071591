package codec_test

import (
	"fmt"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/codec"
)

// benchRoutes is n host routes of IPv4 unicast and attributes for them.
func benchRoutes(n int) (codec.Attrs, []codec.NLRI) {
	attrs := set(codec.Origin(codec.OriginIGP), codec.ASPath(seq(65001, 65002, 65003)),
		codec.NextHop(addr("10.0.0.1")), codec.MED(100), codec.LocalPref(100),
		codec.Communities(65001<<16|1, 65001<<16|2), codec.LargeCommunities(codec.LargeCommunity{Global: 1, Local1: 2, Local2: 3}))
	nlri := make([]codec.NLRI, n)
	a := netip.MustParseAddr("192.0.2.0")
	for i := range nlri {
		nlri[i] = codec.PrefixNLRI(codec.IPv4Unicast, netip.PrefixFrom(a, 32), 0)
		a = a.Next()
	}
	return attrs, nlri
}

var sessions = map[string]codec.Options{
	"as4":  {AS4: true, IBGP: true},
	"as2":  {IBGP: true},
	"last": {AS4: true, IBGP: true, ReachLast: true},
}

// TestAllocations: a reused decoder and a given buffer take no memory, however
// many NLRI there are.
func TestAllocations(t *testing.T) {
	for name, o := range sessions {
		for _, n := range []int{1, 100, 500} {
			attrs, nlri := benchRoutes(n)
			buf := make([]byte, 0, codec.MaxLen)
			msg, _, err := codec.AppendAnnounce(nil, &o, attrs, nlri)
			require.NoError(t, err)
			var d codec.Decoder
			count := 0
			decode := func() {
				u := d.Update(msg, &o)
				for r := range u.Announced() {
					count += len(r.Bytes)
				}
			}
			decode()
			require.LessOrEqual(t, testing.AllocsPerRun(100, decode), 0.0, "%s: decode of %d", name, n)
			require.Positive(t, count)
			require.LessOrEqual(t, testing.AllocsPerRun(100, func() {
				buf, _, err = codec.AppendAnnounce(buf[:0], &o, attrs, nlri)
			}), 0.0, "%s: announce %d", name, n)
			require.LessOrEqual(t, testing.AllocsPerRun(100, func() {
				buf, _, err = codec.AppendWithdraw(buf[:0], &o, nil, nlri)
			}), 0.0, "%s: withdraw %d", name, n)
			require.NoError(t, err)
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	for _, n := range []int{1, 100, 500} {
		b.Run(fmt.Sprintf("%dNLRI", n), func(b *testing.B) {
			o := sessions["as4"]
			attrs, nlri := benchRoutes(n)
			msg, _, err := codec.AppendAnnounce(nil, &o, attrs, nlri)
			require.NoError(b, err)
			var d codec.Decoder
			b.ReportAllocs()
			b.SetBytes(int64(len(msg)))
			for b.Loop() {
				for range d.Update(msg, &o).Announced() {
				}
			}
		})
	}
}

func BenchmarkEncode(b *testing.B) {
	for _, n := range []int{1, 100, 500} {
		b.Run(fmt.Sprintf("%dNLRI", n), func(b *testing.B) {
			o := sessions["as4"]
			attrs, nlri := benchRoutes(n)
			buf := make([]byte, 0, codec.MaxLen)
			b.ReportAllocs()
			for b.Loop() {
				buf, _, _ = codec.AppendAnnounce(buf[:0], &o, attrs, nlri)
			}
			b.SetBytes(int64(len(buf)))
		})
	}
}
