package codec_test

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/peerloom/peerloom/codec"
)

var families = []codec.Family{codec.IPv4Unicast, codec.IPv4Multicast, codec.IPv6Unicast, codec.IPv6Multicast}

func genBytes(n int) *rapid.Generator[[]byte] { return rapid.SliceOfN(rapid.Byte(), n, n) }

func genAddr(n int) *rapid.Generator[netip.Addr] {
	return rapid.Custom(func(t *rapid.T) netip.Addr {
		b := genBytes(n).Draw(t, "address")
		b[0] = 0x20 | b[0]&0x1f // a host address in both families
		a, _ := netip.AddrFromSlice(b)
		return a
	})
}

func genNLRI(f codec.Family, addPath bool) *rapid.Generator[codec.NLRI] {
	return rapid.Custom(func(t *rapid.T) codec.NLRI {
		n := 4
		if f.AFI() == 2 {
			n = 16
		}
		a, _ := netip.AddrFromSlice(genBytes(n).Draw(t, "address"))
		p := netip.PrefixFrom(a, rapid.IntRange(0, 8*n).Draw(t, "bits"))
		id := uint32(0)
		if addPath {
			id = rapid.Uint32().Draw(t, "path")
		}
		return codec.PrefixNLRI(f, p, id)
	})
}

func genPath() *rapid.Generator[codec.Attr] {
	return rapid.Custom(func(t *rapid.T) codec.Attr {
		seg := rapid.Custom(func(t *rapid.T) codec.Segment {
			// Small, 2-octet and 4-octet numbers alike.
			as := rapid.OneOf(rapid.Uint32Range(1, 9), rapid.Uint32Range(1, 65535), rapid.Uint32Min(1))
			return codec.Segment{
				Type: codec.SegmentType(rapid.IntRange(1, 4).Draw(t, "type")),
				AS:   rapid.SliceOfN(as, 1, 300).Draw(t, "as"),
			}
		})
		return codec.ASPath(rapid.SliceOfN(seg, 0, 3).Draw(t, "segments")...)
	})
}

// genAttrs makes well-formed sets for NLRI of f; lists are sorted, as the text
// forms have them.
func genAttrs(f codec.Family) *rapid.Generator[codec.Attrs] {
	return rapid.Custom(func(t *rapid.T) codec.Attrs {
		n := 4
		if f.AFI() == 2 {
			n = 16
		}
		out := set(codec.Origin(codec.OriginCode(rapid.IntRange(0, 2).Draw(t, "origin"))),
			genPath().Draw(t, "path"), codec.NextHop(genAddr(n).Draw(t, "next hop")))
		u32 := rapid.Uint32()
		list := func(name string) []uint32 {
			l := rapid.SliceOfNDistinct(u32, 1, 100, func(v uint32) uint32 { return v }).Draw(t, name)
			slices.Sort(l)
			return l
		}
		var large []codec.LargeCommunity
		for _, v := range list("large") {
			large = append(large, codec.LargeCommunity{Global: v, Local1: 1, Local2: v})
		}
		var ext []codec.ExtCommunity
		var ext6 []codec.IPv6ExtCommunity
		for _, v := range list("extended") {
			e := codec.ExtCommunity{byte(v >> 24), byte(v>>16) % 4, byte(v >> 8), byte(v), 0, 0, 0, 1}
			ext = append(ext, e)
			ext6 = append(ext6, codec.IPv6ExtCommunity{0, 2, byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)})
		}
		slices.SortFunc(ext, func(a, b codec.ExtCommunity) int { return slices.Compare(a[:], b[:]) })
		unknown := codec.Attr{Type: codec.AttrType(rapid.IntRange(200, 254).Draw(t, "type")), Flags: 0xe0, Value: genBytes(rapid.SampledFrom([]int{0, 3, 255, 256}).Draw(t, "size")).Draw(t, "value")}
		optional := []codec.Attr{
			codec.MED(u32.Draw(t, "med")), codec.LocalPref(u32.Draw(t, "lp")), codec.AtomicAggregate(),
			codec.Aggregator(rapid.OneOf(rapid.Uint32Range(1, 65535), rapid.Uint32Min(1)).Draw(t, "as"), genAddr(4).Draw(t, "id")),
			codec.Communities(list("communities")...), codec.ExtCommunities(ext...), codec.IPv6ExtCommunities(ext6...),
			codec.LargeCommunities(large...), codec.OriginatorID(genAddr(4).Draw(t, "id")),
			codec.ClusterList(genAddr(4).Draw(t, "id"), genAddr(4).Draw(t, "id")),
			codec.AIGP(rapid.Uint64().Draw(t, "aigp")), codec.OTC(u32.Draw(t, "otc")),
			{Type: codec.AttrPMSITunnel, Flags: 0xc0, Value: []byte{0, 6, 0, 0, 0x10, 192, 0, 2, 1}},
			{Type: codec.AttrATTRSet, Flags: 0xc0, Value: []byte{0, 0, 0xfd, 0xe8, 0x40, 1, 1, 0}}, unknown,
		}
		for _, a := range rapid.SliceOfNDistinct(rapid.SampledFrom(optional), 0, len(optional), func(a codec.Attr) codec.AttrType { return a.Type }).Draw(t, "optional") {
			out = out.With(a)
		}
		return out
	})
}

