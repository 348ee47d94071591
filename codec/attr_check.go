package codec

import "encoding/binary"

const (
	originHighest = byte(OriginIncomplete)
	// The AIGP TLV of AIGP and its length (RFC 7311 §3).
	aigpTLV, aigpTLVWidth = 1, 11
)

// length makes the check of an attribute of exactly n octets.
func length(n int) func([]byte, bool) (uint8, string) {
	return func(v []byte, _ bool) (uint8, string) {
		if len(v) != n {
			return SubAttributeLength, "wrong attribute length"
		}
		return 0, ""
	}
}

// multipleOf makes the check of a list of items of n octets, at least one:
// "its length is not a non-zero multiple" (RFC 7606 §7.8 and its kin).
func multipleOf(n int) func([]byte, bool) (uint8, string) {
	return func(v []byte, _ bool) (uint8, string) {
		if len(v) == 0 || len(v)%n != 0 {
			return SubAttributeLength, "attribute length is not a non-zero multiple of its items'"
		}
		return 0, ""
	}
}

func checkOrigin(v []byte, _ bool) (uint8, string) {
	switch {
	case len(v) != 1:
		return SubAttributeLength, "wrong attribute length"
	case v[0] > originHighest:
		return SubInvalidOrigin, "undefined ORIGIN value"
	}
	return 0, ""
}

// width is the size of an AS number on the wire.
func width(as4 bool) int {
	if as4 {
		return 4
	}
	return 2
}

func checkASPath(v []byte, as4 bool) (uint8, string) {
	return SubMalformedASPath, checkSegments(v, width(as4))
}

// checkNextHop wants "a valid IP host address" (RFC 4271 §6.3): that excludes
// 0.0.0.0 and what is not unicast. Loopback is left to policy.
func checkNextHop(v []byte, _ bool) (uint8, string) {
	switch {
	case len(v) != 4:
		return SubAttributeLength, "wrong attribute length"
	case be32(v) == 0 || v[0] >= 224:
		return SubInvalidNextHop, "NEXT_HOP is not a host address"
	}
	return 0, ""
}

// checkReachNextHop is the same for the next hop of MP_REACH_NLRI. An unspecified
// global address beside a link-local one is in use (RFC 2545 §3 lets a link-local
// one stand alone only in company), so it passes.
func checkReachNextHop(s *familySpec, v []byte) string {
	if s.opaque() {
		return ""
	}
	if len(v) == 4 {
		_, why := checkNextHop(v, true)
		return why
	}
	if a, _ := nextHopAddr(v); a.IsMulticast() || len(v) == 16 && a.IsUnspecified() {
		return "next hop is not a host address"
	}
	return ""
}

// checkAggregator: "6 (when the 4-octet AS number capability is not advertised
// to or not received from the peer) or 8" (RFC 7606 §7.7); AS 0 makes it
// malformed too (RFC 7607 §2).
func checkAggregator(v []byte, as4 bool) (uint8, string) {
	switch {
	case len(v) != 4+width(as4):
		return SubAttributeLength, "wrong attribute length"
	case as4 && be32(v) == 0 || !as4 && binary.BigEndian.Uint16(v) == 0:
		return SubOptionalAttribute, "AS 0 in AGGREGATOR"
	}
	return 0, ""
}

func checkAS4Aggregator(v []byte, _ bool) (uint8, string) { return checkAggregator(v, true) }

// checkAS4Path: RFC 6793 §6, which wants at least one segment of one number.
func checkAS4Path(v []byte, _ bool) (uint8, string) {
	if len(v) < 6 {
		return SubAttributeLength, "attribute too short"
	}
	return SubOptionalAttribute, checkSegments(v, 4)
}

// checkAIGP walks the TLVs: "a Length of at least 3" each, within the
// attribute, and an AIGP TLV of 11 (RFC 7311 §3).
func checkAIGP(v []byte, _ bool) (uint8, string) {
	if len(v) == 0 {
		return SubAttributeLength, "attribute is empty"
	}
	for len(v) > 0 {
		if len(v) < 3 {
			return SubOptionalAttribute, "TLV header cut off"
		}
		n := int(binary.BigEndian.Uint16(v[1:]))
		if n < 3 || n > len(v) {
			return SubOptionalAttribute, "TLV length out of bounds"
		}
		if v[0] == aigpTLV && n != aigpTLVWidth {
			return SubOptionalAttribute, "AIGP TLV is not 11 octets"
		}
		v = v[n:]
	}
	return 0, ""
}

// widenAggregator and its kin transcode AGGREGATOR (RFC 6793 §4.2.2).
func widenAggregator(b, v []byte) []byte {
	return append(append(b, 0, 0), v...)
}

func narrowAggregator(b, v []byte) []byte {
	b = binary.BigEndian.AppendUint16(b, narrowAS(be32(v)))
	return append(b, v[4:]...)
}

func shadowAggregator(b, v []byte) []byte {
	if be32(v) <= 0xffff {
		return b
	}
	return append(b, v...)
}

func shadowPath(b, v []byte) []byte {
	if !needsAS4Path(v) {
		return b
	}
	return appendAS4Path(b, v)
}
