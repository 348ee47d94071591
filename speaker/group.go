package speaker

import (
	"encoding/binary"
	"fmt"

	"github.com/peerloom/peerloom/rib"
)

// maxGroup bounds the routes that wait in a client's open group; above it a
// command is refused.
const maxGroup = 65536

// hold puts a command into the client's open group; false: it is not one that
// waits.
func (k *client) hold(c *Command) (Reply, bool) {
	if !k.grouping || c.Kind != CmdAnnounce && c.Kind != CmdWithdraw {
		return Reply{}, false
	}
	if k.grouped+len(c.Routes) > maxGroup {
		return Reply{Err: fmt.Sprintf("a group holds at most %d routes: end it with group end", maxGroup)}, true
	}
	k.grouped += len(c.Routes)
	k.group = append(k.group, *c)
	return Reply{OK: true}, true
}

func (k *client) dropGroup() { k.grouping, k.group, k.grouped = false, nil, 0 }

func (b *batch) groupStart(*Command, []int) Reply {
	if b.client.grouping {
		return Reply{Err: "a group is open already: end it with group end, or drop it with reset"}
	}
	b.client.grouping = true
	return Reply{OK: true, Value: &GroupReply{Started: true}}
}

func (b *batch) groupEnd(*Command, []int) Reply {
	if !b.client.grouping {
		return Reply{Err: "no group is open: write group start first"}
	}
	commands := b.client.group
	b.client.dropGroup()
	return b.applyGroup(commands)
}

func (b *batch) group(c *Command, _ []int) Reply { return b.applyGroup(c.Group) }

// applyGroup puts the routes of commands into the batch so that those with
// equal attributes share an UPDATE.
func (b *batch) applyGroup(commands []Command) Reply {
	r := &GroupReply{}
	for i := range commands {
		c := &commands[i]
		op, n := rib.Op{Kind: rib.OpAnnounce, Origin: rib.FromAPI, Group: true}, &r.Announced
		if c.Kind == CmdWithdraw {
			op.Kind, n = rib.OpWithdraw, &r.Withdrawn
		}
		peers := b.peersOf(c)
		for _, x := range c.Routes {
			op.NLRI, op.Attrs = x.NLRI, x.Attrs
			b.add(peers, op)
			*n++
		}
	}
	return Reply{OK: true, Value: r}
}

func (b *batch) clientReset(*Command, []int) Reply {
	b.client.dropGroup()
	return Reply{OK: true}
}

func (b *batch) queueStatus(*Command, []int) Reply {
	r := &QueueReply{Replies: len(b.client.waiting), Group: len(b.client.group)}
	for _, i := range b.open {
		p := b.s.peers[i]
		q := NeighborQueue{Peer: p.cfg.PeerAddress, Queued: p.out.Queued()}
		if p.up != nil {
			q.Bytes = p.up.queued - p.up.taken
		}
		r.Neighbors = append(r.Neighbors, q)
	}
	return Reply{OK: true, Value: r}
}

// appendGroup appends the open group to the client's state.
func (k *client) appendGroup(b []byte) []byte {
	b = append(b, flag(k.grouping))
	b = binary.AppendUvarint(b, uint64(len(k.group)))
	for i := range k.group {
		c := &k.group[i]
		b = append(b, byte(c.Kind))
		for _, s := range c.Peers {
			b = fmt.Appendf(b, "%v", s)
		}
		for _, r := range c.Routes {
			b = fmt.Appendf(b, "%v %v;", r.NLRI, r.Attrs)
		}
	}
	return b
}
