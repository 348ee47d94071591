package generate_test

import (
	"fmt"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/peerloom/peerloom/sim/generate"
	"github.com/peerloom/peerloom/sim/scenario"
)

func TestScratch(t *testing.T) {
	n, _ := strconv.Atoi(os.Getenv("WORLDS"))
	from, _ := strconv.Atoi(os.Getenv("FROM"))
	if n == 0 {
		t.Skip()
	}
	var mu sync.Mutex
	kinds := map[string]int{}
	first := map[string]uint64{}
	var next, events atomic.Uint64
	start := time.Now()
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for {
				s := next.Add(1) - 1
				if s >= uint64(n) {
					return
				}
				s += uint64(from)
				r := scenario.Run(generate.File(s), scenario.Options{Seed: s})
				events.Add(r.Events)
				if r.Verdict == scenario.OK {
					continue
				}
				k := fmt.Sprint(r.Err)
				if r.Violation != nil {
					k = string(r.Violation.ID)
				}
				mu.Lock()
				kinds[k]++
				if f, ok := first[k]; !ok || s < f {
					first[k] = s
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	fmt.Println(n, "worlds", time.Since(start), events.Load(), "events")
	for k, c := range kinds {
		fmt.Println(k, c, "first", first[k])
	}
}

func TestPrint(t *testing.T) {
	s, err := strconv.Atoi(os.Getenv("PRINT"))
	if err != nil {
		t.Skip()
	}
	os.WriteFile("/tmp/gs/w.scenario", generate.Text(uint64(s)), 0o644)
}
