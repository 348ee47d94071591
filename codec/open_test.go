package codec_test

import (
	"bytes"
	"net/netip"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/peerloom/peerloom/codec"
)

// wireOpen is an OPEN of AS 65001, hold time 90, identifier 10.0.0.1, with the
// octets from Opt Parm Len on in hexadecimal.
func wireOpen(params string) []byte {
	return wireMessage(codec.MsgOpen, append(wireHex("04 fde9 005a 0a000001"), wireHex(params)...)...)
}

var plainOpen = codec.Open{Version: 4, AS: 65001, HoldTime: 90, ID: netip.MustParseAddr("10.0.0.1")}

func withCaps(caps ...codec.Capability) *codec.Open {
	o := plainOpen
	o.Caps = caps
	return &o
}

// TestOpenErrors is RFC 4271 §6.2 and what later RFCs add, a case a sentence.
func TestOpenErrors(t *testing.T) {
	body := func(s string) []byte { return wireMessage(codec.MsgOpen, wireHex(s)...) }
	cases := []struct {
		name string
		msg  []byte
		sub  uint8
		data []byte
	}{
		{"version 3: Unsupported Version Number, the data says 4", body("03 fde9 005a 0a000001 00"), 1, []byte{0, 4}},
		{"version 5: the largest version below it is 4", body("05 fde9 005a 0a000001 00"), 1, []byte{0, 4}},
		{"the version is looked at first", body("00 0000 0001 00000000 ff"), 1, []byte{0, 4}},
		{"AS 0: Bad Peer AS (RFC 7607 §2)", body("04 0000 005a 0a000001 00"), 2, nil},
		{"AS 0 in capability 65: Bad Peer AS (RFC 7607 §2)", wireOpen("08 02 06 41 04 00000000"), 2, nil},
		{"AS 0 in the first of two capabilities 65", wireOpen("0e 02 0c 41 04 00000000 41 04 00000001"), 2, nil},
		{"identifier 0: Bad BGP Identifier (RFC 6286 §2.2)", body("04 fde9 005a 00000000 00"), 3, nil},
		{"hold time 1: Unacceptable Hold Time", body("04 fde9 0001 0a000001 00"), 6, nil},
		{"hold time 2: Unacceptable Hold Time", body("04 fde9 0002 0a000001 00"), 6, nil},
		{"an optional parameter that is not recognized", wireOpen("02 03 00"), 4, nil},
		{"the authentication parameter, deprecated, is not recognized", wireOpen("03 01 01 00"), 4, nil},
		{"type 255 anywhere but first is not recognized", wireOpen("04 02 00 ff 00"), 4, nil},
		{"optional parameters longer than the message", wireOpen("05 02 00"), 0, nil},
		{"octets after the optional parameters", wireOpen("00 00"), 0, nil},
		{"an optional parameter without a length", wireOpen("01 02"), 0, nil},
		{"an optional parameter longer than the rest", wireOpen("04 02 03 02 00"), 0, nil},
		{"a capability of one octet", wireOpen("03 02 01 02"), 0, nil},
		{"a capability longer than its parameter", wireOpen("0a 02 04 41 04 0000 02 02 02 00"), 0, nil},
		{"a multiprotocol capability of 3 octets", wireOpen("07 02 05 01 03 0001 00"), 0, nil},
		{"a multiprotocol capability of 8 octets", wireOpen("0c 02 0a 01 08 0001 0001 0001 0001"), 0, nil},
		{"a 4-octet AS capability of 2 octets", wireOpen("06 02 04 41 02 fde9"), 0, nil},
		{"a graceful restart capability of 1 octet", wireOpen("05 02 03 40 01 00"), 0, nil},
		{"a graceful restart capability with half a family", wireOpen("08 02 06 40 04 0078 0001"), 0, nil},
		{"an ADD-PATH capability with half a family", wireOpen("06 02 04 45 02 0001"), 0, nil},
		{"an extended next hop capability with half an entry", wireOpen("08 02 06 05 04 00010001"), 0, nil},
		{"an LLGR capability with half a family", wireOpen("08 02 06 47 04 00010180"), 0, nil},
		{"a role of no octets", wireOpen("04 02 02 09 00"), 0, nil},
		{"two roles that differ: Role Mismatch (RFC 9234 §4.2)", wireOpen("08 02 06 09 01 00 09 01 03"), 11, nil},
		{"extended: no room for the length (RFC 9072 §2)", wireOpen("ff ff 00"), 0, nil},
		{"extended: longer than the message", wireOpen("ff ff 0001"), 0, nil},
		{"extended: shorter than the message", wireOpen("ff ff 0000 02 0000"), 0, nil},
		{"extended: half a parameter header", wireOpen("ff ff 0002 02 00"), 0, nil},
		{"extended: a parameter longer than the rest", wireOpen("ff ff 0003 02 0001"), 0, nil},
		{"extended: a parameter that is not recognized", wireOpen("ff ff 0003 ff 0000"), 4, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			o, err := codec.DecodeOpen(c.msg)
			require.Nil(t, o, "decoded as %v", o)
			require.NotNil(t, err)
			require.Equal(t, codec.Notification{Code: codec.CodeOpen, Subcode: c.sub, Data: c.data}, err.Notification(), err.Why)
			require.Equal(t, codec.TreatReset, err.Treat)
		})
	}
}

