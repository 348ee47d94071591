package check

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/peerloom/peerloom/codec"
)

// readable is an NLRI of each family, and of each form that is cut in its own way.
var readable = []struct {
	family codec.Family
	text   string // keywords and values, "; " apart
}{
	{codec.IPv4Unicast, "; 10.0.0.0/8"}, {codec.IPv4Unicast, "; 0.0.0.0/0"}, {codec.IPv4Unicast, "; 192.0.2.1/32"},
	{codec.IPv4Multicast, "; 198.51.100.0/30"}, {codec.IPv6Unicast, "; 2001:db8::/33"}, {codec.IPv6Multicast, "; ::/0"},
	{codec.IPv4Labeled, "; 10.0.0.0/9; label 100"}, {codec.IPv4Labeled, "; 10.0.0.0/9; label [ 100 200 ]"}, {codec.IPv6Labeled, "; 2001:db8::/32; label 3"},
	{codec.IPv4VPN, "; 10.0.0.0/25; rd 65001:1; label 100"}, {codec.IPv6VPN, "; 2001:db8::/47; rd 10.0.0.1:2; label [ 7 8 ]"},
	{codec.IPv4Flow, "destination 10.0.0.0/9; protocol =6; destination-port >=80&<=90"},
	{codec.IPv6Flow, "destination 2001:db8::/40/0; next-header =6"}, {codec.IPv6Flow, "source ::1234:5678:9a00:0/104/64"},
	{codec.IPv4RTC, "default"}, {codec.IPv4RTC, "origin-as 65000; route-target target:65000:1"},
	{codec.IPv4SRPolicy, "color 1; endpoint 10.0.0.1; distinguisher 7"},
	{codec.L2VPNVPLS, "rd 65001:1; endpoint 5; base 100; offset 1; size 8"},
}

// wires are NLRI by their octets, of the families whose words are many.
var wires = []struct {
	family codec.Family
	wire   string
}{
	{codec.L2VPNEVPN, "\x01\x19" + strings.Repeat("\x07", 25)},
	{codec.L2VPNEVPN, "\x02\x25" + strings.Repeat("\x01", 22) + "\x30abcdef\x20\xc0\x00\x02\x01\x00\x06\x41"},
	{codec.L2VPNEVPN, "\x03\x11" + strings.Repeat("\x02", 12) + "\x20\xc0\x00\x02\x01"},
	{codec.L2VPNEVPN, "\x05\x22" + strings.Repeat("\x03", 22) + "\x18\x0a\x00\x00\x00\xc0\x00\x02\x01\x00\x06\x41"},
	{codec.L2VPNEVPN, "\x06\x1c" + strings.Repeat("\x00", 12) + "\x20\xc0\x00\x02\x01\x20\xe0\x00\x00\x01\x20\xc0\x00\x02\x02\x01"},
	{codec.L2VPNEVPN, "\x08\x2b" + strings.Repeat("\x00", 22) + "\x20\xc0\x00\x02\x01\x20\xe0\x00\x00\x01\x20\xc0\x00\x02\x02\x00\x00\x00\x00\x0a\x01"},
	{codec.L2VPNEVPN, "\x63\x02\x01\x02"},
	{codec.IPv4MUP, "\x01\x00\x03\x1c" + "\x00\x00\x00\x01\x00\x00\x00\x01" + "\x20\x0a\x00\x00\x01" + "\x00\x00\x00\x01\x05\x20\x0a\x00\x00\x02\x20\x0a\x00\x00\x03"},
	{codec.IPv4MVPN, "\x05\x12" + "\x00\x00\x00\x01\x00\x00\x00\x01" + "\x20\x0a\x00\x00\x01\x20\xe0\x00\x00\x01"},
}

