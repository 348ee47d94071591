package codec

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"iter"
	"net/netip"
	"strings"
)

// Tunnel type and sub-TLVs of an SR policy (RFC 9012 §2, RFC 9830 §2.4).
const (
	tunnelSRPolicy = 15

	subPreference  = 12
	subBindingSID  = 13
	subPriority    = 15
	subSRv6Binding = 20
	subList        = 128
	subPathName    = 129
	subPolicyName  = 130

	segWeight = 9
	segMPLS   = 1  // type A
	segSRv6   = 13 // type B

	subTwoOctets = 128 // types from here on have a length of two octets (RFC 9012 §3.1)
)

// tunnelTypes are the names of tunnel types (IANA bgp-tunnel-encapsulation).
var tunnelTypes = [...]code{
	{1, "l2tpv3"}, {2, "gre"}, {7, "ip-in-ip"}, {8, "vxlan"}, {9, "nvgre"}, {10, "mpls"}, {11, "mpls-in-gre"},
	{12, "vxlan-gpe"}, {13, "mpls-in-udp"}, {14, "ipv6"}, {15, "sr-policy"}, {16, "bare"}, {17, "sr-tunnel"},
	{18, "cloud-security"}, {19, "geneve"}, {20, "any"}, {21, "gtp"}, {25, "esp"},
}

// checkTunnels walks the tunnels and their sub-TLVs (RFC 9012 §2, §13).
func checkTunnels(v []byte, _ bool) (uint8, string) {
	if len(v) == 0 {
		return SubOptionalAttribute, "no tunnel TLV"
	}
	for len(v) > 0 {
		if len(v) < 4 || 4+int(binary.BigEndian.Uint16(v[2:])) > len(v) {
			return SubOptionalAttribute, "tunnel TLV runs past the attribute"
		}
		n := 4 + int(binary.BigEndian.Uint16(v[2:]))
		for t := range subTLVs(v[4:n]) {
			if t.value == nil {
				return SubOptionalAttribute, "tunnel sub-TLV runs past its tunnel"
			}
		}
		v = v[n:]
	}
	return 0, ""
}

// subTLV is one sub-TLV; its value is nil where it is cut off.
type subTLV struct {
	typ   byte
	value []byte
}

func subTLVs(b []byte) iter.Seq[subTLV] {
	return func(yield func(subTLV) bool) {
		for len(b) > 0 {
			head, size := 2, 0
			switch {
			case b[0] >= subTwoOctets && len(b) >= 3:
				head, size = 3, int(binary.BigEndian.Uint16(b[1:]))
			case b[0] < subTwoOctets && len(b) >= 2:
				size = int(b[1])
			default:
				size = len(b)
			}
			if head+size > len(b) {
				yield(subTLV{typ: b[0]})
				return
			}
			if !yield(subTLV{b[0], b[head : head+size : head+size]}) {
				return
			}
			b = b[head+size:]
		}
	}
}

// tunnelWord is one keyword of an SR policy's tunnel.
type tunnelWord struct {
	name   string
	values int
	inList bool // of a segment list
	add    func(b []byte, values []string) ([]byte, error)
}

var tunnelWords = [...]tunnelWord{
	{"preference", 1, false, fixedSub(subPreference, []byte{0, 0}, 32)},
	{"priority", 1, false, prioritySub},
	{"binding-sid", 2, false, labelSub(subBindingSID, 0x10)}, // flags as ExaBGP writes them
	{"srv6-binding-sid", 1, false, sidSub(subSRv6Binding)},
	{"policy-name", 1, false, nameSub(subPolicyName)},
	{"candidate-path-name", 1, false, nameSub(subPathName)},
	{"weight", 1, true, fixedSub(segWeight, []byte{0, 0}, 32)},
	{"segment", 3, true, segmentSub},
}

// Words with a meaning of their own: one begins a segment list, the other adds
// to the SID before it.
const (
	wordSegmentList = "segment-list"
	wordBehavior    = "endpoint-behavior"
)

// TunnelTextArity says how many values follow a word of an SR policy's tunnel;
// known is false where the word is none.
func TunnelTextArity(name string) (n int, known bool) {
	switch name {
	case wordSegmentList:
		return 0, true
	case wordBehavior:
		return 5, true
	}
	for i := range tunnelWords {
		if tunnelWords[i].name == name {
			return tunnelWords[i].values, true
		}
	}
	return 0, false
}

// parseTunnel reads "[ preference 100 segment-list weight 1 segment type-a
// mpls 16001 ]", one tunnel of an SR policy, or any tunnels, each behind its
// type: "[ tunnel vxlan egress-endpoint 10.0.0.1 color 100 tunnel gre ]".
func parseTunnel(args []string) ([]byte, error) {
	words := listItems(args)
	if len(words) == 0 {
		return nil, fmt.Errorf("%s: write at least one word, such as preference 100 or tunnel vxlan", quote(args))
	}
	var p tunnelParser
	if words[0] != wordTunnel {
		p.open(tunnelSRPolicy)
	}
	for len(words) > 0 {
		n, err := p.take(words)
		if err != nil {
			return nil, err
		}
		words = words[n:]
	}
	p.close()
	if len(p.b) > MaxExtendedLen {
		return nil, fmt.Errorf("the tunnel is too long")
	}
	return p.b, nil
}