// survives2 tells whether all AS numbers of a set survive a 2-octet session: a
// confederation's long ones do not (RFC 6793 §4.2.2 leaves them out).
func survives2(a codec.Attrs) bool {
	segs, _ := a.ASPathSegments()
	return !slices.ContainsFunc(segs, func(s codec.Segment) bool {
		return s.Type == codec.ASConfedSequence || s.Type == codec.ASConfedSet
	})
}

// flatPath is the AS_PATH with its sequences joined: a 2-octet session does not
// say where one ended and the next began.
func flatPath(a codec.Attrs) []codec.Segment {
	segs, _ := a.ASPathSegments()
	var out []codec.Segment
	for _, s := range segs {
		if n := len(out) - 1; n >= 0 && s.Type == codec.ASSequence && out[n].Type == s.Type {
			out[n].AS = append(out[n].AS, s.AS...)
		} else {
			out = append(out, s)
		}
	}
	return out
}

// TestAnnounceRoundTrip: decode(append(x)) == x, for every option, and the
// bytes of what was decoded are the same bytes.
func TestAnnounceRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.SampledFrom(families).Draw(t, "family")
		o := &codec.Options{
			AS4: rapid.Bool().Draw(t, "as4"), IBGP: true, ReachLast: rapid.Bool().Draw(t, "last"),
			MaxLen: rapid.SampledFrom([]int{0, codec.MaxExtendedLen}).Draw(t, "max"),
		}
		if rapid.Bool().Draw(t, "add-path") {
			o.AddPath = codec.FamilySet{f}
		}
		attrs := genAttrs(f).Draw(t, "attrs")
		nlri := rapid.SliceOfN(genNLRI(f, o.AddPath.Has(f)), 1, 400).Draw(t, "nlri")
		msg, n, err := codec.AppendAnnounce([]byte("x"), o, attrs, nlri)
		if err != nil {
			require.ErrorIs(t, err, codec.ErrTooLong)
			require.Equal(t, []byte("x"), msg)
			return
		}
		require.Equal(t, byte('x'), msg[0])
		msg = msg[1:]
		require.LessOrEqual(t, len(msg), o.Max())
		require.Equal(t, len(msg), int(msg[16])<<8|int(msg[17]))

		var d codec.Decoder
		u := d.Update(msg, o)
		require.Empty(t, u.Errs)
		require.Empty(t, slices.Collect(u.Withdraws()))
		var got []codec.NLRI
		for r := range u.Announced() {
			got = append(got, r.NLRI())
		}
		require.Equal(t, nlri[:n], got)
		if o.AS4 {
			require.Equal(t, attrs.String(), u.ReachAttrs().String())
			require.True(t, attrs.Equal(u.ReachAttrs()))
		} else if survives2(attrs) {
			require.Equal(t, flatPath(attrs), flatPath(u.ReachAttrs()))
			require.True(t, attrs.Without(codec.AttrASPath).Equal(u.ReachAttrs().Without(codec.AttrASPath)))
		}
		again, m, err := codec.AppendAnnounce(nil, o, u.ReachAttrs(), got)
		require.NoError(t, err)
		require.Equal(t, n, m)
		if o.AS4 {
			require.Equal(t, msg, again)
		}
	})
}

// TestWithdrawRoundTrip is the same for withdrawals.
func TestWithdrawRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.SampledFrom(families).Draw(t, "family")
		o := &codec.Options{AS4: true, IBGP: true}
		if rapid.Bool().Draw(t, "add-path") {
			o.AddPath = codec.FamilySet{f}
		}
		var attrs codec.Attrs
		if rapid.Bool().Draw(t, "with attributes") {
			attrs = genAttrs(f).Draw(t, "attrs")
		}
		nlri := rapid.SliceOfN(genNLRI(f, o.AddPath.Has(f)), 1, 900).Draw(t, "nlri")
		msg, n, err := codec.AppendWithdraw(nil, o, attrs, nlri)
		if err != nil {
			require.ErrorIs(t, err, codec.ErrTooLong)
			return
		}
		require.LessOrEqual(t, len(msg), o.Max())
		var d codec.Decoder
		u := d.Update(msg, o)
		require.Empty(t, u.Errs)
		var got []codec.NLRI
		for r := range u.Withdraws() {
			got = append(got, r.NLRI())
		}
		require.Equal(t, nlri[:n], got)
		if f != codec.IPv4Unicast {
			require.True(t, attrs.Without(codec.AttrNextHop).Equal(u.Attrs.Without(codec.AttrNextHop)))
		}
	})
}

