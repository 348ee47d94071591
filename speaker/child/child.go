package child

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"github.com/peerloom/peerloom/speaker"
	"github.com/peerloom/peerloom/speaker/command"
	"github.com/peerloom/peerloom/speaker/event"
)

// Defaults of a [Config].
const (
	DefaultWindow     = 250 * time.Microsecond
	DefaultMaxLines   = 4096
	DefaultMaxBytes   = 1 << 20
	DefaultReplyBound = 1 << 20
	DefaultEventBound = 4 << 20
	DefaultUnanswered = 65536
)

// Config is what a Child is for all its life. Bounds of 0 stand for the
// defaults above; Window 0 is a batch for each read.
type Config struct {
	Client     speaker.ClientID
	Name       string // of the process
	JSON       bool
	APIVersion int
	NoAck      bool // done and error are off from the start
	Window     time.Duration
	MaxLines   int // commands of a batch
	MaxBytes   int // octets of a batch, and of one line
	ReplyBound int // octets of replies that wait; above, Blocked
	Unanswered int // commands without a reply; above, Blocked
	EventBound int // octets of events that wait; above, the oldest are dropped
	Host       string
	PID, PPID  int
}

func (c *Config) defaults() {
	for _, d := range []struct {
		field *int
		value int
	}{
		{&c.MaxLines, DefaultMaxLines}, {&c.MaxBytes, DefaultMaxBytes},
		{&c.ReplyBound, DefaultReplyBound}, {&c.EventBound, DefaultEventBound}, {&c.Unanswered, DefaultUnanswered},
	} {
		if *d.field == 0 {
			*d.field = d.value
		}
	}
}

// Child is one API client.
type Child struct {
	config Config
	parser command.Parser
	format event.Format

	line   []byte // the incomplete line
	skip   bool   // the rest of an over-long line is passed over
	open   batch
	opened time.Time // first read of the open batch
	closed []batch
	room   batch // of a batch that was applied, for the next one

	queue   []entry // what waits for the child's stdin, in order
	staged  []byte  // what Pending gave out; never dropped
	asked   int     // commands given out and not yet answered
	replies int     // octets of replies in queue and staged
	stagedR []int   // ends, in staged, of replies: see Wrote
	events  int     // octets of events in queue
	dropped int     // events dropped since the last line about them
	lost    uint64  // events dropped in all
	at      time.Time
}

// batch is parsed lines, and their text for AppendState.
type batch struct {
	commands []speaker.Command
	text     []byte
}

// entry is one reply or event as bytes.
type entry struct {
	data  []byte
	event bool
}

// New makes a Child.
func New(c Config) *Child {
	c.defaults()
	return &Child{
		config: c,
		parser: command.Parser{NoAck: c.NoAck, Version: c.APIVersion},
		// Version 6 of the API speaks JSON only.
		format: event.Format{JSON: c.JSON || c.APIVersion == 6, Version: c.APIVersion, Host: c.Host, PID: c.PID, PPID: c.PPID},
	}
}

// Read takes bytes of the child's standard output, in any pieces. The bytes
// are not kept.
func (c *Child) Read(now time.Time, data []byte) {
	if c.Due(now) {
		c.close()
	}
	for len(data) > 0 {
		i := bytes.IndexByte(data, '\n')
		if i < 0 {
			c.partial(now, data)
			break
		}
		c.partial(now, data[:i])
		c.endLine(now)
		data = data[i+1:]
	}
	if c.config.Window == 0 {
		c.close()
	}
}

// partial adds to the incomplete line.
func (c *Child) partial(now time.Time, data []byte) {
	if c.skip {
		return
	}
	if len(c.line)+len(data) <= c.config.MaxBytes {
		c.line = append(c.line, data...)
		return
	}
	c.skip, c.line = true, c.line[:0]
	c.Refuse(now, fmt.Sprintf("line longer than %d octets: write shorter ones", c.config.MaxBytes))
}

func (c *Child) endLine(now time.Time) {
	if c.skip {
		c.skip = false
		return
	}
	line := bytes.TrimRight(c.line, " \t\r")
	if len(line) > 0 {
		c.add(now, line, c.parser.Parse(string(line)))
		c.format.Version = c.parser.Version
	}
	c.line = c.line[:0]
}

// add puts a command into the open batch, and begins a new one at the bound.
func (c *Child) add(now time.Time, line []byte, cmd speaker.Command) {
	if len(c.open.commands) > 0 && len(c.open.text)+len(line) > c.config.MaxBytes {
		c.close()
	}
	if len(c.open.commands) == 0 {
		c.opened = now
	}
	c.open.commands = append(c.open.commands, cmd)
	c.open.text = append(append(c.open.text, line...), '\n')
	if len(c.open.commands) == c.config.MaxLines {
		c.close()
	}
}

