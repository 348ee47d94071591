package world

import (
	"net/netip"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/speaker"
)

// Export says which attributes a route has on a session, for the model. It is
// written from RFC 4271 §5 and not from the speaker, as a list of rules that
// each look at the route alone.
func Export(n *speaker.Neighbor, o codec.Options, local netip.Addr) func(codec.Family, codec.Attrs) (codec.Attrs, bool) {
	return func(f codec.Family, given codec.Attrs) (codec.Attrs, bool) {
		out := given
		nextHop, has := given.Get(codec.AttrNextHop)
		// RFC 8955 §4: a flow specification has no next hop.
		flow := f.SAFI() == codec.SAFI(133) || f.SAFI() == codec.SAFI(134)
		if !has && !flow {
			return nil, false
		}
		octets := len(nextHop.Value)
		if has && octets == 0 { // "self" is the address of this session
			out = out.With(codec.NextHop(local))
			octets = len(local.AsSlice())
		}
		// RFC 8950: another family's next hop only where it was negotiated.
		if has && f.AFI() == codec.AFIIPv4 && octets != 4 && !o.ExtendedNextHop.Has(f) {
			return nil, false
		}
		if has && f.AFI() == codec.AFIIPv6 && octets == 4 && !o.ExtendedNextHop.Has(f) {
			return nil, false
		}
		// §5.1.1: ORIGIN is mandatory.
		if _, ok := out.Get(codec.AttrOrigin); !ok {
			out = out.With(codec.Origin(codec.OriginIGP))
		}
		// §5.1.2: AS_PATH is empty inside the AS and has it in front outside.
		if _, ok := out.Get(codec.AttrASPath); !ok {
			path := codec.ASPath()
			if !o.IBGP {
				path = codec.ASPath(codec.Segment{Type: codec.ASSequence, AS: []uint32{n.LocalAS}})
			}
			out = out.With(path)
		}
		// §5.1.5: LOCAL_PREF is for internal peers, all of them; RFC 4456 §8.
		_, pref := out.Get(codec.AttrLocalPref)
		if o.IBGP && !pref {
			out = out.With(codec.LocalPref(100))
		}
		if !o.IBGP {
			for _, t := range [...]codec.AttrType{codec.AttrLocalPref, codec.AttrOriginatorID, codec.AttrClusterList} {
				out = out.Without(t)
			}
		}
		return out, true
	}
}
