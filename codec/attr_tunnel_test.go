package codec_test

import (
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/codec"
)

// TestTunnelText: the sub-TLVs of RFC 9012 §3 as words, and back to the same
// octets; what has no words of its own is written as octets.
func TestTunnelText(t *testing.T) {
	for _, c := range []struct{ name, value, text string }{
		{"§3.1 egress endpoint", "0008 000c 06 0a 00000000 0001 0a000001", "tunnel vxlan egress-endpoint 10.0.0.1"},
		{"§3.1 egress endpoint, IPv6", "0002 0018 06 16 00000000 0002 20010db8000000000000000000000001", "tunnel gre egress-endpoint 2001:db8::1"},
		{"§3.1 egress endpoint that is the next hop", "0002 0008 06 06 00000000 0000", "tunnel gre egress-endpoint next-hop"},
		{"§3.1 reserved octets are kept", "0002 0008 06 06 00000001 0000", "tunnel gre sub-tlv 6 0x000000010000"},
		{"§3.1 an address of a family that it is not", "0002 000c 06 0a 00000000 0002 0a000001", "tunnel gre sub-tlv 6 0x0000000000020a000001"},
		{"§3.2.1 VXLAN", "0008 000e 01 0c c0 000064 020000000001 0000", "tunnel vxlan encapsulation vni 100 mac 02:00:00:00:00:01"},
		{"§3.2.1 VXLAN without a MAC address", "0008 000e 01 0c 80 ffffff 000000000000 0000", "tunnel vxlan encapsulation vni 16777215 mac -"},
		{"§3.2.1 VXLAN, a VNI that is not valid is kept", "0008 000e 01 0c 00 000064 000000000000 0000", "tunnel vxlan sub-tlv 1 0x000000640000000000000000"},
		{"§3.2.2 NVGRE", "0009 000e 01 0c 40 000000 020000000001 0000", "tunnel nvgre encapsulation vni - mac 02:00:00:00:00:01"},
		{"§3.2.3 L2TPv3", "0001 0008 01 06 00000007 0102", "tunnel l2tpv3 encapsulation session 7 cookie 0x0102"},
		{"§3.2.3 L2TPv3 without a cookie", "0001 0006 01 04 ffffffff", "tunnel l2tpv3 encapsulation session 4294967295 cookie 0x"},
		{"§3.2.4 GRE", "0002 0006 01 04 00000007", "tunnel gre encapsulation key 7"},
		{"§3.2.5 MPLS in GRE", "000b 0006 01 04 00000007", "tunnel mpls-in-gre encapsulation key 7"},
		{"an encapsulation of a tunnel that has none", "0007 0006 01 04 00000007", "tunnel ip-in-ip sub-tlv 1 0x00000007"},
		{"§3.3 and §3.4", "000d 0015 07 01 2e 08 02 19eb 02 02 86dd 04 08 030b000000000064", "tunnel mpls-in-udp ds-field 46 udp-port 6635 protocol-type 34525 color 100"},
		{"§3.4.2 a colour with flags", "0002 000a 04 08 030b400000000064", "tunnel gre sub-tlv 4 0x030b400000000064"},
		{"§3.5 and §3.6", "0008 000d 09 01 02 0a 08 00064000 000c8100", "tunnel vxlan embedded-label-handling 2 label-stack 100:200"},
		{"§3.6 a TTL is kept", "0008 0006 0a 04 000641ff", "tunnel vxlan sub-tlv 10 0x000641ff"},
		{"§3.7 prefix SID, and one with a length of two octets", "0002 000d 0b 03 010203 c8 0002 0506 03 01 ff", "tunnel gre sub-tlv 11 0x010203 sub-tlv 200 0x0506 sub-tlv 3 0xff"},
		{"a type without a name, and nothing in it", "03e7 0000", "tunnel 999"},
		{"two tunnels, one an SR policy", "0002 0003 07 01 00 000f 0008 0c 06 0000 00000064", "tunnel gre ds-field 0 tunnel sr-policy preference 100"},
		{"an SR policy alone goes without saying", "000f 0008 0c 06 0000 00000064", "preference 100"},
		{"an empty SR policy does not", "000f 0000", "tunnel sr-policy"},
	} {
		t.Run(c.name, func(t *testing.T) {
			want := set(codec.Attr{Type: codec.AttrTunnelEncap, Flags: codec.FlagOptional | codec.FlagTransitive, Value: unhex(t, c.value)})
			require.Equal(t, "tunnel-encapsulation ["+c.text+"]", want.String())
			require.Equal(t, want, parseAttrs(t, want.String()))
			raw := append([]byte{0xc0, byte(codec.AttrTunnelEncap), byte(len(want[0].Value))}, want[0].Value...)
			var d codec.Decoder
			u := d.Update(update(t, "", mandatory+hex.EncodeToString(raw), prefix10), &ibgp)
			require.Empty(t, u.Errs, "it is well formed")
		})
	}
}

// TestTunnelTextMalformed: a configuration may hold any octets.
func TestTunnelTextMalformed(t *testing.T) {
	for _, value := range []string{"", "00", "0002 0009 01", "0002 0002 0109", "000f 0001 80"} {
		a := codec.Attr{Type: codec.AttrTunnelEncap, Flags: codec.FlagOptional | codec.FlagTransitive, Value: unhex(t, value)}
		require.Equal(t, "attribute [0x17 0xc0 0x"+hex.EncodeToString(a.Value)+"]", set(a).String())
	}
}

// TestTunnelTextErrors: what is wrong, and what to write.
func TestTunnelTextErrors(t *testing.T) {
	for text, want := range map[string]string{
		"tunnel":                                         `"tunnel": unknown`,
		"tunnel nonsense":                                `"nonsense" is no tunnel type: write a name like vxlan, or a number`,
		"tunnel gre preference 100":                      `"preference": unknown in a tunnel of type gre; write any sub-TLV as sub-tlv NUMBER 0xOCTETS`,
		"tunnel gre ds-field":                            `ds-field: 1 values are to follow`,
		"tunnel gre ds-field 256":                        `ds-field: "256" is not a number of at most 8 bits`,
		"tunnel gre egress-endpoint here":                `egress-endpoint: "here": write an address, or next-hop`,
		"tunnel vxlan encapsulation key 7":               `encapsulation: 4 values are to follow`,
		"tunnel vxlan encapsulation mac - vni 1":         `write vni NUMBER mac ADDRESS`,
		"tunnel vxlan encapsulation vni 16777216 mac -":  `"16777216" is not a number of at most 24 bits`,
		"tunnel vxlan encapsulation vni 1 mac 02:00":     `write 6 octets as 00:11:22`,
		"tunnel gre encapsulation vni 7":                 `write key NUMBER`,
		"tunnel l2tpv3 encapsulation session 1 cookie 7": `write session NUMBER cookie 0xOCTETS`,
		"tunnel gre label-stack 100:1048576":             `"1048576" is not a number of at most 20 bits`,
		"tunnel gre sub-tlv 256 0x":                      `sub-tlv: "256" is not a number of at most 8 bits`,
		"tunnel gre sub-tlv 1 zz":                        `sub-tlv: "zz": write the octets as 0x…`,
		"preference 100 tunnel":                          `"tunnel": unknown`,
	} {
		_, err := codec.ParseAttrText("tunnel-encapsulation", tokens("["+text+"]"))
		require.ErrorContains(t, err, want, text)
	}
}
