package rib

import (
	"maps"
	"math/rand/v2"
	"time"
)

var count int

func impure(m map[string]float64, now time.Time) (sum float64) {
	count++                   // want `package-level count is counted`
	now = time.Now()          // want `time.Now: take now as an argument`
	go func() { count = 2 }() // want `a pure package starts no goroutine` `package-level count is assigned`
	for _, v := range m {     // want `range over a map`
		sum = sum + v // want `\+ on floating point`
	}
	for range maps.Keys(m) { // want `maps.Keys has the map's order`
	}
	for range m { //order: counting is the same in any
	}
	if rand.IntN(2) == 0 { // want `rand.IntN draws from the process's generator`
		return 0
	}
	return float64(now.Unix())
}
