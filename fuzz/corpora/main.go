// Command corpora takes into fuzz/testdata what fuzzing found worth keeping: of
// the inputs in Go's cache those that reach code which no smaller one reaches.
//
//	go test -run '^$' -fuzz '^FuzzOpen$' -fuzztime 10m ./fuzz
//	go run ./fuzz/corpora FuzzOpen
//
// Without a target it does so for all. What is there already stays.
package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"
)

const pkg = "github.com/peerloom/peerloom"

func main() {
	if err := run(os.Args[1:]); err != nil {
		if errors.Is(err, pflag.ErrHelp) {
			return
		}
		fmt.Fprintln(os.Stderr, "corpora: "+err.Error())
		os.Exit(2)
	}
}

func run(args []string) error {
	flags := pflag.NewFlagSet("corpora", pflag.ContinueOnError)
	flags.Usage = func() {
		fmt.Fprintln(os.Stderr, "Usage: go run ./fuzz/corpora [TARGET ...]\n\nTakes the inputs of Go's fuzz cache that reach new code into fuzz/testdata/fuzz.\nRun it at the top of the tree.")
	}
	if err := flags.Parse(args); err != nil {
		return err
	}
	cache, err := output("go", "env", "GOCACHE")
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "corpora")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	bin := filepath.Join(dir, "fuzz.test")
	if _, err := output("go", "test", "-c", "-cover", "-coverpkg", pkg+"/...", "-o", bin, "./fuzz"); err != nil {
		return err
	}
	targets := flags.Args()
	if len(targets) == 0 {
		list, err := output(bin, "-test.list", "^Fuzz")
		if err != nil {
			return err
		}
		targets = strings.Fields(list)
	}
	for _, t := range targets {
		c := corpus{target: t, bin: bin, profile: filepath.Join(dir, "profile"), kept: filepath.Join("fuzz", "testdata", "fuzz", t), reached: map[string]bool{}}
		if err := c.take(filepath.Join(cache, "fuzz", pkg, "fuzz", t)); err != nil {
			return fmt.Errorf("%s: %w", t, err)
		}
	}
	return nil
}

// output is what a command prints; its errors go into err.
func output(name string, args ...string) (string, error) {
	c := exec.Command(name, args...)
	var out, bad bytes.Buffer
	c.Stdout, c.Stderr = &out, &bad
	if err := c.Run(); err != nil {
		return "", fmt.Errorf("%s: %w\n%s%s", name, err, out.String(), bad.String())
	}
	return strings.TrimSpace(out.String()), nil
}

// corpus is the inputs of one target.
type corpus struct {
	target, bin, profile string
	kept                 string          // the folder of those in the tree
	reached              map[string]bool // blocks of code, as a coverage profile names them
}

// take copies what reaches more than the seeds and what is kept, the smallest
// first.
func (c *corpus) take(from string) error {
	found, err := inputs(from)
	if err != nil {
		return err
	}
	if _, err := c.reaches(""); err != nil { // with the seeds, and all that is kept
		return err
	}
	taken := 0
	for _, name := range found {
		at := filepath.Join(c.kept, name)
		if _, err := os.Stat(at); err == nil {
			continue
		}
		data, err := os.ReadFile(filepath.Join(from, name))
		if err != nil {
			return err
		}
		if err := os.MkdirAll(c.kept, 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(at, data, 0o644); err != nil {
			return err
		}
		more, err := c.reaches(name)
		if err != nil {
			return err // the input stays: it is a finding
		}
		if more {
			taken++
		} else if err := os.Remove(at); err != nil {
			return err
		}
	}
	fmt.Printf("%s: %d of %d inputs taken\n", c.target, taken, len(found))
	return nil
}

// inputs are the names of the files in dir, the smallest first.
func inputs(dir string) ([]string, error) {
	type input struct {
		name string
		size int64
	}
	var all []input
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			return nil, err
		}
		all = append(all, input{e.Name(), info.Size()})
	}
	slices.SortFunc(all, func(a, b input) int { return cmp.Or(cmp.Compare(a.size, b.size), cmp.Compare(a.name, b.name)) })
	var names []string
	for _, i := range all {
		names = append(names, i.name)
	}
	return names, nil
}

// reaches runs one input, or with "" all that the target has of its own, and
// reports whether it reached what none did before.
func (c *corpus) reaches(name string) (bool, error) {
	pattern := "^" + c.target + "$"
	if name != "" {
		pattern += "/^" + name + "$"
	}
	cmd := exec.Command(c.bin, "-test.run", pattern, "-test.coverprofile", c.profile)
	cmd.Dir = "fuzz"
	if out, err := cmd.CombinedOutput(); err != nil {
		if name != "" && bytes.Contains(out, []byte(" in corpus entry")) {
			return false, nil // of a time when the target took other values
		}
		return false, fmt.Errorf("%s: %w\n%s", pattern, err, out)
	}
	profile, err := os.ReadFile(c.profile)
	if err != nil {
		return false, err
	}
	more := false
	for line := range strings.Lines(string(profile)) {
		block, hit := strings.CutSuffix(strings.TrimSpace(line), " 1") // -covermode=set
		if hit && !c.reached[block] {
			c.reached[block], more = true, true
		}
	}
	return more, nil
}
