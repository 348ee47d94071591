package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/peerloom/peerloom/sim"
	"github.com/peerloom/peerloom/sim/scenario"
	"github.com/peerloom/peerloom/sim/world"
)

const runHelp = `Usage: peerloom run [flags] FILE

Runs a scenario once. Everything that is undecided (latencies, splits, which of
two events comes first, faults) follows from the seed: the same number gives the
same run, to the byte. Prints the UPDATE, ROUTE-REFRESH and NOTIFICATION messages
as their receivers got them, the verdict and the hash of the whole run.

    peerloom run examples/api-rib.scenario
    peerloom run examples/api-rib.scenario --seed 7 --pace none --trace
    peerloom run examples/api-rib.scenario --seed 7 --strategy pct

Exit status: 0 ok, 1 the scenario failed, 2 wrong usage or a wrong file.
`

func runCommand(_ context.Context, e env, args []string) int {
	f := flags("run")
	seed := f.Uint64("seed", 1, "the seed")
	strategy := f.String("strategy", scenario.Uniform, "how the seed decides: "+strings.Join(scenario.Strategies(), ", "))
	pace := paceFlag(f)
	trace := f.Bool("trace", false, "print every event, with the hash of all up to it")
	if status, stop := e.parse(f, runHelp, args); stop {
		return status
	}
	if !scenario.IsStrategy(*strategy) {
		return e.usage(f, fmt.Errorf("--strategy %s: write %s", *strategy, strings.Join(scenario.Strategies(), ", ")))
	}
	file, err := load(f.Args(), *pace)
	if err != nil {
		return e.wrong(f, err)
	}
	detail := sim.HashOnly
	if *trace {
		detail = sim.Text
	}
	t := sim.NewTrace(detail)
	r := scenario.Run(file, scenario.Options{Seed: *seed, Strategy: *strategy, Trace: t, Panicked: stack})
	for _, l := range t.Lines() {
		fmt.Fprintln(e.stdout, l)
	}
	printMessages(e.stdout, r.Messages)
	return e.printResult(fmt.Sprintf("%s, seed %d", file.Name, *seed), r)
}

func paceFlag(f flagSet) *string {
	return f.String("pace", "", "quiet, replies, none or script, in place of the scenario's")
}

// flagSet is what the flags that several commands share need.
type flagSet interface {
	String(name, value, usage string) *string
}

// errUsage marks what is wrong with the arguments, as opposed to a file.
var errUsage = errors.New("wrong usage")

// load reads the scenario that the arguments name, with another pace unless
// that is "".
func load(args []string, pace string) (*scenario.File, error) {
	if len(args) != 1 {
		return nil, fmt.Errorf("%w: write the name of one scenario file", errUsage)
	}
	text, err := os.ReadFile(args[0])
	if err != nil {
		return nil, err
	}
	f, err := scenario.Parse(args[0], text)
	if err != nil || pace == "" {
		return f, err
	}
	p, ok := world.ParsePace(pace)
	if !ok {
		return nil, fmt.Errorf("%w: --pace %s: write quiet, replies, none or script", errUsage, pace)
	}
	f.Knobs.Pace = p
	return f, nil
}

// wrong says what is wrong with the arguments, or with a file: a line for each
// error, which begins with its place.
func (e env) wrong(f interface{ Name() string }, err error) int {
	if errors.Is(err, errUsage) {
		fmt.Fprintf(e.stderr, "%s: %v: %s --help says more\n", f.Name(), err, f.Name())
	} else {
		fmt.Fprintln(e.stderr, err)
	}
	return exitUsage
}

func printMessages(w io.Writer, messages []world.Message) {
	for i := range messages {
		m := &messages[i]
		fmt.Fprintf(w, "%s %s→%s %s\n", stamp(m.At), m.From, m.To, m.Describe())
	}
}

// stamp is virtual time in seconds, to the microsecond.
func stamp(d time.Duration) string {
	return fmt.Sprintf("%5d.%06ds", d/time.Second, d%time.Second/time.Microsecond)
}

func (e env) printResult(what string, r scenario.Result) int {
	if r.Verdict == scenario.Invalid {
		fmt.Fprintf(e.stderr, "%s: %v\n", what, r.Err)
		return exitUsage
	}
	fmt.Fprintf(e.stdout, "%s: %v, %d events, hash %08x\n", what, r.Verdict, r.Events, r.Hash)
	if r.Violation != nil {
		fmt.Fprintln(e.stdout, r.Violation)
		return exitFailed
	}
	return exitOK
}
