package codec_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/codec"
)

// TestPrefixSIDText: ExaBGP's words, its octets and the object of its events.
func TestPrefixSIDText(t *testing.T) {
	for _, c := range []struct{ in, text, wire, json string }{
		{"bgp-prefix-sid [ 777 ]", "bgp-prefix-sid [777]", "01000700000000000309", `{ "sr-label-index": 777 }`},
		{"bgp-prefix-sid [ 300, [ ( 800000,4096 ), ( 1000000,5000 ) ] ]", "bgp-prefix-sid [300, [(800000, 4096), (1000000, 5000)]]",
			"0100070000000000012C03000E00000C35000010000F4240001388", `{ "sr-label-index": 300, "sr-srgbs": [ [800000, 4096], [1000000, 5000] ] }`},
		{"bgp-prefix-sid-srv6 ( l3-service 2001:db8:1:1:: 0x48 [64,24,16,0,0,0] )", "bgp-prefix-sid-srv6 ( l3-service 2001:db8:1:1:: 0x48 [64,24,16,0,0,0] )",
			"0500220001001E0020010DB8000100010000000000000000000048000100064018100000 00",
			`{ "l3-service": [ { "sid": "2001:db8:1:1::", "flags": 0, "endpoint_behavior": 72, "structure": { "locator-block-length": 64, "locator-node-length": 24, ` +
				`"function-length": 16, "argument-length": 0, "transposition-length": 0, "transposition-offset": 0 } } ] }`},
		{"bgp-prefix-sid-srv6 ( l2-service 2001:db8:: )", "bgp-prefix-sid-srv6 ( l2-service 2001:db8:: 0xffff )",
			"0600190001001500 20010DB8000000000000000000000000 00 ffff 00", `{ "l2-service": [ { "sid": "2001:db8::", "flags": 0, "endpoint_behavior": 65535 } ] }`},
		{"bgp-prefix-sid-srv6 ( l3vpn 2001:db8:: )", "bgp-prefix-sid-srv6 ( l3-service 2001:db8:: 0xffff )",
			"0500190001001500 20010DB8000000000000000000000000 00 ffff 00", `{ "l3-service": [ { "sid": "2001:db8::", "flags": 0, "endpoint_behavior": 65535 } ] }`},
		{"attribute [ 0x28 0xc0 0x02001300000020010db8000000000000000000000001 ]", "attribute [0x28 0xc0 0x02001300000020010db8000000000000000000000001]",
			"02001300000020010db8000000000000000000000001", `{ "sr-v6-sid": "2001:db8::1" }`},
		{"attribute [ 0x28 0xc0 0x09000101 ]", "attribute [0x28 0xc0 0x09000101]", "09000101", `{ }`},
	} {
		a := parseAttrs(t, c.in)
		require.Equal(t, c.text, a.String())
		require.Equal(t, unhex(t, c.wire), a[0].Value, c.in)
		require.Equal(t, codec.AttrPrefixSID, a[0].Type)
		require.True(t, a.Equal(parseAttrs(t, c.text)), c.text)
		require.Equal(t, c.json, string(codec.AppendPrefixSIDJSON(nil, a[0].Value)))
	}
}

// TestPrefixSIDMalformed: attribute discard for what RFC 8669 §6 defines,
// treat-as-withdraw for the services of RFC 9252 §7.
func TestPrefixSIDMalformed(t *testing.T) {
	for _, c := range []struct {
		value string
		treat codec.Treatment
	}{
		{"01000700000000000309", codec.TreatNone},
		{"09000101", codec.TreatNone}, // another type
		{"", codec.TreatDiscard},
		{"0100", codec.TreatDiscard},
		{"010006000000000003", codec.TreatDiscard},
		{"0100080000000000030900", codec.TreatDiscard},
		{"0100070000000000", codec.TreatDiscard},
		{"0300020000", codec.TreatDiscard},
		{"03000900000c350000100000", codec.TreatDiscard},
		{"050000", codec.TreatWithdraw},
		{"05002200", codec.TreatWithdraw},
		{"05000400010015", codec.TreatWithdraw},
		{"050018 00 010014 00 20010DB8000000000000000000000000 00 ffff", codec.TreatWithdraw},
		{"050021 00 01001d 00 20010DB8000000000000000000000000 00 ffff 00 010005 4018100000", codec.TreatWithdraw},
		{"01000700000000000309 050000", codec.TreatWithdraw},
	} {
		v := unhex(t, c.value)
		var d codec.Decoder
		u := d.Update(update(t, "", fmt.Sprintf("%sc028%02x%s", mandatory, len(v), c.value), prefix10), &ebgp)
		require.Equal(t, c.treat, u.Worst(), "%s: %v", c.value, u.Errs)
		_, kept := u.Attrs.Get(codec.AttrPrefixSID)
		require.Equal(t, c.treat == codec.TreatNone, kept, c.value)
	}
}

func TestPrefixSIDTextErrors(t *testing.T) {
	for _, in := range []string{"bgp-prefix-sid", "bgp-prefix-sid [ ]", "bgp-prefix-sid [ x ]", "bgp-prefix-sid [ 1 [ ] ]", "bgp-prefix-sid [ 1 [ ( 1 ) ] ]",
		"bgp-prefix-sid [ 1 [ ( 1 16777216 ) ] ]", "bgp-prefix-sid [ 1 2 ]", "bgp-prefix-sid-srv6 ( l3-service )", "bgp-prefix-sid-srv6 ( l4-service 2001:: )",
		"bgp-prefix-sid-srv6 ( l3-service 10.0.0.1 )", "bgp-prefix-sid-srv6 ( l3-service 2001:: 0x10000 )", "bgp-prefix-sid-srv6 ( l3-service 2001:: 1 [ 1 2 ] )",
		"bgp-prefix-sid-srv6 ( l3-service 2001:: 1 [ 1 2 3 4 5 256 ] )"} {
		toks := tokens(in)
		_, err := codec.ParseAttrText(toks[0], toks[1:])
		require.Error(t, err, in)
	}
}
