package codec_test

import (
	"encoding/hex"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/peerloom/peerloom/codec"
)

// words cuts the text of an NLRI into keywords with their values. The first
// word names the kind.
func words(t require.TestingT, f codec.Family, text string) []codec.NLRIField {
	tokens := strings.Fields(text)[1:]
	var out []codec.NLRIField
	for len(tokens) > 0 {
		n, known := codec.NLRITextArity(f, tokens[0])
		require.True(t, known && n <= 1, "%q in %q", tokens[0], text)
		end := 1 + n
		if n == 1 && tokens[1] == "[" {
			for tokens[end-1] != "]" {
				end++
			}
		}
		out = append(out, codec.NLRIField{Name: tokens[0], Values: tokens[1:end]})
		tokens = tokens[end:]
	}
	return out
}

// roundTrip checks that an NLRI decodes from its wire form, behind others and
// with a path identifier, to itself, and that its text reads back.
func roundTrip(t require.TestingT, n codec.NLRI) {
	one, err := codec.ParseNLRIText(n.Family, n.PathID, words(t, n.Family, n.String()))
	require.NoError(t, err, n.String())
	require.Equal(t, n, one, "%q reads back as another route", n.String())

	for _, addPath := range []bool{false, true} {
		o := &codec.Options{AS4: true, MaxLen: codec.MaxExtendedLen}
		n := n
		if addPath {
			o.AddPath, n.PathID = codec.FamilySet{n.Family}, 7
		}
		attrs := codec.Attrs{codec.Origin(codec.OriginIGP), codec.ASPath(), codec.NextHop(netip.MustParseAddr("192.0.2.1"))}
		msg, sent, err := codec.AppendAnnounce(nil, o, attrs, []codec.NLRI{n, n})
		require.NoError(t, err)
		require.Equal(t, 2, sent)
		var d codec.Decoder
		u := d.Update(msg, o)
		require.Empty(t, u.Errs, "%x", msg)
		count := 0
		for r := range u.Announced() {
			require.Equal(t, n, r.NLRI(), "decode(append(x)) is not x")
			require.Equal(t, n.Key(), r.NLRI().Key())
			count++
		}
		require.Equal(t, 2, count)
	}
}

func TestFlowRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v6, vpn := rapid.Bool().Draw(t, "v6"), rapid.Bool().Draw(t, "vpn")
		n, err := codec.ParseNLRIText(flowFamily(v6, vpn), 0, drawFlow(t, v6, vpn))
		require.NoError(t, err)
		roundTrip(t, n)
	})
}

func flowFamily(v6, vpn bool) codec.Family {
	f := codec.IPv4Flow
	if v6 {
		f = codec.IPv6Flow
	}
	if vpn {
		f++
	}
	return f
}

// drawFlow draws the keywords of a flow, in any order.
func drawFlow(t *rapid.T, v6, vpn bool) []codec.NLRIField {
	all := []string{"destination", "source", "protocol", "port", "destination-port", "source-port",
		"icmp-type", "icmp-code", "tcp-flags", "packet-length", "dscp", "fragment"}
	if v6 {
		all = []string{"destination", "source", "next-header", "port", "destination-port", "source-port",
			"icmp-type", "icmp-code", "tcp-flags", "packet-length", "traffic-class", "fragment", "flow-label"}
	}
	var out []codec.NLRIField
	for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom(all), 1, 6, rapid.ID[string]).Draw(t, "components") {
		values := []string{drawPrefix(t, v6)}
		if name != "destination" && name != "source" {
			values = drawTests(t, name)
		}
		out = append(out, codec.NLRIField{Name: name, Values: values})
	}
	if vpn {
		rd := rapid.SampledFrom([]string{"65535:65536", "192.0.2.1:7", "70000:1", "5L:1", "0x0003000000000001"}).Draw(t, "rd")
		out = append(out, codec.NLRIField{Name: "rd", Values: []string{rd}})
	}
	return out
}

