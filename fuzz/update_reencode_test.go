package fuzz_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/peerloom/peerloom/codec"
)

// routes gives owned copies of NLRI.
func routes(seq func(func(codec.RawNLRI) bool)) []codec.NLRI {
	var out []codec.NLRI
	for r := range seq {
		out = append(out, r.NLRI())
	}
	return out
}

// FuzzUpdateReencode: a well-formed UPDATE with routes of one family is written
// again in a canonical form that decodes to the same and does not change when
// it is written once more.
func FuzzUpdateReencode(f *testing.F) {
	addUpdateSeeds(f)
	f.Fuzz(func(t *testing.T, bits byte, body []byte) {
		if len(body) > codec.MaxLen {
			return
		}
		o := options(bits)
		var d codec.Decoder
		u := d.Update(frame(codec.MsgUpdate, body), o)
		if len(u.Errs) > 0 {
			return
		}
		nlri, attrs := routes(u.Announced()), u.ReachAttrs().Clone()
		if len(nlri) == 0 || slices.ContainsFunc(nlri, func(n codec.NLRI) bool { return n.Family != nlri[0].Family }) {
			return
		}
		if u.Reach.Family == codec.IPv4Unicast && len(u.NLRI) > 0 {
			return // two next hops
		}
		first := announce(t, o, attrs, nlri)
		u = d.Update(first, o)
		if len(u.Errs) > 0 {
			t.Fatalf("%x became %x: %+v", body, first, u.Errs)
		}
		again := routes(u.Announced())
		if !slices.Equal(again, nlri) {
			t.Fatalf("%x: %v became %v", body, nlri, again)
		}
		if o.AS4 && !u.ReachAttrs().Equal(attrs) {
			t.Fatalf("%x: %v became %v", body, attrs, u.ReachAttrs())
		}
		if second := announce(t, o, u.ReachAttrs(), again); !bytes.Equal(first, second) {
			t.Fatalf("%x is not stable:\n%x\n%x", body, first, second)
		}
	})
}

func announce(t *testing.T, o *codec.Options, attrs codec.Attrs, nlri []codec.NLRI) []byte {
	msg, n, err := codec.AppendAnnounce(nil, o, attrs, nlri)
	if err != nil || n != len(nlri) {
		t.Fatalf("%d of %d: %v: %v", n, len(nlri), err, attrs)
	}
	return msg
}
