package codec_test

import (
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/codec"
)

// TestExtCommunityText has one row a kind: octets and words.
func TestExtCommunityText(t *testing.T) {
	for wire, text := range map[string]string{
		"0002 fde8 00000001": "target:65000:1", "0102 c0000201 0005": "target:192.0.2.1:5",
		"0202 00011170 0001": "target:70000:1", // RFC 5668 §2: type 0x02 for what two octets cannot hold
		"0203 00000064 0005": "origin:100L:5", "0003 fde8 00000001": "origin:65000:1",
		"0005 fde8 00000001": "ospf-domain-id:65000:1", "0105 0a000001 0200": "ospf-domain-id:10.0.0.1:512",
		"0107 0a000001 0000": "ospf-router-id:10.0.0.1:0", "0306 00000001 02 00": "ospf-route-type:0.0.0.1:2:0",
		"0009 fde8 00000000": "source-as:65000:0", "0209 00011170 0000": "source-as:70000:0",
		"010b 0a000001 0007": "vrf-route-import:10.0.0.1:7", "010a 0a000001 0007": "l2vpn-id:10.0.0.1:7",
		"0112 0a000001 0000": "segmented-next-hop:10.0.0.1:0",
		"030b 0000 00000064": "color:100", "030b 4000 00000064": "color:16384:100",
		"030c 00000000 0008": "encapsulation:vxlan", "030c 00000000 03e7": "encapsulation:999", "030d 000000000000": "default-gateway",
		"0600 0000 00000005": "mac-mobility:5", "0600 0100 00000005": "mac-mobility:5:sticky", "0600 0200 00000005": "0x0600020000000005",
		"0601 01 0000 000640": "esi-label:100:single-active", "0601 00 0000 000640": "esi-label:100", "0601 00 0000 000641": "0x0601000000000641",
		"0602 00005e005301": "es-import:00:00:5e:00:53:01", "0603 00005e005301": "router-mac:00:00:5e:00:53:01",
		"0604 0002 05dc 0000": "layer2-attributes:2:1500", "0605 01 0000 000640": "e-tree:1:1600",
		"0606 02 0001 000000": "df-election:2:1", "0608 02 0000000000": "arp-nd:2", "0609 0003 00000000": "multicast-flags:3",
		"4300 0000 00000001": "origin-validation-state:not-found", "4004 fde8 4cee6b28": "bandwidth:65000:125000000",
		"0004 fde8 4cee6b28": "transitive-bandwidth:65000:125000000", "800a 13 00 05dc 006f": "l2info:19:0:1500:111",
		"0c00 000a 00000014": "mup:10:20", "8006 0000 461c4000": "rate-limit:10000", "800c 0000 461c4000": "rate-limit:10000:packets",
		"8007 000000000003": "action sample-terminal", "8009 00000000000a": "mark 10",
		"8008 fde8 00000001": "redirect:65000:1", "8108 c0000201 0005": "redirect:192.0.2.1:5", "8208 00011170 0001": "redirect:70000:1",
		"0800 000000000000": "redirect-to-nexthop", "0800 000000000001": "copy-to-nexthop",
		"010c c0000201 0001": "redirect-to-nexthop-ietf:192.0.2.1:copy",
		"0702 0000fde8 40fe": "interface-set:transitive:input:65000:254", "4702 0000fde8 80fe": "interface-set:non-transitive:output:65000:254",
		"4301 0000 00000001": "0x4301000000000001",
	} {
		c := codec.ExtCommunities(codec.ExtCommunity(unhex(t, wire)))
		require.Equal(t, "extended-community ["+text+"]", codec.Attrs{c}.String(), wire)
		require.True(t, codec.Attrs{c}.Equal(parseAttrs(t, codec.Attrs{c}.String())), text)
	}
}

// TestExtCommunityEveryType: whatever the type, the text reads back.
func TestExtCommunityEveryType(t *testing.T) {
	bodies := []string{"000000000000", "000000000001", "010000000005", "0001000a0010", "fde800000001", "c0000201ffff", "ffffffffffff", "00007f800000", "0000461c4000"}
	for code := range 1 << 16 {
		if t := code >> 8; t&0x3f > 0x0d { // no type is registered there
			continue
		}
		for _, body := range bodies {
			v := append(binary.BigEndian.AppendUint16(nil, uint16(code)), unhex(t, body)...)
			c := codec.Attrs{codec.ExtCommunities(codec.ExtCommunity(v))}
			toks := tokens(c.String())
			got, err := codec.ParseAttrText(toks[0], toks[1:])
			if err != nil || !c.Equal(codec.Attrs{got}) {
				t.Fatalf("%x is %v, which reads back as %x: %v", v, c, got.Value, err)
			}
		}
	}
}

// TestIPv6ExtCommunityText is the same for RFC 5701.
func TestIPv6ExtCommunityText(t *testing.T) {
	const address = "20010db8000000000000000000000001"
	for code, text := range map[string]string{
		"0002": "target:2001:db8::1:1", "0003": "origin:2001:db8::1:1", "000b": "vrf-route-import:2001:db8::1:1",
		"000c": "redirect-to-nexthop-ietf:2001:db8::1:copy", "000d": "redirect:2001:db8::1:1", "4002": "0x4002" + address + "0001",
	} {
		c := codec.Attrs{codec.IPv6ExtCommunities(codec.IPv6ExtCommunity(unhex(t, code+address+"0001")))}
		require.Equal(t, "ipv6-extended-community ["+text+"]", c.String())
		require.True(t, c.Equal(parseAttrs(t, c.String())), text)
	}
	for code := range 1 << 9 {
		for _, body := range []string{"00000000000000000000000000000000 0000", "00000000000000000000ffff0a000001 0002", address + "ffff"} {
			v := append(binary.BigEndian.AppendUint16(nil, uint16(code)), unhex(t, body)...)
			c := codec.Attrs{codec.IPv6ExtCommunities(codec.IPv6ExtCommunity(v))}
			toks := tokens(c.String())
			if got, err := codec.ParseAttrText(toks[0], toks[1:]); err != nil || !c.Equal(codec.Attrs{got}) {
				t.Fatalf("%x is %v, which reads back as %x: %v", v, c, got.Value, err)
			}
		}
	}
}

func TestExtCommunityErrors(t *testing.T) {
	for _, in := range []string{"color:", "color:1:2:3", "color:65536:1", "encapsulation:none", "mac-mobility:x", "mac-mobility:1:moving", "esi-label:1048576",
		"es-import:00:00", "router-mac:000000000000", "bandwidth:65536:1", "bandwidth:1:-1", "bandwidth:1:NaN", "origin-validation-state:maybe",
		"ospf-route-type:1:2", "default-gateway:1", "redirect:0x0000000000000001", "target:0x0002fde900000001", "target4:1", "l2info:1:2:3"} {
		_, err := codec.ParseAttrText("extended-community", []string{in})
		require.Error(t, err, in)
	}
	for _, in := range []string{"target:10.0.0.1:5", "target:2001:db8::1", "origin:2001:db8::1:65536", "red:::1:1"} {
		_, err := codec.ParseAttrText("ipv6-extended-community", []string{in})
		require.Error(t, err, in)
	}
}
