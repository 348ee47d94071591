package codec

import (
	"encoding/binary"
	"fmt"
	"math"
	"net/netip"
	"strconv"
	"strings"
)

func textRate(b, v []byte) ([]byte, bool) {
	bits := be32(v[2:])
	if v[0]|v[1] != 0 || !isRate(bits) { // AS 0 is what is written
		return b, false
	}
	return strconv.AppendFloat(b, float64(math.Float32frombits(bits)), 'f', -1, 32), true
}

// isRate reports whether an IEEE 754 number of single precision is a rate:
// neither negative nor infinite nor no number at all.
func isRate(bits uint32) bool { return bits>>31 == 0 && bits>>23 != 0xff }

func textPackets(b, v []byte) ([]byte, bool) {
	b, ok := textRate(b, v)
	return append(b, ":packets"...), ok
}

func parseRate(s string) ([]byte, error) {
	f, err := strconv.ParseFloat(strings.TrimSuffix(s, ":bytes"), 32)
	bits := math.Float32bits(float32(f))
	if err != nil || !isRate(bits) {
		return nil, fmt.Errorf("%q is not a rate: write a number", s)
	}
	return binary.BigEndian.AppendUint32([]byte{0, 0}, bits), nil
}

func parsePackets(s string) ([]byte, error) {
	n, ok := strings.CutSuffix(s, ":packets")
	if !ok {
		return nil, fmt.Errorf("%q is not a rate in packets", s)
	}
	return parseRate(n)
}

// actions are the bits of RFC 8955 §7.3.
var actions = [...]string{1: "terminal", 2: "sample", 3: "sample-terminal"}

func textAction(b, v []byte) ([]byte, bool) {
	n := int(v[5])
	if v[0]|v[1]|v[2]|v[3]|v[4] != 0 || n == 0 || n >= len(actions) {
		return b, false
	}
	return append(b, actions[n]...), true
}

func parseAction(s string) ([]byte, error) {
	for i, name := range actions {
		if i > 0 && name == s {
			return []byte{0, 0, 0, 0, 0, byte(i)}, nil
		}
	}
	return nil, fmt.Errorf("%q is not an action: write sample, terminal or sample-terminal", s)
}

func textMark(b, v []byte) ([]byte, bool) {
	if v[0]|v[1]|v[2]|v[3]|v[4] != 0 || v[5] > 63 {
		return b, false
	}
	return appendUint(b, uint32(v[5])), true
}

func parseMark(s string) ([]byte, error) {
	n, err := parseUint(s, 6)
	if err != nil {
		return nil, fmt.Errorf("%q is not a DSCP: write a number below 64", s)
	}
	return []byte{0, 0, 0, 0, 0, byte(n)}, nil
}

func textFixed(last byte) func(b, v []byte) ([]byte, bool) {
	return func(b, v []byte) ([]byte, bool) {
		return b, v[0]|v[1]|v[2]|v[3]|v[4] == 0 && v[5] == last
	}
}

func parseFixed(last byte) func(string) ([]byte, error) {
	return func(rest string) ([]byte, error) {
		if rest != "" {
			return nil, fmt.Errorf("%q is too much", rest)
		}
		return []byte{0, 0, 0, 0, 0, last}, nil
	}
}

// textIETF is the address, with :copy where traffic is copied to it.
func textIETF(b, v []byte) ([]byte, bool) {
	b = appendAddr4(b, v[:4])
	if v[5] == 1 {
		b = append(b, ":copy"...)
	}
	return b, v[4] == 0 && v[5] <= 1
}

func parseIETF(s string) ([]byte, error) {
	text, isCopy := strings.CutSuffix(s, ":copy")
	v, err := addr4(nil, text)
	if isCopy {
		return append(v, 0, 1), err
	}
	return append(v, 0, 0), err
}

// directions are the two top bits of an interface set's group.
var directions = [...]string{"none", "input", "output", "input-output"}

// textSet is "output:254:254": direction, AS number, group.
func textSet(b, v []byte) ([]byte, bool) {
	group := binary.BigEndian.Uint16(v[4:])
	b = append(append(b, directions[group>>14]...), ':')
	b = appendUint(append(appendUint(b, be32(v)), ':'), uint32(group&0x3fff))
	return b, true
}

func parseSet(s string) ([]byte, error) {
	parts := strings.Split(s, ":")
	for i, d := range directions {
		if parts[0] != d || len(parts) != 3 {
			continue
		}
		b, err := appendFields(nil, parts[1:2], 32)
		if err != nil {
			return nil, err
		}
		n, err := parseUint(parts[2], 14)
		return binary.BigEndian.AppendUint16(b, uint16(i)<<14|uint16(n)), err
	}
	return nil, fmt.Errorf("%q is not an interface set: write input:65000:1 or output:65000:1", s)
}

// nextHopIETF6 is the IPv6 extended community for a next hop of
// draft-ietf-idr-flowspec-redirect-ip.
func nextHopIETF6(a netip.Addr) []byte {
	return append(append([]byte{0x00, 0x0c}, a.AsSlice()...), 0, 0)
}
