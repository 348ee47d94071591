package fuzz_test

import (
	"testing"

	"github.com/peerloom/peerloom/codec"
)

// FuzzNLRIBGPLS: BGP-LS of both families, their octets and their words.
func FuzzNLRIBGPLS(f *testing.F) {
	fuzzNLRI(f, []codec.Family{codec.BGPLS, codec.BGPLSVPN},
		"0001 0019 02 0000000000000001 0100 000c 0200 0004 0000fde8 0201 0000",
		"0001 0021 0000fde800000001 02 0000000000000001 0100 000c 0200 0004 0000fde8 0201 0000",
		"0003 001b 02 0000000000000000 0100 0008 0200 0004 0000fde8 0109 0002 080a",
		"0004 0013 03 0000000000000000 0109 0006 2020010db8 00")
}
