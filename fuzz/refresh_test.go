package fuzz_test

import (
	"bytes"
	"testing"

	"github.com/peerloom/peerloom/codec"
)

// FuzzRouteRefresh: a ROUTE-REFRESH that decodes re-encodes to itself; what is
// refused is refused as RFC 7313 §5 or RFC 4271 §6.1 says.
func FuzzRouteRefresh(f *testing.F) {
	for _, body := range []string{"00010001", "00010101", "00020202", "0019 4d 46", "00010001 01400000", "0001 01", "0001", "",
		"00010101 00", "00 01 02"} {
		f.Add(unhex(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if len(body) > codec.MaxExtendedLen-codec.HeaderLen {
			return
		}
		msg := frame(codec.MsgRouteRefresh, body)
		r, err := codec.DecodeRouteRefresh(msg)
		bracket := len(body) > 2 && (body[2] == byte(codec.RefreshBegin) || body[2] == byte(codec.RefreshEnd))
		switch {
		case bracket && len(body) != 4:
			if err == nil || err.Code != codec.CodeRouteRefresh || err.Subcode != 1 || !bytes.Equal(err.Data, msg) {
				t.Fatalf("BoRR or EoRR of %d octets: %v", len(msg), err)
			}
		case len(body) < 4:
			if err == nil || err.Code != codec.CodeHeader || err.Subcode != codec.SubBadMessageLength {
				t.Fatalf("%d octets: %v", len(msg), err)
			}
		case err != nil:
			t.Fatalf("%x is refused: %v", body, err)
		default:
			if again := codec.AppendRouteRefresh(nil, r); !bytes.Equal(msg, again) {
				t.Fatalf("%x\nre-encoded became\n%x", msg, again)
			}
		}
	})
}
