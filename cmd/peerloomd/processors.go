package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// manyOctets in the heap are so many that its collector wants processors of its own.
const manyOctets = 64 << 20

// fewGarbage is how much of a small heap may be garbage, in percent of what is used
// (GOGC): collecting is cheap there, and the daemon shall be small.
const fewGarbage = 40

// useProcessors has the daemon run on one processor while it holds little: one
// goroutine owns the speaker and the others carry bytes to it, so that a second
// processor only adds the waking of idle threads, which is a third of what a helper
// waits for that reads each reply before it writes on. With a large table all are
// used, and garbage is collected as rarely as Go does by itself. GOMAXPROCS and GOGC,
// where they are set, decide instead.
func useProcessors() {
	if os.Getenv("GOMAXPROCS") != "" {
		return
	}
	all, garbage := runtime.GOMAXPROCS(1), -1
	if os.Getenv("GOGC") == "" {
		garbage = debug.SetGCPercent(fewGarbage)
	}
	go func() {
		heap := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
		for heap[0].Value.Kind() != metrics.KindUint64 || heap[0].Value.Uint64() < manyOctets {
			time.Sleep(time.Second)
			metrics.Read(heap)
		}
		runtime.GOMAXPROCS(all)
		if garbage >= 0 {
			debug.SetGCPercent(garbage)
		}
	}()
}
