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
	// AO is the key of RFC 5925; a neighbor has it or an MD5 key, not both.
	AO AOKey
}

// AOKey is a Master Key Tuple of TCP-AO whose KeyID is the same in both directions
// (RFC 5925 §3.1); the zero value is none. Key is a secret like Socket.MD5, of 1 to
// 80 octets.
type AOKey struct {
	ID        uint8
	Algorithm AOAlgorithm
	Key       string
}

// AOAlgorithm makes the MAC, of 96 bits, and the traffic keys.
type AOAlgorithm uint8

// Algorithms: the two that RFC 5926 §3 requires, and one of the kernel's.
const (
	AOHMACSHA1   AOAlgorithm = iota // HMAC-SHA-1-96
	AOAES128CMAC                    // AES-128-CMAC-96
	AOHMACSHA256
)

// Signed reports whether segments have to carry a MAC, of either kind.
func (s *Socket) Signed() bool { return s.MD5 != "" || s.AO != (AOKey{}) }

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
