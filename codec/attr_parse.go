package codec

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// ParseAttrText reads one attribute as ExaBGP's commands and configuration
// write it: name is "med" or "as-path", args the tokens of its value, brackets
// as tokens of their own ("[", "1", "2", "]"). It reads what [Attrs.AppendText]
// writes. Communities come out sorted, and large ones without duplicates, as
// ExaBGP sends them. An error says what is wrong and what to write instead.
func ParseAttrText(name string, args []string) (Attr, error) {
	if name == genericName {
		return parseGeneric(args)
	}
	t, parse := attrByName(name)
	if parse == nil {
		return Attr{}, fmt.Errorf("unknown attribute %q", name)
	}
	v, err := parse(args)
	if err != nil {
		return Attr{}, fmt.Errorf("%s: %w", name, err)
	}
	return makeAttr(t, v), nil
}

// AttrTextArity says how many values follow an attribute's name, at least and
// at most; a value is one token or a balanced bracket group. All values beyond
// the first are bracket groups (as-path [ 1 2 ] ( 3 4 )). known is false where
// ParseAttrText does not know the name.
func AttrTextArity(name string) (least, most int, known bool) {
	if name == genericName {
		return 1, 1, true
	}
	t, parse := attrByName(name)
	switch {
	case parse == nil:
		return 0, 0, false
	case t == AttrAtomicAggregate:
		return 0, 0, true
	case t == AttrASPath:
		return 1, math.MaxInt, true
	}
	return 1, 1, true
}

// genericName is the word for an attribute given by number.
const genericName = "attribute"

// attrByName finds an attribute and the reader of the words after its name; nil
// where none has that name.
func attrByName(name string) (AttrType, func(args []string) ([]byte, error)) {
	for t := range attrTable {
		spec := &attrTable[t]
		switch {
		case spec.parse != nil && spec.name == name:
			return AttrType(t), spec.parse
		case spec.also != nil && spec.also.name == name:
			return AttrType(t), spec.also.parse
		}
	}
	return 0, nil
}

// parseGeneric reads "[ 0x20 0xc0 0x… ]": code, flags and value. The value may be
// malformed, to see what a peer does with it, except where it is needed to encode
// others and to choose between routes.
func parseGeneric(args []string) (Attr, error) {
	items := listItems(args)
	if len(items) != 3 || args[0] != "[" {
		return Attr{}, fmt.Errorf("attribute: %s: write [ CODE FLAGS VALUE ], each 0x and hexadecimal", quote(args))
	}
	var field [3][]byte
	for i, item := range items {
		v, ok := parseHex(item)
		if !ok || i < 2 && len(v) != 1 {
			return Attr{}, fmt.Errorf("attribute: %q is not hexadecimal: write it like 0x20", item)
		}
		field[i] = v
	}
	a := Attr{Type: AttrType(field[0][0]), Flags: AttrFlags(field[1][0]), Value: field[2]}
	a.Flags &= FlagOptional | FlagTransitive | FlagPartial | FlagExtended
	if len(a.Value) > 255 {
		a.Flags &^= FlagExtended // goes without saying
	}
	switch a.Type {
	case AttrMPReach, AttrMPUnreach, AttrAS4Path, AttrAS4Aggregator:
		return Attr{}, fmt.Errorf("attribute: code %d is made from other attributes: leave it out", a.Type)
	case AttrNextHop:
		return Attr{}, fmt.Errorf("attribute: code %d is the next hop: write next-hop", a.Type)
	}
	if spec := &attrTable[a.Type]; spec.widen != nil || a.Type == AttrOrigin {
		if _, why := spec.check(a.Value, true); why != "" {
			return Attr{}, fmt.Errorf("attribute: code %d: %s", a.Type, why)
		}
	}
	return a, nil
}

// malformed reports whether the attribute's value is not one of its type: an
// operator's own, which is sent as it was given.
func (a Attr) malformed() bool {
	check := attrTable[a.Type].check
	if check == nil || a.Type == AttrNextHop { // that one is not as on the wire
		return false
	}
	_, why := check(a.Value, true)
	return why != ""
}

// The parse functions of the table.

func parseOrigin(args []string) ([]byte, error) {
	s, err := oneToken(args)
	if err != nil {
		return nil, err
	}
	i := slices.Index(originNames[:], strings.ToLower(s))
	if i < 0 {
		return nil, fmt.Errorf("%q is no origin: write igp, egp or incomplete", s)
	}
	return []byte{byte(i)}, nil
}

func parseFlag(args []string) ([]byte, error) {
	if len(args) != 0 {
		return nil, fmt.Errorf("takes no value: leave out %s", quote(args))
	}
	return nil, nil
}

func parseNumber(args []string) ([]byte, error) {
	s, err := oneToken(args)
	if err != nil {
		return nil, err
	}
	n, err := parseUint(s, 32)
	if err != nil {
		return nil, err
	}
	return appendU32(nil, uint32(n)), nil
}

