package check_test

import (
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/sim/check"
)

func offer() *check.Offer {
	return &check.Offer{
		AS: 4200000001, ID: netip.MustParseAddr("200.1.2.3"), Families: []codec.Family{codec.IPv4Unicast, codec.IPv6Unicast},
		AS4: true, Extended: true, Refresh: true, Paths: 3, PathFamilies: []codec.Family{codec.IPv4Unicast},
		NextHops: []codec.NextHopFamily{{Family: codec.IPv4Unicast, NextHop: codec.AFIIPv6}},
		Restart:  120 * time.Second, Notify: true,
	}
}

// offering is the OPEN that offer asks for, by code of the test's own.
func offering() *codec.Open {
	return &codec.Open{AS: codec.ASTrans, HoldTime: 90, ID: netip.MustParseAddr("200.1.2.3"), Caps: []codec.Capability{
		{Code: codec.CapMultiprotocol, Value: []byte{0, 1, 0, 1}}, {Code: codec.CapMultiprotocol, Value: []byte{0, 2, 0, 1}},
		{Code: codec.CapAS4, Value: []byte{0xfa, 0x56, 0xea, 0x01}}, {Code: codec.CapExtendedMessage},
		{Code: codec.CapRouteRefresh}, {Code: codec.CapEnhancedRefresh}, {Code: codec.CapAddPath, Value: []byte{0, 1, 1, 3}},
		{Code: codec.CapExtendedNextHop, Value: []byte{0, 1, 0, 1, 0, 2}},
		{Code: codec.CapGracefulRestart, Value: []byte{0x40, 120, 0, 1, 1, 0x80, 0, 2, 1, 0x80}},
	}}
}

func TestOpenSaysWhatIsConfigured(t *testing.T) {
	judge := func(change func(*codec.Open)) *check.Violation {
		o := offering()
		change(o)
		msg, err := codec.AppendOpen(nil, o)
		require.NoError(t, err)
		return offer().Judge(msg)
	}
	require.Nil(t, judge(func(*codec.Open) {}))
	for what, change := range map[string]func(*codec.Open){
		"the low half of the AS number": func(o *codec.Open) { o.AS = 0xea01 },
		"another identifier":            func(o *codec.Open) { o.ID = netip.MustParseAddr("200.1.2.4") },
		"AS_TRANS in capability 65":     func(o *codec.Open) { o.Caps[2].Value = []byte{0, 0, 0x5b, 0xa0} },
		"a family less":                 func(o *codec.Open) { o.Caps = o.Caps[1:] },
		"no enhanced refresh":           func(o *codec.Open) { o.Caps = append(o.Caps[:5:5], o.Caps[6:]...) },
		"paths in one direction":        func(o *codec.Open) { o.Caps[6].Value = []byte{0, 1, 1, 1} },
		"the R bit":                     func(o *codec.Open) { o.Caps[8].Value[0] |= 0x80 },
		"an F bit less":                 func(o *codec.Open) { o.Caps[8].Value[5] = 0 },
		"another Restart Time":          func(o *codec.Open) { o.Caps[8].Value[1] = 90 },
		"a family less to restart":      func(o *codec.Open) { o.Caps[8].Value = o.Caps[8].Value[:6] },
	} {
		v := judge(change)
		require.NotNil(t, v, what)
		require.Equal(t, check.WireOffer, v.ID, what)
	}
}
