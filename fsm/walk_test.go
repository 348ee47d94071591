package fsm

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"github.com/peerloom/peerloom/codec"
	"github.com/stretchr/testify/require"
)

// wired is one of two sessions on one network, with what its driver knows.
type wired struct {
	name    string
	s       *Session
	id      netip.Addr
	dialing bool
	up      bool
	inbox   []Input
	other   *wired
}

// walk is a random run of two sessions wired together.
type walk struct {
	rng   *rand.Rand
	now   time.Time
	ends  [2]*wired
	story []string
	hits  *[nStates][nEvents]int
}

func newWalk(seed uint64, hits *[nStates][nEvents]int) *walk {
	w := &walk{rng: rand.New(rand.NewPCG(seed, 1)), now: t0, hits: hits}
	coin := func() bool { return w.rng.IntN(2) == 0 }
	for i := range w.ends {
		c := config()
		c.LocalAS, c.PeerAS, c.LocalID = uint32(1+i), uint32(2-i), netip.AddrFrom4([4]byte{10, 0, 0, byte(1 + i)})
		c.HoldTime = time.Duration([]int{0, 3, 9}[w.rng.IntN(3)]) * time.Second
		c.Open = codec.Open{Version: 4, AS: uint16(c.LocalAS), HoldTime: uint16(c.HoldTime / time.Second), ID: c.LocalID}
		c.Passive, c.Damp, c.NotifyInOpenSent, c.TrackTCP, c.AutoStart = w.rng.IntN(4) == 0, coin(), coin(), coin(), coin()
		if coin() {
			c.DelayOpen = 2 * time.Second
		}
		c.SendHold = 4 * time.Second
		c.Observe = func(*Session) Observer { return met(func(st State, e Event) { w.hits[st][e]++ }) }
		w.ends[i] = &wired{name: string(rune('a' + i)), s: New(c), id: c.LocalID}
	}
	w.ends[0].other, w.ends[1].other = w.ends[1], w.ends[0]
	return w
}

func (w *walk) step(e *wired, in Input) {
	w.story = append(w.story, fmt.Sprintf("%v %s: %s in %s", w.now.Sub(t0), e.name, in.Event, e.s.State()))
	w.do(e, e.s.Step(w.now, in, nil))
}

// do is the driver: it carries out what e asked for.
func (w *walk) do(e *wired, out []Action) {
	tell := func(in Input) {
		if e.up && e.other.up {
			e.other.inbox = append(e.other.inbox, in)
		}
	}
	for _, a := range out {
		switch a.Kind {
		case ActDial:
			e.dialing = true
		case ActSendOpen:
			tell(Input{Event: BGPOpen, Open: a.Open})
		case ActSendKeepalive:
			tell(Input{Event: KeepAliveMsg})
		case ActSendNotification:
			tell(Input{Event: NotifMsg, Notification: a.Notification})
		case ActClose:
			tell(Input{Event: TCPConnectionFails})
			e.dialing, e.up, e.inbox = false, false, nil
		}
	}
}

// dialed ends e's dial: it fails, or the other end takes the connection.
func (w *walk) dialed(e *wired) {
	e.dialing = false
	switch {
	case e.up: // a second connection
		w.step(e, Input{Event: TCPCRAcked})
	case w.rng.IntN(4) == 0 || e.other.up:
		w.step(e, Input{Event: TCPConnectionFails})
	default:
		e.up, e.inbox, e.other.up, e.other.inbox = true, nil, true, nil
		w.step(e, Input{Event: TCPCRAcked})
		w.step(e.other, Input{Event: TCPConnectionConfirmed})
	}
}

// receive gives e its next message, or one that the peer should not have sent.
func (w *walk) receive(e *wired, rogue bool) {
	if !rogue && len(e.inbox) > 0 {
		in := e.inbox[0]
		e.inbox = e.inbox[1:]
		if in.Event == TCPConnectionFails {
			e.up = false
		}
		w.step(e, in)
		return
	}
	if !rogue {
		return
	}
	messages := []Event{BGPOpen, BGPHeaderErr, BGPOpenMsgErr, NotifMsgVerErr, NotifMsg, KeepAliveMsg, UpdateMsg, UpdateMsgErr}
	w.step(e, Input{Event: messages[w.rng.IntN(len(messages))], Open: &e.other.s.cfg.Open})
}

