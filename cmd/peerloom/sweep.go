package main

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/peerloom/peerloom/sim/check"
	"github.com/peerloom/peerloom/sim/scenario"
)

const sweepHelp = `Usage: peerloom sweep [flags] [FILE ...]

Runs scenarios under many seeds, on all processors, until one fails. The failure
of the first run that failed is written to a file that holds all that is needed
to run it again, and the line that does so is printed. Without a FILE it runs for
a minute through the built-in examples and through worlds that are drawn at
random, topology, configurations, clients and faults.

    peerloom sweep
    peerloom sweep examples/three-peers.scenario --seeds 100000
    peerloom sweep --time 8h --keep-going --resume night.state --report
    peerloom sweep --plateau 20000
    peerloom sweep --seeds 1000 --keep-going --shard 2/8 --json part2.json
    peerloom sweep examples/orders.scenario --strategy enumerate --deviations -1

A strategy says how a seed decides a run:
  portfolio  one of the next four, by the seed; seed 0 is the baseline
  uniform    every answer is as likely as every other
  pct        of tied events those of the link or timer of the highest priority go
             first, and at a few points the priorities change (--depth 1 to 16)
  swarm      every knob of the scenario and every weight is drawn
  fifo       the baseline: no faults, no surprises
  enumerate  every run with at most --deviations answers that are not the dullest;
             of a question with more than 8 answers the least, the middle and the
             greatest; a run ends in a state from which another went on

A sweep stops after --seeds, after --time, or when --plateau runs in a row reached
no new point and no new shape of state, whichever comes first; without any of them
after 10,000 seeds, or a minute where no FILE is given. A run is decided by world,
seed and strategy alone. Some runs are made twice, and a difference is a failure.

In a job array every task takes its shard by itself: --shard is read from
JOB_COMPLETION_INDEX and JOB_COMPLETIONS, or SLURM_ARRAY_TASK_ID and
SLURM_ARRAY_TASK_COUNT. peerloom merge joins what --json wrote.

Exit status: 0 no run failed, 1 one did, the sweep was interrupted, or a point of
--points is not reached any more, 2 wrong usage or a wrong file.
`

// sweepFlags are the arguments of a sweep.
type sweepFlags struct {
	seeds, from, plateau           uint64
	time, hang                     time.Duration
	workers, depth, recheck, bound int
	strategy, dir, shard           string
	json, timing, resume, points   string
	keepGoing, report, shrink      bool
	pace                           *string
}

func sweepCommand(ctx context.Context, e env, args []string) int {
	var o sweepFlags
	f := flags("sweep")
	f.StringVar(&o.strategy, "strategy", scenario.Portfolio, "how a seed decides a run, see above")
	f.Uint64Var(&o.seeds, "seeds", 0, "stop after `N` seeds for each world")
	f.DurationVar(&o.time, "time", 0, "stop after so long")
	f.Uint64Var(&o.plateau, "plateau", 0, "stop after `N` runs without anything new")
	f.Uint64Var(&o.from, "from", 0, "the first `SEED`")
	f.IntVar(&o.depth, "depth", 0, "of pct; 0: 1 to 3, by the seed")
	f.IntVar(&o.bound, "deviations", 2, "of enumerate; negative: no bound")
	f.IntVar(&o.workers, "workers", runtime.GOMAXPROCS(0), "how many runs at a time")
	f.IntVar(&o.recheck, "recheck", 5, "how many `PERCENT` of the runs are made twice")
	f.DurationVar(&o.hang, "hang", hangFlag, "a run in which nothing happens for so long is a failure")
	f.BoolVar(&o.keepGoing, "keep-going", false, "collect failures by invariant instead of stopping at the first")
	f.StringVar(&o.dir, "artefacts", ".", "the `DIRECTORY` for the files of failures")
	f.BoolVar(&o.shrink, "shrink", false, "shrink the first failure at once, as peerloom shrink does")
	f.BoolVar(&o.report, "report", false, "list the rare situations that were reached, and those that were not")
	f.StringVar(&o.points, "points", "", "`FILE` of points that must be reached; written if it is not there")
	f.StringVar(&o.json, "json", "", "write the summary to `FILE`; - is the standard output")
	f.StringVar(&o.timing, "timing", "", "write how fast it was to `FILE`, as JSON")
	f.StringVar(&o.resume, "resume", "", "keep the state in `FILE`, and go on from it")
	f.StringVar(&o.shard, "shard", "", "make only part `I/N` of the runs, counted from 1")
	o.pace = paceFlag(f)
	if status, stop := e.parse(f, sweepHelp, args); stop {
		return status
	}
	s, err := newSweep(&o, f.Args(), os.Getenv)
	if err != nil {
		return e.wrong(f, err)
	}
	// A run keeps little and throws away much: collect less often.
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	if o.strategy == enumerate {
		return e.enumerate(ctx, &s.plan.entries[0], o.bound, o.dir)
	}
	if s.limitTime > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, s.limitTime)
		defer cancel()
	}
	s.run(ctx, e)
	return s.finish(ctx, e)
}

