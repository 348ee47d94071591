package malform

import "encoding/binary"

// Route fields that [Traffic] chooses from: few, so that routes meet.
const (
	trafficRoutes = 6
	trafficPaths  = 3
)

// Traffic is one valid message that a peer may send at any time: announcements
// and withdrawals of a few routes, in every field that can carry them, and BoRR,
// EoRR and End-of-RIB. choose answers in [0, n); all 0 is an announcement of one
// route.
func Traffic(s *Session, choose func(n int) int) []byte {
	if choose(12) == 11 {
		return crowd(s, choose)
	}
	kinds := []func(*Session, func(int) int) []byte{
		announceSome, withdrawSome, announceSome, exchange, withdrawSome, announceMP, endOfRIB, refreshBracket, announceSome,
	}
	return kinds[choose(len(kinds))](s, choose)
}

// some is one to three NLRI of IPv4 unicast.
func (s *Session) some(choose func(int) int) []byte {
	var b []byte
	for range 1 + choose(3) {
		i := choose(trafficRoutes)
		n := Prefix(24+i%2, 203, 0, 113, byte(i/2)<<6)
		if s.AddPath {
			n = WithPath(uint32(choose(trafficPaths)), n)
		}
		b = join(b, n)
	}
	return b
}

// crowd announces or withdraws a good part of more routes than the others speak of: a
// table of them grows and shrinks.
func crowd(s *Session, choose func(int) int) []byte {
	const routes, one = 48, 16
	var b []byte
	from, step := choose(routes), 1+choose(3)
	for i := range one {
		k := (from + i*step) % routes
		n := Prefix(32, 203, 0, 113, byte(k))
		if s.AddPath {
			n = WithPath(uint32(1+k%4), Prefix(32, 203, 0, 113, byte(k/4)))
		}
		b = join(b, n)
	}
	if choose(2) == 1 {
		return UpdateOf(b, nil, nil)
	}
	return UpdateOf(nil, s.dress(0, choose), b)
}

// first chooses the dullest.
func first(int) int { return 0 }

// dress is the attributes of an announcement.
func (s *Session) dress(skip byte, choose func(int) int) []byte {
	b := s.base(skip)
	c := choose(8)
	if c&1 != 0 {
		b = join(b, Attr(Optional, 4, u32(uint32(choose(3)))))
	}
	if c&2 != 0 {
		n, flags := choose(4), byte(Optional|Transitive)
		if n == 3 { // as n 0, but that somebody on the way did not know it (RFC 4271 §5)
			n, flags = 0, flags|Partial
		}
		b = join(b, Attr(flags, 8, u32(0xfbf40000+uint32(n))))
	}
	if c&4 != 0 {
		b = join(b, Attr(Optional|Transitive, 200, []byte{byte(choose(3))}))
	}
	return b
}

func announceSome(s *Session, choose func(int) int) []byte {
	return UpdateOf(nil, s.dress(0, choose), s.some(choose))
}

func withdrawSome(s *Session, choose func(int) int) []byte {
	return UpdateOf(s.some(choose), nil, nil)
}

func exchange(s *Session, choose func(int) int) []byte {
	return UpdateOf(s.some(choose), s.dress(0, choose), s.some(choose))
}

// announceMP announces and withdraws in MP_REACH_NLRI and MP_UNREACH_NLRI.
func announceMP(s *Session, choose func(int) int) []byte {
	if !s.IPv6 {
		n := s.some(choose)
		if choose(2) == 1 {
			return UpdateOf(nil, Unreach(afiIPv4, unicast, n), nil)
		}
		return UpdateOf(nil, join(Reach(afiIPv4, unicast, s.NextHop[:], n), s.dress(3, choose)), nil)
	}
	n := s.route6(48, 0x20, 0x01, 0x0d, 0xb8, 0, byte(choose(trafficRoutes)))
	switch choose(3) {
	case 1:
		return UpdateOf(nil, Unreach(afiIPv6, unicast, n), nil)
	case 2:
		return UpdateOf(nil, join(Reach(afiIPv6, unicast, dead(1), n), s.dress(0, choose)), s.some(choose))
	}
	return UpdateOf(nil, join(s.dress(3, choose), Reach(afiIPv6, unicast, dead(1), n)), nil)
}

func endOfRIB(s *Session, choose func(int) int) []byte {
	if s.IPv6 && choose(2) == 1 {
		return UpdateOf(nil, Unreach(afiIPv6, unicast), nil)
	}
	return UpdateOf(nil, nil, nil)
}

// refreshBracket is BoRR or EoRR; a KEEPALIVE where they were not negotiated.
func refreshBracket(s *Session, choose func(int) int) []byte {
	if !s.Enhanced {
		return Message(Keepalive)
	}
	afi := afiIPv4
	if s.IPv6 && choose(4) == 3 {
		afi = afiIPv6
	}
	return Refresh(afi, byte(1+choose(2)), unicast)
}

// Given is a path attribute in canonical form: AS numbers of four octets.
type Given struct {
	Flags, Type byte
	Value       []byte
}

// Attributes are those of a route that the sender announces: what is given, and
// what a route needs where it is not. mp leaves NEXT_HOP out; hop is its value.
func (s *Session) Attributes(given []Given, mp bool) (block, hop []byte) {
	block, hop = nil, s.NextHop[:]
	for _, g := range given {
		if g.Type == 3 && len(g.Value) > 0 {
			hop = g.Value
		}
	}
	for _, a := range s.mandatory() {
		at := -1
		for i, g := range given {
			if g.Type == a[1] {
				at = i
			}
		}
		switch {
		case a[1] == 3 && mp:
		case a[1] == 3:
			block = join(block, Attr(Transitive, 3, hop))
		case at < 0:
			block = join(block, a)
		case a[1] == 2:
			block = join(block, s.pathOf(given[at].Value))
		default:
			block = join(block, Attr(given[at].Flags, a[1], given[at].Value))
		}
	}
	for _, g := range given {
		switch {
		case g.Type <= 3 || g.Type == 5:
		case g.Type == 7 && !s.AS4:
			block = join(block, Attr(g.Flags, 7, asOctets(false, beUint32(g.Value)), g.Value[4:]), Attr(g.Flags, 18, g.Value))
		default:
			block = join(block, Attr(g.Flags, g.Type, g.Value))
		}
	}
	return block, hop
}

// pathOf is AS_PATH for a value of 4-octet numbers and, where the session has
// 2-octet ones, AS4_PATH (RFC 6793 §4.2.2).
func (s *Session) pathOf(v []byte) []byte {
	if s.AS4 || len(v) == 0 {
		return Attr(Transitive, 2, v)
	}
	var narrow []byte
	for rest := v; len(rest) > 0; {
		n := int(rest[1])
		narrow = join(narrow, rest[:2])
		for i := range n {
			narrow = join(narrow, asOctets(false, beUint32(rest[2+4*i:])))
		}
		rest = rest[2+4*n:]
	}
	return join(Attr(Transitive, 2, narrow), Attr(Optional|Transitive, 17, v))
}

func beUint32(b []byte) uint32 { return binary.BigEndian.Uint32(b) }