// TestOpenAccepts holds what must not be refused.
func TestOpenAccepts(t *testing.T) {
	extended := withCaps(codec.RouteRefreshCap())
	extended.Extended = true
	empty := withCaps()
	empty.Extended = true
	hold := func(s uint16) *codec.Open { o := plainOpen; o.HoldTime = s; return &o }
	cases := []struct {
		name string
		msg  []byte
		want *codec.Open
	}{
		{"no optional parameters", wireOpen("00"), withCaps()},
		{"hold time 0", wireMessage(codec.MsgOpen, wireHex("04 fde9 0000 0a000001 00")...), hold(0)},
		{"hold time 3", wireMessage(codec.MsgOpen, wireHex("04 fde9 0003 0a000001 00")...), hold(3)},
		{"an empty capabilities parameter", wireOpen("02 02 00"), withCaps()},
		{"several capabilities in one parameter (RFC 5492 §4)", wireOpen("0a 02 08 02 00 41 04 0000fde9"),
			withCaps(codec.RouteRefreshCap(), codec.AS4Cap(65001))},
		{"several parameters (RFC 5492 §4)", wireOpen("0c 02 02 02 00 02 06 41 04 0000fde9"),
			withCaps(codec.RouteRefreshCap(), codec.AS4Cap(65001))},
		{"an unknown capability is kept (RFC 5492 §3)", wireOpen("06 02 04 42 02 6c6f"),
			withCaps(codec.Capability{Code: 66, Value: []byte("lo")})},
		{"two equal instances (RFC 5492 §4)", wireOpen("06 02 04 02 00 02 00"),
			withCaps(codec.RouteRefreshCap(), codec.RouteRefreshCap())},
		{"two equal roles are one (RFC 9234 §4.2)", wireOpen("08 02 06 09 01 03 09 01 03"),
			withCaps(codec.RoleCap(codec.RoleCustomer), codec.RoleCap(codec.RoleCustomer))},
		{"an empty ADD-PATH capability", wireOpen("04 02 02 45 00"), withCaps(codec.AddPathCap())},
		{"a flag capability with a value", wireOpen("05 02 03 46 01 00"),
			withCaps(codec.Capability{Code: codec.CapEnhancedRefresh, Value: []byte{0}})},
		{"a host name cut short is ignored, not refused", wireOpen("05 02 03 49 01 09"),
			withCaps(codec.Capability{Code: codec.CapFQDN, Value: []byte{9}})},
		{"extended although short (RFC 9072 §2)", wireOpen("ff ff 0005 02 0002 02 00"), extended},
		{"extended: Non-Ext OP Len is ignored on receipt (RFC 9072 §2)", wireOpen("00 ff 0005 02 0002 02 00"), extended},
		{"extended and empty", wireOpen("ff ff 0000"), empty},
		{"AS_TRANS in My Autonomous System (RFC 6793 §9)",
			wireMessage(codec.MsgOpen, wireHex("04 5ba0 005a 0a000001 08 02 06 41 04 00010000")...),
			&codec.Open{Version: 4, AS: codec.ASTrans, HoldTime: 90, ID: plainOpen.ID, Caps: []codec.Capability{codec.AS4Cap(65536)}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := codec.DecodeOpen(c.msg)
			require.Nil(t, err)
			requireSameOpen(t, c.want, got)
		})
	}
}

