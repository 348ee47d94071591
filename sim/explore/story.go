package explore

import (
	"fmt"
	"net/netip"
	"time"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/sim"
	"github.com/peerloom/peerloom/sim/check"
	"github.com/peerloom/peerloom/speaker"
	"github.com/peerloom/peerloom/speaker/command"
)

// Story is what the runs have in common.
type Story struct {
	Neighbor speaker.Neighbor // it dials
	// ReachLast is the speaker's: MP_REACH_NLRI is the last attribute.
	ReachLast bool
	Clients   []Client
	// Refreshes is how many times the peer may ask for its first family again,
	// Resets how many times the session may end. There is one session more
	// than resets.
	Refreshes, Resets int
	// PlainRefresh: the peer does not advertise enhanced refresh (RFC 7313),
	// even if the neighbor does.
	PlainRefresh bool
}

// Client is an API client.
type Client struct {
	Process string // as in the neighbor's api sections; empty: none, it may do all
	Lines   []string
}

// story is a Story made ready. It never changes.
type story struct {
	Story
	commands [][]speaker.Command // by client
	ops      [][][]check.Op      // by client and line: what the line asks the model to do
	session  check.OutSession
}

// epoch is when each story begins.
func epoch() time.Time { return time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) }

// New makes the state before the first move: the speaker is started and has no
// session. The error says which line can't be explored and why.
func New(c Story) (sim.Node, error) {
	s := &story{Story: c, session: sessionOf(&c)}
	for i, k := range c.Clients {
		var commands []speaker.Command
		var ops [][]check.Op
		for _, line := range k.Lines {
			cmd := command.Parse(line)
			op, err := operations(&cmd)
			if err != nil {
				return nil, fmt.Errorf("client %d: %s: %w", i+1, line, err)
			}
			commands, ops = append(commands, cmd), append(ops, op)
		}
		s.commands, s.ops = append(s.commands, commands), append(s.ops, ops)
	}
	sp, err := speaker.New(speaker.Config{Neighbors: []speaker.Neighbor{c.Neighbor}, ReachLast: c.ReachLast}, nil)
	if err != nil {
		return nil, err
	}
	n := &node{
		story: s, now: epoch(), speaker: sp,
		model:     check.NewOutModel(check.OutConfig{Group: c.Neighbor.GroupUpdates, ManualEOR: c.Neighbor.ManualEOR}),
		clients:   make([]progress, len(c.Clients)),
		refreshes: c.Refreshes, sessions: c.Resets + 1,
	}
	var configured []check.Op
	for _, r := range c.Neighbor.Routes {
		configured = append(configured, check.Op{Kind: check.OpAnnounce, Origin: check.FromConfig, NLRI: r.NLRI, Attrs: r.Attrs})
	}
	n.model.Configure(configured)
	for i, k := range c.Clients {
		n.step(speaker.Input{Kind: speaker.InClientUp, Client: clientID(i), Text: k.Process})
	}
	n.step(speaker.Input{Kind: speaker.InStart})
	return n, nil
}

// clientID numbers the clients from 1.
func clientID(i int) speaker.ClientID { return speaker.ClientID(i + 1) }

// operations is what a command asks of the Adj-RIB-Out.
func operations(c *speaker.Command) ([]check.Op, error) {
	switch {
	case c.Sync:
		return nil, fmt.Errorf("a sync reply hangs on what TCP takes, which is not explored")
	case len(c.Peers) > 0 && !c.Peers[0].Any:
		return nil, fmt.Errorf("there is one neighbor: leave the selector out")
	}
	switch c.Kind {
	case speaker.CmdInvalid:
		return nil, fmt.Errorf("not a command: %s", c.Err)
	case speaker.CmdNone:
		return nil, nil
	case speaker.CmdAnnounce, speaker.CmdWithdraw:
		kind := check.OpAnnounce
		if c.Kind == speaker.CmdWithdraw {
			kind = check.OpWithdraw
		}
		var ops []check.Op
		for _, r := range c.Routes {
			ops = append(ops, check.Op{Kind: kind, Origin: check.FromAPI, NLRI: r.NLRI, Attrs: r.Attrs})
		}
		return ops, nil
	case speaker.CmdFlushOut:
		return []check.Op{{Kind: check.OpFlush}}, nil
	case speaker.CmdClearOut:
		return []check.Op{{Kind: check.OpClear}}, nil
	case speaker.CmdEndOfRIB:
		return []check.Op{{Kind: check.OpEndOfRIB, Family: c.Family}}, nil
	case speaker.CmdRouteRefresh:
		return []check.Op{{Kind: check.OpRouteRefresh, Family: c.Family}}, nil
	}
	return nil, fmt.Errorf("only announce, withdraw, flush, clear adj-rib out, eor and route-refresh are explored")
}

// sessionOf is what a session with a peer that mirrors the neighbor's OPEN
// negotiates. It is written apart from fsm and speaker, which it checks.
func sessionOf(c *Story) check.OutSession {
	n := &c.Neighbor
	o := codec.Options{AS4: n.Caps.AS4, IBGP: n.LocalAS == n.PeerAS, MaxLen: codec.MaxLen}
	if n.Caps.ExtendedMessage {
		o.MaxLen = codec.MaxExtendedLen
	}
	for _, f := range n.Families {
		if n.Caps.AddPath == codec.AddPathBoth && (n.Caps.AddPathFamilies == nil || n.Caps.AddPathFamilies.Has(f)) {
			o.AddPath = append(o.AddPath, f)
		}
	}
	for _, x := range n.Caps.ExtendedNextHop {
		o.ExtendedNextHop = append(o.ExtendedNextHop, x.Family)
	}
	return check.OutSession{
		Families: n.Families, Options: o,
		EnhancedRefresh: n.Caps.RouteRefresh && !c.PlainRefresh,
		Export:          export(n.LocalAS, o.IBGP, n.LocalAddress),
	}
}

// export makes the attributes that a session sends by RFC 4271 §5.1: ORIGIN,
// AS_PATH and NEXT_HOP are mandatory, LOCAL_PREF is for internal peers.
func export(as uint32, internal bool, local netip.Addr) func(codec.Family, codec.Attrs) (codec.Attrs, bool) {
	return func(_ codec.Family, a codec.Attrs) (codec.Attrs, bool) {
		has := func(t codec.AttrType) bool { _, ok := a.Get(t); return ok }
		if hop, ok := a.Get(codec.AttrNextHop); ok && len(hop.Value) == 0 {
			a = a.With(codec.NextHop(local))
		}
		if !has(codec.AttrOrigin) {
			a = a.With(codec.Origin(codec.OriginIGP))
		}
		if !has(codec.AttrASPath) && internal {
			a = a.With(codec.ASPath())
		} else if !has(codec.AttrASPath) {
			a = a.With(codec.ASPath(codec.Segment{Type: codec.ASSequence, AS: []uint32{as}}))
		}
		if !internal {
			return a.Without(codec.AttrLocalPref), true
		}
		if !has(codec.AttrLocalPref) {
			a = a.With(codec.LocalPref(100))
		}
		return a, true
	}
}
