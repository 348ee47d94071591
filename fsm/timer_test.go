package fsm

import (
	"testing"
	"time"

	"github.com/peerloom/peerloom/codec"
	"github.com/stretchr/testify/require"
)

// due steps a session to its next timer and answers what it did then.
func due(s *Session) (time.Time, []Action) {
	now := s.Deadline()
	return now, s.Advance(now, nil)
}

// §10: the factor of ConnectRetryTimer, KeepaliveTimer and IdleHoldTimer lies
// between 0.75 and 1.0; the HoldTimer, which both ends must agree on, has none.
func TestSection10Jitter(t *testing.T) {
	for _, draw := range []struct {
		name string
		of   func(n int) int
		part time.Duration // of 4
	}{{"least", func(int) int { return 0 }, 4}, {"most", func(n int) int { return n - 1 }, 3}} {
		c := config()
		c.Jitter, c.ConnectRetry, c.IdleHold = draw.of, 4096*time.Second, 8192*time.Second
		require.Equal(t, t0.Add(1024*draw.part*time.Second), in(c, Connect, 9).Deadline(), "ConnectRetryTimer at the %s", draw.name)
		s := in(c, Established, 84)
		require.Equal(t, t0.Add(84*time.Second), s.timers[holdTimer], "HoldTimer at the %s", draw.name)
		require.WithinDuration(t, t0.Add(7*draw.part*time.Second), s.timers[keepaliveTimer], time.Second/100, "KeepaliveTimer at the %s", draw.name)
		s.Step(t0, Input{Event: TCPConnectionFails}, nil)
		require.Equal(t, t0.Add(2048*draw.part*time.Second), s.Deadline(), "IdleHoldTimer at the %s", draw.name)
	}
	drawn := -1
	c := config()
	c.Jitter = func(n int) int { drawn = n; return 0 }
	in(c, Connect, 9)
	require.Equal(t, 1025, drawn, "both ends of the range can be drawn")
}

// §8.2.2 Connect waits for ConnectRetryTimer in any configuration: a dial that
// hangs ends.
func TestHangingDialEnds(t *testing.T) {
	c := config()
	c.ConnectRetry = 0
	s := in(c, Connect, 9)
	now, out := due(s)
	require.Equal(t, t0.Add(120*time.Second), now, "§10: the suggested default value is 120 seconds")
	acts, _ := spell(out)
	require.Equal(t, "close dial listen", acts)
}

// A passive session that waits has nothing to wake up for.
func TestPassiveSessionWakesNobody(t *testing.T) {
	c := config()
	c.Passive = true
	for _, s := range []*Session{in(c, Active, 9), NewIncoming(c)} {
		s.Step(t0, Input{Event: ManualStart}, nil)
		require.Equal(t, Active, s.State())
		require.True(t, s.Deadline().IsZero(), "a timer runs: %s", running(s, t0))
	}
}

// §8.2.2: DelayOpenTimer delays our OPEN, and the peer's comes first or not.
func TestDelayOpen(t *testing.T) {
	c := config()
	c.DelayOpen = 2 * time.Second
	s := New(c)
	s.Step(t0, Input{Event: ManualStart}, nil)
	require.Empty(t, s.Step(t0, Input{Event: TCPCRAcked}, nil), "the OPEN is delayed")
	now, out := due(s)
	require.Equal(t, t0.Add(2*time.Second), now)
	acts, _ := spell(out)
	require.Equal(t, "open", acts)
	require.Same(t, &s.cfg.Open, out[0].Open)
	require.Equal(t, OpenSent, s.State())

	bad := peerOpen(30)
	bad.AS = 7
	for _, notify := range []bool{false, true} {
		c.NotifyInOpenSent = notify
		s = New(c)
		s.Step(t0, Input{Event: ManualStart}, nil)
		s.Step(t0, Input{Event: TCPCRAcked}, nil)
		_, note := spell(s.Step(t0, Input{Event: BGPOpen, Open: bad}, nil))
		require.Equal(t, map[bool]string{true: "2/2"}[notify], note, "SendNOTIFICATIONwithoutOPEN %t", notify)
		require.Equal(t, Idle, s.State())
	}
}

