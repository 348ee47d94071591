package codec_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/peerloom/peerloom/codec"
)

// TestCapabilityWireForms pins each constructor to the octets of its RFC.
func TestCapabilityWireForms(t *testing.T) {
	for _, c := range []struct {
		name string
		cap  codec.Capability
		code codec.CapCode
		wire string
	}{
		{"multiprotocol, RFC 4760 §8", codec.MultiprotocolCap(codec.IPv6Unicast), 1, "0002 00 01"},
		{"route refresh, RFC 2918 §2", codec.RouteRefreshCap(), 2, ""},
		{"route refresh before RFC 2918", codec.RouteRefreshCiscoCap(), 128, ""},
		{"extended next hop, RFC 8950 §4", codec.ExtendedNextHopCap(
			codec.NextHopFamily{Family: codec.IPv4Unicast, NextHop: 2},
			codec.NextHopFamily{Family: codec.IPv4Multicast, NextHop: 2}), 5, "0001 0001 0002 0001 0002 0002"},
		{"extended message, RFC 8654 §3", codec.ExtendedMessageCap(), 6, ""},
		{"role, RFC 9234 §4.1", codec.RoleCap(codec.RoleCustomer), 9, "03"},
		{"graceful restart, RFC 4724 §3", codec.GracefulRestartCap(codec.GracefulRestart{Restarting: true, Time: 120,
			Families: []codec.RestartFamily{{Family: codec.IPv4Unicast, Forwarding: true}, {Family: codec.IPv6Unicast}}}),
			64, "8078 0001 01 80 0002 01 00"},
		{"graceful restart with the N bit, RFC 8538 §2", codec.GracefulRestartCap(codec.GracefulRestart{Notification: true}), 64, "4000"},
		{"graceful restart, the time keeps to its 12 bits", codec.GracefulRestartCap(codec.GracefulRestart{Time: 5000}), 64, "0fff"},
		{"4-octet AS, RFC 6793 §3", codec.AS4Cap(65536), 65, "00010000"},
		{"ADD-PATH, RFC 7911 §4", codec.AddPathCap(codec.AddPathFamily{Family: codec.IPv4Unicast, Mode: codec.AddPathBoth},
			codec.AddPathFamily{Family: codec.IPv6Unicast, Mode: codec.AddPathSend}), 69, "0001 01 03 0002 01 02"},
		{"enhanced refresh, RFC 7313 §3.1", codec.EnhancedRefreshCap(), 70, ""},
		{"LLGR, RFC 9494 §3.1", codec.LLGRCap(codec.LLGRFamily{Family: codec.IPv4Unicast, Forwarding: true, StaleTime: 0x010203}),
			71, "0001 01 80 010203"},
		{"LLGR, the time keeps to its 24 bits", codec.LLGRCap(codec.LLGRFamily{Family: codec.IPv4Unicast, StaleTime: 1 << 31}),
			71, "0001 01 00 ffffff"},
		{"FQDN", codec.FQDNCap("r1", "lab"), 73, "02 7231 03 6c6162"},
		{"FQDN without a domain", codec.FQDNCap("r1", ""), 73, "02 7231 00"},
		{"software version", codec.SoftwareVersionCap("v1"), 75, "02 7631"},
	} {
		require.Equal(t, c.code, c.cap.Code, c.name)
		require.Equal(t, wireHex(c.wire), append([]byte{}, c.cap.Value...), c.name)
	}
}