func drawPrefix(t *rapid.T, v6 bool) string {
	if !v6 {
		a := netip.AddrFrom4([4]byte(rapid.SliceOfN(rapid.Byte(), 4, 4).Draw(t, "address")))
		return fmt.Sprintf("%v/%d", a, rapid.IntRange(0, 32).Draw(t, "bits"))
	}
	a := netip.AddrFrom16([16]byte(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "address")))
	bits := rapid.IntRange(1, 128).Draw(t, "bits")
	p := netip.PrefixFrom(a, bits).String()
	if rapid.Bool().Draw(t, "plain") {
		return p
	}
	return fmt.Sprintf("%s/%d", p, rapid.IntRange(0, bits-1).Draw(t, "offset"))
}

func drawTests(t *rapid.T, name string) []string {
	operators, max := []string{"", "=", "<", "<=", ">", ">=", "!="}, 0xff
	switch name {
	case "tcp-flags", "fragment":
		operators = []string{"", "=", "!", "!="}
	case "port", "source-port", "destination-port", "packet-length":
		max = 0xffff
	case "flow-label":
		max = 0xfffff
	}
	out := []string{"["}
	for range rapid.IntRange(1, 4).Draw(t, "tests") {
		var and []string
		for range rapid.IntRange(1, 3).Draw(t, "and") {
			and = append(and, rapid.SampledFrom(operators).Draw(t, "operator")+fmt.Sprint(rapid.IntRange(0, max).Draw(t, "value")))
		}
		out = append(out, strings.Join(and, "&"))
	}
	return append(out, "]")
}

func TestVPLSRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.IntRange(0, 0xffff)
		text := fmt.Sprintf("vpls base %d size %d offset %d endpoint %d rd 10.0.0.1:%d",
			rapid.IntRange(0, 0xfffff).Draw(t, "base"), number.Draw(t, "size"), number.Draw(t, "offset"), number.Draw(t, "endpoint"), number.Draw(t, "rd"))
		n, err := codec.ParseNLRIText(codec.L2VPNVPLS, 0, words(t, codec.L2VPNVPLS, text))
		require.NoError(t, err)
		roundTrip(t, n)
	})
}

func TestSRPolicyRoundTrip(t *testing.T) {
	for _, row := range []struct {
		f        codec.Family
		endpoint string
	}{{codec.IPv4SRPolicy, "0.0.0.0"}, {codec.IPv4SRPolicy, "10.0.0.1"}, {codec.IPv6SRPolicy, "2001:db8::1"}} {
		text := "sr-policy color 4294967295 endpoint " + row.endpoint + " distinguisher 7"
		n, err := codec.ParseNLRIText(row.f, 0, words(t, row.f, text))
		require.NoError(t, err)
		roundTrip(t, n)
	}
}

func TestRTCRoundTrip(t *testing.T) {
	for _, text := range []string{
		"rtc default", "rtc origin-as 65000 route-target target:65000:1", "rtc origin-as 4200000000 route-target target:10.0.0.1:7",
		"rtc origin-as 1 route-target 0x/0", "rtc origin-as 1 route-target 0x0002fd/20", "rtc origin-as 1 route-target 0x0602000000000001",
	} {
		n, err := codec.ParseNLRIText(codec.IPv4RTC, 0, words(t, codec.IPv4RTC, text))
		require.NoError(t, err, text)
		roundTrip(t, n)
	}
}