// requireSameOpen compares with nil and empty values the same.
func requireSameOpen(t require.TestingT, want, got *codec.Open) {
	require.Equal(t, want.String(), got.String())
	require.Equal(t, want.Extended, got.Extended, "extended form")
	require.Equal(t, len(want.Caps), len(got.Caps))
	for i, c := range want.Caps {
		require.Equal(t, c.Code, got.Caps[i].Code, "capability %d", i)
		require.True(t, bytes.Equal(c.Value, got.Caps[i].Value), "capability %d (%s): %x, not %x", i, c.Code, got.Caps[i].Value, c.Value)
	}
	require.Equal(t, want.AS, got.AS)
	require.Equal(t, want.HoldTime, got.HoldTime)
	require.Equal(t, want.ID, got.ID)
}

func TestAppendOpenIsOneParameterACapability(t *testing.T) {
	got, err := codec.AppendOpen([]byte("before"), withCaps(codec.RouteRefreshCap(), codec.AS4Cap(65001)))
	require.NoError(t, err)
	require.Equal(t, append([]byte("before"), wireOpen("0c 02 02 02 00 02 06 41 04 0000fde9")...), got)
}

func TestAppendOpenWritesVersion4ForNone(t *testing.T) {
	o := plainOpen
	o.Version = 0
	got, err := codec.AppendOpen(nil, &o)
	require.NoError(t, err)
	require.Equal(t, wireOpen("00"), got)
}

// TestAppendOpenExtended: "if the length of the Optional Parameters in the BGP
// OPEN message does exceed 255, the OPEN message MUST be encoded according to"
// RFC 9072 §2, and up to 255 it "SHOULD be used without alteration".
func TestAppendOpenExtended(t *testing.T) {
	filler := func(n int) codec.Capability { return codec.Capability{Code: 200, Value: make([]byte, n)} }
	cases := []struct {
		name     string
		caps     []codec.Capability
		extended bool
	}{
		{"255 octets of parameters", []codec.Capability{filler(251)}, false},
		{"256 octets of parameters", []codec.Capability{filler(252)}, true},
		{"one capability that fills a parameter", []codec.Capability{filler(255)}, true},
		{"two that have 255 together", []codec.Capability{filler(100), filler(147)}, false},
		{"two that have 256 together", []codec.Capability{filler(100), filler(148)}, true},
		{"as many as 4096 octets hold", append(slices.Repeat([]codec.Capability{filler(255)}, 15), filler(159)), true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			b, err := codec.AppendOpen(nil, withCaps(c.caps...))
			require.NoError(t, err)
			require.LessOrEqual(t, len(b), codec.MaxLen)
			require.Equal(t, c.extended, b[29] == 255, "extended form of % x", b[28:33])
			got, bad := codec.DecodeOpen(b)
			require.Nil(t, bad)
			want := withCaps(c.caps...)
			want.Extended = c.extended
			requireSameOpen(t, want, got)
		})
	}
	b, err := codec.AppendOpen(nil, &codec.Open{AS: 1, ID: plainOpen.ID, Extended: true})
	require.NoError(t, err)
	require.Equal(t, wireHex("ff ff 0000"), b[28:], "extended where asked for, with 255 in the old length")
}

func TestAppendOpenRefuses(t *testing.T) {
	v6 := plainOpen
	v6.ID = netip.MustParseAddr("::1")
	for name, o := range map[string]*codec.Open{
		"a capability of 256 octets": withCaps(codec.Capability{Code: 200, Value: make([]byte, 256)}),
		"an OPEN of 4097 octets": withCaps(append(slices.Repeat([]codec.Capability{{Code: 200, Value: make([]byte, 255)}}, 15),
			codec.Capability{Code: 200, Value: make([]byte, 160)})...),
		"an IPv6 identifier": &v6,
		"no identifier":      {AS: 1},
	} {
		got, err := codec.AppendOpen([]byte("before"), o)
		require.Error(t, err, name)
		require.Equal(t, "before", string(got), "%s: the buffer comes back unchanged", name)
	}
}

