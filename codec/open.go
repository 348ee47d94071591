package codec

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"strconv"
)

// ASTrans is the AS number that stands for one that needs four octets (RFC 6793 §9).
const ASTrans = 23456

// bgpVersion is the only version there is to negotiate.
const bgpVersion = 4

// Sizes of OPEN (RFC 4271 §4.2, RFC 9072 §2).
const (
	openFixedLen    = 10 // the body up to and with Opt Parm Len
	openMinLen      = HeaderLen + openFixedLen
	extendedHeadLen = 3 // Non-Ext OP Type, Extended Opt. Parm. Length
)

// Optional parameter types (IANA bgp-parameters-11).
const (
	paramCapabilities = 2
	paramExtended     = 255
)

// Open is an OPEN message.
type Open struct {
	Version  uint8        // 4; [AppendOpen] writes 0 as 4
	AS       uint16       // My Autonomous System: AS_TRANS where AS4 is needed
	HoldTime uint16       // seconds
	ID       netip.Addr   // BGP Identifier, an IPv4 address in form only (RFC 6286)
	Caps     []Capability // in order, one per optional parameter when encoded
	Extended bool         // RFC 9072 form was used (or must be)
}

// DecodeOpen decodes a framed OPEN; what it returns shares nothing with msg. It
// checks what RFC 4271 §6.2 lets be checked without configuration: version,
// AS numbers of 0 (RFC 7607), identifier (RFC 6286), hold time, optional
// parameters, lengths of known capabilities, contradicting roles (RFC 9234).
func DecodeOpen(msg []byte) (*Open, *Error) {
	if err := checkLength(msg, openMinLen); err != nil {
		return nil, err
	}
	body := Body(msg)
	o := &Open{
		Version:  body[0],
		AS:       binary.BigEndian.Uint16(body[1:]),
		HoldTime: binary.BigEndian.Uint16(body[3:]),
		ID:       netip.AddrFrom4([4]byte(body[5:9])),
	}
	if o.Version != bgpVersion {
		// "a 2-octet unsigned integer, which indicates the largest,
		// locally-supported version number" (RFC 4271 §6.2).
		e := openError(SubUnsupportedVersion, "version %d", o.Version)
		e.Data = []byte{0, bgpVersion}
		return nil, e
	}
	if o.AS == 0 {
		return nil, openError(SubBadPeerAS, "AS 0 (RFC 7607)")
	}
	if o.ID == netip.IPv4Unspecified() {
		return nil, openError(SubBadIdentifier, "BGP identifier 0 (RFC 6286)")
	}
	if o.HoldTime == 1 || o.HoldTime == 2 {
		return nil, openError(SubUnacceptableHoldTime, "hold time of %d s", o.HoldTime)
	}
	if err := o.decodeParams(body[openFixedLen-1:]); err != nil {
		return nil, err
	}
	if err := o.checkCaps(); err != nil {
		return nil, err
	}
	return o, nil
}

// decodeParams reads the optional parameters; p begins at Opt Parm Len.
func (o *Open) decodeParams(p []byte) *Error {
	n, rest, lenLen := int(p[0]), p[1:], 1
	if len(rest) > 0 && rest[0] == paramExtended {
		// Non-Ext OP Len "MUST be ignored on receipt once the use of the
		// extended format is determined" (RFC 9072 §2).
		if len(rest) < extendedHeadLen {
			return openError(SubUnspecific, "no room for the extended optional parameters length")
		}
		o.Extended = true
		n, rest, lenLen = int(binary.BigEndian.Uint16(rest[1:])), rest[extendedHeadLen:], 2
	}
	if n != len(rest) {
		return openError(SubUnspecific, "optional parameters of %d octets in %d", n, len(rest))
	}
	// One copy for all capabilities.
	rest = append([]byte(nil), rest...)
	// Room for as many as there mostly are: a parameter of one, with a value of
	// four octets.
	if n := len(rest) / (2 + lenLen + 4); n > 0 {
		o.Caps = make([]Capability, 0, n)
	}
	for len(rest) > 0 {
		if len(rest) < 1+lenLen {
			return openError(SubUnspecific, "%d octets are no optional parameter", len(rest))
		}
		t, n := rest[0], int(rest[1])
		if lenLen == 2 {
			n = int(binary.BigEndian.Uint16(rest[1:]))
		}
		rest = rest[1+lenLen:]
		if n > len(rest) {
			return openError(SubUnspecific, "optional parameter %d of %d octets in %d", t, n, len(rest))
		}
		if t != paramCapabilities {
			return openError(SubUnsupportedParameter, "optional parameter %d", t)
		}
		if err := o.decodeCaps(rest[:n]); err != nil {
			return err
		}
		rest = rest[n:]
	}
	return nil
}

