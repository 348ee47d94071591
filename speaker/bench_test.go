package speaker

import (
	"fmt"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/codec"
)

// established is a speaker with one session, nothing queued.
func established(b *testing.B) (*rig, ConnID) {
	s, err := New(Config{Neighbors: []Neighbor{neighbor(func(n *Neighbor) { n.API = nil })}}, nil)
	require.NoError(b, err)
	r := &rig{t: &testing.T{}, s: s, now: epoch}
	r.step(Input{Kind: InClientUp, Client: 1})
	r.step(Input{Kind: InStart})
	conn := r.up()
	r.pull(conn)
	return r, conn
}

// BenchmarkStep steps a session with one received message.
func BenchmarkStep(b *testing.B) {
	attrs := codec.Attrs{codec.Origin(codec.OriginIGP), codec.ASPath(), codec.NextHop(local), codec.LocalPref(100)}
	update := func(n int) []byte {
		nlri := make([]codec.NLRI, n)
		for i := range nlri {
			nlri[i] = codec.PrefixNLRI(codec.IPv4Unicast, netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(i >> 8), byte(i), 0}), 24), 0)
		}
		msg, _, err := codec.AppendAnnounce(nil, &codec.Options{AS4: true, IBGP: true}, attrs, nlri)
		require.NoError(b, err)
		return msg
	}
	for _, c := range []struct {
		name string
		msg  []byte
	}{{"KEEPALIVE", codec.AppendKeepalive(nil)}, {"UPDATE-1", update(1)}, {"UPDATE-100", update(100)}} {
		b.Run(c.name, func(b *testing.B) {
			r, conn := established(b)
			out := make([]Action, 0, 16)
			b.ReportAllocs()
			for b.Loop() {
				out = r.s.Step(r.now, Input{Kind: InReceived, Conn: conn, Data: c.msg}, out[:0])
			}
		})
	}
}

// BenchmarkAnnounce is the whole way of a route: command, want, queue, message
// and TCP's receipt; n commands a batch.
func BenchmarkAnnounce(b *testing.B) {
	for _, n := range []int{1, 1000} {
		b.Run(fmt.Sprintf("batch-%d", n), func(b *testing.B) {
			r, conn := established(b)
			attrs := codec.Attrs{codec.NextHop(local)}
			commands := make([]Command, n)
			routes := make([]Route, n)
			out := make([]Action, 0, 16)
			buf := make([]byte, 0, codec.MaxExtendedLen)
			med := uint32(0)
			b.ReportAllocs()
			for b.Loop() {
				med++
				a := attrs.With(codec.MED(med)) // never a duplicate
				for i := range commands {
					routes[i] = Route{NLRI: codec.PrefixNLRI(codec.IPv4Unicast, netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(i >> 8), byte(i), 0}), 24), 0), Attrs: a}
					commands[i] = Command{Kind: CmdAnnounce, Routes: routes[i : i+1]}
				}
				out = r.s.Step(r.now, Input{Kind: InBatch, Client: 1, Commands: commands}, out[:0])
				for {
					var msg []byte
					msg, out = r.s.Pull(r.now, conn, buf, out[:0])
					if msg == nil {
						break
					}
					out = r.s.Step(r.now, Input{Kind: InWritten, Conn: conn, N: len(msg)}, out[:0])
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/route")
		})
	}
}
