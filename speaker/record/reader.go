package record

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/peerloom/peerloom/speaker"
	"github.com/peerloom/peerloom/speaker/child"
	"github.com/peerloom/peerloom/speaker/config"
)

// Is reports whether a file that begins so is a recording.
func Is(begin []byte) bool { return bytes.HasPrefix(begin, []byte(title)) }

// ErrCut is the end of a file whose last line is not whole: the daemon was
// killed, or writes on.
var ErrCut = errors.New("the last line is cut: the daemon was killed while it wrote it, or is running")

// maxLine bounds a line: what a client says in one read, with every octet
// escaped, is far below.
const maxLine = 16 << 20

// Reader reads a recording.
type Reader struct {
	Version string    // of the program that made it
	Start   time.Time // the first event's zero
	name    string
	r       *bufio.Reader
	line    int
	kinds   map[string]Kind // by OWNER/WORD, without numbers
}

// NewReader reads the header. The error names the file and the line.
func NewReader(name string, r io.Reader) (*Reader, error) {
	d := &Reader{name: name, r: bufio.NewReaderSize(r, 1<<16), kinds: map[string]Kind{}}
	for k, row := range kindTable() {
		if row.owner != "" {
			d.kinds[row.owner+"/"+row.word] = Kind(k)
		}
	}
	first, err := d.next()
	if want := title + strconv.Itoa(Form); err != nil || first != want {
		return nil, d.wrong("this is no recording of this form", "the first line is to be "+want)
	}
	for {
		line, err := d.next()
		if err != nil {
			return nil, d.wrong("the header is cut", "the daemon wrote no event: start it with --record again")
		}
		if line == "" {
			break
		}
		key, v, _ := strings.Cut(line, " ")
		switch key {
		case "version":
			d.Version = v
		case "start":
			if d.Start, err = time.Parse(timeForm, v); err != nil {
				return nil, d.wrong("wrong start", "write a time such as 2026-01-02T15:04:05.123456789Z")
			}
		case "secrets":
		default:
			return nil, d.wrong("wrong line "+strconv.Quote(line), "write version, start or secrets, and an empty line before the events")
		}
	}
	if d.Start.IsZero() {
		return nil, d.wrong("no start", "write start and a time such as 2026-01-02T15:04:05.123456789Z into the header")
	}
	return d, nil
}

func (d *Reader) wrong(what, instead string) error {
	return &config.Error{File: d.name, Position: config.Position{Line: d.line, Column: 1}, What: what, Instead: instead}
}

// next is the next line, without its end; [ErrCut] where it has none.
func (d *Reader) next() (string, error) {
	var b []byte
	d.line++
	for {
		part, err := d.r.ReadSlice('\n')
		b = append(b, part...)
		switch {
		case err == nil:
			return strings.TrimSuffix(string(b[:len(b)-1]), "\r"), nil
		case len(b) > maxLine:
			return "", d.wrong("the line is too long", "remove it")
		case err == io.EOF && len(b) > 0:
			return "", ErrCut
		case err != bufio.ErrBufferFull:
			return "", err
		}
	}
}

// Next is the next event; io.EOF at the end, [ErrCut] where the file ends within
// one.
func (d *Reader) Next() (*Event, error) {
	for {
		line, err := d.next()
		if err != nil {
			return nil, err
		}
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			return d.parse(line)
		}
	}
}

// parse reads a line, and the configuration below it.
func (d *Reader) parse(line string) (*Event, error) {
	words, rest, ok := strings.Cut(line, " "+at+" ")
	if !ok {
		return nil, d.wrong("no event is named", "write @ and the event's name behind the words, as in the other lines")
	}
	e := &Event{Line: d.line, Recorded: line}
	stamp, _, _ := strings.Cut(words, " ")
	at, err := time.ParseDuration(stamp)
	if err != nil {
		return nil, d.wrong(fmt.Sprintf("%q is no time", stamp), "begin with seconds such as 1.000000005s")
	}
	e.At = at
	name, rest, _ := strings.Cut(rest, " ")
	e.Name = name
	if err := d.parseName(e, name); err != nil {
		return nil, err
	}
	rest, sum, ok := cutLast(" "+rest, " = ")
	h, err := strconv.ParseUint(sum, 16, 32)
	if !ok || err != nil {
		return nil, d.wrong("no sum", "end the line with = and eight hexadecimal digits")
	}
	e.hash = uint32(h)
	if err := d.parseArgs(e, rest); err != nil {
		return nil, err
	}
	return e, nil
}

