package fuzz_test

import (
	"testing"

	"github.com/peerloom/peerloom/codec"
)

// FuzzNLRIBGPLS: BGP-LS of both families.
func FuzzNLRIBGPLS(f *testing.F) {
	f.Add(false, false, []byte("\x00\x01\x00\x15\x02\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x08\x02\x00\x00\x04\x00\x00\xfd\xe8"))
	f.Fuzz(func(t *testing.T, vpn, addPath bool, b []byte) {
		family := codec.BGPLS
		if vpn {
			family = codec.BGPLSVPN
		}
		checkNLRI(t, family, b, addPath)
	})
}
