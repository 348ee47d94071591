package codec

import (
	"encoding/binary"
	"fmt"
	"strings"
)

// bgplsSubs are the sub-TLVs of the BGP-LS attribute.
var bgplsSubs = tlvTable{
	{typ: 1039, name: "flexible-algorithm-definition", fields: value(fieldRest)},
	{typ: 1161, name: "sid-label", fields: value(fieldSID)},
	{typ: 1252, name: "srv6-sid-structure", fields: structureFields()},
}

func structureFields() []tlvField {
	return []tlvField{{"locator-block-length", fieldU8}, {"locator-node-length", fieldU8}, {"function-length", fieldU8}, {"argument-length", fieldU8}}
}

// adjacencyFields are those of the SIDs of links and peers (RFC 9085 §2.2.1,
// RFC 9086 §5).
func adjacencyFields(last string, k *fieldKind) []tlvField {
	return []tlvField{{"flags", fieldBits1}, {"weight", fieldU8}, {"reserved", fieldBits2}, {last, k}}
}

// endXFields are those of an SRv6 End.X SID (RFC 9514 §4.1, 4.2); neighbor is
// nil where the link is point-to-point.
func endXFields(neighbor *fieldKind) []tlvField {
	f := []tlvField{{"behavior", fieldU16}, {"flags", fieldBits1}, {"algorithm", fieldU8}, {"weight", fieldU8}, {"reserved", fieldBits1}}
	if neighbor != nil {
		f = append(f, tlvField{"neighbor", neighbor})
	}
	return append(f, tlvField{"sid", fieldIP6}, tlvField{"sub-tlvs", fieldSubs(bgplsSubs)})
}

func delayFields() []tlvField { return []tlvField{{"flags", fieldBits1}, {"delay", fieldU24}} }

