package codec_test

import (
	"fmt"
	"net/netip"

	"github.com/peerloom/peerloom/codec"
)

// An attribute set and NLRI become an UPDATE, and the UPDATE becomes them again.
func ExampleAppendAnnounce() {
	var attrs codec.Attrs
	attrs = attrs.With(codec.Origin(codec.OriginIGP))
	attrs = attrs.With(codec.ASPath(codec.Segment{Type: codec.ASSequence, AS: []uint32{65001, 70000}}))
	attrs = attrs.With(codec.NextHop(netip.MustParseAddr("10.0.0.1")))
	nlri := []codec.NLRI{
		codec.PrefixNLRI(codec.IPv4Unicast, netip.MustParsePrefix("192.0.2.0/24"), 0),
		codec.PrefixNLRI(codec.IPv4Unicast, netip.MustParsePrefix("198.51.100.0/24"), 0),
	}
	o := &codec.Options{AS4: true}
	msg, n, err := codec.AppendAnnounce(nil, o, attrs, nlri)
	fmt.Println(n, "NLRI in", len(msg), "octets,", err)

	var d codec.Decoder
	u := d.Update(msg, o)
	fmt.Println(u.Attrs)
	for r := range u.Announced() {
		fmt.Println(r.NLRI())
	}
	// Output:
	// 2 NLRI in 55 octets, <nil>
	// next-hop 10.0.0.1 origin igp as-path [65001 70000]
	// 192.0.2.0/24
	// 198.51.100.0/24
}

// What is malformed is said with the treatment of RFC 7606; the rest is read.
func ExampleDecoder_Update() {
	o := &codec.Options{AS4: true}
	attrs := codec.Attrs{
		codec.Origin(codec.OriginIGP), codec.ASPath(), codec.NextHop(netip.MustParseAddr("10.0.0.1")),
		{Type: codec.AttrMED, Flags: codec.FlagOptional, Value: []byte{0, 100}}, // two octets for four
	}
	msg, _, _ := codec.AppendAnnounce(nil, o, attrs, []codec.NLRI{
		codec.PrefixNLRI(codec.IPv4Unicast, netip.MustParsePrefix("192.0.2.0/24"), 0),
	})
	var d codec.Decoder
	u := d.Update(msg, o)
	fmt.Println(u.Worst(), u.Errs[0].Why)
	for r := range u.Announced() {
		fmt.Println("withdrawn:", r.NLRI())
	}
	// Output:
	// treat-as-withdraw wrong attribute length
	// withdrawn: 192.0.2.0/24
}

// Attributes are written as in ExaBGP's commands.
func ExampleParseAttrText() {
	a, err := codec.ParseAttrText("community", []string{"[", "65001:1", "no-export", "]"})
	fmt.Println(codec.Attrs{a}, err)
	_, err = codec.ParseAttrText("origin", []string{"bgp"})
	fmt.Println(err)
	// Output:
	// community [65001:1 no-export] <nil>
	// origin: "bgp" is no origin: write igp, egp or incomplete
}
