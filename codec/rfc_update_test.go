package codec_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/codec"
)

// TestUpdateErrors: what other documents than RFC 7606 say is malformed.
func TestUpdateErrors(t *testing.T) {
	const kept = "next-hop 10.0.0.1 origin igp as-path [65001]"
	as2 := origin + "400204 0201 fde9 " + nextHop
	for _, m := range []malformed{
		{name: "RFC 4271 §6.3 unrecognized well-known attribute", attrs: mandatory + "40fa00", nlri: prefix10, o: ebgp, treat: reset, sub: 2, attr: 250},
		{name: "RFC 4271 §6.3 NEXT_HOP is no host address: 0.0.0.0", attrs: origin + asPath + "400304 00000000", nlri: prefix10, o: ebgp, treat: withdraw, sub: 8, attr: codec.AttrNextHop},
		{name: "RFC 4271 §6.3 NEXT_HOP is no host address: multicast", attrs: origin + asPath + "400304 e0000001", nlri: prefix10, o: ebgp, treat: withdraw, sub: 8, attr: codec.AttrNextHop},
		{name: "RFC 4271 §6.3 the same in MP_REACH_NLRI", attrs: origin + asPath + "800e26 0002 01 10 ff020000000000000000000000000001 00 80 20010db8000000000000000000000002", o: ebgp, treat: withdraw, sub: 8, attr: codec.AttrMPReach},
		{name: "RFC 4271 §5 unknown optional transitive: kept, with the Partial bit", attrs: mandatory + "c0fa02 0102", nlri: prefix10, o: ebgp, kept: kept + " attribute [0xfa 0xe0 0x0102]"},
		{name: "RFC 4271 §5 unknown optional non-transitive: quietly ignored", attrs: mandatory + "80fa02 0102", nlri: prefix10, o: ebgp, kept: kept},
		{name: "RFC 4271 §5 the Partial bit of a known one stays", attrs: mandatory + "e00804 fde90001", nlri: prefix10, o: ebgp, kept: kept + " attribute [0x08 0xe0 0xfde90001]"},
		{name: "RFC 4271 §4.3 a length of two octets is no other attribute", attrs: mandatory + "90040004 00000064", nlri: prefix10, o: ebgp, kept: kept + " med 100"},
		{name: "RFC 4271 §5 attributes in any order", attrs: med + nextHop + asPath + origin, nlri: prefix10, o: ebgp, kept: kept + " med 100"},
		{name: "attributes without NLRI are legal", attrs: mandatory, o: ebgp, kept: kept},
		{name: "RFC 6793 §4.1 AS4_PATH from a 4-octet speaker", attrs: mandatory + "c0110a 0202 00000001 00000002", nlri: prefix10, o: ebgp, treat: discard, sub: 9, attr: codec.AttrAS4Path, kept: kept},
		{name: "RFC 6793 §4.1 AS4_AGGREGATOR from a 4-octet speaker", attrs: mandatory + "c01208 00000001 0a000001", nlri: prefix10, o: ebgp, treat: discard, sub: 9, attr: codec.AttrAS4Aggregator, kept: kept},
		{name: "RFC 6793 §6 malformed AS4_PATH", attrs: as2 + "c01106 0202 00000001", nlri: prefix10, treat: discard, sub: 9, attr: codec.AttrAS4Path, kept: kept},
		{name: "RFC 6793 §6 AS4_PATH of length zero", attrs: as2 + "c01100", nlri: prefix10, treat: discard, sub: 5, attr: codec.AttrAS4Path, kept: kept},
		{name: "RFC 6793 §6 AS4_AGGREGATOR not 8 octets long", attrs: as2 + "c01206 0001 0a000001", nlri: prefix10, treat: discard, sub: 5, attr: codec.AttrAS4Aggregator, kept: kept},
		{name: "RFC 7607 §2 AS 0 in AS_PATH", attrs: origin + "40020a 0202 0000fde9 00000000" + nextHop, nlri: prefix10, o: ebgp, treat: withdraw, sub: 11, attr: codec.AttrASPath},
		{name: "RFC 7607 §2 AS 0 in a 2-octet AS_PATH", attrs: origin + "400206 0202 fde9 0000" + nextHop, nlri: prefix10, treat: withdraw, sub: 11, attr: codec.AttrASPath},
		{name: "RFC 7607 §2 AS 0 in AS4_PATH", attrs: as2 + "c01106 0201 00000000", nlri: prefix10, treat: discard, sub: 9, attr: codec.AttrAS4Path, kept: kept},
		{name: "RFC 7607 §2 AS 0 in AGGREGATOR", attrs: mandatory + "c00708 00000000 0a000001", nlri: prefix10, o: ebgp, treat: discard, sub: 9, attr: codec.AttrAggregator, kept: kept},
		{name: "RFC 7607 §2 AS 0 in a 2-octet AGGREGATOR", attrs: as2 + "c00706 0000 0a000001", nlri: prefix10, treat: discard, sub: 9, attr: codec.AttrAggregator, kept: kept},
		{name: "RFC 7607 §2 AS 0 in AS4_AGGREGATOR", attrs: as2 + "c01208 00000000 0a000001", nlri: prefix10, treat: discard, sub: 9, attr: codec.AttrAS4Aggregator, kept: kept},
		{name: "RFC 7311 §3 AIGP TLV that is not 11 octets", attrs: mandatory + "801a07 01 0007 00000001", nlri: prefix10, o: ebgp, treat: discard, sub: 9, attr: codec.AttrAIGP, kept: kept},
		{name: "RFC 7311 §3 AIGP TLV that runs past the attribute", attrs: mandatory + "801a06 02 0007 000001", nlri: prefix10, o: ebgp, treat: discard, sub: 9, attr: codec.AttrAIGP, kept: kept},
		{name: "RFC 7311 §3 AIGP with the Transitive bit", attrs: mandatory + "c01a0b 01 000b 0000000000000001", nlri: prefix10, o: ebgp, treat: discard, sub: 4, attr: codec.AttrAIGP, kept: kept},
		{name: "RFC 7311 §3 AIGP with an unknown TLV is no error", attrs: mandatory + "801a0f 02 0004 00 01 000b 0000000000000001", nlri: prefix10, o: ebgp, kept: kept + " attribute [0x1a 0x80 0x0200040001000b0000000000000001]"},
		{name: "RFC 8092 §6 large communities of length 0", attrs: mandatory + "c02000", nlri: prefix10, o: ebgp, treat: withdraw, sub: 5, attr: codec.AttrLargeCommunity},
		{name: "RFC 8092 §6 large communities of no multiple of 12", attrs: mandatory + "c02008 0000000000000000", nlri: prefix10, o: ebgp, treat: withdraw, sub: 5, attr: codec.AttrLargeCommunity},
		{name: "RFC 9234 §5 OTC of two octets", attrs: mandatory + "c02302 fde9", nlri: prefix10, o: ebgp, treat: withdraw, sub: 5, attr: codec.AttrOTC},
		{name: "RFC 9234 §5 OTC keeps its value", attrs: mandatory + "c02304 0000fde9", nlri: prefix10, o: ebgp, kept: kept + " only-to-customer 65001"},
		{name: "RFC 6514 §5 PMSI_TUNNEL shorter than its head", attrs: mandatory + "c01604 00 06 0000", nlri: prefix10, o: ebgp, treat: withdraw, sub: 5, attr: codec.AttrPMSITunnel, kept: kept},
		{name: "RFC 6514 §5 PMSI_TUNNEL whose identifier is no address", attrs: mandatory + "c01605 00 06 000000", nlri: prefix10, o: ebgp, treat: withdraw, sub: 9, attr: codec.AttrPMSITunnel, kept: kept},
		{name: "RFC 6514 §5 PMSI_TUNNEL", attrs: mandatory + "c01609 00 06 000640 0a000001", nlri: prefix10, o: ebgp, kept: kept + " pmsi-tunnel (ingress-replication 0 1600 10.0.0.1)"},
		{name: "RFC 6514 §5 PMSI_TUNNEL of a type that is not known", attrs: mandatory + "c01607 00 63 000640 0a00", nlri: prefix10, o: ebgp, kept: kept + " pmsi-tunnel (99 0 1600 0x0a00)"},
		{name: "RFC 7606 §7.16 ATTR_SET shorter than its AS number", attrs: mandatory + "c08003 000000", nlri: prefix10, o: ebgp, treat: withdraw, sub: 5, attr: codec.AttrATTRSet, kept: kept},
		{name: "RFC 7606 §7.16 an attribute runs past its ATTR_SET", attrs: mandatory + "c08008 0000fde8 40010200", nlri: prefix10, o: ebgp, treat: withdraw, sub: 9, attr: codec.AttrATTRSet, kept: kept},
		{name: "RFC 6368 §5 ATTR_SET with MP_REACH_NLRI", attrs: mandatory + "c08007 0000fde8 800e00", nlri: prefix10, o: ebgp, treat: withdraw, sub: 9, attr: codec.AttrATTRSet, kept: kept},
		{name: "RFC 6368 §5 ATTR_SET", attrs: mandatory + "c08008 0000fde8 40010100", nlri: prefix10, o: ebgp, kept: kept + " attr-set (65000 0x40010100)"},
		{name: "RFC 9012 §13 no valid tunnel TLV", attrs: mandatory + "c01700", nlri: prefix10, o: ebgp, treat: withdraw, sub: 9, attr: codec.AttrTunnelEncap, kept: kept},
		{name: "a deprecated attribute is passed on as what is unrecognized", attrs: mandatory + "c01505 0a 0000fde8", nlri: prefix10, o: ebgp, kept: kept + " attribute [0x15 0xe0 0x0a0000fde8]"},
		{name: "D-PATH is opaque", attrs: mandatory + "c02404 01000000", nlri: prefix10, o: ebgp, kept: kept + " attribute [0x24 0xe0 0x01000000]"},
		{name: "RFC 8205 §4.2 BGPsec_Path without BGPsec is quietly ignored", attrs: mandatory + "802104 00000000", nlri: prefix10, o: ebgp, kept: kept},
		{name: "RFC 9774 §3 AS_SET", attrs: origin + "40020c 0201 0000fde9 0101 0000fdea" + nextHop, nlri: prefix10, o: codec.Options{AS4: true, NoASSet: true}, treat: withdraw, sub: 11, attr: codec.AttrASPath},
		{name: "RFC 9774 §3 AS_CONFED_SET", attrs: origin + "400206 0401 0000fde9" + nextHop, nlri: prefix10, o: codec.Options{AS4: true, NoASSet: true}, treat: withdraw, sub: 11, attr: codec.AttrASPath},
		{name: "RFC 9774 §3 AS_SET in AS4_PATH", attrs: origin + "400206 0202 fde9 5ba0" + nextHop + "c01106 0101 00011170", nlri: prefix10, o: codec.Options{NoASSet: true}, treat: withdraw, sub: 11, attr: codec.AttrAS4Path},
		{name: "RFC 9774 §3 AS_SET where the operator says otherwise", attrs: origin + "40020c 0201 0000fde9 0101 0000fdea" + nextHop, nlri: prefix10, o: ebgp, kept: "next-hop 10.0.0.1 origin igp as-path [65001 (65002)]"},
		{name: "RFC 7911 §3 a path identifier is cut off", attrs: mandatory, nlri: "00000001", o: codec.Options{AS4: true, AddPath: codec.FamilySet{codec.IPv4Unicast}}, treat: reset, sub: 10},
		{name: "RFC 2545 §3 an unspecified address beside a link-local one", attrs: origin + asPath + "800e2a 0002 01 20" + strings.Repeat("00", 16) + "fe800000000000000000000000000001 00 20 20010db8", o: ebgp, kept: "next-hop [:: fe80::1] origin igp as-path [65001]"},
	} {
		t.Run(m.name, m.check)
	}
}

