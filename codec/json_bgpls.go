package codec

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
)

// lsRow is how ExaBGP's events show a TLV of the BGP-LS attribute, where that is
// not the word and the form of [bgplsTable].
type lsRow struct {
	typ  uint16
	name string
	// json appends a value; false where the octets are none. nil: as
	// bgplsTable does.
	json func(b, v []byte) ([]byte, bool)
	// list: the values of all TLVs of the name stand in one list.
	list bool
	// sids rows are several members of the attribute's object, among them
	// "sids"; where there are several such TLVs, each is an object in a list.
	sids bool
}

// lsRows is in ascending order of type.
var lsRows = [...]lsRow{
	{typ: 1024, name: "node-flags", json: lsFlags(1, "O", "T", "E", "B", "R", "V")},
	{typ: 1027, name: "area-id", json: lsHex},
	{typ: 1028, name: "local-te-router-ids", list: true},
	{typ: 1029, name: "local-te-router-ids", list: true},
	{typ: 1030, name: "remote-te-router-id"},
	{typ: 1031, name: "remote-te-router-id"},
	{typ: 1034, name: "sr-capabilities", json: lsCapability, sids: true},
	{typ: 1035, name: "sr-algorithms"},
	{typ: 1088, name: "admin-group-mask", json: lsNumber32, list: true},
	{typ: 1090, name: "maximum-reservable-link-bandwidth"},
	{typ: 1092, name: "te-metric"},
	{typ: 1093, name: "link-protection-flags", json: lsFlags(2, "ExtraTrafic", "Unprotected", "Shared", "Dedicated 1:1", "Dedicated 1+1", "Enhanced")},
	{typ: 1094, name: "mpls-mask", json: lsFlags(1, "LDP", "RSVP-TE")},
	{typ: 1096, name: "shared-risk-link-groups"},
	{typ: 1099, name: "sr-adj", json: lsAdjacency, sids: true},
	{typ: 1100, name: "sr-adj-lan", json: lsLANAdjacency, sids: true},
	{typ: 1152, name: "igp-flags", json: lsFlags(1, "D", "N", "L", "P")},
	{typ: 1153, name: "igp-route-tags"},
	{typ: 1154, name: "igp-extended-route-tags"},
	{typ: 1158, name: "sr-prefix", json: lsPrefixSID, sids: true},
	{typ: 1170, name: "sr-prefix-attribute-flags", json: lsFlags(1, "X", "R", "N")},
	{typ: 1171, name: "sr-source-router-id"},
}

func lsRowOf(typ uint16) lsRow {
	i, ok := slices.BinarySearchFunc(lsRows[:], typ, func(r lsRow, typ uint16) int { return int(r.typ) - int(typ) })
	if ok {
		return lsRows[i]
	}
	r := lsRow{typ: typ, name: bgplsTable.word(typ)}
	if row := bgplsTable.row(typ); row != nil {
		r.list = row.many
	}
	return r
}

// value appends the value v.
func (r lsRow) value(b, v []byte) []byte {
	if r.json != nil {
		if out, ok := r.json(b, v); ok {
			return out
		}
		return AppendJSONHex(b, v)
	}
	return bgplsTable.row(r.typ).appendJSON(b, v)
}

// lsMember is one member of the attribute's object: its name and the TLVs.
type lsMember struct {
	lsRow
	rows   []lsRow
	values [][]byte
}

// jsonBGPLS appends the TLVs in the order of their types, as ExaBGP names them.
func jsonBGPLS(b, v []byte) []byte {
	members, sids := lsMembers(v)
	b = append(b, "{ "...)
	start := len(b)
	for _, m := range members {
		b = jsonSep(b, start)
		if m.sids && sids == 1 {
			at := len(b)
			if out, ok := m.json(b, m.values[0]); ok {
				b = out
				continue
			}
			b = b[:at]
		}
		b = append(append(append(b, '"'), m.name...), `": `...)
		list := m.list || len(m.values) > 1
		if list {
			b = append(b, "[ "...)
		}
		first := len(b)
		for i, x := range m.values {
			b = jsonSep(b, first)
			if !m.sids {
				b = m.rows[i].value(b, x)
				continue
			}
			at := len(b)
			out, ok := m.json(append(b, "{ "...), x)
			if b = append(out, " }"...); !ok {
				b = AppendJSONHex(b[:at], x)
			}
		}
		if list {
			b = append(b, " ]"...)
		}
	}
	return append(b, " }"...)
}

