package fuzz_test

import (
	"testing"

	"github.com/peerloom/peerloom/codec"
)

// FuzzNLRIMVPN: a run of MCAST-VPN routes.
func FuzzNLRIMVPN(f *testing.F) {
	fuzzNLRI(f, []codec.Family{codec.IPv4MVPN, codec.IPv6MVPN},
		"0512 0000fde80001869f 20 0a630c04 20 effbffe4", "0616 0000fde80001869f 0000fde8 20 0a63c701 20 effbffe4",
		"010c 0000fde800000001 0a000001", "020c 0000fde800000001 0000fde8", "030e 0000fde800000001 00 00 0a000001", "0900", "ff01")
}
