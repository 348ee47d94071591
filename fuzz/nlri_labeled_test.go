package fuzz_test

import (
	"testing"

	"github.com/peerloom/peerloom/codec"
)

// FuzzNLRILabeled: a run of labelled NLRI, announced or withdrawn.
func FuzzNLRILabeled(f *testing.F) {
	fuzzNLRI(f, []codec.Family{codec.IPv4Labeled, codec.IPv6Labeled, codec.IPv4VPN, codec.IPv6VPN},
		"20 003e81 0a", "48 003e80 003e81 0a", "20 800000 0a", "60 003e81 0000000100000001 0a", "00", "ff 003e81")
}
