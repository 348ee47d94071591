package codec_test

import (
	"net/netip"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/peerloom/peerloom/codec"
)

var labeledFamilies = []codec.Family{codec.IPv4Labeled, codec.IPv6Labeled, codec.IPv4VPN, codec.IPv6VPN}

// nlriFields cuts the text of an NLRI into keywords.
func nlriFields(f codec.Family, text string) []codec.NLRIField {
	var out []codec.NLRIField
	toks := tokens(text)
	if _, prefix := codec.NLRITextArity(f, ""); prefix {
		toks = append([]string{""}, toks...)
	}
	for i := 0; i < len(toks); {
		name := toks[i]
		n, _ := codec.NLRITextArity(f, name)
		i++
		start := i
		for range n {
			if i < len(toks) {
				i = value(toks, i)
			}
		}
		out = append(out, codec.NLRIField{Name: name, Values: toks[start:i]})
	}
	return out
}

// nlri reads the text form.
func nlri(t testing.TB, f codec.Family, text string) codec.NLRI {
	t.Helper()
	n, err := codec.ParseNLRIText(f, 0, nlriFields(f, text))
	require.NoError(t, err, text)
	return n
}

func genLabeled(f codec.Family) *rapid.Generator[codec.NLRI] {
	return rapid.Custom(func(t *rapid.T) codec.NLRI {
		text := ""
		most := 3
		if f.AFI() == codec.AFIIPv4 {
			text = netip.PrefixFrom(genAddr(4).Draw(t, "prefix"), rapid.IntRange(0, 32).Draw(t, "bits")).Masked().String()
		} else {
			text = netip.PrefixFrom(genAddr(16).Draw(t, "prefix"), rapid.IntRange(0, 128).Draw(t, "bits")).Masked().String()
		}
		if f.SAFI() == codec.IPv4VPN.SAFI() {
			rd := rapid.SampledFrom([]string{"65000:1", "0:4294967295", "10.0.0.1:65535", "70000:1", "5L:9", "0x0003000102030405"}).Draw(t, "rd")
			text += " rd " + rd
			most = 1 // a third one does not fit the length of IPv6
		}
		labels := rapid.SliceOfN(rapid.IntRange(0, 1<<20-1), 1, most).Draw(t, "labels")
		text += " label ["
		for i, l := range labels {
			if i == 0 && len(labels) > 1 && l == 1<<19 {
				l = 0
			}
			text += " " + strconv.Itoa(l)
		}
		n, err := codec.ParseNLRIText(f, 0, nlriFields(f, text+" ]"))
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if rapid.Bool().Draw(t, "path") {
			n.PathID = rapid.Uint32().Draw(t, "id")
		}
		return n
	})
}

// checkRoundTrip: what is announced decodes to the same, with and without path
// identifiers; text reads back; a withdrawal names the same route.
func checkRoundTrip(t *rapid.T, f codec.Family, nlri []codec.NLRI) {
	o := &codec.Options{AS4: true, IBGP: true, ReachLast: rapid.Bool().Draw(t, "last"), ExtendedNextHop: codec.FamilySet{f}}
	nh := codec.NextHop(genAddr(rapid.SampledFrom([]int{4, 16}).Draw(t, "size")).Draw(t, "next hop"))
	if len(nh.Value) == 16 && rapid.Bool().Draw(t, "link-local") {
		nh = codec.NextHop(genAddr(16).Draw(t, "next hop"), addr("fe80::1"))
	}
	attrs := set(codec.Origin(0), codec.ASPath(), nh)
	if rapid.Bool().Draw(t, "add-path") {
		o.AddPath = codec.FamilySet{f}
	} else {
		for i := range nlri {
			nlri[i].PathID = 0
		}
	}
	var d codec.Decoder
	msg, n, err := codec.AppendAnnounce(nil, o, attrs, nlri)
	require.NoError(t, err)
	u := d.Update(msg, o)
	require.Empty(t, u.Errs, "%x", msg)
	require.True(t, attrs.Equal(u.ReachAttrs()), "%v became %v", attrs, u.ReachAttrs())
	i := 0
	for r := range u.Announced() {
		require.Equal(t, nlri[i], r.NLRI())
		back, err := codec.ParseNLRIText(f, nlri[i].PathID, nlriFields(f, nlri[i].String()))
		require.NoError(t, err, nlri[i].String())
		require.Equal(t, nlri[i], back, nlri[i].String())
		i++
	}
	require.Equal(t, n, i)
	msg, n, err = codec.AppendWithdraw(nil, o, nil, nlri)
	require.NoError(t, err)
	u = d.Update(msg, o)
	require.Empty(t, u.Errs, "%x", msg)
	i = 0
	for r := range u.Withdraws() {
		require.Equal(t, nlri[i].Key(), r.NLRI().Key(), "%v withdrawn as %v", nlri[i], r.NLRI())
		i++
	}
	require.Equal(t, n, i)
}

func TestLabeledRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.SampledFrom(labeledFamilies).Draw(t, "family")
		checkRoundTrip(t, f, rapid.SliceOfN(genLabeled(f), 1, 20).Draw(t, "nlri"))
	})
}

// TestLabelsAreNoIdentity: the key of a route has no labels.
func TestLabelsAreNoIdentity(t *testing.T) {
	for _, f := range labeledFamilies {
		p, rd := "10.0.0.0/9", ""
		if f.AFI() == codec.AFIIPv6 {
			p = "2001:db8::/33"
		}
		if f.SAFI() == codec.IPv4VPN.SAFI() {
			rd = " rd 10.0.0.1:7"
		}
		want := nlri(t, f, p+rd+" label 5").Key()
		require.Equal(t, want, nlri(t, f, p+rd+" label 6").Key())
		require.Equal(t, want, nlri(t, f, p+rd).Key(), "no label")
		if rd == "" {
			require.Equal(t, want, nlri(t, f, p+" label [ 5 6 7 ]").Key())
		} else {
			require.NotEqual(t, want, nlri(t, f, p+" rd 10.0.0.1:8 label 5").Key())
		}
		require.NotEqual(t, want, nlri(t, f, strings.Replace(p, "/", "/1", 1)[:len(p)]+rd+" label 5").Key())
	}
}

// TestLabeledWithdraw: the label of a withdrawal says nothing (RFC 8277 §2.4),
// and one is all that is sent.
func TestLabeledWithdraw(t *testing.T) {
	want := nlri(t, codec.IPv4Labeled, "10.0.0.0/8 label 1000").Key()
	for wire, text := range map[string]string{
		"20 800000 0a":               "10.0.0.0/8",
		"20 000000 0a":               "10.0.0.0/8",
		"20 123450 0a":               "10.0.0.0/8",
		"20 003e81 0a":               "10.0.0.0/8 label 1000",
		"50 003e80 003e80 003e81 0a": "10.0.0.0/8", // a stack, as RFC 3107 had it
	} {
		b := unhex(t, wire)
		msg := update(t, "", "800f"+strconv.FormatInt(int64(len(b)+3+0x100), 16)[1:]+"000104"+wire, "")
		var d codec.Decoder
		u := d.Update(msg, &ibgp)
		require.Empty(t, u.Errs, wire)
		require.Equal(t, []string{text}, names(u.Withdraws()), wire)
		for r := range u.Withdraws() {
			require.Equal(t, want, r.NLRI().Key(), wire)
		}
	}
	msg, _, err := codec.AppendWithdraw(nil, &ibgp, nil, []codec.NLRI{nlri(t, codec.IPv4Labeled, "10.0.0.0/8 label [ 5 6 ]")})
	require.NoError(t, err)
	require.Equal(t, update(t, "", "800f08 000104 20800000 0a", ""), msg)
}

// TestLabeledMalformed: RFC 7606 §5.3.
func TestLabeledMalformed(t *testing.T) {
	for _, c := range []struct{ name, attrs string }{
		{"no bottom of the stack and too long for one label", "800e13 0001 04 04 0a000001 00 48 003e80 003e80 0a0000"},
		{"prefix longer than 32 bits", "800e11 0001 04 04 0a000001 00 39 003e81 0a0a0a0a0a"},
		{"shorter than a label", "800e0c 0001 04 04 0a000001 00 10 003e81"},
		{"runs past the end", "800e0d 0001 04 04 0a000001 00 30 003e81 0a"},
		{"no room for a route distinguisher", "800e15 0001 80 0c 0000000000000000 0a000001 00 20 003e81 0a"},
		{"next hop without a route distinguisher", "800e14 0001 80 04 0a000001 00 60 003e81 0000000100000001 0a"[:0] + "800e15 0001 80 04 0a000001 00 60 003e81 0000000100000001 0a"},
		{"IPv6 next hop that was not negotiated", "800e29 0001 80 18 0000000000000000 20010db8000000000000000000000001 00 60 003e81 0000000100000001 0a"},
		{"withdrawal shorter than a label", "800f06 0001 04 10 003e"},
	} {
		var d codec.Decoder
		u := d.Update(update(t, "", origin+asPath+c.attrs, ""), &ebgp)
		require.Len(t, u.Errs, 1, c.name)
		require.Equal(t, codec.TreatReset, u.Worst(), "%s: %v", c.name, u.Errs)
	}
}

