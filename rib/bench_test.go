package rib_test

import (
	"net/netip"
	"runtime"
	"strconv"
	"testing"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/rib"
)

const benchRoutes = 100_000

// BenchmarkOut announces 100,000 routes a batch each, flushes them and clears
// them, all pulled into one buffer.
func BenchmarkOut(b *testing.B) {
	ops := benchOps()
	buf := make([]byte, 0, codec.MaxLen)
	for _, group := range []bool{false, true} {
		b.Run(map[bool]string{false: "single", true: "grouped"}[group], func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				before := heap()
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
				after := heap()
				b.StartTimer()
				o.Apply([]rib.Op{flush})
				pull()
				o.Apply([]rib.Op{wipe})
				pull()
				b.ReportMetric(float64(after-before)/benchRoutes, "B/route")
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchRoutes, "ns/route")
		})
	}
}

// BenchmarkPeers announces 100,000 routes to one peer and to ten: what is the
// same for all of them is held once.
func BenchmarkPeers(b *testing.B) {
	ops := benchOps()
	buf := make([]byte, 0, codec.MaxLen)
	for _, peers := range []int{1, 10} {
		b.Run(strconv.Itoa(peers), func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				before := heap()
				b.StartTimer()
				interner := rib.NewInterner()
				outs := make([]*rib.Out, peers)
				for i := range outs {
					outs[i] = rib.NewOut(rib.Config{Interner: interner})
					outs[i].Up(session(codec.IPv4Unicast))
				}
				for i := range ops {
					for _, o := range outs {
						o.Apply(ops[i : i+1])
						for ok := true; ok; {
							_, _, ok = o.Pull(buf)
						}
					}
				}
				b.StopTimer()
				b.ReportMetric(float64(heap()-before)/benchRoutes, "B/route")
				runtime.KeepAlive(outs)
				b.StartTimer()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchRoutes, "ns/route")
		})
	}
}

// heap is what is in use, in octets.
func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func benchOps() []rib.Op {
	ops := make([]rib.Op, benchRoutes)
	for i := range ops {
		p := netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), 32)
		ops[i] = rib.Op{Kind: rib.OpAnnounce, Origin: rib.FromAPI, NLRI: codec.PrefixNLRI(codec.IPv4Unicast, p, 0), Attrs: via("192.0.2.1", codec.MED(uint32(i%100)))}
	}
	return ops
}
