package fuzz_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/peerloom/peerloom/sim"
	"github.com/peerloom/peerloom/sim/scenario"
)

// FuzzSchedule lets the input choose everything that a run of a scenario leaves
// open: one byte a choice, dull when it is exhausted. The first byte picks the
// scenario. Whatever the schedule, the contract holds.
func FuzzSchedule(f *testing.F) {
	names, err := filepath.Glob("../examples/*.scenario")
	if err != nil || len(names) == 0 {
		f.Fatalf("no examples: %v", err)
	}
	files := make([]*scenario.File, len(names))
	for i, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		if files[i], err = scenario.Parse(name, text); err != nil {
			f.Fatal(err)
		}
		f.Add([]byte{byte(i)})
		f.Add([]byte{byte(i), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		i := 0
		if len(data) > 0 {
			i, data = int(data[0])%len(files), data[1:]
		}
		if r := scenario.Run(files[i], scenario.Options{Source: sim.NewBytes(data)}); r.Verdict != scenario.OK {
			t.Fatalf("%s: %v: %v %v", names[i], r.Verdict, r.Violation, r.Err)
		}
	})
}