// TestOpenRoundTrip: what is written is read back the same, and owned.
func TestOpenRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := drawOpen(t)
		b, err := codec.AppendOpen(nil, o)
		require.NoError(t, err)
		got, bad := codec.DecodeOpen(b)
		require.Nil(t, bad, "%v", bad)
		want := *o
		want.Extended = got.Extended // also chosen by size
		require.True(t, got.Extended || !o.Extended, "extended form asked for")
		clear(b)
		requireSameOpen(t, &want, got)

		again, err := codec.AppendOpen(nil, got)
		require.NoError(t, err)
		back, bad := codec.DecodeOpen(again)
		require.Nil(t, bad)
		require.Equal(t, got, back)
	})
}

// drawOpen is an OPEN that is good and fits.
func drawOpen(t *rapid.T) *codec.Open {
	o := &codec.Open{
		Version:  4,
		AS:       rapid.Uint16Min(1).Draw(t, "as"),
		HoldTime: rapid.OneOf(rapid.Just(uint16(0)), rapid.Uint16Min(3)).Draw(t, "hold"),
		ID:       netip.AddrFrom4([4]byte{rapid.ByteRange(1, 255).Draw(t, "id"), 0, 0, 1}),
		Extended: rapid.Bool().Draw(t, "extended"),
	}
	role := rapid.Byte().Draw(t, "role")
	for range rapid.IntRange(0, 14).Draw(t, "capabilities") {
		o.Caps = append(o.Caps, drawCapability(t, role))
	}
	return o
}

func drawFamily(t *rapid.T) codec.Family {
	return codec.MakeFamily(codec.AFI(rapid.Uint16().Draw(t, "afi")), codec.SAFI(rapid.Byte().Draw(t, "safi")))
}

func drawCapability(t *rapid.T, role uint8) codec.Capability {
	few := func(n int) int { return rapid.IntRange(0, n).Draw(t, "entries") }
	switch rapid.IntRange(0, 10).Draw(t, "capability") {
	case 0:
		return codec.MultiprotocolCap(drawFamily(t))
	case 1:
		return codec.AS4Cap(rapid.Uint32Min(1).Draw(t, "as4"))
	case 2:
		fams := make([]codec.AddPathFamily, few(63))
		for i := range fams {
			fams[i] = codec.AddPathFamily{Family: drawFamily(t), Mode: codec.AddPathMode(rapid.Byte().Draw(t, "mode"))}
		}
		return codec.AddPathCap(fams...)
	case 3:
		fams := make([]codec.NextHopFamily, few(42))
		for i := range fams {
			fams[i] = codec.NextHopFamily{Family: drawFamily(t), NextHop: codec.AFI(rapid.Uint16().Draw(t, "nh"))}
		}
		return codec.ExtendedNextHopCap(fams...)
	case 4:
		g := codec.GracefulRestart{Time: rapid.Uint16().Draw(t, "time"), Restarting: rapid.Bool().Draw(t, "r")}
		for range few(63) {
			g.Families = append(g.Families, codec.RestartFamily{Family: drawFamily(t), Forwarding: rapid.Bool().Draw(t, "f")})
		}
		return codec.GracefulRestartCap(g)
	case 5:
		fams := make([]codec.LLGRFamily, few(36))
		for i := range fams {
			fams[i] = codec.LLGRFamily{Family: drawFamily(t), StaleTime: rapid.Uint32().Draw(t, "stale")}
		}
		return codec.LLGRCap(fams...)
	case 6:
		return codec.FQDNCap(rapid.String().Draw(t, "host"), rapid.String().Draw(t, "domain"))
	case 7:
		return codec.SoftwareVersionCap(rapid.String().Draw(t, "version"))
	case 8:
		return codec.RoleCap(role)
	case 9:
		return rapid.SampledFrom([]codec.Capability{codec.RouteRefreshCap(), codec.RouteRefreshCiscoCap(),
			codec.EnhancedRefreshCap(), codec.ExtendedMessageCap()}).Draw(t, "flag")
	default:
		return codec.Capability{Code: codec.CapCode(rapid.ByteRange(129, 255).Draw(t, "code")),
			Value: rapid.SliceOfN(rapid.Byte(), 0, 255).Draw(t, "value")}
	}
}

func BenchmarkDecodeOpen(b *testing.B) {
	msg, err := codec.AppendOpen(nil, withCaps(codec.MultiprotocolCap(codec.IPv4Unicast), codec.AS4Cap(65001),
		codec.RouteRefreshCap(), codec.EnhancedRefreshCap(), codec.ExtendedMessageCap()))
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		if _, bad := codec.DecodeOpen(msg); bad != nil {
			b.Fatal(bad)
		}
	}
}
