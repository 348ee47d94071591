package fuzz_test

import (
	"bytes"
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"github.com/peerloom/peerloom/codec"
)

// unhex is the octets of hexadecimal text with blanks in it.
func unhex(s string) []byte {
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		panic(err)
	}
	return b
}

// marker begins every message.
const marker = "ffffffffffffffffffffffffffffffff"

// drain takes all messages that are whole out of f, as copies.
func drain(f *codec.Framer, max int, msgs [][]byte) ([][]byte, *codec.Error) {
	for {
		m, err := f.Next(max)
		if m == nil || err != nil {
			return msgs, err
		}
		msgs = append(msgs, slices.Clone(m))
	}
}

// FuzzFrame: a stream gives the same messages and the same error in one piece
// and in any split, and what it gives is the stream, whole.
func FuzzFrame(f *testing.F) {
	keepalive := codec.AppendKeepalive(nil)
	f.Add(keepalive, []byte{1}, false)
	f.Add(slices.Repeat(keepalive, 3), []byte{18, 2, 0}, true)
	f.Add(append(slices.Clone(keepalive), unhex(marker+"0017 02 0000 0000")...), []byte{20, 5}, false)
	f.Add(append(slices.Clone(keepalive), make([]byte, 19)...), []byte{255}, false)
	f.Add(unhex(marker+"0012 04"), []byte{7}, false)
	f.Add(unhex(marker+"1001 02"), []byte{}, false)
	f.Add(unhex(marker+"ffff 05 00010001"), []byte{3}, true)
	f.Add(unhex(marker+"0014 03 06"), []byte{3}, true)
	f.Add(unhex(marker+"0013 ff"), []byte{3}, true)
	f.Fuzz(func(t *testing.T, stream, pieces []byte, extended bool) {
		max := codec.MaxLen
		if extended {
			max = codec.MaxExtendedLen
		}
		var whole codec.Framer
		whole.Write(stream)
		want, wantErr := drain(&whole, max, nil)

		var split codec.Framer
		var got [][]byte
		var gotErr *codec.Error
		for rest, i := stream, 0; len(rest) > 0 && gotErr == nil; i++ {
			n := len(rest)
			if i < len(pieces) {
				n = min(n, int(pieces[i]))
			}
			split.Write(rest[:n])
			rest = rest[n:]
			got, gotErr = drain(&split, max, got)
			if c := split.Clone(); c.Buffered() != split.Buffered() {
				t.Fatalf("a clone holds %d octets, its original %d", c.Buffered(), split.Buffered())
			}
			if gotErr == nil && split.Buffered() > max {
				t.Fatalf("%d octets kept after everything whole was taken", split.Buffered())
			}
		}
		if len(got) != len(want) || !bytes.Equal(slices.Concat(got...), slices.Concat(want...)) {
			t.Fatalf("in one piece %x\nsplit by %d: %x", want, pieces, got)
		}
		if (gotErr == nil) != (wantErr == nil) || gotErr != nil && gotErr.Error() != wantErr.Error() {
			t.Fatalf("in one piece %v, split by %d: %v", wantErr, pieces, gotErr)
		}
		if !bytes.HasPrefix(stream, slices.Concat(want...)) {
			t.Fatalf("messages %x are not the stream's", want)
		}
		for _, m := range want {
			if text := codec.Describe(m, &codec.Options{MaxLen: max}); text == "" || strings.ContainsAny(text, "\n\x1b") {
				t.Fatalf("%x is described as %q", m, text)
			}
		}
	})
}
