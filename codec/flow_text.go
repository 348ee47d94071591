package codec

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// flowOperators are the words of the comparison bits of RFC 8955 §4.2.1.1.
var flowOperators = [8]string{
	0:                        "false",
	flowEQ:                   "=",
	flowGT:                   ">",
	flowGT | flowEQ:          ">=",
	flowLT:                   "<",
	flowLT | flowEQ:          "<=",
	flowLT | flowGT:          "!=",
	flowLT | flowGT | flowEQ: "true",
}

// bitmaskOperators are those of RFC 8955 §4.2.1.2.
var bitmaskOperators = [4]string{0: "", flowHit: "=", flowNot: "!", flowNot | flowHit: "!="}

// appendText appends "flow destination-ipv4 10.0.0.0/8 protocol [ =udp =tcp ]
// rd 65000:1".
func (k flowKind) appendText(b []byte, wire string) []byte {
	nlri := []byte(wire)
	at := k.components(nlri)
	if at < 0 || !k.walk(nlri[at:], false) {
		return appendOpaque(b, wire)
	}
	b = append(b, "flow"...)
	for body := nlri[at:]; len(body) > 0; {
		n := k.component(body, 0, false)
		b = append(append(b, ' '), k.name(body[0])...)
		b = append(b, ' ')
		if c := body[:n]; flowComponents[c[0]].prefix {
			b = k.appendPrefix(b, c)
		} else if 2+1<<(c[1]>>4&3) < len(c) {
			b = append(appendExpression(append(b, "[ "...), c, " ", "&"), " ]"...)
		} else {
			b = appendExpression(b, c, " ", "&")
		}
		body = body[n:]
	}
	if k.vpn {
		b = appendRD(append(b, " rd "...), nlri[at-rdLen:at])
	}
	return b
}

// appendJSON appends each component as a list of strings, and the whole text.
func (k flowKind) appendJSON(b []byte, wire string) []byte {
	nlri := []byte(wire)
	at := k.components(nlri)
	if at < 0 || !k.walk(nlri[at:], false) {
		return append(appendOpaque(append(b, `"nlri": "`...), wire), '"')
	}
	for body := nlri[at:]; len(body) > 0; {
		n := k.component(body, 0, false)
		b = append(append(append(b, '"'), k.name(body[0])...), `": [ "`...)
		if c := body[:n]; flowComponents[c[0]].prefix {
			b = k.appendPrefix(b, c)
		} else {
			b = appendExpression(b, c, `", "`, "&")
		}
		b = append(b, `" ], `...)
		body = body[n:]
	}
	if k.vpn {
		b = append(appendRD(append(b, `"rd": "`...), nlri[at-rdLen:at]), `", `...)
	}
	return append(k.appendText(append(b, `"string": "`...), wire), '"')
}

func (k flowKind) name(t byte) string {
	if k.v6 {
		return flowComponents[t].names[1]
	}
	return flowComponents[t].names[0]
}

// appendPrefix appends "10.0.0.0/8", or "2001:db8::/32/0" with the offset.
func (k flowKind) appendPrefix(b, c []byte) []byte {
	if !k.v6 {
		return appendPrefix4(b, string(c[1:]))
	}
	var a [16]byte
	copy(a[:], shiftBits(c[3:], -int(c[2])))
	b = netip.PrefixFrom(netip.AddrFrom16(a), int(c[1])).AppendTo(b)
	return strconv.AppendUint(append(b, '/'), uint64(c[2]), 10)
}

// appendExpression appends the operators and values of a component, with or
// and and between them.
func appendExpression(b, c []byte, or, and string) []byte {
	spec := &flowComponents[c[0]]
	for i := 1; i < len(c); {
		op := c[i]
		n := 1 << (op >> 4 & 3)
		if i > 1 && op&flowAnd != 0 {
			b = append(b, and...)
		} else if i > 1 {
			b = append(b, or...)
		}
		v := uint64(0)
		for _, o := range c[i+1 : i+1+n] {
			v = v<<8 | uint64(o)
		}
		i += 1 + n
		if spec.bitmask {
			b = append(b, bitmaskOperators[op&3]...)
		} else if b = append(b, flowOperators[op&7]...); op&7 == 0 || op&7 == 7 {
			continue // true and false have no value
		}
		b = spec.appendValue(b, v)
	}
	return b
}

// grammar is the words of a flow.
func (k flowKind) grammar() *nlriGrammar {
	g := &nlriGrammar{build: k.parse, repeats: true}
	for t := 1; t < len(flowComponents); t++ {
		for _, name := range k.words(t) {
			if name != "" {
				g.words = append(g.words, nlriWord{name, 1})
			}
		}
	}
	if k.vpn {
		g.words = append(g.words, nlriWord{"rd", 1}, nlriWord{"route-distinguisher", 1})
	}
	return g
}

