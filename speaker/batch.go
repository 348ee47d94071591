package speaker

import (
	"cmp"
	"slices"
	"time"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/fsm"
	"github.com/peerloom/peerloom/rib"
)

// batch is one client's commands while they are being applied. All that they
// do to one Adj-RIB-Out is one batch of it.
type batch struct {
	s      *Speaker
	now    time.Time
	client *client
	ops    [][]rib.Op // by peer
	open   []int      // the peers of a command without selectors
	out    []Action
	// later are resets and the like: they strike after the routes are applied.
	later []func()
}

// verb carries out one kind of command for the peers that it selects.
type verb struct {
	apply func(b *batch, c *Command, peers []int) Reply
	// global: the command is not about neighbors, selects none and fails for
	// none.
	global bool
}

var verbs = [...]verb{
	CmdInvalid:      {func(_ *batch, c *Command, _ []int) Reply { return Reply{Err: c.Err} }, true},
	CmdNone:         {func(*batch, *Command, []int) Reply { return Reply{OK: true} }, true},
	CmdAnnounce:     {(*batch).routes, false},
	CmdWithdraw:     {(*batch).routes, false},
	CmdFlushOut:     {(*batch).flush, false},
	CmdClearOut:     {(*batch).clearOut, false},
	CmdClearIn:      {(*batch).clearIn, false},
	CmdEndOfRIB:     {(*batch).endOfRIB, false},
	CmdRouteRefresh: {(*batch).routeRefresh, false},
	CmdShowIn:       {(*batch).showRoutes, false},
	CmdShowOut:      {(*batch).showRoutes, false},
	CmdShowNeighbor: {(*batch).showNeighbor, false},
	CmdShowMetrics:  {(*batch).showMetrics, true},
	CmdTeardown:     {(*batch).teardown, false},
	CmdShutdown:     {(*batch).shutdown, true},
	CmdReload:       {(*batch).reload, true},
	CmdRestart:      {(*batch).restart, true},
	CmdVersion:      {(*batch).version, true},
	CmdPing:         {(*batch).ping, true},
	CmdStatus:       {(*batch).status, true},
	CmdHelp:         {(*batch).help, true},
	CmdWatchdog:     {(*batch).watchdog, false},

	CmdCreateNeighbor: {(*batch).create, true},
	CmdDeleteNeighbor: {(*batch).remove, false},
	CmdGroupStart:     {(*batch).groupStart, true},
	CmdGroupEnd:       {(*batch).groupEnd, true},
	CmdGroup:          {(*batch).group, false},
	CmdReset:          {(*batch).clientReset, true},
	CmdQueueStatus:    {(*batch).queueStatus, true},
	CmdOperational:    {(*batch).operational, false},
}

// batch applies a client's commands atomically and answers them in order.
func (s *Speaker) batch(now time.Time, id ClientID, commands []Command, out []Action) []Action {
	c := s.client(id)
	if c == nil {
		return s.log(nil, LevelWarn, out, "commands of client %d, which is not there", id)
	}
	b := &batch{s: s, now: now, client: c, ops: make([][]rib.Op, len(s.peers)), out: out, open: s.selected(c, nil)}
	first := len(c.waiting)
	for i := range commands {
		b.command(&commands[i])
	}
	tickets := make([]rib.Ticket, len(s.peers))
	for i, p := range s.peers {
		if len(b.ops[i]) > 0 {
			tickets[i] = p.out.Apply(b.ops[i])
			if slices.ContainsFunc(b.ops[i], func(op rib.Op) bool { return op.Kind == rib.OpFlush }) {
				s.time(now, p, false, tickets[i])
			}
			b.out = s.wake(p, b.out)
		}
	}
	b.sync(c.waiting[first:], commands, tickets)
	for _, f := range b.later {
		f()
	}
	return b.out
}