// openError is an OPEN message error.
func openError(sub uint8, format string, args ...any) *Error {
	return &Error{Code: CodeOpen, Subcode: sub, Treat: TreatReset, Why: fmt.Sprintf(format, args...)}
}

// Errors of AppendOpen, wrapped with the values.
var (
	errCapTooLong = errors.New("capability longer than 255 octets")
	errOpenLong   = errors.New("OPEN longer than 4096 octets")
	errIdentifier = errors.New("BGP identifier is no IPv4 address")
)

// AppendOpen appends an OPEN message, with each capability in an optional
// parameter of its own. The form of RFC 9072 is used where o.Extended says so
// and where RFC 4271's has no room. On an error (a capability of more than 255
// octets, an OPEN of more than 4096, an identifier that is no IPv4 address) b
// comes back as it was.
func AppendOpen(b []byte, o *Open) ([]byte, error) {
	if !o.ID.Is4() {
		return b, fmt.Errorf("%w: %s", errIdentifier, o.ID)
	}
	params, extended := 0, o.Extended
	for _, c := range o.Caps {
		if len(c.Value) > 255 {
			return b, fmt.Errorf("%w: %s has %d", errCapTooLong, c.Code, len(c.Value))
		}
		params += 4 + len(c.Value)
	}
	extended = extended || params > 255
	size := openMinLen + params
	if extended {
		params += len(o.Caps) // a second octet of length for each
		size = openMinLen + extendedHeadLen + params
	}
	if size > MaxLen {
		return b, fmt.Errorf("%w: %d", errOpenLong, size)
	}

	start := len(b)
	b = appendHeader(b, MsgOpen)
	version := o.Version
	if version == 0 {
		version = bgpVersion
	}
	b = append(b, version)
	b = binary.BigEndian.AppendUint16(b, o.AS)
	b = binary.BigEndian.AppendUint16(b, o.HoldTime)
	id := o.ID.As4()
	b = append(b, id[:]...)
	if extended {
		b = append(b, 255, paramExtended)
		b = binary.BigEndian.AppendUint16(b, uint16(params))
	} else {
		b = append(b, byte(params))
	}
	for _, c := range o.Caps {
		b = append(b, paramCapabilities)
		if extended {
			b = append(b, byte((len(c.Value)+2)>>8))
		}
		b = append(b, byte(len(c.Value)+2), byte(c.Code), byte(len(c.Value)))
		b = append(b, c.Value...)
	}
	return finish(b, start), nil
}

// AppendText appends the one-line form, as
//
//	OPEN as=65001 hold=90 id=10.0.0.1 caps=[mp(ipv4 unicast) as4(65001)]
//
// with the peer's text quoted and escaped. The error is always nil.
func (o *Open) AppendText(b []byte) ([]byte, error) {
	b = append(b, "OPEN "...)
	if o.Version != bgpVersion && o.Version != 0 {
		b = strconv.AppendUint(append(b, "version="...), uint64(o.Version), 10)
		b = append(b, ' ')
	}
	b = strconv.AppendUint(append(b, "as="...), uint64(o.AS), 10)
	b = strconv.AppendUint(append(b, " hold="...), uint64(o.HoldTime), 10)
	b = append(append(b, " id="...), o.ID.String()...)
	b = append(b, " caps=["...)
	for i, c := range o.Caps {
		if i > 0 {
			b = append(b, ' ')
		}
		b = c.appendText(b)
	}
	b = append(b, ']')
	if o.Extended {
		b = append(b, " extended"...)
	}
	return b, nil
}

// String is the text of AppendText.
func (o *Open) String() string {
	b, _ := o.AppendText(nil)
	return string(b)
}
