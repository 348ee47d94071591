// plays: sim

package p

import "math/rand/v2"

func seeded(seed uint64) int { return rand.New(rand.NewPCG(seed, 0)).IntN(6) }

func wrong() int {
	rand.Shuffle(2, func(i, j int) {}) // want random
	return rand.IntN(6)                // want random
}
