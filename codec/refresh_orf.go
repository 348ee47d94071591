package codec

import (
	"encoding/binary"
	"strconv"
)

// WhenToRefresh says whether a ROUTE-REFRESH with filters asks for the routes
// as well (RFC 5291 §4).
type WhenToRefresh uint8

// Values of When-to-refresh.
const (
	RefreshImmediate WhenToRefresh = 1
	RefreshDefer     WhenToRefresh = 2
)

// ORF is a list of Outbound Route Filters of one type; Entries is as on the
// wire (RFC 5291 §4).
type ORF struct {
	Type    uint8
	Entries []byte
}

// Filters reads what follows the head of a ROUTE-REFRESH: when the routes are
// asked for, and the lists of filters, which alias r.ORF. ok is false where
// there is nothing, or a list runs past the message: RFC 5291 has no
// NOTIFICATION for that, so such a message is to be ignored.
func (r RouteRefresh) Filters() (when WhenToRefresh, filters []ORF, ok bool) {
	if len(r.ORF) < 4 {
		return 0, nil, false
	}
	when = WhenToRefresh(r.ORF[0])
	for b := r.ORF[1:]; len(b) > 0; {
		if len(b) < 3 || 3+int(binary.BigEndian.Uint16(b[1:])) > len(b) {
			return when, nil, false
		}
		n := 3 + int(binary.BigEndian.Uint16(b[1:]))
		filters = append(filters, ORF{b[0], b[3:n:n]})
		b = b[n:]
	}
	return when, filters, true
}

// ORFMode is what a speaker can do with filters (RFC 5291 §5).
type ORFMode uint8

// Modes of the ORF capability.
const (
	ORFReceive ORFMode = 1
	ORFSend    ORFMode = 2
	ORFBoth    ORFMode = 3
)

// ORFFamily is one filter type for one family in the capability.
type ORFFamily struct {
	Family Family
	Type   uint8
	Mode   ORFMode
}

// orfHead is AFI, reserved, SAFI and the number of ORFs of an entry of the
// capability (RFC 5291 §5).
const orfHead = 5

// decodeORF reads the capability; false where an entry runs past it.
func decodeORF(v []byte) (out []ORFFamily, ok bool) {
	for len(v) > 0 {
		if len(v) < orfHead || len(v) < orfHead+2*int(v[4]) {
			return nil, false
		}
		n := orfHead + 2*int(v[4])
		for e := v[orfHead:n]; len(e) > 0; e = e[2:] {
			out = append(out, ORFFamily{wideFamily(v), e[0], ORFMode(e[1])})
		}
		v = v[n:]
	}
	return out, true
}

// ORF is the entries of capability 3 and of 130, which said the same before RFC
// 5291; those of a malformed instance are left out.
func (o *Open) ORF() []ORFFamily {
	var out []ORFFamily
	for _, c := range o.Caps {
		if c.Code != CapORF && c.Code != CapORFCisco {
			continue
		}
		if e, ok := decodeORF(c.Value); ok {
			out = append(out, e...)
		}
	}
	return out
}

// ORFCap is capability 3 (RFC 5291 §5), an entry each, in the order given.
func ORFCap(e ...ORFFamily) Capability {
	v := make([]byte, 0, (orfHead+2)*len(e))
	for _, x := range e {
		v = binary.BigEndian.AppendUint16(v, uint16(x.Family.AFI()))
		v = append(v, 0, byte(x.Family.SAFI()), 1, x.Type, byte(x.Mode))
	}
	return Capability{CapORF, v}
}

var orfModes = [...]string{ORFReceive: "receive", ORFSend: "send", ORFBoth: "send/receive"}

func textORF(b, v []byte) []byte {
	list, ok := decodeORF(v)
	if !ok {
		return appendHex(b, v)
	}
	for i, e := range list {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = append(append(b, e.Family.String()...), " type "...)
		b = strconv.AppendUint(b, uint64(e.Type), 10)
		b = append(append(b, ' '), nameOf(orfModes[:], int(e.Mode), "MODE")...)
	}
	return b
}
