package codec_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/peerloom/peerloom/codec"
)

// genText makes the text of an address or prefix of f.
func genHost(t *rapid.T, f codec.Family) string {
	if f.AFI() == codec.AFIIPv6 {
		return genAddr(16).Draw(t, "address").String()
	}
	return genAddr(4).Draw(t, "address").String()
}

func genMUP(f codec.Family) *rapid.Generator[codec.NLRI] {
	return rapid.Custom(func(t *rapid.T) codec.NLRI {
		host, any4or6 := genHost(t, f), rapid.SampledFrom([]codec.Family{codec.IPv4MUP, codec.IPv6MUP})
		rd := rapid.SampledFrom([]string{"65000:1", "10.0.0.1:1", "70000:9"}).Draw(t, "rd")
		bits := rapid.IntRange(0, len(mustAddr(host))*8).Draw(t, "bits")
		var text string
		switch rapid.IntRange(1, 4).Draw(t, "type") {
		case 1:
			text = fmt.Sprintf("mup-isd %s/%d rd %s", host, bits, rd)
		case 2:
			text = fmt.Sprintf("mup-dsd %s rd %s", host, rd)
		case 3:
			text = fmt.Sprintf("mup-t1st %s/%d rd %s teid %d qfi %d endpoint %s", host, bits, rd, rapid.Uint32().Draw(t, "teid"),
				rapid.Byte().Draw(t, "qfi"), genHost(t, any4or6.Draw(t, "endpoint")))
			if rapid.Bool().Draw(t, "source") {
				text += " source " + genHost(t, any4or6.Draw(t, "source"))
			}
		default:
			octets := rapid.IntRange(0, 4).Draw(t, "octets")
			text = fmt.Sprintf("mup-t2st %s rd %s teid %d/%d", host, rd, rapid.Uint64Range(0, 1<<(8*octets)-1).Draw(t, "teid"), 8*octets)
		}
		n, err := codec.ParseNLRIText(f, 0, nlriFields(f, text))
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		n.PathID = rapid.Uint32Range(0, 3).Draw(t, "path")
		return n
	})
}

func mustAddr(s string) []byte { return addr(s).AsSlice() }

func TestMUPRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.SampledFrom([]codec.Family{codec.IPv4MUP, codec.IPv6MUP}).Draw(t, "family")
		checkRoundTrip(t, f, rapid.SliceOfN(genMUP(f), 1, 20).Draw(t, "nlri"))
	})
}

// TestMUPText: ExaBGP's words, its octets and the members of its events.
func TestMUPText(t *testing.T) {
	for _, c := range []struct {
		f                codec.Family
		text, wire, json string
	}{
		{codec.IPv4MUP, "mup-isd 10.0.1.0/24 rd 100:100", "0100010C0000006400000064180A0001",
			`"name": "InterworkSegmentDiscoveryRoute", "arch": 1, "code": 1, "prefix_ip_len": 24, "prefix_ip": "10.0.1.0", "rd": "100:100", "raw": "0100010C0000006400000064180A0001"`},
		{codec.IPv4MUP, "mup-dsd 10.0.0.1 rd 100:100", "0100020C00000064000000640A000001",
			`"name": "DirectSegmentDiscoveryRoute", "arch": 1, "code": 2, "ip": "10.0.0.1", "rd": "100:100", "raw": "0100020C00000064000000640A000001"`},
		{codec.IPv4MUP, "mup-t1st 192.168.0.2/32 rd 100:100 teid 12345 qfi 9 endpoint 10.0.0.1 source 10.0.1.1",
			"0100031C000000640000006420C0A8000200003039 09 20 0A000001 20 0A000101",
			`"name": "Type1SessionTransformedRoute", "arch": 1, "code": 3, "prefix_ip_len": 32, "prefix_ip": "192.168.0.2", "rd": "100:100", "teid": "12345", "qfi": "9", ` +
				`"endpoint_ip_len": 32, "endpoint_ip": "10.0.0.1", "source_ip_len": 32, "source_ip": "10.0.1.1", "raw": "0100031C000000640000006420C0A800020000303909200A000001200A000101"`},
		{codec.IPv6MUP, "mup-t2st 2001::1 rd 100:100 teid 12345/32", "0100041D0000006400000064A0 20010000000000000000000000000001 00003039",
			`"name": "Type2SessionTransformedRoute", "arch": 1, "code": 4, "endpoint_len": 160, "endpoint_ip": "2001::1", "rd": "100:100", "teid": "12345", "raw": "0100041D0000006400000064A02001000000000000000000000000000100003039"`},
		{codec.IPv4MUP, "mup 0x0200010111", "0200010111", `"arch": 2, "code": 1, "raw": "0200010111"`},
	} {
		n := nlri(t, c.f, c.text)
		require.Equal(t, unhex(t, c.wire), []byte(n.Wire), c.text)
		require.Equal(t, c.text, n.String())
		require.Equal(t, c.json, string(n.AppendJSON(nil)))
	}
}

