// Command peerloom runs BGP speakers in a deterministic simulation. See
// peerloom --help.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/spf13/pflag"
)

// Exit codes.
const (
	exitOK     = 0
	exitFailed = 1 // a failure was found
	exitUsage  = 2 // the command line or a file is wrong
)

// command is one subcommand.
type command struct {
	name, short string
	run         func(ctx context.Context, args []string, s streams) int
}

// streams are what a command reads and writes.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

func commands() []command {
	return []command{
		{"run", "run a scenario once and print its messages", runCommand},
		{"sweep", "run a scenario under many seeds and keep the first failure", sweepCommand},
		{"replay", "run a failure again from its file, to the byte", replayCommand},
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	if len(args) == 0 {
		usage(stderr)
		return exitUsage
	}
	if args[0] == "--help" || args[0] == "-h" || args[0] == "help" {
		usage(stdout)
		return exitOK
	}
	for _, c := range commands() {
		if c.name == args[0] {
			return c.run(ctx, args[1:], streams{stdin, stdout, stderr})
		}
	}
	fmt.Fprintf(stderr, "peerloom: unknown command %q\n\n", args[0])
	usage(stderr)
	return exitUsage
}

func usage(w io.Writer) {
	fmt.Fprint(w, "peerloom runs BGP speakers through every order of events, from one seed.\n\nUsage: peerloom COMMAND [ARGUMENTS]\n\n")
	for _, c := range commands() {
		fmt.Fprintf(w, "  %-8s %s\n", c.name, c.short)
	}
	fmt.Fprint(w, "\npeerloom COMMAND --help explains a command.\nExit codes: 0 all is well, 1 a failure was found, 2 wrong usage or a wrong file.\n")
}

// flags makes a command's flag set; its help is text and then the flags.
func flags(name, text string, w io.Writer) *pflag.FlagSet {
	fs := pflag.NewFlagSet(name, pflag.ContinueOnError)
	fs.SetOutput(w)
	fs.SortFlags = false
	fs.Usage = func() { fmt.Fprintf(w, "%s\n\nFlags:\n%s", text, fs.FlagUsages()) }
	return fs
}

// parseFlags parses and says with which code to exit at once; -1: go on.
func parseFlags(fs *pflag.FlagSet, args []string, want int, s streams) int {
	err := fs.Parse(args)
	switch {
	case errors.Is(err, pflag.ErrHelp):
		return exitOK
	case err != nil:
		fmt.Fprintf(s.err, "peerloom %s: %v\n", fs.Name(), err)
		return exitUsage
	case fs.NArg() != want:
		fs.Usage()
		return exitUsage
	}
	return -1
}
