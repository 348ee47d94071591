// Interop runs peerloomd against other implementations of BGP and writes
// docs/INTEROP.md. .ci/interop is how it is called.
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"
)

const help = `Usage: interop [flags]

Runs peerloomd, built from this tree, against BIRD, ExaBGP, FRR, GoBGP and
OpenBGPD, as apt has them, each in a network namespace of its own, and writes
docs/INTEROP.md: a table of peers and features. It needs root. A peer that can
not be installed is skipped, with a line that says why.

    .ci/interop                            all, and the document
    .ci/interop --peer BIRD --only add-path --keep /tmp/bird
                                           one cell, its logs kept; no document

To add a peer, write a file like bird.go; to add a feature, a row in feature.go.

Exit status: 0 all that worked in the document works, 1 something does no
longer, or the run failed, 2 wrong usage.

Flags:
`

// options is what the command line says.
type options struct {
	peers   []string
	only    string
	keep    string
	out     string
	install bool
	help    bool
}

func main() {
	// What daemons run as their helper process is this program too.
	helpers := map[string]func(string) error{"relay": relay, "load": load}
	if len(os.Args) == 3 && helpers[os.Args[1]] != nil {
		if err := helpers[os.Args[1]](os.Args[2]); err != nil {
			fmt.Fprintf(os.Stderr, "interop %s: %v\n", os.Args[1], err)
			os.Exit(1)
		}
		return
	}
	if len(os.Args) > 1 && os.Args[1] == "bench" {
		os.Exit(runBench(os.Args[2:]))
	}
	os.Exit(run(os.Args[1:]))
}

func run(args []string) int {
	var o options
	f := pflag.NewFlagSet("interop", pflag.ContinueOnError)
	f.SortFlags = false
	f.Usage = func() {}
	f.StringSliceVar(&o.peers, "peer", nil, "these peers only: BIRD, ExaBGP, FRR, GoBGP, OpenBGPD")
	f.StringVar(&o.only, "only", "", "the features whose names match this regular expression")
	f.StringVar(&o.keep, "keep", "", "leave configurations and logs in this folder")
	f.StringVar(&o.out, "out", "docs/INTEROP.md", "the document")
	f.BoolVar(&o.install, "install", true, "install packages that are missing")
	f.BoolVarP(&o.help, "help", "h", false, "this text")
	err := f.Parse(args)
	only, badOnly := regexp.Compile(o.only)
	switch err = errors.Join(err, badOnly); {
	case err != nil:
		fmt.Fprintf(os.Stderr, "interop: %v\ninterop --help says more\n", err)
		return 2
	case o.help:
		fmt.Print(help, f.FlagUsages())
		return 0
	case os.Geteuid() != 0:
		fmt.Fprintln(os.Stderr, "interop: network namespaces need root; run it with sudo")
		return 1
	}
	if err := runAll(o, only); err != nil {
		fmt.Fprintf(os.Stderr, "interop: %v\n", err)
		return 1
	}
	return 0
}

// workplace is a folder for configurations and logs: keep, or one for a while.
func workplace(keep string) (dir string, clean func(), err error) {
	clean = func() {}
	if dir, err = filepath.Abs(keep); keep == "" {
		dir, err = os.MkdirTemp("", "interop")
		clean = func() { _ = os.RemoveAll(dir) }
	}
	if err == nil {
		err = os.MkdirAll(dir, 0o755)
	}
	if err == nil {
		err = os.Chmod(dir, 0o755) // daemons that drop their privileges read there
	}
	return dir, clean, err
}

// buildDaemon makes peerloomd of this tree.
func buildDaemon(dir string) (string, error) {
	daemon := filepath.Join(dir, "peerloomd")
	if out, err := exec.Command("go", "build", "-o", daemon, "./cmd/peerloomd").CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build ./cmd/peerloomd: %w: %s", err, out)
	}
	return daemon, nil
}

