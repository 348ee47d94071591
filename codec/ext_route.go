package codec

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Texts of the extended communities that say something about a route: see
// extKinds.

// textBandwidth is "AS:RATE", the rate in octets a second.
func textBandwidth(b, v []byte) ([]byte, bool) {
	bits := be32(v[2:])
	b = append(appendUint(b, uint32(binary.BigEndian.Uint16(v))), ':')
	return strconv.AppendFloat(b, float64(math.Float32frombits(bits)), 'f', -1, 32), isRate(bits) //float: a wire value
}

func parseBandwidth(s string) ([]byte, error) {
	as, rate, _ := strings.Cut(s, ":")
	n, err := parseUint(as, 16)
	if err != nil {
		return nil, err
	}
	v, err := parseRate(rate)
	if err != nil {
		return nil, err
	}
	binary.BigEndian.PutUint16(v, uint16(n))
	return v, nil
}

// validations are the states of RFC 8097 §2.
var validations = [...]string{"valid", "not-found", "invalid"}

func textValidation(b, v []byte) ([]byte, bool) {
	if v[0]|v[1]|v[2]|v[3]|v[4] != 0 || int(v[5]) >= len(validations) {
		return b, false
	}
	return append(b, validations[v[5]]...), true
}

func parseValidation(s string) ([]byte, error) {
	for i, name := range validations {
		if name == s {
			return []byte{0, 0, 0, 0, 0, byte(i)}, nil
		}
	}
	return nil, fmt.Errorf("%q is no validation state: write valid, not-found or invalid", s)
}

// textRouteType is "AREA:TYPE:OPTIONS".
func textRouteType(b, v []byte) ([]byte, bool) {
	b = append(appendAddr4(b, v[:4]), ':')
	b = append(appendUint(b, uint32(v[4])), ':')
	return appendUint(b, uint32(v[5])), true
}

func parseRouteType(s string) ([]byte, error) {
	return appendFields(nil, strings.Split(s, ":"), 32, 8, 8)
}

// textEncapsulation is the name of a tunnel type, or its number.
func textEncapsulation(b, v []byte) ([]byte, bool) {
	return append(b, codeName(tunnelTypes[:], int(binary.BigEndian.Uint16(v[4:])), "")...), be32(v) == 0
}

func parseEncapsulation(s string) ([]byte, error) {
	n, ok := parseCode(tunnelTypes[:], s, "", 16)
	if !ok {
		return nil, fmt.Errorf("%q is no tunnel type: write a name like vxlan, or a number", s)
	}
	return binary.BigEndian.AppendUint16(make([]byte, 4), uint16(n)), nil
}

const wordSticky = ":sticky"

// textMobility is "SEQUENCE", with :sticky where the address does not move.
func textMobility(b, v []byte) ([]byte, bool) {
	b = appendUint(b, be32(v[2:]))
	if v[0] == 1 {
		b = append(b, wordSticky...)
	}
	return b, v[0] <= 1 && v[1] == 0
}

func parseMobility(s string) ([]byte, error) {
	text, sticky := strings.CutSuffix(s, wordSticky)
	n, err := parseUint(text, 32)
	head := []byte{0, 0}
	if sticky {
		head[0] = 1
	}
	return appendU32(head, uint32(n)), err
}

const wordSingleActive = ":single-active"

// textESILabel is "LABEL", with :single-active where that bit is set.
func textESILabel(b, v []byte) ([]byte, bool) {
	b = appendUint(b, be24(v[3:])>>4)
	if v[0] == 1 {
		b = append(b, wordSingleActive...)
	}
	return b, v[0] <= 1 && v[1]|v[2] == 0 && v[5]&0xf == 0
}

func parseESILabel(s string) ([]byte, error) {
	text, single := strings.CutSuffix(s, wordSingleActive)
	n, err := parseUint(text, 20)
	if err != nil {
		return nil, err
	}
	b := []byte{0, 0, 0, byte(n >> 12), byte(n >> 4), byte(n << 4)}
	if single {
		b[0] = 1
	}
	return b, nil
}

func textExtMAC(b, v []byte) ([]byte, bool) { return textColons(b, v), true }

func parseExtMAC(s string) ([]byte, error) {
	v, err := hex.DecodeString(strings.ReplaceAll(s, ":", ""))
	if err != nil || len(v) != 6 || len(s) != 17 {
		return nil, fmt.Errorf("%q is not a MAC address: write 00:00:5e:00:53:01", s)
	}
	return v, nil
}
