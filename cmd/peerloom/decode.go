package main

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"strings"

	"github.com/peerloom/peerloom/codec"
)

const decodeHelp = `Usage: peerloom decode [flags] [HEX...]

Says what the bytes of BGP messages mean, one line a message. The bytes are
hexadecimal digits; blanks, colons and line ends between them do not count.
Without an argument they come from standard input.

    peerloom decode ffffffffffffffffffffffffffffffff001304
    peerloom decode --add-path "ipv4 unicast" < update.hex

A malformed message is said to be one, with the treatment that RFC 7606 (or RFC
4271 section 6) gives it, and the exit status is 1.
`

// decodeMax bounds the bytes that one call decodes.
const decodeMax = 64 << 20

func decode(_ context.Context, e env, args []string) int {
	var o codec.Options
	var addPath, nextHop []string
	var internal, extended bool
	f := flags("decode")
	f.BoolVar(&o.AS4, "as4", true, "AS numbers have 4 octets, as where both ends advertised RFC 6793")
	f.StringArrayVar(&addPath, "add-path", nil, "NLRI of this `FAMILY` carry a path identifier (RFC 7911); may be repeated")
	f.StringArrayVar(&nextHop, "extended-next-hop", nil, "NLRI of this `FAMILY` may have a next hop of the other one (RFC 8950); may be repeated")
	f.BoolVar(&extended, "extended", true, "messages of up to 65,535 octets (RFC 8654); false: 4,096")
	f.BoolVar(&internal, "internal", true, "the session is internal: LOCAL_PREF and the like are allowed")
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
	text := strings.Join(f.Args(), "")
	if f.NArg() == 0 {
		b, err := io.ReadAll(io.LimitReader(e.stdin, decodeMax))
		if err != nil {
			fmt.Fprintf(e.stderr, "peerloom decode: standard input: %v\n", err)
			return exitFailed
		}
		text = string(b)
	}
	data, err := unhex(text)
	if err != nil {
		return e.usage(f, err)
	}
	return e.describe(data, &o)
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
		return nil, fmt.Errorf("no message: give hexadecimal digits")
	}
	return data, nil
}

// describe prints a line for each message; malformed ones fail.
func (e env) describe(data []byte, o *codec.Options) int {
	var framer codec.Framer
	framer.Write(data)
	status := exitOK
	for framer.Buffered() > 0 {
		at := len(data) - framer.Buffered()
		msg, err := framer.Next(o.Max())
		switch {
		case err != nil:
			fmt.Fprintf(e.stdout, "octet %d: malformed: %v: %v\n", at, err, err.Treat)
			return exitFailed
		case msg == nil:
			fmt.Fprintf(e.stdout, "octet %d: the bytes end in the middle of a message\n", at)
			return exitFailed
		}
		line, treat := codec.Describe(msg, o), treatment(msg, o)
		if treat != codec.TreatNone && codec.TypeOf(msg) != codec.MsgUpdate {
			line += ": " + treat.String()
		}
		if treat != codec.TreatNone {
			status = exitFailed
		}
		fmt.Fprintln(e.stdout, line)
	}
	return status
}

// treatment is what a receiver does about what is malformed in msg.
func treatment(msg []byte, o *codec.Options) codec.Treatment {
	var err *codec.Error
	switch codec.TypeOf(msg) {
	case codec.MsgUpdate:
		var d codec.Decoder
		return d.Update(msg, o).Worst()
	case codec.MsgOpen:
		_, err = codec.DecodeOpen(msg)
	case codec.MsgNotification:
		_, err = codec.DecodeNotification(msg)
	case codec.MsgRouteRefresh:
		_, err = codec.DecodeRouteRefresh(msg)
	}
	if err == nil {
		return codec.TreatNone
	}
	return err.Treat
}
