package main

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/speaker"
	"github.com/peerloom/peerloom/speaker/command"
	"github.com/peerloom/peerloom/speaker/event"
)

const decodeHelp = `Usage: peerloomd decode [-f "AFI SAFI"] [-i] [--update | --nlri | --open] HEX

Prints as JSON, in the form of ExaBGP's events, what the bytes say. HEX may hold
blanks and colons, and may begin with the header of its message or without it.

    peerloomd decode --update 000000144001010040020040030401020304180A0000
    peerloomd decode -f "ipv4 unicast" --nlri 180A0000

Exit status: 0 decoded, 1 the bytes are malformed, 2 wrong usage.

Flags:
`

// decodeOptions is what the command line of decode says.
type decodeOptions struct {
	family             string
	addPath            bool
	update, nlri, open bool
	help               bool
}

// decodeCommand is the command decode.
func decodeCommand(args []string, stdout, stderr io.Writer) int {
	var o decodeOptions
	f := pflag.NewFlagSet("decode", pflag.ContinueOnError)
	f.SetOutput(stderr)
	f.SortFlags = false
	f.Usage = func() {}
	f.StringVarP(&o.family, "family", "f", "", `address family of --nlri, such as "ipv4 unicast" (the default); with -i the one with path identifiers`)
	f.BoolVarP(&o.addPath, "path-information", "i", false, "NLRI carry path identifiers (RFC 7911), of every family where -f says none")
	f.BoolVarP(&o.update, "update", "u", false, "HEX is an UPDATE (the default)")
	f.BoolVarP(&o.nlri, "nlri", "n", false, "HEX is the NLRI of routes")
	f.BoolVarP(&o.open, "open", "o", false, "HEX is an OPEN")
	f.BoolVarP(&o.help, "help", "h", false, "this text")
	f.BoolP("debug", "d", false, "accepted for ExaBGP's sake, ignored")
	f.BoolP("pdb", "p", false, "accepted for ExaBGP's sake, ignored")
	fail := func(status int, err error) int {
		fmt.Fprintf(stderr, "decode: %v\n", err)
		return status
	}
	if err := f.Parse(args); err != nil {
		return fail(exitUsage, err)
	}
	if o.help {
		fmt.Fprint(stdout, decodeHelp, f.FlagUsages())
		return exitOK
	}
	families, err := o.families()
	if err != nil {
		return fail(exitUsage, err)
	}
	text := strings.NewReplacer(":", "", " ", "", "\n", "").Replace(strings.Join(f.Args(), ""))
	raw, err := hex.DecodeString(text)
	switch {
	case err != nil:
		return fail(exitUsage, fmt.Errorf("HEX: %w", err))
	case len(raw) == 0:
		return fail(exitUsage, errors.New("no bytes: write decode --update HEX"))
	}
	var out []byte
	if o.nlri {
		out, err = decodeNLRI(families[0], raw, o.addPath)
	} else {
		out, err = decodeMessage(raw, &o, families)
	}
	if err != nil {
		return fail(exitFailed, err)
	}
	if _, err := stdout.Write(out); err != nil {
		return fail(exitFailed, err)
	}
	return exitOK
}

// families are those that -f names; --nlri reads the first.
func (o *decodeOptions) families() (codec.FamilySet, error) {
	kinds := 0
	for _, set := range []bool{o.update, o.nlri, o.open} {
		if set {
			kinds++
		}
	}
	if kinds > 1 {
		return nil, errors.New("write one of --update, --nlri and --open")
	}
	words := strings.Fields(o.family)
	if len(words) == 0 || o.family == "all" {
		if o.nlri {
			return codec.FamilySet{codec.IPv4Unicast}, nil
		}
		return command.AllFamilies(), nil
	}
	if len(words) == 2 {
		if row, ok := command.FamilyByName(words[0], words[1]); ok {
			return codec.FamilySet{row.Family}, nil
		}
		return nil, fmt.Errorf("-f %q: no such family; those of %s: %s", o.family, words[0], command.FamilyNames(words[0]))
	}
	return nil, fmt.Errorf(`-f %q: write the AFI and the SAFI, such as "ipv4 unicast"`, o.family)
}

// decodeNLRI has a line for each route.
func decodeNLRI(family codec.Family, raw []byte, addPath bool) ([]byte, error) {
	var b []byte
	for r, err := range codec.NLRIs(family, raw, addPath) {
		if err != nil {
			return nil, err
		}
		b = append(event.AppendNLRI(b, r.NLRI(), addPath), '\n')
	}
	return b, nil
}

// decodeMessage has the line of a message. A session that nobody negotiated is
// an internal one between speakers of 4-octet AS numbers.
func decodeMessage(raw []byte, o *decodeOptions, families codec.FamilySet) ([]byte, error) {
	msg, err := withHeader(raw, o.open)
	if err != nil {
		return nil, err
	}
	options := &codec.Options{AS4: true, IBGP: true, MaxLen: codec.MaxExtendedLen, ExtendedNextHop: command.AllFamilies()}
	if o.addPath {
		options.AddPath = families
	}
	if err := malformed(msg, options); err != nil {
		return nil, err
	}
	host, err := os.Hostname()
	if err != nil {
		host = "localhost"
	}
	format := event.Format{JSON: true, Version: 6, Host: host, PID: os.Getpid(), PPID: os.Getppid()}
	loopback := netip.AddrFrom4([4]byte{127, 0, 0, 1})
	peer := speaker.PeerInfo{LocalAddress: loopback, PeerAddress: loopback, LocalAS: 1, PeerAS: 1, RouterID: netip.AddrFrom4([4]byte{1, 2, 3, 4})}
	return format.AppendDecoded(nil, time.Now(), msg, options, &peer), nil
}

// withHeader is raw with its header (RFC 4271 §4.1), which is made where raw
// does not begin with a marker.
func withHeader(raw []byte, open bool) ([]byte, error) {
	const marker = "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
	kind := codec.MsgUpdate
	if open {
		kind = codec.MsgOpen
	}
	if !strings.HasPrefix(string(raw), marker) {
		n := codec.HeaderLen + len(raw)
		if n > codec.MaxExtendedLen {
			return nil, fmt.Errorf("%d bytes: no message has more than %d", n, codec.MaxExtendedLen)
		}
		return append(append([]byte(marker), byte(n>>8), byte(n), byte(kind)), raw...), nil
	}
	if len(raw) < codec.HeaderLen {
		return nil, fmt.Errorf("%d bytes: the header alone has %d", len(raw), codec.HeaderLen)
	}
	if n := int(raw[16])<<8 | int(raw[17]); n != len(raw) {
		return nil, fmt.Errorf("the header says %d bytes, there are %d", n, len(raw))
	}
	return raw, nil
}

// malformed says what is wrong with a message that no session would take.
func malformed(msg []byte, o *codec.Options) error {
	switch codec.TypeOf(msg) {
	case codec.MsgOpen:
		if _, bad := codec.DecodeOpen(msg); bad != nil {
			return bad
		}
	case codec.MsgUpdate:
		var d codec.Decoder
		for _, bad := range d.Update(msg, o).Errs {
			if bad.Treat == codec.TreatReset {
				return &bad
			}
		}
	}
	return nil
}
