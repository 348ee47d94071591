package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/peerloom/peerloom/sim/scenario"
)

const shrinkHelp = `Usage: peerloom shrink [flags] FILE

Makes the artefact of a failure smaller: takes out events (answers and steps of
scripts), then lowers fields (answers, times, attributes, knobs), then takes out
faults by class, then peers, clients, speakers, neighbors, families and routes,
and all that again, as long as the same invariant breaks at the same node. Writes
a new artefact, replays it in a new process and says what is left to read.

    peerloom shrink three-peers-17.repro
    peerloom shrink three-peers-17.repro --time 5m -o found.repro
    peerloom why three-peers-17.min.repro

Exit status: 0 it is smaller and fails as before, 1 it does not fail (any more),
2 wrong usage or a wrong file.
`

func shrinkCommand(ctx context.Context, e env, args []string) int {
	f := flags("shrink")
	out := f.StringP("output", "o", "", "the new `FILE`; else FILE with .min before its end")
	limit := f.Duration("time", time.Minute, "how long to try, at most")
	if status, stop := e.parse(f, shrinkHelp, args); stop {
		return status
	}
	a, err := loadWithin(f.Args(), *limit)
	if err != nil {
		return e.wrong(f, err)
	}
	if *out == "" {
		*out = minName(f.Arg(0))
	}
	return e.shrink(ctx, a, *out, *limit)
}

// minName is the name of the shrunk artefact of a file.
func minName(name string) string { return strings.TrimSuffix(name, ".repro") + ".min.repro" }

// shrink shrinks an artefact into a file and verifies that.
func (e env) shrink(ctx context.Context, a *scenario.Artefact, out string, limit time.Duration) int {
	start := time.Now()
	fmt.Fprintf(e.stdout, "before: %v\n", a.Size())
	small, runs, err := scenario.Shrink(a, scenario.ShrinkOptions{
		Stop:     func() bool { return ctx.Err() != nil || time.Since(start) > limit },
		Panicked: stack,
		Progress: func(stage string, size scenario.Size) {
			fmt.Fprintf(e.stderr, "%v: %s: %v\n", time.Since(start).Round(time.Millisecond), stage, size)
		},
	})
	if err != nil {
		fmt.Fprintf(e.stderr, "peerloom shrink: %v\n", err)
		return exitFailed
	}
	small.Version = version()
	if err := os.WriteFile(out, scenario.PrintArtefact(small), 0o644); err != nil {
		fmt.Fprintf(e.stderr, "peerloom shrink: %v\n", err)
		return exitUsage
	}
	spent := time.Since(start)
	done := "nothing more to take out"
	if spent > limit || ctx.Err() != nil {
		done = "stopped by the time: --time gives it more"
	}
	fmt.Fprintf(e.stdout, "after:  %v\n%d runs in %v, %s\n", small.Size(), runs, spent.Round(time.Millisecond), done)
	if err := verify(ctx, out); err != nil {
		fmt.Fprintf(e.stderr, "peerloom shrink: %s does not replay in a new process: %v\n", out, err)
		return exitFailed
	}
	fmt.Fprintf(e.stdout, "replayed in a new process: %s, hash %08x\npeerloom replay %s\npeerloom why %s\n", where(small.Invariant, small.Node), small.Hash, out, out)
	return exitOK
}

// verify replays an artefact in a new process, which has to see the same
// invariant, node and hash.
func verify(ctx context.Context, name string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, self, "replay", "--", name)
	output, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return err
	}
	i := bytes.LastIndex(output, []byte("hash: "))
	if i < 0 || bytes.Count(output[i:], []byte("as recorded")) != 2 {
		return fmt.Errorf("it says %q", output[max(i, 0):])
	}
	return nil
}
