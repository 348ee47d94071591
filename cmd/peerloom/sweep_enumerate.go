package main

import (
	"context"
	"fmt"
	"time"

	"github.com/peerloom/peerloom/sim"
	"github.com/peerloom/peerloom/sim/scenario"
)

// enumerate is the strategy that leaves nothing out.
const enumerate = "enumerate"

// enumerate makes every run of a world that has at most bound answers that are
// not the dullest.
func (e env) enumerate(ctx context.Context, w *entry, bound int, dir string) int {
	start, said, runs, events := time.Now(), time.Now(), 0, uint64(0)
	hashes := map[uint32]bool{}
	line := func() string {
		return fmt.Sprintf("%v: %d runs, %d of them different, %d events", time.Since(start).Round(time.Millisecond), runs, len(hashes), events)
	}
	all := sim.NewEnumerate(bound)
	for all.Next() {
		r := scenario.Run(w.file, scenario.Options{Source: all, Panicked: stack})
		runs++
		events += r.Events
		if len(hashes) < maxShapes {
			hashes[r.Hash] = true
		}
		if r.Verdict != scenario.OK {
			status := e.printResult(fmt.Sprintf("%s, run %d", w.name, runs), r)
			if r.Violation != nil {
				a, _ := scenario.Record(w.file, scenario.Options{Source: sim.NewReplay(all.Tape())})
				a.Strategy, a.Version = enumerate, version()
				name, err := writeNew(fmt.Sprintf("%s/%s-enumerated", dir, w.name), ".repro", scenario.PrintArtefact(a))
				if err != nil {
					fmt.Fprintf(e.stderr, "peerloom sweep: %v\n", err)
				} else {
					fmt.Fprintf(e.stdout, "peerloom replay %s\n", name)
				}
			}
			return status
		}
		if time.Since(said) > time.Second {
			said = time.Now()
			fmt.Fprintln(e.stderr, line())
		}
		if ctx.Err() != nil {
			fmt.Fprintf(e.stdout, "%s: interrupted, not exhausted: %s\n", w.name, line())
			return exitFailed
		}
	}
	what := fmt.Sprintf("with at most %d deviations", bound)
	if bound < 0 {
		what = "in every way"
	}
	fmt.Fprintln(e.stderr, line())
	fmt.Fprintf(e.stdout, "%s: ok, exhausted %s: %d runs, %d of them different\n", w.name, what, runs, len(hashes))
	return exitOK
}
