package world

import (
	"net/netip"
	"slices"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/netsim"
)

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

// forgets leaves out of an OPEN what a script or a fault says. The capability of
// 4-octet AS numbers stays where the number needs it.
func (p *peer) forgets(mine *codec.Open) {
	mine.Caps = slices.DeleteFunc(slices.Clone(mine.Caps), func(c codec.Capability) bool { return c.Code == p.forgot && p.forgot != 0 })
	if len(mine.Caps) == 0 || p.w.healed || !p.w.knobs.Forgets.Draw(p.w.src, LabelForgets) {
		return
	}
	i := len(mine.Caps) - 1 - p.w.src.Choose(LabelForgets, len(mine.Caps))
	if mine.Caps[i].Code != codec.CapAS4 || mine.AS != codec.ASTrans {
		mine.Caps = slices.Delete(mine.Caps, i, i+1)
	}
}

// dialToo opens a connection beside those that there are, so that two collide
// (RFC 4271 §6.8).
func (p *peer) dialToo(remote netip.AddrPort) {
	if p.down {
		return
	}
	local := netip.AddrPortFrom(p.Address, 0)
	if nc, err := p.w.dial(local, remote, p); err == nil {
		p.conns = append(p.conns, &peerConn{nc: nc})
	}
}

func (p *peer) runs() bool { return !p.down }

// fall ends the peer; its script waits.
func (p *peer) fall(power bool) {
	conns := make([]netsim.Conn, len(p.conns))
	for i, c := range p.conns {
		conns[i] = c.nc
	}
	p.w.leave(p, conns, power)
	p.conns, p.down = nil, true
}

// rise starts the peer again; it has no state to keep.
func (p *peer) rise(bool) {
	p.w.back(p)
	p.down = false
	if p.Dial.IsValid() {
		p.dial()
		return
	}
	if err := p.w.listen(netip.AddrPortFrom(p.Address, p.Port), p); err != nil {
		panic("world: restart of a peer: " + err.Error())
	}
}
