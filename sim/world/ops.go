package world

import (
	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/sim/check"
	"github.com/peerloom/peerloom/speaker"
)

// AppendOps appends a command as operations of the model of a session that it
// selects, and tells wire, where the session has one, what the command lets
// leave. A command that asks nothing of an Adj-RIB-Out is not known to it.
func AppendOps(ops []check.Op, c *speaker.Command, wire *check.WireChecker) (all []check.Op, known bool) {
	switch c.Kind {
	case speaker.CmdAnnounce:
		return appendRoutes(ops, check.OpAnnounce, c.Routes), true
	case speaker.CmdWithdraw:
		for i := range c.Routes {
			if wire != nil {
				wire.AllowWithdraw(c.Routes[i].NLRI)
			}
		}
		return appendRoutes(ops, check.OpWithdraw, c.Routes), true
	case speaker.CmdFlushOut:
		return append(ops, check.Op{Kind: check.OpFlush}), true
	case speaker.CmdClearOut:
		return append(ops, check.Op{Kind: check.OpClear}), true
	case speaker.CmdEndOfRIB:
		if wire != nil {
			wire.AllowEndOfRIB(c.Family)
		}
		return append(ops, check.Op{Kind: check.OpEndOfRIB, Family: c.Family}), true
	case speaker.CmdOperational:
		return appendOper(ops, c.Operational, wire), true
	case speaker.CmdRouteRefresh:
		return append(ops, check.Op{Kind: check.OpRouteRefresh, Family: c.Family}), true
	}
	return ops, false
}

// appendOper appends an OPERATIONAL message for a session that takes it.
func appendOper(ops []check.Op, o *codec.Operational, wire *check.WireChecker) []check.Op {
	x := OperOf(o)
	if wire != nil {
		if msg := wire.SaysOper(&x); msg != nil {
			ops = append(ops, check.Op{Kind: check.OpRaw, Raw: msg})
		}
	}
	return ops
}

// OperOf is an OPERATIONAL message for the model.
func OperOf(o *codec.Operational) check.Oper {
	return check.Oper{Type: uint16(o.Type), AFI: uint16(o.Family.AFI()), SAFI: uint8(o.Family.SAFI()), Advisory: o.Advisory,
		RouterID: o.RouterID, Sequence: o.Sequence, Counter: o.Counter}
}

func appendRoutes(ops []check.Op, kind check.OpKind, routes []speaker.Route) []check.Op {
	for _, r := range routes {
		ops = append(ops, check.Op{Kind: kind, Origin: check.FromAPI, NLRI: r.NLRI, Attrs: r.Attrs})
	}
	return ops
}
