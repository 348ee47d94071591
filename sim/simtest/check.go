package simtest

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/peerloom/peerloom/sim"
	"github.com/peerloom/peerloom/sim/scenario"
)

// maxShrink bounds the runs that are spent on making a failure smaller.
const maxShrink = 2000

// Run is one run of a world: who decides, and what keeps what happened.
type Run struct {
	Source sim.Source
	Trace  *sim.Trace
}

// Loop makes the run's loop. A world has one.
func (r *Run) Loop() *sim.Loop { return sim.NewLoop(r.Source, r.Trace) }

// World builds and runs one world. It must depend on nothing but the Source,
// start no goroutine and end. The error is what went wrong; a panic is one too.
type World func(r *Run) error

// run runs a world; a panic becomes an error.
func (w World) run(src sim.Source, tr *sim.Trace) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return w(&Run{Source: src, Trace: tr})
}

// failure is a run that failed, with its story.
type failure struct {
	seed  uint64
	err   error
	hash  uint32
	story sim.Story
	trace *sim.Trace
}

// tell runs a world and keeps the story.
func (w World) tell(src sim.Source) *failure {
	tr := sim.NewTrace(sim.Text)
	scribe := sim.NewScribe(src, tr)
	err := w.run(scribe, tr)
	return &failure{err: err, hash: tr.Hash(), story: scribe.Story(), trace: tr}
}

// Check runs a world first as the files of earlier failures tell it, and then
// under as many seeds as the flags say, up to the first that fails.
func Check(t *testing.T, w World) {
	t.Helper()
	c, err := look()
	if err != nil {
		t.Fatal(err)
	}
	if c.file != "" {
		w.again(t, c, c.file)
		return
	}
	for _, name := range repros(t) {
		w.again(t, c, name)
	}
	if t.Failed() {
		return
	}
	decide := w.decider(c.strategy)
	for seed := c.seed; seed-c.seed < c.runs; seed++ {
		if w.run(decide(seed), sim.NewTrace(sim.HashOnly)) != nil {
			w.report(t, c, seed, decide)
			return
		}
	}
}

// decider is who decides the runs of a world under a strategy. Swarm draws the
// weights of the answers; knobs of its own a world has none.
func (w World) decider(strategy string) func(seed uint64) sim.Source {
	ties := &sim.Ties{}
	if strategy == scenario.PCT || strategy == scenario.Portfolio {
		_ = w.run(ties, sim.NewTrace(sim.HashOnly)) // where the baseline fails, seeds do too
	}
	return func(seed uint64) sim.Source {
		return scenario.Decider(scenario.Chosen(strategy, seed), seed, 0, max(ties.N, 1))
	}
}

// repros are the files of a test's earlier failures.
func repros(t *testing.T) []string {
	list, err := filepath.Glob(filepath.Join("testdata", "repro", fileName(t)+"-*.repro"))
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func fileName(t *testing.T) string { return strings.ReplaceAll(t.Name(), "/", "_") }

// again runs a failure from its file.
func (w World) again(t *testing.T, c config, name string) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	story, err := parse(name, text)
	if err != nil {
		t.Fatal(err)
	}
	f := w.tell(sim.NewRetold(story))
	if f.err != nil {
		t.Errorf("%s fails:\n%v\n%sagain: %s", name, f.err, f.events(c), command(t, c, "file", name))
	}
}

// report shrinks a failure, writes it to a file and says how to run it again.
func (w World) report(t *testing.T, c config, seed uint64, decide func(uint64) sim.Source) {
	t.Helper()
	f := w.tell(decide(seed))
	f.seed = seed
	twin := w.tell(decide(seed))
	if d, differ := sim.FirstDifference(f.trace, twin.trace); differ || f.err == nil {
		t.Errorf("seed %d: the world does not depend on its Source alone: two runs of one seed differ (a map's order, the clock, a goroutine?)\n%v", seed, d)
		return
	}
	runs := 0
	small := w.shrink(f, &runs)
	name, err := write(fileName(t), small)
	if err != nil {
		t.Error(err)
	}
	moments, decisions := small.story.Deviations()
	t.Errorf("seed %d: %v\nshrunk by %d runs to %d events with %d decisions:\n%sagain: %s\n   or: %s",
		seed, f.err, runs, moments, decisions, small.events(c), command(t, c, "file", name), command(t, c, "seed", itoa(seed)))
}

