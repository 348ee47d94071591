package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"time"
)

// seedStride is how far apart the first seeds of a bug's sweeps are.
const seedStride = 1_000_003

// shrinkTime is how long a failure is shrunk, at most.
const shrinkTime = "20s"

// grace is what a sweep may take beyond its budget, to write its report.
const grace = 20 * time.Second

// Found is what came of planting one bug.
type Found struct {
	Mutant Mutant
	Sweeps []Sweep
	Shrunk int    // events after shrinking; 0: not shrunk
	Err    string // it could not be planted
}

// Sweep is one sweep over a bug.
type Sweep struct {
	Invariant string // that failed; "" for none
	Runs      uint64 // until it did
	Took      time.Duration
	Artefact  string
}

// hunter plants bugs in one tree.
type hunter struct {
	options
	root  string
	clean string // hash of peerloom without a bug
}

func newHunter(ctx context.Context, root string, o options) (*hunter, error) {
	h := &hunter{options: o, root: root}
	if err := os.MkdirAll(o.workdir, 0o755); err != nil {
		return nil, err
	}
	binary := filepath.Join(o.workdir, "clean")
	if err := build(ctx, root, "", binary); err != nil {
		return nil, err
	}
	text, err := os.ReadFile(binary)
	if err != nil {
		return nil, err
	}
	h.clean = digest(text)
	return h, nil
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}

// all plants one bug after the other. What was measured before is not measured
// again.
func (h *hunter) all(ctx context.Context, mutants []Mutant) []Found {
	var list []Found
	for i, m := range mutants {
		if ctx.Err() != nil {
			break
		}
		name := filepath.Join(h.workdir, m.Name, h.key(m)+".json")
		f, ok := recall(name)
		if !ok {
			if f = h.one(ctx, m); ctx.Err() != nil {
				break
			}
			if f.Err == "" {
				keep(name, f)
			}
		}
		list = append(list, f)
		fmt.Printf("%3d/%d %-28s %s\n", i+1, len(mutants), m.Name, f.line())
	}
	return list
}

// key names a measurement: it is of this tree, this bug and these options.
func (h *hunter) key(m Mutant) string {
	return digest(fmt.Append(nil, h.clean, m, h.budget, h.seeds))
}

func recall(name string) (Found, bool) {
	text, err := os.ReadFile(name)
	var f Found
	return f, err == nil && json.Unmarshal(text, &f) == nil
}

// keep notes a measurement for a later call. Without it that call measures anew.
func keep(name string, f Found) {
	text, err := json.Marshal(f)
	if err == nil {
		err = os.WriteFile(name, text, 0o644)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "mutants: %v\n", err)
	}
}

// one plants a bug and sweeps until it is found, from every first seed. One that
// is missed once is not looked for again.
func (h *hunter) one(ctx context.Context, m Mutant) Found {
	f := Found{Mutant: m}
	overlay, err := m.overlay(h.root, h.workdir)
	binary := filepath.Join(h.workdir, m.Name, "peerloom")
	if err == nil {
		err = build(ctx, h.root, overlay, binary)
	}
	if err != nil {
		f.Err = err.Error()
		return f
	}
	defer os.Remove(binary)
	for i := range h.seeds {
		s, err := h.sweep(ctx, binary, filepath.Dir(overlay), 1+uint64(i)*seedStride)
		if err != nil {
			f.Err = err.Error()
			return f
		}
		f.Sweeps = append(f.Sweeps, s)
		if s.Invariant == "" {
			return f
		}
	}
	f.Shrunk = h.shrink(ctx, binary, f.Sweeps[0].Artefact)
	return f
}

// Words of the reports of peerloom sweep and shrink.
var (
	invariantWord = regexp.MustCompile(`(?m)^invariant ([A-Z0-9]+-[0-9]+)`)
	artefactWord  = regexp.MustCompile(`(?m)^peerloom replay (\S+)`)
	runsWord      = regexp.MustCompile(`([0-9]+)(?: of [0-9]+)? runs`)
	eventsWord    = regexp.MustCompile(`(?m)^after: .*?([0-9]+) events`)
)

// sweep runs peerloom sweep as it is without flags, but for the first seed and
// the time.
func (h *hunter) sweep(ctx context.Context, binary, dir string, from uint64) (Sweep, error) {
	limit, cancel := context.WithTimeout(ctx, h.budget+grace)
	defer cancel()
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(limit, binary, "sweep", "--from", strconv.FormatUint(from, 10), "--time", h.budget.String(), "--artefacts", dir)
	cmd.Dir, cmd.Stdout, cmd.Stderr = h.root, &stdout, &stderr
	began := time.Now()
	err := cmd.Run()
	s := Sweep{Took: time.Since(began)}
	for _, n := range runsWord.FindAllSubmatch(stderr.Bytes(), -1) {
		s.Runs, _ = strconv.ParseUint(string(n[1]), 10, 64)
	}
	if limit.Err() != nil {
		return s, ctx.Err() // it hangs: nothing was reported
	}
	var exit *exec.ExitError
	switch found := invariantWord.FindSubmatch(stdout.Bytes()); {
	case err == nil:
		return s, nil
	case errors.As(err, &exit) && exit.ExitCode() == exitFound && found != nil:
		s.Invariant = string(found[1])
	default:
		return s, fmt.Errorf("peerloom sweep: %w\n%s%s", err, stdout.Bytes(), stderr.Bytes())
	}
	if name := artefactWord.FindSubmatch(stdout.Bytes()); name != nil {
		s.Artefact = string(name[1])
	}
	return s, nil
}

// shrink is how many events are left of an artefact; 0 where that is not known.
func (h *hunter) shrink(ctx context.Context, binary, artefact string) int {
	if artefact == "" {
		return 0
	}
	cmd := exec.CommandContext(ctx, binary, "shrink", artefact, "--time", shrinkTime, "-o", artefact+".min")
	cmd.Dir = h.root
	out, err := cmd.Output()
	if err != nil {
		fmt.Fprintf(os.Stderr, "mutants: peerloom shrink %s: %v\n", artefact, err)
		return 0
	}
	n := 0
	if found := eventsWord.FindSubmatch(out); found != nil {
		n, _ = strconv.Atoi(string(found[1]))
	}
	return n
}
