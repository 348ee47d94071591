package netsim_test

import (
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/netsim"
	"github.com/peerloom/peerloom/sim"
)

var always = sim.Ratio{Num: 1, Den: 1}

// Two dials between the same ports, each under way when the other begins, are
// one connection that both ends dialed.
func TestSimultaneousOpen(t *testing.T) {
	n := netsim.New(sim.NewLoop(sim.Dull{}, nil), netsim.Options{Link: netsim.Link{Delay: 10 * time.Millisecond}})
	a, b := &peer{net: n}, &peer{net: n}
	n.AddHost(left, a)
	n.AddHost(right, b)
	from, to := netip.AddrPortFrom(left, 179), netip.AddrPortFrom(right, 179)
	c, err := n.Dial(from, to)
	require.NoError(t, err)
	pass(t, n, 5*time.Millisecond)
	d, err := n.Dial(to, from)
	require.NoError(t, err)
	require.Equal(t, c.Peer(), d)
	pass(t, n, time.Hour)
	require.Equal(t, []netsim.EventKind{netsim.Connected}, a.seen)
	require.Equal(t, []netsim.EventKind{netsim.Connected}, b.seen)
	n.Write(c, []byte("x"))
	n.Write(d, []byte("y"))
	pass(t, n, time.Second)
	require.Equal(t, "y x", string(a.got)+" "+string(b.got))
}

// With Meet a dial waits for one of the other end, but not for ever.
func TestDialsMeet(t *testing.T) {
	n := netsim.New(sim.NewLoop(sim.Dull{}, nil), netsim.Options{Link: netsim.Link{Delay: time.Millisecond}})
	a, b := &peer{net: n}, &peer{net: n}
	n.AddHost(left, a)
	n.AddHost(right, b)
	back := netip.AddrPortFrom(left, 179)
	require.NoError(t, n.Listen(port))
	require.NoError(t, n.Listen(back))
	n.SetFaults(netsim.Faults{Meet: always})
	_, err := n.Dial(netip.AddrPortFrom(left, 0), port)
	require.NoError(t, err)
	pass(t, n, time.Second)
	require.Empty(t, a.seen)
	_, err = n.Dial(netip.AddrPortFrom(right, 0), back)
	require.NoError(t, err)
	pass(t, n, 3*time.Millisecond)
	both := []netsim.EventKind{netsim.Connected, netsim.Accepted}
	require.ElementsMatch(t, both, a.seen)
	require.ElementsMatch(t, both, b.seen)
	_, err = n.Dial(netip.AddrPortFrom(left, 0), port)
	require.NoError(t, err)
	pass(t, n, netsim.DefaultDialTimeout/8)
	require.Len(t, a.seen, 3, "nobody dialed back: it went on alone")
}

// A write that is held arrives in one read with those behind it.
func TestWritesCoalesce(t *testing.T) {
	for _, f := range []netsim.Faults{{}, {Hold: always}} {
		n, a, b := two(t, sim.Dull{}, netsim.Link{Delay: time.Millisecond}, f)
		n.Write(a.conn, []byte("a"))
		pass(t, n, 10*time.Millisecond)
		n.SetFaults(netsim.Faults{})
		n.Write(a.conn, []byte("b"))
		pass(t, n, time.Second)
		require.Equal(t, "ab", string(b.got))
		require.Equal(t, 2-f.Hold.Num, b.reads)
	}
}

func TestFlippedBitsAreKnown(t *testing.T) {
	n, a, b := two(t, sim.Dull{}, netsim.Link{Delay: time.Millisecond}, netsim.Faults{})
	n.FlipNext(a.conn)
	require.False(t, n.Flipped(a.conn))
	n.Write(a.conn, []byte("a"))
	n.Write(a.conn, []byte("a"))
	pass(t, n, time.Second)
	require.Equal(t, "\xe1a", string(b.got), "the first bit of the first write, and nothing else")
	require.True(t, n.Flipped(a.conn))
	require.False(t, n.Flipped(b.conn))
}

// An end that is gone without a word is found by the first bytes that it gets.
func TestAbandonedEndAnswersWithRST(t *testing.T) {
	n, a, b := two(t, sim.Dull{}, netsim.Link{Delay: time.Millisecond}, netsim.Faults{})
	n.Abandon(b.conn)
	pass(t, n, time.Hour)
	require.Equal(t, []netsim.EventKind{netsim.Connected}, a.seen)
	n.Write(a.conn, []byte("x"))
	pass(t, n, time.Second)
	require.Equal(t, netsim.Reset, a.last.Reason)
	require.Empty(t, b.got)
}

// A writer whose window is full of bytes that nobody read learns it too.
func TestAbandonedEndAnswersProbes(t *testing.T) {
	n, a, b := two(t, sim.Dull{}, netsim.Link{Delay: time.Millisecond, Window: 3}, netsim.Faults{})
	b.lazy = true
	n.Write(a.conn, []byte("xyz"))
	pass(t, n, time.Second)
	n.Abandon(b.conn)
	pass(t, n, time.Minute)
	require.Equal(t, netsim.Reset, a.last.Reason)
}

// What a host without power swallowed, its sender's TCP repeats when it is
// back: even a full window learns that the connection is gone.
func TestSwallowedBytesAreRepeated(t *testing.T) {
	n, a, _ := two(t, sim.Dull{}, netsim.Link{Delay: time.Millisecond, Window: 3}, netsim.Faults{})
	n.Crash(right)
	require.Equal(t, 3, n.Write(a.conn, []byte("xyz")))
	pass(t, n, time.Hour)
	n.Start(right, &peer{net: n})
	pass(t, n, time.Second)
	require.Equal(t, netsim.Reset, a.last.Reason)
}