// events are the moments that decide something, or with -sim.trace the trace.
func (f *failure) events(c config) string {
	var b strings.Builder
	if c.trace {
		for _, l := range f.trace.Lines() {
			fmt.Fprintln(&b, l)
		}
		return b.String()
	}
	for i := range f.story {
		if !f.story[i].Dull() {
			fmt.Fprintln(&b, f.story[i].String())
		}
	}
	return b.String()
}

// shrink takes out decisions, and makes answers duller, as long as the same
// error comes, but for the numbers in it.
func (w World) shrink(f *failure, runs *int) *failure {
	best, goal := f, kind(f.err)
	fails := func(list sim.Story) bool {
		*runs++
		try := w.tell(sim.NewRetold(list))
		if try.err == nil || kind(try.err) != goal {
			return false
		}
		try.seed = f.seed
		best = try
		return true
	}
	enough := func() bool { return *runs >= maxShrink }
	sim.LowerStory(sim.CutStory(f.story, fails, enough), fails, enough)
	return best
}

// kind is an error's first line without its numbers.
func kind(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return -1
		}
		return r
	}, line)
}

// command is the line that runs something again.
func command(t *testing.T, c config, setting, value string) string {
	pkg := "."
	if info, ok := debug.ReadBuildInfo(); ok && strings.HasSuffix(info.Path, ".test") {
		pkg = strings.TrimSuffix(info.Path, ".test")
	}
	test := "'^" + strings.ReplaceAll(t.Name(), "/", "$/^") + "$'"
	more := ""
	if c.flags {
		if setting == "seed" {
			more = " -sim.runs 1"
			if c.strategy != "uniform" {
				more += " -sim.strategy " + c.strategy
			}
		}
		return fmt.Sprintf("go test %s -run %s -sim.%s %s%s", pkg, test, setting, value, more)
	}
	if setting == "seed" {
		more = "SIM_RUNS=1 "
		if c.strategy != "uniform" {
			more += "SIM_STRATEGY=" + c.strategy + " "
		}
	}
	return fmt.Sprintf("SIM_%s=%s %sgo test %s -run %s", strings.ToUpper(setting), value, more, pkg, test)
}

// Fuzz lets go test -fuzz decide: each choice takes a byte of the input (more
// where there are more than 256 answers), and what is asked when it is exhausted
// gets the dullest answer. The corpus begins with the dull run and a few seeds.
func Fuzz(f *testing.F, w World) {
	f.Helper()
	f.Add([]byte(nil))
	for seed := range uint64(4) {
		rec := sim.NewRecord(sim.NewSeed(seed))
		_ = w.run(rec, sim.NewTrace(sim.HashOnly)) // if it fails, the fuzzer will say so
		f.Add(rec.Tape().Encode())
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if w.run(sim.NewBytes(data), sim.NewTrace(sim.HashOnly)) == nil {
			return
		}
		c, err := look()
		if err != nil {
			t.Fatal(err)
		}
		found := w.tell(sim.NewBytes(data))
		t.Fatalf("%v\n%s", found.err, found.events(c))
	})
}

// Rapid is a Source that a rapid property draws, and shrinks.
func Rapid(t *rapid.T) sim.Source { return drawn{t} }

type drawn struct{ t *rapid.T }

// Choose draws from [0,n); rapid shrinks towards 0, which is the dullest.
func (d drawn) Choose(label sim.Label, n int) int {
	if n <= 1 {
		return 0
	}
	return rapid.IntRange(0, n-1).Draw(d.t, string(label))
}
