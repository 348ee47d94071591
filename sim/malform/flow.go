package malform

import "fmt"

// flows are flow specifications of IPv4 (RFC 8955), most of them about their
// length: of one octet below 240, of two from there on (§4.1).
func flows(s *Session) []Case {
	const safi, rfc = 133, "RFC 8955 §4.1"
	base := s.base(3)
	reach := func(name string, w Want, nlri func() []byte) Case {
		return row("family/flow-"+name, rfc, w, func() []byte {
			return UpdateOf(nil, join(base, Reach(afiIPv4, safi, nil, nlri())), nil)
		})
	}
	raw := func(b ...byte) func() []byte { return func() []byte { return b } }
	l := []Case{
		reach("length-overrun", update(9), raw(9, 1, 24, 198, 51, 100)),
		reach("long-length-overrun", update(9), raw(0xf1, 0, 1, 24, 198, 51, 100)),
		reach("long-length-cut", update(9), raw(0xf0)),
		reach("240-in-1-octet", update(9), func() []byte { return join([]byte{240}, flowOf(240)) }),
	}
	for _, x := range []struct {
		name string
		want Treatment
		flow []byte
	}{
		{"in-order", Accept, []byte{1, 24, 198, 51, 100, 2, 8, 10}},
		{"out-of-order", Withdraw, []byte{2, 8, 10, 1, 24, 198, 51, 100}},
		{"component-twice", Withdraw, []byte{1, 24, 198, 51, 100, 1, 8, 10}},
		{"protocol-twice", Withdraw, []byte{3, 0x81, 6, 3, 0x81, 17}},
	} {
		l = append(l, row("family/flow-"+x.name, "RFC 8955 §4.2", treat(x.want), func() []byte {
			return s.announce(base, Attr(Transitive, 3, s.NextHop[:]), Reach(afiIPv4, safi, nil, []byte{byte(len(x.flow))}, x.flow))
		}))
	}
	for _, size := range []int{239, 240, 241, 255, 256, 4000} {
		nlri := func() []byte {
			if size < 0xf0 {
				return join([]byte{byte(size)}, flowOf(size))
			}
			return join(u16(0xf000|size), flowOf(size))
		}
		l = append(l, reach(fmt.Sprintf("%d-octets", size), treat(Ignore), nlri))
		if size > 256 {
			continue
		}
		l = append(l,
			reach(fmt.Sprintf("%d-octets-between", size), treat(Ignore), func() []byte { return join([]byte{5}, flowOf(5), nlri(), []byte{6}, flowOf(6)) }),
			row(fmt.Sprintf("family/flow-withdraw-%d-octets", size), rfc, treat(Ignore), func() []byte {
				return UpdateOf(nil, Unreach(afiIPv4, safi, nlri()), nil)
			}))
	}
	return l
}

// flowOf is the components of a flow specification of so many octets, 5 at least: a
// destination, and ports.
func flowOf(octets int) []byte {
	const end, equal, two = 0x80, 0x01, 0x10
	if octets == 5 {
		return []byte{1, 24, 198, 51, 100}
	}
	if octets == 6 {
		return []byte{1, 25, 198, 51, 100, 128}
	}
	b := []byte{1, 24, 198, 51, 100, 5}
	if (octets-len(b))%2 == 1 {
		b = append(b, two|equal, 0x1f, 0x90)
	}
	for n := byte(1); len(b) < octets; n++ {
		b = append(b, equal, n)
	}
	b[octets-2] |= end
	return b
}
