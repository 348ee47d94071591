package scenario

import (
	"slices"

	"github.com/peerloom/peerloom/sim"
	"github.com/peerloom/peerloom/sim/world"
)

// Names of the strategies: the ways in which a seed decides a run.
const (
	Uniform   = "uniform"   // every answer is as likely as every other
	PCT       = "pct"       // ties go by priorities that change at a few points
	Swarm     = "swarm"     // the knobs and the weights of the answers are drawn
	FIFO      = "fifo"      // every answer is the dullest: the baseline, whatever the seed
	Portfolio = "portfolio" // one of the above, by the seed
)

// Strategies lists the names that Options take.
func Strategies() []string { return []string{Portfolio, Uniform, PCT, Swarm, FIFO} }

// IsStrategy reports whether there is a strategy of that name.
func IsStrategy(name string) bool { return slices.Contains(Strategies(), name) }

// Plan is what a seed stands for under a strategy: a function of the file, the
// strategy, the seed and the depth alone.
type Plan struct {
	Strategy string // never Portfolio: the one that it chose
	File     *File  // with the knobs that were drawn
	Source   sim.Source
}

// salts keep what a strategy draws before the run from what the run draws.
const (
	saltPortfolio = 0x706f7274
	saltDepth     = 0x64657074
	saltSwarm     = 0x73776172
)

// share is one row of the portfolio.
type share struct {
	upTo     uint64 // of ten
	strategy string
}

// shares end with what is left for Swarm.
var shares = [...]share{{5, Uniform}, {8, PCT}, {10, Swarm}}

func portfolio(seed uint64) string {
	if seed == 0 {
		return FIFO
	}
	at := sim.Mix(seed, saltPortfolio) % 10
	i := 0
	for at >= shares[i].upTo {
		i++
	}
	return shares[i].strategy
}

// NewPlan plans a run of the file. Of the options Seed, Strategy, Depth and
// Length count; an empty Strategy is Uniform, one that is none of Strategies is
// a mistake of the caller's and panics. Of a portfolio seed 0 is the baseline;
// of the others five of ten are uniform, three pct, two swarm.
func NewPlan(f *File, o Options) Plan {
	p := Plan{File: f}
	p.Strategy = Chosen(o.Strategy, o.Seed)
	if p.Strategy == PCT && depthOf(o.Seed, o.Depth) > 1 && o.Length == 0 { // of depth 1 there is no point to choose
		o.Length = Length(f, nil)
	}
	p.Source = Decider(p.Strategy, o.Seed, o.Depth, o.Length)
	if p.Strategy == Swarm {
		p.File = swarm(f, sim.NewSeed(sim.Mix(o.Seed, saltSwarm)))
	}
	return p
}

// Chosen is the strategy itself, or the one that a portfolio has for the seed.
func Chosen(strategy string, seed uint64) string {
	switch strategy {
	case "":
		return Uniform
	case Portfolio:
		return portfolio(seed)
	}
	return strategy
}

// Decider is the source of a strategy that is no portfolio. depth, 0: by the
// seed, and length, the ties that a run is expected to have, are for PCT.
func Decider(strategy string, seed uint64, depth, length int) sim.Source {
	switch strategy {
	case Uniform:
		return sim.NewSeed(seed)
	case FIFO:
		return sim.Dull{}
	case Swarm:
		return sim.NewSkew(seed)
	case PCT:
		return sim.NewPCT(seed, depthOf(seed, depth), length)
	}
	panic("scenario: there is no strategy " + strategy)
}

// depthOf is the depth of a PCT; 0: by the seed.
func depthOf(seed uint64, depth int) int {
	if depth == 0 {
		return 1 + int(sim.Mix(seed, saltDepth)%3)
	}
	return depth
}

// Length is how many ties the baseline run of a file has: what PCT spreads its
// change points over. A sweep asks once a file and puts it into Options. watch, where
// it is not nil, sees the run as that of [Options] does.
func Length(f *File, watch func(*world.World) bool) int {
	ties := &sim.Ties{}
	Run(f, Options{Source: ties, Watch: watch})
	return max(ties.N, 1)
}
