package codec

import "net/netip"

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
}

// PrefixNLRI makes the NLRI of a unicast or multicast prefix. The prefix is
// masked.
func PrefixNLRI(f Family, p netip.Prefix, pathID uint32) NLRI { panic("skeleton") }

// Key is n's identity, path identifier included.
func (n NLRI) Key() Key { panic("skeleton") }

// Prefix is the prefix of a unicast or multicast NLRI; false for any other.
func (n NLRI) Prefix() (netip.Prefix, bool) { panic("skeleton") }

// Compare orders by family, then by wire bytes (path identifier first).
func (n NLRI) Compare(m NLRI) int { panic("skeleton") }

// AppendText appends the text form, "10.0.0.0/8" for a prefix; a path
// identifier is not part of it.
func (n NLRI) AppendText(b []byte) ([]byte, error) { panic("skeleton") }

// String is the text of AppendText.
func (n NLRI) String() string { panic("skeleton") }

// NLRI makes an owned, canonical (masked) copy.
func (r RawNLRI) NLRI() NLRI { panic("skeleton") }
