package fuzz_test

import (
	"bytes"
	"testing"

	"github.com/peerloom/peerloom/sim/scenario"
)

// FuzzScenario parses whatever text as a scenario. One that parses prints to a
// text that parses to one that prints the same; errors have a place.
func FuzzScenario(f *testing.F) {
	// Small ones: the fuzzer takes long to minimize what grew out of a large one.
	f.Add([]byte("peerloom scenario 1\nname y\n# about\n\npace none\ndelay 1ms\nsplit 1/4\nwindow 9\n\nspeaker s {\n\tneighbor 10.0.0.2 {\n\t\trouter-id 1.2.3.4;\n" +
		"\t\tlocal-address 10.0.0.1;\n\t\tlocal-as 1;\n\t\tpeer-as 1;\n\t}\n}\n\npeer p {\n\taddress 10.0.0.2\n\tasn 7\n\twait messages 2\n\trefresh ipv4 unicast\n\tnotification 4 x\n}\n"))
	f.Add([]byte("peerloom scenario 1\nname z\n\nspeaker s {\n}\n\nclient c of s {\n\tsend-together {\n\t\tx\n\t}\n\texpect done 1\n\tsleep 1ms\n}\n\nexpect s to p {\n\tEnd = FF\n}\n\nview p {\n\tx\n}\n"))
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
