package codec

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"strings"
)

// mup3GPP5G is the one architecture type (draft-ietf-bess-mup-safi §3.1), and
// mupHead the octets before what is specific to a type.
const (
	mup3GPP5G = 1
	mupHead   = 4
)

// Types of MUP routes (draft-ietf-bess-mup-safi §3.1).
const (
	mupISD  = 1
	mupDSD  = 2
	mupT1ST = 3
	mupT2ST = 4
)

// mupSpec is the stanza of a MUP family.
func mupSpec(f Family) familySpec {
	m := mup{addr: addrOctets(f)}
	words := []nlriWord{{"mup", 1}, {"rd", 1}, {"route-distinguisher", 1},
		{"teid", 1}, {"qfi", 1}, {"endpoint", 1}, {"source", 1}}
	for _, r := range mupTypes[mupISD:] {
		words = append(words, nlriWord{r.word, 1})
	}
	return familySpec{
		family: f, nextHops: []int{4, 16, 32},
		next: nextMUP, valid: m.valid, canonical: m.canonical, key: m.key,
		appendText: m.appendText, appendJSON: m.appendJSON,
		grammar: &nlriGrammar{words: words, build: m.build},
	}
}

// mup is what sets the MUP families apart: the octets of an address.
type mup struct{ addr int }

// mupRoute is the fields of a route; which are set depends on its type.
type mupRoute struct {
	rd       []byte
	prefix   netip.Prefix // ISD, T1ST
	addr     netip.Addr   // DSD, T2ST: the endpoint
	teid     uint32
	teidBits int // T2ST
	qfi      uint8
	endpoint netip.Addr // T1ST
	source   netip.Addr // T1ST; invalid: none
}

var mupTypes = [...]struct {
	name, word string
	read       func(m mup, v []byte) (mupRoute, bool)
	build      func(m mup, b []byte, head string, fields []NLRIField) ([]byte, error)
	fields     string // words that belong to it, next to rd
}{
	mupISD:  {"InterworkSegmentDiscoveryRoute", "mup-isd", mup.readISD, mup.buildISD, ""},
	mupDSD:  {"DirectSegmentDiscoveryRoute", "mup-dsd", mup.readDSD, mup.buildDSD, ""},
	mupT1ST: {"Type1SessionTransformedRoute", "mup-t1st", mup.readT1ST, mup.buildT1ST, "teid qfi endpoint source"},
	mupT2ST: {"Type2SessionTransformedRoute", "mup-t2st", mup.readT2ST, mup.buildT2ST, "teid"},
}

// nextMUP reads "Architecture Type (1 octet), Route Type (2 octets), Length (1
// octet)".
func nextMUP(b []byte) int {
	if len(b) < mupHead || len(b) < mupHead+int(b[3]) {
		return 0
	}
	return mupHead + int(b[3])
}

// valid looks into a route of a type that is known.
func (m mup) valid(nlri []byte) bool { return mupType(nlri) == 0 || m.known(nlri) != 0 }

// mupType is the type of a route where it is registered; else 0.
func mupType(b []byte) int {
	if t := int(b[1])<<8 | int(b[2]); b[0] == mup3GPP5G && t < len(mupTypes) {
		return t
	}
	return 0
}

// known is the type of a route that is registered and well formed; else 0.
func (m mup) known(b []byte) int {
	t := mupType(b)
	if t == 0 || len(b) < mupHead+rdLen+1 {
		return 0
	}
	if _, ok := mupTypes[t].read(m, b[mupHead+rdLen:]); !ok {
		return 0
	}
	return t
}

// fields reads a valid route of type t.
func (m mup) fields(t int, wire []byte) mupRoute {
	r, _ := mupTypes[t].read(m, wire[mupHead+rdLen:])
	r.rd = wire[mupHead:][:rdLen]
	return r
}

// canonical clears the bits after a prefix and after a TEID.
func (m mup) canonical(b, nlri []byte) []byte {
	at := len(b)
	b = append(b, nlri...)
	const length = mupHead + rdLen
	switch m.known(nlri) {
	case mupISD, mupT1ST, mupT2ST:
		clearBits(b[at+length+1:], int(nlri[length]))
	}
	return b
}

// clearBits clears the bits after the first n in the octet that holds the n-th.
func clearBits(b []byte, n int) {
	if r := n % 8; r != 0 {
		b[n/8] &= 0xff << (8 - r)
	}
}

// key of a session is its prefix: tunnel endpoint, QFI and source say how to
// get there (draft-ietf-bess-mup-safi §3.1.3). Of any other type all counts.
func (m mup) key(wire string) string {
	if m.known([]byte(wire)) == mupT1ST {
		end := mupHead + rdLen + 1 + prefixOctets(int(wire[mupHead+rdLen]))
		return wire[:3] + "\x00" + wire[mupHead:end] // without the length
	}
	return wire
}

