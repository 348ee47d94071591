package fsm

import (
	"net/netip"
	"testing"
	"time"

	"github.com/peerloom/peerloom/codec"
	"github.com/stretchr/testify/require"
)

// observed answers the events that a session meets while f runs.
func observed(s *Session, f func()) []Event {
	var events []Event
	s.observer = met(func(_ State, e Event) { events = append(events, e) })
	f()
	s.observer = nil
	return events
}

// met is an Observer of the cells alone.
type met func(State, Event)

func (m met) Met(from State, e Event)            { m(from, e) }
func (m met) Stepped(time.Time, Input, []Action) {}
func (m met) Advanced(time.Time, []Action)       {}
func (m met) Sent(time.Time, codec.MessageType)  {}
func (m met) Pending(time.Time, bool)            {}

// §8.1.1: "ConnectRetryCounter indicates the number of times a BGP peer has
// tried to establish a peer session": falls count, a start begins anew, a
// ManualStop sets it to zero.
func TestSection8_1_1ConnectRetryCounter(t *testing.T) {
	s := New(config())
	s.Step(t0, Input{Event: ManualStart}, nil)
	for n := range 4 {
		require.Equal(t, n, s.Retries())
		for _, e := range []Event{TCPCRAcked, UpdateMsg, IdleHoldTimerExpires} {
			s.Step(t0, Input{Event: e}, nil)
		}
	}
	s.Step(t0, Input{Event: ManualStop}, nil)
	require.Zero(t, s.Retries())
	for _, e := range []Event{ManualStart, AutomaticStart, ManualStartPassive, AutomaticStartPassive, AutomaticStartDamp, AutomaticStartDampPassive} {
		s = New(config())
		s.retries = 3
		s.Step(t0, Input{Event: e}, nil)
		require.Zero(t, s.Retries(), "%s", e)
	}
}

// §8.1.2: PassiveTcpEstablishment makes events 1, 3 and 6 what 4, 5 and 7 are.
func TestSection8_1_2PassiveTcpEstablishment(t *testing.T) {
	c := config()
	c.Passive = true
	for _, e := range starts {
		acts, _ := spell(New(c).Step(t0, Input{Event: e}, nil))
		require.Equal(t, "listen", acts, "%s", e)
	}
}

// §8.1.3: the end of each timer is its event.
func TestSection8_1_3TimerEvents(t *testing.T) {
	delayed := config()
	delayed.DelayOpen = time.Second
	waiting := in(delayed, Connect, 9)
	waiting.Step(t0, Input{Event: TCPCRAcked}, nil)
	held := in(config(), OpenSent, 9)
	held.Step(t0, Input{Event: UpdateMsg}, nil)
	stalled := config()
	stalled.SendHold = 10 * time.Second
	full := in(stalled, Established, 9)
	full.Pending(t0, true)
	full.Step(t0.Add(9*time.Second), Input{Event: KeepAliveMsg}, nil)
	full.stop(keepaliveTimer)
	for e, s := range map[Event]*Session{
		ConnectRetryTimerExpires: in(config(), Connect, 9), HoldTimerExpires: in(config(), OpenSent, 9), KeepaliveTimerExpires: in(config(), OpenConfirm, 9),
		DelayOpenTimerExpires: waiting, IdleHoldTimerExpires: held, SendHoldTimerExpires: full,
	} {
		require.Equal(t, []Event{e}, observed(s, func() { s.Advance(s.Deadline(), nil) }))
	}
}

// §8.1.5: an OPEN is event 20 while DelayOpenTimer runs and else event 19,
// whatever the driver calls it; a NOTIFICATION of 2/1 is event 24.
func TestSection8_1_5MessageEvents(t *testing.T) {
	c := config()
	c.DelayOpen = time.Second
	for _, e := range []Event{BGPOpen, BGPOpenWithDelayOpenTimerRunning} {
		open := Input{Event: e, Open: peerOpen(9)}
		s := in(config(), OpenSent, 9)
		require.Equal(t, []Event{BGPOpen}, observed(s, func() { s.Step(t0, open, nil) }))
		s = in(c, Connect, 9)
		s.Step(t0, Input{Event: TCPCRAcked}, nil)
		require.Equal(t, []Event{BGPOpenWithDelayOpenTimerRunning}, observed(s, func() { s.Step(t0, open, nil) }))
	}
	for _, n := range []codec.Notification{{Code: 2, Subcode: 1}, {Code: 2, Subcode: 2}, {Code: 1, Subcode: 1}, {Code: 6, Subcode: 2}} {
		s := in(config(), OpenConfirm, 9)
		want := NotifMsg
		if n.Code == 2 && n.Subcode == 1 {
			want = NotifMsgVerErr
		}
		var out []Action
		require.Equal(t, []Event{want}, observed(s, func() { out = s.Step(t0, Input{Event: NotifMsg, Notification: n}, nil) }), "%v", n)
		require.Equal(t, Down{Cause: DownReceived, Notification: n}, out[len(out)-1].Reason)
	}
}

