package main

import (
	"context"
	"fmt"
	"time"

	"github.com/peerloom/peerloom/sim/scenario"
)

const whyHelp = `Usage: peerloom why [flags] FILE

Says what made a run fail. It lets each two events that are at most eight lines
apart happen the other way round, where the second does not follow from the
first, and prints those whose order decides the verdict. And it keeps the first events of the run and
chooses all that follows anew, 64 times, to find the event from which the failure
was inevitable. It reads best of an artefact that was shrunk.

    peerloom shrink three-peers-17.repro
    peerloom why three-peers-17.min.repro

Exit status: 0 it was explained, 1 it does not fail (any more), 2 wrong usage or a
wrong file.
`

func whyCommand(ctx context.Context, e env, args []string) int {
	f := flags("why")
	limit := f.Duration("time", time.Minute, "how long to look, at most")
	if status, stop := e.parse(f, whyHelp, args); stop {
		return status
	}
	a, err := loadWithin(f.Args(), *limit)
	if err != nil {
		return e.wrong(f, err)
	}
	start := time.Now()
	reason, err := scenario.Why(a, scenario.ShrinkOptions{
		Stop: func() bool { return ctx.Err() != nil || time.Since(start) > *limit }, Panicked: stack,
	})
	if err != nil {
		fmt.Fprintf(e.stderr, "peerloom why: %v\n", err)
		return exitFailed
	}
	fmt.Fprint(e.stdout, reason)
	return exitOK
}
