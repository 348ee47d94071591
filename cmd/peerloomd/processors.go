package main

import (
	"os"
	"runtime"
	"runtime/metrics"
	"time"
)

// manyOctets in the heap are so many that its collector wants processors of its own.
const manyOctets = 64 << 20

// useProcessors has the daemon run on one processor while it holds little: one
// goroutine owns the speaker and the others carry bytes to it, so that a second
// processor only adds the waking of idle threads, which is a third of what a helper
// waits for that reads each reply before it writes on. With a large table all are
// used. GOMAXPROCS, where it is set, decides instead.
func useProcessors() {
	if os.Getenv("GOMAXPROCS") != "" {
		return
	}
	all := runtime.GOMAXPROCS(1)
	go func() {
		heap := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
		for heap[0].Value.Kind() != metrics.KindUint64 || heap[0].Value.Uint64() < manyOctets {
			time.Sleep(time.Second)
			metrics.Read(heap)
		}
		runtime.GOMAXPROCS(all)
	}()
}