// bgplsTable is the TLVs of the BGP-LS attribute (IANA bgp-ls-parameters; RFC
// 9552 §5.3, RFC 9085, RFC 9086, RFC 9514, RFC 8571, RFC 8814, RFC 9247, RFC
// 9294). Any other is octets: "unknown … MUST be preserved" (RFC 9552 §5.1).
var bgplsTable = tlvTable{
	{typ: 263, name: "multi-topology-id", fields: value(fieldU16), repeat: true},
	{typ: 266, name: "node-msd", fields: []tlvField{{"type", fieldU8}, {"value", fieldU8}}, repeat: true},
	{typ: 267, name: "link-msd", fields: []tlvField{{"type", fieldU8}, {"value", fieldU8}}, repeat: true},
	// Nodes.
	{typ: 1024, name: "node-flags", fields: value(fieldBits1)},
	{typ: 1025, name: "opaque-node", fields: value(fieldRest), many: true},
	{typ: 1026, name: "node-name", fields: value(fieldName)},
	{typ: 1027, name: "isis-area", fields: value(fieldRest), many: true},
	{typ: 1028, name: "local-router-id", fields: value(fieldIP4), many: true},
	{typ: 1029, name: "local-router-id6", fields: value(fieldIP6), many: true},
	{typ: 1030, name: "remote-router-id", fields: value(fieldIP4), many: true},
	{typ: 1031, name: "remote-router-id6", fields: value(fieldIP6), many: true},
	{typ: 1032, name: "s-bfd-discriminators", fields: value(fieldU32), repeat: true},
	{typ: 1034, name: "sr-capabilities", fields: []tlvField{{"flags", fieldBits1}, {"reserved", fieldBits1}, {"ranges", fieldSRRanges}}},
	{typ: 1035, name: "sr-algorithm", fields: value(fieldU8), repeat: true},
	{typ: 1036, name: "sr-local-block", fields: []tlvField{{"flags", fieldBits1}, {"reserved", fieldBits1}, {"ranges", fieldSRRanges}}},
	{typ: 1037, name: "srms-preference", fields: value(fieldU8)},
	{typ: 1038, name: "srv6-capabilities", fields: []tlvField{{"flags", fieldBits2}, {"reserved", fieldBits2}, {"sub-tlvs", fieldSubs(bgplsSubs)}}},
	{typ: 1039, name: "flexible-algorithm-definition", many: true, fields: []tlvField{{"algorithm", fieldU8}, {"metric-type", fieldU8},
		{"calculation-type", fieldU8}, {"priority", fieldU8}, {"sub-tlvs", fieldSubs(bgplsSubs)}}},
	// Links.
	{typ: 1088, name: "administrative-group", fields: value(fieldBits4)},
	{typ: 1089, name: "maximum-link-bandwidth", fields: value(fieldFloat)},
	{typ: 1090, name: "maximum-reservable-bandwidth", fields: value(fieldFloat)},
	{typ: 1091, name: "unreserved-bandwidth", fields: value(fieldFloat), repeat: true},
	{typ: 1092, name: "te-default-metric", fields: value(fieldU32)},
	{typ: 1093, name: "link-protection-type", fields: value(fieldBits2)},
	{typ: 1094, name: "mpls-protocol-mask", fields: value(fieldBits1)},
	{typ: 1095, name: "igp-metric", fields: value(fieldMetric)},
	{typ: 1096, name: "shared-risk-link-group", fields: value(fieldU32), repeat: true},
	{typ: 1097, name: "opaque-link", fields: value(fieldRest), many: true},
	{typ: 1098, name: "link-name", fields: value(fieldName)},
	{typ: 1099, name: "adjacency-sid", fields: adjacencyFields("sid", fieldSID), many: true},
	{typ: 1100, name: "lan-adjacency-sid", fields: adjacencyFields("neighbor-sid", fieldRest), many: true},
	{typ: 1101, name: "peer-node-sid", fields: adjacencyFields("sid", fieldSID), many: true},
	{typ: 1102, name: "peer-adjacency-sid", fields: adjacencyFields("sid", fieldSID), many: true},
	{typ: 1103, name: "peer-set-sid", fields: adjacencyFields("sid", fieldSID), many: true},
	{typ: 1106, name: "srv6-end-x-sid", fields: endXFields(nil), many: true},
	{typ: 1107, name: "isis-srv6-lan-end-x-sid", fields: endXFields(octetsKind(6)), many: true},
	{typ: 1108, name: "ospfv3-srv6-lan-end-x-sid", fields: endXFields(fieldIP4), many: true},
	{typ: 1114, name: "unidirectional-link-delay", fields: delayFields()},
	{typ: 1115, name: "min-max-unidirectional-link-delay", fields: []tlvField{{"flags", fieldBits1}, {"min-delay", fieldU24}, {"reserved", fieldBits1}, {"max-delay", fieldU24}}},
	{typ: 1116, name: "unidirectional-delay-variation", fields: delayFields()},
	{typ: 1117, name: "unidirectional-link-loss", fields: []tlvField{{"flags", fieldBits1}, {"loss", fieldU24}}},
	{typ: 1118, name: "unidirectional-residual-bandwidth", fields: value(fieldFloat)},
	{typ: 1119, name: "unidirectional-available-bandwidth", fields: value(fieldFloat)},
	{typ: 1120, name: "unidirectional-utilized-bandwidth", fields: value(fieldFloat)},
	{typ: 1121, name: "graceful-link-shutdown", fields: value(fieldRest)},
	{typ: 1122, name: "application-specific-link-attributes", many: true, fields: []tlvField{{"sabm-length", fieldU8}, {"udabm-length", fieldU8}, {"reserved", fieldBits2}, {"attributes", fieldRest}}},
	// Prefixes.
	{typ: 1152, name: "igp-flags", fields: value(fieldBits1)},
	{typ: 1153, name: "igp-route-tag", fields: value(fieldU32), repeat: true},
	{typ: 1154, name: "igp-extended-route-tag", fields: value(fieldU64), repeat: true},
	{typ: 1155, name: "prefix-metric", fields: value(fieldU32)},
	{typ: 1156, name: "ospf-forwarding-address", fields: value(fieldIP)},
	{typ: 1157, name: "opaque-prefix", fields: value(fieldRest), many: true},
	{typ: 1158, name: "prefix-sid", many: true, fields: []tlvField{{"flags", fieldBits1}, {"algorithm", fieldU8}, {"reserved", fieldBits2}, {"sid", fieldSID}}},
	{typ: 1159, name: "range", many: true, fields: []tlvField{{"flags", fieldBits1}, {"reserved", fieldBits1}, {"size", fieldU16}, {"sub-tlvs", fieldSubs(bgplsSubs)}}},
	{typ: 1161, name: "sid-label", fields: value(fieldSID)},
	{typ: 1162, name: "srv6-locator", many: true, fields: []tlvField{{"flags", fieldBits1}, {"algorithm", fieldU8}, {"reserved", fieldBits2}, {"metric", fieldU32}, {"sub-tlvs", fieldSubs(bgplsSubs)}}},
	{typ: 1170, name: "prefix-attribute-flags", fields: value(fieldRest)},
	{typ: 1171, name: "source-router-id", fields: value(fieldIP)},
	{typ: 1172, name: "l2-bundle-member", many: true, fields: []tlvField{{"member", fieldU32}, {"sub-tlvs", fieldSubs(bgplsSubs)}}},
	{typ: 1173, name: "extended-administrative-group", fields: value(fieldBits4), repeat: true},
	{typ: 1174, name: "source-ospf-router-id", fields: value(fieldIP4)},
	// SRv6 SIDs.
	{typ: 1250, name: "srv6-endpoint-behavior", fields: []tlvField{{"behavior", fieldU16}, {"flags", fieldBits1}, {"algorithm", fieldU8}}},
	{typ: 1251, name: "srv6-bgp-peer-node-sid", many: true, fields: []tlvField{{"flags", fieldBits1}, {"weight", fieldU8}, {"reserved", fieldBits2}, {"peer-as", fieldU32}, {"peer-bgp-id", fieldIP4}}},
	{typ: 1252, name: "srv6-sid-structure", fields: structureFields()},
}

