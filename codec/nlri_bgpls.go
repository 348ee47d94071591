package codec

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strconv"
)

// bgplsSpec is the stanza of a BGP-LS family: type, length, protocol,
// identifier and descriptors, in the VPN family after a route distinguisher
// (RFC 9552 §5.2).
func bgplsSpec(f Family, rd int) familySpec {
	l := bgpls{rd}
	return familySpec{
		family: f,
		next:   nextBGPLS, valid: l.valid, ignoreInvalid: true, canonical: appendCopy,
		appendText: l.appendText, appendJSON: l.appendJSON,
		grammar: l.grammar(),
		// "For VPN SAFI, as per custom, an 8-byte Route Distinguisher set to all zero is
		// prepended to the next hop" (RFC 9552 §5.5).
		nextHops: []int{4, 16, 32}, ownNextHop: true, rdNextHop: rd > 0,
	}
}

type bgpls struct{ rd int }

// bgplsTypes are the NLRI types (RFC 9552 §5.2, RFC 9514 §3).
var bgplsTypes = [...]string{1: "node", 2: "link", 3: "ipv4-prefix", 4: "ipv6-prefix", 6: "srv6-sid"}

// bgplsPrefix6 is the type whose prefix is of IPv6.
const bgplsPrefix6 = 4

// Descriptors that hold descriptors.
const (
	localNode  = 256
	remoteNode = 257
)

// bgplsNode are the descriptors of a node (RFC 9552 §5.2.1, RFC 9086 §4).
var bgplsNode = tlvTable{
	{typ: 512, name: "autonomous-system", fields: value(fieldU32)},
	{typ: 513, name: "bgp-ls-id", fields: value(fieldU32)},
	{typ: 514, name: "ospf-area-id", fields: value(fieldIP4)},
	{typ: 515, name: "igp-router-id", fields: value(fieldRest)},
	{typ: 516, name: "bgp-router-id", fields: value(fieldIP4)},
	{typ: 517, name: "member-as", fields: value(fieldU32)},
}

// bgplsDescriptors are those of links, prefixes and SIDs (RFC 9552 §5.2.2,
// 5.2.3, RFC 9514 §6.1).
var bgplsDescriptors = tlvTable{
	{typ: localNode, name: "local-node", fields: value(fieldSubs(bgplsNode))},
	{typ: remoteNode, name: "remote-node", fields: value(fieldSubs(bgplsNode))},
	{typ: 258, name: "link-identifiers", fields: []tlvField{{"local", fieldU32}, {"remote", fieldU32}}},
	{typ: 259, name: "interface-address", fields: value(fieldIP4)},
	{typ: 260, name: "neighbor-address", fields: value(fieldIP4)},
	{typ: 261, name: "interface-address6", fields: value(fieldIP6)},
	{typ: 262, name: "neighbor-address6", fields: value(fieldIP6)},
	{typ: 263, name: "multi-topology-id", fields: value(fieldU16), repeat: true},
	{typ: 264, name: "ospf-route-type", fields: value(fieldU8)},
	{typ: 265, name: "ip-reachability", fields: value(fieldReach4)},
	{typ: 518, name: "sid", fields: value(fieldIP6)},
}

// bgplsReach6 takes the place of ip-reachability in IPv6 prefixes.
var bgplsReach6 = tlvRow{typ: 265, name: "ip-reachability", fields: value(fieldReach6)}

// descriptorRow is the row of a descriptor in an NLRI of type t.
func descriptorRow(t int, r *tlvRow) *tlvRow {
	if r != nil && r.typ == bgplsReach6.typ && t == bgplsPrefix6 {
		return &bgplsReach6 //table: a row, only read
	}
	return r
}

func nextBGPLS(b []byte) int {
	if len(b) < 4 {
		return 0
	}
	if n := 4 + int(binary.BigEndian.Uint16(b[2:])); n <= len(b) {
		return n
	}
	return 0
}

// known is the type of an NLRI with descriptors, or 0: any other is opaque ("an
// implementation … MUST preserve and propagate", RFC 9552 §5.2).
func (l bgpls) known(nlri []byte) int {
	if len(nlri) < 4 {
		return 0
	}
	if t := int(binary.BigEndian.Uint16(nlri)); t < len(bgplsTypes) && bgplsTypes[t] != "" {
		return t
	}
	return 0
}

// valid is RFC 9552 §8.2.2: the descriptors end where the NLRI does and come in
// ascending order of type, each of a node's at most once.
func (l bgpls) valid(nlri []byte) bool {
	if l.known(nlri) == 0 {
		return true
	}
	at := 4 + l.rd + 9
	if len(nlri) < at || !ordered(nlri[at:], false) {
		return false
	}
	for b := nlri[at:]; len(b) > 0; {
		var t uint16
		var v []byte
		if t, v, b, _ = cutTLV(b); (t == localNode || t == remoteNode) && !ordered(v, true) {
			return false
		}
	}
	return true
}

// ordered reports whether b is a run of TLVs in ascending order: "TLVs within
// each NLRI MUST be ordered in ascending order by the TLV Type", those of one
// type by length and value (RFC 9552 §5.1).
func ordered(b []byte, once bool) bool {
	var last uint16
	var before []byte
	for first := true; len(b) > 0; first = false {
		t, v, rest, ok := cutTLV(b)
		switch {
		case !ok, !first && t < last, !first && once && t == last:
			return false
		case !first && t == last && (len(v) < len(before) || len(v) == len(before) && bytes.Compare(v, before) < 0):
			return false
		}
		last, before, b = t, v, rest
	}
	return true
}

