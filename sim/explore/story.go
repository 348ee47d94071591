package explore

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/sim"
	"github.com/peerloom/peerloom/sim/check"
	"github.com/peerloom/peerloom/sim/world"
	"github.com/peerloom/peerloom/speaker"
	"github.com/peerloom/peerloom/speaker/command"
)

// Story is what the runs have in common.
type Story struct {
	Neighbor speaker.Neighbor // it dials
	// ExaBGP is the speaker's: see speaker.Config.
	ExaBGP  bool
	Clients []Client
	// Refreshes is how many times the peer may ask for a refresh,
	// Resets how many times the session may end. There is one session more
	// than resets.
	Refreshes, Resets int
	// Without are capabilities that the peer lacks. It mirrors the others of the
	// neighbor's OPEN.
	Without []codec.CapCode
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
	switch {
	case c.Neighbor.Passive:
		return nil, errors.New("the neighbor is passive: let it dial")
	case slices.Contains(c.Without, codec.CapMultiprotocol):
		return nil, errors.New("a peer without multiprotocol is not explored")
	}
	s := &story{Story: c, session: sessionOf(&c)}
	for i, k := range c.Clients {
		var commands []speaker.Command
		var ops [][]check.Op
		for _, line := range k.Lines {
			cmd := command.Parse(line)
			op, err := operations(&cmd)
			if err != nil {
				return nil, fmt.Errorf("%s: %s: %w", c.who(i), line, err)
			}
			commands, ops = append(commands, cmd), append(ops, op)
		}
		s.commands, s.ops = append(s.commands, commands), append(s.ops, ops)
	}
	sp, err := speaker.New(speaker.Config{Neighbors: []speaker.Neighbor{c.Neighbor}, ExaBGP: c.ExaBGP}, nil)
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
	both := func(ours bool, code codec.CapCode) bool { return ours && !slices.Contains(c.Without, code) }
	o := codec.Options{AS4: both(n.Caps.AS4, codec.CapAS4), IBGP: n.LocalAS == c.peerAS(), MaxLen: codec.MaxLen}
	if both(n.Caps.ExtendedMessage, codec.CapExtendedMessage) {
		o.MaxLen = codec.MaxExtendedLen
	}
	for _, f := range n.Families {
		listed := n.Caps.AddPathFamilies == nil || n.Caps.AddPathFamilies.Has(f)
		if both(n.Caps.AddPath == codec.AddPathBoth && listed, codec.CapAddPath) {
			o.AddPath = append(o.AddPath, f)
		}
	}
	for _, x := range n.Caps.ExtendedNextHop {
		if both(true, codec.CapExtendedNextHop) {
			o.ExtendedNextHop = append(o.ExtendedNextHop, x.Family)
		}
	}
	s := check.OutSession{
		Families: n.Families, Options: o,
		EnhancedRefresh: both(n.Caps.RouteRefresh, codec.CapEnhancedRefresh),
		RouteRefresh:    !slices.Contains(c.Without, codec.CapRouteRefresh),
		LinkLocal:       both(n.Caps.LinkLocalNextHop, codec.CapLinkLocalNextHop),
	}
	s.Export = world.Export(n, s, n.LocalAddress)
	return s
}

// peerAS is the AS of the peer; that of the speaker where any will do.
func (c *Story) peerAS() uint32 {
	if c.Neighbor.PeerAS == 0 {
		return c.Neighbor.LocalAS
	}
	return c.Neighbor.PeerAS
}

// CanRefresh reports whether the peer may ask for a refresh (RFC 2918): both
// ends have the capability.
func (c *Story) CanRefresh() bool {
	return c.Neighbor.Caps.RouteRefresh && !slices.Contains(c.Without, codec.CapRouteRefresh)
}

// who is a client's name in a tale.
func (c *Story) who(i int) string {
	if p := c.Clients[i].Process; p != "" {
		return p
	}
	return fmt.Sprintf("client %d", i+1)
}
