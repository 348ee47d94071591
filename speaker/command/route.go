package command

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/speaker"
)

// Need says what a route must have.
type Need uint8

// Needs.
const (
	NeedNextHop Need = iota // an announcement
	NeedNothing             // a withdrawal
)

// maxSplit bounds the routes that one `split` makes.
const maxSplit = 1 << 16

// Routes reads "P attributes…", the words after `route`: the family is the
// unicast one of the prefix.
func Routes(words []string, need Need) ([]speaker.Route, *Problem) {
	return prefixRoutes(0, words, need)
}

// AttributeRoutes reads "attributes… nlri P P …", the words after
// `attributes`.
func AttributeRoutes(words []string, need Need) ([]speaker.Route, *Problem) {
	n := 0
	for n < len(words) && words[n] != "nlri" {
		n++
	}
	if n == len(words) {
		return nil, problem(n, "no nlri", "write attributes, then nlri, then prefixes")
	}
	d := draft{grammars: prefixGrammars}
	if p := d.words(words[:n]); p != nil {
		return nil, p
	}
	if n+1 == len(words) {
		return nil, problem(n+1, "no prefix after nlri", "write nlri 10.0.0.0/8 …")
	}
	for i, w := range words[n+1:] {
		if w == "," || w == "[" || w == "]" {
			continue
		}
		prefix, err := ParsePrefix(w)
		if err != nil {
			return nil, problem(n+1+i, err.Error(), "write a prefix such as 10.0.0.0/8")
		}
		d.prefixes = append(d.prefixes, prefix)
	}
	if len(d.prefixes) == 0 {
		return nil, problem(n+1, "no prefix after nlri", "write nlri 10.0.0.0/8 …")
	}
	return d.finish(0, need)
}

