package malform_test

import (
	"testing"

	"github.com/peerloom/peerloom/sim/malform"
)

func BenchmarkCases(b *testing.B) {
	s := sessions()[0]
	b.ReportAllocs()
	for b.Loop() {
		malform.Cases(s)
	}
}
