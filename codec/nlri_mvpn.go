package codec

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"slices"
)

// Types of MCAST-VPN routes (RFC 6514 §4).
const (
	mvpnIntraAS    = 1
	mvpnInterAS    = 2
	mvpnSPMSI      = 3
	mvpnLeaf       = 4
	mvpnSourceAD   = 5
	mvpnSharedJoin = 6
	mvpnSourceJoin = 7
)

// mvpnSpec is the stanza of a MCAST-VPN family. Its next hop is an address of
// either family, whatever that of the routes is.
func mvpnSpec(f Family) familySpec {
	m := mvpn{addr: addrOctets(f)}
	return familySpec{
		family: f, nextHops: []int{4, 16, 32},
		next: nextTyped, valid: m.valid, canonical: opaqueSpec.canonical,
		appendText: m.appendText, appendJSON: m.appendJSON,
		grammar: &nlriGrammar{
			words: []nlriWord{
				{"source-ad", 0}, {"shared-join", 0}, {"source-join", 0}, {"mcast-vpn", 1},
				{"rp", 1}, {"source", 1}, {"group", 1}, {"source-as", 1}, {"rd", 1}, {"route-distinguisher", 1},
			},
			build: m.build,
		},
	}
}

// addrOctets is the length of an address of f's AFI.
func addrOctets(f Family) int {
	if f.AFI() == AFIIPv6 {
		return 16
	}
	return 4
}

// mvpn is what sets the MCAST-VPN families apart: the octets of an address.
type mvpn struct{ addr int }

type mvpnType struct {
	name   string
	word   string // in text; "" where it is written as octets
	fixed  int
	group  bool
	router bool
}

// mvpnTypes has what follows the route distinguisher of each type: octets
// before the addresses, whether a source and a group follow, each with its
// length, and whether the address of a router ends it. A type not listed is
// opaque, but its length is known.
var mvpnTypes = [...]mvpnType{
	mvpnIntraAS:    {name: "Intra-AS I-PMSI A-D Route", router: true},
	mvpnInterAS:    {name: "Inter-AS I-PMSI A-D Route", fixed: 4},
	mvpnSPMSI:      {name: "S-PMSI A-D Route", group: true, router: true},
	mvpnLeaf:       {name: "Leaf A-D Route"},
	mvpnSourceAD:   {name: "Source Active A-D Route", word: "source-ad", group: true},
	mvpnSharedJoin: {name: "C-Multicast Shared Tree Join route", word: "shared-join", fixed: 4, group: true},
	mvpnSourceJoin: {name: "C-Multicast Source Tree Join route", word: "source-join", fixed: 4, group: true},
}

// valid looks into a route of a type that is known; "Route Type (1 octet),
// Length (1 octet), Route Type specific" (RFC 6514 §4) says where any ends.
func (m mvpn) valid(nlri []byte) bool {
	t, v := int(nlri[0]), nlri[2:]
	if t == 0 || t >= len(mvpnTypes) {
		return true
	}
	row := &mvpnTypes[t]
	if t == mvpnLeaf {
		return len(v) > addrOctets(IPv4MVPN) // a route key, which is opaque, and the address of a router
	}
	if len(v) < rdLen+row.fixed {
		return false
	}
	v = v[rdLen+row.fixed:]
	for i := 0; row.group && i < 2; i++ {
		n, ok := m.address(v)
		if !ok {
			return false
		}
		v = v[n:]
	}
	if row.router {
		// "the Originating Router's IP address", of either family.
		return len(v) == 4 || len(v) == 16
	}
	return len(v) == 0
}

// address is the octets of a length in bits and an address. A length of 0 is a
// wildcard (RFC 6625 §2.1).
func (m mvpn) address(v []byte) (n int, ok bool) {
	if len(v) == 0 {
		return 0, false
	}
	if v[0] == 0 {
		return 1, true
	}
	return 1 + m.addr, int(v[0]) == 8*m.addr && len(v) > m.addr
}

// joined reads the fields of types 5 to 7; false for any other type, and for a
// wildcard, which these words have no form for.
func (m mvpn) joined(wire string) (rd []byte, as uint32, source, group netip.Addr, ok bool) {
	t, v := int(wire[0]), []byte(wire[2:])
	if t >= len(mvpnTypes) || mvpnTypes[t].word == "" || !m.valid([]byte(wire)) {
		return
	}
	rd, v = v[:rdLen], v[rdLen:]
	if mvpnTypes[t].fixed > 0 {
		as, v = be32(v), v[4:]
	}
	if len(v) != 2+2*m.addr {
		return
	}
	source, _ = netip.AddrFromSlice(v[1 : 1+m.addr])
	group, _ = netip.AddrFromSlice(v[2+m.addr:])
	return rd, as, source, group, true
}

