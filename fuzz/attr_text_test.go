package fuzz_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/peerloom/peerloom/codec"
)

// FuzzAttrText: an attribute that decoding accepts has words that read back to
// it, and its JSON is valid. Lists read back sorted, as ExaBGP sends them.
func FuzzAttrText(f *testing.F) {
	for _, s := range []string{"c010 0002fde900000001", "c010 060001000000000540040001461c4000", "c019 000220010db80000000000000000000000010041",
		"c016 0006000640c0000201", "c080 0000fde840010100", "c023 0000fde8", "801a 01000b0000000000000064", "c028 01000700000000000064",
		"c017 000f000c0c06000000000064", "c017 0008000e010cc00000640200000000010000000d000407012e0d00", "c017 00020013060a0000000000010a0000010801ff0a04000641ff",
		"801d 0402000272310400000180", "c020 000000010000000200000003", "c007 0000fde80a000001"} {
		b := unhex(strings.ReplaceAll(s, " ", ""))
		f.Add(b[0], b[1], b[2:])
	}
	f.Fuzz(func(t *testing.T, flags, typ byte, v []byte) {
		if len(v) > 4000 || codec.AttrType(typ) == codec.AttrMPReach || codec.AttrType(typ) == codec.AttrMPUnreach {
			return
		}
		raw := append([]byte{flags | 0x10, typ, byte(len(v) >> 8), byte(len(v))}, v...)
		body := append([]byte{0, 0, byte(len(raw) >> 8), byte(len(raw))}, raw...)
		var d codec.Decoder
		u := d.Update(frame(codec.MsgUpdate, body), &codec.Options{AS4: true, IBGP: true, MaxLen: codec.MaxExtendedLen})
		if len(u.Attrs) != 1 || typ == byte(codec.AttrASPath) && len(v) == 0 {
			return
		}
		if object := append(u.Attrs.AppendJSON([]byte{'{'}), '}'); !json.Valid(object) {
			t.Fatalf("%x: no JSON: %s", v, object)
		}
		text := u.Attrs.String()
		back := readAttr(t, text)
		if again := readAttr(t, back.String()); !again.Equal(back) || sorted(back[0].Value, typ) != sorted(u.Attrs[0].Value, typ) {
			t.Fatalf("%x: %s reads back as %s", v, text, back)
		}
	})
}

// readAttr reads the words of one attribute.
func readAttr(t *testing.T, text string) codec.Attrs {
	for _, mark := range []string{"[", "]", "(", ")", "{", "}", ","} {
		text = strings.ReplaceAll(text, mark, " "+mark+" ")
	}
	words := strings.Fields(text)
	a, err := codec.ParseAttrText(words[0], words[1:])
	if err != nil {
		t.Fatalf("%q does not read back: %v", text, err)
	}
	return codec.Attrs{a}
}

// sorted is v as a set of the items that lists of the type hold.
func sorted(v []byte, typ byte) string {
	size := map[codec.AttrType]int{codec.AttrCommunities: 4, codec.AttrExtCommunities: 8, codec.AttrIPv6ExtComm: 20, codec.AttrLargeCommunity: 12}[codec.AttrType(typ)]
	if size == 0 {
		return string(v)
	}
	set := map[string]bool{}
	for ; len(v) >= size; v = v[size:] {
		set[string(v[:size])] = true
	}
	out, err := json.Marshal(set) // sorted by key
	if err != nil {
		return err.Error()
	}
	return string(out)
}