// evpn routes, one of each type (RFC 7432 §7, RFC 9136 §3.1, RFC 9251 §9, RFC
// 9572 §3).
var evpn = [...]struct{ wire, text, same, other string }{
	{
		"01 19 0000fde800000001 00112233445566778899 00000005 000641",
		"evpn type 1 rd 65000:1 esi 00:11:22:33:44:55:66:77:88:99 ethernet-tag 5 label 100",
		"01 19 0000fde800000001 00112233445566778899 00000005 000651",
		"01 19 0000fde800000001 00112233445566778899 00000006 000641",
	},
	{
		"02 25 0000fde800000001 00000000000000000000 00000000 30 0a0b0c0d0e0f 20 c0000201 000641",
		"evpn type 2 rd 65000:1 esi 00:00:00:00:00:00:00:00:00:00 ethernet-tag 0 mac 0a:0b:0c:0d:0e:0f ip 192.0.2.1 label 100",
		"02 28 0000fde800000001 00000000000000000001 00000000 30 0a0b0c0d0e0f 20 c0000201 000651 000001",
		"02 21 0000fde800000001 00000000000000000000 00000000 30 0a0b0c0d0e0f 00 000641",
	},
	{"03 11 0000fde800000001 00000000 20 c0000201", "evpn type 3 rd 65000:1 ethernet-tag 0 ip 192.0.2.1", "", "03 11 0000fde800000001 00000000 20 c0000202"},
	{"04 17 0000fde800000001 00112233445566778899 20 c0000201", "evpn type 4 rd 65000:1 esi 00:11:22:33:44:55:66:77:88:99 ip 192.0.2.1", "", ""},
	{
		"05 22 0000fde800000001 00000000000000000000 00000000 18 0a000000 00000000 000641",
		"evpn type 5 rd 65000:1 esi 00:00:00:00:00:00:00:00:00:00 ethernet-tag 0 prefix 10.0.0.0/24 gateway 0.0.0.0 label 100",
		"05 22 0000fde800000001 00000000000000000007 00000000 18 0a000000 c0000201 000651",
		"05 22 0000fde800000001 00000000000000000000 00000000 19 0a000000 00000000 000641",
	},
	{"06 1c 0000fde800000001 00000000 20 c0000201 20 e0000001 20 c0000202 01", "evpn type 6 rd 65000:1 ethernet-tag 0 source 192.0.2.1 group 224.0.0.1 originator 192.0.2.2 flags 1",
		"06 1c 0000fde800000001 00000000 20 c0000201 20 e0000001 20 c0000202 02", "06 18 0000fde800000001 00000000 00 20 e0000001 20 c0000202 01"},
	{"07 26 0000fde800000001 00112233445566778899 00000000 20 c0000201 20 e0000001 20 c0000202 01", "evpn type 7 rd 65000:1 esi 00:11:22:33:44:55:66:77:88:99 ethernet-tag 0 source 192.0.2.1 group 224.0.0.1 originator 192.0.2.2 flags 1", "", ""},
	{"08 2b 0000fde800000001 00112233445566778899 00000000 20 c0000201 20 e0000001 20 c0000202 00000000 0a 01",
		"evpn type 8 rd 65000:1 esi 00:11:22:33:44:55:66:77:88:99 ethernet-tag 0 source 192.0.2.1 group 224.0.0.1 originator 192.0.2.2 reserved 0x00000000 maximum-response-time 10 flags 1",
		"08 2b 0000fde800000001 00112233445566778899 00000000 20 c0000201 20 e0000001 20 c0000202 00000001 0b 02", ""},
	{"09 14 0000fde800000001 00000000 0002fde800000001", "evpn type 9 rd 65000:1 ethernet-tag 0 region 0x0002fde800000001", "", ""},
	{"0a 1b 0000fde800000001 00000000 20 c0000201 20 e0000001 20 c0000202", "evpn type 10 rd 65000:1 ethernet-tag 0 source 192.0.2.1 group 224.0.0.1 originator 192.0.2.2", "", ""},
	{"0b 1b 09 14 0000fde800000001 00000000 0002fde800000001 20 c0000202", "evpn type 11 route-key 0x09140000fde8000000010000000000 02fde800000001 originator 192.0.2.2", "", ""},
	{"63 02 0102", "0x63020102", "", "63 02 0103"},
}