// TestCapabilityViews: each view reads back what its constructor wrote.
func TestCapabilityViews(t *testing.T) {
	gr := codec.GracefulRestart{Restarting: true, Notification: true, Time: 4095,
		Families: []codec.RestartFamily{{Family: codec.IPv6Unicast}, {Family: codec.IPv4Unicast, Forwarding: true}}}
	llgr := []codec.LLGRFamily{{Family: codec.IPv4Unicast, Forwarding: true, StaleTime: 0xfffffe}, {Family: codec.IPv6Unicast}}
	add := []codec.AddPathFamily{{Family: codec.IPv6Unicast, Mode: codec.AddPathSend}, {Family: codec.IPv4Unicast, Mode: codec.AddPathReceive}}
	nh := []codec.NextHopFamily{{Family: codec.IPv4Unicast, NextHop: 2}, {Family: codec.IPv6Unicast, NextHop: 1}}
	o := withCaps(codec.MultiprotocolCap(codec.IPv6Unicast), codec.MultiprotocolCap(codec.IPv4Unicast), codec.AS4Cap(4200000000),
		codec.GracefulRestartCap(gr), codec.LLGRCap(llgr...), codec.AddPathCap(add...), codec.ExtendedNextHopCap(nh...),
		codec.FQDNCap("host", "domain"), codec.SoftwareVersionCap("peerloom"), codec.RoleCap(codec.RolePeer), codec.RouteRefreshCap())

	as, ok := o.AS4()
	require.True(t, ok)
	require.Equal(t, uint32(4200000000), as)
	require.Equal(t, codec.FamilySet{codec.IPv4Unicast, codec.IPv6Unicast}, o.Families(), "a set is sorted")
	gotGR, ok := o.GracefulRestart()
	require.True(t, ok)
	require.Equal(t, gr, gotGR)
	require.Equal(t, llgr, o.LLGR())
	require.Equal(t, add, o.AddPath())
	require.Equal(t, nh, o.ExtendedNextHop())
	host, domain, ok := o.FQDN()
	require.True(t, ok)
	require.Equal(t, "host.domain", host+"."+domain)
	version, ok := o.SoftwareVersion()
	require.True(t, ok)
	require.Equal(t, "peerloom", version)
	role, ok := o.Role()
	require.True(t, ok)
	require.Equal(t, codec.RolePeer, role)
	require.True(t, o.Has(codec.CapRouteRefresh))
	require.False(t, o.Has(codec.CapRouteRefreshCisco))
}

func TestCapabilityViewsOfNothing(t *testing.T) {
	o := withCaps()
	require.Equal(t, codec.FamilySet{codec.IPv4Unicast}, o.Families(), "IPv4 unicast without any multiprotocol capability")
	requireNoViews(t, o)
	require.False(t, o.Has(codec.CapAS4))
}

// requireNoViews: no view but Families and Has sees anything in o.
func requireNoViews(t require.TestingT, o *codec.Open) {
	_, ok := o.AS4()
	require.False(t, ok, "AS4")
	_, ok = o.GracefulRestart()
	require.False(t, ok, "GracefulRestart")
	_, _, ok = o.FQDN()
	require.False(t, ok, "FQDN")
	_, ok = o.SoftwareVersion()
	require.False(t, ok, "SoftwareVersion")
	_, ok = o.Role()
	require.False(t, ok, "Role")
	require.Empty(t, o.AddPath())
	require.Empty(t, o.ExtendedNextHop())
	require.Empty(t, o.LLGR())
}

// TestCapabilityViewsOfMalformed: a view never reads past its own capability.
func TestCapabilityViewsOfMalformed(t *testing.T) {
	var caps []codec.Capability
	for code, wire := range map[codec.CapCode]string{
		codec.CapAS4: "0001", codec.CapGracefulRestart: "0078 00", codec.CapFQDN: "02 61", codec.CapSoftwareVersion: "05 61",
		codec.CapRole: "", codec.CapAddPath: "0001 01", codec.CapExtendedNextHop: "0001 0001", codec.CapLLGR: "0001 01",
		codec.CapMultiprotocol: "0002",
	} {
		caps = append(caps, codec.Capability{Code: code, Value: wireHex(wire)})
	}
	o := withCaps(caps...)
	requireNoViews(t, o)
	require.Equal(t, codec.FamilySet{codec.IPv4Unicast}, o.Families())
	for _, bad := range []string{"", "01", "01 61", "01 61 01", "ff"} {
		_, _, ok := withCaps(codec.Capability{Code: codec.CapFQDN, Value: wireHex(bad)}).FQDN()
		require.False(t, ok, "FQDN of %q", bad)
	}
}

