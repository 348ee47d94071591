package codec_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/codec"
)

// TestBGPLSAttribute has TLVs of nodes, links, prefixes and SIDs: octets, words
// and JSON.
func TestBGPLSAttribute(t *testing.T) {
	for _, row := range []struct{ wire, text, json string }{
		{"0400 0001 80", "node-flags 0x80", `"node-flags": { "O": 1, "T": 0, "E": 0, "B": 0, "R": 0, "V": 0, "RSV": 0 }`},
		{"0402 0002 7231", "node-name r1", `"node-name": "r1"`},
		{"0402 0003 612062", "node-name 0x612062", `"node-name": "a b"`},
		{"0402 0003 0a220a", "node-name 0x0a220a", `"node-name": "\n\"\n"`},
		{"0402 0004 30783161", "node-name 0x30783161", `"node-name": "0x1a"`},
		{"0403 0003 490001", "isis-area 0x490001", `"area-id": "490001"`},
		{"0404 0004 0a000001", "local-router-id 10.0.0.1", `"local-te-router-ids": [ "10.0.0.1" ]`},
		{"0405 0010 20010db8000000000000000000000001", "local-router-id6 2001:db8::1", `"local-te-router-ids": [ "2001:db8::1" ]`},
		{"0107 0004 0000 0002", "multi-topology-id 0+2", `"multi-topology-id": [ 0, 2 ]`},
		{"010a 0004 010a 020b", "node-msd 1/10+2/11", `"node-msd": [ { "type": 1, "value": 10 }, { "type": 2, "value": 11 } ]`},
		{"040a 000c c0 00 001f40 0489 0003 003e80", "sr-capabilities 0xc0/0x00/0x001f4004890003003e80",
			`"sr-capability-flags": { "I": 1, "V": 1, "RSV": 0 }, "sids": [ [8000, 16000] ]`},
		{"040b 0002 0001", "sr-algorithm 0+1", `"sr-algorithms": [ 0, 1 ]`},
		{"040e 0004 4000 0000", "srv6-capabilities 0x4000/0x0000/0x", `"srv6-capabilities": { "flags": "0x4000", "reserved": "0x0000", "sub-tlvs": {  } }`},
		{"0440 0004 00000001", "administrative-group 0x00000001", `"admin-group-mask": [ 1 ]`},
		{"0441 0004 4cee6b28", "maximum-link-bandwidth 125000000", `"maximum-link-bandwidth": 125000000`},
		{"0441 0004 7fc00000", "maximum-link-bandwidth 0x7fc00000", `"maximum-link-bandwidth": "0x7FC00000"`},
		{"0443 0008 4cee6b28 00000000", "unreserved-bandwidth 125000000+0", `"unreserved-bandwidth": [ 125000000, 0 ]`},
		{"0447 0003 00000a", "igp-metric 10", `"igp-metric": 10`},
		{"0447 0001 0a", "igp-metric 0x0a", `"igp-metric": 10`},
		{"0448 0008 00000001 00000002", "shared-risk-link-group 1+2", `"shared-risk-link-groups": [ 1, 2 ]`},
		{"044b 0007 30 00 0000 003a98", "adjacency-sid 0x30/0/0x0000/label:15000", `"sr-adj-flags": { "F": 0, "B": 0, "V": 1, "L": 1, "S": 0, "P": 0, "RSV": 0 }, "sids": [ 15000 ], "undecoded-sids": [  ], "sr-adj-weight": 0`},
		{"044b 0008 30 00 0000 00000064", "adjacency-sid 0x30/0/0x0000/100", `"sr-adj-flags": { "F": 0, "B": 0, "V": 1, "L": 1, "S": 0, "P": 0, "RSV": 0 }, "sids": [ 100 ], "undecoded-sids": [  ], "sr-adj-weight": 0`},
		{"0452 001e 0039 00 00 00 00 20010db8000000000000000000000001 04e4 0004 20100000", "srv6-end-x-sid 57/0x00/0/0/0x00/2001:db8::1/0x04e4000420100000",
			`"srv6-end-x-sid": [ { "behavior": 57, "flags": "0x00", "algorithm": 0, "weight": 0, "reserved": "0x00", "sid": "2001:db8::1", "sub-tlvs": { "srv6-sid-structure": { "locator-block-length": 32, "locator-node-length": 16, "function-length": 0, "argument-length": 0 } } } ]`},
		{"044c 000d 30 00 0000 000000000002 003a98", "lan-adjacency-sid 0x30/0/0x0000/0x000000000002003a98",
			`"sr-adj-lan-flags": { "F": 0, "B": 0, "V": 1, "L": 1, "S": 0, "P": 0, "RSV": 0 }, "sids": [ 15000 ], "undecoded-sids": [  ], "sr-adj-lan-weight": 0`},
		{"044c 0006 30 00 0000 0102", "lan-adjacency-sid 0x30/0/0x0000/0x0102",
			`"sr-adj-lan-flags": { "F": 0, "B": 0, "V": 1, "L": 1, "S": 0, "P": 0, "RSV": 0 }, "sids": [  ], "undecoded-sids": [ "0x0102" ], "sr-adj-lan-weight": 0`},
		{"0445 0002 8040", "link-protection-type 0x8040", `"link-protection-flags": { "ExtraTrafic": 1, "Unprotected": 0, "Shared": 0, "Dedicated 1:1": 0, "Dedicated 1+1": 0, "Enhanced": 0, "RSV": 64 }`},
		{"0446 0001 80", "mpls-protocol-mask 0x80", `"mpls-mask": { "LDP": 1, "RSVP-TE": 0, "RSV": 0 }`},
		{"0400 0002 8000", "node-flags 0x8000", `"node-flags": "0x8000"`},
		// What has SIDs is an object of its own where there are several.
		{"044b 0007 30 00 0000 003a98 044b 0003 300000", "adjacency-sid 0x30/0/0x0000/label:15000 adjacency-sid 0x300000",
			`"sr-adj": [ { "sr-adj-flags": { "F": 0, "B": 0, "V": 1, "L": 1, "S": 0, "P": 0, "RSV": 0 }, "sids": [ 15000 ], "undecoded-sids": [  ], "sr-adj-weight": 0 }, "0x300000" ]`},
		{"0404 0004 0a000001 0405 0010 20010db8000000000000000000000001", "local-router-id 10.0.0.1 local-router-id6 2001:db8::1", `"local-te-router-ids": [ "10.0.0.1", "2001:db8::1" ]`},
		{"045a 0004 00 000064", "unidirectional-link-delay 0x00/100", `"unidirectional-link-delay": { "flags": "0x00", "delay": 100 }`},
		{"0480 0001 80", "igp-flags 0x80", `"igp-flags": { "D": 1, "N": 0, "L": 0, "P": 0, "RSV": 0 }`},
		{"0482 0008 0000000000000001", "igp-extended-route-tag 1", `"igp-extended-route-tags": [ 1 ]`},
		{"0483 0004 00000014", "prefix-metric 20", `"prefix-metric": 20`},
		{"0484 0004 0a000001", "ospf-forwarding-address 10.0.0.1", `"ospf-forwarding-address": "10.0.0.1"`},
		{"0486 0008 40 00 0000 00000007", "prefix-sid 0x40/0/0x0000/7", `"sr-prefix-flags": { "R": 0, "N": 1, "P": 0, "E": 0, "V": 0, "L": 0, "RSV": 0 }, "sids": [ 7 ], "undecoded-sids": [  ], "sr-algorithm": 0`},
		{"048a 0008 80 00 0000 0000000a", "srv6-locator 0x80/0/0x0000/10/0x", `"srv6-locator": [ { "flags": "0x80", "algorithm": 0, "reserved": "0x0000", "metric": 10, "sub-tlvs": {  } } ]`},
		{"04e2 0004 0030 00 00", "srv6-endpoint-behavior 48/0x00/0", `"srv6-endpoint-behavior": { "behavior": 48, "flags": "0x00", "algorithm": 0 }`},
		{"04e4 0004 20 10 10 00", "srv6-sid-structure 32/16/16/0", `"srv6-sid-structure": { "locator-block-length": 32, "locator-node-length": 16, "function-length": 16, "argument-length": 0 }`},
		// A length that is not the TLV's leaves its octets.
		{"0483 0002 0014", "prefix-metric 0x0014", `"prefix-metric": "0x0014"`},
		{"0483 0000", "prefix-metric 0x", `"prefix-metric": "0x"`},
		{"04e4 0005 20 10 10 00 00", "srv6-sid-structure 0x2010100000", `"srv6-sid-structure": "0x2010100000"`},
		{"ffff 0002 0102", "tlv-65535 0x0102", `"tlv-65535": "0x0102"`},
		// What comes twice is a list.
		{"0483 0004 00000014 0402 0002 7231 0483 0004 00000015", "prefix-metric 20 node-name r1 prefix-metric 21", `"node-name": "r1", "prefix-metric": [ 20, 21 ]`},
	} {
		a := codec.Attrs{{Type: codec.AttrBGPLS, Flags: codec.FlagOptional, Value: unhex(t, row.wire)}}
		require.Equal(t, "link-state ["+row.text+"]", a.String())
		require.Equal(t, a, parseAttrs(t, a.String()), "%s does not read back", row.text)
		object := string(a.AppendJSON(nil))
		require.Equal(t, `"bgp-ls": { `+row.json+` }`, object)
		require.True(t, json.Valid([]byte("{"+object+"}")))
	}
	for _, in := range []string{"link-state", "link-state [ ]", "link-state [ node-name ]", "link-state [ foo 1 ]", "link-state [ tlv-1024 0x80 ]", "link-state [ tlv-70000 0x ]",
		"link-state [ igp-metric 16777216 ]", "link-state [ local-router-id ::1 ]", "link-state [ adjacency-sid 0x30/0 ]", "link-state [ prefix-sid 0x40/0/0x0000/label:1048576 ]"} {
		toks := tokens(in)
		_, err := codec.ParseAttrText(toks[0], toks[1:])
		require.Error(t, err, in)
	}
}
