package fuzz_test

import (
	"testing"

	"github.com/peerloom/peerloom/codec"
)

// Bodies of UPDATEs: Withdrawn Routes, path attributes, NLRI.
var updateSeeds = []string{
	"0000 0000",
	"0002 080a 0000",
	"0000 0014 40010100 40020602010000fde9 4003040a000001 080a",
	"0000 0019 40010100 40020602010000fde9 4003040a000001 9004ffff00 080a",
	"0000 0007 900f0003000201",
	"0000 0010 40010100 400200 800e06 0002 01 10 0000",
	"0000 0020 40010100 400200 800e16 0002 01 10 20010db8000000000000000000000001 00",
	"0000 0032 40010100 40020402015ba0 4003040a000001 c007065ba00a000001 c011060201 00011170 c0120800011170 0a000009 080a",
	"0000 000b 800f08 0002 01 20 20010db8",
	"0000 0004 c0fa0100",
	"0000 0012 40010100 400200 4003040a000001 c00800 080a",
	"0000 0011 40010100 400200 4003040a000001 8004 00000001 080a",
}

func addUpdateSeeds(f *testing.F) {
	for i, s := range updateSeeds {
		f.Add(byte(i), unhex(s))
	}
}

// options makes negotiated options of one octet.
func options(bits byte) *codec.Options {
	o := &codec.Options{AS4: bits&1 != 0, IBGP: bits&2 != 0, ReachLast: bits&4 != 0, MaxLen: codec.MaxExtendedLen}
	if bits&8 != 0 {
		o.AddPath = codec.FamilySet{codec.IPv4Unicast, codec.IPv6Unicast}
	}
	if bits&16 != 0 {
		o.ExtendedNextHop = codec.FamilySet{codec.IPv4Unicast}
	}
	return o
}

// FuzzUpdate: whatever the bytes, decoding gives an Update that can be read and
// printed; what it says of itself is consistent; a decoder that has decoded
// other messages before says the same.
func FuzzUpdate(f *testing.F) {
	addUpdateSeeds(f)
	var used codec.Decoder
	f.Fuzz(func(t *testing.T, bits byte, body []byte) {
		if len(body) > codec.MaxExtendedLen-codec.HeaderLen {
			return
		}
		o := options(bits)
		msg := frame(codec.MsgUpdate, body)
		var fresh codec.Decoder
		u := fresh.Update(msg, o)
		v := used.Update(msg, o)
		if !u.Attrs.Equal(v.Attrs) || !u.ReachAttrs().Equal(v.ReachAttrs()) || u.Worst() != v.Worst() || len(u.Errs) != len(v.Errs) {
			t.Fatalf("%x: a used decoder says %v %v, a fresh one %v %v", msg, v.Attrs, v.Errs, u.Attrs, u.Errs)
		}
		for i := 1; i < len(u.Attrs); i++ {
			if u.Attrs[i-1].Type >= u.Attrs[i].Type {
				t.Fatalf("%x: attributes out of order: %v", msg, u.Attrs)
			}
		}
		routes := 0
		for r := range u.Announced() {
			_ = r.NLRI().String()
			routes++
		}
		for r := range u.Withdraws() {
			_ = r.NLRI().String()
			routes++
		}
		for _, e := range u.Errs {
			if e.Treat == codec.TreatNone || e.Why == "" || e.Code != codec.CodeUpdate || e.Subcode == 0 {
				t.Fatalf("%x: empty verdict %+v", msg, e)
			}
		}
		if fam, ok := u.EndOfRIB(); ok && (routes > 0 || len(u.Attrs) > 0 || len(u.Errs) > 0 || fam == 0) {
			t.Fatalf("%x: an End-of-RIB of %v with %d routes, %v, %v", msg, fam, routes, u.Attrs, u.Errs)
		}
		_ = codec.Describe(msg, o)
	})
}
