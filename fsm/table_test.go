package fsm

import (
	"bytes"
	"flag"
	"fmt"
	"net/netip"
	"os"
	"testing"
	"time"

	"github.com/peerloom/peerloom/codec"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite docs/FSM.md")

// collisions is the last section of docs/FSM.md: why Collide is as it is.
const collisions = `
## Collisions with an Established session

By default RFC 4271 §6.8 closes the new connection when the other one is Established, and compares
identifiers only where CollisionDetectEstablishedState is set. Here it is set, always. The two ends
of a connection are not in the same state: one is Established as soon as the other's KEEPALIVE is
there, while that one still waits in OpenConfirm. In this window an end that keeps what is
Established and an end that compares identifiers each close what the other keeps, and both
connections are gone. A rule that looks at identifiers and at who dialled, and never at states, gives
both ends the same answer at any time, so exactly one connection survives each collision.

What it costs: a second connection of the end with the higher identifier replaces a session that is
up. Our speaker opens none: what it still dials is called off when a session comes up. What it
brings: such an end comes back at once after a restart that its peer has not noticed; the end with the
lower identifier waits until the peer's hold timer has ended the old session, as the RFC has it.

A session that comes up closes another connection on which the peer's OPEN is still to come only when
that one would lose; else it waits for the OPEN (the peer may have chosen it already). COLL-01 to
COLL-03 of docs/INVARIANTS.md hold every run to this.
`

func TestTableIsWholeAndPrinted(t *testing.T) {
	var b bytes.Buffer
	b.WriteString("# The finite state machine\n\nGenerated: `go test ./fsm -run TestTableIsWhole -update`. A cell is its func and the section that asks for it, of RFC 4271 unless named.\n\n| # | event |")
	for s := range nStates {
		fmt.Fprintf(&b, " %s |", s)
	}
	b.WriteString("\n|---|---|---|---|---|---|---|---|\n")
	for e := ManualStart; e < nEvents; e++ {
		fmt.Fprintf(&b, "| %d | %s |", e, e)
		for s := range nStates {
			c := table[s][e]
			require.True(t, c.run != nil && c.name != "" && c.ref != "", "no cell for %s in %s", e, s)
			fmt.Fprintf(&b, " %s, %s", c.name, c.ref)
			if c.unreachable != "" {
				fmt.Fprintf(&b, "; unreachable: %s", c.unreachable)
			}
			b.WriteString(" |")
		}
		b.WriteString("\n")
	}
	b.WriteString("\n## Deviations\n\n")
	for _, d := range Deviations() {
		fmt.Fprintf(&b, "- %s\n", d)
	}
	b.WriteString(collisions)
	const file = "../docs/FSM.md"
	if *update {
		require.NoError(t, os.MkdirAll("../docs", 0o755))
		require.NoError(t, os.WriteFile(file, b.Bytes(), 0o644))
	}
	got, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, b.String(), string(got), "docs/FSM.md is old: run with -update")
}

var t0 = time.Unix(1000, 0)

func config() Config {
	id := netip.MustParseAddr("10.0.0.1")
	return Config{LocalAS: 1, PeerAS: 2, LocalID: id, HoldTime: 90 * time.Second, ConnectRetry: time.Minute, AutoStart: true,
		IdleHold: 5 * time.Second, Open: codec.Open{Version: 4, AS: 1, HoldTime: 90, ID: id}}
}

func peerOpen(hold uint16) *codec.Open {
	return &codec.Open{Version: 4, AS: 2, HoldTime: hold, ID: netip.MustParseAddr("10.0.0.2")}
}

// in brings a session to a state by events alone.
func in(c Config, to State, hold uint16) *Session {
	s := New(c)
	path := []Input{{Event: ManualStart}, {Event: TCPCRAcked}, {Event: BGPOpen, Open: peerOpen(hold)}, {Event: KeepAliveMsg}}
	if to == Active {
		path = []Input{{Event: ManualStartPassive}}
	}
	for _, i := range path {
		if s.state != to {
			s.Step(t0, i, nil)
		}
	}
	return s
}

