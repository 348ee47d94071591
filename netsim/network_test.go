package netsim_test

import (
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/netsim"
	"github.com/peerloom/peerloom/sim"
)

var (
	left  = netip.MustParseAddr("10.0.0.1")
	right = netip.MustParseAddr("10.0.0.2")
	port  = netip.AddrPortFrom(right, 179)
)

// peer keeps what happens to it, and reads unless it is lazy.
type peer struct {
	net   *netsim.Network
	lazy  bool
	conn  netsim.Conn
	got   []byte
	seen  []netsim.EventKind
	last  netsim.Event
	reads int
	send  []byte // written as room comes
}

func (p *peer) HandleNet(e netsim.Event) {
	p.seen, p.last, p.conn = append(p.seen, e.Kind), e, e.Conn
	if e.Kind == netsim.Readable && !p.lazy {
		p.read()
	}
	if e.Kind == netsim.Writable {
		p.write()
	}
}

func (p *peer) read() {
	b := make([]byte, p.net.Unread(p.conn))
	p.net.Read(p.conn, b)
	p.got, p.reads = append(p.got, b...), p.reads+1
}

func (p *peer) write() { p.send = p.send[p.net.Write(p.conn, p.send):] }

// two hosts, connected, unless faults forbid it, after a second.
func two(t testing.TB, src sim.Source, link netsim.Link, f netsim.Faults) (n *netsim.Network, a, b *peer) {
	n = netsim.New(sim.NewLoop(src, nil), netsim.Options{Link: link})
	a, b = &peer{net: n}, &peer{net: n}
	n.AddHost(left, a)
	n.AddHost(right, b)
	require.NoError(t, n.Listen(port))
	n.SetFaults(f)
	_, err := n.Dial(netip.AddrPortFrom(left, 0), port)
	require.NoError(t, err)
	pass(t, n, time.Second)
	return n, a, b
}

func pass(t testing.TB, n *netsim.Network, d time.Duration) {
	require.True(t, n.Loop().RunUntil(n.Loop().Now().Add(d), 100000), "no rest:\n%s", n.Dump())
}

// Every way to cut 6 bytes delivers the same bytes.
func TestEverySplitDeliversTheSameBytes(t *testing.T) {
	runs, reads := 0, map[int]bool{}
	for e := sim.NewEnumerate(-1); e.Next(); runs++ {
		n, a, b := two(t, e, netsim.Link{Delay: time.Millisecond}, netsim.Faults{Split: sim.Ratio{Num: 1, Den: 2}})
		n.SetLink(left, right, netsim.Link{Delay: time.Millisecond})
		n.Write(a.conn, []byte("abcdef"))
		pass(t, n, time.Second)
		require.Equal(t, "abcdef", string(b.got), "%v", e.Tape())
		reads[b.reads] = true
	}
	require.Greater(t, runs, 32)
	require.True(t, reads[1])
}

func TestWindowIsRespected(t *testing.T) {
	n, a, b := two(t, sim.Dull{}, netsim.Link{Delay: time.Millisecond, Window: 10}, netsim.Faults{})
	b.lazy = true
	a.send = []byte("0123456789abcdefghijklmnop")
	a.write()
	require.Len(t, a.send, 16)
	pass(t, n, time.Hour)
	require.Zero(t, n.Write(a.conn, []byte("x")), "a full window took a byte")
	require.Equal(t, 10, n.Unread(b.conn), "a zero window must stall the writer")
	b.lazy = false
	b.read()
	pass(t, n, time.Second)
	require.Equal(t, "0123456789abcdefghijklmnop", string(b.got))
}

func TestFaultsOfDials(t *testing.T) {
	always := sim.Ratio{Num: 1, Den: 1}
	for _, test := range []struct {
		name string
		f    netsim.Faults
		want []netsim.EventKind
		why  netsim.Reason
	}{
		{"refused", netsim.Faults{Refuse: always}, []netsim.EventKind{netsim.Failed}, netsim.Refused},
		{"hangs", netsim.Faults{Hang: always}, []netsim.EventKind{netsim.Failed}, netsim.TimedOut},
		{"slow", netsim.Faults{Slow: always}, []netsim.EventKind{netsim.Connected}, 0},
	} {
		n, a, _ := two(t, sim.Dull{}, netsim.Link{}, test.f)
		if test.f.Refuse.Num == 0 {
			require.Empty(t, a.seen, "%s: too early", test.name)
		}
		pass(t, n, time.Hour)
		require.Equal(t, test.want, a.seen, test.name)
		require.Equal(t, test.why, a.last.Reason, test.name)
	}
}

