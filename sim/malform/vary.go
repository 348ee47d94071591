package malform

// Foreign is one message with a route of a family with a form of its own, announced
// or withdrawn: one of a few, or one of them with a bit of one field changed, which is
// another route, the same one or none. Each entry of Session.Foreign is four octets:
// AFI, SAFI, and 1 where path identifiers stand before the NLRI.
func Foreign(s *Session, choose func(n int) int) []byte {
	at := 4 * choose(len(s.Foreign)/4)
	afi, safi, paths := int(s.Foreign[at])<<8|int(s.Foreign[at+1]), s.Foreign[at+2], s.Foreign[at+3] == 1
	var known [][]byte
	for _, part := range foreignParts() {
		part(func(f family, _, _ string, w Want, nlri ...[]byte) {
			if f == (family{afi, safi}) && w.Treat == Accept && len(nlri) == 1 {
				known = append(known, nlri[0])
			}
		}, parts())
	}
	if len(known) == 0 {
		return UpdateOf(nil, nil, nil)
	}
	nlri := join(known[choose(len(known))])
	id := uint32(choose(trafficPaths))
	own := func(n []byte) []byte {
		if paths {
			return WithPath(id, n)
		}
		return n
	}
	all := own(nlri)
	if head := 2; choose(2) == 1 && len(nlri) > head {
		other := join(nlri)
		other[head+choose(len(nlri)-head)] ^= 1 << choose(8)
		all = join([][]byte{nil, all}[choose(2)], own(other)) // beside it, or alone
	}
	if choose(3) == 2 {
		return UpdateOf(nil, Unreach(afi, safi, all), nil)
	}
	return UpdateOf(nil, join(Reach(afi, safi, s.NextHop[:], all), s.dress(3, choose)), nil)
}
