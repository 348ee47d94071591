package codec

import "encoding/binary"

// vplsLen is the length of a VPLS NLRI after its two octets of length: route
// distinguisher, VE ID, VE block offset, VE block size, label base (RFC 4761
// §3.2.2).
const vplsLen = rdLen + 2 + 2 + 2 + 3

// vplsSpec is the stanza of VPLS.
func vplsSpec() familySpec {
	return familySpec{
		family: L2VPNVPLS,
		next:   nextVPLS, valid: validVPLS, canonical: appendCopy,
		appendText: textVPLS, appendJSON: jsonVPLS, key: keyVPLS,
		grammar: &nlriGrammar{
			words: []nlriWord{{"rd", 1}, {"route-distinguisher", 1}, {"endpoint", 1}, {"offset", 1}, {"size", 1}, {"base", 1}},
			build: parseVPLS,
		},
		nextHops: []int{4, 16, 32}, ownNextHop: true,
	}
}

// appendCopy is canonical where there is one spelling only.
func appendCopy(b, nlri []byte) []byte { return append(b, nlri...) }

func nextVPLS(b []byte) int {
	if len(b) < 2 {
		return 0
	}
	if n := 2 + int(binary.BigEndian.Uint16(b)); n <= len(b) {
		return n
	}
	return 0
}

func validVPLS(nlri []byte) bool { return len(nlri) == 2+vplsLen }

// keyVPLS leaves out the label base: "never labels".
func keyVPLS(wire string) string {
	if len(wire) != 2+vplsLen {
		return wire
	}
	return wire[:len(wire)-3]
}

// vplsNumbers are the numbers of a VPLS NLRI and where they stand.
var vplsNumbers = [...]struct {
	name string
	at   int
}{
	{"endpoint", 2 + rdLen},
	{"base", 2 + rdLen + 6},
	{"offset", 2 + rdLen + 2},
	{"size", 2 + rdLen + 4},
}

func vplsNumber(wire []byte, name string, at int) uint32 {
	if name == "base" {
		return be32(append([]byte{0}, wire[at:at+3]...)) >> 4
	}
	return uint32(binary.BigEndian.Uint16(wire[at:]))
}

// labelBottom is the bottom-of-stack bit below a label's 20 bits (RFC 8277 §2.2).
const labelBottom = 0x01

func textVPLS(b []byte, wire string) []byte {
	v := []byte(wire)
	if !validVPLS(v) || v[len(v)-1]&0xf != labelBottom {
		return appendOpaque(b, wire)
	}
	b = appendRD(append(b, "vpls rd "...), v[2:])
	for _, n := range vplsNumbers {
		b = append(append(append(b, ' '), n.name...), ' ')
		b = appendUint(b, vplsNumber(v, n.name, n.at))
	}
	return b
}

func jsonVPLS(b []byte, wire string) []byte {
	v := []byte(wire)
	if !validVPLS(v) {
		return append(appendOpaque(append(b, `"nlri": "`...), wire), '"')
	}
	b = append(appendRD(append(b, `"rd": "`...), v[2:]), '"')
	for _, n := range vplsNumbers {
		b = append(append(append(b, `, "`...), n.name...), `": `...)
		b = appendUint(b, vplsNumber(v, n.name, n.at))
	}
	return b
}

func parseVPLS(fields []NLRIField) ([]byte, error) {
	b, err := rdField([]byte{0, vplsLen}, fields)
	for _, name := range [...]string{"endpoint", "offset", "size"} {
		if err == nil {
			b, err = numberField(b, fields, name, 16)
		}
	}
	if err != nil {
		return nil, err
	}
	s, _ := field(fields, "base")
	label, err := appendLabel(b, s)
	if err != nil {
		return nil, err
	}
	return label, nil
}