type tunnelParser struct {
	b    []byte
	typ  uint16 // of the open tunnel
	at   int    // where its length stands; 0: none is open
	list int    // where the length of the open segment list stands; 0: none is open
	last int    // where the last sub-TLV begins
}

func (p *tunnelParser) open(typ uint16) {
	p.close()
	p.b = append(p.b, byte(typ>>8), byte(typ), 0, 0)
	p.typ, p.at, p.last = typ, len(p.b)-2, 0
}

func (p *tunnelParser) close() {
	p.closeList()
	if p.at > 0 {
		patchLen(p.b, p.at)
		p.at = 0
	}
}

// take reads what stands at the start of words, and says how many it took.
func (p *tunnelParser) take(words []string) (n int, err error) {
	name := words[0]
	switch {
	case name == wordTunnel && len(words) > 1:
		typ, ok := parseCode(tunnelTypes[:], words[1], "", 16)
		if !ok {
			return 0, fmt.Errorf("%q is no tunnel type: write a name like vxlan, or a number", words[1])
		}
		p.open(uint16(typ))
		return 2, nil
	case p.typ != tunnelSRPolicy:
		p.b, n, err = takeSub(p.b, p.typ, words)
		return n, err
	}
	n, known := TunnelTextArity(name)
	if !known || n >= len(words) {
		return 0, fmt.Errorf("%q: unknown, or %d values are to follow", name, n)
	}
	if err := p.word(name, words[1:1+n]); err != nil {
		return 0, fmt.Errorf("%s: %w", name, err)
	}
	return 1 + n, nil
}

func (p *tunnelParser) closeList() {
	if p.list > 0 {
		patchLen(p.b, p.list)
		p.list = 0
	}
}

func (p *tunnelParser) word(name string, values []string) (err error) {
	switch name {
	case wordSegmentList:
		p.closeList()
		p.b = append(p.b, subList, 0, 0, 0)
		p.list, p.last = len(p.b)-3, 0
		return nil
	case wordBehavior:
		return p.behavior(values)
	}
	for _, w := range tunnelWords {
		if w.name != name {
			continue
		}
		if w.inList && p.list == 0 {
			return fmt.Errorf("write %s before it", wordSegmentList)
		}
		if !w.inList {
			p.closeList()
		}
		p.last = len(p.b)
		p.b, err = w.add(p.b, values)
	}
	return err
}

// behavior adds the endpoint behaviour and the SID structure (RFC 9830
// §2.4.4.2.4) to the SRv6 SID before it, and sets the flag that says so.
func (p *tunnelParser) behavior(values []string) (err error) {
	flag := byte(0x10)
	switch {
	case p.last == 0 || p.b[p.last] != segSRv6 && p.b[p.last] != subSRv6Binding || len(p.b) != p.last+20:
		return fmt.Errorf("write it after an SRv6 SID")
	case p.b[p.last] == subSRv6Binding:
		flag = 0x20 // RFC 9830 §2.4.3
	}
	if p.b, err = appendFields(p.b, values[:1], 16); err == nil {
		p.b, err = appendFields(append(p.b, 0, 0), values[1:], 8, 8, 8, 8)
	}
	if err == nil {
		p.b[p.last+1] += 8
		p.b[p.last+2] |= flag
	}
	return err
}

func fixedSub(t byte, head []byte, bits int) func([]byte, []string) ([]byte, error) {
	return func(b []byte, values []string) ([]byte, error) {
		b = append(append(b, t, byte(len(head)+bits/8)), head...)
		return appendFields(b, values, bits)
	}
}

func prioritySub(b []byte, values []string) ([]byte, error) {
	b, err := appendFields(append(b, subPriority, 2), values, 8)
	return append(b, 0), err
}

// labelSub is "mpls LABEL".
func labelSub(t, flags byte) func([]byte, []string) ([]byte, error) {
	return func(b []byte, values []string) ([]byte, error) {
		if values[0] != "mpls" {
			return b, fmt.Errorf("%q: write mpls LABEL", values[0])
		}
		b, err := appendLabel(append(b, t, 6, flags, 0), values[1])
		return append(b, 0), err // TTL 0: chosen by the receiver
	}
}

// appendLabel appends a label of 20 bits at the bottom of its stack.
func appendLabel(b []byte, s string) ([]byte, error) {
	n, err := parseUint(s, 20)
	if err != nil {
		return b, fmt.Errorf("%q is not a label: write a number below 1048576", s)
	}
	return append(b, byte(n>>12), byte(n>>4), byte(n<<4)|labelBottom), nil
}