func (m mup) readPrefix(v []byte) (p netip.Prefix, rest []byte, ok bool) {
	n := nextPrefix(v, 8*m.addr)
	if n == 0 {
		return p, nil, false
	}
	var a [16]byte
	copy(a[:], v[1:n])
	addr := netip.AddrFrom16(a)
	if m.addr == 4 {
		addr = netip.AddrFrom4([4]byte(a[:]))
	}
	return netip.PrefixFrom(addr, int(v[0])).Masked(), v[n:], true
}

// readAddress reads a length in bits, 32 or 128, and an address.
func readAddress(v []byte) (a netip.Addr, rest []byte, ok bool) {
	if len(v) == 0 || v[0] != 32 && v[0] != 128 || len(v) < 1+int(v[0])/8 {
		return a, nil, false
	}
	n := 1 + int(v[0])/8
	a, ok = netip.AddrFromSlice(v[1:n])
	return a, v[n:], ok
}

func (m mup) readISD(v []byte) (r mupRoute, ok bool) {
	var rest []byte
	r.prefix, rest, ok = m.readPrefix(v)
	return r, ok && len(rest) == 0
}

func (m mup) readDSD(v []byte) (r mupRoute, ok bool) {
	r.addr, _ = netip.AddrFromSlice(v)
	return r, len(v) == m.addr
}

func (m mup) readT1ST(v []byte) (r mupRoute, ok bool) {
	if r.prefix, v, ok = m.readPrefix(v); !ok || len(v) < 5 {
		return r, false
	}
	r.teid, r.qfi = be32(v), v[4]
	if r.endpoint, v, ok = readAddress(v[5:]); !ok {
		return r, false
	}
	if len(v) == 0 || len(v) == 1 && v[0] == 0 {
		return r, true // without a source: before and since version 3 of the draft
	}
	r.source, v, ok = readAddress(v)
	return r, ok && len(v) == 0
}

func (m mup) readT2ST(v []byte) (r mupRoute, ok bool) {
	bits := int(v[0]) - 8*m.addr
	if bits < 0 || bits > 32 || len(v) != 1+m.addr+prefixOctets(bits) {
		return r, false
	}
	r.addr, _ = netip.AddrFromSlice(v[1 : 1+m.addr])
	r.teidBits = bits
	for _, o := range v[1+m.addr:] {
		r.teid = r.teid<<8 | uint32(o)
	}
	return r, true
}

// appendText appends "mup-isd 10.0.0.0/24 rd 65000:1" and its kin, or "mup 0x…"
// where there are no words. The TEID of a T2ST is the number that its octets
// make, with the bits that count: "teid 12345/32".
func (m mup) appendText(b []byte, wire string) []byte {
	t := m.known([]byte(wire))
	if t == 0 || t == mupT1ST && m.padded(wire) {
		return hex.AppendEncode(append(b, "mup 0x"...), []byte(wire))
	}
	r := m.fields(t, []byte(wire))
	b = append(append(b, mupTypes[t].word...), ' ')
	if r.prefix.IsValid() {
		b = r.prefix.AppendTo(b)
	} else {
		b = r.addr.AppendTo(b)
	}
	b = appendRD(append(b, " rd "...), r.rd)
	switch t {
	case mupT1ST:
		b = fmt.Appendf(b, " teid %d qfi %d endpoint %s", r.teid, r.qfi, r.endpoint)
		if r.source.IsValid() {
			b = fmt.Appendf(b, " source %s", r.source)
		}
	case mupT2ST:
		b = fmt.Appendf(b, " teid %d/%d", r.teid, r.teidBits)
	}
	return b
}

// padded reports whether a T1ST ends with the length of a source that is none.
func (m mup) padded(wire string) bool {
	r := m.fields(mupT1ST, []byte(wire))
	end := mupHead + rdLen + 1 + prefixOctets(r.prefix.Bits()) + 5 + 1 + r.endpoint.BitLen()/8
	return len(wire) == end+1
}

func (m mup) appendJSON(b []byte, wire string) []byte {
	t := m.known([]byte(wire))
	if t == 0 {
		return fmt.Appendf(b, `"arch": %d, "code": %d, "raw": "%X"`, wire[0], int(wire[1])<<8|int(wire[2]), wire)
	}
	r := m.fields(t, []byte(wire))
	b = fmt.Appendf(b, `"name": "%s", "arch": %d, "code": %d, `, mupTypes[t].name, wire[0], t)
	switch t {
	case mupISD, mupT1ST:
		b = fmt.Appendf(b, `"prefix_ip_len": %d, "prefix_ip": "%s", `, r.prefix.Bits(), r.prefix.Addr())
	case mupDSD:
		b = fmt.Appendf(b, `"ip": "%s", `, r.addr)
	case mupT2ST:
		b = fmt.Appendf(b, `"endpoint_len": %d, "endpoint_ip": "%s", `, 8*m.addr+r.teidBits, r.addr)
	}
	b = append(appendRD(append(b, `"rd": "`...), r.rd), `", `...)
	switch t {
	case mupT1ST:
		b = fmt.Appendf(b, `"teid": "%d", "qfi": "%d", "endpoint_ip_len": %d, "endpoint_ip": "%s", `, r.teid, r.qfi, r.endpoint.BitLen(), r.endpoint)
		if r.source.IsValid() {
			b = fmt.Appendf(b, `"source_ip_len": %d, "source_ip": "%s", `, r.source.BitLen(), r.source)
		}
	case mupT2ST:
		b = fmt.Appendf(b, `"teid": "%d", `, r.teid)
	}
	return fmt.Appendf(b, `"raw": "%X"`, wire)
}

