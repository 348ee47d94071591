package codec_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/codec"
)

// TestOpensThatBroke has OPENs on which shipping speakers crashed or went wrong:
// the optional parameters, and the verdict; sub -1: none, and what is read.
func TestOpensThatBroke(t *testing.T) {
	for _, row := range []struct {
		name, params string
		sub          int
		caps         string // the text of what is read
	}{
		{name: "RFC 5492 §4: capability 65 of no octets, another behind it, is not read into that one", params: "0204 4100 0200", sub: codec.SubUnspecific},
		{name: "RFC 4271 §6.2: one octet of optional parameters", params: "02", sub: codec.SubUnspecific},
		{name: "RFC 4271 §6.2: a parameter longer than the message", params: "0206 0200 0200", sub: codec.SubUnspecific},
		{name: "RFC 5492 §4: a capability longer than its parameter", params: "0204 c806 0001", sub: codec.SubUnspecific},
		{name: "RFC 4271 §6.2: one octet where a capability begins", params: "0201 01", sub: codec.SubUnspecific},
		{name: "RFC 4760 §8: no multiprotocol capability is IPv4 unicast", params: "", sub: -1},
		{name: "RFC 7911 §4: ADD-PATH of three octets", params: "0205 4503 000101", sub: codec.SubUnspecific},
		{name: "RFC 7911 §4: ADD-PATH of no octets names no family", params: "0202 4500", sub: -1, caps: "add-path()"},
		{name: "RFC 9494 §3.1: LLGR of no octets names no family", params: "0202 4700", sub: -1, caps: "llgr()"},
		{name: "RFC 7911 §4: ADD-PATH with a mode that is none is ignored", params: "0206 4504 00010107", sub: -1, caps: "add-path(ipv4 unicast MODE(7))"},
		{name: "RFC 6793 §3: capability 65 of two octets", params: "0204 4102 fde9", sub: codec.SubUnspecific},
		{name: "RFC 7607 §2: AS 0 in capability 65", params: "0206 4104 00000000", sub: codec.SubBadPeerAS},
		{name: "RFC 4724 §3: graceful restart cut within a family", params: "0207 4005 0078 000101", sub: codec.SubUnspecific},
		{name: "RFC 4724 §3: graceful restart of one octet", params: "0203 4001 00", sub: codec.SubUnspecific},
		{name: "RFC 8950 §4: an entry of five octets", params: "0207 0505 0001000100", sub: codec.SubUnspecific},
		{name: "RFC 9494 §3.1: LLGR of six octets", params: "0208 4706 000101800000", sub: codec.SubUnspecific},
		{name: "a host name longer than its capability changes nothing", params: "0205 4903 ff6100", sub: -1, caps: "fqdn(0xff6100)"},
		{name: "a software version that is not UTF-8 changes nothing", params: "0205 4b03 02fffe", sub: -1, caps: `software("\xff\xfe")`},
		{name: "RFC 5291 §5: more filters than there are octets change nothing", params: "0209 0307 00010001ff4003", sub: -1, caps: "orf(0x00010001ff4003)"},
		{name: "an unknown capability is passed over", params: "0206 c804 deadbeef", sub: -1, caps: "CAPABILITY(200)(0xdeadbeef)"},
		{name: "RFC 4271 §6.2: an unknown parameter", params: "0302 0000", sub: codec.SubUnsupportedParameter},
		{name: "RFC 9072 §2: the extended form with no room for its length", params: "ff", sub: codec.SubUnspecific},
		{name: "RFC 9072 §2: the extended form longer than the message", params: "ff 0009 02 0002 0200", sub: codec.SubUnspecific},
	} {
		t.Run(row.name, func(t *testing.T) {
			params := unhex(t, row.params)
			body := append(unhex(t, "04 fde9 005a 0a000001"), byte(len(params)))
			msg := append(update(t, "", "", "")[:codec.HeaderLen], append(body, params...)...)
			msg[17], msg[18] = byte(len(msg)), byte(codec.MsgOpen)
			o, err := codec.DecodeOpen(msg)
			if row.sub < 0 {
				require.Nil(t, err)
				require.Equal(t, "OPEN as=65001 hold=90 id=10.0.0.1 caps=["+row.caps+"]", o.String())
				require.Equal(t, codec.FamilySet{codec.IPv4Unicast}, o.Families())
				require.Empty(t, o.AddPath(), "no row has a mode that is one")
				return
			}
			require.NotNil(t, err)
			require.Equal(t, codec.CodeOpen, err.Code)
			require.Equal(t, uint8(row.sub), err.Subcode, "%v", err)
		})
	}
}

