package world

import "net/netip"

// identifier is the BGP Identifier of the peer's OPEN: the speaker's with the
// last octet plus one, unless its script or a fault says otherwise.
func (p *peer) identifier(speaker netip.Addr) netip.Addr {
	switch {
	case p.clashes || !p.w.healed && p.w.knobs.IDClash.Draw(p.w.src, LabelIDClash):
		return speaker
	case p.id.IsValid():
		return p.id
	}
	id := speaker.As4()
	id[3]++
	return netip.AddrFrom4(id)
}

// dialToo opens a connection beside those that there are, so that two collide
// (RFC 4271 §6.8).
func (p *peer) dialToo(remote netip.AddrPort) {
	local := netip.AddrPortFrom(p.Address, 0)
	if nc, err := p.w.dial(local, remote, p); err == nil {
		p.conns = append(p.conns, &peerConn{nc: nc})
	}
}
