package fsm

import "net/netip"

// Verdict is the answer of collision detection.
type Verdict uint8

// Verdicts.
const (
	NoCollision Verdict = iota
	CloseOther          // close the existing connection, go on with this one
	CloseThis           // close the connection that the OPEN came on
)

// Collide is RFC 4271 §6.8 (with RFC 6286 §2.3) for an OPEN that arrived on one
// of two connections with the same peer: thisIncoming says who initiated the
// connection that it arrived on, other is the state of the other one. The
// connection initiated by the end with the higher BGP Identifier survives,
// between equal identifiers that of the higher AS number.
//
// The answer does not depend on how far the other connection has come, once it
// has sent an OPEN: the ends see it in different states (one Established, the
// other still in OpenConfirm), and any rule that looks at the state lets each
// close what the other keeps. This is CollisionDetectEstablishedState set.
// Both equal is a peer that §6.2 refuses (RFC 6286 §2.2): CloseThis.
func Collide(localID netip.Addr, localAS uint32, peerID netip.Addr, peerAS uint32, thisIncoming bool, other State) Verdict {
	if other < OpenSent {
		return NoCollision
	}
	order := localID.Compare(peerID)
	if order == 0 {
		order = compareAS(localAS, peerAS)
	}
	if order == 0 || thisIncoming == (order > 0) {
		return CloseThis
	}
	return CloseOther
}

func compareAS(a, b uint32) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
