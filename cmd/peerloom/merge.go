package main

import (
	"context"
	"fmt"
	"os"
)

const mergeHelp = `Usage: peerloom merge FILE ...

Joins the summaries that the shards of one sweep wrote (peerloom sweep --shard
--json) and prints the summary of the whole. It equals, byte for byte, that of
the same sweep without shards.

    peerloom sweep --seeds 1000 --keep-going --shard 1/2 --json a.json
    peerloom sweep --seeds 1000 --keep-going --shard 2/2 --json b.json
    peerloom merge a.json b.json

Exit status: 0 no run failed, 1 one did, 2 wrong usage, a wrong file, or not one
of each shard.
`

func mergeCommand(_ context.Context, e env, args []string) int {
	f := flags("merge")
	if status, stop := e.parse(f, mergeHelp, args); stop {
		return status
	}
	if f.NArg() == 0 {
		return e.wrong(f, fmt.Errorf("%w: write the names of the summaries", errUsage))
	}
	var parts []*summary
	for _, name := range f.Args() {
		b, err := os.ReadFile(name)
		if err != nil {
			return e.wrong(f, err)
		}
		p, err := parseSummary(name, b)
		if err != nil {
			return e.wrong(f, err)
		}
		parts = append(parts, p)
	}
	whole, err := merge(parts)
	if err != nil {
		return e.wrong(f, fmt.Errorf("peerloom merge: %w", err))
	}
	_, _ = e.stdout.Write(whole.text())
	if len(whole.Failures) > 0 {
		return exitFailed
	}
	return exitOK
}
