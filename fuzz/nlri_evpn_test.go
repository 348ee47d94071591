package fuzz_test

import (
	"testing"

	"github.com/peerloom/peerloom/codec"
)

// FuzzNLRIEVPN: EVPN routes of all types, their octets and their words.
func FuzzNLRIEVPN(f *testing.F) {
	fuzzNLRI(f, []codec.Family{codec.L2VPNEVPN},
		"03 11 0000fde800000001 00000000 20 c0000201",
		"02 21 0000fde800000001 00000000000000000000 00000000 30 0a0b0c0d0e0f 00 000641",
		"05 22 0000fde800000001 00000000000000000000 00000000 18 0a000000 00000000 000640",
		"08 2b 0000fde800000001 00112233445566778899 00000000 20 c0000201 20 e0000001 20 c0000202 00000000 0a 01",
		"63 02 0102")
}