func parseNextHop(args []string) ([]byte, error) {
	items := listItems(args)
	if len(items) == 0 || len(items) > 2 {
		return nil, fmt.Errorf("%s: write one address, or [ GLOBAL LINK-LOCAL ]", quote(args))
	}
	if strings.EqualFold(items[0], "self") && len(items) == 1 {
		return nil, nil
	}
	if v, ok := parseHex(items[0]); ok && len(items) == 1 && withDistinguisher(len(v)) {
		return v, nil
	}
	var out []byte
	for _, item := range items {
		a, err := netip.ParseAddr(item)
		if err != nil || a.Zone() != "" || len(items) == 2 && !a.Is6() {
			return nil, fmt.Errorf("%q is not an address that can be a next hop", item)
		}
		out = append(out, a.AsSlice()...)
	}
	return out, nil
}

// withDistinguisher reports whether n is the length of a next hop that begins
// with a route distinguisher (RFC 4364 §4.3.4, RFC 4659 §3.2.1).
func withDistinguisher(n int) bool { return n == 12 || n == 24 || n == 48 }

func parseAddr(args []string) ([]byte, error) {
	s, err := oneToken(args)
	if err != nil {
		return nil, err
	}
	return addr4(nil, s)
}

func parseAggregator(args []string) ([]byte, error) {
	items := listItems(args)
	if len(items) == 1 {
		as, id, ok := strings.Cut(items[0], ":")
		n, err := parseAS(as)
		if ok && err == nil {
			return addr4(appendU32(nil, n), id)
		}
	}
	return nil, fmt.Errorf("%s: write ( AS:IPV4-ADDRESS )", quote(args))
}

func parseAIGP(args []string) ([]byte, error) {
	s, err := oneToken(args)
	if err != nil {
		return nil, err
	}
	n, err := parseUint(s, 64)
	if err != nil {
		return nil, err
	}
	return binary.BigEndian.AppendUint64([]byte{aigpTLV, 0, aigpTLVWidth}, n), nil
}

// parseList makes the reader of one item or of "[ a b ]". sorted puts them
// into the order of their octets, and unique drops repeated ones.
func parseList(item func(b []byte, s string) ([]byte, error), sorted, unique bool) func([]string) ([]byte, error) {
	return func(args []string) ([]byte, error) {
		var vals [][]byte
		for _, s := range listItems(args) {
			v, err := item(nil, s)
			if err != nil {
				return nil, err
			}
			vals = append(vals, v)
		}
		if len(vals) == 0 {
			return nil, fmt.Errorf("%s holds nothing: write at least one value", quote(args))
		}
		if sorted {
			slices.SortStableFunc(vals, slices.Compare)
		}
		if unique {
			vals = slices.CompactFunc(vals, slices.Equal)
		}
		return slices.Concat(vals...), nil
	}
}

// oneToken is the only token of args.
func oneToken(args []string) (string, error) {
	if len(args) != 1 {
		return "", fmt.Errorf("%s: write one value", quote(args))
	}
	return args[0], nil
}

// listItems is what stands in brackets, or the one token without; nil where
// the brackets do not match. Commas are blanks.
func listItems(args []string) []string {
	switch {
	case len(args) == 1 && !isBracket(args[0]):
		return args
	case len(args) < 2 || !(args[0] == "[" && args[len(args)-1] == "]" || args[0] == "(" && args[len(args)-1] == ")"):
		return nil
	}
	var out []string
	for _, s := range args[1 : len(args)-1] {
		if isBracket(s) {
			return nil
		}
		if s != "," {
			out = append(out, s)
		}
	}
	return out
}

func isBracket(s string) bool { return len(s) == 1 && strings.Contains("[](){}", s) }

func quote(args []string) string { return strconv.Quote(strings.Join(args, " ")) }

// parseUint reads a decimal or 0x number of at most that many bits.
func parseUint(s string, bits int) (uint64, error) {
	digits, base := s, 10
	if len(s) > 2 && strings.EqualFold(s[:2], "0x") {
		digits, base = s[2:], 16
	}
	n, err := strconv.ParseUint(digits, base, bits)
	if err != nil {
		return 0, fmt.Errorf("%q is not a number of at most %d bits", s, bits)
	}
	return n, nil
}

// parseAS reads an AS number, in RFC 5396's asplain or asdot.
func parseAS(s string) (uint32, error) {
	if high, low, ok := strings.Cut(s, "."); ok {
		h, err := strconv.ParseUint(high, 10, 16)
		l, err2 := strconv.ParseUint(low, 10, 16)
		if err == nil && err2 == nil {
			return uint32(h<<16 | l), nil
		}
	} else if n, err := strconv.ParseUint(s, 10, 32); err == nil {
		return uint32(n), nil
	}
	return 0, fmt.Errorf("%q is not an AS number", s)
}

// addr4 appends the octets of an IPv4 address.
func addr4(b []byte, s string) ([]byte, error) {
	a, err := netip.ParseAddr(s)
	if err != nil || !a.Is4() {
		return nil, fmt.Errorf("%q is not an IPv4 address", s)
	}
	o := a.As4()
	return append(b, o[:]...), nil
}

// parseHex reads "0x" and an even number of digits.
func parseHex(s string) ([]byte, bool) {
	if len(s) < 2 || !strings.EqualFold(s[:2], "0x") {
		return nil, false
	}
	b, err := hex.DecodeString(s[2:])
	return b, err == nil
}
