package codec_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/codec"
)

// TestEVPNJSON: a zero segment is "-", an address that is not there is left
// out, a label stands beside its octets, and the octets are in capitals.
func TestEVPNJSON(t *testing.T) {
	const rd = "0001010203040005"
	const none, esi = "00000000000000000000", "00112233445566778899"
	for _, row := range []struct{ wire, json string }{
		{"0119" + rd + esi + "00000064 000641", `"code": 1, "parsed": true, "raw": "011900010102030400050011223344556677889900000064000641", "name": "Ethernet Auto-Discovery", "rd": "1.2.3.4:5", "esi": "00:11:22:33:44:55:66:77:88:99", "ethernet-tag": 100, "label": [ [100, 1601] ]`},
		{"0221" + rd + none + "00000000 30aabbccddeeff 00 001392", `"code": 2, "parsed": true, "raw": "02210001010203040005000000000000000000000000000030AABBCCDDEEFF00001392", "name": "MAC/IP advertisement", "rd": "1.2.3.4:5", "esi": "-", "ethernet-tag": 0, "mac": "aa:bb:cc:dd:ee:ff", "label": [ [313, 5010] ]`},
		{"0228" + rd + none + "00000007 30aabbccddeeff 200a000001 000641 000c81", `"code": 2, "parsed": true, "raw": "02280001010203040005000000000000000000000000000730AABBCCDDEEFF200A000001000641000C81", "name": "MAC/IP advertisement", "rd": "1.2.3.4:5", "esi": "-", "ethernet-tag": 7, "mac": "aa:bb:cc:dd:ee:ff", "ip": "10.0.0.1", "label": [ [100, 1601] ], "label2": [ [200, 3201] ]`},
		{"0311" + rd + "00000000 200a000001", `"code": 3, "parsed": true, "raw": "0311000101020304000500000000200A000001", "name": "Inclusive Multicast Ethernet Tag", "rd": "1.2.3.4:5", "ethernet-tag": 0, "ip": "10.0.0.1"`},
		{"0417" + rd + esi + "200a000001", `"code": 4, "parsed": true, "raw": "0417000101020304000500112233445566778899200A000001", "name": "Ethernet Segment", "rd": "1.2.3.4:5", "esi": "00:11:22:33:44:55:66:77:88:99", "ip": "10.0.0.1"`},
		{"0522" + rd + none + "00000000 180a000100 00000000 000641", `"code": 5, "parsed": true, "raw": "052200010102030400050000000000000000000000000000180A00010000000000000641", "name": "IP Prefix Advertisement", "rd": "1.2.3.4:5", "esi": "-", "ethernet-tag": 0, "ip": "10.0.1.0", "iplen": 24, "gateway": "0.0.0.0", "label": [ [100, 1601] ]`},
		{"630101", `"code": 99, "parsed": false, "raw": "630101"`},
	} {
		require.Equal(t, row.json, string(canonical(t, codec.L2VPNEVPN, row.wire).AppendJSON(nil)))
	}
}

// TestEventWords: what ExaBGP's events say in words of their own.
func TestEventWords(t *testing.T) {
	for _, row := range []struct {
		of    codec.AttrType
		value string
		json  string
	}{
		{codec.AttrPMSITunnel, "00 06 000640 0a000001", `"pmsi": "pmsi:ingressreplication:0:100(1600):10.0.0.1"`},
		{codec.AttrPMSITunnel, "01 00 000641", `"pmsi": "pmsi:notunnel:1:100:"`},
		{codec.AttrPMSITunnel, "00 02 000640 0a00", `"pmsi": "pmsi:mldpp2mplsp:0:100:0x0A00"`},
		{codec.AttrPMSITunnel, "00 63 000640 0a00", `"pmsi": "pmsi:unknown:0:100:0x0A00"`},
		{codec.AttrExtCommunities, "030c 00000000 0008", `"extended-community": [ { "value": 219550481834311688, "string": "encap:VXLAN" } ]`},
		{codec.AttrExtCommunities, "030c 00000000 0013", `"extended-community": [ { "value": 219550481834311699, "string": "encap:geneve" } ]`},
	} {
		a := codec.Attrs{{Type: row.of, Flags: codec.FlagOptional | codec.FlagTransitive, Value: unhex(t, row.value)}}
		require.Equal(t, row.json, string(a.AppendJSON(nil)))
	}
}