// TestErrorData: "the Data field MUST contain the erroneous attribute (type,
// length, and value)", or the type of the missing one (RFC 4271 §6.3).
func TestErrorData(t *testing.T) {
	var d codec.Decoder
	u := d.Update(update(t, "", mandatory+"40fa02 0102", prefix10), &ebgp)
	require.Equal(t, unhex(t, "40fa02 0102"), u.Errs[0].Data)
	u = d.Update(update(t, "", asPath+nextHop, prefix10), &ebgp)
	require.Equal(t, []byte{1}, u.Errs[0].Data)
	n := u.Errs[0].Notification()
	require.Equal(t, "3/3", n.String()[:3])
}

// TestErrsBound: a message full of duplicates makes no long list of errors.
func TestErrsBound(t *testing.T) {
	var d codec.Decoder
	u := d.Update(update(t, "", mandatory+strings.Repeat("800404 00000001", 5000), prefix10), &ebgp)
	require.Len(t, u.Errs, 1)
	require.Equal(t, codec.TreatDiscard, u.Worst())
}

// TestFieldLengths: "If the Withdrawn Routes Length or Total Attribute Length
// is too large … Malformed Attribute List" (RFC 4271 §6.3).
func TestFieldLengths(t *testing.T) {
	for name, body := range map[string]string{
		"Withdrawn Routes Length too large":  "0001 0000",
		"no room for Total Attribute Length": "0002 0000",
		"Total Attribute Length too large":   "0000 0001",
		"no body":                            "",
		"three octets":                       "000000",
	} {
		var d codec.Decoder
		msg := wireMessage(codec.MsgUpdate, unhex(t, body)...)
		u := d.Update(msg, &ebgp)
		require.Equal(t, codec.TreatReset, u.Worst(), name)
		require.Equal(t, uint8(codec.SubMalformedAttributeList), u.Errs[0].Subcode, name)
		_, eor := u.EndOfRIB()
		require.False(t, eor, name)
	}
}