// checkBGPLS walks the TLVs of the BGP-LS attribute; one that is malformed is
// discarded (RFC 9552 §8.2.2).
func checkBGPLS(v []byte, _ bool) (uint8, string) {
	if !wellFormedTLVs(v) {
		return SubOptionalAttribute, "TLV runs past the attribute"
	}
	return 0, ""
}

// textBGPLS appends "[node-name r1 igp-metric 10]": the TLVs in their order.
func textBGPLS(b, v []byte) ([]byte, bool) {
	b = append(b, " ["...)
	start := len(b)
	for ok := true; len(v) > 0; {
		var t uint16
		var val []byte
		if t, val, v, ok = cutTLV(v); !ok {
			return b, false
		}
		if len(b) > start {
			b = append(b, ' ')
		}
		b = append(append(b, bgplsTable.word(t)...), ' ')
		b = bgplsTable.row(t).appendText(b, val)
	}
	return append(b, ']'), len(b) > start
}

func parseBGPLS(args []string) ([]byte, error) {
	words := listItems(args)
	if len(words) == 0 || len(words)%2 != 0 {
		return nil, fmt.Errorf("%s: write [ NAME VALUE … ], such as [ node-name r1 ]", quote(args))
	}
	var b []byte
	for ; len(words) > 0; words = words[2:] {
		row, t, ok := bgplsTable.named(words[0])
		if !ok {
			return nil, fmt.Errorf("%q is no TLV of it: write a name, or tlv-NUMBER 0x…", words[0])
		}
		v, err := row.parse(words[1])
		if err != nil || len(v) > 0xffff {
			return nil, fmt.Errorf("%s %s: %w", words[0], strings.TrimSpace(words[1]), err)
		}
		b = binary.BigEndian.AppendUint16(b, t)
		b = binary.BigEndian.AppendUint16(b, uint16(len(v)))
		b = append(b, v...)
	}
	return b, nil
}
