package simtest

import (
	"os"
	"path/filepath"
	"runtime/debug"
	"testing"

	"github.com/peerloom/peerloom/sim/scenario"
)

// Scenario runs a scenario file as Check runs a world. What it writes on a
// failure are artefacts of peerloom: peerloom replay and peerloom why read them
// too.
func Scenario(t *testing.T, path string) {
	t.Helper()
	c, err := look()
	if err != nil {
		t.Fatal(err)
	}
	if c.file != "" {
		artefactAgain(t, c, c.file)
		return
	}
	for _, name := range repros(t) {
		artefactAgain(t, c, name)
	}
	if t.Failed() {
		return
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := scenario.Parse(path, text)
	if err != nil {
		t.Fatal(err)
	}
	length := scenario.Length(f, nil) // for pct
	for seed := c.seed; seed-c.seed < c.runs; seed++ {
		plan := scenario.NewPlan(f, scenario.Options{Seed: seed, Strategy: c.strategy, Length: length})
		o := scenario.Options{Seed: seed, Source: plan.Source, Panicked: stack}
		switch r := scenario.Run(plan.File, o); r.Verdict {
		case scenario.Failed:
			o.Source = scenario.NewPlan(f, scenario.Options{Seed: seed, Strategy: c.strategy, Length: length}).Source
			scenarioReport(t, c, plan.File, o)
			return
		case scenario.Invalid:
			t.Fatalf("%s: %v", path, r.Err)
		}
	}
}

// stack describes a panic, from within its recovery.
func stack(any) string { return string(debug.Stack()) }

func artefactAgain(t *testing.T, c config, name string) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	a, err := scenario.ParseArtefact(name, text)
	if err != nil {
		t.Fatal(err)
	}
	if r := a.Replay(scenario.Options{Panicked: stack}); r.Verdict != scenario.OK {
		t.Errorf("%s fails: %v %v\nagain: %s", name, r.Violation, r.Err, command(t, c, "file", name))
	}
}

func scenarioReport(t *testing.T, c config, f *scenario.File, o scenario.Options) {
	t.Helper()
	a, r := scenario.Record(f, o)
	a.Strategy = scenario.Chosen(c.strategy, o.Seed)
	before, runs := a.Size(), 0
	small, _, err := scenario.Shrink(a, scenario.ShrinkOptions{Panicked: stack, Stop: func() bool { runs++; return runs > maxShrink }})
	if err == nil {
		a = small
	}
	name, err := writeArtefact(fileName(t), a)
	if err != nil {
		t.Error(err)
	}
	t.Errorf("seed %d: %v\nbefore: %v\nshrunk: %v\nagain: %s\n   or: peerloom why %s\n   or: %s",
		o.Seed, r.Violation, before, a.Size(), command(t, c, "file", name), name, command(t, c, "seed", itoa(o.Seed)))
}

func writeArtefact(test string, a *scenario.Artefact) (string, error) {
	dir := filepath.Join("testdata", "repro")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	return create(filepath.Join(dir, test+"-"+itoa(a.Seed)), scenario.PrintArtefact(a))
}
