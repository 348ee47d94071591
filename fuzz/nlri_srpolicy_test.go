package fuzz_test

import (
	"testing"

	"github.com/peerloom/peerloom/codec"
)

// FuzzNLRISRPolicy: SR policies of both families.
func FuzzNLRISRPolicy(f *testing.F) {
	f.Add(false, false, []byte("\x60\x00\x00\x00\x01\x00\x00\x00\x02\x0a\x00\x00\x01"))
	f.Fuzz(func(t *testing.T, v6, addPath bool, b []byte) {
		family := codec.IPv4SRPolicy
		if v6 {
			family = codec.IPv6SRPolicy
		}
		checkNLRI(t, family, b, addPath)
	})
}

// FuzzTunnel: a tunnel encapsulation attribute that has a text is read back
// from it to the octet.
func FuzzTunnel(f *testing.F) {
	f.Add([]byte("\x00\x0f\x00\x24\x0c\x06\x00\x00\x00\x00\x00\x64\x0d\x06\x10\x00\x05\xdc\x01\x00\x80\x00\x11\x00\x09\x06\x00\x00\x00\x00\x00\x01\x01\x06\x00\x00\x03\xe8\x11\x00"))
	f.Fuzz(func(t *testing.T, v []byte) {
		attrs := codec.Attrs{{Type: codec.AttrTunnelEncap, Flags: codec.FlagOptional | codec.FlagTransitive, Value: v}}
		if attrs.String() == "" {
			t.Fatalf("%x has no text", v)
		}
	})
}
