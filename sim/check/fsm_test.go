package check_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/fsm"
	"github.com/peerloom/peerloom/sim/check"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// watched is a session and its oracle.
type watched struct {
	t      require.TestingT
	s      *fsm.Session
	oracle *check.FSMOracle
	now    time.Time
	story  []string
	out    []fsm.Action
}

func watchSession(t require.TestingT, c fsm.Config, incoming bool, deviations []string) *watched {
	w := &watched{t: t, s: fsm.New(c), oracle: check.NewFSMOracle(c, incoming, check.FSMDeviations(deviations)), now: time.Unix(0, 0)}
	if incoming {
		w.s = fsm.NewIncoming(c)
	}
	return w
}

func (w *watched) judge(what string, why *check.Violation) {
	w.story = append(w.story, fmt.Sprintf("%v %s -> %s", w.now.Sub(time.Unix(0, 0)), what, w.s.State()))
	if why != nil {
		require.FailNow(w.t, why.Error(), "%v", w.story)
	}
}

func (w *watched) step(in fsm.Input) {
	from := w.s.State()
	w.out = w.s.Step(w.now, in, w.out[:0])
	w.judge(fmt.Sprintf("%s in %s", in.Event, from), w.oracle.Step(w.now, in, w.out, w.s))
}

func (w *watched) advance(d time.Duration) {
	w.now = w.now.Add(d)
	w.out = w.s.Advance(w.now, w.out[:0])
	w.judge(fmt.Sprintf("after %v", d), w.oracle.Advance(w.now, w.out, w.s))
}

func genConfig(t *rapid.T) (fsm.Config, bool) {
	id := netip.MustParseAddr("10.0.0.1")
	seconds := func(name string, of ...int) time.Duration {
		return time.Duration(rapid.SampledFrom(of).Draw(t, name)) * time.Second
	}
	flag := func(name string) bool { return rapid.Bool().Draw(t, name) }
	c := fsm.Config{LocalAS: 1, PeerAS: uint32(rapid.SampledFrom([]int{0, 2}).Draw(t, "peer AS")), LocalID: id,
		HoldTime: seconds("hold", 0, 3, 9, 90), ConnectRetry: seconds("retry", 0, 5), Passive: flag("passive"), DelayOpen: seconds("delay", 0, 0, 2),
		Damp: flag("damp"), IdleHold: seconds("idle hold", 0, 2), IdleHoldMax: seconds("idle max", 0, 7, 60), AutoStart: flag("auto"),
		TrackTCP: flag("track"), NotifyInOpenSent: flag("notify"), SendHold: seconds("send hold", -1, 0, 5, 100)}
	if seed := rapid.IntRange(0, 1024).Draw(t, "jitter"); seed > 0 {
		c.Jitter = func(n int) int { return seed % n }
	}
	c.Open = codec.Open{Version: 4, AS: 1, HoldTime: uint16(c.HoldTime / time.Second), ID: id}
	return c, rapid.Bool().Draw(t, "incoming")
}

func genOpen(t *rapid.T) *codec.Open {
	return &codec.Open{
		Version: rapid.SampledFrom([]uint8{4, 4, 4, 4, 4, 3}).Draw(t, "version"), AS: rapid.SampledFrom([]uint16{2, 2, 2, 2, 2, 1, 0}).Draw(t, "AS"),
		HoldTime: rapid.SampledFrom([]uint16{0, 1, 3, 6, 30, 180}).Draw(t, "hold"), ID: netip.AddrFrom4([4]byte{10, 0, 0, rapid.SampledFrom([]byte{1, 2, 2, 2}).Draw(t, "id")}),
	}
}

func genInput(t *rapid.T, e fsm.Event) fsm.Input {
	in := fsm.Input{Event: e}
	switch e {
	case fsm.BGPOpen, fsm.BGPOpenWithDelayOpenTimerRunning:
		in.Open = genOpen(t)
	case fsm.NotifMsg, fsm.NotifMsgVerErr:
		in.Notification = codec.Notification{Code: codec.NotificationCode(rapid.SampledFrom([]int{2, 4, 6}).Draw(t, "code")), Subcode: uint8(rapid.IntRange(0, 2).Draw(t, "sub"))}
	case fsm.BGPHeaderErr, fsm.BGPOpenMsgErr, fsm.UpdateMsgErr:
		if rapid.Bool().Draw(t, "error known") {
			in.Err = &codec.Error{Code: codec.NotificationCode(rapid.IntRange(1, 3).Draw(t, "code")), Subcode: 2, NoReply: rapid.Bool().Draw(t, "mute")}
		}
	case fsm.ManualStop, fsm.AutomaticStop, fsm.OpenCollisionDump:
		if rapid.Bool().Draw(t, "cease given") {
			in.Stop = codec.Notification{Code: codec.CodeCease, Subcode: codec.CeaseReset}
		}
	}
	return in
}

