package codec

import (
	"encoding/binary"
	"slices"
	"strconv"
)

// appendText appends the form of a capability in an OPEN's line, as "refresh",
// "mp(ipv4 unicast)" or "CAPABILITY(66)(0x6c6f)".
func (c Capability) appendText(b []byte) []byte {
	i := c.Code.info()
	if i == nil {
		b = append(b, c.Code.String()...)
	} else {
		b = append(b, i.short...)
		if i.text != nil && i.fits(len(c.Value)) {
			b = i.text(append(b, '('), c.Value)
			return append(b, ')')
		}
	}
	if len(c.Value) == 0 {
		return b
	}
	return append(appendHex(append(b, '('), c.Value), ')')
}

func textMultiprotocol(b, v []byte) []byte { return append(b, wideFamily(v).String()...) }

func textAS4(b, v []byte) []byte {
	return strconv.AppendUint(b, uint64(binary.BigEndian.Uint32(v)), 10)
}

var roleNames = [...]string{
	RoleProvider: "provider",
	RoleRS:       "rs",
	RoleRSClient: "rs-client",
	RoleCustomer: "customer",
	RolePeer:     "peer",
}

func roleName(r uint8) string { return nameOf(roleNames[:], int(r), "ROLE") }

func textRole(b, v []byte) []byte { return append(b, roleName(v[0])...) }

var addPathNames = [...]string{
	AddPathReceive: "receive",
	AddPathSend:    "send",
	AddPathBoth:    "send/receive",
}

// String is ExaBGP's name of the mode, or "MODE(77)".
func (m AddPathMode) String() string { return nameOf(addPathNames[:], int(m), "MODE") }

func textAddPath(b, v []byte) []byte {
	return joinEntries(b, v, 4, func(b, e []byte) []byte {
		b = append(b, narrowFamily(e).String()...)
		return append(append(b, ' '), AddPathMode(e[3]).String()...)
	})
}

func textExtendedNextHop(b, v []byte) []byte {
	return joinEntries(b, v, 6, func(b, e []byte) []byte {
		b = append(append(b, wideFamily(e).String()...), " via "...)
		return append(b, AFI(binary.BigEndian.Uint16(e[4:])).String()...)
	})
}

func textGracefulRestart(b, v []byte) []byte {
	g := decodeGracefulRestart(v)
	b = append(strconv.AppendUint(b, uint64(g.Time), 10), 's')
	if g.Restarting {
		b = append(b, " restarting"...)
	}
	if g.Notification {
		b = append(b, " notification"...)
	}
	for _, f := range g.Families {
		b = append(append(b, ", "...), f.Family.String()...)
		if f.Forwarding {
			b = append(b, " forwarding"...)
		}
	}
	return b
}

func textLLGR(b, v []byte) []byte {
	for i, l := range decodeLLGR(v) {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = append(append(b, l.Family.String()...), ' ')
		b = append(strconv.AppendUint(b, uint64(l.StaleTime), 10), 's')
		if l.Forwarding {
			b = append(b, " forwarding"...)
		}
	}
	return b
}

func textFQDN(b, v []byte) []byte {
	host, domain, ok := decodeFQDN(v)
	if !ok {
		return appendHex(b, v)
	}
	b = append(strconv.AppendQuote(b, host), ' ')
	return strconv.AppendQuote(b, domain)
}

func textSoftwareVersion(b, v []byte) []byte {
	s, _, ok := cutString(v)
	if !ok {
		return appendHex(b, v)
	}
	return strconv.AppendQuote(b, string(s))
}

// joinEntries appends the text of each entry of size unit, with commas between.
func joinEntries(b, v []byte, unit int, text func(b, e []byte) []byte) []byte {
	first := true
	for e := range slices.Chunk(v, unit) {
		if !first {
			b = append(b, ", "...)
		}
		b, first = text(b, e), false
	}
	return b
}