// §8.1.2: DampPeerOscillations: the IdleHoldTime doubles with each fall up to its
// bound, and begins anew after a session that stayed up as long.
func TestDampPeerOscillations(t *testing.T) {
	c := config()
	c.Damp, c.IdleHold, c.IdleHoldMax = true, 5*time.Second, 30*time.Second
	s, now := New(c), t0
	up := func(stays time.Duration) time.Duration {
		for _, e := range []Event{TCPCRAcked, BGPOpen, KeepAliveMsg} {
			s.Step(now, Input{Event: e, Open: peerOpen(0)}, nil)
		}
		require.Equal(t, Established, s.State())
		now = now.Add(stays)
		s.Step(now, Input{Event: TCPConnectionFails}, nil)
		held := s.Deadline().Sub(now)
		for _, e := range []Event{AutomaticStartDamp, AutomaticStartDampPassive} {
			s.Step(now, Input{Event: e}, nil)
			require.Equal(t, Idle, s.State(), "%s waits for IdleHoldTimer", e)
		}
		now = s.Deadline()
		s.Advance(now, nil)
		require.Equal(t, Connect, s.State())
		return held
	}
	s.Step(now, Input{Event: AutomaticStartDamp}, nil)
	for i, held := range []time.Duration{5, 10, 20, 30, 30} {
		require.Equal(t, held*time.Second, up(29*time.Second), "fall %d", i+1)
	}
	require.Equal(t, 5*time.Second, up(30*time.Second), "up as long as the bound")
	require.Equal(t, 10*time.Second, up(0))
	require.Equal(t, 7, s.Retries(), "the restarts are counted")

	s = in(config(), Established, 9)
	for range 3 {
		s.Step(t0, Input{Event: AutomaticStop}, nil)
		require.Equal(t, t0.Add(5*time.Second), s.Deadline(), "undamped, the IdleHoldTime stays")
		s.Step(t0, Input{Event: IdleHoldTimerExpires}, nil)
		s.Step(t0, Input{Event: TCPCRAcked}, nil)
	}
}

// Who may start again by itself after what.
func TestRestart(t *testing.T) {
	hours := func(s *Session) State {
		for range 20 {
			if s.State() == Idle && !s.Deadline().IsZero() {
				s.Advance(s.Deadline(), nil)
			}
		}
		return s.State()
	}
	stop := func(c Config, e Event) *Session {
		s := in(c, Established, 9)
		s.Step(t0, Input{Event: e}, nil)
		require.Equal(t, Idle, s.State())
		return s
	}
	c := config()
	require.Equal(t, Connect, hours(stop(c, AutomaticStop)), "AutomaticStop with AllowAutomaticStart")
	require.Equal(t, Connect, hours(stop(c, NotifMsg)))
	require.Equal(t, Idle, hours(stop(c, ManualStop)), "ManualStop: no automatic start")
	require.Equal(t, Idle, hours(stop(c, OpenCollisionDump)), "the other connection lives")
	c.IdleHold = 0
	s := stop(c, NotifMsg)
	require.Equal(t, t0.Add(time.Minute), s.Deadline(), "no IdleHoldTime: ConnectRetryTime")
	s.Step(t0, Input{Event: ManualStop}, nil)
	require.True(t, s.Deadline().IsZero(), "ManualStop in Idle calls the restart off")
	s.Step(t0, Input{Event: IdleHoldTimerExpires}, nil)
	require.Equal(t, Idle, s.State(), "and a late expiry does not bring it back")
	s.Step(t0, Input{Event: ManualStart}, nil)
	s.Step(t0, Input{Event: TCPConnectionFails}, nil)
	require.Equal(t, Connect, hours(s), "a start allows it again")
	c.ConnectRetry = 0
	require.Equal(t, t0.Add(time.Second), stop(c, NotifMsg).Deadline(), "no time at all: a second, never none")
	c.AutoStart = false
	require.True(t, stop(c, NotifMsg).Deadline().IsZero(), "no AllowAutomaticStart")
}

