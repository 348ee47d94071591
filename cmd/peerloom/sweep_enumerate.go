package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/peerloom/peerloom/sim"
	"github.com/peerloom/peerloom/sim/scenario"
	"github.com/peerloom/peerloom/sim/world"
)

// enumerate is the strategy that leaves nothing out.
const enumerate = "enumerate"

// enumerate makes every run of a world that has at most bound answers that are
// not the dullest.
func (e env) enumerate(ctx context.Context, w *entry, bound int, dir string) int {
	start, said, runs, events := time.Now(), time.Now(), 0, uint64(0)
	all, states := sim.NewEnumerate(bound), world.NewCanon(len(w.file.Expects) > 0)
	line := func() string {
		known, ended := all.States()
		return fmt.Sprintf("%v: %d runs, %d of them to the end, %d events, %d states", time.Since(start).Round(time.Millisecond), runs, runs-ended, events, known)
	}
	var buffer []byte
	watch := func(w *world.World) bool {
		if !all.Fresh() {
			return true
		}
		buffer = states.Append(buffer[:0], w)
		return !all.Known(buffer)
	}
	source := func() sim.Source { return all }
	if twins := scenario.Twins(w.file); bound < 0 && len(twins) > 0 {
		source = func() sim.Source { return world.NewTwins(all, twins) }
		for _, t := range twins {
			fmt.Fprintf(e.stdout, "%s: alike: %s\n", w.name, strings.Join(t, ", "))
		}
	}
	for all.Next() {
		r := scenario.Run(w.file, scenario.Options{Source: source(), Watch: watch, Panicked: stack})
		runs++
		events += r.Events
		if r.Verdict != scenario.OK && r.Verdict != scenario.Stopped {
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
	known, ended := all.States()
	fmt.Fprintf(e.stdout, "%s: ok, exhausted %s: %d runs, of which %d ended in a state that was known; %d states\n", w.name, what, runs, ended, known)
	return exitOK
}
