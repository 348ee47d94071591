package codec_test

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/peerloom/peerloom/codec"
)

// TestPrefixRuns: the fast check of a field of prefixes, which an UPDATE gets
// before it is read, agrees with reading one at a time, also where the field is
// cut off anywhere or has a length that is too large.
func TestPrefixRuns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.SampledFrom([]codec.Family{codec.IPv4Unicast, codec.IPv6Unicast}).Draw(t, "family")
		addPath := rapid.Bool().Draw(t, "add-path")
		var b []byte
		for range rapid.IntRange(0, 8).Draw(t, "prefixes") {
			bits := rapid.SampledFrom([]int{0, 1, 8, 9, 24, 24, 24, 25, 31, 32, 33, 64, 127, 128, 129, 255}).Draw(t, "bits")
			if addPath {
				b = append(b, 0, 0, 0, byte(len(b)))
			}
			b = append(append(b, byte(bits)), make([]byte, (bits+7)/8)...)
		}
		b = b[:rapid.IntRange(0, len(b)).Draw(t, "left")]
		good, n := true, 0
		for _, err := range codec.NLRIs(f, b, addPath) {
			good = err == nil
			n++
		}
		o := &codec.Options{AS4: true, IBGP: true, MaxLen: codec.MaxExtendedLen}
		if addPath {
			o.AddPath = codec.FamilySet{f}
		}
		attrs := []byte{0x90, byte(codec.AttrMPUnreach), byte((len(b) + 3) >> 8), byte(len(b) + 3), byte(f.AFI() >> 8), byte(f.AFI()), byte(f.SAFI())}
		var d codec.Decoder
		u := d.Update(rawUpdate(append(attrs, b...)), o)
		require.Equal(t, good, len(u.Errs) == 0, "%x: %+v", b, u.Errs)
		if good {
			require.Len(t, names(u.Withdraws()), n)
		}
	})
}

// rawUpdate frames an UPDATE of nothing but these path attributes.
func rawUpdate(attrs []byte) []byte {
	size := codec.HeaderLen + 4 + len(attrs)
	b := append([]byte("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"), byte(size>>8), byte(size), byte(codec.MsgUpdate), 0, 0)
	return append(append(b, byte(len(attrs)>>8), byte(len(attrs))), attrs...)
}

// BenchmarkPrefixLengths reads prefixes as a full table has them: most are /24,
// so that no guess at the next length is always right.
func BenchmarkPrefixLengths(b *testing.B) {
	nlri := make([]codec.NLRI, 500)
	for i := range nlri {
		bits, hash := 24, uint32(i)*2654435761>>16
		if hash%5 < 2 {
			bits = 14 + int(hash/5%11)
		}
		a := netip.AddrFrom4([4]byte{10, byte(i >> 8), byte(i), 0})
		nlri[i] = codec.PrefixNLRI(codec.IPv4Unicast, netip.PrefixFrom(a, bits), 0)
	}
	o := sessions["as4"]
	msg, n, err := codec.AppendWithdraw(nil, &o, nil, nlri)
	require.NoError(b, err)
	require.Equal(b, len(nlri), n)
	var d codec.Decoder
	b.ReportAllocs()
	for b.Loop() {
		d.Update(msg, &o)
	}
}
