package live

import (
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"
)

// Bounds and waits of a Recorder.
const (
	maxUnwritten = 16 << 20    // bytes that wait for the disk; above it the recording stops
	closeWait    = time.Second // for the disk to take the last of them
)

// Recorder carries a recording to its file. Write copies and returns at once; one
// goroutine writes all that waits, as soon as the last write is done. A file that
// takes no more, or too slowly, ends the recording with one line in the log, and
// nothing else.
type Recorder struct {
	to    io.WriteCloser
	log   *slog.Logger
	limit int64 // octets of the file; 0: none
	wake  chan struct{}
	done  chan struct{}

	mu      sync.Mutex
	waiting []byte
	size    int64
	stopped bool
	closing bool
}

// NewRecorder records to w, at most limit octets; 0: no limit.
func NewRecorder(w io.WriteCloser, limit int64, log *slog.Logger) *Recorder {
	r := &Recorder{to: w, log: log, limit: limit, wake: make(chan struct{}, 1), done: make(chan struct{})}
	go r.run()
	return r
}

// Write takes whole lines. It never fails.
func (r *Recorder) Write(line []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.stopped {
		return len(line), nil
	}
	switch r.size += int64(len(line)); {
	case r.limit > 0 && r.size > r.limit:
		r.stop(fmt.Sprintf("it has %d octets, its limit", r.size-int64(len(line))))
	case len(r.waiting)+len(line) > maxUnwritten:
		r.stop(fmt.Sprintf("%d octets wait for the disk", len(r.waiting)))
	default:
		r.waiting = append(r.waiting, line...)
		r.signal()
	}
	return len(line), nil
}

// stop ends the recording; what waits is still written. It needs the lock.
func (r *Recorder) stop(why string) {
	if !r.stopped {
		r.stopped = true
		r.log.Error("the recording stops here, the daemon goes on", "reason", why)
	}
}

func (r *Recorder) signal() {
	select {
	case r.wake <- struct{}{}:
	default: // it will look
	}
}

// run writes until the recorder is closed.
func (r *Recorder) run() {
	defer close(r.done)
	defer func() { _ = r.to.Close() }()
	var spare []byte
	for range r.wake {
		r.mu.Lock()
		b, closing := r.waiting, r.closing
		r.waiting = spare[:0]
		r.mu.Unlock()
		if len(b) > 0 {
			if _, err := r.to.Write(b); err != nil {
				r.mu.Lock()
				r.stop(err.Error())
				r.mu.Unlock()
				return
			}
		}
		if spare = b; closing {
			return
		}
	}
}

// Close writes what waits, but does not wait long for it.
func (r *Recorder) Close() {
	r.mu.Lock()
	r.closing = true
	r.mu.Unlock()
	r.signal()
	limit := time.NewTimer(closeWait)
	defer limit.Stop()
	select {
	case <-r.done:
	case <-limit.C:
		r.log.Error("the recording is not whole", "reason", "the disk took nothing within "+closeWait.String())
	}
}