// TestMUPKey: of a type 1 session only the distinguisher and the prefix count;
// of the others everything.
func TestMUPKey(t *testing.T) {
	key := func(s string) codec.Key { return nlri(t, codec.IPv4MUP, s).Key() }
	require.Equal(t, key("mup-t1st 10.0.0.1/32 rd 1:1 teid 1 qfi 1 endpoint 10.0.0.2"), key("mup-t1st 10.0.0.1/32 rd 1:1 teid 2 qfi 3 endpoint 2001::1 source 10.0.0.9"))
	require.NotEqual(t, key("mup-t1st 10.0.0.1/32 rd 1:1 teid 1 qfi 1 endpoint 10.0.0.2"), key("mup-t1st 10.0.0.1/32 rd 1:2 teid 1 qfi 1 endpoint 10.0.0.2"))
	require.NotEqual(t, key("mup-t2st 10.0.0.1 rd 1:1 teid 1/32"), key("mup-t2st 10.0.0.1 rd 1:1 teid 2/32"))
}

func TestMUPTextErrors(t *testing.T) {
	for _, s := range []string{"", "rd 1:1", "mup-isd 10.0.0.0/8", "mup-isd 2001::/16 rd 1:1", "mup-isd 10.0.0.0/8 rd 1:1 teid 5", "mup-dsd 10.0.0.0/8 rd 1:1",
		"mup-t1st 10.0.0.0/8 rd 1:1", "mup-t1st 10.0.0.0/8 rd 1:1 teid 1 qfi 256 endpoint 10.0.0.1", "mup-t1st 10.0.0.0/8 rd 1:1 teid 1 qfi 1",
		"mup-t2st 10.0.0.1 rd 1:1", "mup-t2st 10.0.0.1 rd 1:1 teid 256/8", "mup-t2st 10.0.0.1 rd 1:1 teid 1/33", "mup-t2st 10.0.0.1 rd 1:1 teid 1/1",
		"mup 0x01", "mup 0x01000101ff", "mup-isd 10.0.0.0/8 rd 1:1 rd 1:1"} {
		_, err := codec.ParseNLRIText(codec.IPv4MUP, 0, nlriFields(codec.IPv4MUP, s))
		require.Error(t, err, s)
	}
}

// TestTypedMalformed: an NLRI whose length runs past the end can't be told from
// the next (RFC 7606 §5.3); where only its inside does not fit its length, its
// end is known and treat-as-withdraw will do (§5.3: "the entire NLRI field"
// parses).
func TestTypedMalformed(t *testing.T) {
	for name, field := range map[string]string{
		"MUP: cut off":                       "0001 55 04 0a000001 00 010001",
		"MUP: runs past the end":             "0001 55 04 0a000001 00 0100010d 0000006400000064 18 0a0001",
		"MUP: too short for a distinguisher": "0001 55 04 0a000001 00 01000104 00000064",
		"MUP: prefix too long":               "0001 55 04 0a000001 00 0100010e 0000006400000064 28 0a00010101",
		"MUP: octets after the prefix":       "0001 55 04 0a000001 00 0100010d 0000006400000064 18 0a000101",
		"MUP: endpoint of 33 bits":           "0001 55 04 0a000001 00 01000315 0000006400000064 08 0a 00000001 01 21 0a000001 00",
		"MUP: address of the other family":   "0001 55 04 0a000001 00 0100020d 0000006400000064 0a00000101",
		"MUP: TEID of more than 32 bits":     "0001 55 04 0a000001 00 01000412 0000006400000064 48 0a000001 0000000001",
		"MCAST-VPN: cut off":                 "0001 05 04 0a000001 00 05",
		"MCAST-VPN: runs past the end":       "0001 05 04 0a000001 00 0513 0000fde80001869f 20 0a630c04 20 effbffe4",
		"MCAST-VPN: source of 31 bits":       "0001 05 04 0a000001 00 0512 0000fde80001869f 1f 0a630c04 20 effbffe4",
		"MCAST-VPN: octets after the group":  "0001 05 04 0a000001 00 0513 0000fde80001869f 20 0a630c04 20 effbffe4 00",
		"MCAST-VPN: no originating router":   "0001 05 04 0a000001 00 0108 0000fde80001869f",
		"MCAST-VPN: next hop of 12 octets":   "0001 05 0c 00000000000000000a000001 00 0512 0000fde80001869f 20 0a630c04 20 effbffe4",
	} {
		b := unhex(t, field)
		var d codec.Decoder
		u := d.Update(update(t, "", origin+asPath+fmt.Sprintf("800e%02x", len(b))+field, ""), &ebgp)
		require.Len(t, u.Errs, 1, name)
		want := codec.TreatWithdraw
		for _, s := range []string{"cut off", "runs past", "next hop"} {
			if strings.Contains(name, s) {
				want = codec.TreatReset
			}
		}
		require.Equal(t, want, u.Worst(), "%s: %v", name, u.Errs)
	}
}
