package codec

import (
	"errors"
	"fmt"
	"net/netip"
)

// labelLen is the length of a label of an NLRI; its last bit marks the bottom
// of the stack (RFC 8277 §2.2).
const labelLen = 3

// withdrawLabel stands where a withdrawal has no label: "the Compatibility
// field SHOULD be set to 0x800000" (RFC 8277 §2.4).
const withdrawLabel = "\x80\x00\x00"

// labeledSpec is the stanza of a labelled family. Its NLRI is a length in bits,
// labels, a route distinguisher of rd octets and a prefix.
func labeledSpec(f Family, rd int) familySpec {
	l := labeled{rd: rd, max: 32}
	nextHops, extended := []int{4}, []int{16, 32}
	if f.AFI() == AFIIPv6 {
		l.max = 128
		nextHops, extended = []int{16, 32}, []int{4}
	}
	s := familySpec{
		family: f, nextHops: nextHops, extended: extended, rdNextHop: rd > 0,
		next: l.next, canonical: l.canonical, appendText: l.appendText, appendJSON: l.appendJSON,
		key: l.key, grammar: l.grammar(),
	}
	unreach := s
	unreach.next, unreach.canonical, unreach.appendWire = l.nextWithdrawn, l.canonicalWithdrawn, l.appendWithdrawn
	s.unreach = &unreach
	return s
}

// labeled is what sets the labelled families apart: the octets of a route
// distinguisher (0: none) and the bits of an address.
type labeled struct{ rd, max int }

func (l labeled) next(b []byte) int {
	_, n := l.announced(b)
	return n
}

// announced counts the labels of an announced NLRI, and its octets (0: it is
// none): down to the bottom of the stack, as RFC 3107 had it and RFC 8277 §2.3
// has it. Where that is missing, or no prefix follows it, there is one label:
// its S bit is ignored on reception (§2.2).
func (l labeled) announced(b []byte) (labels, octets int) {
	labels = stack(b)
	octets = l.fit(b, labels)
	if octets == 0 && len(b) > labelLen {
		return 1, l.fit(b, 1)
	}
	return labels, octets
}

// canonical masks the prefix, and marks the bottom of a stack of one label:
// it is sent with the S bit set (RFC 8277 §2.2).
func (l labeled) canonical(b, nlri []byte) []byte {
	at := len(b)
	b = appendMasked(b, nlri)
	if n, _ := l.announced(nlri); n == 1 && string(nlri[1:1+labelLen]) != withdrawLabel {
		b[at+labelLen] |= labelBottom
	}
	return b
}

// nextWithdrawn reads one label, whatever it is: "the value of the
// Compatibility field MUST be ignored" (RFC 8277 §2.4). A stack, as RFC 3107
// had it, is known by what would be too long for a prefix.
func (l labeled) nextWithdrawn(b []byte) int { return l.fit(b, l.withdrawnStack(b)) }

// fit is the length of the NLRI at the start of b that has this many labels;
// 0 where it has none or the rest is no prefix.
func (l labeled) fit(b []byte, labels int) int {
	if labels == 0 {
		return 0
	}
	bits := int(b[0])
	rest := bits - 8*(labels*labelLen+l.rd)
	if n := 1 + prefixOctets(bits); n <= len(b) && rest >= 0 && rest <= l.max {
		return n
	}
	return 0
}

// stack counts the labels down to the bottom, which a canonical NLRI has; 0
// where it is missing.
func stack[T string | []byte](b T) int {
	for n := 1; n*labelLen < len(b) && 8*n*labelLen <= int(b[0]); n++ {
		if at := 1 + (n-1)*labelLen; b[at+2]&1 == 1 || n == 1 && string(b[at:at+labelLen]) == withdrawLabel {
			return n
		}
	}
	return 0
}

// withdrawnStack counts the labels of a withdrawn NLRI.
func (l labeled) withdrawnStack(b []byte) int {
	if len(b) > labelLen && int(b[0])-8*(labelLen+l.rd) <= l.max {
		return 1
	}
	return stack(b)
}

// canonicalWithdrawn keeps the label of a withdrawal that is a whole stack, and
// puts 0x800000 in the place of any other.
func (l labeled) canonicalWithdrawn(b, nlri []byte) []byte {
	n := l.withdrawnStack(nlri)
	if n == 1 && nlri[labelLen]&1 == 1 {
		return appendMasked(b, nlri)
	}
	at := len(b)
	b = append(append(b, nlri[0]-byte(8*labelLen*(n-1))), withdrawLabel...)
	b = append(b, nlri[1+n*labelLen:]...)
	if r := b[at] % 8; r != 0 {
		b[len(b)-1] &= 0xff << (8 - r)
	}
	return b
}