// §8.1.2, §8.2.2: events 14 and 15 come with TrackTcpState.
func TestTrackTCPState(t *testing.T) {
	for _, track := range []bool{false, true} {
		c := config()
		c.TrackTCP = track
		for st := range nStates {
			for _, e := range []Event{TCPConnectionValid, TCPCRInvalid} {
				s := in(c, st, 9)
				out := s.Step(t0, Input{Event: e}, nil)
				require.Equal(t, st, s.State(), "%s in %s", e, st)
				acts, _ := spell(out)
				require.Equal(t, map[bool]string{true: "close"}[track && st == Idle && e == TCPConnectionValid], acts, "%s in %s", e, st)
			}
		}
	}
}

// RFC 9687 §4.3, §4.4 and §6.
func TestSendHoldTimer(t *testing.T) {
	left := func(send time.Duration, hold uint16) string {
		c := config()
		c.SendHold, c.HoldTime = send, time.Duration(hold)*time.Second
		s := in(c, Established, hold)
		require.False(t, s.running(sendHoldTimer), "nothing waits for TCP")
		s.Pending(t0, true)
		if !s.running(sendHoldTimer) {
			return ""
		}
		return s.timers[sendHoldTimer].Sub(t0).String()
	}
	require.Equal(t, "8m0s", left(0, 90), "the greater of 8 minutes ...")
	require.Equal(t, "10m0s", left(0, 300), "... and 2 times the negotiated HoldTime")
	require.Equal(t, "1m31s", left(91*time.Second, 90))
	require.Equal(t, "8m0s", left(90*time.Second, 90), "§4.4: it MUST be greater than the value of HoldTime")
	require.Empty(t, left(-1, 90), "off")
	require.Empty(t, left(time.Minute, 0), "off with hold time 0")

	c := config()
	c.SendHold, c.HoldTime = 10*time.Second, 9*time.Second
	s := in(c, OpenConfirm, 9)
	s.Pending(t0, true)
	require.False(t, s.running(sendHoldTimer), "it starts in Established")
	s.Step(t0, Input{Event: KeepAliveMsg}, nil)
	require.Equal(t, t0.Add(10*time.Second), s.timers[sendHoldTimer], "§4.3: entering Established starts it")
	s.Sent(t0.Add(time.Second), 0)
	require.Equal(t, t0.Add(11*time.Second), s.timers[sendHoldTimer], "§4.3: sending restarts it")
	s.Pending(t0.Add(2*time.Second), true)
	require.Equal(t, t0.Add(11*time.Second), s.timers[sendHoldTimer], "more bytes do not")
	s.Step(t0.Add(10*time.Second), Input{Event: KeepAliveMsg}, nil)
	s.Sent(t0.Add(time.Second), codec.MsgKeepalive)
	out := s.Advance(t0.Add(11*time.Second), nil)
	_, note := spell(out)
	require.Equal(t, "8/0", note)
	require.Equal(t, Idle, s.State())
	require.Equal(t, Down{Cause: DownSent, Notification: codec.Notification{Code: codec.CodeSendHold}, WasEstablished: true}, out[len(out)-1].Reason)

	for _, e := range []Event{ManualStart, TCPCRAcked, BGPOpen, KeepAliveMsg} {
		s.Step(t0, Input{Event: e, Open: peerOpen(9)}, nil)
	}
	require.Equal(t, Established, s.State())
	require.False(t, s.running(sendHoldTimer), "the bytes of the old connection are gone with it")

	s = in(c, Established, 9)
	s.Pending(t0, true)
	s.Pending(t0.Add(time.Second), false)
	require.False(t, s.running(sendHoldTimer), "TCP has taken everything")
}

