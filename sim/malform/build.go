package malform

import (
	"encoding/binary"
	"slices"
)

// Message types (RFC 4271 §4.1, RFC 2918 §3) and OPERATIONAL, which is a draft.
const (
	Open         = 1
	Update       = 2
	Notification = 3
	Keepalive    = 4
	RouteRefresh = 5
	Operational  = 6
)

// headerLen is the length of the header (RFC 4271 §4.1).
const headerLen = 19

// Attribute flags (RFC 4271 §4.3).
const (
	Optional   = 0x80
	Transitive = 0x40
	Partial    = 0x20
	Extended   = 0x10
)

// Message is a whole message: marker, length, type and body. The body must fit
// into 65,535 octets with the header; the Length is cut to its two octets
// otherwise.
func Message(kind byte, body ...[]byte) []byte {
	b := make([]byte, headerLen, 64)
	for i := range b[:16] {
		b[i] = 0xff
	}
	b[18] = kind
	for _, p := range body {
		b = append(b, p...)
	}
	binary.BigEndian.PutUint16(b[16:], uint16(len(b)))
	return b
}

// UpdateOf is an UPDATE of three fields, each without its length.
func UpdateOf(withdrawn, attrs, nlri []byte) []byte {
	return Message(Update, u16(len(withdrawn)), withdrawn, u16(len(attrs)), attrs, nlri)
}

// Attr is a path attribute with the length octets that its value and the
// Extended Length bit of flags ask for.
func Attr(flags, kind byte, value ...[]byte) []byte {
	v := join(value...)
	if len(v) > 255 || flags&Extended != 0 {
		return join([]byte{flags | Extended, kind}, u16(len(v)), v)
	}
	return join([]byte{flags, kind, byte(len(v))}, v)
}

// Prefix is an NLRI of that many bits (RFC 4271 §4.3); octets beyond those that
// the bits need are left out, and missing ones are zero.
func Prefix(bits int, octets ...byte) []byte {
	b := make([]byte, 1+(bits+7)/8)
	b[0] = byte(bits)
	copy(b[1:], octets)
	return b
}

// WithPath puts a path identifier before an NLRI (RFC 7911 §3).
func WithPath(id uint32, nlri []byte) []byte { return join(u32(id), nlri) }

// Segment is a path segment, its numbers of four octets or, where as4 is false,
// of two: the low ones, or AS_TRANS for what needs more.
func Segment(kind byte, as4 bool, as ...uint32) []byte {
	b := append(make([]byte, 0, 2+4*len(as)), kind, byte(len(as)))
	for _, n := range as {
		b = appendAS(b, as4, n)
	}
	return b
}

// asTrans stands for a number that needs four octets (RFC 6793 §9).
const asTrans = 23456

func asOctets(as4 bool, n uint32) []byte { return appendAS(nil, as4, n) }

func appendAS(b []byte, as4 bool, n uint32) []byte {
	if as4 {
		return binary.BigEndian.AppendUint32(b, n)
	}
	if n > 65535 {
		n = asTrans
	}
	return binary.BigEndian.AppendUint16(b, uint16(n))
}

// Reach is MP_REACH_NLRI (RFC 4760 §3).
func Reach(afi int, safi byte, nextHop []byte, nlri ...[]byte) []byte {
	return Attr(Optional, 14, u16(afi), []byte{safi, byte(len(nextHop))}, nextHop, []byte{0}, join(nlri...))
}

// Unreach is MP_UNREACH_NLRI (RFC 4760 §4).
func Unreach(afi int, safi byte, nlri ...[]byte) []byte {
	return Attr(Optional, 15, u16(afi), []byte{safi}, join(nlri...))
}

// Refresh is a ROUTE-REFRESH (RFC 2918 §3, RFC 7313 §3.2).
func Refresh(afi int, subtype, safi byte) []byte {
	return Message(RouteRefresh, u16(afi), []byte{subtype, safi})
}

func u16(n int) []byte    { return binary.BigEndian.AppendUint16(nil, uint16(n)) }
func u32(n uint32) []byte { return binary.BigEndian.AppendUint32(nil, n) }

// join is all of its arguments in one new slice.
func join(parts ...[]byte) []byte { return slices.Concat(parts...) }

// fill is n octets of x.
func fill(n int, x byte) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = x
	}
	return b
}