func readableNLRI(t *testing.T) []codec.NLRI {
	var all []codec.NLRI
	for _, row := range readable {
		var fields []codec.NLRIField
		for _, f := range strings.Split(row.text, "; ") {
			w := strings.Fields(f)
			switch {
			case len(w) == 0:
			case strings.ContainsAny(w[0], "./") || strings.Contains(w[0], "::"):
				fields = append(fields, codec.NLRIField{Name: "", Values: w})
			default:
				fields = append(fields, codec.NLRIField{Name: w[0], Values: w[1:]})
			}
		}
		n, err := codec.ParseNLRIText(row.family, 0, fields)
		if row.family.SAFI() <= 2 {
			n, err = codec.PrefixNLRI(row.family, netip.MustParsePrefix(row.text[2:]), 0), nil
		}
		require.NoError(t, err, row.text)
		all = append(all, n)
	}
	for _, row := range wires {
		for r, err := range codec.NLRIs(row.family, []byte(row.wire), false) {
			require.NoError(t, err, "%x", row.wire)
			all = append(all, r.NLRI())
		}
	}
	return all
}

// TestReaderReadsWhatLeaves: what the daemon writes of each family, to each kind
// of peer, is what the oracle reads.
func TestReaderReadsWhatLeaves(t *testing.T) {
	paths := [...]codec.Attr{
		codec.ASPath(), codec.ASPath(codec.Segment{Type: codec.ASSequence, AS: []uint32{65001, 4200000001, 65002}}),
		codec.ASPath(codec.Segment{Type: codec.ASSequence, AS: []uint32{4200000001}}, codec.Segment{Type: codec.ASSet, AS: []uint32{1, 4200000002}}),
		codec.ASPath(codec.Segment{Type: 3, AS: []uint32{65100}}, codec.Segment{Type: codec.ASSequence, AS: []uint32{4200000001, 7}}),
	}
	var r reader
	for _, n := range readableNLRI(t) {
		hop := netip.MustParseAddr("192.0.2.1")
		if a := n.Family.AFI(); a == 2 {
			hop = netip.MustParseAddr("2001:db8::1")
		}
		for i := range 16 * len(paths) {
			o := codec.Options{AS4: i&1 == 0, IBGP: true, ReachLast: i&2 == 0, MaxLen: codec.MaxExtendedLen}
			if i&4 == 0 {
				o.AddPath = codec.FamilySet{n.Family}
				n.PathID = 7
			} else {
				n.PathID = 0
			}
			a := codec.Attrs{codec.Origin(codec.OriginIGP), paths[i/16], codec.NextHop(hop), codec.MED(5),
				codec.LocalPref(100), codec.AtomicAggregate(), codec.Aggregator(4200000001, hop4), codec.Communities(1, 2)}
			if i&8 == 0 {
				a = append(a, codec.Attr{Type: 99, Flags: 0xe0, Value: make([]byte, 300)})
			} else {
				a = append(a, codec.Attr{Type: 99, Flags: 0xf0, Value: []byte{1}})
			}
			about := fmt.Sprintf("%v of %v, %+v, %v", n, n.Family, o, a)
			msg, _, err := codec.AppendAnnounce(nil, &o, a, []codec.NLRI{n, n})
			require.NoError(t, err, about)
			r.update(msg, &o)
			require.Empty(t, r.wrong(), about)
			require.Equal(t, []codec.NLRI{n, n}, r.announced, about)
			require.Empty(t, r.withdrawn, about)
			require.True(t, r.written().Equal(a), "%s\nread as %v", about, r.written())

			msg, _, err = codec.AppendWithdraw(nil, &o, nil, []codec.NLRI{n})
			require.NoError(t, err, about)
			r.update(msg, &o)
			require.Empty(t, r.wrong(), about)
			require.Len(t, r.withdrawn, 1, about)
			require.Equal(t, keyOf(n), keyOf(r.withdrawn[0]), about)
			require.Zero(t, r.end, about)
		}
		r.update(codec.AppendEndOfRIB(nil, n.Family), &codec.Options{})
		require.Empty(t, r.wrong(), n.Family)
		require.Equal(t, n.Family, r.end)
	}
}

var hop4 = netip.MustParseAddr("10.9.9.9")