// Every cell keeps what holds of all: timers of the state only, one
// NOTIFICATION at most and then the close, none in answer to one.
func TestEveryCell(t *testing.T) {
	for st := range nStates {
		for e := ManualStart; e < nEvents; e++ {
			for _, hold := range []uint16{0, 3, 30} {
				s := in(config(), st, hold)
				require.Equal(t, st, s.state)
				out := s.Step(t0, Input{Event: e, Open: peerOpen(hold)}, nil)
				notes, closed := 0, false
				for _, a := range out {
					switch a.Kind {
					case ActSendNotification:
						notes++
						require.False(t, closed, "%s in %s: NOTIFICATION after close", e, st)
					case ActClose:
						closed = true
					}
				}
				require.LessOrEqual(t, notes, 1)
				require.True(t, notes == 0 || closed && s.state == Idle, "%s in %s: NOTIFICATION without close", e, st)
				if e == NotifMsg || e == NotifMsgVerErr {
					require.Zero(t, notes, "%s in %s was answered", e, st)
				}
				for tm := range timer(nTimers) {
					require.True(t, allowed[s.state][tm] || !s.running(tm), "%s in %s left %s running in %s", e, st, timers[tm].name, s.state)
				}
				if e == ManualStop {
					require.True(t, s.Deadline().IsZero(), "ManualStop in %s re-arms", st)
				}
			}
		}
	}
}

func TestTimersOfStates(t *testing.T) {
	require.Equal(t, t0.Add(4*time.Minute), in(config(), OpenSent, 9).Deadline(), "large HoldTimer in OpenSent")
	for _, st := range []State{OpenConfirm, Established} {
		s := in(config(), st, 9)
		require.Equal(t, t0.Add(9*time.Second), s.timers[holdTimer], "HoldTimer in %s", st)
		require.Equal(t, t0.Add(3*time.Second), s.timers[keepaliveTimer], "KeepaliveTimer in %s", st)
		require.True(t, in(config(), st, 0).Deadline().IsZero(), "hold time 0 runs no timer in %s", st)
	}
	s := in(config(), OpenConfirm, 9)
	s.Step(t0.Add(2*time.Second), Input{Event: KeepAliveMsg}, nil)
	require.Equal(t, t0.Add(11*time.Second), s.timers[holdTimer], "entering Established restarts HoldTimer")
	s.Pending(t0, true)
	require.Equal(t, t0.Add(8*time.Minute), s.timers[sendHoldTimer])
	c := config()
	c.Jitter = func(n int) int { return n - 1 }
	require.Equal(t, t0.Add(time.Second), in(c, Established, 3).timers[keepaliveTimer], "never more than one KEEPALIVE a second")
}

func TestPassiveNeverDialsAlsoAfterALoss(t *testing.T) {
	c := config()
	c.Passive = true
	for e := ManualStart; e < nEvents; e++ {
		s := in(c, Active, 9)
		out := s.Step(t0, Input{Event: e, Open: peerOpen(9)}, nil)
		for range 5 {
			if d := s.Deadline(); !d.IsZero() {
				out = s.Advance(d, out)
			}
		}
		for _, a := range out {
			require.NotEqual(t, ActDial, a.Kind, "passive session dialed after %s", e)
		}
	}
}

func TestCollideBothEndsAgree(t *testing.T) {
	a, b := netip.MustParseAddr("10.0.0.5"), netip.MustParseAddr("10.0.0.9")
	for _, v := range []struct {
		id1, id2 netip.Addr
		as1, as2 uint32
	}{{a, b, 1, 2}, {b, a, 1, 2}, {a, a, 1, 2}, {a, a, 2, 1}} {
		for s1 := OpenSent; s1 < nStates; s1++ {
			for s2 := OpenSent; s2 < nStates; s2++ {
				// The OPENs on one connection, or on each of the two, may come last.
				for _, in1 := range []bool{true, false} {
					for _, in2 := range []bool{true, false} {
						keepIn1 := in1 == (Collide(v.id1, v.as1, v.id2, v.as2, in1, s1) == CloseOther)
						keepIn2 := in2 == (Collide(v.id2, v.as2, v.id1, v.as1, in2, s2) == CloseOther)
						require.NotEqual(t, keepIn1, keepIn2, "ends keep different connections: %v %s %s", v, s1, s2)
						higher := v.id1.Compare(v.id2) > 0 || v.id1 == v.id2 && v.as1 > v.as2
						require.Equal(t, !higher, keepIn1, "the connection of the higher id survives: %v", v)
					}
				}
			}
		}
	}
}

func TestStepAllocatesNothing(t *testing.T) {
	s := in(config(), Established, 30)
	out := make([]Action, 0, 8)
	require.Zero(t, testing.AllocsPerRun(100, func() {
		out = s.Step(t0, Input{Event: UpdateMsg}, out[:0])
		out = s.Step(t0, Input{Event: KeepaliveTimerExpires}, out[:0])
	}))
}

func BenchmarkStep(b *testing.B) {
	s := in(config(), Established, 30)
	var out []Action
	b.ReportAllocs()
	for b.Loop() {
		out = s.Step(t0, Input{Event: UpdateMsg}, out[:0])
	}
}