// TestEndOfRIB: RFC 4724 §2, and what looks like one but is not.
func TestEndOfRIB(t *testing.T) {
	for _, c := range []struct {
		name, withdrawn, attrs, nlri string
		want                         codec.Family
	}{
		{"empty UPDATE", "", "", "", codec.IPv4Unicast},
		{"empty MP_UNREACH_NLRI", "", "800f03 0002 01", "", codec.IPv6Unicast},
		{"empty MP_UNREACH_NLRI with a length of two octets", "", "900f0003 0002 01", "", codec.IPv6Unicast},
		{"empty MP_UNREACH_NLRI of IPv4 multicast", "", "800f03 0001 02", "", codec.IPv4Multicast},
		{"an unknown family", "", "800f03 4004 47", "", codec.MakeFamily(16388, 71)},
		{"only an unknown transitive attribute", "", "c0fa01 00", "", 0},
		{"only an unknown non-transitive attribute", "", "80fa01 00", "", 0},
		{"only a discarded attribute", "", "c01208 00000001 0a000001", "", 0},
		{"empty MP_UNREACH_NLRI and an attribute", "", "800f03 0002 01" + origin, "", 0},
		{"an attribute and empty MP_UNREACH_NLRI", "", "80fa00 800f03 0002 01", "", 0},
		{"a withdrawal", prefix10, "", "", 0},
		{"a withdrawal beside empty MP_UNREACH_NLRI", prefix10, "800f03 0002 01", "", 0},
		{"a withdrawal in MP_UNREACH_NLRI", "", unreach6, "", 0},
		{"empty MP_REACH_NLRI", "", origin + asPath + "800e15 0002 01 10 20010db8000000000000000000000001 00", "", 0},
	} {
		var d codec.Decoder
		f, ok := d.Update(update(t, c.withdrawn, c.attrs, c.nlri), &ebgp).EndOfRIB()
		require.Equal(t, c.want != 0, ok, c.name)
		require.Equal(t, c.want, f, c.name)
	}
	for _, f := range []codec.Family{codec.IPv4Unicast, codec.IPv6Unicast, codec.IPv4Multicast, codec.MakeFamily(25, 70)} {
		var d codec.Decoder
		got, ok := d.Update(codec.AppendEndOfRIB(nil, f), &ebgp).EndOfRIB()
		require.True(t, ok, f)
		require.Equal(t, f, got)
	}
}
