package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/peerloom/peerloom/cmd/internal/capture"
	"github.com/peerloom/peerloom/codec"
)

const decodeHelp = `Usage: peerloom decode [flags] [HEX... | FILE... | -]

Says what the bytes of BGP messages mean, one line a message. They come as
hexadecimal digits (blanks, colons and line ends between them do not count), or
in files: raw messages one behind the other, packet captures (pcap, pcapng) whose
TCP streams of port 179 are put together, or MRT (RFC 6396: TABLE_DUMP,
TABLE_DUMP_V2, BGP4MP and BGP4MP_ET, with the path identifiers of RFC 8050), each
also compressed with gzip or bzip2. Without an argument, or as -, they come from
standard input.

    peerloom decode ffffffffffffffffffffffffffffffff001304
    peerloom decode --add-path "ipv4 unicast" < update.hex
    peerloom decode session.pcapng
    peerloom decode --json updates.20260101.0000.bz2 | jq 'select(.treatment != "none")'

Where a capture holds both OPENs of a session, its messages are read as those
negotiate; an MRT file says it of each message. A table entry is shown as the
UPDATE that would announce it.

A malformed message is said to be one, with the treatment that RFC 7606 (or RFC
4271 section 6) gives it. What is damaged is reported with its place (octets from
the start; in a packet capture the number of the packet), and the rest is read.

Exit status: 0 all is well-formed, 1 something is malformed or damaged, 2 wrong
usage or a file that can't be read.
`

// decodeMax bounds the hexadecimal digits that one call decodes.
const decodeMax = 64 << 20

func decode(ctx context.Context, e env, args []string) int {
	var o codec.Options
	var addPath, nextHop []string
	var internal, extended, asJSON bool
	f := flags("decode")
	f.BoolVar(&o.AS4, "as4", true, "AS numbers have 4 octets, as where both ends advertised RFC 6793")
	f.StringArrayVar(&addPath, "add-path", nil, "NLRI of this `FAMILY` carry a path identifier (RFC 7911); may be repeated")
	f.StringArrayVar(&nextHop, "extended-next-hop", nil, "NLRI of this `FAMILY` may have a next hop of the other one (RFC 8950); may be repeated")
	f.BoolVar(&extended, "extended", true, "messages of up to 65,535 octets (RFC 8654); false: 4,096")
	f.BoolVar(&internal, "internal", true, "the session is internal: LOCAL_PREF and the like are allowed")
	f.BoolVar(&asJSON, "json", false, "one line of JSON a message")
	if status, stop := e.parse(f, decodeHelp, args); stop {
		return status
	}
	o.IBGP, o.MaxLen = internal, codec.MaxLen
	if extended {
		o.MaxLen = codec.MaxExtendedLen
	}
	var err error
	if o.AddPath, err = families(addPath); err == nil {
		o.ExtendedNextHop, err = families(nextHop)
	}
	if err != nil {
		return e.usage(f, err)
	}
	d := &decoding{env: e, ctx: ctx, json: asJSON, settings: capture.Settings{Options: o}}
	text, files, err := inputs(f.Args())
	if err == nil && len(files) == 0 {
		err = d.digits("", strings.NewReader(text))
	}
	if err != nil {
		return e.usage(f, err)
	}
	for _, name := range files {
		if err := d.file(name); err != nil {
			fmt.Fprintf(e.stderr, "peerloom decode: %s: %v\n", name, err)
			return exitUsage
		}
	}
	return d.status
}

// inputs tells digits from names of files.
func inputs(args []string) (text string, files []string, err error) {
	if len(args) == 0 {
		return "", []string{"-"}, nil
	}
	for _, a := range args {
		if strings.Trim(a, "0123456789abcdefABCDEF: \t\r\n") == "" {
			text += a
		} else {
			files = append(files, a)
		}
	}
	if text != "" && len(files) > 0 {
		return "", nil, fmt.Errorf("hexadecimal digits and the file %s: write one or the other (./%s names a file)", files[0], files[0])
	}
	return text, files, nil
}

func families(names []string) (codec.FamilySet, error) {
	var s codec.FamilySet
	for _, n := range names {
		f, err := codec.ParseFamily(n)
		if err != nil {
			return nil, err
		}
		s = append(s, f)
	}
	return s, nil
}

// unhex reads hexadecimal digits; the error says where they are none.
func unhex(text string) ([]byte, error) {
	digits := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \t\r\n:", r) {
			return -1
		}
		return r
	}, text)
	data, err := hex.DecodeString(digits)
	switch {
	case err != nil && len(data)*2+1 == len(digits):
		return nil, fmt.Errorf("an odd number of hexadecimal digits (%d)", len(digits))
	case err != nil:
		return nil, fmt.Errorf("octet %d is not hexadecimal: %w", len(data), err)
	case len(data) == 0:
		return nil, fmt.Errorf("no message: give hexadecimal digits or the name of a file")
	}
	return data, nil
}

// decoding is one call of the command.
type decoding struct {
	env
	ctx      context.Context
	json     bool
	settings capture.Settings
	name     string // of the file, in front of what is wrong with it
	status   int
	messages int
	told     time.Time
}

// file decodes a file, or standard input.
func (d *decoding) file(name string) error {
	r := d.stdin
	d.name = ""
	size := int64(0)
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return fmt.Errorf("no hexadecimal digits, and no file that can be read: %w", err)
		}
		defer f.Close()
		if i, err := f.Stat(); err == nil {
			size = i.Size()
		}
		r, d.name = f, name+": "
	}
	head := make([]byte, 64)
	n, err := io.ReadFull(r, head)
	if err != nil && n == 0 && name != "-" {
		return fmt.Errorf("the file is empty")
	}
	r = io.MultiReader(bytes.NewReader(head[:n]), r)
	if !capture.Known(head[:n]) {
		return d.digits(name, r)
	}
	d.told = time.Now()
	d.settings.Read = func(octets int64) { d.progress(name, octets, size) }
	return capture.Read(r, d.settings, d.record)
}

// digits decodes hexadecimal digits.
func (d *decoding) digits(name string, r io.Reader) error {
	text, err := io.ReadAll(io.LimitReader(r, decodeMax))
	if err != nil {
		return err
	}
	data, err := unhex(string(text))
	if err != nil {
		if name != "" && name != "-" {
			err = fmt.Errorf("%w, and it is %w", err, capture.ErrFormat)
		}
		return err
	}
	return d.bytes(data)
}

// bytes decodes messages that stand one behind the other.
func (d *decoding) bytes(data []byte) error {
	var framer codec.Framer
	framer.Write(data)
	for framer.Buffered() > 0 {
		r := &capture.Record{Offset: int64(len(data) - framer.Buffered()), Options: d.settings.Options}
		msg, err := framer.Next(d.settings.Options.Max())
		switch {
		case err != nil:
			r.Err = fmt.Errorf("malformed: %w: %v", err, err.Treat)
		case msg == nil:
			r.Err = fmt.Errorf("the bytes end in the middle of a message")
		default:
			r.Message = msg
		}
		if !d.record(r) || r.Err != nil {
			break
		}
	}
	return nil
}

// progress says once a second how far a long file is read.
func (d *decoding) progress(name string, octets, size int64) {
	now := time.Now()
	if now.Sub(d.told) < time.Second {
		return
	}
	d.told = now
	of := ""
	if size > 0 {
		of = fmt.Sprintf(" (%d %%)", octets*100/size)
	}
	fmt.Fprintf(d.stderr, "%s: %d KiB%s, %d messages\n", name, octets>>10, of, d.messages)
}