func TestEVPN(t *testing.T) {
	for _, row := range evpn {
		n := canonical(t, codec.L2VPNEVPN, row.wire)
		require.Equal(t, strings.ReplaceAll(row.text, "0000000000 02", "000000000002"), n.String())
		wire := "0x" + hex.EncodeToString([]byte(n.Wire))
		again, err := codec.ParseNLRI(codec.L2VPNEVPN, 0, wire)
		require.NoError(t, err)
		require.Equal(t, n, again)
		if row.same != "" {
			require.Equal(t, n.Key(), canonical(t, codec.L2VPNEVPN, row.same).Key(), "only attributes differ")
		}
		if row.other != "" {
			require.NotEqual(t, n.Key(), canonical(t, codec.L2VPNEVPN, row.other).Key())
		}
		if row.text[0] == '0' {
			continue
		}
		back, err := codec.ParseNLRIText(codec.L2VPNEVPN, 0, words(t, codec.L2VPNEVPN, n.String()))
		require.NoError(t, err, n.String())
		require.Equal(t, n, back)
		// One octet less, or more, is malformed, whatever the type.
		short := "0x" + fmt.Sprintf("%02x%02x%x", n.Wire[0], n.Wire[1]-1, n.Wire[2:len(n.Wire)-1])
		_, err = codec.ParseNLRI(codec.L2VPNEVPN, 0, short)
		require.Error(t, err, "%s: %s", n, short)
	}
}

// TestBGPLS: descriptors by name; what is not known is kept (RFC 9552 §5.2).
func TestBGPLS(t *testing.T) {
	const node = "0001 0015 02 0000000000000001 0100 0008 0200 0004 0000fde8"
	require.NotEqual(t, canonical(t, codec.BGPLS, node).Key(), canonical(t, codec.BGPLS, strings.Replace(node, "fde8", "fde9", 1)).Key())
	for _, row := range []struct {
		f                codec.Family
		wire, text, json string
	}{
		{codec.BGPLS, node, "bgp-ls node protocol 2 identifier 1 local-node [ autonomous-system 65000 ]",
			`"ls-nlri-type": "bgpls-node", "l3-routing-topology": 1, "protocol-id": 2, "node-descriptors": { "autonomous-system": 65000 }`},
		{codec.BGPLS, "0001 0027 02 0000000000000000 0100 001a 0200 0004 0000fde8 0201 0004 00000001 0203 0006 000000000001",
			"bgp-ls node protocol 2 identifier 0 local-node [ autonomous-system 65000 bgp-ls-id 1 igp-router-id 0x000000000001 ]",
			`"ls-nlri-type": "bgpls-node", "l3-routing-topology": 0, "protocol-id": 2, "node-descriptors": { "autonomous-system": 65000, "bgp-ls-identifier": "1", "router-id": "000000000001" }`},
		{codec.BGPLS, "0002 003d 03 0000000000000000 0100 0008 0202 0004 00000001 0101 0008 0204 0004 0a000001 0102 0008 0000000100000002 0103 0004 0a000001 0107 0004 00000002",
			"bgp-ls link protocol 3 identifier 0 local-node [ ospf-area-id 0.0.0.1 ] remote-node [ bgp-router-id 10.0.0.1 ] link-identifiers 1/2 interface-address 10.0.0.1 multi-topology-id 0+2",
			`"ls-nlri-type": "bgpls-link", "l3-routing-topology": 0, "protocol-id": 3, "local-node-descriptors": { "ospf-area-id": "0.0.0.1" }, "remote-node-descriptors": { "bgp-router-id": "10.0.0.1" }, "link-identifiers": { "local": 1, "remote": 2 }, "multi-topology-id": [ 0, 2 ], "interface-address": { "interface-address": "10.0.0.1" }, "neighbor-address": {  }`},
		{codec.BGPLS, "0003 0019 03 0000000000000000 0100 0000 0108 0001 01 0109 0003 10 c000", "bgp-ls ipv4-prefix protocol 3 identifier 0 local-node [ ] ospf-route-type 1 ip-reachability 192.0.0.0/16",
			`"ls-nlri-type": "bgpls-prefix-v4", "l3-routing-topology": 0, "protocol-id": 3, "node-descriptors": {  }, "ospf-route-type": 1, "ip-reachability-tlv": "192.0.0.0", "ip-reach-prefix": "192.0.0.0/16"`},
		{codec.BGPLS, "0004 0013 03 0000000000000000 0109 0006 2020010db8 00", "bgp-ls ipv6-prefix protocol 3 identifier 0 ip-reachability 0x2020010db800",
			`"ls-nlri-type": "bgpls-prefix-v6", "l3-routing-topology": 0, "protocol-id": 3, "ip-reach-prefix": "0x2020010DB800"`},
		{codec.BGPLS, "0004 0012 03 0000000000000000 0109 0005 2020010db8", "bgp-ls ipv6-prefix protocol 3 identifier 0 ip-reachability 2001:db8::/32", ""},
		{codec.BGPLS, "0006 001d 02 0000000000000000 0206 0010 20010db8000000000000000000000001", "bgp-ls srv6-sid protocol 2 identifier 0 sid 2001:db8::1",
			`"ls-nlri-type": "bgpls-srv6sid", "l3-routing-topology": 0, "protocol-id": 2, "sid": "2001:db8::1"`},
		{codec.BGPLS, "0001 0018 01 0000000000000000 0100 000b 0203 0007 00abcdef000102", "bgp-ls node protocol 1 identifier 0 local-node [ igp-router-id 0x00abcdef000102 ]",
			`"ls-nlri-type": "bgpls-node", "l3-routing-topology": 0, "protocol-id": 1, "node-descriptors": { "psn": "2", "router-id": "00abcdef0001" }`},
		{codec.BGPLS, "0001 0019 03 0000000000000000 0100 000c 0203 0008 010101010a000001", "bgp-ls node protocol 3 identifier 0 local-node [ igp-router-id 0x010101010a000001 ]",
			`"ls-nlri-type": "bgpls-node", "l3-routing-topology": 0, "protocol-id": 3, "node-descriptors": { "designated-router-id": "10.0.0.1", "router-id": "1.1.1.1" }`},
		{codec.BGPLSVPN, "0001 001d 0000fde800000001 02 0000000000000001 0100 0008 0200 0004 0000fde8", "bgp-ls node rd 65000:1 protocol 2 identifier 1 local-node [ autonomous-system 65000 ]",
			`"ls-nlri-type": "bgpls-node", "l3-routing-topology": 1, "protocol-id": 2, "node-descriptors": { "autonomous-system": 65000 }, "rd": "65000:1"`},
		{codec.BGPLS, "0063 0001 01", "0x0063000101", `"code": 99, "parsed": false, "raw": "0063000101"`},
		{codec.BGPLSVPN, "0002 0015 0000fde800000001 02 0000000000000000 03e7 0000", "0x000200150000fde80000000102000000000000000003e70000", ""},
	} {
		n := canonical(t, row.f, row.wire)
		require.Equal(t, row.text, n.String())
		if row.text[0] != '0' {
			back, err := codec.ParseNLRIText(row.f, 0, words(t, row.f, row.text))
			require.NoError(t, err, row.text)
			require.Equal(t, n, back, row.text)
		}
		if row.json != "" {
			require.Equal(t, row.json, string(n.AppendJSON(nil)))
		}
	}
}

