package check

import (
	"cmp"
	"encoding/binary"
	"slices"
	"time"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/fsm"
)

// fsmRule is one paragraph of RFC 4271 §8.2.2. The first that fits applies.
type fsmRule struct {
	on       []fsm.Event // nil: "any other event"
	when     func(*FSMOracle) bool
	deviates bool   // stands only where docs/FSM.md lists the cell
	text     string // what the RFC says, in short
	do       fsmEffect
}

// fsmEffect is what "the local system" does. A rule that ends in Idle stops all
// timers ("releases all BGP resources").
type fsmEffect struct {
	next        fsm.State
	note        fsmNote
	counter     fsmCounter
	damp        bool // performs peer oscillation damping
	manual      bool // no automatic start follows
	drop        bool // drops the TCP connection
	refuse      bool // closes a connection that is not the session's
	lost        bool // the TCP connection is gone by itself
	succeeded   bool // the TCP connection is there
	dial        bool
	listen      bool
	open        bool
	keepalive   bool
	stop, start []fsmTimer
}

type fsmNote uint8

const (
	fsmNoNote    fsmNote = iota
	fsmCease             // "with a Cease"
	fsmHoldNote          // "with the Error Code Hold Timer Expired"
	fsmSendNote          // RFC 9687
	fsmStateNote         // "with the Error Code Finite State Machine Error"
	fsmErrorNote         // "with the appropriate error code"

)

type fsmCounter uint8

const (
	fsmKeep fsmCounter = iota
	fsmZero            // "sets the ConnectRetryCounter to zero"
	fsmAdd             // "increments the ConnectRetryCounter by 1"
)

// fsmExpiry is the event of each timer's end (§8.1.3).
var fsmExpiry = [fsmTimers]fsm.Event{
	fsmConnectRetry: fsm.ConnectRetryTimerExpires, fsmHold: fsm.HoldTimerExpires, fsmKeepalive: fsm.KeepaliveTimerExpires,
	fsmDelayOpen: fsm.DelayOpenTimerExpires, fsmIdleHold: fsm.IdleHoldTimerExpires, fsmSendHold: fsm.SendHoldTimerExpires,
}

// apply lets the event happen and answers the rule that it went by.
func (o *FSMOracle) apply(in *fsm.Input) string {
	o.classify(in)
	excused := o.excuses.cell[o.state][in.Event]
	rules := fsmRules[o.state]
	for i := range rules {
		r := &rules[i]
		if r.on != nil && !slices.Contains(r.on, in.Event) || r.deviates && !excused || r.when != nil && !r.when(o) {
			continue
		}
		o.perform(&r.do, in)
		return r.text
	}
	panic("check: no rule for " + in.Event.String() + " in " + o.state.String())
}

// classify settles which event it is (§8.1.5), and checks an OPEN where one is
// waited for (§6.2).
func (o *FSMOracle) classify(in *fsm.Input) {
	switch in.Event {
	case fsm.BGPOpen, fsm.BGPOpenWithDelayOpenTimerRunning:
		in.Event = fsm.BGPOpen
		early := !o.timers[fsmDelayOpen].IsZero()
		if early {
			in.Event = fsm.BGPOpenWithDelayOpenTimerRunning
		}
		if early || o.state == fsm.OpenSent {
			if sub := o.openFault(in.Open); sub != 0 {
				in.Event, in.Err = fsm.BGPOpenMsgErr, &codec.Error{Code: codec.CodeOpen, Subcode: sub}
				break
			}
			o.hold = min(o.cfg.HoldTime, time.Duration(in.Open.HoldTime)*time.Second)
		}
	case fsm.NotifMsg:
		if in.Notification.Code == 2 && in.Notification.Subcode == 1 {
			in.Event = fsm.NotifMsgVerErr
		}
	}
}

