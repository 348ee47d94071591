package main

import (
	"context"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/peerloom/peerloom/sim"
	"github.com/peerloom/peerloom/sim/check"
	"github.com/peerloom/peerloom/sim/scenario"
	"github.com/peerloom/peerloom/sim/world"
)

// Names of failures that no invariant of a run covers.
const (
	failInvalid = "INVALID" // the parts of a world do not fit together
	failDiffers = "DIFFERS" // the same run gave another hash
	failHangs   = "HANGS"   // a run does not come to an end
)

// Bounds of a sweep's memory: runs ahead of the first that is not finished, for
// each worker, and shapes that are told apart.
const (
	ahead     = 64
	maxShapes = 1 << 20
)

// sweep hands out runs to workers and takes what they gave in the order of the
// runs, so that what it finds does not depend on who was faster.
type sweep struct {
	flags         *sweepFlags
	plan          *plan
	at            func(run uint64) job // of plan
	shard, shards uint64
	limit         uint64 // runs of this shard; 0: no bound
	limitTime     time.Duration
	resumed       uint64 // runs that were made before, their events and virtual time
	events0       uint64
	virtual0      int64
	start         time.Time

	mu      sync.Mutex
	wake    sync.Cond
	next    uint64 // the run to be handed out, in this shard's numbering
	pending map[uint64]*outcome
	sum     *summary // of the runs before sum.Runs
	points  map[check.Point]uint64
	shapes  map[uint64]bool
	since   uint64 // runs since anything new was reached
	stopped string // why no more runs are made
	running []running
	said    []string           // lines about failures
	kept    *scenario.Artefact // of the first failure
	keptIn  string             // its file
}

// running is what a worker is at.
type running struct {
	busy  bool
	run   uint64
	made  atomic.Uint64 // events, of all its runs
	seen  uint64        // of these, at the last look
	still time.Duration // how long there have been no more, by looks
}

// look is how often it is looked at what the workers do.
const look = time.Second

// goesOn counts the events of a run.
func (r *running) goesOn(*world.World) bool {
	r.made.Add(1)
	return true
}

// outcome is what is kept of a run.
type outcome struct {
	run    uint64 // of the whole sweep
	job    job
	id     string // of the failure; empty: none
	result scenario.Result
	twice  bool
}

func (s *sweep) run(ctx context.Context, e env) {
	s.start = time.Now()
	s.running = make([]running, s.flags.workers)
	var wg sync.WaitGroup
	for w := range s.flags.workers {
		wg.Go(func() { s.work(ctx, w) })
	}
	finished := make(chan struct{})
	go func() { wg.Wait(); close(finished) }()
	stop := context.AfterFunc(ctx, s.wake.Broadcast)
	defer stop()
	tick := time.NewTicker(look)
	defer tick.Stop()
	for n := 0; ; n++ {
		select {
		case <-finished:
			return
		case <-tick.C:
			fmt.Fprintln(e.stderr, s.progress())
			if s.hangs() {
				return
			}
			if n%10 == 9 {
				s.save(e)
			}
		}
	}
}

func (s *sweep) work(ctx context.Context, w int) {
	for {
		n, ok := s.take(ctx, w)
		if !ok {
			return
		}
		s.done(n, s.make(n*s.shards+s.shard, &s.running[w]))
	}
}

// take hands out the next run.
func (s *sweep) take(ctx context.Context, w int) (uint64, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := &s.running[w]
	r.busy = false
	for {
		switch {
		case ctx.Err() != nil || s.stopped != "" || s.limit > 0 && s.next >= s.limit:
			return 0, false
		case s.next-s.sum.Runs < uint64(ahead*s.flags.workers):
			n := s.next
			s.next++
			r.busy, r.run, r.still = true, n*s.shards+s.shard, 0
			return n, true
		}
		s.wake.Wait()
	}
}

// make makes a run, and where it is its turn makes it again. A panic is a
// failure too.
func (s *sweep) make(run uint64, r *running) (o *outcome) {
	o = &outcome{run: run}
	defer func() {
		if v := recover(); v != nil {
			o.id = string(check.RunPanic)
			o.result.Violation = check.NewViolation(check.RunPanic, "no panic", stack(v))
		}
	}()
	o.job = s.at(run)
	o.result = scenario.Run(o.job.run.File, scenario.Options{Source: o.job.run.Source, Watch: r.goesOn, Panicked: stack})
	switch o.result.Verdict {
	case scenario.Failed:
		o.id = o.result.ID()
	case scenario.Invalid:
		o.id = failInvalid
	case scenario.OK:
		o.result.Messages = nil
		if again(run, s.flags.recheck) {
			o.twice = true
			if d, differ := s.compare(run, o.result.Hash, r); differ {
				o.id = failDiffers
				o.result.Violation = check.NewViolation(failDiffers, "the same run again", d)
			}
		}
	}
	return o
}