// TestKeys: the two readings of what makes routes the same one agree.
func TestKeys(t *testing.T) {
	all := readableNLRI(t)
	for _, n := range slices.Clone(all) {
		for i := range len(n.Wire) { // any octet may be of the key, or not
			m := n
			m.Wire = n.Wire[:i] + string(n.Wire[i]^2) + n.Wire[i+1:]
			var d codec.Decoder
			o := codec.Options{}
			nlri := m.Wire
			msg := slices.Concat(make([]byte, 19), []byte{0, 0, 0, byte(8 + 4 + len(nlri) + 1), 0x80, 14, byte(5 + 4 + len(nlri)),
				byte(m.Family >> 24), byte(m.Family >> 16), byte(m.Family), 4, 192, 0, 2, 1, 0}, []byte(nlri))
			if u := d.Update(msg, &o); len(u.Errs) == 0 {
				all = append(all, m)
			}
		}
	}
	for _, a := range all {
		for _, b := range all {
			require.Equal(t, a.Key() == b.Key(), keyOf(a) == keyOf(b), "%v and %v, %x and %x", a, b, a.Wire, b.Wire)
		}
	}
}

// TestReaderTakesAnything: no octets make the reader panic, and what it finds fit
// for a session, or not, is what the daemon finds.
func TestReaderTakesAnything(t *testing.T) {
	nlri := readableNLRI(t)
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.SampledFrom(nlri).Draw(t, "nlri")
		o := codec.Options{AS4: rapid.Bool().Draw(t, "as4"), IBGP: true}
		hop := codec.NextHop(netip.MustParseAddr("192.0.2.1"))
		if n.Family.AFI() == 2 {
			hop = codec.NextHop(netip.MustParseAddr("2001:db8::1"))
		}
		a := codec.Attrs{codec.Origin(0), codec.ASPath(codec.Segment{Type: codec.ASSequence, AS: []uint32{1, 4200000001}}), hop, codec.Aggregator(4200000001, hop4)}
		msg, _, err := codec.AppendAnnounce(nil, &o, a, []codec.NLRI{n})
		require.NoError(t, err)
		if rapid.Bool().Draw(t, "withdraw") {
			msg, _, err = codec.AppendWithdraw(nil, &o, a, []codec.NLRI{n})
			require.NoError(t, err)
		}
		for range rapid.IntRange(1, 4).Draw(t, "damages") {
			msg[rapid.IntRange(19, len(msg)-1).Draw(t, "at")] = rapid.Byte().Draw(t, "octet")
		}
		if rapid.IntRange(0, 3).Draw(t, "cut") == 0 {
			msg = msg[:rapid.IntRange(19, len(msg)).Draw(t, "length")]
		}
		var d codec.Decoder
		var r reader
		r.update(msg, &o)
		for _, beyond := range [...]uint8{22, 23, 29, 40, 128} { // of these the reader keeps the value as it is
			if r.has(beyond) {
				return
			}
		}
		reset := d.Update(msg, &o).Worst() >= codec.TreatDisableFamily
		require.Equal(t, reset, r.treat == inReset, "%x: %s", msg[19:], r.why)
	})
}

// Nobody can ask for an AS4_PATH with more length than it needs, nor for one with a
// confederation segment.
func TestShadowsAsTheyMustBe(t *testing.T) {
	for _, row := range []struct{ attr, want string }{
		{"\xc0\x11\x06\x02\x01\xfa\x56\xea\x01", ""},
		{"\xd0\x11\x00\x06\x02\x01\xfa\x56\xea\x01", "extended length"},
		{"\xc0\x11\x06\x03\x01\xfa\x56\xea\x01", "confederation"},
	} {
		attrs := "\x40\x01\x01\x00\x40\x02\x04\x02\x01\x5b\xa0\x40\x03\x04\xc0\x00\x02\x01" + row.attr
		msg := slices.Concat(make([]byte, 19), []byte{0, 0, 0, byte(len(attrs))}, []byte(attrs), []byte{8, 10})
		var r reader
		r.update(msg, &codec.Options{})
		require.True(t, (r.wrong() == "") == (row.want == ""), "%q: %s", row.attr, r.wrong())
		require.Contains(t, r.wrong(), row.want)
	}
}