func (b *batch) command(c *Command) {
	v := verbs[c.Kind]
	var r Reply
	peers := b.peersOf(c)
	if !v.global && len(peers) == 0 {
		r.Err = "no neighbor matches the selector"
		if len(c.Peers) == 0 {
			r.Err = "no neighbor is open to this client: name it in an api section's processes"
		}
	} else if held, ok := b.client.hold(c); ok {
		r = held
	} else {
		r = v.apply(b, c, peers)
	}
	r.ID, r.Quiet, r.JSON = c.ID, c.Quiet, c.JSON
	b.client.waiting = append(b.client.waiting, waiter{reply: r})
}

// peersOf is the neighbors that a command is about.
func (b *batch) peersOf(c *Command) []int {
	if len(c.Peers) == 0 {
		return b.open
	}
	return b.s.selected(b.client, c.Peers)
}

// sync lets the replies of sync commands wait for the wire.
func (b *batch) sync(waiting []waiter, commands []Command, tickets []rib.Ticket) {
	for i := range waiting {
		w := &waiting[i]
		if !commands[i].Sync || !w.reply.OK {
			continue
		}
		up := false
		for j, p := range b.s.peers {
			if p.up == nil || !b.s.isSelected(p, b.client, commands[i].Peers) {
				continue
			}
			up = true
			if len(b.ops[j]) > 0 {
				w.places = append(w.places, place{p.up.conn, tickets[j]})
			}
		}
		switch {
		case len(w.places) > 0:
			w.deadline = b.now.Add(syncTimeout)
		case !up:
			w.fail("no session is up")
		} // else it has caused nothing that is to be sent: a watchdog without routes, say
	}
}

// add puts an operation into the batches of peers.
func (b *batch) add(peers []int, op rib.Op) {
	for _, i := range peers {
		b.ops[i] = append(b.ops[i], op)
	}
}

func (b *batch) routes(c *Command, peers []int) Reply {
	kind := rib.OpAnnounce
	if c.Kind == CmdWithdraw {
		kind = rib.OpWithdraw
	}
	for _, r := range c.Routes {
		b.add(peers, rib.Op{Kind: kind, Origin: rib.FromAPI, NLRI: r.NLRI, Attrs: r.Attrs})
		if kind == rib.OpAnnounce {
			b.warn(peers, &r)
		}
	}
	return Reply{OK: true}
}

// warn logs that a route is wanted but can't be announced in a session that is
// up, for its next hop.
func (b *batch) warn(peers []int, r *Route) {
	for _, i := range peers {
		p := b.s.peers[i]
		if p.up == nil {
			continue
		}
		n := p.up.fsm.Negotiated()
		if f := r.NLRI.Family; n.Families.Has(f) && !allowsNextHop(f, r.Attrs, p.up.local.Addr(), n.Send.ExtendedNextHop.Has(f)) {
			b.out = b.s.log(p, LevelWarn, b.out, "%v %v is not announced: its next hop is missing, or of an address family that this session has not negotiated for it (RFC 8950)", f, r.NLRI)
		}
	}
}

func (b *batch) flush(_ *Command, peers []int) Reply {
	b.add(peers, rib.Op{Kind: rib.OpFlush})
	return Reply{OK: true}
}

func (b *batch) clearOut(_ *Command, peers []int) Reply {
	b.add(peers, rib.Op{Kind: rib.OpClear})
	return Reply{OK: true}
}

func (b *batch) clearIn(_ *Command, peers []int) Reply {
	for _, i := range peers {
		b.s.peers[i].in.Clear()
	}
	return Reply{OK: true}
}

func (b *batch) endOfRIB(c *Command, peers []int) Reply {
	return b.barrier(peers, rib.Op{Kind: rib.OpEndOfRIB, Family: c.Family})
}

// routeRefresh asks those for their routes that can be asked: "only if it has
// received the Route Refresh Capability" (RFC 2918 §4).
func (b *batch) routeRefresh(c *Command, peers []int) Reply {
	up, able := false, []int(nil)
	for _, i := range peers {
		if p := b.s.peers[i]; p.up != nil {
			up = true
			if p.up.fsm.Negotiated().PeerOpen.Has(codec.CapRouteRefresh) {
				able = append(able, i)
			}
		}
	}
	if up && able == nil {
		return Reply{Err: "no neighbor that is up offered the route refresh capability"}
	}
	return b.barrier(able, rib.Op{Kind: rib.OpRouteRefresh, Family: c.Family})
}

