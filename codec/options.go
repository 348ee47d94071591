package codec

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
	// ExtendedNextHop is the set of families whose IPv4 NLRI may have an
	// IPv6 next hop (RFC 8950).
	ExtendedNextHop FamilySet
	// ReachLast writes MP_REACH_NLRI as the last attribute, as ExaBGP does,
	// in place of the first (RFC 7606 §5.1). Decoding takes any order.
	ReachLast bool
}

// Max is the longest message that o allows.
func (o *Options) Max() int {
	if o.MaxLen == 0 {
		return MaxLen
	}
	return o.MaxLen
}
