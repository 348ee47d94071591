package codec_test

import (
	"fmt"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/peerloom/peerloom/codec"
)

// TestTextRoundTrip: every set reads back from its text. An empty AS_PATH has
// none.
func TestTextRoundTrip(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		attrs := genAttrs(rapid.SampledFrom(families).Draw(r, "family")).Draw(r, "attrs")
		if p, _ := attrs.Get(codec.AttrASPath); len(p.Value) == 0 {
			attrs = attrs.Without(codec.AttrASPath)
		}
		text := attrs.String()
		got := parseAttrs(t, text)
		require.Equal(r, text, got.String())
		require.True(r, attrs.Equal(got), text)
	})
}

// TestParseAttrText reads ExaBGP's spellings; want is the canonical one.
func TestParseAttrText(t *testing.T) {
	for in, want := range map[string]string{
		"next-hop 10.0.0.1":                                  "next-hop 10.0.0.1",
		"next-hop self":                                      "next-hop self",
		"next-hop SELF":                                      "next-hop self",
		"next-hop ::FFFF:81.52.17.146":                       "next-hop ::ffff:81.52.17.146",
		"next-hop [ 2001:DB8::1 fe80::1 ]":                   "next-hop [2001:db8::1 fe80::1]",
		"origin IGP":                                         "origin igp",
		"origin incomplete":                                  "origin incomplete",
		"as-path 65000":                                      "as-path [65000]",
		"as-path [ 1 , 2 ]":                                  "as-path [1 2]",
		"as-path [ 1.2 ]":                                    "as-path [65538]",
		"as-path [ 1 2 ] ( 3 4 ) [ 5 ]":                      "as-path [1 2 (3 4) 5]",
		"as-path [ 1 2 ( 3 4 ) 5 ]":                          "as-path [1 2 (3 4) 5]",
		"as-path ( 3 4 )":                                    "as-path [(3 4)]",
		"as-path [ { 1 2 } ]":                                "as-path [{1 2}]",
		"as-path [ ({ 1 2 }) 3 ]":                            "as-path [({1 2}) 3]",
		"as-path [ ]":                                        "",
		"med 100":                                            "med 100",
		"local-preference 4294967295":                        "local-preference 4294967295",
		"atomic-aggregate":                                   "atomic-aggregate",
		"aggregator ( 65000:10.0.0.1 )":                      "aggregator (65000:10.0.0.1)",
		"aggregator 65000:10.0.0.1":                          "aggregator (65000:10.0.0.1)",
		"community 65000:1":                                  "community [65000:1]",
		"community [ 30740:30740 30740:0 ]":                  "community [30740:0 30740:30740]",
		"community [ no-export NO_ADVERTISE 5 ]":             "community [0:5 no-export no-advertise]",
		"community 0x00010002":                               "community [1:2]",
		"large-community [ 2:0:1 1:2:3 1:2:3 ]":              "large-community [1:2:3 2:0:1]",
		"extended-community 72:0.0.0.1":                      "extended-community [target:72:1]",
		"extended-community target:10283:4.249.92.120":       "extended-community [target:10283:83451000]",
		"extended-community target:1.2.3.4:5":                "extended-community [target:1.2.3.4:5]",
		"extended-community origin:70000:5":                  "extended-community [origin:70000:5]",
		"extended-community target:100L:5":                   "extended-community [target:100L:5]",
		"extended-community target4:100:5":                   "extended-community [target:100L:5]",
		"extended-community 0x0002fde900000001":              "extended-community [target:65001:1]",
		"extended-community l2info:19:0:1500:111":            "extended-community [l2info:19:0:1500:111]",
		"extended-community redirect:65500:12345":            "extended-community [redirect:65500:12345]",
		"originator-id 57.35.2.240":                          "originator-id 57.35.2.240",
		"cluster-list [ 3.3.3.3 192.168.201.1 ]":             "cluster-list [3.3.3.3 192.168.201.1]",
		"aigp 0x10":                                          "aigp 16",
		"attribute [ 0x20 0xc0 0x000000010000000200000003 ]": "large-community [1:2:3]",
		"attribute [ 0xfa 0xD0 0xAB ]":                       "attribute [0xfa 0xd0 0xab]",
		"attribute [ 0x04 0x80 0x00000005 ]":                 "med 5",
	} {
		require.Equal(t, want, parseAttrs(t, in).String(), in)
	}
}

