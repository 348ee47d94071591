package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/peerloom/peerloom/sim/check"
)

// timing is how fast the sweep is, in this process.
func (s *sweep) timing() timing {
	spent := max(time.Since(s.start), time.Millisecond)
	ms := uint64(spent.Milliseconds())
	return timing{
		Seconds:        int64(spent / time.Second),
		RunsPerSecond:  (s.sum.Runs - s.resumed) * 1000 / ms,
		EventsPerSec:   (s.sum.Events - s.events0) * 1000 / ms,
		VirtualPerWall: uint64(time.Duration(s.sum.Virtual-s.virtual0) / spent),
	}
}

func (s *sweep) progress() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.timing()
	of := ""
	if s.limit > 0 {
		of = fmt.Sprintf(" of %d", s.limit)
	}
	return fmt.Sprintf("%v: %d%s runs, %d runs/s, %d events/s, %d × real time, %d points, %d shapes, failures: %s",
		time.Since(s.start).Round(time.Millisecond), s.sum.Runs, of, t.RunsPerSecond, t.EventsPerSec, t.VirtualPerWall,
		len(s.points), len(s.shapes), s.sum.byInvariant())
}

// finish prints the verdict and writes what was asked for.
func (s *sweep) finish(ctx context.Context, e env) int {
	fmt.Fprintln(e.stderr, s.progress())
	s.save(e)
	s.mu.Lock()
	defer s.mu.Unlock()
	status := s.verdict(ctx, e)
	if s.flags.shrink && s.kept != nil {
		e.shrink(ctx, s.kept, minName(s.keptIn), time.Minute)
	}
	sum := s.snapshot()
	if s.flags.report {
		fmt.Fprint(e.stdout, sum.report())
	}
	if err := s.write(e, sum); err != nil {
		fmt.Fprintf(e.stderr, "peerloom sweep: %v\n", err)
		return exitUsage
	}
	if s.flags.points != "" {
		status = max(status, s.comparePoints(e))
	}
	return status
}

func (s *sweep) write(e env, sum *summary) error {
	var err error
	switch s.flags.json {
	case "":
	case "-":
		_, err = e.stdout.Write(sum.text())
	default:
		err = writeWhole(s.flags.json, sum.text())
	}
	if s.flags.timing != "" {
		b, jerr := json.MarshalIndent(s.timing(), "", "  ")
		err = errors.Join(err, jerr, writeWhole(s.flags.timing, append(b, '\n')))
	}
	return err
}

// verdict says how it ended.
func (s *sweep) verdict(ctx context.Context, e env) int {
	for _, l := range s.said {
		fmt.Fprintln(e.stdout, l)
	}
	name := "sweep"
	if len(s.plan.entries) == 1 {
		name = s.plan.entries[0].name
	}
	runs := fmt.Sprintf("%d runs from seed %d", s.sum.Runs, s.plan.from)
	switch {
	case len(s.sum.Failures) > 0:
		if s.sum.Failures[failInvalid] != nil && !s.flags.keepGoing {
			return exitUsage
		}
		fmt.Fprintf(e.stdout, "%s: %s, failures: %s\n", name, runs, s.sum.byInvariant())
		return exitFailed
	case s.stopped == "plateau":
		fmt.Fprintf(e.stdout, "%s: ok, %s, nothing new in the last %d\n", name, runs, s.since)
	case errors.Is(ctx.Err(), context.Canceled):
		fmt.Fprintf(e.stdout, "%s: interrupted after %s, none failed\n", name, runs)
		return exitFailed
	default:
		fmt.Fprintf(e.stdout, "%s: ok, %s\n", name, runs)
	}
	return exitOK
}

// comparePoints holds what was reached against the file, or writes it.
func (s *sweep) comparePoints(e env) int {
	now := &check.Reached{}
	for p := range s.points { //order: a set is filled
		now.Sometimes(p, true)
	}
	name := s.flags.points
	if !exists(name) {
		if err := writeWhole(name, []byte(check.PrintReached(now))); err != nil {
			fmt.Fprintf(e.stderr, "peerloom sweep: %v\n", err)
			return exitUsage
		}
		return exitOK
	}
	text, err := os.ReadFile(name)
	if err != nil {
		fmt.Fprintf(e.stderr, "peerloom sweep: %v\n", err)
		return exitUsage
	}
	before, err := check.ParseReached(string(text))
	if err != nil {
		fmt.Fprintf(e.stderr, "%s: %v\n", name, err)
		return exitUsage
	}
	lost := now.Lost(before)
	if len(lost) == 0 {
		return exitOK
	}
	var names []string
	for _, p := range lost {
		names = append(names, p.String())
	}
	fmt.Fprintf(e.stdout, "%s: reached before and not now: %s\n", name, strings.Join(names, ", "))
	return exitFailed
}
