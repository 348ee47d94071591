package fuzz_test

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/peerloom/peerloom/codec"
)

// FuzzNotification: a NOTIFICATION with a code and a subcode re-encodes to
// itself, and its text is one printable line.
func FuzzNotification(f *testing.F) {
	for _, n := range []codec.Notification{
		{Code: 1, Subcode: 2, Data: []byte{0, 18}}, {Code: 2, Subcode: 1, Data: []byte{0, 4}}, {Code: 4},
		codec.Shutdown(codec.CeaseShutdown, "maintenance"), codec.Shutdown(codec.CeaseReset, "é"),
		codec.HardReset(codec.Shutdown(codec.CeaseShutdown, "bye")), codec.HardReset(codec.HardReset(codec.Notification{})),
		{Code: 6, Subcode: 2, Data: []byte{9, 'x'}}, {Code: 77, Subcode: 77},
	} {
		f.Add(codec.Body(codec.AppendNotification(nil, n)))
	}
	f.Add([]byte{})
	f.Add([]byte{6})
	f.Fuzz(func(t *testing.T, body []byte) {
		if len(body) > codec.MaxLen-codec.HeaderLen {
			return
		}
		msg := frame(codec.MsgNotification, body)
		n, err := codec.DecodeNotification(msg)
		if err != nil {
			if len(body) >= 2 || !err.NoReply {
				t.Fatalf("%x is refused with %+v", body, err)
			}
			return
		}
		if again := codec.AppendNotification(nil, n); !bytes.Equal(msg, again) {
			t.Fatalf("%x\nre-encoded became\n%x", msg, again)
		}
		if text := n.String(); strings.ContainsAny(text, "\n\x1b") || !utf8.ValidString(text) {
			t.Fatalf("text %q", text)
		}
		if text, ok := n.ShutdownText(); ok && !bytes.Equal(codec.Shutdown(n.Subcode, text).Data, n.Data) {
			t.Fatalf("communication %q of %x", text, n.Data)
		}
		if in, ok := n.Wrapped(); ok && !bytes.Equal(codec.HardReset(in).Data, n.Data) {
			t.Fatalf("hard reset of %v wraps as %x", in, n.Data)
		}
	})
}

// FuzzShutdown: any text of a client becomes a communication that reads back.
func FuzzShutdown(f *testing.F) {
	f.Add("maintenance", true)
	f.Add("", false)
	f.Add(strings.Repeat("é", 200), true)
	f.Add(strings.Repeat("x", 253)+"\xff\xf0", false)
	f.Fuzz(func(t *testing.T, text string, reset bool) {
		sub := uint8(codec.CeaseShutdown)
		if reset {
			sub = codec.CeaseReset
		}
		n := codec.Shutdown(sub, text)
		got, ok := n.ShutdownText()
		if ok != (text != "") || len(got) > 255 {
			t.Fatalf("%q became %x", text, n.Data)
		}
		if utf8.ValidString(text) && len(text) <= 255 && got != text {
			t.Fatalf("%q became %q", text, got)
		}
	})
}