// TestKey: what is not part of a route's identity does not make another route.
func TestKey(t *testing.T) {
	parse := func(f codec.Family, text string) codec.Key {
		n, err := codec.ParseNLRIText(f, 0, words(t, f, text))
		require.NoError(t, err)
		return n.Key()
	}
	const vpls = "vpls rd 1:1 endpoint 1 offset 1 size 8 base "
	require.Equal(t, parse(codec.L2VPNVPLS, vpls+"100"), parse(codec.L2VPNVPLS, vpls+"200"), "a label is no identity")
	require.NotEqual(t, parse(codec.L2VPNVPLS, vpls+"100"), parse(codec.L2VPNVPLS, "vpls rd 1:1 endpoint 2 offset 1 size 8 base 100"))
	require.NotEqual(t, parse(codec.IPv4Flow, "flow port =80"), parse(codec.IPv4Flow, "flow port =81"))
}

// canonical is the one NLRI of b, with what b is made into.
func canonical(t *testing.T, f codec.Family, b string) codec.NLRI {
	t.Helper()
	wire, err := hex.DecodeString(strings.ReplaceAll(b, " ", ""))
	require.NoError(t, err)
	var out []codec.NLRI
	for r, err := range codec.NLRIs(f, wire, false) {
		require.NoError(t, err, b)
		out = append(out, r.NLRI())
	}
	require.Len(t, out, 1, b)
	return out[0]
}

