package codec_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/codec"
)

func TestORFCapability(t *testing.T) {
	e := []codec.ORFFamily{{Family: codec.IPv4Unicast, Type: 64, Mode: codec.ORFBoth}, {Family: codec.IPv6Unicast, Type: 65, Mode: codec.ORFReceive}}
	c := codec.ORFCap(e...)
	require.Equal(t, wireHex("0001 00 01 01 4003 0002 00 01 01 4101"), c.Value, "RFC 5291 §5")
	o := withCaps(codec.Capability{Code: codec.CapORF, Value: wireHex("0001 00 01 02 4003")}, // one entry short
		c, codec.Capability{Code: codec.CapORFCisco, Value: wireHex("0001 00 01 02 8001 8002")})
	require.Equal(t, append(e, codec.ORFFamily{Family: codec.IPv4Unicast, Type: 128, Mode: 1}, codec.ORFFamily{Family: codec.IPv4Unicast, Type: 128, Mode: 2}), o.ORF())
	require.Contains(t, o.String(), "caps=[orf(0x00010001024003) orf(ipv4 unicast type 64 send/receive, ipv6 unicast type 65 receive) orf-cisco(")
}

func TestDraftCapabilities(t *testing.T) {
	limits := []codec.PathsLimit{{Family: codec.IPv4Unicast, Limit: 3}, {Family: codec.IPv6Unicast, Limit: 5}}
	labels := []codec.LabelCount{{Family: codec.IPv4Labeled, Count: 3}}
	require.Equal(t, wireHex("0001 01 0003 0002 01 0005"), codec.PathsLimitCap(limits...).Value)
	require.Equal(t, wireHex("0001 04 03"), codec.MultipleLabelsCap(labels...).Value)
	require.Equal(t, wireHex("00 01"), codec.MultiSessionCap(codec.CapMultiprotocol).Value)
	o := withCaps(codec.Capability{Code: codec.CapPathsLimit, Value: wireHex("0001 01 00")}, codec.PathsLimitCap(codec.PathsLimit{Family: codec.IPv4Unicast}),
		codec.PathsLimitCap(limits...), codec.PathsLimitCap(codec.PathsLimit{Family: codec.IPv4Unicast, Limit: 9}),
		codec.MultipleLabelsCap(append(labels, codec.LabelCount{Family: codec.IPv4Labeled, Count: 9}, codec.LabelCount{Family: codec.IPv6Labeled, Count: 1})...),
		codec.LinkLocalNextHopCap(), codec.OperationalCap(), codec.MultiSessionCap())
	require.Equal(t, limits, o.PathsLimit(), "the first of a family counts; 0 and malformed ones are ignored")
	require.Equal(t, labels, o.MultipleLabels())
	require.Contains(t, o.String(), "paths-limit(0x00010100)")
	require.Contains(t, o.String(), "paths-limit(ipv4 unicast 3, ipv6 unicast 5)")
	require.Contains(t, o.String(), "multiple-labels(ipv4 nlri-mpls 3, ipv4 nlri-mpls 9, ipv6 nlri-mpls 1) link-local-nexthop operational multisession(0x00)")
	require.Empty(t, withCaps().ORF())
	require.Empty(t, withCaps().PathsLimit())
	require.Empty(t, withCaps().MultipleLabels())
}

// TestEveryCapabilityIsBounded: whatever a capability holds, the next one is
// read at its place (RFC 5492 §4), and the views do not read past it.
func TestEveryCapabilityIsBounded(t *testing.T) {
	for code := range 256 {
		for _, n := range []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 255} {
			c := codec.Capability{Code: codec.CapCode(code), Value: make([]byte, n)}
			for i := range c.Value {
				c.Value[i] = 0xff
			}
			o := withCaps(c, codec.AS4Cap(65001))
			msg, err := codec.AppendOpen(nil, o)
			require.NoError(t, err)
			got, bad := codec.DecodeOpen(msg)
			if bad != nil {
				require.Equal(t, codec.CodeOpen, bad.Code)
				require.Contains(t, []uint8{0, codec.SubBadPeerAS, codec.SubRoleMismatch}, bad.Subcode)
				continue
			}
			require.Len(t, got.Caps, 2)
			if as, ok := got.AS4(); code != int(codec.CapAS4) {
				require.True(t, ok)
				require.Equal(t, uint32(65001), as, "behind capability %d of %d octets", code, n)
			}
			_, _, _, _ = got.ORF(), got.PathsLimit(), got.MultipleLabels(), got.LLGR()
			require.NotEmpty(t, got.String())
		}
	}
}

func TestRouteRefreshFilters(t *testing.T) {
	r := func(orf string) codec.RouteRefresh {
		return codec.RouteRefresh{Family: codec.IPv4Unicast, ORF: wireHex(orf)}
	}
	when, filters, ok := r("01 40 0002 abcd 41 0000").Filters()
	require.True(t, ok)
	require.Equal(t, codec.RefreshImmediate, when)
	require.Equal(t, []codec.ORF{{Type: 64, Entries: []byte{0xab, 0xcd}}, {Type: 65, Entries: []byte{}}}, filters)
	for _, bad := range []string{"", "01", "01 40 00", "01 40 0003 abcd", "02 40 0000 41"} {
		_, filters, ok := r(bad).Filters()
		require.False(t, ok, bad)
		require.Empty(t, filters)
	}
}
