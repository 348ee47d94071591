package sim

import (
	"hash/fnv"
	"math/rand/v2"
)

// Seed answers from pseudo-random streams, one per family of labels, all
// determined by one number. A new question in one family does not change the
// answers in another.
type Seed struct {
	seed    uint64
	streams []stream
}

type stream struct {
	family string
	pcg    rand.PCG
}

// NewSeed makes the source of the seed.
func NewSeed(seed uint64) *Seed { return &Seed{seed: seed} }

// Choose draws uniformly from [0,n).
func (s *Seed) Choose(label Label, n int) int {
	if n <= 1 {
		return 0
	}
	return int(s.below(label, uint64(n)))
}

// Weigh answers yes num times in den.
func (s *Seed) Weigh(label Label, num, den int) bool {
	return s.below(label, uint64(den)) < uint64(num)
}

// below draws uniformly from [0,n) without favouring small numbers: it draws
// again in the last, incomplete span of 2^64.
func (s *Seed) below(label Label, n uint64) uint64 {
	pcg := s.stream(label)
	for {
		if v := pcg.Uint64(); v >= n || v >= -n%n { // 2^64 mod n, which is below n
			return v % n
		}
	}
}

// stream is that of the label's family. It is good until the next call.
func (s *Seed) stream(label Label) *rand.PCG {
	for i := range s.streams {
		if label.in(s.streams[i].family) {
			return &s.streams[i].pcg
		}
	}
	family := label.Family()
	s.streams = append(s.streams, stream{family, *rand.NewPCG(s.seed, mix64(s.seed, hash(family)))})
	return &s.streams[len(s.streams)-1].pcg
}

func hash(s string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(s)) // never fails
	return h.Sum64()
}
