package sim

// PCT is a source of probabilistic concurrency testing: every stream of events
// (the segments of one end of a connection, the timer of one speaker) has a
// priority, and of tied events the one of the highest priority goes first. At
// depth-1 chosen points the stream that would go first falls behind all others.
// A bug that needs depth orderings is found with a probability that does not
// sink with the number of events between them. All other questions are answered
// as Seed does, but for [LabelFine]: ties are where the priorities work, so
// latencies stay on their grid.
type PCT struct {
	*Seed
	salt   uint64
	points []int    // at which pick a stream falls behind
	fallen []uint64 // the streams that did; the later, the further behind
	picked int
}

// MaxDepth bounds the depth of a PCT.
const MaxDepth = 16

// NewPCT makes the source of the seed. depth is 1 … MaxDepth; length is how many
// ties a run is expected to have, such as those of the run before.
func NewPCT(seed uint64, depth, length int) *PCT {
	p := &PCT{Seed: NewSeed(seed), salt: mix64(seed, 0x9c7)}
	for range min(depth, MaxDepth) - 1 {
		p.points = append(p.points, p.Seed.Choose("pct/point", max(length, 1)))
	}
	return p
}

// Choose draws as Seed does.
func (p *PCT) Choose(label Label, n int) int {
	if label == LabelFine {
		return 0
	}
	return p.Seed.Choose(label, n)
}

// Pick takes the candidate of the highest priority; of one stream, the oldest.
func (p *PCT) Pick(_ Label, n int, identity func(i int) uint64) int {
	best := p.best(n, identity)
	for _, at := range p.points {
		if at == p.picked {
			p.fallen = append(p.fallen, identity(best))
			best = p.best(n, identity)
		}
	}
	p.picked++
	return best
}

func (p *PCT) best(n int, identity func(i int) uint64) int {
	best, high := 0, uint64(0)
	for i := range n {
		if v := p.priority(identity(i)); v > high {
			best, high = i, v
		}
	}
	return best
}

// priority is above MaxDepth for a stream that has not fallen.
func (p *PCT) priority(who uint64) uint64 {
	for i := len(p.fallen) - 1; i >= 0; i-- {
		if p.fallen[i] == who {
			return uint64(MaxDepth - i)
		}
	}
	return mix64(p.salt, who) | 1<<63
}

// Ties is a dull Source that counts the ties of a run, for NewPCT's length.
type Ties struct {
	Dull
	N int
}

// Pick takes the oldest.
func (t *Ties) Pick(Label, int, func(int) uint64) int {
	t.N++
	return 0
}

// Skew is a Seed that is not fair: for each label the seed says whether its
// answers are uniform, mostly small, mostly large, or one of the two ends. It is
// the part of a swarm that lies in the weights; the other part is knobs.
type Skew struct {
	*Seed
	salt uint64
}

// NewSkew makes the source of the seed.
func NewSkew(seed uint64) *Skew { return &Skew{Seed: NewSeed(seed), salt: mix64(seed, 0x5e3)} }

// skews is what the weights of a label may be.
var skews = [...]func(s *Seed, label Label, n int) int{
	func(s *Seed, label Label, n int) int { return s.Choose(label, n) },
	func(s *Seed, label Label, n int) int { return min(s.Choose(label, n), s.Choose(label, n)) },
	func(s *Seed, label Label, n int) int { return max(s.Choose(label, n), s.Choose(label, n)) },
	func(s *Seed, label Label, n int) int { return (n - 1) * s.Choose(label, 2) },
}

// Choose draws from [0,n) with the label's weights.
func (s *Skew) Choose(label Label, n int) int {
	if n <= 1 {
		return 0
	}
	if label == LabelTie {
		return s.Seed.Choose(label, n)
	}
	return skews[mix64(s.salt, hash(string(label)))%uint64(len(skews))](s.Seed, label, n)
}
