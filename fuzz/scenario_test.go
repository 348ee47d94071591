package fuzz_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/peerloom/peerloom/sim/scenario"
)

// FuzzScenario parses whatever text as a scenario. One that parses prints to a
// text that parses to one that prints the same; errors have a place.
func FuzzScenario(f *testing.F) {
	names, err := filepath.Glob("../examples/*.scenario")
	if err != nil || len(names) == 0 {
		f.Fatalf("no examples: %v", err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte("peerloom scenario 1\nname x\n\nspeaker s {\n}\n\npeer p {\n\taddress 10.0.0.2\n\tsend-together {\n}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := scenario.Parse("f", data)
		if err != nil {
			if !bytes.HasPrefix([]byte(err.Error()), []byte("f:")) {
				t.Fatalf("an error without a place: %v", err)
			}
			return
		}
		text := scenario.Print(file)
		again, err := scenario.Parse("f", text)
		if err != nil {
			t.Fatalf("what was printed does not parse: %v\n%s", err, text)
		}
		if got := scenario.Print(again); !bytes.Equal(got, text) {
			t.Fatalf("printed again:\n%s\nbefore:\n%s", got, text)
		}
	})
}
