package codec_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/peerloom/peerloom/codec"
)

func genMVPN(f codec.Family) *rapid.Generator[codec.NLRI] {
	return rapid.Custom(func(t *rapid.T) codec.NLRI {
		rd := rapid.SampledFrom([]string{"65000:1", "10.0.0.1:1", "70000:9"}).Draw(t, "rd")
		source, group, as := genHost(t, f), genHost(t, f), rapid.Uint32().Draw(t, "as")
		octets := 4
		if f.AFI() == codec.AFIIPv6 {
			octets = 16
		}
		router := rapid.SampledFrom([]string{"0a000001", "20010db8000000000000000000000001"}).Draw(t, "router")
		typed := func(typ int, v string) string { return fmt.Sprintf("mcast-vpn 0x%02x%02x%s", typ, len(v)/2, v) }
		text := rapid.SampledFrom([]string{
			"source-ad source " + source + " group " + group + " rd " + rd,
			fmt.Sprintf("shared-join rp %s group %s rd %s source-as %d", source, group, rd, as),
			fmt.Sprintf("source-join source %s group %s rd %s source-as %d", source, group, rd, as),
			typed(1, "0000fde800000001"+router),
			typed(2, "0000fde8000000010000fde8"),
			typed(3, fmt.Sprintf("0000fde800000001%02x%x%02x%x", 8*octets, mustAddr(source), 8*octets, mustAddr(group))+router),
			typed(3, "0000fde8000000010000"+router), // RFC 6625 wildcards
			typed(4, "020c0000fde8000000010000fde8"+router),
			typed(9, "00"),
		}).Draw(t, "text")
		n, err := codec.ParseNLRIText(f, 0, nlriFields(f, text))
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		n.PathID = rapid.Uint32Range(0, 3).Draw(t, "path")
		return n
	})
}

func TestMVPNRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.SampledFrom([]codec.Family{codec.IPv4MVPN, codec.IPv6MVPN}).Draw(t, "family")
		checkRoundTrip(t, f, rapid.SliceOfN(genMVPN(f), 1, 20).Draw(t, "nlri"))
	})
}

// TestMVPNText: ExaBGP's words, its octets and the members of its events.
func TestMVPNText(t *testing.T) {
	for _, c := range []struct{ text, wire, json string }{
		{"source-ad source 10.99.12.4 group 239.251.255.228 rd 65000:99999", "05120000FDE80001869F200A630C0420EFFBFFE4",
			`"code": 5, "parsed": true, "raw": "05120000FDE80001869F200A630C0420EFFBFFE4", "name": "Source Active A-D Route", "rd": "65000:99999", "source": "10.99.12.4", "group": "239.251.255.228"`},
		{"shared-join rp 10.99.199.1 group 239.251.255.228 rd 65000:99999 source-as 65000", "06160000FDE80001869F0000FDE8200A63C70120EFFBFFE4",
			`"code": 6, "parsed": true, "raw": "06160000FDE80001869F0000FDE8200A63C70120EFFBFFE4", "name": "C-Multicast Shared Tree Join route", "rd": "65000:99999", "source-as": "65000", "source": "10.99.199.1", "group": "239.251.255.228"`},
		{"mcast-vpn 0x010c0000fde8000000010a000001", "010c0000fde8000000010a000001",
			`"code": 1, "parsed": false, "raw": "010C0000FDE8000000010A000001", "name": "Intra-AS I-PMSI A-D Route"`},
	} {
		n := nlri(t, codec.IPv4MVPN, c.text)
		require.Equal(t, unhex(t, c.wire), []byte(n.Wire), c.text)
		require.Equal(t, c.text, n.String())
		require.Equal(t, c.json, string(n.AppendJSON(nil)))
	}
}

func TestMVPNTextErrors(t *testing.T) {
	for _, s := range []string{"", "rd 1:1", "source-ad", "source-ad rd 1:1", "source-ad source 10.0.0.1 group 239.0.0.1", "source-ad rp 10.0.0.1 group 239.0.0.1 rd 1:1",
		"source-ad source 10.0.0.1 group 239.0.0.1 rd 1:1 source-as 5", "shared-join rp 10.0.0.1 group 239.0.0.1 rd 1:1", "shared-join rp 10.0.0.1 group ff0e::1 rd 1:1 source-as 5",
		"shared-join source 10.0.0.1 group 239.0.0.1 rd 1:1 source-as 5", "source-join source-ad source 10.0.0.1 group 239.0.0.1 rd 1:1 source-as 5",
		"source-join source 10.0.0.1 group 239.0.0.1 rd 1 source-as 5", "mcast-vpn 0x05", "mcast-vpn 0x0500"} {
		_, err := codec.ParseNLRIText(codec.IPv4MVPN, 0, nlriFields(codec.IPv4MVPN, s))
		require.Error(t, err, s)
	}
}
