package malform

import (
	"encoding/binary"
	"slices"
)

// Mix makes one UPDATE of two: with what is wrong about both, and maybe without one
// of the attributes. choose answers a number in [0,n). What is no
// UPDATE, or has no attributes that can be told apart, is given back as it is.
func Mix(a, b []byte, choose func(n int) int) []byte {
	first, ok := pieces(a)
	second, ok2 := pieces(b)
	if !ok || !ok2 {
		return a
	}
	mixed := slices.Clone(first.attrs)
	switch choose(3) {
	case 0: // what the second has and the first has not
		for _, x := range second.attrs {
			if !slices.ContainsFunc(first.attrs, func(y []byte) bool { return x[1] == y[1] }) {
				mixed = append(mixed, x)
			}
		}
	case 1: // one of the second's, wherever it comes, be it there already
		if len(second.attrs) > 0 {
			mixed = slices.Insert(mixed, choose(len(mixed)+1), second.attrs[choose(len(second.attrs))])
		}
	default: // the second's in the place of those of their types
		for i, x := range mixed {
			if k := slices.IndexFunc(second.attrs, func(y []byte) bool { return x[1] == y[1] }); k >= 0 {
				mixed[i] = second.attrs[k]
			}
		}
	}
	if i := choose(2 * len(mixed)); i < len(mixed) { // one is missing
		mixed = slices.Delete(mixed, i, i+1)
	}
	nlri := [][]byte{first.nlri, first.nlri, second.nlri, nil}[choose(4)]
	withdrawn := [][]byte{first.withdrawn, first.withdrawn, second.withdrawn, second.nlri}[choose(4)]
	attrs := join(mixed...)
	const most = 4096
	if headerLen+4+len(withdrawn)+len(attrs)+len(nlri) > most {
		return a
	}
	return UpdateOf(withdrawn, attrs, nlri)
}

// updatePieces is an UPDATE taken apart.
type updatePieces struct {
	withdrawn, nlri []byte
	attrs           [][]byte // each with its head
}

// pieces takes an UPDATE apart; false where the lengths in it do not fit.
func pieces(msg []byte) (p updatePieces, ok bool) {
	if len(msg) < headerLen+4 || msg[18] != Update || int(binary.BigEndian.Uint16(msg[16:])) != len(msg) {
		return p, false
	}
	b := msg[headerLen:]
	var attrs []byte
	if p.withdrawn, b, ok = field(b); !ok {
		return p, false
	}
	if attrs, p.nlri, ok = field(b); !ok {
		return p, false
	}
	for len(attrs) > 0 {
		head := 3
		if attrs[0]&Extended != 0 {
			head = 4
		}
		if len(attrs) < head {
			return p, false
		}
		size := int(attrs[2])
		if head == 4 {
			size = int(binary.BigEndian.Uint16(attrs[2:]))
		}
		if len(attrs) < head+size {
			return p, false
		}
		p.attrs, attrs = append(p.attrs, attrs[:head+size]), attrs[head+size:]
	}
	return p, true
}

// field is one with its length of two octets before it.
func field(b []byte) (v, rest []byte, ok bool) {
	if len(b) < 2 || len(b) < 2+int(binary.BigEndian.Uint16(b)) {
		return nil, nil, false
	}
	end := 2 + int(binary.BigEndian.Uint16(b))
	return b[2:end], b[end:], true
}