// appendWithdrawn appends an NLRI to withdraw: never with more than one label.
func (l labeled) appendWithdrawn(b []byte, wire string) []byte {
	n := stack(wire)
	if n == 1 {
		return append(b, wire...)
	}
	b = append(append(b, wire[0]-byte(8*labelLen*(n-1))), withdrawLabel...)
	return append(b, wire[1+n*labelLen:]...)
}

// key is the NLRI without its labels.
func (l labeled) key(wire string) string {
	n := stack(wire) * labelLen
	var buf [32]byte
	return string(append(append(buf[:0], wire[0]-byte(8*n)), wire[1+n:]...))
}

// prefix is the prefix of a canonical NLRI.
func (l labeled) prefix(wire string) netip.Prefix {
	at := stack(wire)*labelLen + l.rd
	var a [17]byte
	a[0] = wire[0] - byte(8*at)
	copy(a[1:], wire[1+at:])
	if l.max == 32 {
		return prefix4(string(a[:5]))
	}
	return prefix6(string(a[:]))
}

// appendText appends "10.0.0.0/24 rd 65000:1 label 1000", or with several
// labels "label [1000 1001]".
func (l labeled) appendText(b []byte, wire string) []byte {
	b = l.prefix(wire).AppendTo(b)
	n := stack(wire)
	if l.rd > 0 {
		b = appendRD(append(b, " rd "...), []byte(wire[1+n*labelLen:][:rdLen]))
	}
	switch {
	case wire[1:1+labelLen] == withdrawLabel:
		return b
	case n == 1:
		return appendUint(append(b, " label "...), labelAt(wire, 0)>>4)
	}
	b = append(b, " label ["...)
	for i := range n {
		if i > 0 {
			b = append(b, ' ')
		}
		b = appendUint(b, labelAt(wire, i)>>4)
	}
	return append(b, ']')
}

// labelAt is the i-th label of a canonical NLRI, with its last four bits.
func labelAt(wire string, i int) uint32 {
	at := 1 + i*labelLen
	return uint32(wire[at])<<16 | uint32(wire[at+1])<<8 | uint32(wire[at+2])
}

func (l labeled) appendJSON(b []byte, wire string) []byte {
	b = l.prefix(wire).AppendTo(append(b, `"nlri": "`...))
	b = append(b, `", "label": [ `...)
	n := stack(wire)
	for i := range n {
		if i > 0 {
			b = append(b, ", "...)
		}
		v := labelAt(wire, i)
		b = appendUint(append(b, '['), v>>4)
		b = append(appendUint(append(b, ", "...), v), ']')
	}
	b = append(b, " ]"...)
	if l.rd > 0 {
		b = appendRD(append(b, `, "rd": "`...), []byte(wire[1+n*labelLen:][:rdLen]))
		b = append(b, '"')
	}
	return b
}

// grammar is a prefix, its labels and its route distinguisher. Without a label
// it is a withdrawal's.
func (l labeled) grammar() *nlriGrammar {
	g := &nlriGrammar{words: []nlriWord{{"", 1}, {"label", 1}}, build: l.build}
	if l.rd > 0 {
		g.words = append(g.words, nlriWord{"rd", 1}, nlriWord{"route-distinguisher", 1})
	}
	return g
}

func (l labeled) build(fields []NLRIField) ([]byte, error) {
	s, _ := field(fields, "")
	p, err := netip.ParsePrefix(s)
	if err != nil || p.Addr().BitLen() != l.max {
		return nil, fmt.Errorf("%q is not a prefix of the family", s)
	}
	b := []byte{0}
	for _, x := range fields {
		if x.Name != "label" {
			continue
		}
		if b, err = appendLabels(b, x.Values); err != nil {
			return nil, err
		}
	}
	if len(b) == 1 {
		b = append(b, withdrawLabel...)
	}
	if l.rd > 0 {
		if b, err = rdField(b, fields); err != nil {
			return nil, err
		}
	}
	bits := 8*(len(b)-1) + p.Bits()
	if bits > 255 {
		return nil, errors.New("too many labels: the length of an NLRI is at most 255 bits")
	}
	b[0] = byte(bits)
	return append(b, p.Masked().Addr().AsSlice()[:prefixOctets(p.Bits())]...), nil
}

// appendLabels appends a stack of "1000" or "[ 1000 1001 ]".
func appendLabels(b []byte, words []string) ([]byte, error) {
	items := listItems(words)
	if len(items) == 0 {
		return nil, fmt.Errorf("label %s: write a number or [ 1000 1001 ]", quote(words))
	}
	for i, s := range items {
		n, err := parseUint(s, 20)
		if err != nil {
			return nil, fmt.Errorf("label: %w", err)
		}
		v := uint32(n) << 4
		if v == 0x800000 && len(items) > 1 && i == 0 {
			return nil, errors.New("label 524288 at the top of a stack says that there is none (RFC 8277 §2.4)")
		}
		if i == len(items)-1 {
			v |= 1
		}
		b = append(b, byte(v>>16), byte(v>>8), byte(v))
	}
	return b, nil
}