func (w *walk) move() {
	e := w.ends[w.rng.IntN(2)]
	switch n := w.rng.IntN(40); {
	case n < 2:
		w.step(e, Input{Event: []Event{1, 3, 4, 5, 6, 7}[w.rng.IntN(6)]})
	case n < 3:
		w.step(e, Input{Event: []Event{ManualStop, AutomaticStop}[w.rng.IntN(2)]})
	case n < 4:
		w.step(e, Input{Event: []Event{TCPConnectionValid, TCPCRInvalid}[w.rng.IntN(2)]})
	case n < 5 && e.s.State() == Idle: // somebody connects to a session that is Idle
		w.step(e, Input{Event: []Event{TCPCRAcked, TCPConnectionConfirmed}[w.rng.IntN(2)]})
	case n < 6 && e.up: // the peer connects a second time
		w.step(e, Input{Event: TCPConnectionConfirmed})
	case n < 10 && e.dialing:
		w.dialed(e)
	case n < 11 && e.up: // the connection breaks
		e.up, e.other.inbox = false, append(e.other.inbox, Input{Event: TCPConnectionFails})
		w.step(e, Input{Event: TCPConnectionFails})
	case n < 13 && e.up:
		w.receive(e, true)
	case n < 14 && e.s.State() <= Active && w.hits[e.s.State()][OpenCollisionDump] < 50:
		w.step(e, Input{Event: OpenCollisionDump})
	case n < 14 && e.up && e.s.State() >= OpenSent:
		if Collide(e.id, e.s.cfg.LocalAS, e.other.id, e.other.s.cfg.LocalAS, w.rng.IntN(2) == 0, e.s.State()) == CloseOther {
			w.step(e, Input{Event: OpenCollisionDump})
		}
	case n < 16:
		e.s.Pending(w.now, w.rng.IntN(4) != 0)
	case n < 17:
		e.s.Sent(w.now, codec.MsgUpdate)
	case n < 30 && e.up:
		w.receive(e, false)
	case n >= 30:
		w.wait()
	}
}

// wait lets time pass up to the next timer.
func (w *walk) wait() {
	for _, e := range w.ends {
		if d := e.s.Deadline(); !d.IsZero() && (w.ends[0].s.Deadline().IsZero() || !d.After(w.ends[0].s.Deadline())) && d.After(w.now) {
			w.now = d
		}
	}
	for _, e := range w.ends {
		w.do(e, e.s.Advance(w.now, nil))
	}
}

// Every cell is reached by two sessions on a network, with stops, losses,
// collisions, timers and a peer that breaks the rules, or says why it is not.
func TestWalkReachesEveryCell(t *testing.T) {
	var hits [nStates][nEvents]int
	for seed := range uint64(1000) {
		w := newWalk(seed, &hits)
		for range 150 {
			w.move()
			for _, e := range w.ends {
				d := e.s.Deadline()
				require.True(t, d.IsZero() || !d.Before(w.now), "%s has a timer that is over: seed %d, %v", e.name, seed, w.story)
				require.True(t, e.s.State() != Connect || !d.IsZero(), "%s in Connect without an end: seed %d, %v", e.name, seed, w.story)
				require.Equal(t, e.s.State() >= OpenConfirm, e.s.Negotiated() != nil, "Negotiated in %s: seed %d", e.s.State(), seed)
			}
		}
	}
	for st := range nStates {
		for e := ManualStart; e < nEvents; e++ {
			ref, why := Cell(st, e)
			if why == "" {
				require.Positive(t, hits[st][e], "event %d, %s, in %s (%s) is neither reached nor marked unreachable", e, e, st, ref)
			} else {
				require.Zero(t, hits[st][e], "event %d, %s, in %s is reached and marked unreachable: %s", e, e, st, why)
			}
		}
	}
}
