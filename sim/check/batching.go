package check

import (
	"fmt"
	"time"
)

// Batching holds what becomes of one client's lines: each is in one batch, in the
// order in which they came, and that closes when the window is over that began with
// its first line.
type Batching struct {
	client  string
	window  time.Duration
	arrived []time.Time // when each line that is in no batch yet was read
}

// NewBatching is that of a client that has written nothing.
func NewBatching(client string, window time.Duration) *Batching {
	return &Batching{client: client, window: window}
}

// Read says that so many lines were read whole, by the clock of the reader.
func (b *Batching) Read(now time.Time, lines int) {
	for range lines {
		b.arrived = append(b.arrived, now)
	}
}

// Given says that a batch of so many lines was applied.
func (b *Batching) Given(lines int) *Violation {
	if lines > len(b.arrived) {
		return b.wrong(fmt.Sprintf("at most the %d lines that were read", len(b.arrived)), fmt.Sprintf("a batch of %d", lines))
	}
	b.arrived = b.arrived[lines:]
	return nil
}

// Waits judges what is left when all batches that have closed were applied:
// deadline is when the next one closes, zero: none is open.
func (b *Batching) Waits(now, deadline time.Time) *Violation {
	switch {
	case len(b.arrived) == 0 && deadline.IsZero():
		return nil
	case len(b.arrived) == 0:
		return b.wrong("no open batch: every line is in one that was applied", "a batch that closes in "+deadline.Sub(now).String())
	case deadline.IsZero():
		return b.wrong(fmt.Sprintf("a batch of the %d lines that were read", len(b.arrived)), "none")
	}
	if end := b.arrived[0].Add(b.window); deadline.After(end) {
		return b.wrong(fmt.Sprintf("a batch that closes in %v, the window's end", end.Sub(now)), "in "+deadline.Sub(now).String())
	}
	return nil
}

func (b *Batching) wrong(want, got string) *Violation {
	return violated(RunBatch, want, got+", of client "+b.client)
}

// Backlog judges what is said to wait for a client: octets of replies and events, of
// which all have been taken, and commands without a reply, of which so many are due.
func Backlog(client string, replies, events int, unanswered, due int) *Violation {
	if replies == 0 && events == 0 && unanswered == due {
		return nil
	}
	return violated(RunBacklog, fmt.Sprintf("nothing waits for client %s, which took all, and %d commands are unanswered", client, due),
		fmt.Sprintf("%d octets of replies, %d of events, %d commands", replies, events, unanswered))
}