// runAll runs every peer and writes the document, where nothing was left out.
func runAll(o options, only *regexp.Regexp) error {
	dir, clean, err := workplace(o.keep)
	if err != nil {
		return err
	}
	defer clean()
	daemon, err := buildDaemon(dir)
	if err != nil {
		return err
	}
	var columns []column
	var skipped []string
	for _, p := range products() {
		if len(o.peers) > 0 && !slices.ContainsFunc(o.peers, func(s string) bool { return strings.EqualFold(s, p.name) }) {
			continue
		}
		version, err := p.find(o.install)
		if err != nil {
			line := fmt.Sprintf("**%s**: skipped: %s", p.name, oneLine(err.Error()))
			fmt.Println("SKIP", line)
			skipped = append(skipped, line)
			continue
		}
		fmt.Printf("=== %s: %s\n", p.name, version)
		c, err := runPeer(p, filepath.Join(dir, strings.ToLower(p.name)), daemon, only)
		if err != nil {
			return err
		}
		c.version = version
		columns = append(columns, c)
	}
	before, err := os.ReadFile(o.out)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	gone := lost(string(before), columns)
	if o.only == "" && len(o.peers) == 0 && len(gone) == 0 {
		if err := os.WriteFile(o.out, []byte(report(columns, skipped)), 0o644); err != nil {
			return err
		}
	}
	if len(gone) > 0 {
		return fmt.Errorf("%s is left as it was, for these do not work any more:\n%s", o.out, strings.Join(gone, "\n"))
	}
	return nil
}

// find installs what is missing and returns the program's version.
func (p *product) find(install bool) (string, error) {
	text, err := output("", p.version...)
	if err != nil && install {
		c := exec.Command("apt-get", append([]string{"install", "-y", "--no-install-recommends"}, p.packages...)...)
		c.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		if out, err := c.CombinedOutput(); err != nil {
			return "", fmt.Errorf("apt-get install %s: %w: %s", strings.Join(p.packages, " "), err, out)
		}
		text, err = output("", p.version...)
	}
	first, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return first, err
}

// runPeer is one column.
func runPeer(p product, dir, daemon string, only *regexp.Regexp) (column, error) {
	c := column{name: p.name, cells: make([]cell, len(features()))}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return c, err
	}
	if err := os.Chmod(dir, 0o777); err != nil {
		return c, err // peers that run as another user write there
	}
	self, err := os.Executable()
	if err != nil {
		return c, err
	}
	w, err := newWire(fmt.Sprintf("interop%d", os.Getpid()))
	if err != nil {
		return c, err
	}
	defer w.close()
	l := &lab{dir: dir, daemon: daemon, self: self, wire: w, refresh: p.refresh}
	if l.api, err = listenAPI(l.path("ours.sock")); err != nil {
		return c, err
	}
	l.peer = p.make(l)
	defer l.stop()
	for i, f := range features() {
		if !only.MatchString(f.name) {
			continue
		}
		at, mark := time.Now(), w.mark()
		seen, err := f.check(l)
		c.cells[i] = cellOf(seen, err)
		if p := l.peer.daemon(); c.cells[i].verdict == no && p != nil {
			c.cells[i].note += "; the peer's log ends: " + oneLine(p.tail())
		}
		fmt.Printf("%-40s %-12s %5.1f s  %s\n", f.name, c.cells[i].verdict, time.Since(at).Seconds(), c.cells[i].note)
		if err := l.write(fmt.Sprintf("%02d.pcap", i), pcap(w.since(mark)).String()); err != nil {
			return c, err
		}
		if f.fresh || c.cells[i].verdict == no {
			l.stop()
		}
	}
	return c, nil
}

const benchHelp = `Usage: interop bench [flags]

Announces routes through a helper process, flushes and clears them, with
peerloomd and with ExaBGP as apt has it, and writes docs/BENCH.md. It needs root.

Exit status: 0 done, 1 the run failed, 2 wrong usage.

Flags:
`

func runBench(args []string) int {
	f := pflag.NewFlagSet("bench", pflag.ContinueOnError)
	f.SortFlags = false
	f.Usage = func() {}
	keep := f.String("keep", "", "leave configurations and logs in this folder")
	out := f.String("out", "docs/BENCH.md", "the document")
	routes := f.Int("routes", 100_000, "routes announced beside ExaBGP")
	neighbors := f.Int("neighbors", 1000, "neighbors, at most 65280")
	million := f.Int("million", 1_000_000, "routes announced to one peer and to ten, at most 16777216")
	asked := f.BoolP("help", "h", false, "this text")
	err := f.Parse(args)
	switch {
	case err != nil:
		fmt.Fprintf(os.Stderr, "interop bench: %v\ninterop bench --help says more\n", err)
		return 2
	case *asked:
		fmt.Print(benchHelp, f.FlagUsages())
		return 0
	}
	dir, clean, err := workplace(*keep)
	if err == nil {
		defer clean()
		err = benchAll(dir, *out, *routes, *neighbors, *million)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "interop bench: %v\n", err)
		return 1
	}
	return 0
}