// newSweep checks the arguments and prepares the sweep.
func newSweep(o *sweepFlags, args []string, getenv func(string) string) (*sweep, error) {
	switch {
	case o.strategy != enumerate && !scenario.IsStrategy(o.strategy):
		return nil, fmt.Errorf("%w: --strategy %s: write %s or %s", errUsage, o.strategy, strings.Join(scenario.Strategies(), ", "), enumerate)
	case o.strategy == enumerate && len(args) != 1:
		return nil, fmt.Errorf("%w: --strategy enumerate: write the name of one scenario file", errUsage)
	case o.workers < 1 || o.workers > 1024:
		return nil, fmt.Errorf("%w: --workers: write 1 to 1024", errUsage)
	case o.recheck < 0 || o.recheck > 100:
		return nil, fmt.Errorf("%w: --recheck: write 0 to 100", errUsage)
	case o.depth < 0 || o.depth > 16:
		return nil, fmt.Errorf("%w: --depth: write 1 to 16, or 0", errUsage)
	}
	index, count, err := parseShard(o.shard, getenv)
	if err != nil {
		return nil, err
	}
	all, err := entries(args, *o.pace)
	if err != nil {
		return nil, err
	}
	if o.strategy != enumerate {
		measure(all, o.hang)
	}
	p := &plan{entries: all, strategy: o.strategy, depth: o.depth, from: o.from, pace: *o.pace}
	s := &sweep{flags: o, plan: p, at: p.at, shard: index, shards: count, limitTime: o.time, sum: newSummary(p, o.recheck, index, count),
		points: map[check.Point]uint64{}, shapes: map[uint64]bool{}, pending: map[uint64]*outcome{}}
	if o.seeds == 0 && o.time == 0 && o.plateau == 0 {
		if len(args) == 0 {
			s.limitTime = time.Minute
		} else {
			o.seeds = 10000
		}
	}
	if o.seeds > 0 {
		total := o.seeds * uint64(len(all))
		s.limit = total/count + uint64(b2i(index < total%count))
	}
	s.wake.L = &s.mu
	return s, s.load()
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// load goes on from the state file, if there is one.
func (s *sweep) load() error {
	name := s.flags.resume
	if name == "" {
		return nil
	}
	text, err := os.ReadFile(name)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return err
	}
	old, err := parseSummary(name, text)
	if err != nil {
		return err
	}
	if !old.same(s.sum) || old.Shard != s.sum.Shard {
		return fmt.Errorf("%w: --resume %s: it is of another sweep: remove it, or give the same files and flags", errUsage, name)
	}
	s.sum, s.next, s.resumed, s.events0, s.virtual0 = old, old.Runs, old.Runs, old.Events, old.Virtual
	for _, d := range check.Points() {
		if n := old.Points[d.Point.String()]; n > 0 {
			s.points[d.Point] = n
		}
	}
	for _, h := range old.Shapes {
		var x uint64
		if _, err := fmt.Sscanf(h, "%x", &x); err != nil {
			return fmt.Errorf("%s: shape %q: %w", name, h, err)
		}
		s.shapes[x] = true
	}
	return nil
}

// snapshot is the summary as it is now.
func (s *sweep) snapshot() *summary {
	for p, n := range s.points { //order: a map is filled
		s.sum.Points[p.String()] = n
	}
	s.sum.Shapes = s.sum.Shapes[:0]
	for h := range s.shapes { //order: sorted below
		s.sum.Shapes = append(s.sum.Shapes, fmt.Sprintf("%016x", h))
	}
	slices.Sort(s.sum.Shapes)
	return s.sum
}
