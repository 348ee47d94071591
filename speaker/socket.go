package speaker

import "net/netip"

// Socket is what a neighbor asks of its TCP connections. The zero value asks
// for nothing.
type Socket struct {
	// Interface is the device that connections are bound to (SO_BINDTODEVICE).
	Interface string
	// OutgoingTTL is the TTL (hop limit) of our packets, IncomingTTL the least
	// that one of the peer's may have: 255 at both ends is RFC 5082. 0: as it is.
	OutgoingTTL, IncomingTTL uint8
	// MD5 is the key of RFC 2385, at most 80 octets; empty: none. It is a secret:
	// neither logged nor shown.
	MD5 string
}

// SocketKey is the Socket of the neighbors at one address, or of a range.
type SocketKey struct {
	Peers netip.Prefix
	Socket
}

// Socket is what is asked of a connection between two addresses; the zero value
// where no neighbor is configured for them.
func (s *Speaker) Socket(local, remote netip.AddrPort) Socket {
	if p := s.match(&Input{Local: local, Remote: remote}); p != nil {
		return p.cfg.Socket
	}
	return Socket{}
}

// SocketKeys lists what is asked of the connections that come in at one of the
// addresses of [Speaker.Listen], in configuration order.
func (s *Speaker) SocketKeys(at netip.AddrPort) []SocketKey {
	var l []SocketKey
	for _, p := range s.peers {
		if n := p.cfg; n.Socket != (Socket{}) && n.listens(at) {
			l = append(l, SocketKey{n.prefix(), n.Socket})
		}
	}
	return l
}

// prefix is the addresses that n's peer may have.
func (n *Neighbor) prefix() netip.Prefix {
	if n.Range.IsValid() {
		return n.Range
	}
	return netip.PrefixFrom(n.PeerAddress, n.PeerAddress.BitLen())
}

// listens reports whether n's peer may connect to the listener at.
func (n *Neighbor) listens(at netip.AddrPort) bool {
	return n.PeerAddress.Is4() == at.Addr().Is4() &&
		(at.Addr().IsUnspecified() || !n.LocalAddress.IsValid() || n.LocalAddress == at.Addr())
}
