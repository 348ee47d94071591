package fuzz_test

import (
	"testing"

	"github.com/peerloom/peerloom/codec"
)

// FuzzNLRIRTC: route target memberships.
func FuzzNLRIRTC(f *testing.F) {
	f.Add(false, []byte("\x60\x00\x00\xfd\xe8\x00\x02\xfd\xe8\x00\x00\x00\x01\x00\x30\x00\x00\x00\x01\x00\x02"))
	f.Fuzz(func(t *testing.T, addPath bool, b []byte) { checkNLRI(t, codec.IPv4RTC, b, addPath) })
}