// lsMembers groups the TLVs by name; sids counts those that hold SIDs.
func lsMembers(v []byte) (members []lsMember, sids int) {
	for _, x := range sortedTLVs(v) {
		r := lsRowOf(x.typ)
		if r.sids {
			sids++
		}
		if n := len(members); n == 0 || members[n-1].name != r.name {
			members = append(members, lsMember{lsRow: r})
		}
		m := &members[len(members)-1]
		m.rows, m.values = append(m.rows, r), append(m.values, x.v)
	}
	return members, sids
}

// lsFlags makes the form of flags in size octets, from the highest bit on; RSV
// is the number that the other bits make.
func lsFlags(size int, names ...string) func(b, v []byte) ([]byte, bool) {
	return func(b, v []byte) ([]byte, bool) {
		if len(v) != size {
			return b, false
		}
		n, bits := bigEndian(v), 8*size
		b = append(b, "{ "...)
		for i, name := range names {
			b = fmt.Appendf(b, `"%s": %d, `, name, n>>(bits-1-i)&1)
		}
		return fmt.Appendf(b, `"RSV": %d }`, n&(1<<(bits-len(names))-1)), true
	}
}

// lsHex is octets as ExaBGP writes identifiers, without 0x.
func lsHex(b, v []byte) ([]byte, bool) {
	return append(hex.AppendEncode(append(b, '"'), v), '"'), true
}

func lsNumber32(b, v []byte) ([]byte, bool) {
	if len(v) != 4 {
		return b, false
	}
	return appendUint(b, be32(v)), true
}

// lsCapability is the flags and [size, first label] of each range (RFC 9085
// §2.1.2).
func lsCapability(b, v []byte) ([]byte, bool) {
	if len(v) < 2 {
		return b, false
	}
	b, _ = lsFlags(1, "I", "V")(append(b, `"sr-capability-flags": `...), v[:1])
	b = append(b, `, "sids": [ `...)
	for start := len(b); len(v) > 2; {
		if len(v) < 5 {
			return b, false
		}
		_, sid, rest, ok := cutTLV(v[5:])
		if !ok || len(sid) != 3 && len(sid) != 4 {
			return b, false
		}
		b = fmt.Appendf(jsonSep(b, start), "[%d, %d]", be24(v[2:]), bigEndian(sid))
		v = append(v[:2:2], rest...)
	}
	return append(b, " ]"...), true
}

// lsSIDs appends a SID, or octets that are none.
func lsSIDs(b, sid []byte) []byte {
	if len(sid) == 3 || len(sid) == 4 {
		return fmt.Appendf(b, `, "sids": [ %d ], "undecoded-sids": [  ]`, bigEndian(sid))
	}
	return append(AppendJSONHex(append(b, `, "sids": [  ], "undecoded-sids": [ `...), sid), " ]"...)
}

// lsAdjacency: RFC 9085 §2.2.1.
func lsAdjacency(b, v []byte) ([]byte, bool) {
	if len(v) < 4 {
		return b, false
	}
	b, _ = lsFlags(1, "F", "B", "V", "L", "S", "P")(append(b, `"sr-adj-flags": `...), v[:1])
	return fmt.Appendf(lsSIDs(b, v[4:]), `, "sr-adj-weight": %d`, v[1]), true
}

// lsLANAdjacency has the neighbor before the SID: six octets of IS-IS or four
// of OSPF (RFC 9085 §2.2.2).
func lsLANAdjacency(b, v []byte) ([]byte, bool) {
	if len(v) < 4 {
		return b, false
	}
	sid := v[4:]
	switch len(sid) {
	case 9, 10:
		sid = sid[6:]
	case 7, 8:
		sid = sid[4:]
	}
	b, _ = lsFlags(1, "F", "B", "V", "L", "S", "P")(append(b, `"sr-adj-lan-flags": `...), v[:1])
	return fmt.Appendf(lsSIDs(b, sid), `, "sr-adj-lan-weight": %d`, v[1]), true
}

// lsPrefixSID: RFC 9085 §2.3.1.
func lsPrefixSID(b, v []byte) ([]byte, bool) {
	if len(v) < 4 {
		return b, false
	}
	b, _ = lsFlags(1, "R", "N", "P", "E", "V", "L")(append(b, `"sr-prefix-flags": `...), v[:1])
	return fmt.Appendf(lsSIDs(b, v[4:]), `, "sr-algorithm": %d`, v[1]), true
}

