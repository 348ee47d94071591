package check_test

import (
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/sim/check"
)

// talk is a speaker of one neighbor that offers 9 s, and its oracle.
type talk struct {
	t   *testing.T
	c   *check.Conns
	now time.Time
}

func newTalk(t *testing.T, passive bool) *talk {
	c := check.NewConns([]check.ConnsNeighbor{{Name: "peer", Passive: passive, Hold: 9 * time.Second, Retry: 7 * time.Second, Early: 7 * time.Second}})
	k := &talk{t, c, time.Unix(1000, 0)}
	c.Start(k.now, 0)
	return k
}

func openOf(last byte, hold uint16) []byte {
	b, err := codec.AppendOpen(nil, &codec.Open{Version: 4, AS: 1, HoldTime: hold, ID: netip.AddrFrom4([4]byte{10, 0, 0, last})})
	if err != nil {
		panic(err)
	}
	return b
}

func cease(sub uint8) []byte {
	return codec.AppendNotification(nil, codec.Notification{Code: codec.CodeCease, Subcode: sub})
}

// fine wants no violation, breaks wants one.
func (k *talk) fine(v *check.Violation) { require.Nil(k.t, v) }
func (k *talk) breaks(id check.ID, v *check.Violation) {
	require.NotNil(k.t, v, "%s is not seen", id)
	require.Equal(k.t, id, v.ID, "%v", v)
}

// opened is a connection on which both OPENs went; ours is 10.0.0.1.
func (k *talk) opened(id uint64, dialed bool) {
	if dialed {
		k.fine(k.c.Dial(k.now, id, 0))
		k.c.Up(k.now, id)
	} else {
		k.c.Accept(k.now, id, 0)
	}
	k.fine(k.c.Sent(k.now, id, openOf(1, 9)))
	k.c.Received(k.now, id, openOf(2, 9))
}

func TestConnsOfCollisions(t *testing.T) {
	k := newTalk(t, false)
	k.opened(1, true)
	k.breaks(check.CollideLoser, k.c.Sent(k.now, 1, cease(7))) // there is no other

	k = newTalk(t, false)
	k.opened(1, true)
	k.opened(2, false)
	k.breaks(check.CollideOne, k.c.Settled(k.now, k.now.Add(time.Second), false))
	k.breaks(check.CollideLoser, k.c.Sent(k.now, 2, cease(7))) // the peer's stays: 10.0.0.2 is higher

	k = newTalk(t, false)
	k.opened(1, true)
	k.opened(2, false)
	k.fine(k.c.Sent(k.now, 1, cease(7)))
	k.fine(k.c.Close(k.now, 1))
	k.fine(k.c.Settled(k.now, k.now.Add(time.Second), false))
	lost, kept, ok := k.c.Collision()
	require.Equal(t, []any{uint64(1), uint64(2), true}, []any{lost, kept, ok})
	k.fine(k.c.Quiet([]uint64{2}))
	k.breaks(check.DeadAlive, k.c.Quiet(nil))
}

func TestConnsOfTheDead(t *testing.T) {
	k := newTalk(t, false)
	k.opened(1, true)
	k.breaks(check.DeadConn, k.c.Dial(k.now, 1, 0))
	k.breaks(check.WireSilentClose, k.c.Close(k.now, 1))
	k.breaks(check.DeadConn, k.c.Close(k.now, 1))
	k.breaks(check.DeadConn, k.c.Sent(k.now, 1, cease(2)))
	k.breaks(check.DeadConn, k.c.Pull(1))
	k.opened(3, true)
	k.c.Received(k.now, 3, cease(2))
	k.fine(k.c.Close(k.now, 3)) // a NOTIFICATION is not answered
}

