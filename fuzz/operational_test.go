package fuzz_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/peerloom/peerloom/codec"
)

// FuzzOperational: what decodes is written again as the same octets (but for an
// advisory that is too long, or not UTF-8), and has a text and JSON.
func FuzzOperational(f *testing.F) {
	for _, s := range []string{"0002 0005 000101 6869", "0003 000b 000101 0a000001 00000007", "0008 000f 000101 0a000001 00000007 00000009", "ffff 0000"} {
		f.Add(unhex(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if len(body) > 4000 {
			return
		}
		msg := frame(codec.MsgOperational, body)
		o, bad := codec.DecodeOperational(msg)
		if bad != nil {
			if bad.Why == "" || bad.Treat != codec.TreatDiscard {
				t.Fatalf("%x: %+v", body, bad)
			}
			return
		}
		if object := o.AppendJSON(nil); !json.Valid(object) || o.String() == "" {
			t.Fatalf("%x: no JSON: %s", body, object)
		}
		if again := codec.AppendOperational(nil, o); o.Advisory == "" && !bytes.Equal(again, msg) {
			t.Fatalf("%x became %x", msg, again)
		}
	})
}