// ParsePrefix reads "10.0.0.0/8", or an address, which is a host route. Host
// bits are cleared.
func ParsePrefix(s string) (netip.Prefix, error) {
	if !strings.Contains(s, "/") {
		a, err := netip.ParseAddr(s)
		if err != nil || a.Zone() != "" {
			return netip.Prefix{}, fmt.Errorf("%q is not a prefix", s)
		}
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	p, err := netip.ParsePrefix(s)
	if err != nil {
		return netip.Prefix{}, fmt.Errorf("%q is not a prefix", s)
	}
	return p.Masked(), nil
}

// prefixRoutes reads "P attributes…" for a prefix family (0: by the prefix).
func prefixRoutes(f codec.Family, words []string, need Need) ([]speaker.Route, *Problem) {
	if len(words) == 0 {
		return nil, problem(0, "no prefix", "write a prefix such as 10.0.0.0/8")
	}
	prefix, err := ParsePrefix(words[0])
	if err != nil {
		return nil, problem(0, err.Error(), "write a prefix such as 10.0.0.0/8")
	}
	if f != 0 && (f.AFI() == codec.IPv4Unicast.AFI()) != prefix.Addr().Is4() {
		return nil, problem(0, words[0]+" is of another address family",
			"write it in the section or command of its own family")
	}
	d := draft{prefixes: []netip.Prefix{prefix}, grammars: prefixGrammars}
	if p := d.words(words[1:]).at(1); p != nil {
		return nil, p
	}
	return d.finish(f, need)
}

// draft is a route while its words are read.
type draft struct {
	prefixes []netip.Prefix
	attrs    codec.Attrs
	pathID   uint32
	split    int // prefix length; 0: none
	watchdog string
	withdraw bool // the watchdog holds the route back
	seen     []string
	// For families whose NLRI are keywords: where to look these up, those
	// read, and whether words of actions are among them.
	grammars []codec.Family
	fields   []codec.NLRIField
	actions  bool
}

// keyword is a word of a route that is not a path attribute.
type keyword struct {
	name string
	do   func(d *draft, value string) error
}

var keywords = [...]keyword{
	{"next-hop", (*draft).setNextHop},
	{"path-information", (*draft).setPath},
	{"split", (*draft).setSplit},
	{"name", func(*draft, string) error { return nil }}, // a note of the operator's
	{"watchdog", func(d *draft, v string) error { d.watchdog = v; return nil }},
}

func findKeyword(name string) (keyword, bool) {
	for _, k := range keywords {
		if k.name == name {
			return k, true
		}
	}
	return keyword{}, false
}

// setNextHop is here, not with the attributes: "self" is resolved by whoever
// exports the route, and no octets stand for it.
func (d *draft) setNextHop(v string) error {
	if v == "self" {
		d.attrs = d.attrs.With(codec.NextHopSelf())
		return nil
	}
	a, err := netip.ParseAddr(v)
	if err != nil || a.Zone() != "" {
		return fmt.Errorf("%q is not a next hop: write an address or self", v)
	}
	d.attrs = d.attrs.With(codec.NextHop(a))
	return nil
}

func (d *draft) setPath(v string) error {
	if a, err := netip.ParseAddr(v); err == nil && a.Is4() {
		b := a.As4()
		d.pathID = uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
		return nil
	}
	n, err := strconv.ParseUint(v, 10, 32)
	if err != nil {
		return fmt.Errorf("%q is not a path identifier: write a number below 4294967296, or four octets such as 1.2.3.4", v)
	}
	d.pathID = uint32(n)
	return nil
}

func (d *draft) setSplit(v string) error {
	n, err := strconv.ParseUint(strings.TrimPrefix(v, "/"), 10, 8)
	if err != nil || n == 0 || n > 128 {
		return fmt.Errorf("%q is not a prefix length: write /24, say", v)
	}
	d.split = int(n)
	return nil
}

// words reads keywords and attributes with their values.
func (d *draft) words(words []string) *Problem {
	for i := 0; i < len(words); {
		least, most := d.arity(words[i])
		n := 0
		for k := 0; k < most && i+1+n < len(words); k++ {
			if k >= least && words[i+1+n] != "(" && words[i+1+n] != "[" {
				break
			}
			m, bad := valueLen(words[i+1+n:])
			if bad != "" {
				return problem(i+1+n, bad, "write both brackets of a list")
			}
			n += m
		}
		if p := d.word(words[i], words[i+1:i+1+n]); p != nil {
			return p.at(i)
		}
		i += 1 + n
	}
	return nil
}

// arity is codec's, with the words that are not attributes.
func (d *draft) arity(name string) (least, most int) {
	if n, known := d.fieldArity(name); known {
		return n, n
	}
	if name == "withdraw" {
		return 0, 0
	}
	least, most, known := codec.AttrTextArity(name)
	if !known {
		return 1, 1
	}
	return least, most
}

// valueLen is the number of words of the value at the start of words: one, or
// a bracketed list with what is in it.
func valueLen(words []string) (n int, bad string) {
	depth := 0
	for i, w := range words {
		switch w {
		case "[", "(", "{":
			depth++
		case "]", ")", "}":
			depth--
		}
		if depth < 0 {
			return 0, fmt.Sprintf("%q closes nothing", w)
		}
		if depth == 0 {
			return i + 1, ""
		}
	}
	return 0, "a list is not closed"
}

// emptyLists are the attributes that a list without items leaves out; an AS path
// of none is a path.
var emptyLists = map[string]bool{"community": true, "large-community": true, "extended-community": true, "cluster-list": true}

// repeats reports whether a word that comes again adds to the first: the tests and
// actions of a flow, and attributes by number. Of all others the first counts, as
// with ExaBGP.
func (d *draft) repeats(name string) bool {
	if name == "attribute" {
		return true
	}
	_, known := d.fieldArity(name)
	return known && d.actions
}

func (d *draft) word(name string, value []string) *Problem {
	if slices.Contains(d.seen, name) && !d.repeats(name) {
		return nil
	}
	d.seen = append(d.seen, name)
	if taken, p := d.field(name, value); taken {
		return p
	}
	if name == "withdraw" {
		d.withdraw = true
		return nil
	}
	if k, ok := findKeyword(name); ok {
		if len(value) != 1 {
			return problem(0, name+" needs one value", "write "+name+" VALUE")
		}
		if err := k.do(d, value[0]); err != nil {
			return problem(1, err.Error(), "")
		}
		return nil
	}
	if len(value) == 2 && emptyLists[name] {
		return nil
	}
	attr, err := codec.ParseAttrText(name, value)
	if err != nil {
		return problem(0, err.Error(), "")
	}
	if d.actions {
		d.attrs = d.attrs.WithMore(attr)
	} else {
		d.attrs = d.attrs.With(attr)
	}
	return nil
}

// finish makes the routes. Family 0 follows from each prefix and from the
// label and the route distinguisher.
func (d *draft) finish(f codec.Family, need Need) ([]speaker.Route, *Problem) {
	if _, ok := d.attrs.Get(codec.AttrNextHop); !ok && need == NeedNextHop {
		return nil, &Problem{What: "announce requires nexthop: " + d.prefixes[0].String(), missingNextHop: true}
	}
	if d.split != 0 {
		if p := d.expand(); p != nil {
			return nil, p
		}
	}
	routes := make([]speaker.Route, 0, len(d.prefixes))
	for _, p := range d.prefixes {
		n, prob := d.prefixNLRI(f, p, need)
		if prob != nil {
			return nil, prob
		}
		routes = append(routes, speaker.Route{NLRI: n, Attrs: d.attrs, Watchdog: d.watchdog, Withdrawn: d.held()})
	}
	return routes, nil
}

// held: only what a watchdog can announce is held back; as with ExaBGP,
// `withdraw` without one says nothing.
func (d *draft) held() bool { return d.withdraw && d.watchdog != "" }

// expand replaces each prefix by the longer ones that `split` asks for. One
// that is longer already stays whole, as with ExaBGP.
func (d *draft) expand() *Problem {
	var out []netip.Prefix
	for _, p := range d.prefixes {
		if d.split > p.Addr().BitLen() {
			return problem(0, fmt.Sprintf("%s can't be split into /%d", p, d.split),
				fmt.Sprintf("write a length from %d to %d", p.Bits(), p.Addr().BitLen()))
		}
		more := d.split - p.Bits()
		if more < 0 {
			out = append(out, p)
			continue
		}
		if more > 16 || len(out)+1<<more > maxSplit {
			return problem(0, fmt.Sprintf("%s split into /%d makes too many routes", p, d.split),
				fmt.Sprintf("at most %d", maxSplit))
		}
		for i := range 1 << more {
			out = append(out, nthSubnet(p.Addr(), d.split, i))
		}
	}
	d.prefixes = out
	return nil
}

// nthSubnet is the i-th prefix of length bits from base on.
func nthSubnet(base netip.Addr, bits, i int) netip.Prefix {
	b := base.AsSlice()
	for pos := bits - 1; i > 0; pos, i = pos-1, i>>1 {
		if i&1 == 1 {
			b[pos/8] |= 0x80 >> (pos % 8)
		}
	}
	a, _ := netip.AddrFromSlice(b)
	return netip.PrefixFrom(a, bits)
}
