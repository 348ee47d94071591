package scenario_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/sim/scenario"
)

// BenchmarkRun is whole runs; ns/op is one run on one core.
func BenchmarkRun(b *testing.B) {
	for _, name := range []string{"api-rib", "api-rib-sleepless", "api-rr-rib", "three-peers", "malformed"} {
		b.Run(name, func(b *testing.B) {
			f := parse(b, name)
			b.ReportAllocs()
			events, seed := uint64(0), uint64(0)
			for b.Loop() {
				seed++
				r := scenario.Run(f, scenario.Options{Seed: seed})
				require.Equal(b, scenario.OK, r.Verdict)
				events += r.Events
			}
			b.ReportMetric(float64(seed)/b.Elapsed().Seconds(), "runs/s")
			b.ReportMetric(float64(events)/b.Elapsed().Seconds(), "events/s")
		})
	}
}