// openFault is the subcode of the OPEN Message Error that §6.2 gives the OPEN
// (RFC 6286 §2.2, RFC 6793 §4.2, RFC 5492 §5), 0 for none.
func (o *FSMOracle) openFault(open *codec.Open) uint8 {
	as := uint32(open.AS)
	for _, c := range open.Caps {
		if c.Code == 65 && len(c.Value) == 4 && open.AS != 0 { // RFC 6793 §3
			as = binary.BigEndian.Uint32(c.Value)
		}
	}
	lacks := slices.ContainsFunc(o.cfg.RequiredCaps, func(c codec.CapCode) bool {
		return !slices.ContainsFunc(open.Caps, func(x codec.Capability) bool { return x.Code == c })
	})
	switch {
	case open.Version != 4:
		return 1
	case as == 0, o.cfg.PeerAS != 0 && o.cfg.PeerAS != as:
		return 2
	case !open.ID.Is4(), open.ID.IsUnspecified(), open.ID == o.cfg.LocalID && as == o.cfg.LocalAS:
		return 3
	case open.HoldTime == 1, open.HoldTime == 2:
		return 6
	case lacks:
		return 7
	}
	return 0
}

// notification is what the rule sends.
func (o *FSMOracle) notification(kind fsmNote, in *fsm.Input) (codec.Notification, bool) {
	n := codec.Notification{}
	switch kind {
	case fsmNoNote:
		return n, false
	case fsmCease:
		n.Code, n.Subcode = 6, [...]uint8{fsm.ManualStop: 2, fsm.OpenCollisionDump: 7}[in.Event]
		if in.Stop.Code != 0 {
			n = in.Stop
		}
	case fsmHoldNote:
		n.Code = 4
	case fsmSendNote:
		n.Code = 8
	case fsmStateNote: // RFC 6608 §3
		n.Code, n.Subcode = 5, [...]uint8{fsm.OpenSent: 1, fsm.OpenConfirm: 2, fsm.Established: 3}[o.state]
	case fsmErrorNote:
		n.Code = [...]codec.NotificationCode{fsm.BGPHeaderErr: 1, fsm.BGPOpenMsgErr: 2, fsm.UpdateMsgErr: 3}[in.Event]
		if in.Err != nil {
			// "the receiver cannot use a NOTIFICATION message to report
			// this error back to the peer" (§6.4).
			if in.Err.NoReply {
				return n, false
			}
			n.Code, n.Subcode = in.Err.Code, in.Err.Subcode
		}
	}
	return n, true
}

// perform does what the rule says, in the order: NOTIFICATION, close, dial,
// listen, OPEN, KEEPALIVE, change of state.
func (o *FSMOracle) perform(do *fsmEffect, in *fsm.Input) {
	act := func(yes bool, a fsm.Action) {
		if yes {
			o.want = append(o.want, a)
		}
	}
	note, notify := o.notification(do.note, in)
	act(notify, fsm.Action{Kind: fsm.ActSendNotification, Notification: note})
	act(do.refuse || do.drop && o.tcp != fsmNoTCP, fsm.Action{Kind: fsm.ActClose})
	act(do.dial, fsm.Action{Kind: fsm.ActDial})
	act(do.listen, fsm.Action{Kind: fsm.ActListen})
	act(do.open, fsm.Action{Kind: fsm.ActSendOpen})
	act(do.keepalive, fsm.Action{Kind: fsm.ActSendKeepalive})
	switch {
	case do.succeeded:
		o.tcp = fsmUp
	case do.dial:
		o.tcp = fsmDialing
	case do.drop || do.lost:
		o.tcp = fsmNoTCP
	}
	switch do.counter {
	case fsmZero:
		o.retries = 0
	case fsmAdd:
		o.retries++
	}
	if do.damp {
		o.damp()
	}
	start := in.Event == fsm.ManualStart || in.Event >= fsm.AutomaticStart && in.Event <= fsm.AutomaticStartDampPassive
	o.manual = do.manual || o.manual && (!start || do.next == fsm.Idle)
	o.move(do, in, note, notify)
}