// TestVPNNextHop: 12, 24 and 48 octets, with route distinguishers of zero that
// the attribute does not have; others are kept.
func TestVPNNextHop(t *testing.T) {
	zero := "0000000000000000"
	for wire, want := range map[string]string{
		zero + "0a000001":                         "10.0.0.1",
		zero + "20010db8000000000000000000000001": "2001:db8::1",
		zero + "20010db8000000000000000000000001" + zero + "fe8" + zero[:13] + strings.Repeat("0", 15) + "1": "[2001:db8::1 fe80::1]",
		"00000001000000070a000001": "0x00000001000000070a000001",
	} {
		nh := unhex(t, wire)
		o := &codec.Options{AS4: true, IBGP: true, ExtendedNextHop: codec.FamilySet{codec.IPv4VPN}}
		attrs := []byte{0x80, 0x0e, byte(4 + len(nh) + 1 + 13), 0, 1, 128, byte(len(nh))}
		attrs = append(append(attrs, nh...), 0)
		attrs = append(attrs, unhex(t, "60 003e81 0000000100000001 0a")...)
		var b strings.Builder
		for _, x := range attrs {
			b.WriteString(strconv.FormatInt(0x100+int64(x), 16)[1:])
		}
		msg := update(t, "", b.String()+origin+asPath, "")
		var d codec.Decoder
		u := d.Update(msg, o)
		require.Empty(t, u.Errs, wire)
		require.Equal(t, "next-hop "+want+" origin igp as-path [65001]", u.Attrs.String())
		a, ok := u.Attrs.NextHopAddr()
		require.True(t, ok)
		require.Contains(t, []string{"10.0.0.1", "2001:db8::1"}, a.String())
		require.Equal(t, msg, reencode(t, o, msg))
	}
}

// TestLinkStateVPNNextHop: "an 8-byte Route Distinguisher set to all zero is
// prepended" (RFC 9552 §5.5), and one without is none of the family.
func TestLinkStateVPNNextHop(t *testing.T) {
	const nlri = "00 0001 001d 0000fde800000001 02 0000000000000001 0100 0008 0200 0004 0000fde8"
	var d codec.Decoder
	msg := update(t, "", "800e32 4004 48 0c 0000000000000000 0a000001 "+nlri+origin+asPath, "")
	u := d.Update(msg, &codec.Options{AS4: true, IBGP: true})
	require.Empty(t, u.Errs)
	require.Equal(t, "next-hop 10.0.0.1 origin igp as-path [65001]", u.Attrs.String())
	require.Equal(t, msg, reencode(t, &codec.Options{AS4: true, IBGP: true}, msg))
	u = d.Update(update(t, "", "800e2a 4004 48 04 0a000001 "+nlri+origin+asPath, ""), &ebgp)
	require.Equal(t, codec.TreatReset, u.Worst())
}

func TestLabeledJSON(t *testing.T) {
	for text, want := range map[string]string{
		"10.0.0.0/8 rd 65000:1 label 1000": `"nlri": "10.0.0.0/8", "label": [ [1000, 16001] ], "rd": "65000:1"`,
		"10.0.0.0/8 rd 10.0.0.1:2":         `"nlri": "10.0.0.0/8", "label": [ [524288, 8388608] ], "rd": "10.0.0.1:2"`,
	} {
		require.Equal(t, want, string(nlri(t, codec.IPv4VPN, text).AppendJSON(nil)))
	}
}

// TestLabeledIterationAllocates nothing.
func TestLabeledIterationAllocates(t *testing.T) {
	list := []codec.NLRI{nlri(t, codec.IPv4VPN, "10.0.0.0/8 rd 65000:1 label 1000"), nlri(t, codec.IPv4VPN, "10.0.0.0/9 rd 65000:1 label 1000")}
	msg, _, err := codec.AppendAnnounce(nil, &ibgp, set(codec.Origin(0), codec.ASPath(), codec.NextHop(addr("10.0.0.1")), parseAttrs(t, "bgp-prefix-sid-srv6 ( l3-service 2001:db8:: 0x48 [64,24,16,0,0,0] )")[0]), list)
	require.NoError(t, err)
	var d codec.Decoder
	d.Update(msg, &ibgp)
	require.Zero(t, testing.AllocsPerRun(100, func() {
		for r := range d.Update(msg, &ibgp).Announced() {
			if len(r.Bytes) == 0 {
				t.Fatal("empty")
			}
		}
	}))
}
