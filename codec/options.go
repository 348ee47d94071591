package codec

import "errors"

// Message length limits (RFC 4271 §4.1, RFC 8654 §3).
const (
	HeaderLen      = 19
	MaxLen         = 4096
	MaxExtendedLen = 65535
)

// Options is what one direction of a session has negotiated: how messages are
// written, or how they are read. The zero Options is RFC 4271 without any
// capability; MaxLen 0 means [MaxLen].
type Options struct {
	// AS4 is set when both ends sent the 4-octet AS capability (RFC 6793).
	AS4 bool
	// IBGP is set on internal sessions; RFC 7606 treats LOCAL_PREF,
	// ORIGINATOR_ID and CLUSTER_LIST by it.
	IBGP bool
	// MaxLen is the longest UPDATE (and everything but OPEN and KEEPALIVE).
	MaxLen int
	// AddPath is the set of families whose NLRI carry a path identifier in
	// this direction (RFC 7911).
	AddPath FamilySet
	// ExtendedNextHop is the set of families whose next hop may be of the
	// other address family: IPv4 NLRI with an IPv6 next hop (RFC 8950).
	// Decoding refuses such a next hop for any other family; encoding leaves
	// the choice to the caller.
	ExtendedNextHop FamilySet
	// NoASSet treats as withdrawn what has an AS_SET or AS_CONFED_SET in its
	// path: what RFC 9774 §3 asks for "unless explicitly configured by a network
	// operator to do otherwise". It is for decoding only.
	NoASSet bool
	// ReachLast writes an UPDATE as ExaBGP does: MP_REACH_NLRI is the last
	// attribute in place of the first (RFC 7606 §5.1), and a 4-octet next hop
	// in it is repeated in NEXT_HOP. Decoding takes any order.
	ReachLast bool
}

// Max is the longest message that o allows.
func (o *Options) Max() int {
	if o.MaxLen == 0 {
		return MaxLen
	}
	return o.MaxLen
}

// Errors of the UPDATE encoders.
var (
	// ErrTooLong: not even one NLRI fits into the longest message.
	ErrTooLong = errors.New("codec: the attributes and one NLRI do not fit into a message")
	// ErrNextHopSelf: the next hop is still "self".
	ErrNextHopSelf = errors.New("codec: next-hop self was not replaced by an address")
	// ErrNoNextHop: the family needs a next hop and the attributes have none.
	ErrNoNextHop = errors.New("codec: the attributes have no next hop")
	// ErrNoNLRI: there is nothing to announce or withdraw.
	ErrNoNLRI = errors.New("codec: no NLRI given")
)