// appendText appends "bgp-ls node protocol 2 identifier 0 local-node [ … ]", or
// octets where a descriptor has no name or comes twice.
func (l bgpls) appendText(b []byte, wire string) []byte {
	start := len(b)
	nlri := []byte(wire)
	t := l.known(nlri)
	if t == 0 || !l.valid(nlri) {
		return textHex(b, nlri)
	}
	b = append(append(b, "bgp-ls "...), bgplsTypes[t]...)
	if l.rd > 0 {
		b = appendRD(append(b, " rd "...), nlri[4:])
	}
	head := nlri[4+l.rd:]
	b = appendUint(append(b, " protocol "...), uint32(head[0]))
	b = strconv.AppendUint(append(b, " identifier "...), binary.BigEndian.Uint64(head[1:]), 10)
	last := uint16(0)
	for tlvs := head[9:]; len(tlvs) > 0; {
		typ, v, rest, _ := cutTLV(tlvs)
		r := bgplsDescriptors.row(typ)
		if r == nil || typ == last {
			return textHex(b[:start], nlri)
		}
		b = append(append(append(b, ' '), r.name...), ' ')
		if typ == localNode || typ == remoteNode {
			b = append(b, '[')
			for len(v) > 0 {
				var sub []byte
				var st uint16
				st, sub, v, _ = cutTLV(v)
				b = append(append(append(b, ' '), bgplsNode.word(st)...), ' ')
				b = bgplsNode.row(st).appendText(b, sub)
			}
			b = append(b, " ]"...)
		} else {
			b = descriptorRow(t, r).appendText(b, v)
		}
		last, tlvs = typ, rest
	}
	return b
}

// grammar is the type, protocol, identifier and the descriptors.
func (l bgpls) grammar() *nlriGrammar {
	g := &nlriGrammar{words: []nlriWord{{"bgp-ls", 0}, {"protocol", 1}, {"identifier", 1}}, build: l.build}
	for _, name := range bgplsTypes {
		if name != "" {
			g.words = append(g.words, nlriWord{name, 0})
		}
	}
	if l.rd > 0 {
		g.words = append(g.words, nlriWord{"rd", 1}, nlriWord{"route-distinguisher", 1})
	}
	for i := range bgplsDescriptors {
		g.words = append(g.words, nlriWord{bgplsDescriptors[i].name, 1})
	}
	return g
}

func (l bgpls) build(fields []NLRIField) ([]byte, error) {
	t := slices.IndexFunc(bgplsTypes[:], func(name string) bool {
		return name != "" && slices.ContainsFunc(fields, func(x NLRIField) bool { return x.Name == name })
	})
	if t < 0 {
		return nil, errors.New("no kind of NLRI: write node, link, ipv4-prefix, ipv6-prefix or srv6-sid")
	}
	b := []byte{0, byte(t), 0, 0}
	var err error
	if l.rd > 0 {
		if b, err = rdField(b, fields); err != nil {
			return nil, err
		}
	}
	if b, err = numberField(b, fields, "protocol", 8); err == nil {
		b, err = numberField(b, fields, "identifier", 64)
	}
	if err != nil {
		return nil, err
	}
	for i := range bgplsDescriptors { // in ascending order
		r := descriptorRow(t, &bgplsDescriptors[i]) //table: a row, only read
		for _, x := range fields {
			if x.Name != r.name {
				continue
			}
			v, err := descriptor(r, x.Values)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", r.name, err)
			}
			b = binary.BigEndian.AppendUint16(b, r.typ)
			b = append(binary.BigEndian.AppendUint16(b, uint16(len(v))), v...)
		}
	}
	if len(b) > 0xffff {
		return nil, errors.New("the NLRI is too long")
	}
	patchLen(b, 2)
	if !l.valid(b) {
		return nil, errors.New("a descriptor of a node is given twice: write it once")
	}
	return b, nil
}

// descriptor is the value of a descriptor: one word, or those of a node.
func descriptor(r *tlvRow, words []string) ([]byte, error) {
	if r.typ != localNode && r.typ != remoteNode {
		s, err := oneToken(words)
		if err != nil {
			return nil, err
		}
		return r.parse(s)
	}
	items := listItems(words)
	if len(items)%2 != 0 || len(words) < 2 {
		return nil, fmt.Errorf("%s: write [ autonomous-system 65000 … ]", quote(words))
	}
	subs := make([][]byte, 0, len(items)/2)
	for ; len(items) > 0; items = items[2:] {
		row, t, ok := bgplsNode.named(items[0])
		if !ok {
			return nil, fmt.Errorf("%q is no descriptor of a node", items[0])
		}
		v, err := row.parse(items[1])
		if err != nil || len(v) > 0xffff {
			return nil, fmt.Errorf("%s: %w", items[0], err)
		}
		sub := binary.BigEndian.AppendUint16(nil, t)
		subs = append(subs, append(binary.BigEndian.AppendUint16(sub, uint16(len(v))), v...))
	}
	// Four octets of head: by type, then length, then value.
	slices.SortFunc(subs, slices.Compare)
	return slices.Concat(subs...), nil
}
