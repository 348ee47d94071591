package speaker

import (
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/fsm"
	"github.com/peerloom/peerloom/rib"
)

func TestMetricsCountWhatHappened(t *testing.T) {
	r := newRig(t, neighbor(nil), neighbor(func(n *Neighbor) {
		n.Name, n.PeerAddress, n.Passive = "neighbor 127.0.0.2", netip.MustParseAddr("127.0.0.2"), true
	}))
	m := r.s.Metrics()
	require.Equal(t, Traffic{}, m.Traffic)
	conn := r.up()
	r.pull(conn)
	r.batch(Command{Kind: CmdAnnounce, Routes: []Route{route("10.0.0.0/8", "127.0.0.1"), route("11.0.0.0/8", "127.0.0.1")}})
	m = r.s.Metrics()
	require.Equal(t, 1, m.States[fsm.Established])
	require.Equal(t, 1, m.States[fsm.Active])
	require.Equal(t, []NeighborMetrics{{local, 1}, {netip.MustParseAddr("127.0.0.2"), 0}}, m.Neighbors)
	require.Equal(t, []rib.Count{{Family: codec.IPv4Unicast, Want: 4, Told: 2, Queue: 2}}, m.Routes, "both neighbors are to be told, one is")
	before := m.Traffic[Sent][codec.MsgUpdate]
	sent := r.pull(conn)
	m = r.s.Metrics()
	require.Equal(t, before.Messages+uint64(len(sent)), m.Traffic[Sent][codec.MsgUpdate].Messages)
	require.Greater(t, m.Traffic[Sent][codec.MsgUpdate].Bytes, before.Bytes+2*19)
	require.Equal(t, 0, m.Routes[0].Queue)
	require.Equal(t, uint64(1), m.Traffic[Received][codec.MsgOpen].Messages)
	require.Equal(t, uint64(1), m.Traffic[Sent][codec.MsgOpen].Messages)

	// What a neighbor counted stays when it goes.
	c := r.s.config
	c.Neighbors = c.Neighbors[1:]
	old := r.s.Metrics().Traffic
	r.step(Input{Kind: InReload, Config: &c})
	m = r.s.Metrics()
	old[Sent][codec.MsgNotification] = m.Traffic[Sent][codec.MsgNotification]
	require.Equal(t, uint64(1), old[Sent][codec.MsgNotification].Messages)
	require.Equal(t, old, m.Traffic)
	require.Len(t, m.Neighbors, 1)
}

// A flush lasts until TCP has its last route; one that sends nothing, no time;
// one whose session ends is not counted.
func TestMetricsTimeFlushes(t *testing.T) {
	r := newRig(t, neighbor(nil))
	conn := r.up()
	flush := func() { r.batch(Command{Kind: CmdFlushOut}) }
	take := func() { r.step(Input{Kind: InWritten, Conn: conn, N: 1 << 20}) }
	r.pull(conn)
	take()
	flush()
	require.Equal(t, Durations{Count: 1, Within: [...]uint64{1, 1, 1, 1, 1, 1}}, r.s.Metrics().Flush, "there is nothing to send")
	r.batch(Command{Kind: CmdAnnounce, Routes: []Route{route("10.0.0.0/8", "127.0.0.1")}})
	r.pull(conn)
	take()
	flush()
	r.now = r.now.Add(30 * time.Millisecond)
	r.pull(conn)
	require.Equal(t, uint64(1), r.s.Metrics().Flush.Count, "pulled, not taken")
	r.now = r.now.Add(20 * time.Millisecond)
	take()
	require.Equal(t, Durations{Count: 2, Sum: 50 * time.Millisecond, Within: [...]uint64{1, 1, 2, 2, 2, 2}}, r.s.Metrics().Flush)
	for range 2 * maxTimings {
		flush()
	}
	require.Len(t, r.s.peers[0].timings, maxTimings)
	r.step(Input{Kind: InClosed, Conn: conn})
	require.Empty(t, r.s.peers[0].timings)
	require.Equal(t, uint64(2), r.s.Metrics().Flush.Count)
	require.Zero(t, r.s.Metrics().Refresh)
}