// parse makes the canonical wire form of a flow's keywords.
func (k flowKind) parse(fields []NLRIField) (b []byte, err error) {
	b = []byte{0, 0}
	if k.vpn {
		if b, err = rdField(b, fields); err != nil {
			return nil, err
		}
	}
	empty := len(b)
	for t := 1; t < len(flowComponents); t++ {
		var name string
		var values []string
		for _, x := range fields {
			if !slices.Contains(k.words(t), x.Name) {
				continue
			}
			items := listItems(x.Values)
			if len(items) == 0 && len(x.Values) != 2 {
				return nil, fmt.Errorf("%s: %s is not one list", x.Name, quote(x.Values))
			}
			name, values = x.Name, append(values, items...)
		}
		if len(values) == 0 {
			continue
		}
		if b, err = k.parseComponent(append(b, byte(t)), t, values); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	switch size := len(b) - 2; {
	case len(b) == empty:
		return nil, errors.New("a flow that matches nothing in particular: write a source, a destination or another component")
	case size > maxFlow:
		return nil, fmt.Errorf("the flow is too long: %d octets, and %d are allowed (RFC 8955 §4.1)", size, maxFlow)
	}
	return sealFlow(b, 0), nil
}

// parseComponent appends a component's tests or its prefix. Tests that are given in
// several statements are one list, as with ExaBGP; a list of none is left out.
func (k flowKind) parseComponent(b []byte, t int, items []string) ([]byte, error) {
	c := &flowComponents[t]
	if c.prefix {
		if len(items) != 1 {
			return b, fmt.Errorf("%s: write one prefix", quote(items))
		}
		return k.parsePrefix(b, items[0])
	}
	last := -1
	for _, item := range items {
		and := byte(0)
		for _, part := range strings.Split(item, "&") {
			op, v, err := c.parseTest(part)
			if err != nil {
				return b, err
			}
			last = len(b)
			b = appendTest(b, op|and, v)
			and = flowAnd
		}
	}
	b[last] |= flowEnd
	return b, nil
}

// appendTest appends an operator and its value in the fewest octets.
func appendTest(b []byte, op byte, v uint64) []byte {
	switch {
	case v <= 0xff:
		return append(b, op, byte(v))
	case v <= 0xffff:
		return append(b, op|0x10, byte(v>>8), byte(v))
	}
	return append(b, op|0x20, byte(v>>24), byte(v>>16), byte(v>>8), byte(v))
}

// parseTest reads ">=1024", "tcp" or "!=syn".
func (c *flowComponent) parseTest(s string) (op byte, v uint64, err error) {
	operators := flowOperators[:]
	if c.bitmask {
		operators = bitmaskOperators[:]
	} else if s == "true" || s == "false" {
		if s == "true" {
			op = flowLT | flowGT | flowEQ
		}
		return op, 0, nil
	} else {
		op = flowEQ
	}
	length := 0
	for i, w := range operators {
		if len(w) > length && len(w) < 3 && strings.HasPrefix(s, w) {
			op, length = byte(i), len(w)
		}
	}
	v, err = c.parseValue(s[length:])
	return op, v, err
}

// parsePrefix reads a prefix, for IPv6 with or without an offset.
func (k flowKind) parsePrefix(b []byte, s string) ([]byte, error) {
	offset := uint64(0)
	text := s
	if k.v6 && strings.Count(s, "/") == 2 {
		i := strings.LastIndexByte(s, '/')
		n, err := strconv.ParseUint(s[i+1:], 10, 7)
		if err != nil {
			return b, fmt.Errorf("%q: the offset is not a number below the length", s)
		}
		text, offset = s[:i], n
	}
	if !strings.Contains(text, "/") {
		if a, err := netip.ParseAddr(text); err == nil {
			text = netip.PrefixFrom(a, a.BitLen()).String()
		}
	}
	p, err := netip.ParsePrefix(text)
	switch {
	case err != nil:
		return b, fmt.Errorf("%q is not a prefix", s)
	case p.Addr().Is4() == k.v6:
		return b, fmt.Errorf("%q is of another address family than the flow", s)
	case offset != 0 && int(offset) >= p.Bits():
		return b, fmt.Errorf("%q: the offset is not below the length (RFC 8956 §3.1)", s)
	}
	a := p.Masked().Addr().AsSlice()
	b = append(b, byte(p.Bits()))
	if k.v6 {
		b = append(b, byte(offset))
		a = shiftBits(a, int(offset))
	}
	return append(b, a[:prefixOctets(p.Bits()-int(offset))]...), nil
}
