package codec

import (
	"cmp"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"net/netip"
	"strings"
)

// NLRI is one owned network layer reachability information value. It is
// comparable; Wire is its canonical wire form without the path identifier
// (for a prefix: the length octet and the masked prefix octets).
type NLRI struct {
	Family Family
	PathID uint32 // RFC 7911; 0 where none was given
	Wire   string
}

// Key identifies a route: what makes two NLRI the same one. It never holds
// labels or attributes.
type Key struct {
	Family Family
	PathID uint32
	Wire   string
}

// WithoutPath is the key on a session without ADD-PATH for its family: all
// paths of one prefix are one route.
func (k Key) WithoutPath() Key { k.PathID = 0; return k }

// RawNLRI is one NLRI that aliases the message it was read from.
type RawNLRI struct {
	Family Family
	PathID uint32
	Bytes  []byte // as NLRI.Wire, but not yet masked
	// Withdrawn: read from a withdrawal, where labels are not told (RFC 8277
	// §2.4).
	Withdrawn bool
}

// PrefixNLRI makes the NLRI of a unicast or multicast prefix. The prefix is
// masked. It panics when p is not a prefix of f: the caller has read both.
func PrefixNLRI(f Family, p netip.Prefix, pathID uint32) NLRI {
	if s := f.spec(); !p.IsValid() || p.Addr().BitLen() != s.bits {
		panic(fmt.Sprintf("codec: PrefixNLRI: %v is not a prefix of %v", p, f))
	}
	var buf [17]byte
	b := append(buf[:0], byte(p.Bits()))
	b = append(b, p.Masked().Addr().AsSlice()[:prefixOctets(p.Bits())]...)
	return NLRI{Family: f, PathID: pathID, Wire: string(b)}
}

// Key is n's identity, path identifier included.
func (n NLRI) Key() Key {
	if key := n.Family.spec().key; key != nil {
		n.Wire = key(n.Wire)
	}
	return Key(n)
}

// Prefix is the prefix of a unicast or multicast NLRI; false for any other.
func (n NLRI) Prefix() (netip.Prefix, bool) {
	if n.Family.spec().bits == 0 || n.Wire == "" {
		return netip.Prefix{}, false
	}
	if n.Family.AFI() == 1 {
		return prefix4(n.Wire), true
	}
	return prefix6(n.Wire), true
}

// Compare orders by family, then by wire bytes (path identifier first).
func (n NLRI) Compare(m NLRI) int {
	if c := cmp.Compare(n.Family, m.Family); c != 0 {
		return c
	}
	if c := cmp.Compare(n.PathID, m.PathID); c != 0 {
		return c
	}
	return strings.Compare(n.Wire, m.Wire)
}

// AppendText appends the text form, "10.0.0.0/8" for a prefix and "0x…" for
// what is opaque; a path identifier is not part of it. The error is always nil.
func (n NLRI) AppendText(b []byte) ([]byte, error) {
	return n.Family.spec().appendText(b, n.Wire), nil
}

// String is the text of AppendText.
func (n NLRI) String() string {
	b, _ := n.AppendText(nil)
	return string(b)
}

// AppendJSON appends the members of the JSON object that stands for n in
// ExaBGP's events, without its braces.
func (n NLRI) AppendJSON(b []byte) []byte {
	if s := n.Family.spec(); s.appendJSON != nil {
		return s.appendJSON(b, n.Wire)
	}
	b, _ = n.AppendText(append(b, `"nlri": "`...))
	return append(b, '"')
}

// NLRI makes an owned, canonical (masked) copy.
func (r RawNLRI) NLRI() NLRI {
	var buf [64]byte
	s := r.Family.spec()
	if r.Withdrawn {
		s = s.inUnreach()
	}
	return NLRI{Family: r.Family, PathID: r.PathID, Wire: string(s.canonical(buf[:0], r.Bytes))}
}

// ErrNLRI says that bytes are not a run of NLRI: a length beyond what the
// family allows, or one that runs past the end (RFC 7606 §5.3).
var ErrNLRI = errors.New("codec: NLRI syntactically incorrect")

// NLRIs iterates over a run of announced NLRI in wire form. It ends with [ErrNLRI] at
// bytes that do not parse. The NLRI field of a family that the codec does not
// know is one NLRI, path identifiers included.
func NLRIs(f Family, b []byte, addPath bool) iter.Seq2[RawNLRI, error] {
	return func(yield func(RawNLRI, error) bool) {
		s := f.spec()
		for len(b) > 0 {
			r, rest, ok := s.cut(f, b, addPath)
			if !ok {
				yield(RawNLRI{Family: f}, ErrNLRI)
				return
			}
			b = rest
			if !yield(r, nil) {
				return
			}
		}
	}
}

// cut takes the first NLRI off b, which is not empty.
func (s *familySpec) cut(f Family, b []byte, addPath bool) (r RawNLRI, rest []byte, ok bool) {
	r.Family = f
	if addPath && !s.opaque() {
		if len(b) < 5 {
			return r, b, false
		}
		r.PathID = be32(b)
		b = b[4:]
	}
	n := s.next(b)
	if n == 0 {
		return r, b, false
	}
	r.Bytes = b[:n:n]
	return r, b[n:], true
}

// wellFormed reports whether b is a run of NLRI of the family.
func (s *familySpec) wellFormed(b []byte, addPath bool) bool {
	if s.bits > 0 {
		return arePrefixes(b, s.bits, addPath)
	}
	for len(b) > 0 {
		_, rest, ok := s.cut(s.family, b, addPath)
		if !ok {
			return false
		}
		b = rest
	}
	return true
}

// sound reports whether every NLRI of a well-formed run is valid.
func (s *familySpec) sound(b []byte, addPath bool) bool {
	for s.valid != nil && len(b) > 0 {
		r, rest, ok := s.cut(s.family, b, addPath)
		if !ok || !s.valid(r.Bytes) {
			return false
		}
		b = rest
	}
	return true
}

func appendOpaque(b []byte, wire string) []byte {
	return hex.AppendEncode(append(b, "0x"...), []byte(wire))
}