// TestFlowCanonical: spellings of one flow are one route.
func TestFlowCanonical(t *testing.T) {
	for _, row := range []struct {
		name  string
		f     codec.Family
		a, b  string
		equal bool
	}{
		{"a long length where a short one does (RFC 8955 §4.1)", codec.IPv4Flow, "03 03 81 06", "f003 03 81 06", true},
		{"trailing bits of a prefix", codec.IPv4Flow, "05 01 18 0a0000", "05 01 18 0a000f", false},
		{"trailing bits of a prefix", codec.IPv4Flow, "05 01 14 0a0000", "05 01 14 0a000f", true},
		{"a reserved bit (RFC 8955 §4.2.1.1)", codec.IPv4Flow, "03 03 81 06", "03 03 89 06", true},
		{"reserved bits (RFC 8955 §4.2.1.2)", codec.IPv4Flow, "03 09 81 02", "03 09 8d 02", true},
		{"the AND bit of the first operator", codec.IPv4Flow, "03 03 81 06", "03 03 c1 06", true},
		{"another operator", codec.IPv4Flow, "03 03 81 06", "03 03 82 06", false},
		{"an offset as ExaBGP writes it", codec.IPv6Flow, "04 02 80 78 01", "13 02 80 78 00000000000000000000000000000001", true},
	} {
		a, b := canonical(t, row.f, row.a), canonical(t, row.f, row.b)
		require.Equal(t, row.equal, a.Key() == b.Key(), "%s: %v and %v", row.name, a, b)
		if row.equal {
			require.Equal(t, a, b)
		}
	}
}

// TestFlowText pins the vocabulary, and what a filter may say.
func TestFlowText(t *testing.T) {
	for _, row := range []struct {
		f    codec.Family
		wire string
		text string
	}{
		{codec.IPv4Flow, "06 01 20 c0000201", "flow destination-ipv4 192.0.2.1/32"},
		{codec.IPv4Flow, "0b 03 01 11 81 06 0a 02c8 d4012c", "flow protocol [ =udp =tcp ] packet-length [ >200&<300 ]"},
		{codec.IPv4Flow, "09 09 00 02 00 04 40 01 c3 08", "flow tcp-flags [ syn rst&fin&!=push ]"},
		{codec.IPv4Flow, "03 09 81 12", "flow tcp-flags =syn+ack"},
		{codec.IPv4Flow, "03 0c 80 08", "flow fragment last-fragment"},
		{codec.IPv4Flow, "03 07 81 08", "flow icmp-type =echo-request"},
		{codec.IPv4Flow, "03 04 87 00", "flow port true"},
		{codec.IPv6Flow, "09 0d 81 0a 03 81 3a 0b 81 2e", ""},
		{codec.IPv6Flow, "09 03 81 3a 0b 81 2e 0d 81 0a", "flow next-header =icmpv6 traffic-class =46 flow-label =10"},
		{codec.IPv6Flow, "05 02 80 78 01", ""},
		{codec.IPv6Flow, "04 02 80 78 01", "flow source-ipv6 ::1/128/120"},
		{codec.IPv4FlowVPN, "0b 0000fde800000001 03 81 06", "flow protocol =tcp rd 65000:1"},
	} {
		wire, err := hex.DecodeString(strings.ReplaceAll(row.wire, " ", ""))
		require.NoError(t, err)
		if row.text == "" {
			for r, err := range codec.NLRIs(row.f, wire, false) {
				require.True(t, err != nil || strings.HasPrefix(r.NLRI().String(), "0x"), "%s is malformed", row.wire)
			}
			continue
		}
		require.Equal(t, row.text, canonical(t, row.f, row.wire).String())
	}
}