func TestConnsOfTimers(t *testing.T) {
	expired := codec.AppendNotification(nil, codec.Notification{Code: codec.CodeHoldTimer})
	k := newTalk(t, false)
	k.opened(1, true)
	k.fine(k.c.Settled(k.now, k.now.Add(9*time.Second), false))
	k.breaks(check.TimerHoldLate, k.c.Settled(k.now, k.now.Add(10*time.Second), false))
	k.breaks(check.TimerHoldLate, k.c.Settled(k.now, time.Time{}, false))
	k.breaks(check.TimerProgress, k.c.Settled(k.now, k.now, true))
	k.now = k.now.Add(8 * time.Second)
	k.breaks(check.TimerHoldEarly, k.c.Sent(k.now, 1, expired))

	k = newTalk(t, false)
	k.opened(1, true)
	k.now = k.now.Add(9 * time.Second)
	k.fine(k.c.Sent(k.now, 1, expired))

	k = newTalk(t, false)
	k.fine(k.c.Dial(k.now, 1, 0))
	k.breaks(check.TimerOneDial, k.c.Dial(k.now, 3, 0))
	k.c.Up(k.now, 1)
	k.breaks(check.TimerOffer, k.c.Sent(k.now, 1, openOf(1, 30)))
	k.breaks(check.TimerPassive, newTalk(t, true).c.Dial(k.now, 1, 0))

	k = newTalk(t, false)
	k.c.Stop(-1)
	k.breaks(check.TimerStopped, k.c.Dial(k.now, 1, 0))
}

func TestConnsOfSilence(t *testing.T) {
	k := newTalk(t, false)
	k.fine(k.c.Dial(k.now, 1, 0))
	k.fine(k.c.Settled(k.now.Add(7*time.Second), k.now.Add(8*time.Second), false))
	k.breaks(check.LiveSilence, k.c.Settled(k.now.Add(8*time.Second), k.now.Add(9*time.Second), false))
	k.fine(k.c.Settled(k.now.Add(8*time.Second), k.now.Add(8*time.Second), false)) // its timer is about to be served
	k.now = k.now.Add(8 * time.Second)
	k.c.Lost(k.now, 1)
	k.fine(k.c.Settled(k.now.Add(7*time.Second), time.Time{}, false))
	k.breaks(check.LiveRetry, k.c.Settled(k.now.Add(8*time.Second), time.Time{}, false))
}

// A timer of before its clock was set back runs on, as the clock says.
func TestConnsOfAClockSetBack(t *testing.T) {
	k := newTalk(t, false)
	k.fine(k.c.Dial(k.now, 1, 0))
	k.fine(k.c.Settled(k.now, k.now.Add(time.Second), false))
	back := k.now.Add(-time.Hour)
	k.fine(k.c.Settled(back, k.now, false))
	k.c.Lost(back, 1)
	k.fine(k.c.Settled(k.now.Add(7*time.Second), time.Time{}, false))
	k.breaks(check.LiveRetry, k.c.Settled(k.now.Add(8*time.Second), time.Time{}, false))
}

// A Cease says why: RFC 4486 §4.
func TestCease(t *testing.T) {
	due := check.Cease(0).Allow(codec.CeaseShutdown)
	require.Nil(t, due.Judge(6, codec.CeaseShutdown, "a stop"))
	require.Nil(t, due.Judge(4, 0, "a stop"))
	require.ErrorContains(t, due.Judge(6, codec.CeaseDeconfigured, "a stop"), "6/3")
}

// A Hard Reset is for those who both know it (RFC 8538 §4).
func TestConnsOfHardResets(t *testing.T) {
	open := func(last byte, notify bool) []byte {
		b, err := codec.AppendOpen(nil, &codec.Open{Version: 4, AS: 1, HoldTime: 9, ID: netip.AddrFrom4([4]byte{10, 0, 0, last}),
			Caps: []codec.Capability{codec.GracefulRestartCap(codec.GracefulRestart{Notification: notify, Time: 5})}})
		require.NoError(t, err)
		return b
	}
	hard := codec.AppendNotification(nil, codec.HardReset(codec.Notification{Code: codec.CodeCease, Subcode: codec.CeaseShutdown}))
	for _, x := range []struct{ ours, theirs bool }{{true, true}, {true, false}, {false, true}} {
		k := newTalk(t, false)
		k.fine(k.c.Dial(k.now, 1, 0))
		k.c.Up(k.now, 1)
		k.fine(k.c.Sent(k.now, 1, open(1, x.ours)))
		k.c.Received(k.now, 1, open(2, x.theirs))
		if x.ours && x.theirs {
			k.fine(k.c.Sent(k.now, 1, hard))
		} else {
			k.breaks(check.WireCease, k.c.Sent(k.now, 1, hard))
		}
	}
}
