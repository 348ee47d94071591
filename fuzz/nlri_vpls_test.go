package fuzz_test

import (
	"testing"

	"github.com/peerloom/peerloom/codec"
)

// FuzzNLRIVPLS: VPLS endpoints.
func FuzzNLRIVPLS(f *testing.F) {
	f.Add(false, []byte("\x00\x11\x00\x00\xfd\xe8\x00\x00\x00\x01\x00\x01\x00\x01\x00\x08\x02\x9c\xe1"))
	f.Fuzz(func(t *testing.T, addPath bool, b []byte) { checkNLRI(t, codec.L2VPNVPLS, b, addPath) })
}
