package fuzz_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
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

// fuzzNLRI fuzzes the NLRI field of families: what parses is written again and
// read back as the same routes, announced or withdrawn; its text reads back
// and its key does not depend on how it was written.
func fuzzNLRI(f *testing.F, families []codec.Family, seeds ...string) {
	for i, s := range seeds {
		f.Add(byte(i), unhex(s))
		f.Add(byte(i)|0x80, unhex(s))
	}
	f.Fuzz(func(t *testing.T, bits byte, field []byte) {
		if len(field) > 2048 {
			return
		}
		family := families[int(bits&15)%len(families)]
		o := &codec.Options{AS4: true, IBGP: true, ReachLast: bits&32 != 0, MaxLen: codec.MaxExtendedLen}
		if bits&64 != 0 {
			o.AddPath = codec.FamilySet{family}
		}
		var d codec.Decoder
		if bits&0x80 != 0 {
			u := d.Update(frame(codec.MsgUpdate, unreach(family, field)), o)
			list := routes(u.Withdraws())
			if len(u.Errs) > 0 || len(list) == 0 {
				return
			}
			msg, n, err := codec.AppendWithdraw(nil, o, nil, list)
			if err != nil || n != len(list) {
				t.Fatalf("%x: withdrew %d of %v: %v", field, n, list, err)
			}
			if u = d.Update(msg, o); !slices.Equal(list, routes(u.Withdraws())) {
				t.Fatalf("%x: %v became %v", field, list, routes(u.Withdraws()))
			}
			return
		}
		u := d.Update(frame(codec.MsgUpdate, reach(family, field)), o)
		list, attrs := routes(u.Announced()), u.ReachAttrs().Clone()
		if len(u.Errs) > 0 || len(list) == 0 {
			return
		}
		u = d.Update(announce(t, o, attrs, list), o)
		if again := routes(u.Announced()); !slices.Equal(list, again) || !u.ReachAttrs().Equal(attrs) {
			t.Fatalf("%x: %v %v became %v %v", field, list, attrs, again, u.ReachAttrs())
		}
		for _, n := range list {
			readBack(t, n)
		}
	})
}

// readBack reads the text of an NLRI, where its family has a form for it.
func readBack(t *testing.T, n codec.NLRI) {
	text := n.String()
	if strings.HasPrefix(text, "0x") {
		return
	}
	back, err := codec.ParseNLRIText(n.Family, n.PathID, fields(n.Family, text))
	if err != nil || back.Key() != n.Key() {
		t.Fatalf("%v %q (%x) reads back as %q: %v", n.Family, text, n.Wire, back, err)
	}
	if object := append(n.AppendJSON([]byte{'{'}), '}'); !json.Valid(object) {
		t.Fatalf("%x: no JSON: %s", n.Wire, object)
	}
}

// fields cuts a text into keywords.
func fields(f codec.Family, text string) []codec.NLRIField {
	words := strings.Fields(strings.NewReplacer("[", " [ ", "]", " ] ").Replace(text))
	if _, prefix := codec.NLRITextArity(f, ""); prefix {
		words = append([]string{""}, words...)
	}
	var out []codec.NLRIField
	for i := 0; i < len(words); {
		x := codec.NLRIField{Name: words[i]}
		n, _ := codec.NLRITextArity(f, x.Name)
		for i++; n > 0 && i < len(words); n-- {
			start := i
			if words[i] == "[" {
				i += slices.Index(words[i:], "]")
			}
			i++
			x.Values = append(x.Values, words[start:i]...)
		}
		out = append(out, x)
	}
	return out
}

// reach is the body of an UPDATE with one MP_REACH_NLRI.
func reach(f codec.Family, field []byte) []byte {
	nh := make([]byte, 16)
	nh[0] = 0x20
	switch {
	case f == codec.IPv4VPN:
		nh = append(make([]byte, 8), 10, 0, 0, 1)
	case f == codec.IPv6VPN:
		nh = append(make([]byte, 8), nh...)
	case f.AFI() == codec.AFIIPv4:
		nh = []byte{10, 0, 0, 1}
	}
	v := append([]byte{byte(f.AFI() >> 8), byte(f.AFI()), byte(f.SAFI()), byte(len(nh))}, nh...)
	return attributes(codec.AttrMPReach, append(append(v, 0), field...), 0x40, 1, 1, 0, 0x40, 2, 0)
}

// unreach is the body of an UPDATE with one MP_UNREACH_NLRI.
func unreach(f codec.Family, field []byte) []byte {
	return attributes(codec.AttrMPUnreach, append([]byte{byte(f.AFI() >> 8), byte(f.AFI()), byte(f.SAFI())}, field...))
}

func attributes(t codec.AttrType, v []byte, more ...byte) []byte {
	n := 4 + len(v) + len(more)
	b := []byte{0, 0, byte(n >> 8), byte(n), 0x90, byte(t), byte(len(v) >> 8), byte(len(v))}
	return append(append(b, v...), more...)
}
