package scenario

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/peerloom/peerloom/sim"
	"github.com/peerloom/peerloom/sim/check"
	"github.com/peerloom/peerloom/sim/world"
)

// Size is how much there is to read in an artefact.
type Size struct {
	Steps     int // of scripts; each command counts
	Moments   int // events in which anything but the dullest was decided
	Decisions int // in those
	Knobs     int // that are not zero
	Nodes     int // speakers, their neighbors, peers and clients
	Routes    int // configured
}

// Events is what a person has to follow: steps, and events that deviate.
func (s Size) Events() int { return s.Steps + s.Moments }

// String is the size in one line.
func (s Size) String() string {
	return fmt.Sprintf("%d events (%d steps, %d moments with %d decisions), %d knobs, %d nodes, %d configured routes",
		s.Events(), s.Steps, s.Moments, s.Decisions, s.Knobs, s.Nodes, s.Routes)
}

// Size measures the artefact.
func (a *Artefact) Size() Size {
	var s Size
	s.Moments, s.Decisions = a.Story.Deviations()
	s.Steps = len(steps(a.File))
	for _, k := range knobs() {
		if zero := a.File.Knobs; k.print(&zero) != "" {
			k.zero(&zero)
			if k.print(&zero) != k.print(&a.File.Knobs) {
				s.Knobs++
			}
		}
	}
	s.Nodes = len(a.File.Speakers) + len(a.File.Peers) + len(a.File.Clients)
	for _, x := range a.File.Speakers {
		s.Nodes += len(x.config.Neighbors)
		for i := range x.config.Neighbors {
			s.Routes += len(x.config.Neighbors[i].Routes)
		}
	}
	return s
}

// ShrinkOptions says how long to shrink, and who is told.
type ShrinkOptions struct {
	Stop     func() bool                   // asked before each run; nil: never
	Progress func(stage string, size Size) // after each stage; nil: nobody
	Panicked func(value any) string        // as in Options
}

// shrinker holds the smallest failing run so far.
type shrinker struct {
	o     ShrinkOptions
	goal  *Artefact
	file  *File
	story sim.Story
	limit uint64 // events of a run: one that takes longer does not count
	runs  int
	exec  func(f *File, o Options) Result
}

// Shrink makes an artefact smaller while the same invariant breaks at the same
// node: events, then fields, then faults by class, then nodes and prefixes, and
// all that again until nothing changes or it is told to stop. It answers the
// smaller artefact and how many runs it took; the error says that the artefact
// does not fail as it says.
func Shrink(a *Artefact, o ShrinkOptions) (*Artefact, int, error) {
	s := &shrinker{o: o, goal: a, exec: Run}
	return s.shrink()
}

func (s *shrinker) shrink() (*Artefact, int, error) {
	a := s.goal
	s.file, s.story, s.limit = a.File, a.Story.Vital(), math.MaxUint64
	r := s.run(a.File, a.Story)
	if !a.Fails(&r) {
		return nil, 1, fmt.Errorf("it does not fail as it says: recorded %s at %q, now %s at %q", a.Invariant, a.Node, r.ID(), r.Node())
	}
	s.limit = 4*r.Events + 5000
	if s.try(a.File, s.story) {
		s.tell("lines without a decision")
	} else { // lines were moved by hand
		s.story = a.Story
	}
	for {
		before := s.artefact().Size()
		for _, stage := range shrinkStages() {
			stage.run(s)
			s.tell(stage.name)
		}
		if s.artefact().Size() == before || s.stopped() {
			break
		}
	}
	small, _ := Record(s.file, Options{Seed: a.Seed, Source: sim.NewRetold(s.story), Panicked: s.o.Panicked})
	small.Version, small.Strategy = a.Version, a.Strategy
	small.Story = essential(small.Story)
	return small, s.runs, nil
}

// shrinkStage is one way to make a run smaller.
type shrinkStage struct {
	name string
	run  func(s *shrinker)
}

func shrinkStages() []shrinkStage {
	return []shrinkStage{
		{"events", func(s *shrinker) { s.cutExpectations(); s.cutDecisions(); s.cutSteps(); s.cutDecisions() }},
		{"fields", func(s *shrinker) { s.lowerAnswers(); s.cutKnobs(false); s.lowerTimes(); s.cutWords() }},
		{"faults", func(s *shrinker) { s.cutKnobs(true); s.cutDecisions() }},
		{"nodes and prefixes", func(s *shrinker) { s.cutReloads(); s.cutNodes(); s.cutConfigs(); s.cutDecisions() }},
	}
}

func (s *shrinker) stopped() bool { return s.o.Stop != nil && s.o.Stop() }

func (s *shrinker) artefact() *Artefact {
	return &Artefact{File: s.file, Story: s.story}
}

func (s *shrinker) tell(stage string) {
	if s.o.Progress != nil {
		s.o.Progress(stage, s.artefact().Size())
	}
}

func (s *shrinker) run(f *File, story sim.Story) Result {
	s.runs++
	return s.exec(f, s.options(sim.NewRetold(story)))
}

// options are those of a run that is stopped where it takes too long.
func (s *shrinker) options(src sim.Source) Options {
	return Options{Source: src, Panicked: s.o.Panicked, Watch: func(w *world.World) bool { return w.Events() < s.limit }}
}

// try keeps a run if it fails as the first one did.
func (s *shrinker) try(f *File, story sim.Story) bool {
	if s.stopped() {
		return false
	}
	r := s.run(f, story)
	if !s.goal.Fails(&r) {
		return false
	}
	s.file, s.story = f, story
	return true
}

// tryFile is try for a file whose text was changed: it must be one.
func (s *shrinker) tryFile(f *File) bool {
	if s.stopped() {
		return false
	}
	parsed, err := Parse("", Print(f))
	return err == nil && s.try(parsed, s.story)
}

// scripted reports whether the broken invariant is what the file expects of its
// script: then the script stays.
func (s *shrinker) scripted() bool {
	return slices.Contains([]string{string(check.RunReply), string(check.RunSequence), string(check.RunView)}, s.goal.Invariant)
}

// cutExpectations takes out what is expected of a run that does not get there.
func (s *shrinker) cutExpectations() {
	if s.scripted() || len(s.file.Expects)+len(s.file.Views) == 0 {
		return
	}
	f := *s.file
	f.Expects, f.Views = nil, nil
	s.try(&f, s.story)
}

// cutReloads takes out the configurations that nobody reads.
func (s *shrinker) cutReloads() {
	if len(s.file.Reloads) > 0 {
		f := *s.file
		f.Reloads = nil
		s.try(&f, s.story)
	}
}

func (s *shrinker) cutDecisions() {
	sim.CutStory(s.story, func(story sim.Story) bool { return s.try(s.file, story) }, s.stopped)
}

func (s *shrinker) lowerAnswers() {
	sim.LowerStory(s.story, func(story sim.Story) bool { return s.try(s.file, story) }, s.stopped)
}

// essential leaves the moments that decide something, and those in which a
// command, or a message other than a KEEPALIVE, arrived.
func essential(story sim.Story) sim.Story {
	return slices.DeleteFunc(slices.Clone(story), func(m sim.Moment) bool {
		return m.Dull() && !tells(m.Text)
	})
}

func tells(text string) bool {
	for part := range strings.SplitSeq(text, "; ") {
		if strings.Contains(part, " reads \"") || strings.Contains(part, "→") && !strings.HasSuffix(part, "KEEPALIVE") {
			return true
		}
	}
	return false
}