// TestPacking: an UPDATE takes the NLRI that fit, to the octet, path
// identifiers counted.
func TestPacking(t *testing.T) {
	for _, f := range families {
		for _, addPath := range []bool{false, true} {
			for _, last := range []bool{false, true} {
				packs(t, f, addPath, last)
			}
		}
	}
}

func packs(t *testing.T, f codec.Family, addPath, last bool) {
	o := &codec.Options{AS4: true, ReachLast: last}
	bits, nh, size := 32, addr("10.0.0.1"), 5
	if f.AFI() == 2 {
		bits, nh, size = 128, addr("2001:db8::1"), 17
	}
	if addPath {
		o.AddPath, size = codec.FamilySet{f}, size+4
	}
	var nlri []codec.NLRI
	a := netip.MustParseAddr("10.0.0.0")
	if bits == 128 {
		a = netip.MustParseAddr("2001:db8::")
	}
	for range 1000 {
		nlri = append(nlri, codec.PrefixNLRI(f, netip.PrefixFrom(a, bits), 7))
		a = a.Next()
	}
	attrs := set(codec.Origin(codec.OriginIGP), codec.ASPath(seq(65001)), codec.NextHop(nh))
	for max := 50; max < 800; max++ {
		o.MaxLen = max
		msg, n, err := codec.AppendAnnounce(nil, o, attrs, nlri)
		if err != nil {
			require.Less(t, max, 130, "%v: one NLRI fits", f)
			continue
		}
		require.LessOrEqual(t, len(msg), max)
		room := size
		if f != codec.IPv4Unicast {
			room++ // one more NLRI may make the attribute's length two octets
		}
		require.Greater(t, len(msg)+room, max, "%v add-path %v: %d of %d octets used for %d", f, addPath, len(msg), max, n)

		msg, n, err = codec.AppendWithdraw(nil, o, nil, nlri)
		require.NoError(t, err)
		require.LessOrEqual(t, len(msg), max)
		require.Greater(t, len(msg)+room, max, "%v: withdraw of %d", f, n)
	}
}

// TestEncodeErrors: on error the buffer comes back as it was.
func TestEncodeErrors(t *testing.T) {
	one := prefixes("10.0.0.0/8")
	o := &codec.Options{AS4: true}
	full := set(codec.Origin(0), codec.ASPath(), codec.NextHop(addr("10.0.0.1")))
	long := full.With(codec.Attr{Type: 250, Flags: 0xe0, Value: make([]byte, 4096)})
	for _, c := range []struct {
		attrs codec.Attrs
		nlri  []codec.NLRI
		want  error
	}{
		{full, nil, codec.ErrNoNLRI},
		{full.With(codec.NextHopSelf()), one, codec.ErrNextHopSelf},
		{full.Without(codec.AttrNextHop), one, codec.ErrNoNextHop},
		{long, one, codec.ErrTooLong},
		{full.With(codec.Attr{Type: 250, Flags: 0xe0, Value: make([]byte, 70000)}), one, codec.ErrTooLong},
		{long.With(codec.NextHop(addr("2001:db8::1"))), prefixes("2001:db8::/32"), codec.ErrTooLong},
	} {
		out, n, err := codec.AppendAnnounce([]byte{1, 2}, o, c.attrs, c.nlri)
		require.ErrorIs(t, err, c.want)
		require.Zero(t, n)
		require.Equal(t, []byte{1, 2}, out)
	}
	out, n, err := codec.AppendWithdraw([]byte{1}, o, long, prefixes("2001:db8::/32"))
	require.ErrorIs(t, err, codec.ErrTooLong)
	require.Zero(t, n)
	require.Equal(t, []byte{1}, out)
	_, _, err = codec.AppendWithdraw(nil, o, nil, nil)
	require.ErrorIs(t, err, codec.ErrNoNLRI)
	require.Panics(t, func() { _, _, _ = codec.AppendWithdraw(nil, o, nil, prefixes("10.0.0.0/8 2001:db8::/32")) })
	_, n, err = codec.AppendAnnounce(nil, &codec.Options{AS4: true, MaxLen: codec.MaxExtendedLen}, long, one)
	require.NoError(t, err, "RFC 8654 §4: the same fits an extended message")
	require.Equal(t, 1, n)
}