func (b *batch) barrier(peers []int, op rib.Op) Reply {
	if !slices.ContainsFunc(peers, func(i int) bool { return b.s.peers[i].up != nil }) {
		return Reply{Err: "no session is up"}
	}
	b.add(peers, op)
	return Reply{OK: true}
}

// teardown resets sessions with Cease; they come back.
func (b *batch) teardown(c *Command, peers []int) Reply {
	b.reset(peers, ceaseOf(c.Subcode, c.Text))
	return Reply{OK: true}
}

// ceaseOf is the Cease that a command asks for. Without a text it says the name of
// its subcode, as ExaBGP's does: behind its length where there is a shutdown
// communication (RFC 9003 §2), else bare. The data of subcode 1 and of a Hard Reset
// is something else (RFC 4486 §4, RFC 8538 §3.1), and stays empty.
func ceaseOf(subcode uint8, text string) codec.Notification {
	name := codec.SubcodeName(codec.CodeCease, subcode)
	switch {
	case subcode == codec.CeaseShutdown || subcode == codec.CeaseReset:
		return codec.Shutdown(subcode, cmp.Or(text, name))
	case subcode >= codec.CeaseDeconfigured && subcode <= codec.CeaseOutOfResources:
		return codec.Notification{Code: codec.CodeCease, Subcode: subcode, Data: []byte(name)}
	}
	return codec.Notification{Code: codec.CodeCease, Subcode: subcode}
}

func (b *batch) reset(peers []int, cease codec.Notification) {
	// Not their indexes: a neighbor that the batch deletes goes first.
	list := make([]*peer, len(peers))
	for k, i := range peers {
		list[k] = b.s.peers[i]
	}
	b.later = append(b.later, func() {
		for _, p := range list {
			if p.gone {
				continue
			}
			for _, c := range p.sessions {
				if c != nil {
					b.out = b.s.step(b.now, c, fsm.Input{Event: fsm.AutomaticStop, Stop: cease}, b.out)
				}
			}
			if p.limited {
				p.limited = false
				b.out = b.s.startPeer(b.now, p, b.out)
			}
		}
	})
}

func (b *batch) shutdown(c *Command, _ []int) Reply {
	b.later = append(b.later, func() { b.out = b.s.answer(b.out); b.out = b.s.stop(b.now, c.Text, b.out) })
	return Reply{OK: true, Value: &ProgressReply{"shutdown"}}
}

func (b *batch) reload(*Command, []int) Reply {
	b.out = append(b.out, Action{Kind: ActReload})
	return Reply{OK: true, Value: &ProgressReply{"reload"}}
}

// restart resets every session as a peer that is configured anew would be.
func (b *batch) restart(*Command, []int) Reply {
	all := make([]int, len(b.s.peers))
	for i := range all {
		all[i] = i
	}
	b.reset(all, ceaseOf(codec.CeaseDeconfigured, ""))
	return Reply{OK: true, Value: &ProgressReply{"restart"}}
}

func (b *batch) version(*Command, []int) Reply {
	return Reply{OK: true, Value: &VersionReply{b.s.config.SoftwareVersion}}
}

func (b *batch) ping(c *Command, _ []int) Reply {
	return Reply{OK: true, Value: &PingReply{UUID: b.s.config.UUID, Text: c.Text == "text"}}
}

func (b *batch) status(*Command, []int) Reply {
	cfg := &b.s.config
	r := &StatusReply{Version: cfg.SoftwareVersion, UUID: cfg.UUID, PID: cfg.PID, Uptime: b.now.Sub(b.s.started)}
	for _, p := range b.s.peers {
		if p.cfg.Range.IsValid() {
			continue
		}
		r.Neighbors++
		if p.up != nil {
			r.Established++
		}
	}
	return Reply{OK: true, Value: r}
}

func (b *batch) help(*Command, []int) Reply { return Reply{OK: true, Value: &HelpReply{}} }
