package main

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/peerloom/peerloom/sim/scenario"
)

const sweepHelp = `Usage: peerloom sweep [flags] FILE

Runs a scenario under many seeds, on all processors, until one fails. The first
failure (that of the least seed) is written to a file that holds all that is
needed to run it again, and the line that does so is printed.

    peerloom sweep examples/three-peers.scenario --seeds 100000
    peerloom sweep examples/api-rib.scenario --pace none --from 5000

Exit status: 0 no run failed, 1 one did, 2 wrong usage or a wrong file.
`

func sweepCommand(ctx context.Context, e env, args []string) int {
	f := flags("sweep")
	seeds := f.Uint64("seeds", 10000, "how many `N`")
	from := f.Uint64("from", 1, "the first `SEED`")
	workers := f.Int("workers", runtime.GOMAXPROCS(0), "how many runs at a time")
	dir := f.String("artefacts", ".", "the `DIRECTORY` for the file of a failure")
	pace := paceFlag(f)
	if status, stop := e.parse(f, sweepHelp, args); stop {
		return status
	}
	file, err := load(f.Args(), *pace)
	if err == nil && (*workers < 1 || *workers > 1024) {
		err = fmt.Errorf("%w: --workers: write 1 to 1024", errUsage)
	}
	if err != nil {
		return e.wrong(f, err)
	}
	s := &sweep{file: file, from: *from, seeds: *seeds}
	s.run(ctx, e, *workers)
	return s.report(e, *dir)
}

// sweep hands out seeds to workers. Every run is independent of the others, so
// that its result does not depend on who ran it.
type sweep struct {
	file        *scenario.File
	from, seeds uint64
	next, done  atomic.Uint64
	events      atomic.Uint64
	start       time.Time

	mu     sync.Mutex
	failed bool
	seed   uint64 // the least that failed
	result scenario.Result
}

func (s *sweep) run(ctx context.Context, e env, workers int) {
	s.start = time.Now()
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() { s.work(ctx) })
	}
	finished := make(chan struct{})
	go func() { wg.Wait(); close(finished) }()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-finished:
			return
		case <-tick.C:
			fmt.Fprintln(e.stderr, s.progress())
		}
	}
}

func (s *sweep) work(ctx context.Context) {
	for ctx.Err() == nil {
		i := s.next.Add(1) - 1
		s.mu.Lock()
		stop := s.failed
		s.mu.Unlock()
		if i >= s.seeds || stop {
			return
		}
		seed := s.from + i
		r := scenario.Run(s.file, scenario.Options{Seed: seed})
		s.done.Add(1)
		s.events.Add(r.Events)
		if r.Verdict == scenario.OK {
			continue
		}
		s.mu.Lock()
		if !s.failed || seed < s.seed {
			s.failed, s.seed, s.result = true, seed, r
		}
		s.mu.Unlock()
	}
}

func (s *sweep) progress() string {
	spent := max(time.Since(s.start), time.Millisecond)
	perSecond := func(n uint64) uint64 { return n * 1000 / uint64(spent.Milliseconds()) }
	done, events := s.done.Load(), s.events.Load()
	return fmt.Sprintf("%v: %d of %d runs, %d runs/s, %d events/s", spent.Round(time.Millisecond), done, s.seeds, perSecond(done), perSecond(events))
}

// report prints the verdict and writes the artefact of a failure.
func (s *sweep) report(e env, dir string) int {
	fmt.Fprintln(e.stderr, s.progress())
	switch {
	case !s.failed && s.done.Load() < s.seeds:
		fmt.Fprintf(e.stdout, "%s: interrupted after %d of %d runs, none failed\n", s.file.Name, s.done.Load(), s.seeds)
		return exitFailed
	case !s.failed:
		fmt.Fprintf(e.stdout, "%s: ok, %d runs from seed %d\n", s.file.Name, s.seeds, s.from)
		return exitOK
	case s.result.Verdict == scenario.Invalid:
		return e.printResult(s.file.Name, s.result)
	}
	a, _ := scenario.Record(s.file, scenario.Options{Seed: s.seed})
	a.Version = version()
	name, err := writeArtefact(dir, a)
	if err != nil {
		fmt.Fprintf(e.stderr, "peerloom sweep: %v\n", err)
	}
	e.printResult(fmt.Sprintf("%s, seed %d", s.file.Name, s.seed), s.result)
	fmt.Fprintf(e.stdout, "peerloom replay %s\npeerloom shrink %s\n", name, name)
	return exitFailed
}

// writeArtefact writes to a new file: one that is there is never overwritten.
func writeArtefact(dir string, a *scenario.Artefact) (string, error) {
	for i := 0; ; i++ {
		name := fmt.Sprintf("%s/%s-%d.repro", dir, a.File.Name, a.Seed)
		if i > 0 {
			name = fmt.Sprintf("%s/%s-%d-%d.repro", dir, a.File.Name, a.Seed, i)
		}
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if os.IsExist(err) && i < 1000 {
			continue
		}
		if err != nil {
			return name, err
		}
		_, err = f.Write(scenario.PrintArtefact(a))
		if cerr := f.Close(); err == nil {
			err = cerr
		}
		return name, err
	}
}