// §8.2.1: "one FSM per potential BGP connection": that of an accepted connection
// lives and ends with it.
func TestSection8_2_1AcceptedConnection(t *testing.T) {
	for e := ManualStop; e < nEvents; e++ {
		s := NewIncoming(config())
		s.Step(t0, Input{Event: ManualStartPassive}, nil)
		s.Step(t0, Input{Event: TCPConnectionConfirmed}, nil)
		require.Equal(t, OpenSent, s.State())
		out := s.Step(t0, Input{Event: e, Open: peerOpen(9)}, nil)
		for s.State() != Idle {
			out = s.Step(t0, Input{Event: TCPConnectionFails}, out)
		}
		require.True(t, s.Deadline().IsZero(), "after %s it starts again", e)
		for _, a := range out {
			require.NotContains(t, []ActionKind{ActDial, ActListen}, a.Kind, "after %s", e)
		}
	}
}

// §6.5: silence for the Hold Time closes the connection; §8.2.2: any message of
// the peer restarts it, a NOTIFICATION of ours is all that is sent.
func TestSection6_5HoldTimer(t *testing.T) {
	for _, e := range []Event{KeepAliveMsg, UpdateMsg} {
		s := in(config(), Established, 9)
		s.stop(keepaliveTimer)
		s.Step(t0.Add(8*time.Second), Input{Event: e}, nil)
		require.Empty(t, s.Advance(t0.Add(17*time.Second-1), nil))
		_, note := spell(s.Advance(t0.Add(17*time.Second), nil))
		require.Equal(t, "4/0", note)
	}
}

// §6: why a session ended is told once, at its entry to Idle.
func TestDownSaysWhy(t *testing.T) {
	refused := codec.Notification{Code: codec.CodeCease, Subcode: codec.CeaseRejected}
	for _, x := range []struct {
		at   State
		in   Input
		want Down
	}{
		{Connect, Input{Event: ManualStop}, Down{Cause: DownStop}},
		{Active, Input{Event: AutomaticStop}, Down{Cause: DownStop}},
		{Connect, Input{Event: TCPConnectionFails}, Down{Cause: DownTCP}},
		{Established, Input{Event: TCPConnectionFails}, Down{Cause: DownTCP, WasEstablished: true}},
		{OpenConfirm, Input{Event: NotifMsg, Notification: refused}, Down{Cause: DownReceived, Notification: refused}},
		{Established, Input{Event: NotifMsg, Notification: refused}, Down{Cause: DownReceived, Notification: refused, WasEstablished: true}},
		{Connect, Input{Event: KeepAliveMsg}, Down{Cause: DownProtocol}},
		{Established, Input{Event: HoldTimerExpires}, Down{Cause: DownSent, Notification: codec.Notification{Code: codec.CodeHoldTimer}, WasEstablished: true}},
	} {
		out := in(config(), x.at, 9).Step(t0, x.in, nil)
		require.Equal(t, Action{Kind: ActDown, Reason: x.want}, out[len(out)-1], "%s in %s", x.in.Event, x.at)
	}
}

func TestNames(t *testing.T) {
	require.Equal(t, "STATE(9)", State(9).String())
	require.Equal(t, "EVENT(30)", Event(30).String())
	require.Equal(t, "EVENT(0)", Event(0).String())
}

// A driver that does not keep to the interface is our own fault.
func TestWrongInputPanics(t *testing.T) {
	for _, x := range []Input{{}, {Event: nEvents}, {Event: BGPOpen}, {Event: BGPOpenWithDelayOpenTimerRunning}} {
		require.Panics(t, func() { New(config()).Step(t0, x, nil) }, "%v", x)
	}
}

// A 32-bit identifier is compared as one, not as text.
func TestCollideComparesNumbers(t *testing.T) {
	require.Equal(t, CloseThis, Collide(netip.MustParseAddr("10.0.0.10"), 1, netip.MustParseAddr("10.0.0.9"), 2, true, OpenSent))
	require.Equal(t, CloseThis, Collide(netip.MustParseAddr("200.0.0.1"), 1, netip.MustParseAddr("99.0.0.1"), 2, true, OpenSent))
}
