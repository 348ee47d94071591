package world

import (
	"slices"
	"time"

	"github.com/peerloom/peerloom/netsim"
	"github.com/peerloom/peerloom/sim"
)

// Fault is something that goes wrong at a chosen moment: a row of the table in
// this file.
type Fault uint8

// Faults. They strike in this order when several are drawn at one tick.
const (
	FaultReset Fault = iota + 1
	FaultStall
	FaultIsolate
	FaultClose
	FaultHalfOpen
	FaultDeaf
	FaultGhost
	FaultFlip
	FaultClog
	FaultPartition
	FaultOneWay
	FaultSwizzle
	FaultUnlisten
	FaultCrash
	FaultKill
	FaultPause
	FaultClock
	FaultReload
	FaultClientDie
	FaultClientHalf
	FaultClientMute
	FaultClientFlood
	FaultOverLimit
	FaultDelay
	FaultDrift
	FaultSet
	nFaults
)

// faultRow is what one kind of fault is.
type faultRow struct {
	ratio   func(k *Knobs) sim.Ratio // nil: it strikes by a script alone
	targets func(w *World) int       // how many things it may strike now
	strike  func(w *World, i int)    // strikes one of them; draws how and for how long
	script  func(w *World, s *Step)  // strikes what a step names
	speaker bool                     // which must be a speaker
}

// faultTable is a function so that nobody can write to it.
func faultTable() *[nFaults]faultRow {
	return &[nFaults]faultRow{
		FaultReset:       {func(k *Knobs) sim.Ratio { return k.Reset }, ends, onEnd((*World).breakConn), between((*World).breakConn), false},
		FaultStall:       {func(k *Knobs) sim.Ratio { return k.Stall }, ends, lastingEnd((*World).stall), lastingBetween((*World).stall), false},
		FaultIsolate:     {func(k *Knobs) sim.Ratio { return k.Isolate }, severalHosts, lastingHost((*World).isolate), lastingOf((*World).isolate), false},
		FaultClose:       {func(k *Knobs) sim.Ratio { return k.Close }, ends, onEnd((*World).finish), between((*World).finish), false},
		FaultHalfOpen:    {func(k *Knobs) sim.Ratio { return k.HalfOpen }, ends, onEnd((*World).abandon), between((*World).abandon), false},
		FaultDeaf:        {func(k *Knobs) sim.Ratio { return k.Deaf }, ends, lastingEnd((*World).deafen), lastingBetween((*World).deafen), false},
		FaultGhost:       {func(k *Knobs) sim.Ratio { return k.Ghost }, ghosts, (*World).haunt, (*World).hauntNamed, true},
		FaultFlip:        {nil, nil, nil, between((*World).flip), false},
		FaultClog:        {func(k *Knobs) sim.Ratio { return k.Clog }, pairs, (*World).clogPair, (*World).clogNamed, false},
		FaultPartition:   {func(k *Knobs) sim.Ratio { return k.Partition }, severalHosts, (*World).divide, (*World).partitionNamed, false},
		FaultOneWay:      {func(k *Knobs) sim.Ratio { return k.OneWay }, severalHosts, lastingHost((*World).silence), lastingOf((*World).silence), false},
		FaultSwizzle:     {func(k *Knobs) sim.Ratio { return k.Swizzle }, severalHosts, (*World).swizzle, (*World).swizzleNamed, false},
		FaultUnlisten:    {func(k *Knobs) sim.Ratio { return k.Unlisten }, listeners, (*World).unlistenAt, (*World).unlistenNamed, false},
		FaultCrash:       {func(k *Knobs) sim.Ratio { return k.Crash }, servers, outage(true), outageNamed(true), false},
		FaultKill:        {func(k *Knobs) sim.Ratio { return k.Kill }, servers, outage(false), outageNamed(false), false},
		FaultPause:       {func(k *Knobs) sim.Ratio { return k.Pause }, running, (*World).pauseAt, (*World).pauseNamed, true},
		FaultClock:       {func(k *Knobs) sim.Ratio { return k.Step }, running, (*World).stepClock, (*World).stepNamed, true},
		FaultReload:      {func(k *Knobs) sim.Ratio { return k.Reload }, reloadable, (*World).reloadAt, (*World).reloadNamed, true},
		FaultClientDie:   {func(k *Knobs) sim.Ratio { return k.ClientDie }, living, (*World).killClient, nil, false},
		FaultClientHalf:  {func(k *Knobs) sim.Ratio { return k.ClientHalf }, living, (*World).halveClient, nil, false},
		FaultClientMute:  {func(k *Knobs) sim.Ratio { return k.ClientMute }, living, (*World).muteClient, nil, false},
		FaultClientFlood: {func(k *Knobs) sim.Ratio { return k.ClientFlood }, living, (*World).floodClient, nil, false},
		FaultOverLimit:   {func(k *Knobs) sim.Ratio { return k.OverLimit }, overs, (*World).exceedAt, (*World).exceedNamed, false},
		FaultDelay:       {nil, nil, nil, (*World).delayNamed, false},
		FaultDrift:       {nil, nil, nil, (*World).driftNamed, true},
		FaultSet:         {nil, nil, nil, (*World).setNamed, false},
	}
}