// TestParseAttrTextErrors: what is wrong is refused, with a reason.
func TestParseAttrTextErrors(t *testing.T) {
	for _, in := range []string{
		"colour red", "next-hop", "next-hop 10.0.0.256", "next-hop fe80::1%eth0", "next-hop [ 10.0.0.1 10.0.0.2 ]", "next-hop 0x", "next-hop 0x0a000001",
		"origin", "origin foo", "origin igp egp", "as-path", "as-path x", "as-path [ 1", "as-path [ 0 ]", "as-path 0",
		"as-path [ 1 ] 2", "as-path ] 1 [", "as-path ( [ 1 ] )", "as-path [ [ [ [ 1 ] ] ] ]", "as-path [ 4294967296 ]", "as-path ( { 1 )",
		"med", "med -1", "med 4294967296", "atomic-aggregate yes", "aggregator ( 1 )", "aggregator 1:2001:db8::1",
		"community [ ]", "community [ 1:2", "community 65536:1", "community 1:65536", "community foo",
		"large-community 1:2", "large-community 1:2:4294967296", "extended-community target:1", "extended-community 0x01",
		"extended-community target:70000:70000", "extended-community foo:1:2", "extended-community target:1:2:3", "originator-id ::1",
		"cluster-list [ x ]", "aigp x", "attribute 0x20", "attribute [ 0x20 0xc0 ]", "attribute [ 32 0xc0 0x00 ]",
		"attribute [ 0x0e 0x80 0x00 ]", "attribute [ 0x03 0x40 0x00 ]", "attribute [ 0x01 0x40 0x03 ]", "attribute [ 0x02 0x40 0x0201 ]", "attribute [ 0x07 0xc0 0x00 ]", "attribute [ 0x20 0xc0 0x0 ]",
	} {
		toks := tokens(in)
		_, err := codec.ParseAttrText(toks[0], toks[1:])
		require.Error(t, err, in)
		require.NotContains(t, err.Error(), "\n")
	}
}

// TestParseAttrTextAnything: no tokens panic, and what is read prints and reads back.
// TestMalformedByNumber: a value that is none of its type is sent as it was given,
// and said as octets.
func TestMalformedByNumber(t *testing.T) {
	for _, in := range []string{"attribute [0x20 0xc0 0x0000006400000064]", "attribute [0x08 0xc0 0x01]", "attribute [0x05 0x40 0x01]",
		"attribute [0x10 0xc0 0x]", "attribute [0x1a 0x80 0x01]", "attribute [0x28 0xc0 0x0100]", "attribute [0x17 0xc0 0x000f]"} {
		toks := tokens(in)
		a, err := codec.ParseAttrText(toks[0], toks[1:])
		require.NoError(t, err, in)
		require.Equal(t, in, codec.Attrs{a}.String())
		require.Contains(t, string(codec.Attrs{a}.AppendJSON(nil)), fmt.Sprintf(`"attribute-0x%02X-0x%02X": "0x`, byte(a.Type), byte(a.Flags)), in)
	}
}

func TestParseAttrTextAnything(t *testing.T) {
	words := []string{"[", "]", "(", ")", "{", "}", ",", "1", "0", "1:2", "1:2:3", "0x", "0x01", "self", "10.0.0.1", "::1", "", "target:1:1", "-"}
	kinds := []string{"next-hop", "origin", "as-path", "med", "local-preference", "atomic-aggregate", "aggregator", "community",
		"large-community", "extended-community", "ipv6-extended-community", "originator-id", "cluster-list", "aigp", "attribute", "other"}
	rapid.Check(t, func(r *rapid.T) {
		name := rapid.SampledFrom(kinds).Draw(r, "name")
		a, err := codec.ParseAttrText(name, rapid.SliceOfN(rapid.SampledFrom(words), 0, 8).Draw(r, "args"))
		if err == nil && !(a.Type == codec.AttrASPath && len(a.Value) == 0) {
			set := codec.Attrs{a}
			require.True(r, set.Equal(parseAttrs(t, set.String())), "%v", set)
		}
	})
}