func TestFaultsOfConnections(t *testing.T) {
	link := netsim.Link{Delay: time.Millisecond}
	for _, test := range []struct {
		name string
		do   func(n *netsim.Network, a, b *peer)
		got  string // by b, an hour later
		last netsim.EventKind
	}{
		{"FIN comes after the bytes", func(n *netsim.Network, a, b *peer) { n.Close(a.conn) }, "hello", netsim.Ended},
		{"RST comes after the bytes", func(n *netsim.Network, a, b *peer) { n.Reset(a.conn) }, "hello", netsim.Broken},
		{"RST that cuts", func(n *netsim.Network, a, b *peer) {
			n.SetFaults(netsim.Faults{Cut: sim.Ratio{Num: 1, Den: 1}})
			n.Reset(a.conn)
		}, "", netsim.Broken},
		{"partition", func(n *netsim.Network, a, b *peer) { n.Partition(left, right) }, "", netsim.Accepted},
		{"healed", func(n *netsim.Network, a, b *peer) { n.Isolate(left); n.Heal() }, "hello", netsim.Readable},
		{"stall", func(n *netsim.Network, a, b *peer) { n.Stall(a.conn, true) }, "", netsim.Accepted},
		{"paused", func(n *netsim.Network, a, b *peer) { n.Pause(right) }, "", netsim.Accepted},
		{"resumed", func(n *netsim.Network, a, b *peer) { n.Pause(right); n.Resume(right) }, "hello", netsim.Readable},
		{"power lost at the reader", func(n *netsim.Network, a, b *peer) { n.Crash(right) }, "", netsim.Accepted},
		{"program killed at the writer", func(n *netsim.Network, a, b *peer) { n.Kill(left) }, "hello", netsim.Ended},
	} {
		n, a, b := two(t, sim.Dull{}, link, netsim.Faults{})
		require.Equal(t, 5, n.Write(a.conn, []byte("hello")), test.name)
		test.do(n, a, b)
		pass(t, n, time.Hour)
		require.Equal(t, test.got, string(b.got), test.name)
		require.Equal(t, test.last, b.last.Kind, test.name)
	}
}

func TestHalfOpenIsFoundWhenTheHostIsBack(t *testing.T) {
	n, a, _ := two(t, sim.Dull{}, netsim.Link{Delay: time.Millisecond}, netsim.Faults{})
	n.Crash(right)
	n.Write(a.conn, []byte("x"))
	pass(t, n, time.Hour)
	require.Equal(t, []netsim.EventKind{netsim.Connected}, a.seen, "a host without power says nothing")
	n.Start(right, &peer{net: n})
	n.Write(a.conn, []byte("y"))
	pass(t, n, time.Second)
	require.Equal(t, netsim.Reset, a.last.Reason)
	require.Empty(t, n.Dump(), "the connection must be gone")
}

func TestACloneGoesItsOwnWay(t *testing.T) {
	n, a, b := two(t, sim.Dull{}, netsim.Link{Delay: time.Millisecond}, netsim.Faults{})
	n.Write(a.conn, []byte("x"))
	c := n.Clone(n.Loop().Clone(sim.Dull{}, nil))
	require.Equal(t, n.AppendState(nil), c.AppendState(nil))
	far := &peer{net: c}
	c.SetHandler(right, far)
	pass(t, c, time.Second)
	require.Equal(t, "x", string(far.got))
	require.Empty(t, b.got)
	require.NotEqual(t, n.AppendState(nil), c.AppendState(nil))
}

// The FIN is known as soon as it is there; the end is where all is read.
func TestTheEndIsBehindTheBytes(t *testing.T) {
	n, a, b := two(t, sim.Dull{}, netsim.Link{Delay: time.Millisecond}, netsim.Faults{})
	b.lazy = true
	n.Write(a.conn, []byte("x"))
	n.CloseWrite(a.conn)
	require.False(t, n.HasEnded(b.conn))
	pass(t, n, time.Second)
	require.Equal(t, 1, n.Unread(b.conn))
	require.True(t, n.HasEnded(b.conn))
	require.False(t, n.AtEnd(b.conn))
	n.Read(b.conn, make([]byte, 10))
	require.True(t, n.AtEnd(b.conn))
}

// Who waits for room hears of it, whatever is written before the news.
func TestAwaitedRoomIsToldOf(t *testing.T) {
	n, a, b := two(t, sim.Dull{}, netsim.Link{Delay: 10 * time.Millisecond, Window: 100}, netsim.Faults{})
	b.lazy = true
	require.Equal(t, 100, n.Write(a.conn, make([]byte, 100)))
	n.AwaitRoom(a.conn)
	pass(t, n, time.Second)
	b.read()
	a.seen = nil
	for n.Room(a.conn) == 0 {
		n.Loop().RunUntil(n.Loop().Now().Add(time.Second), 1)
	}
	require.Equal(t, 1, n.Write(a.conn, []byte("x")), "TCP takes all of it")
	pass(t, n, time.Second)
	require.Equal(t, []netsim.EventKind{netsim.Writable}, a.seen)
}
