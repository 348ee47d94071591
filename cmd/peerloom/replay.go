package main

import (
	"context"
	"fmt"
	"os"
	"runtime/debug"

	"github.com/peerloom/peerloom/sim"
	"github.com/peerloom/peerloom/sim/scenario"
)

const replayHelp = `Usage: peerloom replay [flags] FILE

Runs a failure again from the file that a sweep wrote: the scenario and every
answer of the run are in it. Says whether the same invariant breaks and whether
the hash of the run is the same. The file can be edited: answers that are missing
are the dullest ones, those that are too large are cut.

    peerloom replay api-rib-17.repro --trace

Exit status: 0 no invariant breaks, 1 one does, 2 wrong usage or a wrong file.
`

func replayCommand(_ context.Context, e env, args []string) int {
	f := flags("replay")
	trace := f.Bool("trace", false, "print every event, with the hash of all up to it")
	if status, stop := e.parse(f, replayHelp, args); stop {
		return status
	}
	if f.NArg() != 1 {
		return e.wrong(f, fmt.Errorf("%w: write the name of one file", errUsage))
	}
	text, err := os.ReadFile(f.Arg(0))
	if err != nil {
		return e.wrong(f, err)
	}
	a, err := scenario.ParseArtefact(f.Arg(0), text)
	if err != nil {
		return e.wrong(f, err)
	}
	detail := sim.HashOnly
	if *trace {
		detail = sim.Text
	}
	t := sim.NewTrace(detail)
	r := a.Replay(scenario.Options{Trace: t, Panicked: stack})
	for _, l := range t.Lines() {
		fmt.Fprintln(e.stdout, l)
	}
	printMessages(e.stdout, r.Messages)
	status := e.printResult(fmt.Sprintf("%s, seed %d", a.File.Name, a.Seed), r)
	fmt.Fprintf(e.stdout, "hash: %s; invariant: %s\n", agree(fmt.Sprintf("%08x", a.Hash), fmt.Sprintf("%08x", r.Hash)), agree(a.Invariant, r.ID()))
	return status
}

// stack describes a panic, from within its recovery.
func stack(value any) string { return fmt.Sprintf("%v\n%s", value, debug.Stack()) }

func agree(recorded, now string) string {
	if recorded == now {
		return "as recorded (" + now + ")"
	}
	return fmt.Sprintf("recorded %s, now %s", recorded, now)
}