// bgplsJSONTypes are the names of the NLRI types in events.
var bgplsJSONTypes = [...]string{1: "bgpls-node", 2: "bgpls-link", 3: "bgpls-prefix-v4", 4: "bgpls-prefix-v6", 6: "bgpls-srv6sid"}

// appendJSON appends the fields by the names that ExaBGP gives them.
func (l bgpls) appendJSON(b []byte, wire string) []byte {
	nlri := []byte(wire)
	t := l.known(nlri)
	if t == 0 || !l.valid(nlri) {
		if len(nlri) >= 2 {
			b = fmt.Appendf(b, `"code": %d, `, binary.BigEndian.Uint16(nlri))
		}
		return fmt.Appendf(b, `"parsed": false, "raw": "%X"`, nlri)
	}
	head := nlri[4+l.rd:]
	b = fmt.Appendf(b, `"ls-nlri-type": "%s", "l3-routing-topology": %d, "protocol-id": %d`, bgplsJSONTypes[t], binary.BigEndian.Uint64(head[1:]), head[0])
	link := bgplsJSONTypes[t] == "bgpls-link"
	addrs := [2][]byte{}
	for tlvs := head[9:]; len(tlvs) > 0; {
		typ, v, rest, _ := cutTLV(tlvs)
		tlvs = rest
		switch {
		case typ == localNode && link:
			b = lsNode(append(b, `, "local-node-descriptors": `...), v)
		case typ == localNode:
			b = lsNode(append(b, `, "node-descriptors": `...), v)
		case typ == remoteNode:
			b = lsNode(append(b, `, "remote-node-descriptors": `...), v)
		case typ >= 259 && typ <= 262: // interface and neighbor, IPv4 and IPv6
			addrs[(typ-259)%2] = v
		case typ == bgplsReach6.typ:
			b = lsReach(b, v, t == bgplsPrefix6)
		default:
			b = fmt.Appendf(b, `, "%s": `, bgplsDescriptors.word(typ))
			b = bgplsDescriptors.row(typ).appendJSON(b, v)
		}
	}
	if link {
		for i, name := range [...]string{"interface-address", "neighbor-address"} {
			b = fmt.Appendf(b, `, "%s": { `, name)
			if addrs[i] != nil {
				b = jsonAddr(fmt.Appendf(b, `"%s": `, name), addrs[i])
			}
			b = append(b, " }"...)
		}
	}
	if l.rd > 0 {
		b = append(appendRD(append(b, `, "rd": "`...), nlri[4:]), '"')
	}
	return b
}

// lsReach is a prefix: its address, and with its length.
func lsReach(b, v []byte, six bool) []byte {
	kind := fieldReach4
	if six {
		kind = fieldReach6
	}
	text := kind.json(nil, v)
	if s, err := strconv.Unquote(string(text)); err == nil {
		if p, err := netip.ParsePrefix(s); err == nil {
			b = append(p.Addr().AppendTo(append(b, `, "ip-reachability-tlv": "`...)), '"')
		}
	}
	return append(append(b, `, "ip-reach-prefix": `...), text...)
}

// lsNode is the descriptors of a node.
func lsNode(b, tlvs []byte) []byte {
	b = append(b, "{ "...)
	start := len(b)
	for len(tlvs) > 0 {
		typ, v, rest, ok := cutTLV(tlvs)
		if !ok {
			break
		}
		tlvs = rest
		b = jsonSep(b, start)
		switch {
		case typ == 513 && len(v) == 4:
			b = fmt.Appendf(b, `"bgp-ls-identifier": "%d"`, be32(v))
		case typ == 515:
			b = lsRouterID(b, v)
		default:
			b = fmt.Appendf(b, `"%s": `, bgplsNode.word(typ))
			b = bgplsNode.row(typ).appendJSON(b, v)
		}
	}
	return append(b, " }"...)
}

// lsRouterID is the router of an IGP: a system identifier of IS-IS, perhaps with
// the number of a pseudonode, or an OSPF router, perhaps with the address of a
// designated router's interface (RFC 9552 §5.2.1.4).
func lsRouterID(b, v []byte) []byte {
	switch len(v) {
	case 4:
		return jsonAddr(append(b, `"router-id": `...), v)
	case 7:
		return fmt.Appendf(b, `"psn": "%d", "router-id": "%x"`, v[6], v[:6])
	case 8:
		b = append(jsonAddr(append(b, `"designated-router-id": `...), v[4:]), ", "...)
		return jsonAddr(append(b, `"router-id": `...), v[:4])
	}
	return fmt.Appendf(b, `"router-id": "%x"`, v)
}
