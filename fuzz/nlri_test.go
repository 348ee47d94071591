package fuzz_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/peerloom/peerloom/codec"
)

// checkNLRI: whatever the octets, iterating ends, each NLRI has a canonical
// form that is its own, and its text and JSON can be written.
func checkNLRI(t *testing.T, f codec.Family, b []byte, addPath bool) {
	for r, err := range codec.NLRIs(f, b, addPath) {
		if err != nil {
			return
		}
		n := r.NLRI()
		again := codec.RawNLRI{Family: f, PathID: n.PathID, Bytes: []byte(n.Wire)}.NLRI()
		if again != n {
			t.Fatalf("%x: the canonical form %x became %x", r.Bytes, n.Wire, again.Wire)
		}
		if again.Key() != n.Key() {
			t.Fatalf("%x: two keys of one route", r.Bytes)
		}
		if n.String() == "" {
			t.Fatalf("%x has no text", r.Bytes)
		}
		if object := append(n.AppendJSON([]byte{'{'}), '}'); !json.Valid(object) {
			t.Fatalf("%x: no JSON: %s", r.Bytes, object)
		}
		if out := whole(f, n); !bytes.Equal(out, []byte(n.Wire)) {
			t.Fatalf("%x: the canonical form %x is cut off to %x", r.Bytes, n.Wire, out)
		}
	}
}

// whole is the first NLRI of n's wire form.
func whole(f codec.Family, n codec.NLRI) []byte {
	for r, err := range codec.NLRIs(f, []byte(n.Wire), false) {
		if err == nil {
			return r.Bytes
		}
		break
	}
	return nil
}