// TestOrder: RFC 7606 §5.1 wants MP_REACH_NLRI first; ReachLast puts it last
// and repeats a 4-octet next hop.
func TestOrder(t *testing.T) {
	attrs := set(codec.Origin(0), codec.ASPath(), codec.NextHop(addr("10.0.0.1")), codec.Communities(1))
	nlri := []codec.NLRI{codec.PrefixNLRI(codec.IPv4Multicast, netip.MustParsePrefix("10.0.0.0/8"), 0)}
	reach := "800e0b 0001 02 04 0a000001 00 080a"
	for last, want := range map[bool]string{
		false: reach + "40010100 400200 c00804 00000001",
		true:  "40010100 400200 400304 0a000001 c00804 00000001" + reach,
	} {
		got, _, err := codec.AppendAnnounce(nil, &codec.Options{AS4: true, ReachLast: last}, attrs, nlri)
		require.NoError(t, err)
		require.Equal(t, update(t, "", want, ""), got)
	}
	got, _, err := codec.AppendWithdraw(nil, &codec.Options{AS4: true, ReachLast: true}, set(codec.Origin(0)), nlri)
	require.NoError(t, err)
	require.Equal(t, update(t, "", "800f05 0001 02 080a 40010100", ""), got)
}

// TestTwoNextHops: an UPDATE with classic NLRI and MP_REACH_NLRI has a next hop
// for each; without classic NLRI, NEXT_HOP is ignored (RFC 4760 §3).
func TestTwoNextHops(t *testing.T) {
	var d codec.Decoder
	u := d.Update(update(t, "", mandatory+reach6, prefix10), &ebgp)
	require.Empty(t, u.Errs)
	require.Equal(t, "next-hop 10.0.0.1 origin igp as-path [65001]", u.Attrs.String())
	require.Equal(t, "next-hop 2001:db8::1 origin igp as-path [65001]", u.ReachAttrs().String())
	require.Equal(t, []string{"2001:db8::2/128", "10.0.0.0/8"}, names(u.Announced()))
	u = d.Update(update(t, "", mandatory+reach6, ""), &ebgp)
	require.Equal(t, "next-hop 2001:db8::1 origin igp as-path [65001]", u.Attrs.String())
	a, ok := u.Attrs.NextHopAddr()
	require.True(t, ok)
	require.Equal(t, addr("2001:db8::1"), a)
}

// TestExtendedNextHop: RFC 8950 §3, IPv4 NLRI with next hops of 16 and 32.
func TestExtendedNextHop(t *testing.T) {
	o := &codec.Options{AS4: true, ExtendedNextHop: codec.FamilySet{codec.IPv4Unicast}}
	for _, nh := range []codec.Attr{codec.NextHop(addr("2001:db8::1")), codec.NextHop(addr("2001:db8::1"), addr("fe80::1"))} {
		attrs := set(codec.Origin(0), codec.ASPath(), nh)
		msg, _, err := codec.AppendAnnounce(nil, o, attrs, prefixes("10.0.0.0/8"))
		require.NoError(t, err)
		var d codec.Decoder
		u := d.Update(msg, o)
		require.Empty(t, u.Errs)
		require.True(t, attrs.Equal(u.Attrs), "%v", u.Attrs)
		require.Equal(t, codec.IPv4Unicast, u.Reach.Family)
	}
}

// TestTrailingBits: "the value of trailing bits is irrelevant" (RFC 4271 §4.3).
func TestTrailingBits(t *testing.T) {
	var d codec.Decoder
	for r := range d.Update(update(t, "", mandatory, "11 0a01ff"), &ebgp).Announced() {
		require.Equal(t, codec.PrefixNLRI(codec.IPv4Unicast, netip.MustParsePrefix("10.1.128.0/17"), 0), r.NLRI())
	}
	require.Equal(t,
		codec.PrefixNLRI(codec.IPv4Unicast, netip.MustParsePrefix("10.1.2.3/8"), 0),
		codec.PrefixNLRI(codec.IPv4Unicast, netip.MustParsePrefix("10.0.0.0/8"), 0))
}

// TestOpaqueFamily: what is unknown is one comparable value and comes back.
func TestOpaqueFamily(t *testing.T) {
	unknown := codec.MakeFamily(25, 99)
	o := &codec.Options{AS4: true, AddPath: codec.FamilySet{unknown}}
	msg := update(t, "", "800e0f 0019 63 04 0a000001 00 0204 deadbeef"+origin+asPath, "")
	var d codec.Decoder
	u := d.Update(msg, o)
	require.Empty(t, u.Errs)
	var got []codec.NLRI
	for r := range u.Announced() {
		got = append(got, r.NLRI())
	}
	require.Equal(t, []codec.NLRI{{Family: unknown, Wire: "\x02\x04\xde\xad\xbe\xef"}}, got)
	require.Equal(t, "0x0204deadbeef", got[0].String())
	again, _, err := codec.AppendAnnounce(nil, o, u.Attrs, got)
	require.NoError(t, err)
	require.Equal(t, msg, again)
}
