package peers

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/osrg/gobgp/v4/pkg/packet/bgp"

	"github.com/peerloom/peerloom/codec"
)

// BenchmarkDecode reads each sample with both libraries. peerloom checks a
// message whole (RFC 7606) and then yields the octets of each NLRI, of which a
// caller makes values as it needs them; GoBGP makes a tree of the message and
// validates that.
func BenchmarkDecode(b *testing.B) {
	for _, s := range samples() {
		o := session()
		msg, n, err := s.append(nil, &o)
		require.NoError(b, err)
		require.Len(b, s.nlri, n, s.name)
		b.Run(s.name+"/peerloom", func(b *testing.B) {
			var d codec.Decoder
			b.ReportAllocs()
			for b.Loop() {
				if decode(&d, msg, &o) != n {
					b.Fatal("lost NLRI")
				}
			}
		})
		b.Run(s.name+"/gobgp", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := gobgpParse(msg); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// decode reads every NLRI of a message; it answers how many there are.
func decode(d *codec.Decoder, msg []byte, o *codec.Options) int {
	u, n := d.Update(msg, o), 0
	for r := range u.Announced() {
		n += min(len(r.Bytes), 1)
	}
	for r := range u.Withdraws() {
		n += min(len(r.Bytes), 1)
	}
	return n
}

// BenchmarkEncode writes each sample with both libraries, from the values that
// each keeps of it, into a buffer where there is a way to give one.
func BenchmarkEncode(b *testing.B) {
	for _, s := range samples() {
		o := session()
		msg, n, err := s.append(nil, &o)
		require.NoError(b, err)
		b.Run(s.name+"/peerloom", func(b *testing.B) {
			buf := make([]byte, 0, codec.MaxLen)
			b.ReportAllocs()
			for b.Loop() {
				if _, k, err := s.append(buf[:0], &o); err != nil || k != n {
					b.Fatal(k, err)
				}
			}
		})
		b.Run(s.name+"/gobgp", func(b *testing.B) {
			m, err := bgp.ParseBGPMessage(msg)
			require.NoError(b, err)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := m.Serialize(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// TestAllocations: a reused decoder takes at most 6 allocations a message of
// any size, and an encoder that is given a buffer none.
func TestAllocations(t *testing.T) {
	for _, s := range samples() {
		t.Run(s.name, func(t *testing.T) {
			o := session()
			buf := make([]byte, 0, codec.MaxLen)
			msg, _, err := s.append(nil, &o)
			require.NoError(t, err)
			var d codec.Decoder
			decode(&d, msg, &o)
			require.LessOrEqual(t, testing.AllocsPerRun(100, func() { decode(&d, msg, &o) }), 6.0, "decode")
			require.Zero(t, testing.AllocsPerRun(100, func() { _, _, _ = s.append(buf[:0], &o) }), "encode")
		})
	}
}
