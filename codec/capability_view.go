package codec

import (
	"encoding/binary"
	"slices"
)

// Views on an OPEN's capabilities. All tolerate duplicates, as RFC 5492 §4 says:
// lists are joined, and of two entries for one family the later counts; of
// single values the last counts (RFC 4724 §3 says so, the others say nothing).
// A malformed capability, which only a hand-made Open can have, is not there.

// Has reports whether o carries capability c, of any value.
func (o *Open) Has(c CapCode) bool {
	return slices.ContainsFunc(o.Caps, func(x Capability) bool { return x.Code == c })
}

// last is the value of the last well-formed capability c.
func (o *Open) last(c CapCode) ([]byte, bool) {
	for i := len(o.Caps) - 1; i >= 0; i-- {
		if o.Caps[i].Code == c {
			if v, ok := o.Caps[i].wellFormed(); ok {
				return v, true
			}
		}
	}
	return nil, false
}

// each calls f with the entries of size unit of all capabilities c, in order.
func (o *Open) each(c CapCode, unit int, f func(v []byte)) {
	for _, x := range o.Caps {
		if x.Code != c {
			continue
		}
		if v, ok := x.wellFormed(); ok {
			for e := range slices.Chunk(v, unit) {
				f(e)
			}
		}
	}
}

// AS4 is the AS number of capability 65 (RFC 6793 §3).
func (o *Open) AS4() (uint32, bool) {
	v, ok := o.last(CapAS4)
	if !ok {
		return 0, false
	}
	return binary.BigEndian.Uint32(v), true
}

// Families is the set of families of the multiprotocol capabilities, and IPv4
// unicast when there is none (RFC 4760 §8).
func (o *Open) Families() FamilySet {
	var s FamilySet
	o.each(CapMultiprotocol, 4, func(v []byte) { s = append(s, wideFamily(v)) })
	if s == nil {
		return FamilySet{IPv4Unicast}
	}
	slices.Sort(s)
	return slices.Compact(s)
}

// AddPath is the families of capability 69 in the order of their first mention.
// An instance with a Send/Receive value other than 1, 2 and 3 is ignored
// (RFC 7911 §4).
func (o *Open) AddPath() []AddPathFamily {
	var out []AddPathFamily
	for _, c := range o.Caps {
		v, ok := c.wellFormed()
		if c.Code != CapAddPath || !ok || !addPathUnderstood(v) {
			continue
		}
		for e := range slices.Chunk(v, 4) {
			a := AddPathFamily{narrowFamily(e), AddPathMode(e[3])}
			out = put(out, a, func(x AddPathFamily) bool { return x.Family == a.Family })
		}
	}
	return out
}

// addPathUnderstood is RFC 7911 §4: "If any other value is received, then the
// capability SHOULD be treated as not understood and ignored".
func addPathUnderstood(v []byte) bool {
	for e := range slices.Chunk(v, 4) {
		if m := AddPathMode(e[3]); m < AddPathReceive || m > AddPathBoth {
			return false
		}
	}
	return true
}

// ExtendedNextHop is the entries of capability 5, each once, in order.
func (o *Open) ExtendedNextHop() []NextHopFamily {
	var out []NextHopFamily
	o.each(CapExtendedNextHop, 6, func(v []byte) {
		n := NextHopFamily{wideFamily(v), AFI(binary.BigEndian.Uint16(v[4:]))}
		out = put(out, n, func(x NextHopFamily) bool { return x == n })
	})
	return out
}

// GracefulRestart is the last capability 64: "the receiver of the advertisement
// MUST ignore all but the last instance" (RFC 4724 §3).
func (o *Open) GracefulRestart() (GracefulRestart, bool) {
	v, ok := o.last(CapGracefulRestart)
	if !ok {
		return GracefulRestart{}, false
	}
	return decodeGracefulRestart(v), true
}

func decodeGracefulRestart(v []byte) GracefulRestart {
	head := binary.BigEndian.Uint16(v)
	g := GracefulRestart{
		Restarting:   head&restartBit != 0,
		Notification: head&notificationBit != 0,
		Time:         head & maxRestartTime,
	}
	for e := range slices.Chunk(v[2:], 4) {
		f := RestartFamily{narrowFamily(e), e[3]&forwardingBit != 0}
		g.Families = put(g.Families, f, func(x RestartFamily) bool { return x.Family == f.Family })
	}
	return g
}

// LLGR is the families of the last capability 71. RFC 9494 §3.1 has it ignored
// where the OPEN has no graceful restart capability, and so is it here.
func (o *Open) LLGR() []LLGRFamily {
	v, ok := o.last(CapLLGR)
	if !ok || !o.Has(CapGracefulRestart) {
		return nil
	}
	return decodeLLGR(v)
}

func decodeLLGR(v []byte) []LLGRFamily {
	var out []LLGRFamily
	for e := range slices.Chunk(v, 7) {
		l := LLGRFamily{
			Family:     narrowFamily(e),
			Forwarding: e[3]&forwardingBit != 0,
			StaleTime:  uint32(e[4])<<16 | uint32(e[5])<<8 | uint32(e[6]),
		}
		out = put(out, l, func(x LLGRFamily) bool { return x.Family == l.Family })
	}
	return out
}

// FQDN is the host and domain name of capability 73 as the peer wrote them:
// any octets. It is false when there is none or it is cut short.
func (o *Open) FQDN() (host, domain string, ok bool) {
	v, ok := o.last(CapFQDN)
	if !ok {
		return "", "", false
	}
	return decodeFQDN(v)
}

func decodeFQDN(v []byte) (host, domain string, ok bool) {
	h, rest, ok := cutString(v)
	if !ok {
		return "", "", false
	}
	d, _, ok := cutString(rest)
	if !ok {
		return "", "", false
	}
	return string(h), string(d), true
}

// SoftwareVersion is the text of capability 75 as the peer wrote it: any octets.
// It is false when there is none or it is cut short.
func (o *Open) SoftwareVersion() (string, bool) {
	v, ok := o.last(CapSoftwareVersion)
	if !ok {
		return "", false
	}
	s, _, ok := cutString(v)
	return string(s), ok
}

// Role is the value of capability 9 (RFC 9234 §4.1).
func (o *Open) Role() (uint8, bool) {
	v, ok := o.last(CapRole)
	if !ok {
		return 0, false
	}
	return v[0], true
}

// cutString cuts a string with a length octet in front of it off v.
func cutString(v []byte) (s, rest []byte, ok bool) {
	if len(v) == 0 || int(v[0]) > len(v)-1 {
		return nil, nil, false
	}
	n := 1 + int(v[0])
	return v[1:n], v[n:], true
}

// put sets the element of s that is the same as v, or appends it.
func put[T any](s []T, v T, same func(T) bool) []T {
	if i := slices.IndexFunc(s, same); i >= 0 {
		s[i] = v
		return s
	}
	return append(s, v)
}

// wideFamily reads AFI, a reserved octet and SAFI.
func wideFamily(v []byte) Family {
	return MakeFamily(AFI(binary.BigEndian.Uint16(v)), SAFI(v[3]))
}

// narrowFamily reads AFI and SAFI.
func narrowFamily(v []byte) Family {
	return MakeFamily(AFI(binary.BigEndian.Uint16(v)), SAFI(v[2]))
}
