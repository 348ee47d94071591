package world

import (
	"net/netip"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/sim/check"
	"github.com/peerloom/peerloom/speaker"
)

// Export says which attributes a route has on a session, for the model. It is
// written from RFC 4271 §5 and not from the speaker, as a list of rules that
// each look at the route alone.
func Export(n *speaker.Neighbor, s check.OutSession, local netip.Addr) func(codec.Family, codec.Attrs) (codec.Attrs, bool) {
	o := s.Options
	return func(f codec.Family, given codec.Attrs) (codec.Attrs, bool) {
		more := make([]codec.Attr, 0, 5)
		nextHop, has := given.Get(codec.AttrNextHop)
		// RFC 8955 §4: a flow specification has no next hop.
		flow := f.SAFI() == codec.SAFI(133) || f.SAFI() == codec.SAFI(134)
		may := has || flow
		if has && len(nextHop.Value) == 0 { // "self" is the address of this session
			nextHop = codec.NextHop(local)
			more = append(more, nextHop)
		}
		octets := len(nextHop.Value)
		// RFC 8950: another family's next hop only where it was negotiated.
		crosses := f.AFI() == codec.AFIIPv4 && octets != 4 || f.AFI() == codec.AFIIPv6 && octets == 4
		if has && crosses && !anyNextHop(f) && !o.ExtendedNextHop.Has(f) {
			may = false
		}
		// draft-ietf-idr-linknh: a global address with the sender's link-local one.
		if s.LinkLocal && n.LinkLocal.IsValid() && f.AFI() == codec.AFIIPv6 && octets == 16 {
			if global, _ := netip.AddrFromSlice(nextHop.Value); global.IsGlobalUnicast() {
				more = append(more, codec.NextHop(global, n.LinkLocal))
			}
		}
		// §5.1.1: ORIGIN is mandatory.
		if _, ok := given.Get(codec.AttrOrigin); !ok {
			more = append(more, codec.Origin(codec.OriginIGP))
		}
		// §5.1.2: AS_PATH is empty inside the AS and has it in front outside.
		if _, ok := given.Get(codec.AttrASPath); !ok {
			path := codec.ASPath()
			if !o.IBGP {
				path = codec.ASPath(codec.Segment{Type: codec.ASSequence, AS: []uint32{n.LocalAS}})
			}
			more = append(more, path)
		}
		// §5.1.5: LOCAL_PREF is for internal peers, all of them; RFC 4456 §8.
		_, pref := given.Get(codec.AttrLocalPref)
		if o.IBGP && !pref {
			more = append(more, codec.LocalPref(100))
		}
		out := given.With(more...)
		if !o.IBGP {
			for _, t := range [...]codec.AttrType{codec.AttrLocalPref, codec.AttrOriginatorID, codec.AttrClusterList} {
				out = out.Without(t)
			}
		}
		return out, may
	}
}

// anyNextHop reports whether the next hop of a family may be of IPv4 or of IPv6,
// whichever the family: of mcast-vpn (RFC 6515 §2), mup (draft-mpmz-bess-mup-safi)
// and sr-policy (RFC 9830 §2.1).
func anyNextHop(f codec.Family) bool {
	return f.SAFI() == 5 || f.SAFI() == 85 || f.SAFI() == 73
}