// The session does what §8 says, whatever happens in whatever order.
func TestSessionAgainstOracle(t *testing.T) {
	list := fsm.Deviations()
	rapid.Check(t, func(t *rapid.T) {
		c, incoming := genConfig(t)
		w := watchSession(t, c, incoming, list)
		forward := []fsm.Event{fsm.ManualStart, fsm.TCPCRAcked, fsm.BGPOpen, fsm.KeepAliveMsg}
		t.Repeat(map[string]func(*rapid.T){
			"any event": func(t *rapid.T) {
				w.step(genInput(t, fsm.Event(rapid.IntRange(1, 29).Draw(t, "event"))))
			},
			// Without this few runs would come past Connect.
			"onward": func(t *rapid.T) {
				for _, e := range forward[:rapid.IntRange(1, len(forward)).Draw(t, "how far")] {
					in := fsm.Input{Event: e}
					if e == fsm.BGPOpen {
						in.Open = &codec.Open{Version: 4, AS: 2, HoldTime: rapid.SampledFrom([]uint16{0, 3, 30}).Draw(t, "hold"), ID: netip.MustParseAddr("10.0.0.2")}
					}
					w.step(in)
				}
			},
			"next timer": func(t *rapid.T) {
				if d := w.s.Deadline(); !d.IsZero() {
					w.advance(d.Sub(w.now))
				}
			},
			"time": func(t *rapid.T) {
				w.advance(time.Duration(rapid.SampledFrom([]int{0, 1, 999, 1000, 3000, 60_000, 700_000}).Draw(t, "ms")) * time.Millisecond)
			},
			"pending": func(t *rapid.T) {
				yes := rapid.Bool().Draw(t, "bytes wait")
				w.s.Pending(w.now, yes)
				w.judge("pending", w.oracle.Pending(w.now, yes, w.s))
			},
			"sent": func(t *rapid.T) {
				m := rapid.SampledFrom([]codec.MessageType{0, codec.MsgKeepalive, codec.MsgUpdate, codec.MsgRouteRefresh}).Draw(t, "message")
				w.s.Sent(w.now, m)
				w.judge("sent", w.oracle.Sent(w.now, m, w.s))
			},
			"clone": func(t *rapid.T) {
				before := w.s.AppendState(nil, w.now)
				clone := w.s.Clone()
				w.s.Step(w.now, fsm.Input{Event: fsm.ManualStop}, nil)
				w.s.Step(w.now, fsm.Input{Event: fsm.ManualStart}, nil)
				require.Equal(t, before, clone.AppendState(nil, w.now), "a clone changed with its original")
				w.s = clone
			},
		})
	})
}

// The oracle holds the session to each deviation that docs/FSM.md lists: with
// one line less, the oracle objects in that cell, so that a line that nobody
// needs, or that says nothing true, is seen.
func TestEveryListedDeviationIsOne(t *testing.T) {
	all := fsm.Deviations()
	elsewhere := map[string]string{
		"Collide":                           "not a cell: TestCollideBothEndsAgree",
		"Established SendHoldTimer_Expires": "when it runs is the driver's Pending: TestSendHoldTimer",
	}
	for i, cell := range all {
		cell, _, _ = strings.Cut(cell, ":")
		if elsewhere[cell] != "" {
			continue
		}
		less := append(append([]string(nil), all[:i]...), all[i+1:]...)
		t.Run(cell, func(t *testing.T) {
			require.True(t, objects(less, cell), "the oracle does not notice that %q is no longer listed", cell)
		})
	}
	require.False(t, objects(all, ""), "the oracle objects to a session that keeps to docs/FSM.md")
}

// objects tells whether an oracle with these deviations objects to any event in
// any state.
func objects(deviations []string, cell string) bool {
	id := netip.MustParseAddr("10.0.0.1")
	base := fsm.Config{LocalAS: 1, LocalID: id, HoldTime: 9 * time.Second, ConnectRetry: 5 * time.Second, IdleHold: 7 * time.Second, IdleHoldMax: time.Minute,
		Damp: true, AutoStart: true, TrackTCP: true, Open: codec.Open{Version: 4, AS: 1, HoldTime: 9, ID: id}}
	passive := base
	passive.Passive = true
	open := &codec.Open{Version: 4, AS: 2, HoldTime: 9, ID: netip.MustParseAddr("10.0.0.2")}
	for _, c := range []fsm.Config{base, passive} {
		for _, incoming := range []bool{false, true} {
			for far := range 5 {
				for first := fsm.ManualStart; first <= fsm.SendHoldTimerExpires; first++ {
					p := &seen{}
					w := watchSession(p, c, incoming, deviations)
					for _, e := range []fsm.Event{fsm.AutomaticStartPassive, fsm.TCPCRAcked, fsm.BGPOpen, fsm.KeepAliveMsg}[:far] {
						w.step(fsm.Input{Event: e, Open: open})
					}
					for _, e := range []fsm.Event{first, fsm.ManualStart, fsm.TCPConnectionFails, fsm.ManualStop} {
						p.caught(func() { w.step(fsm.Input{Event: e, Open: open}) })
					}
					p.caught(func() { w.advance(time.Minute) })
					if p.failed {
						return true
					}
				}
				// Connect is beside the path above.
				p := &seen{}
				w := watchSession(p, c, incoming, deviations)
				for _, e := range []fsm.Event{fsm.ManualStart, fsm.DelayOpenTimerExpires} {
					p.caught(func() { w.step(fsm.Input{Event: e, Open: open}) })
				}
				if p.failed {
					return true
				}
			}
		}
	}
	return false
}

// seen notes a failure instead of failing.
type seen struct{ failed bool }

func (s *seen) Errorf(string, ...any) { s.failed = true }
func (s *seen) FailNow()              { panic(s) }

func (s *seen) caught(f func()) {
	defer func() {
		if r := recover(); r != nil && r != any(s) {
			panic(r)
		}
	}()
	f()
}
