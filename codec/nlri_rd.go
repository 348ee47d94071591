package codec

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// rdLen is the length of a route distinguisher.
const rdLen = 8

// Types of route distinguishers (RFC 4364 §4.2).
const (
	rdAS2  = 0
	rdIPv4 = 1
	rdAS4  = 2
)

func isDistinguisher(name string) bool { return name == "rd" || name == "route-distinguisher" }

// appendRD appends the text of a route distinguisher: "65000:1", "10.0.0.1:1",
// or 0x and its octets. An AS number of 32 bits that would fit 16 ends with L.
func appendRD(b, v []byte) []byte {
	switch binary.BigEndian.Uint16(v) {
	case rdAS2:
		b = appendUint(b, uint32(binary.BigEndian.Uint16(v[2:])))
		return appendUint(append(b, ':'), be32(v[4:]))
	case rdIPv4:
		b = appendAddr4(b, v[2:6])
	case rdAS4:
		b = appendUint(b, be32(v[2:]))
		if be32(v[2:]) <= 0xffff {
			b = append(b, 'L')
		}
	default:
		return hex.AppendEncode(append(b, "0x"...), v[:rdLen])
	}
	return appendUint(append(b, ':'), uint32(binary.BigEndian.Uint16(v[6:])))
}

// parseRD is the inverse of appendRD.
func parseRD(b []byte, s string) ([]byte, error) {
	if v, ok := parseHex(s); ok && len(v) == rdLen {
		return append(b, v...), nil
	}
	err := fmt.Errorf("%q is not a route distinguisher: write 65000:1 or 192.0.2.1:1", s)
	admin, number, ok := strings.Cut(s, ":")
	if !ok {
		return b, err
	}
	if v, bad := addr4(nil, admin); bad == nil {
		b, bad = appendFields(append(append(b, 0, rdIPv4), v...), []string{number}, 16)
		return b, pick(bad, err)
	}
	digits := strings.TrimSuffix(admin, "L")
	as, bad := strconv.ParseUint(digits, 10, 32)
	if bad != nil {
		return b, err
	}
	if as > 0xffff || digits != admin {
		b, bad = appendFields(append(b, 0, rdAS4), []string{digits, number}, 32, 16)
	} else {
		b, bad = appendFields(append(b, 0, rdAS2), []string{digits, number}, 16, 32)
	}
	return b, pick(bad, err)
}

// pick is said where bad is an error.
func pick(bad, said error) error {
	if bad != nil {
		return said
	}
	return nil
}

// rdField appends the route distinguisher of an NLRI's text.
func rdField(b []byte, fields []NLRIField) ([]byte, error) {
	for _, name := range [...]string{"rd", "route-distinguisher"} {
		if s, ok := field(fields, name); ok {
			return parseRD(b, s)
		}
	}
	return b, errors.New("rd is missing: write rd 65000:1")
}
