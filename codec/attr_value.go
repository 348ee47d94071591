package codec

import (
	"encoding/binary"
	"fmt"
	"net/netip"
)

// OriginCode is the value of ORIGIN.
type OriginCode uint8

// Values of ORIGIN (RFC 4271 §4.3).
const (
	OriginIGP OriginCode = iota
	OriginEGP
	OriginIncomplete
)

// SegmentType is the type of an AS_PATH segment (RFC 4271 §4.3, RFC 5065 §3).
type SegmentType uint8

// AS_PATH segment types.
const (
	ASSet            SegmentType = 1
	ASSequence       SegmentType = 2
	ASConfedSequence SegmentType = 3
	ASConfedSet      SegmentType = 4
)

// Segment is one AS_PATH segment.
type Segment struct {
	Type SegmentType
	AS   []uint32
}

// ExtCommunity is an RFC 4360 extended community, as on the wire.
type ExtCommunity [8]byte

// IPv6ExtCommunity is an RFC 5701 community, as on the wire.
type IPv6ExtCommunity [20]byte

// LargeCommunity is an RFC 8092 large community.
type LargeCommunity struct{ Global, Local1, Local2 uint32 }

// Constructors. Each makes a canonical Attr with the flags of the table.
// Lists keep the order given; duplicates are the caller's, except that
// LargeCommunities drops them (RFC 8092 §5). They panic on an address of the
// wrong family: whoever reads addresses checks them.

// Origin makes ORIGIN (RFC 4271 §5.1.1).
func Origin(o OriginCode) Attr { return makeAttr(AttrOrigin, []byte{byte(o)}) }

// ASPath makes AS_PATH (RFC 4271 §5.1.2). A segment of more than 255 AS
// numbers becomes several; an empty one is left out.
func ASPath(segments ...Segment) Attr {
	return makeAttr(AttrASPath, appendSegments(nil, segments))
}

// NextHop makes the next hop of any family: an IPv4 or IPv6 address, or a
// global IPv6 address and a link-local one (RFC 2545 §3).
func NextHop(a netip.Addr, linkLocal ...netip.Addr) Attr {
	b := a.AsSlice()
	if len(linkLocal) > 1 || len(linkLocal) == 1 && !(a.Is6() && linkLocal[0].Is6()) || len(b) == 0 {
		panic(fmt.Sprintf("codec: NextHop: %v with link-local %v", a, linkLocal))
	}
	if len(linkLocal) == 1 {
		b = append(b, linkLocal[0].AsSlice()...)
	}
	return makeAttr(AttrNextHop, b)
}

// NextHopSelf is the next hop that whoever exports the route must fill in.
func NextHopSelf() Attr { return Attr{Type: AttrNextHop, Flags: FlagTransitive} }

// MED makes MULTI_EXIT_DISC (RFC 4271 §5.1.4).
func MED(v uint32) Attr { return makeAttr(AttrMED, appendU32(nil, v)) }

// LocalPref makes LOCAL_PREF (RFC 4271 §5.1.5).
func LocalPref(v uint32) Attr { return makeAttr(AttrLocalPref, appendU32(nil, v)) }

// AtomicAggregate makes ATOMIC_AGGREGATE (RFC 4271 §5.1.6).
func AtomicAggregate() Attr { return makeAttr(AttrAtomicAggregate, nil) }

// Aggregator makes AGGREGATOR (RFC 4271 §5.1.7); id is an IPv4 address.
func Aggregator(as uint32, id netip.Addr) Attr {
	return makeAttr(AttrAggregator, appendID(appendU32(nil, as), id))
}

// Communities makes COMMUNITIES (RFC 1997).
func Communities(c ...uint32) Attr { return makeAttr(AttrCommunities, appendU32(nil, c...)) }

// ExtCommunities makes EXTENDED COMMUNITIES (RFC 4360).
func ExtCommunities(c ...ExtCommunity) Attr {
	var b []byte
	for _, v := range c {
		b = append(b, v[:]...)
	}
	return makeAttr(AttrExtCommunities, b)
}

// IPv6ExtCommunities makes IPv6 Address Specific Extended Communities (RFC 5701).
func IPv6ExtCommunities(c ...IPv6ExtCommunity) Attr {
	var b []byte
	for _, v := range c {
		b = append(b, v[:]...)
	}
	return makeAttr(AttrIPv6ExtComm, b)
}

// LargeCommunities makes LARGE_COMMUNITY. "Duplicate BGP Large Community
// values MUST NOT be transmitted" (RFC 8092 §5): only the first of each stays.
func LargeCommunities(c ...LargeCommunity) Attr {
	var b []byte
	seen := make(map[LargeCommunity]bool, len(c))
	for _, v := range c {
		if !seen[v] {
			seen[v] = true
			b = appendU32(b, v.Global, v.Local1, v.Local2)
		}
	}
	return makeAttr(AttrLargeCommunity, b)
}

// OriginatorID makes ORIGINATOR_ID (RFC 4456 §8); id is an IPv4 address.
func OriginatorID(id netip.Addr) Attr { return makeAttr(AttrOriginatorID, appendID(nil, id)) }

// ClusterList makes CLUSTER_LIST (RFC 4456 §8) of IPv4 addresses.
func ClusterList(ids ...netip.Addr) Attr {
	var b []byte
	for _, id := range ids {
		b = appendID(b, id)
	}
	return makeAttr(AttrClusterList, b)
}

// AIGP makes AIGP with its one AIGP TLV (RFC 7311 §3).
func AIGP(metric uint64) Attr {
	return makeAttr(AttrAIGP, binary.BigEndian.AppendUint64([]byte{1, 0, 11}, metric))
}

// OTC makes ONLY_TO_CUSTOMER (RFC 9234 §5).
func OTC(as uint32) Attr { return makeAttr(AttrOTC, appendU32(nil, as)) }

// makeAttr gives v the type t and the flags of its stanza.
func makeAttr(t AttrType, v []byte) Attr {
	return Attr{Type: t, Flags: attrTable[t].flags, Value: v}
}

func appendU32(b []byte, vs ...uint32) []byte {
	for _, v := range vs {
		b = binary.BigEndian.AppendUint32(b, v)
	}
	return b
}

// appendID appends the four octets of a BGP identifier.
func appendID(b []byte, id netip.Addr) []byte {
	a := id.Unmap()
	if !a.Is4() {
		panic(fmt.Sprintf("codec: %v is not an IPv4 address, as an identifier must be", id))
	}
	o := a.As4()
	return append(b, o[:]...)
}
