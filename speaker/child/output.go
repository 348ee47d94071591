package child

import (
	"fmt"
	"time"

	"github.com/peerloom/peerloom/speaker"
	"github.com/peerloom/peerloom/speaker/command"
)

// Reply queues the answer to one command. It is never dropped.
func (c *Child) Reply(r *speaker.Reply) {
	c.asked = max(c.asked-1, 0)
	data := command.AppendReply(nil, r)
	if len(data) == 0 {
		return
	}
	c.queue = append(c.queue, entry{data: data})
	c.replies += len(data)
}

// Event queues an event; nothing of it is kept. Above the bound the oldest
// events that nobody has begun to write are dropped.
func (c *Child) Event(now time.Time, ev *speaker.Event) {
	data := c.format.Append(nil, now, ev)
	if len(data) == 0 {
		return
	}
	c.queue = append(c.queue, entry{data: data, event: true})
	c.events += len(data)
	c.at = now
	if c.events > c.config.EventBound {
		c.drop()
	}
}

// drop drops the oldest events until half of the bound is free, so that a
// child that stands still costs one pass over the queue for many events.
func (c *Child) drop() {
	kept := c.queue[:0]
	for _, e := range c.queue {
		if e.event && c.events > c.config.EventBound/2 {
			c.events -= len(e.data)
			c.dropped++
			c.lost++
			continue
		}
		kept = append(kept, e)
	}
	clear(c.queue[len(kept):])
	c.queue = kept
}

// maxStage is about how much Pending gives out at once.
const maxStage = 64 << 10

// Pending is what to write to the child's standard input next; empty when
// there is nothing. It is valid until the next call of any method.
func (c *Child) Pending() []byte {
	if len(c.staged) > 0 {
		return c.staged
	}
	c.staged = c.staged[:0]
	n := 0
	for n < len(c.queue) && len(c.staged) < maxStage {
		e := c.queue[n]
		if e.event {
			c.events -= len(e.data)
			c.notice()
		}
		c.staged = append(c.staged, e.data...)
		if !e.event {
			c.stagedR = append(c.stagedR, len(e.data), len(c.staged))
		}
		n++
	}
	c.queue = c.queue[n:]
	if len(c.queue) == 0 {
		c.queue = nil
		c.notice()
	}
	return c.staged
}

// behind is l without its first n. Of what is used up the room is used again.
func behind[T any](l []T, n int) []T {
	if n == len(l) {
		clear(l)
		return l[:0]
	}
	return l[n:]
}

// notice stages the line about dropped events.
func (c *Child) notice() {
	if c.dropped > 0 {
		c.staged = c.format.AppendDropped(c.staged, c.at, c.dropped)
		c.dropped = 0
	}
}

// Wrote says that n octets of Pending were written.
func (c *Child) Wrote(n int) {
	if n < 0 || n > len(c.staged) {
		panic(fmt.Sprintf("child %s: wrote %d of %d octets", c.config.Name, n, len(c.staged)))
	}
	c.staged = behind(c.staged, n)
	out := c.stagedR[:0]
	for i := 0; i < len(c.stagedR); i += 2 {
		size, end := c.stagedR[i], c.stagedR[i+1]-n
		if end <= 0 {
			c.replies -= size
			continue
		}
		out = append(out, size, end)
	}
	c.stagedR = out
}
