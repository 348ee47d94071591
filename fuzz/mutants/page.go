package main

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// caught reports whether every sweep found the bug.
func (f *Found) caught() bool {
	return f.Err == "" && !slices.ContainsFunc(f.Sweeps, func(s Sweep) bool { return s.Invariant == "" })
}

// took is the median of the sweeps' times, and runs that of their runs.
func (f *Found) took() time.Duration {
	return median(f.Sweeps, func(s Sweep) time.Duration { return s.Took })
}

func (f *Found) runs() uint64 { return median(f.Sweeps, func(s Sweep) uint64 { return s.Runs }) }

// invariants are those that failed, each once, that of the first sweep first.
func (f *Found) invariants() string {
	var ids []string
	for _, s := range f.Sweeps {
		if s.Invariant != "" && !slices.Contains(ids, s.Invariant) {
			ids = append(ids, s.Invariant)
		}
	}
	return strings.Join(ids, ", ")
}

// line says what came of the bug.
func (f *Found) line() string {
	switch {
	case f.Err != "":
		return "NOT PLANTED: " + f.Err
	case !f.caught():
		return fmt.Sprintf("NOT FOUND, sweep %d of its kind", len(f.Sweeps))
	}
	return fmt.Sprintf("%-20s %6d runs %7.1f s %3d events", f.invariants(), f.runs(), f.took().Seconds(), f.Shrunk)
}

// median is the middle of what of gives; 0 of an empty list.
func median[T any, V cmp.Ordered](list []T, of func(T) V) V {
	var zero V
	if len(list) == 0 {
		return zero
	}
	values := make([]V, len(list))
	for i, x := range list {
		values[i] = of(x)
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// summary is what the corpus as a whole says of the sweep.
type summary struct {
	planted       int
	left          int // not planted yet: it was interrupted
	missed        []string
	median, worst time.Duration
	events        int // median after shrinking
}

func summarize(list []Found) summary {
	s := summary{planted: len(list)}
	var caught, shrunk []Found
	for _, f := range list {
		if !f.caught() {
			s.missed = append(s.missed, f.Mutant.Name)
			continue
		}
		caught = append(caught, f)
		for _, w := range f.Sweeps {
			s.worst = max(s.worst, w.Took)
		}
		if f.Shrunk > 0 {
			shrunk = append(shrunk, f)
		}
	}
	s.median = median(caught, func(f Found) time.Duration { return f.took() })
	s.events = median(shrunk, func(f Found) int { return f.Shrunk })
	return s
}

// text is the summary in a few lines.
func (s summary) text() string {
	found := s.planted - len(s.missed)
	t := fmt.Sprintf("%d planted, %d found (%d %%); median %.1f s, worst %.1f s", s.planted, found, 100*found/max(s.planted, 1), s.median.Seconds(), s.worst.Seconds())
	if s.events > 0 {
		t += fmt.Sprintf("; %d events after shrinking in the median", s.events)
	}
	t += "\n"
	if s.left > 0 {
		t += fmt.Sprintf("%d are not planted yet: call again to go on\n", s.left)
	}
	if len(s.missed) > 0 {
		t += "not found: " + strings.Join(s.missed, ", ") + "\n"
	}
	return t
}

const pageHead = `# Planted bugs

Written by ` + "`go run ./fuzz/mutants`" + `. Each line is a bug, most of them as a shipping BGP speaker
had it, planted in our own code: ` + "`fuzz/mutants/corpus`" + ` has the lines that are changed. A sweep with its
defaults looks for it, %v at most, from as many as %d first seeds; seconds (with the start of
the process, without the build) and runs are medians. Events are those of the first artefact after ` + "`peerloom shrink`" + `.

%s
`

// page is docs/MUTANTS.md.
func page(list []Found, s summary, o options) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, pageHead, o.budget, o.seeds, s.text())
	class := ""
	for i := range list {
		f := &list[i]
		if f.Mutant.Class != class {
			class = f.Mutant.Class
			fmt.Fprintf(&b, "\n## %s\n\n| bug | source | found by | runs | seconds | events |\n|---|---|---|---|---|---|\n", class)
		}
		fmt.Fprintf(&b, "| **%s**: %s | %s | %s |\n", f.Mutant.Name, f.Mutant.Says, f.Mutant.Source, f.cells())
	}
	return b.Bytes()
}

func (f *Found) cells() string {
	if !f.caught() {
		return "**not found** | | |"
	}
	events := ""
	if f.Shrunk > 0 {
		events = fmt.Sprint(f.Shrunk)
	}
	return fmt.Sprintf("%s | %d | %.1f | %s", f.invariants(), f.runs(), f.took().Seconds(), events)
}
