package speaker

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// leaves pulls as a driver does, with timers that are late by these times, in
// turn, and answers when each message left.
func (r *rig) leaves(conn ConnID, most int, late ...time.Duration) (at []time.Duration) {
	begun := r.now
	for ready := true; len(at) < most; {
		for ready {
			msg, acts := r.s.Pull(r.now, conn, nil, nil)
			ready = msg != nil || slices.ContainsFunc(acts, func(a Action) bool { return a.Kind == ActPull })
			if msg != nil {
				at = append(at, r.now.Sub(begun))
			}
		}
		next := r.s.Deadline()
		require.True(r.t, next.After(r.now), "a deadline that is over")
		r.now = next.Add(late[0])
		late = append(late[1:], late[0])
		ready = slices.ContainsFunc(r.s.Advance(r.now, nil), func(a Action) bool { return a.Kind == ActPull })
	}
	return at
}

func routesOf(n int) Command {
	c := Command{Kind: CmdAnnounce}
	for i := range n {
		c.Routes = append(c.Routes, route(fmt.Sprintf("10.%d.%d.0/24", i/256, i%256), "10.0.0.1"))
	}
	return c
}

// At most so many messages in any second, whatever is written at once and
// however late timers are; and not fewer than that where they are in time.
func TestRateLimit(t *testing.T) {
	for _, c := range []struct {
		limit int
		late  []time.Duration
		took  time.Duration // for 100 messages
	}{
		{5, []time.Duration{0}, 99 * 200 * time.Millisecond},
		{5, []time.Duration{3 * time.Millisecond}, 99 * 200 * time.Millisecond}, // made up for
		{5, []time.Duration{50 * time.Millisecond}, 99 * 240 * time.Millisecond},
		{5, []time.Duration{50 * time.Millisecond, 0, 9 * time.Millisecond}, 33 * (240 + 200 + 200) * time.Millisecond},
		{1000, []time.Duration{0}, 99 * time.Millisecond},
		{1000, []time.Duration{2 * time.Millisecond}, 99 * time.Millisecond},
	} {
		r := newRig(t, neighbor(func(n *Neighbor) { n.RateLimit = c.limit }))
		conn := r.up()
		require.Equal(t, []string{"done"}, r.batch(routesOf(99)), "not held up by the limit")
		at := r.leaves(conn, 100, c.late...) // and the End-of-RIB
		require.InDelta(t, c.took, at[99]-at[0], float64(2*catchUp), "%+v", c)
		for i := range at {
			if k := i + c.limit; k < len(at) {
				require.GreaterOrEqual(t, at[k]-at[i], time.Second-catchUp, "%+v: message %d and %d", c, i, k)
			}
		}
	}
}

// What is announced after a pause leaves at once, alone.
func TestRateLimitAfterAPause(t *testing.T) {
	r := newRig(t, neighbor(func(n *Neighbor) { n.RateLimit = 5 }))
	conn := r.up()
	require.Len(t, r.pull(conn), 1)
	r.now = r.now.Add(20 * time.Second)
	require.Equal(t, []string{"done"}, r.batch(routesOf(2)))
	require.NotNil(t, r.find(ActPull))
	require.Len(t, r.pull(conn), 1)
	require.Equal(t, []string{"done"}, r.batch(Command{Kind: CmdWithdraw, Routes: routesOf(1).Routes}))
	require.Nil(t, r.find(ActPull), "the timer says when")
	require.Equal(t, 200*time.Millisecond-catchUp, r.s.Deadline().Sub(r.now))
}

// A change of the limit alone leaves the session up, and a clock that is set
// back stops nobody.
func TestRateLimitChanges(t *testing.T) {
	r := newRig(t, neighbor(func(n *Neighbor) { n.RateLimit = 5 }))
	conn := r.up()
	require.Len(t, r.pull(conn), 1)
	r.now = r.now.Add(-time.Hour)
	require.Equal(t, []string{"done"}, r.batch(routesOf(2)))
	require.Len(t, r.leaves(conn, 2, 0), 2)
	r.reload(func(n *Neighbor) { n.RateLimit = 0 })
	require.Nil(t, r.find(ActClose))
	require.Equal(t, []string{"done"}, r.batch(Command{Kind: CmdWithdraw, Routes: routesOf(2).Routes}))
	require.Len(t, r.pull(conn), 2, "without a limit")
}
