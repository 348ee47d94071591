package check

import (
	"encoding/binary"
	"slices"
)

// inOpen is an OPEN as this model reads it, by the octets.
type inOpen struct {
	as        uint32 // that of the capability of RFC 6793 where there is one
	hold      uint16
	id        [4]byte
	families  []inFamily // IPv4 unicast where none is said (RFC 4760 §8)
	as4       bool
	extended  bool // RFC 8654
	enhanced  bool // RFC 7313
	oper      bool
	refresh   bool // RFC 2918
	linkLocal bool // capability 77
	addPath   []inPathMode
	nextHop   []inHop
	role      *uint8   // RFC 9234; nil: not sent
	wrong     *inError // the first thing that a capability says and may not
	as4Number uint32
	restart   *inRestart // RFC 4724; nil: not sent
}

type inPathMode struct {
	family inFamily
	mode   uint8 // 1: receives, 2: sends (RFC 7911 §4)
}

type inHop struct {
	family inFamily
	afi    uint16
}

// inError is a NOTIFICATION that must leave; fixed: its data is as given.
type inError struct {
	code, sub uint8
	data      []byte
	fixed     bool
}

// Codes of NOTIFICATION (RFC 4271 §4.5, RFC 7313 §5).
const (
	codeHeader  = 1
	codeOpen    = 2
	codeUpdate  = 3
	codeFSM     = 5
	codeCease   = 6
	codeRefresh = 7
)

func badOpen(sub uint8) *inError { return &inError{code: codeOpen, sub: sub} }

// readOpen reads the body of an OPEN, of at least ten octets, in the order of
// RFC 4271 §6.2.
func readOpen(b []byte) (*inOpen, *inError) {
	o := &inOpen{as: uint32(be16(b[1:])), hold: uint16(be16(b[3:])), id: [4]byte(b[5:9])}
	switch {
	case b[0] != 4:
		return nil, &inError{code: codeOpen, sub: 1, data: []byte{0, 4}, fixed: true}
	case o.as == 0:
		return nil, badOpen(2) // RFC 7607 §2
	case o.id == [4]byte{}:
		return nil, badOpen(3) // RFC 6286 §2.2
	case o.hold == 1 || o.hold == 2:
		return nil, badOpen(6)
	}
	n, width, p := int(b[9]), 1, b[10:]
	if len(p) > 0 && p[0] == 255 { // RFC 9072 §2
		if len(p) < 3 {
			return nil, badOpen(0)
		}
		n, width, p = be16(p[1:]), 2, p[3:]
	}
	if n != len(p) {
		return nil, badOpen(0)
	}
	for len(p) > 0 {
		if len(p) < 1+width {
			return nil, badOpen(0)
		}
		kind, size := p[0], int(p[1])
		if width == 2 {
			size = be16(p[1:])
		}
		p = p[1+width:]
		if size > len(p) {
			return nil, badOpen(0)
		}
		if kind != 2 {
			return nil, badOpen(4)
		}
		if err := o.capabilities(p[:size]); err != nil {
			return nil, err
		}
		p = p[size:]
	}
	if o.wrong != nil {
		return nil, o.wrong // what a capability says is looked at once all are there
	}
	if len(o.families) == 0 {
		o.families = []inFamily{{1, 1}}
	}
	if o.as4 {
		o.as = o.as4Number
	}
	return o, nil
}

// capabilities reads one parameter (RFC 5492 §4): each capability is bounded by
// its own length.
func (o *inOpen) capabilities(p []byte) *inError {
	for len(p) > 0 {
		if len(p) < 2 || 2+int(p[1]) > len(p) {
			return badOpen(0)
		}
		code, v := p[0], p[2:2+int(p[1])]
		p = p[2+int(p[1]):]
		switch {
		case o.wrong != nil:
		case !o.capability(code, v):
			o.wrong = badOpen(0)
		case code == 65 && o.as4Number == 0:
			o.wrong = badOpen(2) // RFC 7607 §2
		}
	}
	return nil
}

// capability takes one; false where its length can't be.
func (o *inOpen) capability(code uint8, v []byte) bool {
	family := func(b []byte) inFamily { return inFamily{uint16(be16(b)), b[len(b)-1]} }
	switch code {
	case 1:
		if len(v) != 4 {
			return false
		}
		if f := family(v); !slices.Contains(o.families, f) {
			o.families = append(o.families, f)
		}
	case 2:
		o.refresh = true
	case 5: // RFC 8950 §4
		if len(v)%6 != 0 {
			return false
		}
		for ; len(v) > 0; v = v[6:] {
			o.nextHop = append(o.nextHop, inHop{inFamily{uint16(be16(v)), v[3]}, uint16(be16(v[4:]))})
		}
	case 6:
		o.extended = true
	case 9: // RFC 9234 §4.1
		if len(v) != 1 {
			return false
		}
		if o.role != nil && *o.role != v[0] {
			o.wrong = badOpen(11) // §4.2: "not all of them have the same value"
		}
		o.role = &v[0]
	case 71: // RFC 9494 §3.1
		return len(v)%7 == 0
	case 64:
		return o.restarts(v)
	case 65:
		if len(v) != 4 {
			return false
		}
		o.as4 = true
		o.as4Number = binary.BigEndian.Uint32(v)
	case 69:
		if len(v)%4 != 0 {
			return false
		}
		o.pathModes(v)
	case 70:
		o.enhanced = true
	case 77:
		o.linkLocal = true
	case 185:
		o.oper = true
	}
	return true
}

// pathModes takes an instance of ADD-PATH: "if any other value is received, then
// the capability SHOULD be treated as not understood and ignored" (RFC 7911 §4).
func (o *inOpen) pathModes(v []byte) {
	for i := 3; i < len(v); i += 4 {
		if v[i] < 1 || v[i] > 3 {
			return
		}
	}
	for ; len(v) > 0; v = v[4:] {
		o.addPath = append(o.addPath, inPathMode{inFamily{uint16(be16(v)), v[2]}, v[3]})
	}
}

// paths: o sends, or receives, path identifiers for f, by what it says of it last.
func (o *inOpen) paths(f inFamily, mode uint8) bool {
	last := uint8(0)
	for _, p := range o.addPath {
		if p.family == f {
			last = p.mode
		}
	}
	return last&mode != 0
}

// both is the families that two OPENs have in common.
func both(ours, theirs *inOpen) []inFamily {
	var l []inFamily
	for _, f := range ours.families {
		if slices.Contains(theirs.families, f) {
			l = append(l, f)
		}
	}
	return l
}

// receiving is how ours reads what theirs sends.
func receiving(ours, theirs *inOpen) inOptions {
	o := inOptions{as4: ours.as4 && theirs.as4, internal: ours.as == theirs.as}
	for _, f := range both(ours, theirs) {
		if theirs.paths(f, 2) && ours.paths(f, 1) {
			o.addPath = append(o.addPath, f)
		}
		hop := inHop{f, 2}
		if f.afi == 2 {
			hop.afi = 1
		}
		if slices.Contains(ours.nextHop, hop) && slices.Contains(theirs.nextHop, hop) {
			o.nextHop = append(o.nextHop, f)
		}
	}
	return o
}
