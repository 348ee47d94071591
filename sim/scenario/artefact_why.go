package scenario

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/peerloom/peerloom/sim"
)

// tails is how many random continuations of a prefix are run.
const tails = 64

// reach is how far apart two events may stand for their order to be tried: what
// happens between them may have nothing to do with either.
const reach = 8

// Reason is what made a run fail.
type Reason struct {
	Artefact *Artefact
	Events   int    // of the run, up to the failure
	Swaps    int    // near pairs that could happen in the other order
	Pairs    []Pair // those of them whose order decides
	// Inevitable is after how many events every random continuation failed; 0:
	// from the start.
	Inevitable int
	Moment     sim.Moment // the last of them
	Prefixes   []Prefix   // what was tried, shortest first
	Stopped    bool       // not all was tried
}

// Pair is two events, at most eight lines apart; the other way round the run ends
// with Verdict.
type Pair struct {
	First, Second sim.Moment
	Verdict       string
}

// Prefix is how many of 64 random continuations of the first Events fail.
type Prefix struct{ Events, Fails int }

// Why looks for the near pairs of events whose order decides the verdict,
// and for the event from which the failure was inevitable. stop is asked before
// each run; nil: never.
func Why(a *Artefact, o ShrinkOptions) (*Reason, error) {
	s := &shrinker{o: o, goal: a, exec: Run}
	return s.why()
}

func (s *shrinker) why() (*Reason, error) {
	a := s.goal
	s.limit = math.MaxUint64
	whole, _ := Record(a.File, s.options(sim.NewRetold(a.Story)))
	r := s.run(a.File, whole.Story)
	if !a.Fails(&r) {
		return nil, fmt.Errorf("it does not fail as it says: recorded %s at %q, now %s at %q", a.Invariant, a.Node, r.ID(), r.Node())
	}
	s.limit = 4*r.Events + 5000
	y := &Reason{Artefact: a, Events: len(whole.Story) - 1}
	for i := 1; i < len(whole.Story); i++ {
		for j := i + 1; j <= min(i+reach, len(whole.Story)-1) && !s.stopped(); j++ {
			y.swap(s, whole, i, j)
		}
	}
	y.bisect(s, whole)
	y.Stopped = s.stopped()
	return y, nil
}

// swap runs with events i and j, of which i comes first, in the other order,
// where that can be.
func (y *Reason) swap(s *shrinker, whole *Artefact, i, j int) {
	first, second := whole.Story[i], whole.Story[j]
	story := slices.Clone(whole.Story)
	story[i].After = append(slices.Clone(first.After), second.Name)
	story[j].After = slices.DeleteFunc(slices.Clone(second.After), func(name string) bool { return name == first.Name })
	r := s.run(whole.File, story)
	if r.Hash == whole.Hash {
		return // the second follows from the first
	}
	y.Swaps++
	if !s.goal.Fails(&r) && r.Verdict != Stopped {
		verdict := "the run is " + r.Verdict.String()
		if r.Violation != nil {
			verdict = "the run breaks " + r.ID() + " instead"
		}
		y.Pairs = append(y.Pairs, Pair{first, second, verdict})
	}
}

// bisect looks for the least number of events behind which nothing that is
// chosen avoids the failure.
func (y *Reason) bisect(s *shrinker, whole *Artefact) {
	low, high := -1, y.Events // the least is in (low, high]
	for try := 0; low < high-1 && !s.stopped(); try = low + (high-low)/2 {
		p := Prefix{Events: try}
		for seed := range uint64(tails) {
			r := s.exec(whole.File, s.options(sim.NewTail(whole.Story, try, sim.NewSeed(seed))))
			if s.goal.Fails(&r) {
				p.Fails++
			}
		}
		y.Prefixes = append(y.Prefixes, p)
		if p.Fails == tails {
			high = try
		} else {
			low = try
		}
	}
	slices.SortFunc(y.Prefixes, func(a, b Prefix) int { return a.Events - b.Events })
	y.Inevitable, y.Moment = high, whole.Story[high]
}

// String is the report for a person.
func (y *Reason) String() string {
	var b strings.Builder
	a := y.Artefact
	at := ""
	if a.Node != "" {
		at = " at " + a.Node
	}
	fmt.Fprintf(&b, "%s breaks%s after %d events.\n\n", a.Invariant, at, y.Events)
	fmt.Fprintf(&b, "Order: %d near pairs can happen the other way round; the order of %d decides.\n", y.Swaps, len(y.Pairs))
	for i := range y.Pairs {
		p := &y.Pairs[i]
		fmt.Fprintf(&b, "%3d. first   %s\n     second  %s\n     swapped: %s\n", i+1, p.First.String(), p.Second.String(), p.Verdict)
	}
	b.WriteString("\n")
	if y.Inevitable == 0 {
		b.WriteString("Inevitable from the start: whatever is chosen, this scenario fails.\n")
	} else {
		fmt.Fprintf(&b, "Inevitable from event %d of %d on:\n     %s\n", y.Inevitable, y.Events, y.Moment.String())
	}
	for _, p := range y.Prefixes {
		fmt.Fprintf(&b, "     behind the first %d events, %d of %d random continuations fail\n", p.Events, p.Fails, tails)
	}
	if y.Stopped {
		b.WriteString("\nStopped by the time: not all was tried.\n")
	}
	return b.String()
}
