package world

import (
	"time"

	"github.com/peerloom/peerloom/netsim"
	"github.com/peerloom/peerloom/sim"
)

// tickEvery is how long faults are apart, on average, unless a knob says so.
const tickEvery = 100 * time.Millisecond

// tick chooses the time to the next fault or refresh: mostly short, so that it
// strikes in the middle of something.
func (w *World) tick(l sim.Label) time.Duration {
	d := w.knobs.TickEvery
	if d == 0 {
		d = tickEvery
	}
	return d / 8 * time.Duration(w.src.Choose(l, 16))
}

func (w *World) planTick() {
	if w.ticks >= w.knobs.Ticks || w.healed {
		return
	}
	w.ticks++
	w.loop.PostAfter(w.tick(LabelTick), w.owner, worldTick, 0, 0)
}

// faultTimes are how long a stall or partition lasts: less than a round trip,
// longer than a reconnect, longer than the usual hold time.
var faultTimes = [...]time.Duration{20 * time.Millisecond, time.Second, 20 * time.Second, 200 * time.Second}

// What a worldHeal ends.
const (
	healStall     = iota // B: netsim.Conn
	healPartition        // B: index of the host
)

// strike lets at most one fault of each kind happen.
func (w *World) strike() {
	if w.healed {
		return
	}
	defer w.planTick()
	k := &w.knobs
	if c, ok := w.pickConn(k.Reset); ok {
		w.moved()
		w.breakConn(c)
	}
	if c, ok := w.pickConn(k.Stall); ok {
		w.moved()
		w.net.Stall(c, true)
		w.endsAfter(healStall, uint64(c))
	}
	if len(w.hosts) > 1 && k.Partition.Draw(w.src, LabelFault) {
		w.moved()
		i := w.src.Choose(LabelFaultWhere, len(w.hosts))
		w.net.Isolate(w.hosts[i].addr)
		w.endsAfter(healPartition, uint64(i))
	}
}

func (w *World) endsAfter(what, which uint64) {
	d := faultTimes[w.src.Choose(LabelFaultFor, len(faultTimes))]
	w.loop.PostAfter(d, w.owner, worldHeal, what, which)
}

func (w *World) release(e sim.Event) {
	w.moved()
	switch e.A {
	case healStall:
		w.net.Stall(netsim.Conn(e.B), false)
	default:
		addr := w.hosts[e.B].addr
		for _, h := range w.hosts {
			if h.addr != addr {
				w.net.Unblock(addr, h.addr)
				w.net.Unblock(h.addr, addr)
			}
		}
	}
}

// pickConn chooses one end of one connection of a speaker, if the fault
// strikes at all.
func (w *World) pickConn(r sim.Ratio) (netsim.Conn, bool) {
	var all []netsim.Conn
	for _, n := range w.nodes {
		for _, l := range n.links {
			all = append(all, l.nc, l.nc.Peer())
		}
	}
	if len(all) == 0 || !r.Draw(w.src, LabelFault) {
		return 0, false
	}
	return all[w.src.Choose(LabelFaultWhere, len(all))], true
}

// breakConn resets a connection as something between its ends would: both learn
// of it.
func (w *World) breakConn(c netsim.Conn) {
	for _, h := range w.hosts {
		if who := h.conns[c]; who != nil {
			w.net.Reset(c)
			delete(h.conns, c)
			who.handleNet(netsim.Event{Kind: netsim.Broken, Conn: c, Reason: netsim.Reset})
			return
		}
	}
}

// heal ends all faults, for good.
func (w *World) heal() {
	w.healed = true
	w.net.Heal()
}
