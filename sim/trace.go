package sim

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"time"
)

// Detail says how much a Trace keeps.
type Detail uint8

// Details.
const (
	HashOnly Detail = iota // the hash and the prefix hashes
	Text                   // also a line of text per event
)

// MaxPrefixes bounds the prefix hashes that a Trace keeps. When it is reached,
// every other one is dropped and from then on half as many are kept.
const MaxPrefixes = 1 << 18

// MaxLines bounds the lines that a Trace with Text keeps; later ones are only
// hashed.
const MaxLines = 1 << 20

// Trace is what happened: a CRC-32C chain over every event, taken before the
// event acts, so that the first difference between two runs is the first wrong
// line and not its consequence.
type Trace struct {
	detail   Detail
	sum      uint32
	count    int // hashed entries
	stride   int // a prefix hash is kept every stride entries
	prefixes []uint32
	lines    []Line
	table    *crc32.Table
	buf      []byte
}

// Line is an entry of a Trace in words.
type Line struct {
	At   time.Duration // since Epoch
	Hash uint32        // of all entries up to and including this one
	Text string
}

// String is the line as it is printed: time, hash, text.
func (l Line) String() string {
	return fmt.Sprintf("%13.9f %08x %s", l.At.Seconds(), l.Hash, l.Text)
}

// NewTrace makes an empty trace.
func NewTrace(detail Detail) *Trace {
	return &Trace{detail: detail, stride: 1, table: crc32.MakeTable(crc32.Castagnoli), prefixes: make([]uint32, 0, 1024)}
}

// Hash is the hash of everything so far.
func (t *Trace) Hash() uint32 { return t.sum }

// Len counts the entries so far.
func (t *Trace) Len() int { return t.count }

// Lines are the entries in words; none without Text. It is not a copy.
func (t *Trace) Lines() []Line { return t.lines }

// Verbose reports whether the trace keeps text, for who would format it.
func (t *Trace) Verbose() bool { return t.detail == Text }

// Note adds an entry of the simulation's own, such as bytes that are about to
// be delivered. text is called only if the trace keeps text; it may be nil.
func (t *Trace) Note(at time.Duration, data []byte, text func() string) {
	t.add(data)
	if t.detail == Text && len(t.lines) < MaxLines {
		line := Line{At: at, Hash: t.sum}
		if text != nil {
			line.Text = text()
		}
		t.lines = append(t.lines, line)
	}
}

// event adds an event of the loop.
func (t *Trace) event(e Event, o *owner) {
	b := t.buf[:0]
	b = binary.BigEndian.AppendUint64(b, uint64(e.At))
	b = binary.BigEndian.AppendUint64(b, e.A)
	b = binary.BigEndian.AppendUint64(b, e.B)
	b = binary.BigEndian.AppendUint32(b, uint32(e.Owner))
	b = binary.BigEndian.AppendUint16(b, uint16(e.Kind))
	b = binary.BigEndian.AppendUint16(b, e.Rank)
	t.buf = b
	t.add(b)
	if t.detail != Text || len(t.lines) >= MaxLines {
		return
	}
	var text string
	if d, ok := o.handler.(Describer); ok {
		text = d.Describe(e)
	} else {
		text = fmt.Sprintf("kind=%d a=%d b=%d", e.Kind, e.A, e.B)
	}
	t.lines = append(t.lines, Line{At: e.At, Hash: t.sum, Text: o.name + ": " + text})
}

func (t *Trace) add(b []byte) {
	t.sum = crc32.Update(t.sum, t.table, b)
	t.count++
	if t.count%t.stride != 0 {
		return
	}
	if len(t.prefixes) == MaxPrefixes {
		t.thin()
		if t.count%t.stride != 0 {
			return
		}
	}
	t.prefixes = append(t.prefixes, t.sum)
}

// thin drops every other prefix hash: number i is that of (i+1)·stride entries.
func (t *Trace) thin() {
	half := t.prefixes[:0]
	for i := 1; i < len(t.prefixes); i += 2 {
		half = append(half, t.prefixes[i])
	}
	t.prefixes, t.stride = half, 2*t.stride
}

// prefix is the hash of the first n entries; n is a multiple of t.stride.
func (t *Trace) prefix(n int) uint32 { return t.prefixes[n/t.stride-1] }

// Difference is where two traces part. The first differing entry is one of
// After+1 … Within, counted from 1; the two are one apart unless the traces
// were too long to keep every prefix hash.
type Difference struct {
	After, Within int
	A, B          string // the two lines, where both traces kept text; "" past a trace's end
}

// String says it in words.
func (d Difference) String() string {
	where := fmt.Sprintf("entry %d", d.Within)
	if d.Within-d.After > 1 {
		where = fmt.Sprintf("entries %d to %d", d.After+1, d.Within)
	}
	return fmt.Sprintf("the runs part at %s:\n  first:  %s\n  second: %s", where, orEnd(d.A), orEnd(d.B))
}

func orEnd(s string) string {
	if s == "" {
		return "(no line kept)"
	}
	return s
}

// FirstDifference finds the first entry in which the traces of two runs differ;
// false when they are the same.
func FirstDifference(a, b *Trace) (Difference, bool) {
	if a.sum == b.sum && a.count == b.count {
		return Difference{}, false
	}
	stride := max(a.stride, b.stride) // both are powers of two
	same, differs := 0, min(a.count, b.count)/stride+1
	for differs-same > 1 { // the chain never comes together again, but for a chance of 2^-32
		if mid := (same + differs) / 2; a.prefix(mid*stride) == b.prefix(mid*stride) {
			same = mid
		} else {
			differs = mid
		}
	}
	d := Difference{After: same * stride, Within: min(differs*stride, max(a.count, b.count))}
	for i := d.After; i < d.Within; i++ {
		la, lb := a.line(i), b.line(i)
		if la == lb && la != "" {
			continue
		}
		if la != "" || lb != "" {
			d.After, d.Within, d.A, d.B = i, i+1, la, lb
		}
		break
	}
	return d, true
}

func (t *Trace) line(i int) string {
	if i >= len(t.lines) {
		return ""
	}
	return t.lines[i].String()
}
