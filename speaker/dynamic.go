package speaker

import (
	"slices"

	"github.com/peerloom/peerloom/codec"
)

// Neighbors that commands create and delete. One that was created outlives
// reloads, unless the configuration names it too: then it is the
// configuration's.

// create adds a neighbor and starts it. Who creates one without naming a
// process sees it itself.
func (b *batch) create(c *Command, _ []int) Reply {
	s, n := b.s, *c.Neighbor
	if n.Connect == 0 {
		n.Connect = s.config.Port
	}
	if len(n.API) == 0 && b.client.name != "" {
		n.API = []API{{Processes: []string{b.client.name}}}
	}
	for _, a := range n.API {
		for _, name := range a.Processes {
			if !slices.ContainsFunc(s.config.Processes, func(p Process) bool { return p.Name == name }) && name != b.client.name {
				return Reply{Err: "process " + name + " is not configured"}
			}
		}
	}
	n.Name = n.identity()
	if err := n.validate(); err != nil {
		return Reply{Err: err.Error()}
	}
	if slices.ContainsFunc(s.peers, func(p *peer) bool { return p.cfg.Name == n.Name && !p.deleted }) {
		return Reply{Err: n.Name + ": is there already"}
	}
	p := s.newPeer(&n)
	p.dynamic = true
	s.peers, b.ops = append(s.peers, p), append(b.ops, nil)
	b.open = s.selected(b.client, nil)
	b.later = append(b.later, func() {
		if s.running && !s.stopping && !p.deleted {
			b.out = s.startPeer(b.now, p, b.out)
		}
	})
	return Reply{OK: true}
}

// remove stops neighbors for good, with Cease/3 (RFC 4486).
func (b *batch) remove(_ *Command, peers []int) Reply {
	s := b.s
	for _, i := range peers {
		p := s.peers[i]
		p.deleted = true
		b.later = append(b.later, func() {
			p.gone = true
			b.out = s.stopPeer(b.now, p, codec.Notification{Code: codec.CodeCease, Subcode: codec.CeaseDeconfigured}, b.out)
			s.forget(p)
			s.peers = slices.DeleteFunc(s.peers, func(q *peer) bool { return q == p })
		})
	}
	b.open = s.selected(b.client, nil)
	return Reply{OK: true}
}
