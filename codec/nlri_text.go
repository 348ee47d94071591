package codec

import (
	"fmt"
	"strings"
)

// NLRIField is one keyword of an NLRI's text with its values: "rd" and
// "65000:1". The values of a list come with its brackets. The prefix that some
// families begin with has the name "".
type NLRIField struct {
	Name   string
	Values []string
}

// nlriGrammar reads the text form of a family whose NLRI are not plain
// prefixes: keywords, in any order.
type nlriGrammar struct {
	words []nlriWord
	build func(fields []NLRIField) ([]byte, error)
	// repeats: build knows what a keyword that is given twice means.
	repeats bool
}

// nlriWord is one keyword and the number of its values; a list in brackets is
// one value.
type nlriWord struct {
	name string
	n    int
}

// NLRITextArity says how many values follow a keyword of f's NLRI; known is
// false where the word is not of it.
func NLRITextArity(f Family, name string) (n int, known bool) {
	g := f.spec().grammar
	if g == nil {
		return 0, false
	}
	for _, w := range g.words {
		if w.name == name {
			return w.n, true
		}
	}
	return 0, false
}

// ParseNLRIText makes an NLRI of its keywords: the inverse of
// [NLRI.AppendText]. An error says what is wrong and what to write instead.
func ParseNLRIText(f Family, pathID uint32, fields []NLRIField) (NLRI, error) {
	g := f.spec().grammar
	if g == nil {
		return NLRI{}, fmt.Errorf("no routes can be written for %v", f)
	}
	for i, x := range fields {
		if _, known := NLRITextArity(f, x.Name); !known {
			return NLRI{}, fmt.Errorf("%s does not belong to %v", x.Name, f)
		}
		for _, y := range fields[:i] {
			if x.Name == y.Name && !g.repeats {
				return NLRI{}, fmt.Errorf("%s is given twice: write it once", x.Name)
			}
		}
	}
	wire, err := g.build(fields)
	if err != nil {
		return NLRI{}, err
	}
	return NLRI{Family: f, PathID: pathID, Wire: string(wire)}, nil
}

// FlowFamily is the flow family that keywords ask for: that of its prefixes, IPv6
// where there is none and a word is of it, VPN where there is a route distinguisher.
func FlowFamily(fields []NLRIField) Family {
	f := IPv4Flow
	vpn, prefixed := false, false
	for _, x := range fields {
		c, known := flowByName(x.Name)
		switch {
		case isDistinguisher(x.Name):
			vpn = true
		case !known:
		case c.prefix && strings.Contains(strings.Join(x.Values, ""), ":"):
			f, prefixed = IPv6Flow, true
		case c.prefix:
			f, prefixed = IPv4Flow, true
		case c.names[0] != x.Name && c.names[1] == x.Name && !prefixed:
			f = IPv6Flow
		}
	}
	if vpn {
		f++ // SAFI 134
	}
	return f
}

// ParseNLRI makes an NLRI of its wire form, which must be one whole and valid
// one: the inverse of the text "0x…".
func ParseNLRI(f Family, pathID uint32, text string) (NLRI, error) {
	s := f.spec()
	v, ok := parseHex(text)
	if !ok || len(v) == 0 || s.next(v) != len(v) || s.valid != nil && !s.valid(v) {
		return NLRI{}, fmt.Errorf("%q is not one NLRI of %v: write 0x and its octets", text, f)
	}
	return RawNLRI{Family: f, PathID: pathID, Bytes: v}.NLRI(), nil
}

// field finds the only value of a keyword.
func field(fields []NLRIField, name string) (string, bool) {
	for _, x := range fields {
		if x.Name == name && len(x.Values) == 1 {
			return x.Values[0], true
		}
	}
	return "", false
}

// numberField appends the number of a keyword, in bits; it must be there.
func numberField(b []byte, fields []NLRIField, name string, bits int) ([]byte, error) {
	s, ok := field(fields, name)
	if !ok {
		return b, fmt.Errorf("%s is missing: write %s NUMBER", name, name)
	}
	n, err := parseUint(s, bits)
	if err != nil {
		return b, fmt.Errorf("%s: %w", name, err)
	}
	for shift := bits - 8; shift >= 0; shift -= 8 {
		b = append(b, byte(n>>shift))
	}
	return b, nil
}
