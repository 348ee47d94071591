package speaker

import (
	"net/netip"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/fsm"
)

// exporter makes of a route's attributes those that one session sends.
func exporter(n *Neighbor, neg *fsm.Negotiated, local netip.Addr) func(codec.Family, codec.Attrs) (codec.Attrs, bool) {
	internal, localAS := neg.Internal, n.LocalAS
	crossing := neg.Send.ExtendedNextHop
	linkLocal := n.LinkLocal
	if !neg.LocalOpen.Has(codec.CapLinkLocalNextHop) || !neg.PeerOpen.Has(codec.CapLinkLocalNextHop) {
		linkLocal = netip.Addr{}
	}
	return func(f codec.Family, a codec.Attrs) (codec.Attrs, bool) {
		sent := allowsNextHop(f, a, local, crossing.Has(f))
		more := make([]codec.Attr, 0, 5)
		nh, ok := a.Get(codec.AttrNextHop)
		if ok && len(nh.Value) == 0 { // next-hop self
			nh = codec.NextHop(local)
			more = append(more, nh)
		}
		// A global next hop with our link-local one beside it (RFC 2545 §3).
		if linkLocal.IsValid() && f.AFI() == codec.AFIIPv6 && len(nh.Value) == 16 {
			if global := netip.AddrFrom16([16]byte(nh.Value)); !global.IsLinkLocalUnicast() && !global.Is4In6() {
				more = append(more, codec.NextHop(global, linkLocal))
			}
		}
		if _, ok := a.Get(codec.AttrOrigin); !ok {
			more = append(more, codec.Origin(codec.OriginIGP))
		}
		return exportPath(a, more, internal, localAS), sent
	}
}

// allowsNextHop reports whether a session may send a route's next hop: one of
// another address family only where RFC 8950 was negotiated (extended). A next
// hop "self" is local.
func allowsNextHop(f codec.Family, a codec.Attrs, local netip.Addr, extended bool) bool {
	nh, ok := a.Get(codec.AttrNextHop)
	size := len(nh.Value)
	switch {
	case !ok:
		return !f.NeedsNextHop()
	case size == 0:
		size = local.BitLen() / 8
	}
	return f.AllowsNextHop(size, extended)
}

// exportPath applies RFC 4271 §5.1.2 and §5.1.5 to AS_PATH and LOCAL_PREF of a, to
// which more is added too. An AS_PATH that was given is sent as it is, as ExaBGP does: whoever gives one
// speaks for the AS.
func exportPath(a codec.Attrs, more []codec.Attr, internal bool, localAS uint32) codec.Attrs {
	_, hasPath := a.Get(codec.AttrASPath)
	_, hasPref := a.Get(codec.AttrLocalPref)
	switch {
	case internal && !hasPath:
		more = append(more, codec.ASPath())
	case !internal && !hasPath:
		more = append(more, codec.ASPath(codec.Segment{Type: codec.ASSequence, AS: []uint32{localAS}}))
	}
	if internal && !hasPref {
		more = append(more, codec.LocalPref(defaultLocalPref))
	}
	a = a.With(more...)
	if !internal {
		// LOCAL_PREF and reflection stay inside an AS (RFC 4271 §5.1.5, RFC 4456 §8).
		a = a.Without(codec.AttrLocalPref).Without(codec.AttrOriginatorID).Without(codec.AttrClusterList)
	}
	return a
}

// defaultLocalPref is ExaBGP's, and everybody's.
const defaultLocalPref = 100