// §8.2.2 Established: "Each time the local system sends a KEEPALIVE or UPDATE
// message, it restarts its KeepaliveTimer, unless the negotiated HoldTime value
// is zero."
func TestSentRestartsKeepaliveTimer(t *testing.T) {
	for m := range codec.MessageType(8) {
		s := in(config(), Established, 9)
		s.Sent(t0.Add(time.Second), m)
		after := 3 * time.Second
		if m == codec.MsgKeepalive || m == codec.MsgUpdate {
			after += time.Second
		}
		require.Equal(t, t0.Add(after), s.timers[keepaliveTimer], "sent %s", m)
		require.Equal(t, t0.Add(9*time.Second), s.timers[holdTimer], "sending does not restart the HoldTimer")
		s = in(config(), Established, 0)
		s.Sent(t0, m)
		s.Step(t0, Input{Event: KeepAliveMsg}, nil)
		require.True(t, s.Deadline().IsZero(), "hold time 0")
		require.Empty(t, s.Step(t0, Input{Event: KeepaliveTimerExpires}, nil), "§4.4: no periodic KEEPALIVE at hold time 0")
	}
}

// Timers that are due together fire in one order, and one Advance has an end,
// however late it comes.
func TestAdvanceIsOrderedAndBounded(t *testing.T) {
	s := in(config(), Established, 3)
	out := s.Advance(t0.Add(3*time.Second), nil)
	acts, note := spell(out)
	require.Equal(t, "note close down", acts, "the HoldTimer fires before the KeepaliveTimer")
	require.Equal(t, "4/0", note)
	for st := range nStates {
		s = in(config(), st, 3)
		late := t0.Add(1000 * time.Hour)
		require.LessOrEqual(t, len(s.Advance(late, nil)), 8, "%s", st)
		require.True(t, s.Deadline().IsZero() || s.Deadline().After(late), "a timer in the past is left: it would fire for ever")
	}
	s = in(config(), Established, 9)
	require.Empty(t, s.Advance(t0.Add(3*time.Second-1), nil), "a nanosecond early")
}

func TestAppendState(t *testing.T) {
	later := t0.Add(77 * time.Hour)
	for st := range nStates {
		for _, hold := range []uint16{0, 9} {
			a, b := in(config(), st, hold), in(config(), st, hold)
			for tm, at := range b.timers {
				if !at.IsZero() {
					b.timers[tm] = at.Add(later.Sub(t0))
				}
			}
			b.since = later
			require.Equal(t, a.AppendState(nil, t0), b.AppendState(nil, later), "%s: times count from now", st)
			require.Equal(t, []byte("x"), b.AppendState([]byte("x"), later)[:1], "it appends")
			if d := a.Deadline(); !d.IsZero() {
				require.NotEqual(t, a.AppendState(nil, t0), a.AppendState(nil, t0.Add(1)), "%s: a timer is nearer", st)
			}
		}
	}
	base := in(config(), Established, 9)
	for name, change := range map[string]func(*Session){
		"state": func(s *Session) { s.state = OpenConfirm }, "link": func(s *Session) { s.link = linkNone }, "noRestart": func(s *Session) { s.noRestart = true },
		"pending": func(s *Session) { s.pending = true }, "incoming": func(s *Session) { s.incoming = true }, "retries": func(s *Session) { s.retries++ },
		"idleHold": func(s *Session) { s.idleHold++ }, "a timer off": func(s *Session) { s.stop(holdTimer) },
		"negotiated": func(s *Session) { n := *s.negotiated; n.PeerOpen = peerOpen(10); s.negotiated = &n },
	} {
		s := base.Clone()
		require.Equal(t, base.AppendState(nil, t0), s.AppendState(nil, t0), "a clone is equal")
		change(s)
		require.NotEqual(t, base.AppendState(nil, t0), s.AppendState(nil, t0), "%s is not seen", name)
	}
	c := config()
	c.Damp = true
	s := in(c, Established, 0)
	require.NotEqual(t, s.AppendState(nil, t0), s.AppendState(nil, t0.Add(1)), "how long it is up decides the next damping")
}

func TestClone(t *testing.T) {
	s := in(config(), Established, 9)
	c := s.Clone()
	before := c.AppendState(nil, t0)
	s.Step(t0, Input{Event: NotifMsg}, nil)
	require.Equal(t, before, c.AppendState(nil, t0))
	require.Equal(t, Established, c.State())
	require.NotNil(t, c.Negotiated())
	require.Nil(t, s.Negotiated(), "nothing is negotiated in Idle")
}