func sidSub(t byte) func([]byte, []string) ([]byte, error) {
	return func(b []byte, values []string) ([]byte, error) {
		a, err := netip.ParseAddr(values[0])
		if err != nil || !a.Is6() || a.Zone() != "" {
			return b, fmt.Errorf("%q is not an SRv6 SID: write an IPv6 address", values[0])
		}
		return append(append(b, t, 18, 0, 0), a.AsSlice()...), nil
	}
}

// maxName bounds a name, far below what a message holds.
const maxName = 1024

func nameSub(t byte) func([]byte, []string) ([]byte, error) {
	return func(b []byte, values []string) ([]byte, error) {
		n := len(values[0])
		if n > maxName {
			return b, fmt.Errorf("the name is too long: write at most %d octets", maxName)
		}
		return append(append(b, t, byte((n+1)>>8), byte(n+1), 0), values[0]...), nil
	}
}

// segmentSub is "type-a mpls LABEL" or "type-b srv6 SID".
func segmentSub(b []byte, values []string) ([]byte, error) {
	switch values[0] + " " + values[1] {
	case "type-a mpls":
		return labelSub(segMPLS, 0)(b, values[1:])
	case "type-b srv6":
		return sidSub(segSRv6)(b, values[2:])
	}
	return b, fmt.Errorf("%q: write type-a mpls LABEL or type-b srv6 SID", values[0])
}

// textTunnel appends what parseTunnel reads, for a value that it makes. The
// type of a lone SR policy goes without saying, as in ExaBGP's vocabulary.
func textTunnel(b, v []byte) ([]byte, bool) {
	if _, why := checkTunnels(v, true); why != "" {
		return b, false // made by hand: attribute [ 0x17 0xc0 0x… ]
	}
	var words []string
	for rest := v; len(rest) > 0; {
		typ, n := binary.BigEndian.Uint16(rest), 4+int(binary.BigEndian.Uint16(rest[2:]))
		if typ != tunnelSRPolicy || n < len(v) || n == 4 {
			words = append(words, wordTunnel, tunnelName(typ))
		}
		ok := true
		if typ != tunnelSRPolicy {
			words = subWords(words, typ, rest[4:n])
		} else if words, ok = tunnelText(words, rest[4:n], false); !ok {
			return b, false
		}
		rest = rest[n:]
	}
	again, err := parseTunnel(append(append([]string{"["}, words...), "]"))
	if err != nil || !bytes.Equal(again, v) {
		return b, false
	}
	return append(append(append(b, " ["...), strings.Join(words, " ")...), ']'), true
}

// tunnelText is the words of sub-TLVs, or of a segment list's.
func tunnelText(words []string, b []byte, list bool) ([]string, bool) {
	for t := range subTLVs(b) {
		v := t.value
		word, size := tunnelWordOf(t.typ, list)
		switch {
		case v == nil || len(v) < size:
			return nil, false
		case t.typ == subList && !list:
			var ok bool
			if words, ok = tunnelText(append(words, wordSegmentList), v[1:], true); !ok {
				return nil, false
			}
		case word == "":
			return nil, false
		case t.typ == subPriority:
			words = append(words, word, string(appendUint(nil, uint32(v[0]))))
		case t.typ >= subTwoOctets:
			if name := string(v[1:]); plainWord(name) {
				words = append(words, word, name)
			} else {
				return nil, false
			}
		case size == 18:
			words = append(append(words, strings.Fields(word)...), netip.AddrFrom16([16]byte(v[2:18])).String())
			if len(v) == 26 {
				words = append(words, wordBehavior, string(appendUint(nil, uint32(binary.BigEndian.Uint16(v[18:])))))
				for _, o := range v[22:] {
					words = append(words, string(appendUint(nil, uint32(o))))
				}
			}
		default:
			n := be32(v[2:])
			if strings.HasSuffix(word, "mpls") {
				n >>= 12
			}
			words = append(append(words, strings.Fields(word)...), string(appendUint(nil, n)))
		}
	}
	return words, true
}

// tunnelForms are the words of sub-TLVs and the least length of their values.
var tunnelForms = [...]struct {
	typ  byte
	list bool
	word string
	size int
}{
	{subPreference, false, "preference", 6},
	{subPriority, false, "priority", 2},
	{subBindingSID, false, "binding-sid mpls", 6},
	{subSRv6Binding, false, "srv6-binding-sid", 18},
	{subPolicyName, false, "policy-name", 1},
	{subPathName, false, "candidate-path-name", 1},
	{subList, false, wordSegmentList, 1},
	{segWeight, true, "weight", 6},
	{segMPLS, true, "segment type-a mpls", 6},
	{segSRv6, true, "segment type-b srv6", 18},
}

func tunnelWordOf(t byte, list bool) (word string, size int) {
	for _, f := range tunnelForms {
		if f.typ == t && f.list == list {
			return f.word, f.size
		}
	}
	return "", 0
}

// plainWord reports whether s is one word wherever it is written.
func plainWord(s string) bool {
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c >= 0x7f || strings.IndexByte(`[](){},;"'#\`, c) >= 0 {
			return false
		}
	}
	return s != ""
}
