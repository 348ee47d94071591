package scenario_test

import (
	"fmt"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/sim/generate"
	"github.com/peerloom/peerloom/sim/scenario"
)

// BenchmarkRun is whole runs, with all checks on; ns/op is one run.
func BenchmarkRun(b *testing.B) {
	for _, name := range []string{"api-rib", "api-rib-sleepless", "api-rr-rib", "three-peers", "malformed"} {
		b.Run(name, func(b *testing.B) {
			f := parse(b, name)
			runs(b, func(uint64) *scenario.File { return f })
		})
	}
}

// BenchmarkDrawn is what a default sweep does with a seed: draw a world, read
// its text, run it with all checks on.
func BenchmarkDrawn(b *testing.B) {
	runs(b, func(seed uint64) *scenario.File { return generate.File(1000 + seed) })
}

// idle is two speakers with a session that has nothing to do for 23 hours: a run
// lasts 24 at most.
const idle = `peerloom scenario 1
name idle
pace none
delay 1ms

speaker left {
	neighbor 10.0.0.2 {
		router-id 1.1.1.1;
		local-address 10.0.0.1;
		local-as 65001;
		peer-as 65002;
		listen 179;
		hold-time %d;
	}
}

speaker right {
	neighbor 10.0.0.1 {
		router-id 2.2.2.2;
		local-address 10.0.0.2;
		local-as 65002;
		peer-as 65001;
		hold-time %d;
	}
}

network {
	wait established
%s}
`

// BenchmarkIdle is how much faster than real time sessions are that exchange
// nothing but KEEPALIVEs: one a minute (hold time 180), or one a second (3).
func BenchmarkIdle(b *testing.B) {
	for _, hold := range []int{180, 3} {
		b.Run(fmt.Sprintf("hold-%d", hold), func(b *testing.B) {
			f, err := scenario.Parse("idle", fmt.Appendf(nil, idle, hold, hold, strings.Repeat("\tsleep 1h\n", 23)))
			require.NoError(b, err)
			runs(b, func(uint64) *scenario.File { return f })
		})
	}
}

// runs measures runs of the files that draw gives. 200 seeds take turns: what
// was measured with -benchtime 200x, or a multiple, is of the same runs. Garbage
// is collected as rarely as in a sweep. Figures a second are of this machine at
// this moment; "user-ns/event" is CPU time, which other programs leave alone.
func runs(b *testing.B, draw func(seed uint64) *scenario.File) {
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	b.ReportAllocs()
	var events, count uint64
	var virtual time.Duration
	before := userTime(b)
	for b.Loop() {
		seed := 1 + count%200
		f := draw(seed)
		count++
		r := scenario.Run(f, scenario.Options{Seed: seed})
		require.Equal(b, scenario.OK, r.Verdict, "%s, seed %d: %v", f.Name, seed, r.Violation)
		events += r.Events
		virtual += r.Virtual
	}
	user := userTime(b) - before
	wall := b.Elapsed().Seconds()
	b.ReportMetric(float64(count)/wall, "runs/s")
	b.ReportMetric(float64(events)/wall, "events/s")
	b.ReportMetric(float64(user)/float64(events), "user-ns/event")
	b.ReportMetric(float64(user)/float64(count)/1000, "user-us/run")
	b.ReportMetric(virtual.Seconds()/wall, "virtual/wall")
}