// TestFlowRefused: what can't be written says why.
func TestFlowRefused(t *testing.T) {
	for _, row := range []struct{ name, value, want string }{
		{"source", "10.0.0.0/33", "is not a prefix"},
		{"source", "2001:db8::/32", "another address family"},
		{"protocol", "=300", "too large"},
		{"port", ">=http2", "not a value"},
		{"tcp-flags", "syn+bogus", "one of fin, syn"},
		{"flow-label", "1", "does not belong to ipv4 flow"},
	} {
		_, err := codec.ParseNLRIText(codec.IPv4Flow, 0, []codec.NLRIField{{Name: row.name, Values: []string{row.value}}})
		require.ErrorContains(t, err, row.want)
	}
	long := []string{"["}
	for range 2100 {
		long = append(long, "=1")
	}
	_, err := codec.ParseNLRIText(codec.IPv4Flow, 0, []codec.NLRIField{{Name: "port", Values: append(long, "]")}})
	require.ErrorContains(t, err, "4095 are allowed")
	n, err := codec.ParseNLRIText(codec.IPv4Flow, 0, []codec.NLRIField{{Name: "port", Values: append(long[:2040], "]")}})
	require.NoError(t, err)
	roundTrip(t, n)
}

// TestMalformedNLRI: RFC 7606 for families whose NLRI have an inside. One that
// ends where it should is withdrawn, one that does not resets the session.
func TestMalformedNLRI(t *testing.T) {
	for _, row := range []struct {
		name  string
		afi   string
		safi  byte
		nlri  string
		treat codec.Treatment
	}{
		{"flow: well formed", "0001", 133, "03 03 81 06", codec.TreatNone},
		{"flow: longer than the attribute", "0001", 133, "04 03 81 06", codec.TreatReset},
		{"flow: a long length cut off", "0001", 133, "f0", codec.TreatReset},
		{"flow: components out of order (RFC 8955 §4.2)", "0001", 133, "06 05 81 50 03 81 06", codec.TreatWithdraw},
		{"flow: a component twice", "0001", 133, "06 03 81 06 03 81 06", codec.TreatWithdraw},
		{"flow: an unknown component", "0001", 133, "03 20 81 06", codec.TreatWithdraw},
		{"flow: flow label in IPv4", "0001", 133, "03 0d 81 06", codec.TreatWithdraw},
		{"flow: no end of list", "0001", 133, "03 03 01 06", codec.TreatWithdraw},
		{"flow: a value cut off", "0001", 133, "03 03 91 06", codec.TreatWithdraw},
		{"flow: a prefix too long", "0001", 133, "07 01 28 0a00000000", codec.TreatWithdraw},
		{"flow: an offset beyond the length (RFC 8956 §3.1)", "0002", 133, "04 01 08 10 01", codec.TreatWithdraw},
		{"flow-vpn: no room for a route distinguisher", "0001", 134, "03 03 81 06", codec.TreatWithdraw},
		{"vpls: well formed", "0019", 65, "0011 0000fde800000001 0001 0001 0008 029ce1", codec.TreatNone},
		{"vpls: another length", "0019", 65, "0010 0000fde800000001 0001 0001 0008 029c", codec.TreatWithdraw},
		{"vpls: longer than the attribute", "0019", 65, "0011 0000fde800000001 0001", codec.TreatReset},
		{"bgp-ls: a descriptor longer than its NLRI (RFC 9552 §8.2.2)", "4004", 71, "0001 000d 02 0000000000000001 0100 0008", codec.TreatDiscard},
		{"bgp-ls: descriptors out of order (RFC 9552 §5.1)", "4004", 71, "0002 0019 02 0000000000000001 0104 0004 0a000001 0103 0004 0a000002", codec.TreatDiscard},
		{"bgp-ls: a descriptor of a node twice", "4004", 71, "0001 001d 02 0000000000000001 0100 0010 0200 0004 0000fde8 0200 0004 0000fde9", codec.TreatDiscard},
		{"bgp-ls: longer than the attribute", "4004", 71, "0001 000e 02 0000000000000001 0100 0008", codec.TreatReset},
		{"evpn: a MAC length that is not 48 (RFC 7432 §7.2)", "0019", 70, "02 21 0000fde800000001 00000000000000000000 00000000 20 0a0b0c0d0e0f 00 000641", codec.TreatWithdraw},
		{"evpn: longer than the attribute", "0019", 70, "03 12 0000fde800000001 00000000 20 c0000201", codec.TreatReset},
		{"mcast-vpn: a source of another length (RFC 6514 §4.5)", "0001", 5, "05 12 0000fde800000001 18 0a000001 20 ef000001", codec.TreatWithdraw},
		{"mcast-vpn: longer than the attribute", "0001", 5, "05 12 0000fde800000001 20 0a000001", codec.TreatReset},
		{"mup: a prefix longer than an address", "0001", 85, "01 0001 0d 0000fde800000001 21 0a000000", codec.TreatWithdraw},
		{"mup: no room for a route distinguisher", "0001", 85, "01 0002 04 0a000001", codec.TreatWithdraw},
		{"mup: longer than the attribute", "0001", 85, "01 0001 0d 0000fde800000001", codec.TreatReset},
		{"rtc: shorter than an AS number (RFC 4684 §4)", "0001", 132, "10 fde8", codec.TreatWithdraw},
		{"rtc: longer than a route target", "0001", 132, "68 0000fde8 0002fde800000001 00", codec.TreatWithdraw},
		{"sr-policy: another length (RFC 9830 §5)", "0001", 73, "40 00000001 00000002", codec.TreatWithdraw},
		{"sr-policy: longer than the attribute", "0001", 73, "60 00000001 00000002", codec.TreatReset},
	} {
		nlri, err := hex.DecodeString(strings.ReplaceAll(row.nlri, " ", ""))
		require.NoError(t, err)
		head := fmt.Sprintf("%s %02x 04 0a000001 00", row.afi, row.safi)
		reach := fmt.Sprintf("800e%02x %s %x ", 9+len(nlri), head, nlri)
		var d codec.Decoder
		u := d.Update(update(t, "", reach+origin+asPath, ""), &codec.Options{AS4: true})
		require.Equal(t, row.treat.String(), u.Worst().String(), "%s: %v", row.name, u.Errs)
		for r := range u.Announced() {
			n := r.NLRI()
			require.NotEmpty(t, n.String())
			require.NotEmpty(t, n.AppendJSON(nil))
			require.Equal(t, row.treat == codec.TreatWithdraw, strings.Contains(n.String(), "0x"), row.name)
		}
		for _, o := range []codec.Options{{}, {AddPath: codec.FamilySet{codec.IPv4Flow, codec.IPv6Flow, codec.L2VPNVPLS}}} {
			d.Update(update(t, "", reach+origin+asPath, ""), &o) // whatever it says, it does not panic
		}
	}
}

// TestNLRIAllocs: iterating takes no allocation per NLRI in any family.
func TestNLRIAllocs(t *testing.T) {
	for _, row := range []struct {
		f    codec.Family
		wire string
	}{
		{codec.IPv4Flow, "03 03 81 06 06 01 20 0a000001"},
		{codec.IPv6FlowVPN, "0c 0000fde800000001 02 80 78 01"},
		{codec.L2VPNVPLS, "0011 0000fde800000001 0001 0001 0008 029ce1"},
		{codec.L2VPNEVPN, "03 11 0000fde800000001 00000000 20 c0000201"},
		{codec.IPv4RTC, "60 0000fde8 0002fde800000001"},
		{codec.IPv4SRPolicy, "60 00000001 00000002 0a000001"},
	} {
		wire, err := hex.DecodeString(strings.ReplaceAll(row.wire, " ", ""))
		require.NoError(t, err)
		n := testing.AllocsPerRun(100, func() {
			for _, err := range codec.NLRIs(row.f, wire, false) {
				if err != nil {
					t.Fatal(err)
				}
			}
		})
		require.Zero(t, n, row.f.String())
	}
}
