package speaker

import (
	"net/netip"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/fsm"
	"github.com/peerloom/peerloom/rib"
)

// operational: both ends offered the capability. What such a message says is
// for the clients to hear; the session takes no notice of it.
func operational(n *fsm.Negotiated) bool {
	return n.LocalOpen.Has(codec.CapOperational) && n.PeerOpen.Has(codec.CapOperational)
}

// operationalOp queues o for p; without a router identifier it has ours.
func (p *peer) operationalOp(o codec.Operational) rib.Op {
	if !o.RouterID.IsValid() || o.RouterID == netip.IPv4Unspecified() {
		o.RouterID = p.cfg.RouterID
	}
	return rib.Op{Kind: rib.OpRaw, Raw: codec.AppendOperational(nil, o)}
}

// advise queues what the configuration has p told once a session.
func (p *peer) advise(n *fsm.Negotiated) {
	if !operational(n) || len(p.cfg.Operational) == 0 {
		return
	}
	ops := make([]rib.Op, 0, len(p.cfg.Operational))
	for _, o := range p.cfg.Operational {
		ops = append(ops, p.operationalOp(o))
	}
	p.out.Apply(ops)
}

// operational sends an OPERATIONAL to the selected neighbors that negotiated
// it.
func (b *batch) operational(c *Command, peers []int) Reply {
	sent := false
	for _, i := range peers {
		p := b.s.peers[i]
		if p.up != nil && operational(p.up.fsm.Negotiated()) {
			b.ops[i] = append(b.ops[i], p.operationalOp(*c.Operational))
			sent = true
		}
	}
	if !sent {
		return Reply{Err: "no session is up that negotiated OPERATIONAL: write capability { operational; } at both ends"}
	}
	return Reply{OK: true}
}