func TestFamilyNames(t *testing.T) {
	for f, want := range map[codec.Family]string{
		codec.IPv4Unicast: "ipv4 unicast", codec.IPv6Multicast: "ipv6 multicast",
		codec.MakeFamily(1, 128): "ipv4 mpls-vpn", codec.MakeFamily(25, 70): "l2vpn evpn",
		codec.MakeFamily(16388, 71): "bgp-ls bgp-ls", codec.MakeFamily(77, 9): "afi-77 safi-9",
		codec.MakeFamily(65535, 255): "afi-65535 safi-255",
	} {
		require.Equal(t, want, f.String())
		got, err := codec.ParseFamily(want)
		require.NoError(t, err)
		require.Equal(t, f, got)
	}
	got, err := codec.ParseFamily("ipv4 labeled-unicast")
	require.NoError(t, err)
	require.Equal(t, codec.MakeFamily(1, 4), got)
	for _, bad := range []string{"", "ipv4", "ipv4-unicast", "ipv5 unicast", "ipv4 foo", "afi-65536 unicast", "ipv4 safi-256", "ipv4 safi--1"} {
		_, err := codec.ParseFamily(bad)
		require.Error(t, err, bad)
	}
}

func TestDescribeUpdate(t *testing.T) {
	attrs := set(codec.Origin(0), codec.ASPath(), codec.NextHop(addr("10.0.0.2")), codec.LocalPref(100))
	announce := func(o *codec.Options, a codec.Attrs, n ...codec.NLRI) []byte {
		b, _, err := codec.AppendAnnounce(nil, o, a, n)
		require.NoError(t, err)
		return b
	}
	withdrawn, _, err := codec.AppendWithdraw(nil, &ibgp, nil, prefixes("192.168.0.2/32 10.0.0.0/8"))
	require.NoError(t, err)
	mcast := codec.PrefixNLRI(codec.IPv4Multicast, netip.MustParsePrefix("10.0.0.0/8"), 0)
	paths := codec.Options{AS4: true, IBGP: true, AddPath: codec.FamilySet{codec.IPv4Unicast}}
	withPath := codec.PrefixNLRI(codec.IPv4Unicast, netip.MustParsePrefix("10.0.0.0/8"), 0x01020304)
	for _, c := range []struct {
		msg  []byte
		o    codec.Options
		want string
	}{
		{announce(&ibgp, attrs, prefixes("192.168.0.2/32")...), ibgp, "UPDATE announce 192.168.0.2/32 next-hop 10.0.0.2 origin igp local-preference 100"},
		{withdrawn, ibgp, "UPDATE withdraw 192.168.0.2/32 10.0.0.0/8"},
		{codec.AppendEndOfRIB(nil, codec.IPv6Unicast), ibgp, "End-of-RIB ipv6 unicast"},
		{announce(&ibgp, attrs, mcast), ibgp, "UPDATE announce ipv4 multicast 10.0.0.0/8 next-hop 10.0.0.2 origin igp local-preference 100"},
		{announce(&paths, attrs, withPath), paths, "UPDATE announce 10.0.0.0/8 path-information 1.2.3.4 next-hop 10.0.0.2 origin igp local-preference 100"},
		{update(t, "", mandatory+reach6, prefix10), ebgp, "UPDATE announce 2001:db8::2/128 next-hop 2001:db8::1 origin igp as-path [65001] announce 10.0.0.0/8 next-hop 10.0.0.1 origin igp as-path [65001]"},
		{update(t, "", mandatory, ""), ebgp, "UPDATE attributes next-hop 10.0.0.1 origin igp as-path [65001]"},
		{update(t, "", mandatory+"800401 00", prefix10), ebgp, "UPDATE announce 10.0.0.0/8 next-hop 10.0.0.1 origin igp as-path [65001] (treat-as-withdraw: wrong attribute length)"},
	} {
		require.Equal(t, c.want, codec.Describe(c.msg, &c.o))
	}
}
