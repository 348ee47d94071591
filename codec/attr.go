package codec

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"slices"
)

// AttrType is a path attribute type code (IANA bgp-parameters-2).
type AttrType uint8

// AttrFlags is the attribute flags octet of RFC 4271 §4.3.
type AttrFlags uint8

// Attribute flags.
const (
	FlagOptional   AttrFlags = 0x80
	FlagTransitive AttrFlags = 0x40
	FlagPartial    AttrFlags = 0x20
	FlagExtended   AttrFlags = 0x10 // in a canonical Attr only where it is written by number
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
	AttrTunnelEncap     AttrType = 23
	AttrIPv6ExtComm     AttrType = 25
	AttrAIGP            AttrType = 26
	AttrBGPLS           AttrType = 29
	AttrLargeCommunity  AttrType = 32
	AttrOTC             AttrType = 35
	AttrPrefixSID       AttrType = 40
)

// Attr is one path attribute in canonical form. Value is immutable once the
// Attr is in an Attrs. AS numbers in it are four octets wide. The next hop of
// any family is an Attr of type AttrNextHop whose Value is the next hop's
// octets (4, 16 or 32, without the route distinguishers of zero that VPN
// families send before an address); an empty Value is "next-hop self", which whoever
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
func (a Attrs) Get(t AttrType) (Attr, bool) {
	for i := range a {
		if a[i].Type >= t {
			if a[i].Type == t {
				return a[i], true
			}
			break
		}
	}
	return Attr{}, false
}

// index is where t is in a, or would be.
func (a Attrs) index(t AttrType) int {
	i := 0
	for i < len(a) && a[i].Type < t {
		i++
	}
	return i
}

// With is a copy of a with attributes added, or put in the places of their types
// (a itself when there are none).
func (a Attrs) With(attrs ...Attr) Attrs {
	if len(attrs) == 0 {
		return a
	}
	out := append(make(Attrs, 0, len(a)+len(attrs)), a...)
	for _, x := range attrs {
		if i := out.index(x.Type); i < len(out) && out[i].Type == x.Type {
			out[i] = x
		} else {
			out = slices.Insert(out, i, x)
		}
	}
	return out
}

// Without is a copy of a without type t (a itself when there is none).
func (a Attrs) Without(t AttrType) Attrs {
	i := a.index(t)
	if i == len(a) || a[i].Type != t {
		return a
	}
	return slices.Concat(a[:i], a[i+1:])
}

// Clone is a deep copy, free of any buffer. It takes two allocations.
func (a Attrs) Clone() Attrs {
	if a == nil {
		return nil
	}
	size := 0
	for i := range a {
		size += len(a[i].Value)
	}
	out := make(Attrs, len(a))
	buf := make([]byte, 0, size)
	for i := range a {
		start := len(buf)
		buf = append(buf, a[i].Value...)
		out[i] = Attr{Type: a[i].Type, Flags: a[i].Flags, Value: buf[start:len(buf):len(buf)]}
	}
	return out
}

// Equal reports whether two sets are the same to the byte.
func (a Attrs) Equal(b Attrs) bool {
	return slices.EqualFunc(a, b, func(x, y Attr) bool {
		return x.Type == y.Type && x.Flags == y.Flags && bytes.Equal(x.Value, y.Value)
	})
}

// AppendCanonical appends bytes that are equal exactly when sets are Equal.
func (a Attrs) AppendCanonical(b []byte) []byte {
	for i := range a {
		b = append(b, byte(a[i].Type), byte(a[i].Flags))
		b = binary.BigEndian.AppendUint32(b, uint32(len(a[i].Value)))
		b = append(b, a[i].Value...)
	}
	return b
}

// NextHopAddr is the (global) next hop; false when there is none or it is
// still "self".
func (a Attrs) NextHopAddr() (netip.Addr, bool) {
	nh, _ := a.Get(AttrNextHop)
	return nextHopAddr(nh.Value)
}

// nextHopAddr is the global address in a next hop of 4, 16 or 32 octets, or in
// one with route distinguishers.
func nextHopAddr(v []byte) (netip.Addr, bool) {
	if withDistinguisher(len(v)) {
		v = v[rdLen:][:min(16, len(v)-rdLen)]
	}
	switch len(v) {
	case 4:
		return netip.AddrFrom4([4]byte(v)), true
	case 16, 32:
		return netip.AddrFrom16([16]byte(v)), true
	}
	return netip.Addr{}, false
}

// ASPathSegments decodes AS_PATH; false when there is none.
func (a Attrs) ASPathSegments() ([]Segment, bool) {
	p, ok := a.Get(AttrASPath)
	if !ok {
		return nil, false
	}
	var out []Segment
	for s := range segments(p.Value, 4) {
		as := make([]uint32, s.count())
		for i := range as {
			as[i] = s.as(i)
		}
		out = append(out, Segment{Type: s.typ, AS: as})
	}
	return out, true
}

// Uint32 decodes MED, LOCAL_PREF or OTC.
func (a Attrs) Uint32(t AttrType) (uint32, bool) {
	v, ok := a.Get(t)
	if !ok || len(v.Value) != 4 {
		return 0, false
	}
	return be32(v.Value), true
}

func be32(b []byte) uint32 { return binary.BigEndian.Uint32(b) }