// TestUpdatesThatBroke has UPDATEs on which shipping speakers crashed, reset the
// session or read on at the wrong place: one row a bug, and its neighbours.
func TestUpdatesThatBroke(t *testing.T) {
	const kept = "next-hop 10.0.0.1 origin igp as-path [65001]"
	const ok = origin + asPath
	many := "400206 0241 "
	long := origin + "5002 0102 0240 "
	for range 64 {
		long += "0000fde9 "
	}
	for _, m := range []malformed{
		{name: "RFC 6793 §4.1: a two-octet path that could be read as a four-octet one", attrs: origin + "400208 0203 0064 00c8 012c" + nextHop, nlri: prefix10, kept: "next-hop 10.0.0.1 origin igp as-path [100 200 300]"},
		{name: "RFC 4271 §4.3: a segment of 64 numbers", attrs: long + nextHop, nlri: prefix10, o: ebgp, kept: "next-hop 10.0.0.1 origin igp as-path [" + strings.TrimSpace(strings.Repeat("65001 ", 64)) + "]"},
		{name: "RFC 7606 §7.2: a segment that says 65 and has one: 260 octets are not 4", attrs: origin + many + "0000fde9" + nextHop, nlri: prefix10, o: ebgp, treat: withdraw, sub: 11, attr: codec.AttrASPath},
		{name: "RFC 7606 §4: the last attribute runs past Total Attribute Length", attrs: mandatory + "c00808 00010001", nlri: prefix10, o: ibgp, treat: withdraw, sub: 5, attr: codec.AttrCommunities, kept: kept},
		{name: "RFC 7606 §4: two octets are left", attrs: mandatory + "c008", nlri: prefix10, o: ibgp, treat: withdraw, sub: 5, kept: kept},
		{name: "RFC 9012 §13: a malformed tunnel; the next attribute is read at its place", attrs: mandatory + "c01704 000f0009" + med, nlri: prefix10, o: ebgp, treat: withdraw, sub: 9, attr: codec.AttrTunnelEncap, kept: kept + " med 100"},
		{name: "RFC 9012 §13: a sub-TLV runs past its tunnel", attrs: mandatory + "c01706 000f0002 0c06" + med, nlri: prefix10, o: ebgp, treat: withdraw, sub: 9, attr: codec.AttrTunnelEncap, kept: kept + " med 100"},
		{name: "RFC 8669 §6: a malformed prefix SID; the next attribute is read at its place", attrs: mandatory + "c02803 010700" + "c02304 0000fde9", nlri: prefix10, o: ebgp, treat: discard, sub: 9, attr: codec.AttrPrefixSID, kept: kept + " only-to-customer 65001"},
		{name: "RFC 9252 §7: a malformed SRv6 service", attrs: mandatory + "c02807 050004 00 010009", nlri: prefix10, o: ebgp, treat: withdraw, sub: 9, attr: codec.AttrPrefixSID, kept: kept},
		{name: "RFC 7311 §3: AIGP of length 0", attrs: mandatory + "801a00" + med, nlri: prefix10, o: ebgp, treat: discard, sub: 5, attr: codec.AttrAIGP, kept: kept + " med 100"},
		{name: "RFC 9552 §8.2.2: a TLV runs past the BGP-LS attribute", attrs: mandatory + "801d05 0400000480" + med, nlri: prefix10, o: ebgp, treat: discard, sub: 9, attr: codec.AttrBGPLS, kept: kept + " med 100"},
		{name: "RFC 4724 §2: only an attribute that is passed over is no End-of-RIB", attrs: "80fa01 01", o: ebgp},
		{name: "RFC 7606 §3.d: no attributes, but NLRI", nlri: prefix10, o: ebgp, treat: withdraw, sub: 3, attr: codec.AttrOrigin},
		{name: "RFC 7606 §3.d: MP_REACH_NLRI beside MP_UNREACH_NLRI without the mandatory ones", attrs: unreach6 + reach6, o: ebgp, treat: withdraw, sub: 3, attr: codec.AttrOrigin},
		{name: "RFC 7606 §7.11: a next hop of 0 octets in MP_REACH_NLRI", attrs: ok + "800e05 0002 01 00 00", o: ebgp, treat: reset, sub: 9, attr: codec.AttrMPReach},
		{name: "RFC 4271 §4.3: attributes and no NLRI are legal", attrs: mandatory, o: ebgp, kept: kept},
		{name: "RFC 7606 §7.8: COMMUNITIES of no octets", attrs: mandatory + "c00800" + med, nlri: prefix10, o: ebgp, treat: withdraw, sub: 5, attr: codec.AttrCommunities, kept: kept + " med 100"},
		{name: "RFC 7606 §7.14: EXTENDED COMMUNITIES of no octets", attrs: mandatory + "c01000", nlri: prefix10, o: ebgp, treat: withdraw, sub: 5, attr: codec.AttrExtCommunities, kept: kept},
		{name: "RFC 8092 §6: LARGE_COMMUNITY of no octets", attrs: mandatory + "c02000", nlri: prefix10, o: ebgp, treat: withdraw, sub: 5, attr: codec.AttrLargeCommunity, kept: kept},
		{name: "RFC 7606 §7.15: IPv6 extended communities of 19 octets", attrs: mandatory + "c01913 00000000000000000000000000000000000000", nlri: prefix10, o: ebgp, treat: withdraw, sub: 5, attr: codec.AttrIPv6ExtComm, kept: kept},
		{name: "RFC 7606 §3.c: wrong flags of an attribute with a length of two octets", attrs: mandatory + "5008 0004 00010001" + med, nlri: prefix10, o: ebgp, treat: withdraw, sub: 4, attr: codec.AttrCommunities, kept: kept + " med 100"},
		{name: "RFC 6793 §4.2.3: AS4_AGGREGATOR of six octets", attrs: origin + "400204 0201 fde9" + nextHop + "c00706 5ba0 0a000001" + "c01206 fde9 0a000001", nlri: prefix10, treat: discard, sub: 5, attr: codec.AttrAS4Aggregator, kept: kept + " aggregator (23456:10.0.0.1)"},
		{name: "RFC 2545 §3: a link-local next hop alone", attrs: ok + "800e1a 0002 01 10 fe800000000000000000000000000001 00 20 20010db8", o: ebgp, kept: "next-hop fe80::1 origin igp as-path [65001]", routes: "2001:db8::/32"},
		{name: "RFC 2545 §3: :: beside a link-local next hop", attrs: ok + "800e2a 0002 01 20 00000000000000000000000000000000 fe800000000000000000000000000001 00 20 20010db8", o: ebgp, kept: "next-hop [:: fe80::1] origin igp as-path [65001]", routes: "2001:db8::/32"},
		{name: "RFC 2545 §3: a global and a link-local next hop", attrs: ok + "800e2a 0002 01 20 20010db8000000000000000000000001 fe800000000000000000000000000001 00 20 20010db8", o: ebgp, kept: "next-hop [2001:db8::1 fe80::1] origin igp as-path [65001]", routes: "2001:db8::/32"},
		{name: "RFC 9234 §5: OTC of three octets", attrs: mandatory + "c02303 00fde9" + med, nlri: prefix10, o: ebgp, treat: withdraw, sub: 5, attr: codec.AttrOTC, kept: kept + " med 100"},
		{name: "RFC 9234 §5: OTC keeps its value", attrs: mandatory + "c02304 0000fde9" + med, nlri: prefix10, o: ebgp, kept: kept + " med 100 only-to-customer 65001"},
		{name: "RFC 8277 §2.4: a VPN withdrawal with the label 0x800000", attrs: "800f12 0001 80 70 800000 0000fde800000001 0a0000", o: ebgp, routes: "10.0.0.0/24 rd 65000:1"},
		{name: "RFC 8277 §2.4: a VPN withdrawal with the label 0", attrs: "800f12 0001 80 70 000000 0000fde800000001 0a0000", o: ebgp, routes: "10.0.0.0/24 rd 65000:1"},
		{name: "RFC 8277 §2.4: a labelled withdrawal with the label 0", attrs: "800f0a 0001 04 30 000000 0a0000", o: ebgp, routes: "10.0.0.0/24"},
		{name: "RFC 8277 §2.2: the S bit of an announced label is ignored", attrs: ok + "800e10 0001 04 04 0a000001 00 30 000010 0a0000", o: ebgp, routes: "10.0.0.0/24 label 1"},
		{name: "RFC 8277 §2.2: the same of a VPN route, and the route after it", attrs: ok + "800e2b 0001 80 0c 0000000000000000 0a000001 00 60 000010 0001 0a000002 0002 0a" + "60 000021 0001 0a000002 0002 0b", o: ebgp, routes: "10.0.0.0/8 rd 10.0.0.2:2 label 1, 11.0.0.0/8 rd 10.0.0.2:2 label 2"},
		{name: "RFC 7606 §5.3: no bottom of the labels, and too much for a prefix", attrs: ok + "800e13 0001 04 04 0a000001 00 48 000010 000020 0a0000", o: ebgp, treat: reset, sub: 9, attr: codec.AttrMPReach},
	} {
		t.Run(m.name, m.check)
	}
}
