package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/pflag"
)

// Exit codes.
const (
	exitOK     = 0
	exitFailed = 1 // a failure was found
	exitUsage  = 2
)

// env is the world outside of a subcommand.
type env struct {
	stdin          io.Reader
	stdout, stderr io.Writer
}

// command is one subcommand. Its run gets the arguments behind its name and
// returns the exit status.
type command struct {
	name, short string
	run         func(ctx context.Context, e env, args []string) int
}

// commands lists the subcommands in the order of the help.
func commands() []command {
	return []command{
		{"run", "run a scenario once and print its messages", runCommand},
		{"sweep", "run scenarios, or worlds drawn at random, under many seeds", sweepCommand},
		{"merge", "join the summaries of the shards of a sweep", mergeCommand},
		{"replay", "run a failure again from its file, to the byte", replayCommand},
		{"shrink", "make the file of a failure smaller", shrinkCommand},
		{"why", "say which order and which event made a run fail", whyCommand},
		{"explore", "run a story in every order of its events", exploreCommand},
		{"decode", "say what the bytes of BGP messages mean", decode},
	}
}

const help = `Usage: peerloom COMMAND [flags] [arguments]

Runs BGP speakers through every order of events, in memory, on one thread.

Commands:
`

const helpEnd = `
peerloom COMMAND --help says more, with examples.

Exit status: 0 all is well, 1 a failure was found, 2 wrong usage.
`

// run is the program; it returns the exit status.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	e := env{stdin: stdin, stdout: stdout, stderr: stderr}
	if len(args) == 0 {
		fmt.Fprint(stderr, "peerloom: no command: peerloom --help lists them\n")
		return exitUsage
	}
	switch args[0] {
	case "--help", "-h", "help":
		fmt.Fprint(stdout, help)
		for _, c := range commands() {
			fmt.Fprintf(stdout, "  %-8s  %s\n", c.name, c.short)
		}
		fmt.Fprint(stdout, helpEnd)
		return exitOK
	}
	for _, c := range commands() {
		if c.name == args[0] {
			return c.run(ctx, e, args[1:])
		}
	}
	fmt.Fprintf(stderr, "peerloom: no command %q: peerloom --help lists them\n", args[0])
	return exitUsage
}

// flags makes the flag set of a subcommand.
func flags(name string) *pflag.FlagSet {
	f := pflag.NewFlagSet("peerloom "+name, pflag.ContinueOnError)
	f.SortFlags = false
	f.Usage = func() {}
	f.SetOutput(io.Discard)
	return f
}

// parse reads a subcommand's arguments. Where it says stop, the help was asked
// for and printed, or the usage was wrong and that was said.
func (e env) parse(f *pflag.FlagSet, help string, args []string) (status int, stop bool) {
	err := f.Parse(args)
	switch {
	case errors.Is(err, pflag.ErrHelp):
		fmt.Fprint(e.stdout, help, "\nFlags:\n", f.FlagUsages())
		return exitOK, true
	case err != nil:
		return e.usage(f, err), true
	}
	return exitOK, false
}

// usage says what is wrong with the arguments.
func (e env) usage(f *pflag.FlagSet, err error) int {
	fmt.Fprintf(e.stderr, "%s: %v: %s --help says more\n", f.Name(), err, f.Name())
	return exitUsage
}
