package codec_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/peerloom/peerloom/codec"
)

func TestKeepalive(t *testing.T) {
	got := codec.AppendKeepalive([]byte("before"))
	require.Equal(t, append([]byte("before"), wireHex("ffffffffffffffffffffffffffffffff 0013 04")...), got)
	require.Equal(t, codec.MsgKeepalive, codec.TypeOf(got[6:]))
	require.Empty(t, codec.Body(got[6:]))
}

// TestRouteRefreshWire: AFI, the subtype where RFC 2918 has a reserved octet, SAFI
// (RFC 7313 §3.2).
func TestRouteRefreshWire(t *testing.T) {
	for _, c := range []struct {
		r    codec.RouteRefresh
		body string
		text string
	}{
		{codec.RouteRefresh{Family: codec.IPv4Unicast}, "0001 00 01", "ROUTE-REFRESH request ipv4 unicast"},
		{codec.RouteRefresh{Family: codec.IPv4Unicast, Subtype: codec.RefreshBegin}, "0001 01 01", "ROUTE-REFRESH BoRR ipv4 unicast"},
		{codec.RouteRefresh{Family: codec.IPv6Multicast, Subtype: codec.RefreshEnd}, "0002 02 02", "ROUTE-REFRESH EoRR ipv6 multicast"},
		{codec.RouteRefresh{Family: codec.MakeFamily(25, 70), Subtype: 77}, "0019 4d 46", "ROUTE-REFRESH SUBTYPE(77) l2vpn evpn"},
		{codec.RouteRefresh{Family: codec.IPv4Unicast, ORF: []byte{1, 64, 0, 0}}, "0001 00 01 01400000",
			"ROUTE-REFRESH request ipv4 unicast orf=0x01400000"},
	} {
		want := wireMessage(codec.MsgRouteRefresh, wireHex(c.body)...)
		b := codec.AppendRouteRefresh([]byte("before"), c.r)
		require.Equal(t, append([]byte("before"), want...), b)
		got, err := codec.DecodeRouteRefresh(want)
		require.Nil(t, err)
		clear(want) // ORF must be owned
		require.Equal(t, c.r, got)
		require.Equal(t, c.text, got.String())
	}
}

// TestRouteRefreshErrors: "If the length, excluding the fixed-size message
// header, of the received ROUTE-REFRESH message with Message Subtype 1 and 2 is
// not 4", 7/1 with "the complete ROUTE-REFRESH message" (RFC 7313 §5).
func TestRouteRefreshErrors(t *testing.T) {
	for _, body := range []string{"0001 01", "0001 02", "0001 01 01 00", "0001 02 01 00000000"} {
		msg := wireMessage(codec.MsgRouteRefresh, wireHex(body)...)
		_, err := codec.DecodeRouteRefresh(msg)
		require.NotNil(t, err, body)
		whole := append([]byte{}, msg...)
		clear(msg) // Data must be owned
		require.Equal(t, codec.Notification{Code: codec.CodeRouteRefresh, Subcode: 1, Data: whole}, err.Notification(), body)
		require.Equal(t, codec.TreatReset, err.Treat)
	}
	for _, body := range []string{"", "00", "0001", "0001 00", "0001 4d"} {
		msg := wireMessage(codec.MsgRouteRefresh, wireHex(body)...)
		_, err := codec.DecodeRouteRefresh(msg)
		require.NotNil(t, err, body)
		require.Equal(t, codec.Notification{Code: codec.CodeHeader, Subcode: 2, Data: msg[16:18]}, err.Notification(), body)
	}
}

func TestRouteRefreshRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := codec.RouteRefresh{Family: drawFamily(t), Subtype: codec.RefreshSubtype(rapid.Byte().Draw(t, "subtype"))}
		orf := rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(t, "orf")
		if len(orf) > 0 && r.Subtype != codec.RefreshBegin && r.Subtype != codec.RefreshEnd {
			r.ORF = orf
		}
		got, err := codec.DecodeRouteRefresh(codec.AppendRouteRefresh(nil, r))
		require.Nil(t, err)
		require.Equal(t, r, got)
	})
}

func TestAppendRouteRefreshTooLong(t *testing.T) {
	r := codec.RouteRefresh{Family: codec.IPv4Unicast, ORF: make([]byte, codec.MaxExtendedLen-23)}
	require.Len(t, codec.AppendRouteRefresh(nil, r), codec.MaxExtendedLen)
	r.ORF = append(r.ORF, 0)
	require.PanicsWithValue(t, "codec: ROUTE-REFRESH of 65536 octets", func() { codec.AppendRouteRefresh(nil, r) })
}
