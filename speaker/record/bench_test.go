package record

import (
	"fmt"
	"io"
	"testing"
)

// BenchmarkMachine is the whole way of a route, from a helper's line to TCP's
// receipt and the reply, with and without a recording; lines is how many commands
// come at once.
func BenchmarkMachine(b *testing.B) {
	for _, lines := range []int{1, 1000} {
		for _, w := range []io.Writer{nil, io.Discard} {
			b.Run(fmt.Sprintf("lines=%d/record=%v", lines, w != nil), func(b *testing.B) {
				r := newRig(b, w)
				var text []byte
				med := 0
				b.ReportAllocs()
				for b.Loop() {
					med++
					text = text[:0]
					for i := range lines {
						text = fmt.Appendf(text, "announce route 10.%d.%d.0/24 next-hop 192.0.2.2 med %d\n", i>>8, i&255, med)
					}
					r.say(text)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*lines), "ns/route")
			})
		}
	}
}
