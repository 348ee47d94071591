package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/peerloom/peerloom/sim"
	"github.com/peerloom/peerloom/sim/scenario"
	"github.com/peerloom/peerloom/sim/world"
)

const runText = `Usage: peerloom run FILE [--seed N] [--pace PACE] [--trace]

Runs a scenario once. Everything that is undecided (latencies, splits, which of
two events comes first, faults) follows from the seed: the same number gives the
same run, to the byte. Prints the UPDATE and ROUTE-REFRESH messages as their
receivers got them, the verdict and the hash of the run.

  peerloom run examples/api-rib.scenario --seed 7`

func runCommand(_ context.Context, args []string, s streams) int {
	fs := flags("run", runText, s.out)
	seed := fs.Uint64("seed", 1, "the seed")
	pace := fs.String("pace", "", "quiet, replies or none, in place of the scenario's")
	trace := fs.Bool("trace", false, "print every event")
	if code := parseFlags(fs, args, 1, s); code >= 0 {
		return code
	}
	f, code := load(fs.Arg(0), *pace, s)
	if f == nil {
		return code
	}
	detail := sim.HashOnly
	if *trace {
		detail = sim.Text
	}
	t := sim.NewTrace(detail)
	r := scenario.Run(f, scenario.Options{Seed: *seed, Trace: t})
	if *trace {
		for _, l := range t.Lines() {
			fmt.Fprintln(s.out, l)
		}
		fmt.Fprintln(s.out)
	}
	printMessages(s.out, r.Messages)
	return verdict(s, f, r, fmt.Sprintf("seed %d", *seed))
}

// load reads a scenario, with another pace unless that is "".
func load(name, pace string, s streams) (*scenario.File, int) {
	text, err := os.ReadFile(name)
	if err != nil {
		fmt.Fprintf(s.err, "peerloom: %v\n", err)
		return nil, exitUsage
	}
	f, err := scenario.Parse(name, text)
	if err != nil {
		fmt.Fprintln(s.err, err)
		return nil, exitUsage
	}
	if pace != "" {
		p, ok := world.ParsePace(pace)
		if !ok {
			fmt.Fprintf(s.err, "peerloom: --pace %s: write quiet, replies or none\n", pace)
			return nil, exitUsage
		}
		f.Knobs.Pace = p
	}
	return f, exitOK
}

func printMessages(w io.Writer, messages []world.Message) {
	for i := range messages {
		m := &messages[i]
		fmt.Fprintf(w, "%10.3fs %s→%s %s\n", float64(m.At/time.Microsecond)/1e6, m.From, m.To, m.Describe())
	}
}

func verdict(s streams, f *scenario.File, r scenario.Result, which string) int {
	if r.Verdict == scenario.Invalid {
		fmt.Fprintf(s.err, "peerloom: %v\n", r.Err)
		return exitUsage
	}
	fmt.Fprintf(s.out, "%s %s: %v, %d events, trace hash %08x\n", f.Name, which, r.Verdict, r.Events, r.Hash)
	if r.Violation != nil {
		fmt.Fprintln(s.out, r.Violation)
		return exitFailed
	}
	return exitOK
}