func cutLast(s, sep string) (before, after string, ok bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// parseName reads OWNER/WORD#N.
func (d *Reader) parseName(e *Event, name string) error {
	owner, word, _ := strings.Cut(name, "/")
	word, _, _ = strings.Cut(word, "#")
	bare := strings.TrimRight(owner, "0123456789")
	id, err := strconv.ParseUint(owner[len(bare):], 10, 64)
	e.Kind = d.kinds[bare+"/"+word]
	if e.Kind == 0 || (err == nil) == (bare == ofDaemon) {
		return d.wrong(fmt.Sprintf("%q is no event", name), "write a name as the other lines have it, such as conn1/received#4")
	}
	switch bare {
	case ofConn:
		e.Conn = speaker.ConnID(id)
	case ofClient:
		e.Client = speaker.ClientID(id)
	}
	return nil
}

// parseArgs reads key=value, as often as there are any.
func (d *Reader) parseArgs(e *Event, s string) error {
	set := eventSetters(e)
	if e.Kind == Configure || e.Kind == Reload {
		e.Config = &speaker.Config{}
		set["lines"] = func(v string) error {
			n, err := strconv.ParseUint(v, 10, 31)
			e.lines = int(n)
			return err
		}
		addSetters(set, settingTable(), e.Config)
	}
	if e.Kind == ClientUp {
		e.Child = &child.Config{Client: e.Client}
		addSetters(set, childTable(), e.Child)
	}
	for s = strings.TrimLeft(s, " "); s != ""; s = strings.TrimLeft(s, " ") {
		key, rest, _ := strings.Cut(s, "=")
		v, rest, err := cutValue(rest)
		if err == nil && set[key] != nil {
			err = set[key](v)
		}
		if err != nil || set[key] == nil {
			return d.wrong(fmt.Sprintf("wrong value %.40q", s), "write KEY=VALUE as the other events of the kind have it")
		}
		s = rest
	}
	if e.Config == nil {
		return nil
	}
	return d.parseConfig(e)
}

// cutValue takes a value, quoted or not, from the front of s.
func cutValue(s string) (v, rest string, err error) {
	if !strings.HasPrefix(s, `"`) {
		v, rest, _ = strings.Cut(s, " ")
		return v, rest, nil
	}
	quoted, err := strconv.QuotedPrefix(s)
	if err != nil {
		return "", "", err
	}
	v, err = strconv.Unquote(quoted)
	return v, s[len(quoted):], err
}

// eventSetters has the fields of every kind.
func eventSetters(e *Event) map[string]func(v string) error {
	address := func(to *netip.AddrPort) func(v string) error {
		return func(v string) (err error) { *to, err = netip.ParseAddrPort(v); return err }
	}
	return map[string]func(v string) error{
		"n":      func(v string) (err error) { e.N, err = strconv.ParseInt(v, 10, 64); return err },
		"local":  address(&e.Local),
		"remote": address(&e.Remote),
		"data":   func(v string) (err error) { e.Data, err = hex.DecodeString(v); return err },
		"text": func(v string) error {
			if e.Text = v; e.Kind == Said {
				e.Text, e.Data = "", []byte(v)
			}
			return nil
		},
		"jitter": func(v string) (err error) { e.Jitter, err = strconv.ParseBool(v); return err },
		"draws": func(v string) error {
			for _, one := range strings.Split(v, ",") {
				n, err := strconv.ParseInt(one, 10, 32)
				if err != nil {
					return err
				}
				e.Draws = append(e.Draws, int(n))
			}
			return nil
		},
	}
}

func addSetters[T any](set map[string]func(v string) error, table []setting[T], to *T) {
	for _, s := range table {
		set[s.key] = func(v string) error { return s.parse(to, v) }
	}
}

// parseConfig reads the text below a line.
func (d *Reader) parseConfig(e *Event) error {
	first := d.line
	var b []byte
	for range e.lines {
		line, err := d.next()
		if err == io.EOF {
			return ErrCut
		} else if err != nil {
			return err
		}
		text, ok := strings.CutPrefix(line, margin)
		if !ok {
			return d.wrong("the configuration is not whole", fmt.Sprintf("write the %d lines that line %d has, each with %q before it", e.lines, first, margin))
		}
		b = append(append(b, text...), '\n')
	}
	c, err := config.Parse(d.name, b, config.DefaultEnv())
	var list config.Errors
	if errors.As(err, &list) {
		for _, one := range list {
			one.Line += first
		}
	}
	if err != nil {
		return err
	}
	e.Config.Processes, e.Config.Neighbors = c.Processes, c.Neighbors
	return nil
}
