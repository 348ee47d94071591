package codec

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// AppendJSON appends the members of the JSON object that stands for the set in
// ExaBGP's events, without its braces: by type code, the next hop last. What
// has no form of its own is "attribute-0xFA-0xC0" with its octets. An empty
// AS_PATH is left out.
func (a Attrs) AppendJSON(b []byte) []byte {
	start := len(b)
	for i := range a {
		if a[i].Type != AttrNextHop {
			b = a[i].appendJSON(b, start)
		}
	}
	if nh, ok := a.Get(AttrNextHop); ok {
		b = nh.appendJSON(b, start)
	}
	return b
}

func (a Attr) appendJSON(b []byte, start int) []byte {
	spec := &attrTable[a.Type]
	if a.Type == AttrASPath && len(a.Value) == 0 {
		return b
	}
	b = jsonSep(b, start)
	if spec.appendJSON == nil || a.malformed() {
		b = fmt.Appendf(b, `"attribute-0x%02X-0x%02X": `, byte(a.Type), byte(a.Flags))
		return AppendJSONHex(b, a.Value)
	}
	name := spec.name
	if spec.json != "" {
		name = spec.json
	}
	b = append(append(append(b, '"'), name...), `": `...)
	return spec.appendJSON(b, a.Value)
}

// The appendJSON functions of the table.

func jsonOrigin(b, v []byte) []byte {
	if len(v) != 1 || int(v[0]) >= len(originNames) {
		return AppendJSONHex(b, v)
	}
	return append(append(append(b, '"'), originNames[v[0]]...), '"')
}

func jsonNumber(b, v []byte) []byte {
	if len(v) != 4 {
		return AppendJSONHex(b, v)
	}
	return appendUint(b, be32(v))
}

func jsonAddr(b, v []byte) []byte {
	a, ok := netip.AddrFromSlice(v)
	if !ok {
		return AppendJSONHex(b, v)
	}
	return append(a.AppendTo(append(b, '"')), '"')
}

func jsonFlag(b, _ []byte) []byte { return append(b, "true"...) }

func jsonAggregator(b, v []byte) []byte {
	if len(v) != 8 {
		return AppendJSONHex(b, v)
	}
	b = append(appendUint(append(b, '"'), be32(v)), ':')
	return append(appendAddr4(b, v[4:]), '"')
}

// jsonList makes the list of values of size octets each.
func jsonList(size int, item func(b, v []byte) []byte) func(b, v []byte) []byte {
	return func(b, v []byte) []byte {
		b = append(b, "[ "...)
		for i := 0; i+size <= len(v); i += size {
			if i > 0 {
				b = append(b, ", "...)
			}
			b = item(b, v[i:i+size])
		}
		return append(b, " ]"...)
	}
}

func jsonCommunity(b, v []byte) []byte {
	return fmt.Appendf(b, "[%d, %d]", binary.BigEndian.Uint16(v), binary.BigEndian.Uint16(v[2:]))
}

func jsonLarge(b, v []byte) []byte {
	return fmt.Appendf(b, "[%d, %d, %d]", be32(v), be32(v[4:]), be32(v[8:]))
}

// jsonExt is the value and its text. ExaBGP has the direction of an interface
// set in the text, and what its type says beside it.
func jsonExt(b, v []byte) []byte {
	b = strconv.AppendUint(append(b, `{ "value": `...), binary.BigEndian.Uint64(v), 10)
	text := string(textExt(nil, v))
	if of, ok := strings.CutPrefix(text, "encapsulation:"); ok {
		text = "encap:" + eventTunnel(of, v)
	}
	set, transitive := strings.CutPrefix(text, "interface-set:transitive:")
	set, local := strings.CutPrefix(set, "interface-set:non-transitive:")
	if transitive || local {
		b = AppendJSONString(append(b, `, "string": `...), "interface-set:"+set)
		return append(strconv.AppendBool(append(b, `, "transitive": `...), transitive), " }"...)
	}
	return append(AppendJSONString(append(b, `, "string": `...), text), " }"...)
}

// eventTunnels are the names of tunnel types in ExaBGP's events.
var eventTunnels = [...]string{0: "Default", 1: "L2TPv3", 2: "GRE", 7: "IP-in-IP", 8: "VXLAN", 9: "NVGRE", 10: "MPLS", 12: "VXLAN-GPE", 13: "MPLS-in-UDP"}

// eventTunnel is the name of the tunnel type of the extended community v; name
// where ExaBGP has none.
func eventTunnel(name string, v []byte) string {
	if t := binary.BigEndian.Uint16(v[6:]); int(t) < len(eventTunnels) && eventTunnels[t] != "" {
		return eventTunnels[t]
	}
	return name
}

func jsonAIGP(b, v []byte) []byte {
	if len(v) < aigpTLVWidth {
		return AppendJSONHex(b, v)
	}
	return strconv.AppendUint(b, binary.BigEndian.Uint64(v[3:]), 10)
}

var segmentNames = [...]string{
	ASSet:            "as-set",
	ASSequence:       "as-sequence",
	ASConfedSequence: "confed-sequence",
	ASConfedSet:      "confed-set",
}

// jsonASPath is the segments by their number.
func jsonASPath(b, v []byte) []byte {
	b = append(b, "{ "...)
	i := 0
	for s := range segments(v, 4) {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = fmt.Appendf(b, `"%d": { "element": "%s", "value": [ `, i, nameOf(segmentNames[:], int(s.typ), "segment"))
		for k := range s.count() {
			if k > 0 {
				b = append(b, ", "...)
			}
			b = appendUint(b, s.as(k))
		}
		b = append(b, " ] }"...)
		i++
	}
	return append(b, " }"...)
}
