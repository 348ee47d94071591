package codec

import (
	"encoding/binary"
	"encoding/hex"
	"strconv"
)

// bgplsSpec is the stanza of a BGP-LS family: type, length, protocol,
// identifier and descriptors, in the VPN family after a route distinguisher
// (RFC 9552 §5.2).
func bgplsSpec(f Family, rd int) familySpec {
	l := bgpls{rd}
	return familySpec{
		family: f,
		next:   nextBGPLS, valid: l.valid, canonical: appendCopy, appendText: l.appendText,
		nextHops: []int{4, 16, 32}, ownNextHop: true,
	}
}

type bgpls struct{ rd int }

// bgplsTypes are the NLRI types (RFC 9552 §5.2, RFC 9514 §3).
var bgplsTypes = [...]string{1: "node", 2: "link", 3: "ipv4-prefix", 4: "ipv6-prefix", 6: "srv6-sid"}

// bgplsDescriptors name the TLVs of NLRI (RFC 9552 §5.2, RFC 9514 §6.1).
var bgplsDescriptors = [...]code{
	{256, "local-node"}, {257, "remote-node"}, {258, "link-identifiers"},
	{259, "interface-address"}, {260, "neighbor-address"}, {261, "interface-address6"},
	{262, "neighbor-address6"}, {263, "multi-topology-id"}, {264, "ospf-route-type"},
	{265, "ip-reachability"}, {512, "autonomous-system"}, {513, "bgp-ls-id"},
	{514, "ospf-area-id"}, {515, "igp-router-id"}, {516, "bgp-router-id"},
	{517, "member-as"}, {518, "srv6-sid"},
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

// body is the NLRI after the identifier; false where it is too short.
func (l bgpls) body(nlri []byte) ([]byte, bool) {
	if at := 4 + l.rd + 9; len(nlri) >= at {
		return nlri[at:], true
	}
	return nil, false
}

// known reports whether the type is one with descriptors; any other is opaque
// ("an implementation … MUST preserve and propagate", RFC 9552 §5.2).
func (l bgpls) known(nlri []byte) bool {
	t := int(binary.BigEndian.Uint16(nlri))
	return t < len(bgplsTypes) && bgplsTypes[t] != ""
}

// valid asks for descriptors that end where the NLRI does (RFC 9552 §8.2.2).
func (l bgpls) valid(nlri []byte) bool {
	if len(nlri) < 4 || !l.known(nlri) {
		return true
	}
	b, ok := l.body(nlri)
	return ok && wellFormedTLVs(b)
}

// wellFormedTLVs walks TLVs of two octets of type and two of length.
func wellFormedTLVs(b []byte) bool {
	for len(b) > 0 {
		n := nextBGPLS(b)
		if n == 0 {
			return false
		}
		b = b[n:]
	}
	return true
}

// appendText appends "bgp-ls node protocol 2 identifier 0 local-node [ … ]":
// descriptors by name, their values in hexadecimal.
func (l bgpls) appendText(b []byte, wire string) []byte {
	nlri := []byte(wire)
	if len(nlri) < 4 || !l.known(nlri) || !l.valid(nlri) {
		return appendOpaque(b, wire)
	}
	b = append(append(b, "bgp-ls "...), bgplsTypes[binary.BigEndian.Uint16(nlri)]...)
	if l.rd > 0 {
		b = appendRD(append(b, " rd "...), nlri[4:])
	}
	head := nlri[4+l.rd:]
	b = appendUint(append(b, " protocol "...), uint32(head[0]))
	b = strconv.AppendUint(append(b, " identifier "...), binary.BigEndian.Uint64(head[1:]), 10)
	return appendDescriptors(b, head[9:], false)
}

// appendDescriptors appends TLVs; those of a node are TLVs themselves.
func appendDescriptors(b, tlvs []byte, inner bool) []byte {
	for len(tlvs) > 0 {
		n := nextBGPLS(tlvs)
		t, v := int(binary.BigEndian.Uint16(tlvs)), tlvs[4:n]
		b = append(append(b, ' '), codeName(bgplsDescriptors[:], t, "tlv-")...)
		if node := t == 256 || t == 257; node && !inner && wellFormedTLVs(v) {
			b = append(appendDescriptors(append(b, " ["...), v, true), " ]"...)
		} else {
			b = hex.AppendEncode(append(b, " 0x"...), v)
		}
		tlvs = tlvs[n:]
	}
	return b
}

// checkBGPLS walks the TLVs of the BGP-LS attribute; one that is malformed is
// discarded (RFC 9552 §8.2.2).
func checkBGPLS(v []byte, _ bool) (uint8, string) {
	if !wellFormedTLVs(v) {
		return SubOptionalAttribute, "TLV runs past the attribute"
	}
	return 0, ""
}
