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
	pcg    *rand.PCG
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
	pcg := s.stream(label.Family())
	ceiling := -n % n // 2^64 mod n
	for {
		if v := pcg.Uint64(); v >= ceiling {
			return v % n
		}
	}
}

func (s *Seed) stream(family string) *rand.PCG {
	for i := range s.streams {
		if s.streams[i].family == family {
			return s.streams[i].pcg
		}
	}
	pcg := rand.NewPCG(s.seed, mix64(s.seed, hash(family)))
	s.streams = append(s.streams, stream{family: family, pcg: pcg})
	return pcg
}

func hash(s string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(s)) // never fails
	return h.Sum64()
}
