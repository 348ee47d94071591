package capture

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"time"

	"github.com/peerloom/peerloom/codec"
)

// Record is one message found, or something damaged.
type Record struct {
	Offset   int64          // octets from the start, uncompressed
	Time     time.Time      // zero: not known
	From, To netip.AddrPort // zero: not known; port 0 where the format has none
	Message  []byte         // whole, header included; nil when Err says what is wrong
	Options  codec.Options  // how it is to be read
	Table    bool           // an entry of a routing table, written as an UPDATE
	Err      error
}

// Settings say how messages are read where a file does not tell.
type Settings struct {
	Options codec.Options
	// Read is told how many octets of the file have been read, now and then.
	Read func(octets int64)
}

// format is a kind of file.
type format struct {
	name  string
	magic func(head []byte) bool
	read  func(s *source, yield func(*Record) bool)
}

// formats are tried in this order; the last takes everything.
func formats() []format {
	return []format{
		{"pcap", begins("\xd4\xc3\xb2\xa1", "\xa1\xb2\xc3\xd4", "\x4d\x3c\xb2\xa1", "\xa1\xb2\x3c\x4d"), readPcap},
		{"pcapng", begins("\x0a\x0d\x0d\x0a"), readPcapNG},
		{"raw messages", begins(marker), readRaw},
		{"MRT", isMRT, readMRT},
	}
}

// marker begins every BGP message (RFC 4271 §4.1).
const marker = "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"

func begins(magic ...string) func(head []byte) bool {
	return func(head []byte) bool {
		for _, m := range magic {
			if bytes.HasPrefix(head, []byte(m)) {
				return true
			}
		}
		return false
	}
}

// headLen is how much of a file decides what it is.
const headLen = 64

// ErrFormat says that a file is none of those that this package knows.
var ErrFormat = errors.New("no BGP messages, packet capture or MRT file")

// Read calls yield with every message of r, in order, until yield answers
// false. The error says that r can't be read, or is [ErrFormat].
func Read(r io.Reader, s Settings, yield func(*Record) bool) error {
	src, err := open(r, s)
	if err != nil {
		return err
	}
	head, err := src.Peek(headLen)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	for _, f := range formats() {
		if f.magic(head) {
			f.read(src, yield)
			return src.err
		}
	}
	return ErrFormat
}

// Known reports whether head, the first octets of a file, is of a format that
// Read knows.
func Known(head []byte) bool {
	if begins("\x1f\x8b", "BZh")(head) {
		return true
	}
	for _, f := range formats() {
		if f.magic(head) {
			return true
		}
	}
	return false
}

// source is a file being read, and how far.
type source struct {
	*bufio.Reader
	settings Settings
	counter  *counter
	err      error // of reading, but for the end
}

// open looks through compression.
func open(r io.Reader, s Settings) (*source, error) {
	c := &counter{r: r, told: s.Read}
	b := bufio.NewReaderSize(c, 1<<20)
	head, err := b.Peek(3)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	switch {
	case begins("\x1f\x8b")(head):
		z, err := gzip.NewReader(b)
		if err != nil {
			return nil, fmt.Errorf("gzip: %w", err)
		}
		b = bufio.NewReaderSize(z, 1<<20)
	case begins("BZh")(head):
		b = bufio.NewReaderSize(bzip2.NewReader(b), 1<<20)
	}
	return &source{Reader: b, settings: s, counter: c}, nil
}

// fail keeps the error of a read; the end of the file is none.
func (s *source) fail(err error) {
	if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		s.err = err
	}
}

// counter counts what is read of the file itself.
type counter struct {
	r    io.Reader
	n    int64
	told func(int64)
}

// Read reads from the file.
func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	if c.told != nil {
		c.told(c.n)
	}
	return n, err
}
