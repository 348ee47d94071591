// Mutants plants known bugs, one at a time, and measures how soon a sweep finds
// each. Every bug is a text in corpus/: what is wrong, where a shipping BGP
// speaker had it, and the lines to write in place of others. It is compiled in
// by go build -overlay, so that the sources stay as they are.
//
//	go run ./fuzz/mutants                     # all of them, and docs/MUTANTS.md
//	go run ./fuzz/mutants --run 'refresh|borr' # some, printed only
//	go run ./fuzz/mutants --canary            # one that must be found, for CI
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/spf13/pflag"
)

const help = `Usage: go run ./fuzz/mutants [flags]

Plants each bug of fuzz/mutants/corpus into a build of peerloom, sweeps until a
run fails, shrinks the failure, and writes docs/MUTANTS.md. What was measured is
kept, so that a second call goes on where the first was interrupted; a change
of the sources or of the bug makes it measure anew.

Exit status: 0 all were found, 1 one was not or it was interrupted, 2 wrong usage
or nothing can be built.

`

// Exit codes.
const (
	exitOK    = 0
	exitFound = 1
	exitUsage = 2
)

// canary is a bug that any sweep finds at once.
const canary = "announces-first"

// options are the flags.
type options struct {
	run     string
	budget  time.Duration
	seeds   int
	canary  bool
	list    bool
	workdir string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	status := run(ctx, os.Args[1:])
	stop()
	os.Exit(status)
}

func run(ctx context.Context, args []string) int {
	o, err := parseFlags(args)
	if errors.Is(err, pflag.ErrHelp) {
		return exitOK
	}
	if err == nil {
		var status int
		if status, err = hunt(ctx, o); err == nil {
			return status
		}
	}
	fmt.Fprintf(os.Stderr, "mutants: %v\n", err)
	return exitUsage
}

func parseFlags(args []string) (options, error) {
	var o options
	f := pflag.NewFlagSet("mutants", pflag.ContinueOnError)
	f.StringVar(&o.run, "run", "", "only bugs whose name or source matches `REGEXP`; the page is left as it is")
	f.DurationVar(&o.budget, "budget", 60*time.Second, "how long a sweep may take")
	f.IntVar(&o.seeds, "base-seeds", 5, "how many sweeps a bug, from as many first seeds; the median counts")
	f.BoolVar(&o.canary, "canary", false, "plant only "+canary+", once: it must be found")
	f.BoolVar(&o.list, "list", false, "list the bugs")
	f.StringVar(&o.workdir, "work", filepath.Join(os.TempDir(), "peerloom-mutants"), "`DIRECTORY` for builds, artefacts and measurements")
	f.Usage = func() { fmt.Fprint(os.Stderr, help+f.FlagUsages()) }
	if err := f.Parse(args); err != nil {
		return o, err
	}
	switch {
	case f.NArg() > 0:
		return o, fmt.Errorf("unexpected %q: see --help", f.Arg(0))
	case o.seeds < 1 || o.seeds > 99:
		return o, errors.New("--base-seeds: write 1 to 99")
	case o.budget < time.Second:
		return o, errors.New("--budget: write at least 1s")
	case o.canary:
		o.run, o.seeds = "^"+canary+"$", 1
	}
	return o, nil
}

// hunt plants the bugs that the options select.
func hunt(ctx context.Context, o options) (int, error) {
	root, err := moduleRoot(ctx)
	if err != nil {
		return 0, err
	}
	all, err := load(corpus)
	if err != nil {
		return 0, err
	}
	chosen, err := choose(all, o.run)
	if err != nil {
		return 0, err
	}
	if o.list {
		for _, m := range chosen {
			fmt.Printf("%-30s %s (%s)\n", m.Name, m.Says, m.Source)
		}
		return exitOK, nil
	}
	h, err := newHunter(ctx, root, o)
	if err != nil {
		return 0, err
	}
	found := h.all(ctx, chosen)
	s := summarize(found)
	s.left = len(chosen) - len(found)
	fmt.Print(s.text())
	if o.run == "" {
		name := filepath.Join(root, "docs", "MUTANTS.md")
		if err := os.WriteFile(name, page(found, s, o), 0o644); err != nil {
			return 0, err
		}
		fmt.Printf("wrote %s\n", name)
	}
	if len(s.missed)+s.left > 0 {
		return exitFound, nil
	}
	return exitOK, nil
}

// choose keeps the bugs whose name or source matches.
func choose(all []Mutant, pattern string) ([]Mutant, error) {
	re, err := regexp.Compile(pattern)
	if err != nil {
		return nil, fmt.Errorf("--run: %w", err)
	}
	var chosen []Mutant
	for _, m := range all {
		if re.MatchString(m.Name) || re.MatchString(m.Source) {
			chosen = append(chosen, m)
		}
	}
	if len(chosen) == 0 {
		return nil, fmt.Errorf("--run %q: no bug has such a name or source: see --list", pattern)
	}
	return chosen, nil
}

// moduleRoot is the directory of go.mod.
func moduleRoot(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	name := strings.TrimSpace(string(out))
	if err != nil || name == "" || name == os.DevNull {
		return "", errors.New("run it inside the module: go env GOMOD names none")
	}
	return filepath.Dir(name), nil
}
