package codec

import (
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"strings"
)

// evpnGrammar is "evpn type 2" and the fields of that type.
func evpnGrammar() *nlriGrammar {
	words := []nlriWord{{"evpn", 0}, {"type", 1}, {"route-distinguisher", 1}}
	seen := map[string]bool{}
	for i := range evpnTypes {
		for j := range evpnTypes[i].fields {
			if name := evpnTypes[i].fields[j].name; !seen[name] {
				seen[name] = true
				words = append(words, nlriWord{name, 1})
			}
		}
	}
	return &nlriGrammar{words: words, build: parseEVPN}
}

func parseEVPN(fields []NLRIField) ([]byte, error) {
	s, _ := field(fields, "type")
	t, err := parseUint(s, 8)
	if err != nil || t == 0 || int(t) >= len(evpnTypes) {
		return nil, errors.New("type is missing: write type 2, or another of 1 to 11")
	}
	b := []byte{byte(t), 0}
	used := 0
	for i := range evpnTypes[t].fields {
		f := &evpnTypes[t].fields[i] //table: a row, only read
		s, ok := field(fields, f.name)
		if !ok && f.name == evpnRD.name {
			s, ok = field(fields, "route-distinguisher")
		}
		if !ok {
			if f.name == evpnMore.name {
				continue
			}
			return nil, fmt.Errorf("%s is missing: write %s VALUE", f.name, f.name)
		}
		used++
		if b, err = f.parse(b, s); err != nil {
			return nil, fmt.Errorf("%s: %w", f.name, err)
		}
	}
	for _, x := range fields {
		if x.Name == "evpn" || x.Name == "type" {
			used++
		}
	}
	if used < len(fields) {
		return nil, fmt.Errorf("a word does not belong to an EVPN route of type %d: leave it out", t)
	}
	if len(b)-2 > 255 {
		return nil, errors.New("the route is too long")
	}
	b[1] = byte(len(b) - 2)
	if !walkEVPN(b, nil) {
		return nil, fmt.Errorf("the fields do not make an EVPN route of type %d", t)
	}
	return b, nil
}

// parseColons makes the reader of n octets as 00:11:22.
func parseColons(n int) func(b []byte, s string) ([]byte, error) {
	return func(b []byte, s string) ([]byte, error) {
		v, err := hex.DecodeString(strings.ReplaceAll(s, ":", ""))
		if err != nil || len(v) != n || len(s) != 3*n-1 {
			return nil, fmt.Errorf("%q: write %d octets as 00:11:22", s, n)
		}
		return append(b, v...), nil
	}
}

func parseMAC(b []byte, s string) ([]byte, error) { return parseColons(6)(append(b, 48), s) }

// parseIP reads an address, or "-" for none.
func parseIP(b []byte, s string) ([]byte, error) {
	if s == "-" {
		return append(b, 0), nil
	}
	v, err := fieldIP.parse(nil, s)
	return append(append(b, byte(8*len(v))), v...), err
}

func parsePrefix5(b []byte, s string) ([]byte, error) {
	p, err := netip.ParsePrefix(s)
	if err != nil {
		return nil, fmt.Errorf("%q is not a prefix: write 10.0.0.0/24", s)
	}
	return append(append(b, byte(p.Bits())), p.Addr().AsSlice()...), nil
}

func parseLabel(b []byte, s string) ([]byte, error) {
	if v, ok := parseHex(s); ok && len(v) == 3 {
		return append(b, v...), nil
	}
	return appendLabel(b, s)
}
