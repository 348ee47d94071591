package fuzz_test

import (
	"testing"

	"github.com/peerloom/peerloom/codec"
)

var flowFamilies = [4]codec.Family{codec.IPv4Flow, codec.IPv4FlowVPN, codec.IPv6Flow, codec.IPv6FlowVPN}

// FuzzNLRIFlow: flow specifications of the four families.
func FuzzNLRIFlow(f *testing.F) {
	f.Add(byte(0), []byte("\x03\x03\x81\x06\x06\x01\x20\x0a\x00\x00\x01"))
	f.Add(byte(1), []byte("\x0b\x00\x00\xfd\xe8\x00\x00\x00\x01\x03\x81\x06"))
	f.Add(byte(2), []byte("\x04\x02\x80\x78\x01\x09\x03\x81\x3a\x0b\x81\x2e\x0d\x81\x0a"))
	f.Add(byte(7), []byte("\x00\x00\x00\x07\xf0\x0c\x00\x00\xfd\xe8\x00\x00\x00\x01\x02\x80\x78\x01"))
	f.Fuzz(func(t *testing.T, which byte, b []byte) {
		checkNLRI(t, flowFamilies[which&3], b, which&4 != 0)
	})
}
