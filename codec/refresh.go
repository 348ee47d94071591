package codec

import (
	"encoding/binary"
	"fmt"
	"slices"
)

// RefreshSubtype is the subtype of ROUTE-REFRESH (RFC 7313 §3.2).
type RefreshSubtype uint8

// Subtypes of ROUTE-REFRESH. A receiver ignores any other one (RFC 7313 §5).
const (
	RefreshRequest RefreshSubtype = 0
	RefreshBegin   RefreshSubtype = 1 // BoRR
	RefreshEnd     RefreshSubtype = 2 // EoRR
)

// RouteRefresh is a ROUTE-REFRESH message (RFC 2918, 7313). ORF holds whatever
// follows (RFC 5291), opaque. On a session without enhanced route refresh the
// receiver ignores the subtype: RFC 2918 §3 has it as a reserved octet.
type RouteRefresh struct {
	Family  Family
	Subtype RefreshSubtype
	ORF     []byte
}

const refreshLen = HeaderLen + 4

// DecodeRouteRefresh decodes a framed ROUTE-REFRESH. A bad length of a BoRR or
// EoRR is error 7/1 with the whole message as data (RFC 7313 §5), any other
// message that is too short is error 1/2. ORF is a copy.
func DecodeRouteRefresh(msg []byte) (RouteRefresh, *Error) {
	if err := checkLength(msg, HeaderLen); err != nil {
		return RouteRefresh{}, err
	}
	body := Body(msg)
	if len(body) > 2 && len(body) != 4 {
		if s := RefreshSubtype(body[2]); s == RefreshBegin || s == RefreshEnd {
			return RouteRefresh{}, &Error{
				Code:    CodeRouteRefresh,
				Subcode: SubInvalidRefreshLength,
				Data:    slices.Clone(msg),
				Treat:   TreatReset,
				Why:     fmt.Sprintf("%s with a body of %d octets, not 4", s, len(body)),
			}
		}
	}
	if len(body) < 4 {
		return RouteRefresh{}, badLength(msg, fmt.Sprintf("ROUTE-REFRESH of %d octets, fewer than %d", len(msg), refreshLen))
	}
	r := RouteRefresh{
		Family:  MakeFamily(AFI(binary.BigEndian.Uint16(body)), SAFI(body[3])),
		Subtype: RefreshSubtype(body[2]),
	}
	if len(body) > 4 {
		r.ORF = slices.Clone(body[4:])
	}
	return r, nil
}

// AppendRouteRefresh appends a ROUTE-REFRESH. An ORF longer than fits into
// MaxExtendedLen is our own mistake: it panics.
func AppendRouteRefresh(b []byte, r RouteRefresh) []byte {
	if n := refreshLen + len(r.ORF); n > MaxExtendedLen {
		panic(fmt.Sprintf("codec: ROUTE-REFRESH of %d octets", n))
	}
	start := len(b)
	b = appendHeader(b, MsgRouteRefresh)
	b = binary.BigEndian.AppendUint16(b, uint16(r.Family.AFI()))
	b = append(b, byte(r.Subtype), byte(r.Family.SAFI()))
	b = append(b, r.ORF...)
	return finish(b, start)
}

var refreshNames = [...]string{
	RefreshRequest: "request",
	RefreshBegin:   "BoRR",
	RefreshEnd:     "EoRR",
}

// String is "request", "BoRR", "EoRR" or "SUBTYPE(77)".
func (s RefreshSubtype) String() string {
	if int(s) < len(refreshNames) {
		return refreshNames[s]
	}
	return fmt.Sprintf("SUBTYPE(%d)", uint8(s))
}

// String is one line, as "ROUTE-REFRESH BoRR ipv4 unicast".
func (r RouteRefresh) String() string {
	text := "ROUTE-REFRESH " + r.Subtype.String() + " " + r.Family.String()
	if len(r.ORF) == 0 {
		return text
	}
	return string(appendHex([]byte(text+" orf="), r.ORF))
}
