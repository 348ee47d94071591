package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/peerloom/peerloom/sim/check"
)

// summary is what a sweep found: a function of its plan and of how many runs
// were made, not of the machine or the time. It is also the state from which an
// interrupted sweep goes on. Times are kept apart, in timing.
type summary struct {
	Worlds   []string            `json:"worlds"`
	Strategy string              `json:"strategy"`
	Depth    int                 `json:"depth"`
	From     uint64              `json:"from"`
	Recheck  int                 `json:"recheck"`
	Shard    uint64              `json:"shard,omitempty"`  // counted from 1; 0: the whole
	Shards   uint64              `json:"shards,omitempty"` // with Shard
	Runs     uint64              `json:"runs"`
	Events   uint64              `json:"events"`
	Virtual  int64               `json:"virtual_ns"`
	Again    uint64              `json:"rechecked"`
	Plans    map[string]uint64   `json:"strategies"` // runs by strategy
	Failures map[string]*failure `json:"failures"`   // by invariant
	Points   map[string]uint64   `json:"points"`     // runs that reached each
	Shapes   []string            `json:"shapes"`     // hashes, sorted
}

// failure is what is kept of the runs that broke one invariant.
type failure struct {
	Count    uint64 `json:"count"`
	Run      uint64 `json:"run"` // number of the first
	World    string `json:"world"`
	Seed     uint64 `json:"seed"`
	Strategy string `json:"strategy"`
}

// timing is what depends on the machine.
type timing struct {
	Seconds        int64  `json:"seconds"`
	RunsPerSecond  uint64 `json:"runs_per_second"`
	EventsPerSec   uint64 `json:"events_per_second"`
	VirtualPerWall uint64 `json:"virtual_per_wall"`
}

func newSummary(p *plan, recheck int, shard, shards uint64) *summary {
	s := &summary{Strategy: p.strategy, Depth: p.depth, From: p.from, Recheck: recheck,
		Plans: map[string]uint64{}, Failures: map[string]*failure{}, Points: map[string]uint64{}, Shapes: []string{}}
	for _, e := range p.entries {
		s.Worlds = append(s.Worlds, e.name)
	}
	if shards > 1 {
		s.Shard, s.Shards = shard+1, shards
	}
	return s
}

// same reports whether o is of the same plan, and for one shard of it the same.
func (s *summary) same(o *summary) bool {
	return slices.Equal(s.Worlds, o.Worlds) && s.Strategy == o.Strategy && s.Depth == o.Depth &&
		s.From == o.From && s.Recheck == o.Recheck && s.Shards == o.Shards
}

func (s *summary) failed(id string, run uint64, j *job) {
	s.fold(id, &failure{Count: 1, Run: run, World: j.world, Seed: j.seed, Strategy: j.run.Strategy})
}

func (s *summary) fold(id string, f *failure) {
	have := s.Failures[id]
	if have == nil {
		kept := *f
		s.Failures[id] = &kept
		return
	}
	count := have.Count + f.Count
	if f.Run < have.Run {
		*have = *f
	}
	have.Count = count
}

// byInvariant lists the failures as "OUT-03 2, OUT-09 1"; "none".
func (s *summary) byInvariant() string {
	if len(s.Failures) == 0 {
		return "none"
	}
	var l []string
	for _, id := range slices.Sorted(maps.Keys(s.Failures)) {
		l = append(l, fmt.Sprintf("%s %d", id, s.Failures[id].Count))
	}
	return strings.Join(l, ", ")
}

// text is the summary as it is written: the same for the same contents.
func (s *summary) text() []byte {
	b, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		panic("peerloom: summary: " + err.Error())
	}
	return append(b, '\n')
}

func parseSummary(name string, b []byte) (*summary, error) {
	s := &summary{}
	if err := json.Unmarshal(b, s); err != nil {
		return nil, fmt.Errorf("%s: this is no summary of a sweep: %w", name, err)
	}
	if len(s.Worlds) == 0 || s.Points == nil || s.Failures == nil || s.Plans == nil {
		return nil, fmt.Errorf("%s: this is no summary of a sweep", name)
	}
	return s, nil
}

// merge joins the summaries of all shards of one sweep.
func merge(parts []*summary) (*summary, error) {
	first := parts[0]
	whole := *first
	whole.Shard, whole.Shards, whole.Runs, whole.Events, whole.Virtual, whole.Again = 0, 0, 0, 0, 0, 0
	whole.Plans, whole.Failures, whole.Points = map[string]uint64{}, map[string]*failure{}, map[string]uint64{}
	whole.Shapes = []string{}
	var had []uint64
	for _, p := range parts {
		if !p.same(first) {
			return nil, errors.New("they are of different sweeps")
		}
		had = append(had, p.Shard)
		whole.Runs, whole.Events, whole.Virtual, whole.Again = whole.Runs+p.Runs, whole.Events+p.Events, whole.Virtual+p.Virtual, whole.Again+p.Again
		for k, n := range p.Plans { //order: sums
			whole.Plans[k] += n
		}
		for k, n := range p.Points { //order: sums
			whole.Points[k] += n
		}
		for id, f := range p.Failures { //order: one of each invariant
			whole.fold(id, f)
		}
		whole.Shapes = append(whole.Shapes, p.Shapes...)
	}
	slices.Sort(had)
	if uint64(len(had)) != max(first.Shards, 1) || len(slices.Compact(had)) != len(parts) {
		return nil, fmt.Errorf("a sweep in %d shards has %d summaries, one of each: these are of the shards %v", max(first.Shards, 1), max(first.Shards, 1), had)
	}
	slices.Sort(whole.Shapes)
	whole.Shapes = slices.Compact(whole.Shapes)
	return &whole, nil
}

// report lists what was reached, with counts, and what was not.
func (s *summary) report() string {
	var b strings.Builder
	missed := 0
	for _, d := range check.Points() {
		if n := s.Points[d.Point.String()]; n > 0 {
			fmt.Fprintf(&b, "%10d  %s\n", n, d.Point)
		} else if d.Unreachable == "" {
			missed++
		}
	}
	fmt.Fprintf(&b, "not reached: %d\n", missed)
	for _, d := range check.Points() {
		if s.Points[d.Point.String()] == 0 && d.Unreachable == "" {
			fmt.Fprintf(&b, "         -  %s: %s\n", d.Point, d.Doc)
		}
	}
	return b.String()
}