// OfSpeaker reports whether only a speaker has what the fault strikes: a clock,
// a configuration, a driver.
func (f Fault) OfSpeaker() bool { return faultTable()[f].speaker }

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
	w.ticking = w.ticks < w.knobs.Ticks && !w.healed
	if !w.ticking {
		return
	}
	w.ticks++
	d := time.Duration(0)
	if !w.knobs.Burst.Draw(w.src, LabelTick) {
		d = w.tick(LabelTick)
	}
	w.loop.PostAfter(d, w.owner, worldTick, 0, 0)
}

// strike lets at most one fault of each kind happen.
func (w *World) strike() {
	if w.healed {
		return
	}
	defer w.planTick()
	for f := range w.faults {
		row := &w.faults[f]
		if row.ratio == nil {
			continue
		}
		r := row.ratio(&w.knobs)
		if r.Num == 0 {
			continue
		}
		n := row.targets(w)
		if n == 0 || !r.Draw(w.src, LabelFault) {
			continue
		}
		w.moved()
		w.struck(Fault(f))
		row.strike(w, w.src.Choose(LabelFaultWhere, n))
	}
}

// faultTimes are how long a stall or partition lasts: less than a round trip,
// longer than a reconnect, longer than the usual hold time.
var faultTimes = [...]time.Duration{20 * time.Millisecond, time.Second, 20 * time.Second, 200 * time.Second}

func (w *World) faultTime() time.Duration {
	return faultTimes[w.src.Choose(LabelFaultFor, len(faultTimes))]
}

// wound is a fault that lasts.
type wound struct {
	id    uint64
	undo  func()
	timed bool // it ends by itself
}

// lasts has a fault undone after d; 0: by heal alone.
func (w *World) lasts(d time.Duration, undo func()) {
	w.wounded++
	w.wounds = append(w.wounds, wound{w.wounded, undo, d > 0})
	if d > 0 {
		w.healing++
		w.loop.PostAfter(d, w.owner, worldHeal, w.wounded, 0)
	}
}

// lastsFor is lasts for a step of a script, which is not through before the
// time that it names is over.
func (w *World) lastsFor(s *Step, undo func()) {
	if s.For == 0 {
		w.lasts(0, undo)
		return
	}
	w.timed++
	w.lasts(s.For, func() {
		w.timed--
		undo()
	})
}

// spent reports whether faults have struck as often as they may, and those that
// last are over. Whether that is waited for is a choice: the end of the first
// phase ends them too.
func (w *World) spent() bool {
	if w.ticking || w.timed > 0 {
		return false
	}
	if w.healing == 0 {
		return true
	}
	if !w.asked {
		w.asked = true
		w.patient = w.src.Choose(LabelFaultEnd, 2) == 1
	}
	return !w.patient
}

// release undoes one fault, unless heal has.
func (w *World) release(id uint64) {
	i := slices.IndexFunc(w.wounds, func(x wound) bool { return x.id == id })
	if i < 0 {
		return
	}
	w.moved()
	x := w.wounds[i]
	w.wounds = slices.Delete(w.wounds, i, i+1)
	if x.timed {
		w.healing--
	}
	x.undo()
}

// mend undoes all faults that last, oldest first.
func (w *World) mend() {
	w.moved()
	w.mending = true
	for len(w.wounds) > 0 {
		w.release(w.wounds[0].id)
	}
	w.mending = false
	w.net.Heal()
	w.net.SetFaults(w.knobs.Net)
}

// heal ends all faults, for good. What they did to the bytes of a connection
// ends with the connection.
func (w *World) heal() {
	w.healed, w.healedAt = true, w.loop.Elapsed()
	w.mend()
	w.net.SetFaults(netsim.Faults{})
	for _, n := range w.nodes {
		for _, l := range slices.Clone(n.links) {
			if w.flipped(l.nc) {
				w.breakConn(l.nc)
			}
		}
	}
}
