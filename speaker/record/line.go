package record

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"io"
	"net/netip"
	"strconv"
	"time"

	"github.com/peerloom/peerloom/speaker"
)

// Form is the number in the first line of a recording.
const Form = 1

// title is the first line of a recording, without its number.
const title = "peerloom recording "

// timeForm is how the header has the start.
const timeForm = time.RFC3339Nano

// journal writes events as lines.
type journal struct {
	w      io.Writer
	count  [kinds]int
	table  *crc32.Table
	sum    uint32 // of all events so far, and of what came of each
	line   []byte // the last one
	hashed []byte // scratch
	config redactor
	rows   [kinds]kindRow
}

func newJournal(w io.Writer) *journal {
	return &journal{w: w, table: crc32.MakeTable(crc32.Castagnoli), rows: kindTable()}
}

func (j *journal) header(version string, start time.Time) {
	_, _ = fmt.Fprintf(j.w, title+"%d\nversion %s\nstart %s\nsecrets %s\n\n", Form, version, start.Format(timeForm), secretsLine)
}

// note writes down an event and what came of it.
func (j *journal) note(m *Machine, e *Event, out []speaker.Action) {
	j.begin(e, func(b []byte) []byte { return appendWords(b, m, e, out) })
	block := j.end(e)
	j.hashed = appendOutput(j.hashed[:0], m, out)
	j.sum = crc32.Update(j.sum, j.table, j.hashed)
	j.write(block)
}

// panicked writes down an event that the machine did not outlive.
func (j *journal) panicked(m *Machine, e *Event, value any) {
	j.begin(e, func(b []byte) []byte {
		return appendText(appendInput(b, m, e), fmt.Sprintf("; panic: %v", value))
	})
	j.write(j.end(e))
}

// begin appends the time and the words.
func (j *journal) begin(e *Event, words func(b []byte) []byte) {
	var digits [32]byte
	stamp := appendSeconds(digits[:0], e.At)
	b := j.line[:0]
	for n := len(stamp); n < 16; n++ {
		b = append(b, ' ')
	}
	b = append(append(b, stamp...), "s "...)
	j.line = append(words(b), " "+at+" "...)
}

// end appends the name and what a replay reads, and takes them into the sum with
// the time. It gives the text of a configuration, and where it belongs.
func (j *journal) end(e *Event) (block []byte) {
	j.count[e.Kind]++
	from := len(j.line)
	j.line = append(j.appendName(j.line, e), appendArgs(nil, e)...)
	if e.Config != nil {
		var settings []byte
		block, settings = j.config.text(e.Config)
		j.line = append(fmt.Appendf(j.line, " lines=%d", countLines(block)), settings...)
	}
	j.sum = crc32.Update(j.sum, j.table, binary.BigEndian.AppendUint64(j.hashed[:0], uint64(e.At)))
	j.sum = crc32.Update(j.sum, j.table, j.line[from:])
	j.sum = crc32.Update(j.sum, j.table, block)
	return block
}

func (j *journal) write(block []byte) {
	j.line = append(fmt.Appendf(j.line, " = %08x\n", j.sum), block...)
	if j.w != nil {
		_, _ = j.w.Write(j.line)
	}
}

// appendName appends OWNER/WORD#N: the N-th event of its kind.
func (j *journal) appendName(b []byte, e *Event) []byte {
	r := &j.rows[e.Kind]
	b = append(b, r.owner...)
	switch r.owner {
	case ofConn:
		b = strconv.AppendUint(b, uint64(e.Conn), 10)
	case ofClient:
		b = strconv.AppendUint(b, uint64(e.Client), 10)
	}
	b = append(append(append(b, '/'), r.word...), '#')
	return strconv.AppendInt(b, int64(j.count[e.Kind]), 10)
}

// appendSeconds appends d with nine digits behind the point.
func appendSeconds(b []byte, d time.Duration) []byte {
	if d < 0 {
		b, d = append(b, '-'), -d
	}
	b = append(strconv.AppendInt(b, int64(d/time.Second), 10), '.')
	frac := strconv.AppendInt(nil, int64(d%time.Second), 10)
	for n := len(frac); n < 9; n++ {
		b = append(b, '0')
	}
	return append(b, frac...)
}

// appendArgs appends the fields of e that are set, but for Config.
func appendArgs(b []byte, e *Event) []byte {
	if e.N != 0 {
		b = strconv.AppendInt(append(b, " n="...), e.N, 10)
	}
	b = appendAddr(b, " local=", e.Local)
	b = appendAddr(b, " remote=", e.Remote)
	switch {
	case len(e.Data) == 0:
	case e.Kind == Said:
		b = appendQuoted(append(b, " text="...), e.Data)
	default:
		b = hex.AppendEncode(append(b, " data="...), e.Data)
	}
	if e.Text != "" {
		b = strconv.AppendQuote(append(b, " text="...), e.Text)
	}
	if e.Child != nil {
		b = appendChild(b, e.Child)
	}
	if e.Jitter {
		b = append(b, " jitter=true"...)
	}
	for i, v := range e.Draws {
		sep := byte(',')
		if i == 0 {
			b, sep = append(b, " draws"...), '='
		}
		b = strconv.AppendInt(append(b, sep), int64(v), 10)
	}
	return b
}

// appendQuoted is strconv.AppendQuote, quick for what needs no care.
func appendQuoted(b, text []byte) []byte {
	from := len(b)
	b = append(b, '"')
	for _, c := range text {
		switch {
		case c == '\n':
			b = append(b, '\\', 'n')
		case c < ' ' || c == '"' || c == '\\' || c >= 0x7f:
			return strconv.AppendQuote(b[:from], string(text))
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}

func appendAddr(b []byte, key string, a netip.AddrPort) []byte {
	if !a.IsValid() {
		return b
	}
	return a.AppendTo(append(b, key...))
}

// appendOutput appends all that came of an event, for the sum: no secrets.
func appendOutput(b []byte, m *Machine, out []speaker.Action) []byte {
	b = binary.AppendUvarint(b, uint64(m.drawn))
	for i := range out {
		a := &out[i]
		b = append(b, byte(a.Kind))
		b = binary.AppendUvarint(b, uint64(a.Conn))
		b = binary.AppendUvarint(b, uint64(a.Client))
		b = append(b, byte(a.Level))
		for _, at := range []netip.AddrPort{a.Local, a.Remote} {
			b, _ = at.AppendBinary(b)
		}
		b = appendBytes(b, a.Data)
		b = append(binary.AppendUvarint(b, uint64(len(a.Peer))), a.Peer...)
		b = append(binary.AppendUvarint(b, uint64(len(a.Text))), a.Text...)
	}
	return appendBytes(b, m.given)
}

func appendBytes(b, v []byte) []byte {
	return append(binary.AppendUvarint(b, uint64(len(v))), v...)
}