// compare makes a run again, and, if its hash is another one, twice more to say
// where they part.
func (s *sweep) compare(run uint64, hash uint32, r *running) (string, bool) {
	p := s.at(run).run
	now := scenario.Run(p.File, scenario.Options{Source: p.Source, Watch: r.goesOn}).Hash
	if now == hash {
		return "", false
	}
	var traces [2]*sim.Trace
	for i := range traces {
		p := s.at(run).run
		traces[i] = sim.NewTrace(sim.Text)
		scenario.Run(p.File, scenario.Options{Source: p.Source, Trace: traces[i], Watch: r.goesOn})
	}
	d, differ := sim.FirstDifference(traces[0], traces[1])
	if !differ {
		return fmt.Sprintf("hash %08x, then %08x; two more runs were the same", hash, now), true
	}
	return fmt.Sprintf("hash %08x, then %08x: %v", hash, now, d), true
}

// done takes what a run gave, and all that waited for it.
func (s *sweep) done(n uint64, o *outcome) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pending[n] = o
	for s.stopped == "" {
		o, ok := s.pending[s.sum.Runs]
		if !ok {
			break
		}
		delete(s.pending, s.sum.Runs)
		s.apply(o)
	}
	s.wake.Broadcast()
}

func (s *sweep) apply(o *outcome) {
	s.sum.Runs++
	s.sum.Events += o.result.Events
	s.sum.Virtual += int64(o.result.Virtual)
	s.sum.Again += uint64(b2i(o.twice))
	s.sum.Plans[o.job.run.Strategy]++
	s.since++
	if r := o.result.Reached; r != nil {
		s.reached(r)
	}
	if o.id != "" {
		known := s.sum.Failures[o.id] != nil
		s.sum.failed(o.id, o.run, &o.job)
		if !known {
			s.said = append(s.said, s.keep(o)...)
		}
		if !s.flags.keepGoing {
			s.stopped = "failure"
		}
	}
	if s.flags.plateau > 0 && s.since >= s.flags.plateau {
		s.stopped = "plateau"
	}
}

func (s *sweep) reached(r *check.Reached) {
	for _, p := range r.Points() {
		if s.points[p] == 0 {
			s.since = 0
		}
		s.points[p]++
	}
	for _, h := range r.ShapeHashes() {
		if !s.shapes[h] && len(s.shapes) < maxShapes {
			s.shapes[h] = true
			s.since = 0
		}
	}
}

// keep writes the artefact of a failure and answers the lines that tell of it.
func (s *sweep) keep(o *outcome) (lines []string) {
	defer func() {
		if v := recover(); v != nil {
			lines = append(lines, fmt.Sprintf("peerloom sweep: no artefact, as recording it panicked: %v", v))
		}
	}()
	name := fmt.Sprintf("%s, seed %d", o.job.world, o.job.seed)
	if f := o.job.run.File; f != nil {
		name = fmt.Sprintf("%s, seed %d", f.Name, o.job.seed)
	}
	lines = append(lines, fmt.Sprintf("%s: FAILED, strategy %s, %d events, hash %08x", name, o.job.run.Strategy, o.result.Events, o.result.Hash))
	if o.result.Violation != nil {
		lines = append(lines, o.result.Violation.Error())
	}
	if o.result.Err != nil {
		lines = append(lines, o.result.Err.Error())
	}
	if o.job.run.File == nil {
		return lines
	}
	j := s.at(o.run)
	a, _ := scenario.Record(j.run.File, scenario.Options{Seed: j.seed, Source: j.run.Source})
	a.Strategy, a.Version = j.run.Strategy, version()
	file, err := writeNew(fmt.Sprintf("%s/%s-%d", s.flags.dir, a.File.Name, a.Seed), ".repro", scenario.PrintArtefact(a))
	if err != nil {
		return append(lines, "peerloom sweep: "+err.Error())
	}
	if s.kept == nil {
		s.kept, s.keptIn = a, file
	}
	return append(lines, "peerloom replay "+file, "peerloom shrink "+file)
}

// save writes the state, for --resume.
func (s *sweep) save(e env) {
	if s.flags.resume == "" {
		return
	}
	s.mu.Lock()
	text := s.snapshot().text()
	s.mu.Unlock()
	if err := writeWhole(s.flags.resume, text); err != nil {
		fmt.Fprintf(e.stderr, "peerloom sweep: %v\n", err)
	}
}

// exists reports whether a file is there.
func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}
