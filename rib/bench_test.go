package rib_test

import (
	"net/netip"
	"runtime"
	"testing"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/rib"
)

const benchRoutes = 100_000

// BenchmarkOut announces 100,000 routes a batch each, flushes them and clears
// them, all pulled into one buffer.
func BenchmarkOut(b *testing.B) {
	ops := make([]rib.Op, benchRoutes)
	for i := range ops {
		p := netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), 32)
		ops[i] = rib.Op{Kind: rib.OpAnnounce, Origin: rib.FromAPI, NLRI: codec.PrefixNLRI(codec.IPv4Unicast, p, 0), Attrs: via("192.0.2.1", codec.MED(uint32(i%100)))}
	}
	buf := make([]byte, 0, codec.MaxLen)
	for _, group := range []bool{false, true} {
		b.Run(map[bool]string{false: "single", true: "grouped"}[group], func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				var before, after runtime.MemStats
				b.StopTimer()
				runtime.GC()
				runtime.ReadMemStats(&before)
				b.StartTimer()
				o := rib.NewOut(rib.Config{Interner: rib.NewInterner(), Group: group})
				o.Up(session(codec.IPv4Unicast))
				pull := func() {
					for ok := true; ok; {
						_, _, ok = o.Pull(buf)
					}
				}
				for i := range ops {
					o.Apply(ops[i : i+1])
				}
				pull()
				b.StopTimer()
				runtime.GC()
				runtime.ReadMemStats(&after)
				b.StartTimer()
				o.Apply([]rib.Op{flush})
				pull()
				o.Apply([]rib.Op{wipe})
				pull()
				b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/benchRoutes, "B/route")
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchRoutes, "ns/route")
		})
	}
}
