package codec

import (
	"encoding/hex"
	"fmt"
	"net/netip"
	"slices"
)

// pmsiHead is flags, tunnel type and label; the tunnel identifier follows (RFC
// 6514 §5).
const pmsiHead = 5

// pmsiTypes are the tunnel types and the lengths that their identifiers may
// have (nil: any), IANA pmsi-tunnel-types.
var pmsiTypes = [...]struct {
	name    string
	lengths []int
}{
	0:  {"none", nil}, // "the Tunnel Identifier field is not present": its octets mean nothing
	1:  {"rsvp-te-p2mp", []int{12, 24}},
	2:  {"mldp-p2mp", nil},
	3:  {"pim-ssm", []int{8, 32}},
	4:  {"pim-sm", []int{8, 32}},
	5:  {"bidir-pim", []int{8, 32}},
	6:  {"ingress-replication", []int{4, 16}},
	7:  {"mldp-mp2mp", nil},
	8:  {"transport-tunnel", nil},
	10: {"assisted-replication", []int{4, 16}},
	11: {"bier", nil},
}

func pmsiName(t byte) string {
	if int(t) < len(pmsiTypes) && pmsiTypes[t].name != "" {
		return pmsiTypes[t].name
	}
	return string(appendUint(nil, uint32(t)))
}

// checkPMSI: malformed is an attribute that "the router cannot parse the Tunnel
// Identifier field of … as a tunnel identifier of the tunnel type" (RFC 6514
// §5). A type that is registered after this was written is none of that.
func checkPMSI(v []byte, _ bool) (uint8, string) {
	if len(v) < pmsiHead {
		return SubAttributeLength, "attribute too short"
	}
	if t := int(v[1]); t < len(pmsiTypes) && pmsiTypes[t].lengths != nil && !slices.Contains(pmsiTypes[t].lengths, len(v)-pmsiHead) {
		return SubOptionalAttribute, "tunnel identifier of a wrong length"
	}
	return 0, ""
}

// pmsiAddr is the identifier where it is one address.
func pmsiAddr(v []byte) (netip.Addr, bool) {
	if name := pmsiName(v[1]); name != "ingress-replication" && name != "assisted-replication" {
		return netip.Addr{}, false
	}
	return netip.AddrFromSlice(v[pmsiHead:])
}

// textPMSI appends "(ingress-replication 0 1600 10.0.0.1)": type, flags, the 24
// bits of the label field, identifier.
func textPMSI(b, v []byte) ([]byte, bool) {
	if _, why := checkPMSI(v, true); why != "" {
		return b, false
	}
	b = append(append(append(b, " ("...), pmsiName(v[1])...), ' ')
	b = append(appendUint(b, uint32(v[0])), ' ')
	b = append(appendUint(b, be24(v[2:])), ' ')
	if a, ok := pmsiAddr(v); ok {
		b = a.AppendTo(b)
	} else {
		b = hex.AppendEncode(append(b, "0x"...), v[pmsiHead:])
	}
	return append(b, ')'), true
}

func parsePMSI(args []string) ([]byte, error) {
	bad := fmt.Errorf("%s: write ( ingress-replication FLAGS LABEL ADDRESS ), or another type with its identifier as 0x…", quote(args))
	items := listItems(args)
	if len(items) != 4 {
		return nil, bad
	}
	t := slices.IndexFunc(pmsiTypes[:], func(row struct {
		name    string
		lengths []int
	}) bool {
		return row.name == items[0]
	})
	if t < 0 {
		n, err := parseUint(items[0], 8)
		if err != nil {
			return nil, bad
		}
		t = int(n)
	}
	v, err := appendFields(nil, items[1:2], 8)
	if err == nil {
		v, err = appendFields(append(v, byte(t)), items[2:3], 24)
	}
	if err != nil {
		return nil, err
	}
	if id, ok := parseHex(items[3]); ok {
		v = append(v, id...)
	} else if a, err := netip.ParseAddr(items[3]); err == nil && a.Zone() == "" {
		v = append(v, a.AsSlice()...)
	} else {
		return nil, bad
	}
	if _, why := checkPMSI(v, true); why != "" {
		return nil, fmt.Errorf("%s: %s", quote(args), why)
	}
	return v, nil
}

// pmsiEvents are the names of the tunnel types in ExaBGP's events.
var pmsiEvents = [...]string{"notunnel", "rsvp-tep2mplsp", "mldpp2mplsp", "pim-ssmtree", "pim-smtree", "bidir-pimtree", "ingressreplication", "mldpmp2mplsp"}

// jsonPMSI is the text that ExaBGP's events have:
// "pmsi:ingressreplication:0:100(1600):10.0.0.1", type, flags, label and
// identifier; in brackets the octets of the label, which may be a VNI.
func jsonPMSI(b, v []byte) []byte {
	if len(v) < pmsiHead {
		return AppendJSONHex(b, v)
	}
	name := "unknown"
	if int(v[1]) < len(pmsiEvents) {
		name = pmsiEvents[v[1]]
	}
	b = fmt.Appendf(b, `"pmsi:%s:%d:%d`, name, v[0], be24(v[2:])>>4)
	if a, ok := pmsiAddr(v); ok {
		return fmt.Appendf(b, `(%d):%s"`, be24(v[2:]), a)
	}
	if len(v) == pmsiHead {
		return append(b, `:"`...)
	}
	return fmt.Appendf(b, `:0x%X"`, v[pmsiHead:])
}
