package fuzz_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/peerloom/peerloom/codec"
)

// frame puts a header before body.
func frame(t codec.MessageType, body []byte) []byte {
	n := codec.HeaderLen + len(body)
	return append(append(unhex(marker), byte(n>>8), byte(n), byte(t)), body...)
}

// FuzzOpen: an OPEN that decodes re-encodes, and what was re-encoded decodes to
// the same. No view panics.
func FuzzOpen(f *testing.F) {
	const fixed = "04 fde9 005a 0a000001"
	for _, params := range []string{
		"00", "02 02 00", "06 02 04 01 04 00010001", "0c 02 02 02 00 02 06 41 04 0000fde9",
		"0a 02 08 40 06 8078 0001 01 80", "08 02 06 45 04 0001 01 03", "0a 02 08 05 06 000100010002",
		"0b 02 09 47 07 0001 01 80 010203", "0a 02 08 49 06 02 7231 02 6c62", "07 02 05 4b 03 02 7631",
		"05 02 03 09 01 03", "06 02 04 42 02 6c6f", "ff ff 0005 02 0002 02 00", "00 ff 0000",
		"02 03 00", "06 02 04 41 02 0001", "03 02 01 02", "04 02 02 80 00",
	} {
		f.Add(unhex(fixed + params))
	}
	f.Add(unhex("03 fde9 005a 0a000001 00"))
	f.Add(unhex("04 0000 0001 00000000 00"))
	f.Fuzz(func(t *testing.T, body []byte) {
		if len(body) > codec.MaxLen-codec.HeaderLen {
			return
		}
		msg := frame(codec.MsgOpen, body)
		o, bad := codec.DecodeOpen(msg)
		if bad != nil {
			if o != nil || bad.Treat != codec.TreatReset || bad.Why == "" {
				t.Fatalf("refused with %+v and %v", bad, o)
			}
			return
		}
		useViews(o)
		if text := o.String(); strings.ContainsAny(text, "\n\x1b") {
			t.Fatalf("text %q", text)
		}
		again, err := codec.AppendOpen(nil, o)
		if err != nil {
			// One parameter for each capability takes more room than one for
			// all did.
			if len(msg)+3*len(o.Caps)+3 <= codec.MaxLen {
				t.Fatalf("%v of %d octets does not re-encode: %v", o, len(msg), err)
			}
			return
		}
		back, bad := codec.DecodeOpen(again)
		if bad != nil {
			t.Fatalf("re-encoded %x is refused: %v", again, bad)
		}
		o.Extended = back.Extended
		if !reflect.DeepEqual(o, back) {
			t.Fatalf("%v\nre-encoded became\n%v", o, back)
		}
	})
}

func useViews(o *codec.Open) {
	o.AS4()
	o.Families()
	o.AddPath()
	o.ExtendedNextHop()
	o.GracefulRestart()
	o.LLGR()
	o.FQDN()
	o.SoftwareVersion()
	o.Role()
}

// FuzzCapability: a capability that was never checked harms no view and no text.
func FuzzCapability(f *testing.F) {
	for _, c := range []codec.Capability{
		codec.MultiprotocolCap(codec.IPv4Unicast), codec.AS4Cap(1), codec.RoleCap(1), codec.FQDNCap("a", "b"),
		codec.SoftwareVersionCap("v"), codec.LLGRCap(codec.LLGRFamily{Family: codec.IPv4Unicast}),
		codec.GracefulRestartCap(codec.GracefulRestart{Families: []codec.RestartFamily{{Family: codec.IPv4Unicast}}}),
		codec.AddPathCap(codec.AddPathFamily{Family: codec.IPv4Unicast, Mode: codec.AddPathBoth}),
		codec.ExtendedNextHopCap(codec.NextHopFamily{Family: codec.IPv4Unicast, NextHop: 2}),
		codec.RouteRefreshCap(), codec.ExtendedMessageCap(), {Code: 66, Value: []byte("lo")},
	} {
		f.Add(byte(c.Code), c.Value)
	}
	f.Fuzz(func(t *testing.T, code byte, value []byte) {
		o := &codec.Open{Caps: []codec.Capability{{Code: codec.CapCode(code), Value: value}, codec.GracefulRestartCap(codec.GracefulRestart{})}}
		useViews(o)
		if text := o.String(); strings.ContainsAny(text, "\n\x1b") {
			t.Fatalf("text %q", text)
		}
	})
}