// build makes an NLRI of the words.
func (m mup) build(fields []NLRIField) ([]byte, error) {
	if s, ok := field(fields, "mup"); ok && len(fields) == 1 {
		v, ok := parseHex(s)
		if !ok || len(v) == 0 || nextMUP(v) != len(v) || !m.valid(v) {
			return nil, fmt.Errorf("mup %s: write the octets of an NLRI as 0x…", s)
		}
		return m.canonical(nil, v), nil
	}
	for t := mupISD; t < len(mupTypes); t++ {
		row := &mupTypes[t]
		head, ok := field(fields, row.word)
		if !ok {
			continue
		}
		for _, x := range fields {
			if x.Name != row.word && !isDistinguisher(x.Name) && !strings.Contains(" "+row.fields+" ", " "+x.Name+" ") {
				return nil, fmt.Errorf("%s does not belong to %s: leave it out", x.Name, row.word)
			}
		}
		b, err := rdField([]byte{mup3GPP5G, 0, byte(t), 0}, fields)
		if err != nil {
			return nil, err
		}
		if b, err = row.build(m, b, head, fields); err != nil {
			return nil, err
		}
		b[3] = byte(len(b) - mupHead)
		return b, nil
	}
	return nil, errors.New("no kind of route: write mup-isd, mup-dsd, mup-t1st or mup-t2st")
}

func (m mup) buildISD(b []byte, head string, _ []NLRIField) ([]byte, error) {
	p, err := netip.ParsePrefix(head)
	if err != nil {
		if a, bad := netip.ParseAddr(head); bad == nil && a.Zone() == "" {
			p, err = netip.PrefixFrom(a, a.BitLen()), nil
		}
	}
	if err != nil || p.Addr().BitLen() != 8*m.addr {
		return nil, fmt.Errorf("%q is not a prefix of the family", head)
	}
	return append(append(b, byte(p.Bits())), p.Masked().Addr().AsSlice()[:prefixOctets(p.Bits())]...), nil
}

func (m mup) buildDSD(b []byte, head string, _ []NLRIField) ([]byte, error) {
	a, err := netip.ParseAddr(head)
	if err != nil || a.Zone() != "" || a.BitLen() != 8*m.addr {
		return nil, fmt.Errorf("%q is not an address of the family", head)
	}
	return append(b, a.AsSlice()...), nil
}

func (m mup) buildT1ST(b []byte, head string, fields []NLRIField) ([]byte, error) {
	b, err := m.buildISD(b, head, nil)
	if err != nil {
		return nil, err
	}
	if b, err = numberField(b, fields, "teid", 32); err != nil {
		return nil, err
	}
	if b, err = numberField(b, fields, "qfi", 8); err != nil {
		return nil, err
	}
	for _, name := range [...]string{"endpoint", "source"} {
		if _, given := field(fields, name); !given && name == "source" {
			break
		}
		a, err := addressField(fields, name, 0)
		if err != nil {
			return nil, err
		}
		b = append(append(b, byte(a.BitLen())), a.AsSlice()...)
	}
	return b, nil
}

// buildT2ST reads "teid 12345/32": the number and how many bits of it are sent.
func (m mup) buildT2ST(b []byte, head string, fields []NLRIField) ([]byte, error) {
	s, ok := field(fields, "teid")
	number, length, _ := strings.Cut(s, "/")
	n, err := parseUint(number, 32)
	bits, bad := parseUint(length, 8)
	if !ok || err != nil || bad != nil || bits > 32 || n>>(8*prefixOctets(int(bits))) != 0 {
		return nil, fmt.Errorf("teid %q: write TEID/BITS, at most 32 bits and a number that fits", s)
	}
	b, err = m.buildDSD(append(b, byte(8*m.addr+int(bits))), head, nil)
	if err != nil {
		return nil, err
	}
	var teid [4]byte
	binary.BigEndian.PutUint32(teid[:], uint32(n))
	octets := prefixOctets(int(bits))
	b = append(b, teid[4-octets:]...)
	if tail := b[len(b)-octets:]; bits%8 != 0 && tail[octets-1]<<(bits%8) != 0 {
		return nil, fmt.Errorf("teid %q: only the first %d bits of its octets may be set", s, bits)
	}
	return b, nil
}