// appendText appends "shared-join rp 10.0.0.1 group 239.0.0.1 rd 65000:1
// source-as 65000", or "mcast-vpn 0x…" where there are no words.
func (m mvpn) appendText(b []byte, wire string) []byte {
	rd, as, source, group, ok := m.joined(wire)
	if !ok {
		return hex.AppendEncode(append(b, "mcast-vpn 0x"...), []byte(wire))
	}
	row := &mvpnTypes[wire[0]]
	b = append(b, row.word...)
	b = source.AppendTo(append(append(append(b, ' '), sourceWord(wire[0])...), ' '))
	b = group.AppendTo(append(b, " group "...))
	b = appendRD(append(b, " rd "...), rd)
	if row.fixed > 0 {
		b = appendUint(append(b, " source-as "...), as)
	}
	return b
}

// sourceWord is how the root of the tree is called.
func sourceWord(t byte) string {
	if t == mvpnSharedJoin {
		return "rp"
	}
	return "source"
}

func (m mvpn) appendJSON(b []byte, wire string) []byte {
	rd, as, source, group, ok := m.joined(wire)
	b = fmt.Appendf(b, `"code": %d, "parsed": %v, "raw": "%X", "name": "`, wire[0], ok, wire)
	if t := int(wire[0]); t < len(mvpnTypes) && mvpnTypes[t].name != "" {
		b = append(b, mvpnTypes[t].name...)
	} else {
		b = append(b, "unknown"...)
	}
	b = append(b, '"')
	if !ok {
		return b
	}
	b = append(appendRD(append(b, `, "rd": "`...), rd), '"')
	if mvpnTypes[wire[0]].fixed > 0 {
		b = append(appendUint(append(b, `, "source-as": "`...), as), '"')
	}
	return fmt.Appendf(b, `, "source": "%s", "group": "%s"`, source, group)
}

// build makes an NLRI of the words.
func (m mvpn) build(fields []NLRIField) ([]byte, error) {
	if s, ok := field(fields, "mcast-vpn"); ok && len(fields) == 1 {
		v, ok := parseHex(s)
		if !ok || len(v) == 0 || nextTyped(v) != len(v) || !m.valid(v) {
			return nil, fmt.Errorf("mcast-vpn %s: write the octets of an NLRI as 0x…", s)
		}
		return v, nil
	}
	t := slices.IndexFunc(mvpnTypes[:], func(r mvpnType) bool {
		return r.word != "" && slices.ContainsFunc(fields, func(x NLRIField) bool { return x.Name == r.word })
	})
	if t < 0 {
		return nil, errors.New("no kind of route: write shared-join, source-join or source-ad")
	}
	row := &mvpnTypes[t]
	want := []string{row.word, sourceWord(byte(t)), "group", "rd", "route-distinguisher"}
	if row.fixed > 0 {
		want = append(want, "source-as")
	}
	for _, x := range fields {
		if !slices.Contains(want, x.Name) {
			return nil, fmt.Errorf("%s does not belong to %s: leave it out", x.Name, row.word)
		}
	}
	b, err := rdField([]byte{byte(t), 0}, fields)
	if err != nil {
		return nil, err
	}
	if row.fixed > 0 {
		s, _ := field(fields, "source-as")
		as, err := parseAS(s)
		if err != nil {
			return nil, fmt.Errorf("source-as: %w", err)
		}
		b = binary.BigEndian.AppendUint32(b, as)
	}
	for _, name := range [...]string{want[1], "group"} {
		a, err := addressField(fields, name, m.addr)
		if err != nil {
			return nil, err
		}
		b = append(append(b, byte(8*m.addr)), a.AsSlice()...)
	}
	b[1] = byte(len(b) - 2)
	return b, nil
}

// addressField is the address of a keyword, of that many octets (0: any).
func addressField(fields []NLRIField, name string, octets int) (netip.Addr, error) {
	s, ok := field(fields, name)
	if !ok {
		return netip.Addr{}, fmt.Errorf("%s is missing: write %s ADDRESS", name, name)
	}
	a, err := netip.ParseAddr(s)
	if err != nil || a.Zone() != "" || octets != 0 && a.BitLen() != 8*octets {
		return netip.Addr{}, fmt.Errorf("%s %q is not an address of the family", name, s)
	}
	return a, nil
}