func (c *Child) close() {
	if len(c.open.commands) > 0 {
		c.closed = append(c.closed, c.open)
		c.open, c.room = c.room, batch{}
	}
}

// EOF says that nothing more will be read: what is left is a last line.
func (c *Child) EOF(now time.Time) {
	c.endLine(now)
	c.close()
}

// Torn forgets the incomplete line: the child failed while it wrote it, and half
// a command may be another one (10.0.0.0/2, of /24). It reports whether there
// was one.
func (c *Child) Torn() bool {
	torn := c.skip || len(c.line) > 0
	c.skip, c.line = false, c.line[:0]
	return torn
}

// Refuse adds a line that is answered with an error, in its turn.
func (c *Child) Refuse(now time.Time, why string) {
	c.add(now, nil, speaker.Command{Kind: speaker.CmdInvalid, Err: why, Quiet: c.parser.NoAck})
}

// Unanswered is the number of commands that were given out and have no reply yet.
func (c *Child) Unanswered() int { return c.asked }

// Depth is what waits for the child: octets of replies and of events, and how many
// events were dropped in all.
func (c *Child) Depth() (replies, events int, dropped uint64) { return c.replies, c.events, c.lost }

// Due reports whether the open batch closes at now, or has.
func (c *Child) Due(now time.Time) bool {
	return len(c.open.commands) > 0 && !now.Before(c.opened.Add(c.config.Window))
}

// Deadline is when the open batch closes; zero when there is none. Closed
// batches have no deadline: ask Batch after every Read, until it has none.
func (c *Child) Deadline() time.Time {
	if len(c.open.commands) == 0 {
		return time.Time{}
	}
	return c.opened.Add(c.config.Window)
}

// Closed reports whether Batch has one at now.
func (c *Child) Closed(now time.Time) bool { return len(c.closed) > 0 || c.Due(now) }

// Batch gives the next closed batch.
func (c *Child) Batch(now time.Time) ([]speaker.Command, bool) {
	if c.Due(now) {
		c.close()
	}
	if len(c.closed) == 0 {
		return nil, false
	}
	b := c.closed[0]
	c.closed = behind(c.closed, 1)
	c.asked += len(b.commands)
	c.room.text = b.text[:0]
	return b.commands, true
}

// Reuse takes a batch back that has been applied: a later one may be put together in
// its room. Without it every batch has room of its own.
func (c *Child) Reuse(b []speaker.Command) {
	clear(b)
	c.room.commands = b[:0]
}

// Blocked reports that so many replies wait, or so many commands wait for
// theirs (behind a sync, say), that no more may be read.
func (c *Child) Blocked() bool {
	return c.replies >= c.config.ReplyBound || c.asked >= c.config.Unanswered
}

// Client is the number of the client.
func (c *Child) Client() speaker.ClientID { return c.config.Client }

// Name is the name of the process.
func (c *Child) Name() string { return c.config.Name }

// Clone is an independent copy.
func (c *Child) Clone() *Child {
	d := *c
	d.line = slices.Clone(c.line)
	d.open.commands = slices.Clone(c.open.commands)
	d.open.text = slices.Clone(c.open.text)
	d.closed = slices.Clone(c.closed)
	d.room = batch{}
	d.queue = slices.Clone(c.queue)
	d.staged = slices.Clone(c.staged)
	d.stagedR = slices.Clone(c.stagedR)
	return &d
}

// AppendState appends all that decides what the child does next, with times
// relative to now.
func (c *Child) AppendState(b []byte, now time.Time) []byte {
	flags := byte(0)
	for i, f := range []bool{c.parser.NoAck, c.parser.Sync, c.skip} {
		if f {
			flags |= 1 << i
		}
	}
	b = appendBytes(append(b, flags, byte(c.parser.Version)), c.line)
	b = binary.AppendUvarint(b, uint64(c.asked))
	b = appendBytes(b, c.open.text)
	if len(c.open.commands) > 0 {
		b = binary.AppendVarint(b, int64(c.opened.Sub(now)))
	}
	b = binary.AppendUvarint(b, uint64(len(c.closed)))
	for _, t := range c.closed {
		b = appendBytes(b, t.text)
	}
	b = appendBytes(b, c.staged)
	b = binary.AppendUvarint(b, uint64(len(c.queue)))
	for _, e := range c.queue {
		b = appendBytes(b, e.data)
	}
	return binary.AppendUvarint(b, uint64(c.dropped))
}

func appendBytes(b, v []byte) []byte {
	return append(binary.AppendUvarint(b, uint64(len(v))), v...)
}