// TestCapabilityDuplicates: RFC 5492 §4 leaves it to each capability's RFC what
// several instances mean.
func TestCapabilityDuplicates(t *testing.T) {
	v4, v6 := codec.IPv4Unicast, codec.IPv6Unicast
	t.Run("families are joined and counted once (RFC 4760 §8)", func(t *testing.T) {
		o := withCaps(codec.MultiprotocolCap(v6), codec.MultiprotocolCap(v4), codec.MultiprotocolCap(v6))
		require.Equal(t, codec.FamilySet{v4, v6}, o.Families())
	})
	t.Run("all but the last graceful restart are ignored (RFC 4724 §3)", func(t *testing.T) {
		o := withCaps(codec.GracefulRestartCap(codec.GracefulRestart{Time: 1, Families: []codec.RestartFamily{{Family: v4}}}),
			codec.GracefulRestartCap(codec.GracefulRestart{Time: 2}))
		g, ok := o.GracefulRestart()
		require.True(t, ok)
		require.Equal(t, codec.GracefulRestart{Time: 2}, g)
	})
	t.Run("ADD-PATH lists are joined, the later entry of a family counts", func(t *testing.T) {
		o := withCaps(codec.AddPathCap(codec.AddPathFamily{Family: v4, Mode: 1}, codec.AddPathFamily{Family: v6, Mode: 1}),
			codec.AddPathCap(codec.AddPathFamily{Family: v4, Mode: 3}))
		require.Equal(t, []codec.AddPathFamily{{Family: v4, Mode: 3}, {Family: v6, Mode: 1}}, o.AddPath())
	})
	t.Run("ADD-PATH with an unknown mode is not understood and ignored (RFC 7911 §4)", func(t *testing.T) {
		for _, mode := range []codec.AddPathMode{0, 4, 255} {
			o := withCaps(codec.AddPathCap(codec.AddPathFamily{Family: v4, Mode: 1}, codec.AddPathFamily{Family: v6, Mode: mode}),
				codec.AddPathCap(codec.AddPathFamily{Family: v6, Mode: 2}))
			require.Equal(t, []codec.AddPathFamily{{Family: v6, Mode: 2}}, o.AddPath(), "mode %d", mode)
		}
	})
	t.Run("extended next hops are joined, each once", func(t *testing.T) {
		e := codec.NextHopFamily{Family: v4, NextHop: 2}
		require.Equal(t, []codec.NextHopFamily{e}, withCaps(codec.ExtendedNextHopCap(e, e), codec.ExtendedNextHopCap(e)).ExtendedNextHop())
	})
	t.Run("LLGR without graceful restart is ignored (RFC 9494 §3.1)", func(t *testing.T) {
		l := codec.LLGRCap(codec.LLGRFamily{Family: v4, StaleTime: 5})
		require.Empty(t, withCaps(l).LLGR())
		require.Len(t, withCaps(l, codec.GracefulRestartCap(codec.GracefulRestart{})).LLGR(), 1)
	})
	t.Run("a malformed instance does not hide a good one", func(t *testing.T) {
		as, ok := withCaps(codec.AS4Cap(7), codec.Capability{Code: codec.CapAS4}).AS4()
		require.True(t, ok)
		require.Equal(t, uint32(7), as)
	})
}

// TestTextCapabilitiesAreCutAtACharacter: what we send is valid UTF-8 and fits.
func TestTextCapabilitiesAreCutAtACharacter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		long := rapid.SampledFrom([]string{"a", "é", "語", "😀", "\xff"}).Draw(t, "character")
		text := strings.Repeat("x", rapid.IntRange(0, 3).Draw(t, "shift")) + strings.Repeat(long, rapid.IntRange(0, 300).Draw(t, "times"))
		o := withCaps(codec.FQDNCap(text, text), codec.SoftwareVersionCap(text))
		host, domain, ok := o.FQDN()
		require.True(t, ok)
		version, ok := o.SoftwareVersion()
		require.True(t, ok)
		whole := strings.ToValidUTF8(text, "\uFFFD")
		for what, c := range map[string]struct {
			got string
			max int
		}{"host": {host, 126}, "domain": {domain, 126}, "version": {version, 64}} {
			require.True(t, utf8.ValidString(c.got), "%s %q", what, c.got)
			require.True(t, strings.HasPrefix(whole, c.got), what)
			require.LessOrEqual(t, len(c.got), c.max, what)
			if len(whole) > c.max {
				require.Greater(t, len(c.got), c.max-utf8.UTFMax, "%s is cut by less than a character", what)
			} else {
				require.Equal(t, whole, c.got, what)
			}
		}
		require.LessOrEqual(t, len(o.Caps[0].Value), 255)
	})
}

