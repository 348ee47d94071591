package main

import (
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"github.com/peerloom/peerloom/examples"
	"github.com/peerloom/peerloom/sim"
	"github.com/peerloom/peerloom/sim/generate"
	"github.com/peerloom/peerloom/sim/scenario"
	"github.com/peerloom/peerloom/sim/world"
)

// generated names the worlds that are drawn, one a seed.
const generated = "generated"

// entry is one of the worlds of a sweep.
type entry struct {
	name   string
	file   *scenario.File // nil: drawn from the seed
	length int            // scenario.Length of file
}

// catalogued names the worlds in which a peer sends the table of malformations, a
// part of it a seed.
const catalogued = "catalogued"

// builtin is the worlds of a sweep without a file: those drawn from the seed, as
// often as there are examples, the examples, and a part of the table of
// malformations.
func builtin() ([]entry, error) {
	names, err := fs.Glob(examples.FS(), "*.scenario")
	if err != nil {
		return nil, err
	}
	var all []entry
	for _, name := range names {
		text, err := fs.ReadFile(examples.FS(), name)
		if err != nil {
			return nil, err
		}
		f, err := scenario.Parse("examples/"+name, text)
		if err != nil {
			return nil, err
		}
		all = append(all, entry{name: f.Name, file: f}, entry{name: generated})
	}
	return append(all, entry{name: catalogued}), nil
}

// entries are the worlds that the arguments name, or the built-in ones.
func entries(args []string, pace string) ([]entry, error) {
	var all []entry
	var err error
	if len(args) == 0 {
		all, err = builtin()
	}
	for _, a := range args {
		f, lerr := load([]string{a}, pace)
		if lerr != nil {
			return nil, lerr
		}
		all = append(all, entry{name: f.Name, file: f})
	}
	if err == nil && pace != "" {
		if _, ok := world.ParsePace(pace); !ok {
			err = fmt.Errorf("%w: --pace %s: write quiet, replies, none or script", errUsage, pace)
		}
	}
	return all, err
}

// plan is what is fixed of a sweep: run i is a function of it and of i.
type plan struct {
	entries  []entry
	strategy string
	depth    int
	from     uint64
	pace     string // in place of that of the drawn worlds
}

// job is one run of the plan.
type job struct {
	world string
	seed  uint64
	run   scenario.Plan
}

// saltWorld and saltCheck keep the worlds and the second runs apart from the runs.
const (
	saltWorld = 0x776f726c
	saltCheck = 0x63686563
)

// at is run i: the worlds take turns, and every turn has its seed.
func (p *plan) at(i uint64) job {
	slot := i % uint64(len(p.entries))
	e := &p.entries[slot]
	j := job{world: e.name, seed: p.from + i/uint64(len(p.entries))}
	file := e.file
	switch {
	case file == nil && e.name == catalogued:
		file = generate.Catalogue(j.seed)
	case file == nil:
		file = generate.File(sim.Mix(sim.Mix(j.seed, slot), saltWorld))
		if w, ok := world.ParsePace(p.pace); ok && p.pace != "" {
			file.Knobs.Pace = w
		}
	}
	j.run = scenario.NewPlan(file, scenario.Options{Seed: j.seed, Strategy: p.strategy, Depth: p.depth, Length: e.length})
	return j
}

// again reports whether run i is one of the percent of runs that are made twice.
func again(i uint64, percent int) bool { return sim.Mix(i, saltCheck)%100 < uint64(percent) }

// parseShard reads "2/8", counted from 1; or the environment of a job array.
func parseShard(s string, getenv func(string) string) (index, count uint64, err error) {
	if s != "" {
		a, b, ok := strings.Cut(s, "/")
		index, err1 := strconv.ParseUint(a, 10, 32)
		count, err2 := strconv.ParseUint(b, 10, 32)
		if !ok || err1 != nil || err2 != nil || index < 1 || index > count {
			return 0, 0, fmt.Errorf("%w: --shard %s: write INDEX/COUNT such as 2/8, counted from 1", errUsage, s)
		}
		return index - 1, count, nil
	}
	for _, v := range [...]struct{ index, count, first string }{
		{"JOB_COMPLETION_INDEX", "JOB_COMPLETIONS", ""}, {"SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_COUNT", "SLURM_ARRAY_TASK_MIN"},
	} {
		if getenv(v.index) == "" || getenv(v.count) == "" {
			continue
		}
		index, err1 := strconv.ParseUint(getenv(v.index), 10, 32)
		count, err2 := strconv.ParseUint(getenv(v.count), 10, 32)
		first, _ := strconv.ParseUint(getenv(v.first), 10, 32) // absent: 0
		if err1 != nil || err2 != nil || index < first || index-first >= count {
			return 0, 0, fmt.Errorf("%w: %s=%s and %s=%s name no shard: write --shard INDEX/COUNT", errUsage,
				v.index, getenv(v.index), v.count, getenv(v.count))
		}
		return index - first, count, nil
	}
	return 0, 1, nil
}

// writeNew writes to a new file: one that is there is never overwritten. The
// name is stem.ext, or stem-N.ext.
func writeNew(stem, ext string, data []byte) (string, error) {
	for i := 0; ; i++ {
		name := stem + ext
		if i > 0 {
			name = fmt.Sprintf("%s-%d%s", stem, i, ext)
		}
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if os.IsExist(err) && i < 1000 {
			continue
		}
		if err != nil {
			return name, err
		}
		_, err = f.Write(data)
		if cerr := f.Close(); err == nil {
			err = cerr
		}
		return name, err
	}
}

// writeWhole replaces a file by one with other contents, at once.
func writeWhole(name string, data []byte) error {
	tmp := name + ".tmp"
	if err := os.WriteFile(tmp, data, 0o644); err != nil {
		return err
	}
	return os.Rename(tmp, name)
}
