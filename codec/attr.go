package codec

import "net/netip"

// AttrType is a path attribute type code (IANA bgp-parameters-2).
type AttrType uint8

// AttrFlags is the attribute flags octet of RFC 4271 §4.3.
type AttrFlags uint8

// Attribute flags.
const (
	FlagOptional   AttrFlags = 0x80
	FlagTransitive AttrFlags = 0x40
	FlagPartial    AttrFlags = 0x20
	FlagExtended   AttrFlags = 0x10 // never set in a canonical Attr
)

// Path attributes this package knows.
const (
	AttrOrigin          AttrType = 1
	AttrASPath          AttrType = 2
	AttrNextHop         AttrType = 3
	AttrMED             AttrType = 4
	AttrLocalPref       AttrType = 5
	AttrAtomicAggregate AttrType = 6
	AttrAggregator      AttrType = 7
	AttrCommunities     AttrType = 8
	AttrOriginatorID    AttrType = 9
	AttrClusterList     AttrType = 10
	AttrMPReach         AttrType = 14
	AttrMPUnreach       AttrType = 15
	AttrExtCommunities  AttrType = 16
	AttrAS4Path         AttrType = 17
	AttrAS4Aggregator   AttrType = 18
	AttrPMSITunnel      AttrType = 22
	AttrIPv6ExtComm     AttrType = 25
	AttrAIGP            AttrType = 26
	AttrLargeCommunity  AttrType = 32
	AttrOTC             AttrType = 35
)

// Attr is one path attribute in canonical form. Value is immutable once the
// Attr is in an Attrs. AS numbers in it are four octets wide. The next hop of
// any family is an Attr of type AttrNextHop whose Value is the next hop's
// octets (4, 16 or 32); an empty Value is "next-hop self", which whoever
// exports the route must replace before it is encoded. MP_REACH_NLRI,
// MP_UNREACH_NLRI, AS4_PATH and AS4_AGGREGATOR never appear in an Attrs.
type Attr struct {
	Type  AttrType
	Flags AttrFlags
	Value []byte
}

// Attrs is an attribute set: sorted by type, at most one of each.
type Attrs []Attr

// Get finds the attribute of type t.
func (a Attrs) Get(t AttrType) (Attr, bool) { panic("skeleton") }

// With is a copy of a with attr added, or put in the place of its type.
func (a Attrs) With(attr Attr) Attrs { panic("skeleton") }

// Without is a copy of a without type t (a itself when there is none).
func (a Attrs) Without(t AttrType) Attrs { panic("skeleton") }

// Clone is a deep copy, free of any buffer.
func (a Attrs) Clone() Attrs { panic("skeleton") }

// Equal reports whether two sets are the same to the byte.
func (a Attrs) Equal(b Attrs) bool { panic("skeleton") }

// AppendCanonical appends bytes that are equal exactly when sets are Equal.
func (a Attrs) AppendCanonical(b []byte) []byte { panic("skeleton") }

// AppendText appends the set in the vocabulary of ExaBGP's commands, as
// "next-hop 10.0.0.1 origin igp med 100".
func (a Attrs) AppendText(b []byte) ([]byte, error) { panic("skeleton") }

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
// Lists keep the order given; duplicates are the caller's (communities are
// sorted and made unique where RFC 8092 §5 or the text vocabulary asks so).

func Origin(o OriginCode) Attr                           { panic("skeleton") }
func ASPath(segments ...Segment) Attr                    { panic("skeleton") }
func NextHop(a netip.Addr, linkLocal ...netip.Addr) Attr { panic("skeleton") }
func NextHopSelf() Attr                                  { return Attr{Type: AttrNextHop, Flags: FlagTransitive} }
func MED(v uint32) Attr                                  { panic("skeleton") }
func LocalPref(v uint32) Attr                            { panic("skeleton") }
func AtomicAggregate() Attr                              { panic("skeleton") }
func Aggregator(as uint32, id netip.Addr) Attr           { panic("skeleton") }
func Communities(c ...uint32) Attr                       { panic("skeleton") }
func ExtCommunities(c ...ExtCommunity) Attr              { panic("skeleton") }
func IPv6ExtCommunities(c ...IPv6ExtCommunity) Attr      { panic("skeleton") }
func LargeCommunities(c ...LargeCommunity) Attr          { panic("skeleton") }
func OriginatorID(id netip.Addr) Attr                    { panic("skeleton") }
func ClusterList(ids ...netip.Addr) Attr                 { panic("skeleton") }
func AIGP(metric uint64) Attr                            { panic("skeleton") }
func OTC(as uint32) Attr                                 { panic("skeleton") }

// NextHopAddr is the (global) next hop; false when there is none or it is
// still "self".
func (a Attrs) NextHopAddr() (netip.Addr, bool) { panic("skeleton") }

// ASPathSegments decodes AS_PATH; false when there is none.
func (a Attrs) ASPathSegments() ([]Segment, bool) { panic("skeleton") }

// Uint32 decodes MED, LOCAL_PREF or OTC.
func (a Attrs) Uint32(t AttrType) (uint32, bool) { panic("skeleton") }
