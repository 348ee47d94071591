package relive

import (
	"errors"
	"slices"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/sim/check"
	"github.com/peerloom/peerloom/sim/world"
	"github.com/peerloom/peerloom/speaker"
	"github.com/peerloom/peerloom/speaker/record"
)

// outbound is one neighbor, with the model of what it must be told.
type outbound struct {
	cfg   *speaker.Neighbor
	model *check.OutModel
	conn  speaker.ConnID // of the session that is up; 0: none
}

// configured begins with models of the neighbors, once: what a second
// configuration does to sessions is not for one side's record to say.
func (r *Run) configured(c *speaker.Config) {
	if r.out != nil {
		r.unjudged("the configuration is read again")
		return
	}
	for i := range c.Neighbors {
		n := &c.Neighbors[i]
		o := &outbound{cfg: n, model: check.NewOutModel(check.OutConfig{Group: n.GroupUpdates, ManualEOR: n.ManualEOR})}
		ops := make([]check.Op, len(n.Routes))
		for k, x := range n.Routes {
			ops[k] = check.Op{Kind: check.OpAnnounce, Origin: check.FromConfig, NLRI: x.NLRI, Attrs: x.Attrs}
			if x.Watchdog != "" {
				r.unjudged("a watchdog holds routes")
			}
		}
		o.model.Configure(ops)
		r.out = append(r.out, o)
		switch {
		case len(n.Operational) > 0:
			r.unjudged("operational messages are configured")
		case n.Range.IsValid():
			r.unjudged("neighbors come by a range")
		}
	}
}

// session notices that the i-th neighbor's session came up or went down.
func (r *Run) session(i int) {
	o, id := r.out[i], r.player.Machine().Established(i)
	if id == o.conn || r.Unjudged != "" {
		return
	}
	o.conn = id
	c := r.conns[id]
	if c == nil {
		o.model.Down()
		return
	}
	s, ok := c.wire.Session()
	if !ok {
		r.unjudged("a session is up that exchanged no OPENs")
		return
	}
	s.Export = world.Export(o.cfg, s, c.in.Local.Addr())
	o.model.Up(s)
}

// refreshes tells the model what the peer asked for.
func (r *Run) refreshes(id speaker.ConnID, c *conn) {
	s, _ := c.wire.Session()
	for _, msg := range c.msgs {
		if codec.TypeOf(msg) != codec.MsgRouteRefresh {
			continue
		}
		m, err := codec.DecodeRouteRefresh(msg)
		if o := r.of(id); o != nil && err == nil && m.Subtype == codec.RefreshRequest && s.Families.Has(m.Family) {
			o.model.Apply([]check.Op{{Kind: check.OpRefresh, Family: m.Family}})
		}
	}
}

// of is the neighbor whose session is up on a connection; nil: none.
func (r *Run) of(id speaker.ConnID) *outbound {
	for _, o := range r.out {
		if o.conn == id {
			return o
		}
	}
	return nil
}

// pulled compares a message of the queue with what must leave next.
func (r *Run) pulled(id speaker.ConnID, msg []byte) {
	o := r.of(id)
	if o == nil || r.Unjudged != "" {
		return
	}
	var v *check.Violation
	if err := o.model.Observe(msg); errors.As(err, &v) {
		r.fail("daemon→"+o.cfg.PeerAddress.String(), v)
	}
}

// batch applies a client's commands to the models of the neighbors that they
// select.
func (r *Run) batch(e *record.Event, commands []speaker.Command) {
	name := r.names[e.Client]
	for _, o := range r.out {
		if name != "" && !slices.ContainsFunc(o.cfg.API, func(a speaker.API) bool { return slices.Contains(a.Processes, name) }) {
			continue
		}
		var wire *check.WireChecker
		if conn := r.conns[o.conn]; conn != nil {
			wire = conn.wire
		}
		var ops []check.Op
		for i := range commands {
			c := &commands[i]
			if !world.Selects(c.Peers, o.cfg) {
				continue
			}
			var known bool
			if ops, known = world.AppendOps(ops, c, wire); !known && (int(c.Kind) >= len(harmless) || !harmless[c.Kind]) {
				r.unjudged("a client uses a command that the model does not know")
			}
		}
		o.model.Apply(ops)
	}
}

// harmless commands are those that change nothing of what peers are told.
var harmless = [...]bool{
	speaker.CmdInvalid: true, speaker.CmdNone: true, speaker.CmdClearIn: true, speaker.CmdShowIn: true, speaker.CmdShowOut: true,
	speaker.CmdShowNeighbor: true, speaker.CmdVersion: true, speaker.CmdPing: true, speaker.CmdStatus: true, speaker.CmdHelp: true,
	speaker.CmdShutdown: true, speaker.CmdTeardown: true, speaker.CmdReload: true, speaker.CmdQueueStatus: true,
}
