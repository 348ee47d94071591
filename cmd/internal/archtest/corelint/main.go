// Corelint says where a pure package reaches for a clock, for randomness, for
// goroutines and channels, ranges over a map, computes with floating point or
// keeps state of its own: what a run that is replayed must not depend on. Tests
// and other packages may.
//
//	go run ./cmd/internal/archtest/corelint ./...
//
// It takes the flags of go vet's tools, and go vet takes it: -vettool.
package main

import (
	"golang.org/x/tools/go/analysis/multichecker"

	"github.com/peerloom/peerloom/cmd/internal/archtest"
)

func main() { multichecker.Main(archtest.Analyzers()...) }