// move changes the state and the timers.
func (o *FSMOracle) move(do *fsmEffect, in *fsm.Input, note codec.Notification, notify bool) {
	from := o.state
	o.state = do.next
	for _, t := range do.stop {
		o.timers[t] = time.Time{}
	}
	if from != do.next {
		switch do.next {
		case fsm.Idle:
			o.timers = [fsmTimers]time.Time{}
			o.start(fsmIdleHold)
			o.want = append(o.want, fsm.Action{Kind: fsm.ActDown, Reason: o.reason(from, in, note, notify)})
		case fsm.Established:
			o.since = o.now
			o.want = append(o.want, fsm.Action{Kind: fsm.ActEstablished})
		}
		if do.next < fsm.OpenSent {
			o.pending = false
		}
		if do.next != fsm.Idle {
			o.timers[fsmIdleHold] = time.Time{}
		}
	}
	for _, t := range do.start {
		o.start(t)
	}
}

func (o *FSMOracle) reason(from fsm.State, in *fsm.Input, note codec.Notification, notify bool) fsm.Down {
	d := fsm.Down{Cause: fsm.DownProtocol, WasEstablished: from == fsm.Established}
	switch e := in.Event; {
	case notify:
		d.Cause, d.Notification = fsm.DownSent, note
	case e == fsm.NotifMsg || e == fsm.NotifMsgVerErr:
		d.Cause, d.Notification = fsm.DownReceived, in.Notification
	case e == fsm.TCPConnectionFails:
		d.Cause = fsm.DownTCP
	case e == fsm.ManualStop || e == fsm.AutomaticStop:
		d.Cause = fsm.DownStop
	}
	return d
}

// start starts a timer, or stops it where its time is zero. The timers of §10's
// jitter may end a quarter earlier, a KeepaliveTimer not within its first second
// (§4.4).
func (o *FSMOracle) start(t fsmTimer) {
	o.timers[t], o.early[t] = time.Time{}, 0
	d := o.length(t)
	if d <= 0 {
		return
	}
	o.timers[t] = o.now.Add(d)
	if o.cfg.Jitter == nil {
		return
	}
	switch t {
	case fsmConnectRetry, fsmIdleHold:
		o.early[t] = d / 4
	case fsmKeepalive:
		o.early[t] = min(d/4, d-time.Second)
	}
}

// length is each timer's time; 0: it is not started.
func (o *FSMOracle) length(t fsmTimer) time.Duration {
	switch {
	case t == fsmConnectRetry && o.cfg.Passive && o.excuses.passive:
		return 0
	case t == fsmConnectRetry && o.cfg.ConnectRetry == 0:
		return 120 * time.Second // §10
	case t == fsmConnectRetry:
		return o.cfg.ConnectRetry
	case t == fsmDelayOpen:
		return o.cfg.DelayOpen
	case t == fsmHold && o.state == fsm.OpenSent:
		return 4 * time.Minute // "a large value"
	case t == fsmHold:
		return o.hold
	case t == fsmKeepalive && o.hold > 0:
		// "A reasonable maximum time between KEEPALIVE messages would be
		// one third of the Hold Time interval", never under a second (§4.4).
		return max(o.hold/3, time.Second)
	case t == fsmIdleHold && o.cfg.AutoStart && !o.manual:
		return max(o.idleHold, o.firstIdleHold())
	case t == fsmSendHold && o.pending && o.hold > 0 && o.cfg.SendHold >= 0:
		// RFC 9687 §4.4 and §6.
		if o.cfg.SendHold > o.hold {
			return o.cfg.SendHold
		}
		return max(8*time.Minute, 2*o.hold)
	}
	return 0
}

func (o *FSMOracle) firstIdleHold() time.Duration {
	return cmp.Or(o.cfg.IdleHold, o.cfg.ConnectRetry, time.Second)
}

// damp doubles the IdleHoldTime up to its bound; a session that was up as long
// as the bound begins anew.
func (o *FSMOracle) damp() {
	if !o.cfg.Damp {
		return
	}
	first := o.firstIdleHold()
	bound := max(first, o.cfg.IdleHoldMax)
	if o.idleHold == 0 || o.state == fsm.Established && !o.now.Before(o.since.Add(bound)) {
		o.idleHold = first
		return
	}
	o.idleHold = min(2*o.idleHold, bound)
}