func TestOpenText(t *testing.T) {
	v4, v6 := codec.IPv4Unicast, codec.IPv6Unicast
	for want, o := range map[string]*codec.Open{
		"OPEN as=65001 hold=90 id=10.0.0.1 caps=[]": withCaps(),
		"OPEN as=65001 hold=90 id=10.0.0.1 caps=[mp(ipv4 unicast) as4(65001)]": withCaps(
			codec.MultiprotocolCap(v4), codec.AS4Cap(65001)),
		"OPEN version=3 as=65001 hold=90 id=10.0.0.1 caps=[refresh refresh-cisco enhanced-refresh ext-message] extended": {
			Version: 3, AS: 65001, HoldTime: 90, ID: plainOpen.ID, Extended: true, Caps: []codec.Capability{codec.RouteRefreshCap(),
				codec.RouteRefreshCiscoCap(), codec.EnhancedRefreshCap(), codec.ExtendedMessageCap()}},
		"OPEN as=65001 hold=90 id=10.0.0.1 caps=[gr(120s restarting notification, ipv4 unicast forwarding, ipv6 unicast) llgr(ipv4 unicast 9s forwarding, ipv6 unicast 0s)]": withCaps(
			codec.GracefulRestartCap(codec.GracefulRestart{Restarting: true, Notification: true, Time: 120,
				Families: []codec.RestartFamily{{Family: v4, Forwarding: true}, {Family: v6}}}),
			codec.LLGRCap(codec.LLGRFamily{Family: v4, Forwarding: true, StaleTime: 9}, codec.LLGRFamily{Family: v6})),
		"OPEN as=65001 hold=90 id=10.0.0.1 caps=[add-path(ipv4 unicast send/receive, l2vpn evpn MODE(9)) ext-nexthop(ipv4 unicast via ipv6)]": withCaps(
			codec.AddPathCap(codec.AddPathFamily{Family: v4, Mode: 3}, codec.AddPathFamily{Family: codec.MakeFamily(25, 70), Mode: 9}),
			codec.ExtendedNextHopCap(codec.NextHopFamily{Family: v4, NextHop: 2})),
		`OPEN as=65001 hold=90 id=10.0.0.1 caps=[fqdn("r\x1b[2J" "") software("a\"\n\xff") role(rs-client) role(ROLE(9))]`: withCaps(
			codec.FQDNCap("r\x1b[2J", ""), codec.Capability{Code: codec.CapSoftwareVersion, Value: []byte("\x04a\"\n\xff")},
			codec.RoleCap(codec.RoleRSClient), codec.RoleCap(9)),
		"OPEN as=65001 hold=90 id=10.0.0.1 caps=[dynamic-old(0x6c6f) CAPABILITY(200) as4(0x01) fqdn(0x09) software(0x09) enhanced-refresh(0x00)]": withCaps(
			codec.Capability{Code: 66, Value: []byte("lo")}, codec.Capability{Code: 200}, codec.Capability{Code: codec.CapAS4, Value: []byte{1}},
			codec.Capability{Code: codec.CapFQDN, Value: []byte{9}}, codec.Capability{Code: codec.CapSoftwareVersion, Value: []byte{9}},
			codec.Capability{Code: codec.CapEnhancedRefresh, Value: []byte{0}}),
	} {
		require.Equal(t, want, o.String())
		b, err := o.AppendText([]byte("> "))
		require.NoError(t, err)
		require.Equal(t, "> "+want, string(b))
	}
}
