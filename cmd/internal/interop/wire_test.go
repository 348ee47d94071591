//go:build linux

package main

import (
	"bufio"
	"encoding/binary"
	"io"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/codec"
)

// ethernet is a frame with a TCP segment over IPv4, without checksums.
func ethernet(from, to string, flags byte, options, payload []byte) []byte {
	b := append(make([]byte, 12), 8, 0, 0x45, 0, 0, 0, 0, 0, 0, 0, 77, 6, 0, 0)
	for _, a := range []string{from, to} {
		b = append(b, netip.MustParseAddr(a).AsSlice()...)
	}
	tcp := make([]byte, 20, 60)
	binary.BigEndian.PutUint16(tcp, 4000)
	binary.BigEndian.PutUint16(tcp[2:], 179)
	tcp[12], tcp[13] = byte(20+len(options))<<2, flags
	b = append(append(append(b, tcp...), options...), payload...)
	binary.BigEndian.PutUint16(b[16:], uint16(len(b)-14))
	return b
}

func TestSegments(t *testing.T) {
	nopsAndDigest := append([]byte{1, 1, 19, 18}, make([]byte, 16)...)
	for _, c := range []struct {
		name    string
		flags   byte
		options []byte
		payload string
		want    segment
	}{
		{"a SYN", 2, []byte{2, 4, 5, 180}, "", segment{ttl: 77, from: 4000, to: 179, syn: true}},
		{"data, signed", 16, nopsAndDigest, "hello", segment{ttl: 77, from: 4000, to: 179, ack: true, signed: true, payload: 5}},
		{"options that end early", 16, []byte{0, 19, 18, 0}, "x", segment{ttl: 77, from: 4000, to: 179, ack: true, payload: 1}},
		{"an option that is too long", 16, []byte{8, 40, 0, 0}, "", segment{ttl: 77, from: 4000, to: 179, ack: true}},
	} {
		got, ok := frame{data: ethernet(ourIPv4, theirIPv4, c.flags, c.options, []byte(c.payload))}.tcp()
		require.True(t, ok, c.name)
		require.Equal(t, c.want, got, c.name)
	}
	whole := ethernet(ourIPv4, theirIPv4, 2, nil, nil)
	for n := range whole {
		_, ok := frame{data: whole[:n]}.tcp()
		require.False(t, ok, "cut off at %d", n)
	}
}

// A wire that holds SYNs lets everything else pass, and sends them at release.
func TestWireHoldsFramesBack(t *testing.T) {
	w := &wire{}
	var sent []string
	pass := func(name string, flags byte) {
		w.passed(time.Now(), ethernet(ourIPv4, theirIPv4, flags, nil, nil), true, func([]byte) { sent = append(sent, name) })
	}
	w.holdBack(func(f frame) bool { s, ok := f.tcp(); return ok && s.syn })
	pass("syn", 2)
	pass("data", 16)
	require.Equal(t, []string{"data"}, sent)
	w.release()
	pass("second syn", 2)
	require.Equal(t, []string{"data", "syn", "second syn"}, sent)
	require.Len(t, w.since(1), 2)
}

// The messages after a mark are those that were said after it.
func TestMessagesOnTheWire(t *testing.T) {
	w := &wire{}
	seq := uint32(1)
	say := func(payload []byte, at time.Time) {
		b := ethernet(ourIPv4, theirIPv4, 16, nil, payload)
		binary.BigEndian.PutUint32(b[38:], seq)
		seq += uint32(len(payload))
		w.passed(at, b, true, func([]byte) {})
	}
	begun := time.Unix(1_700_000_000, 0)
	open, err := codec.AppendOpen(nil, &codec.Open{AS: 65001, HoldTime: 90, ID: netip.MustParseAddr(ourIPv4)})
	require.NoError(t, err)
	keepalive := append(append([]byte(nil), open[:16]...), 0, 19, 4)
	say(open, begun)
	mark := w.mark()
	say(keepalive, begun.Add(time.Second))
	all := w.messages(0)
	require.Len(t, all, 2)
	require.Equal(t, codec.MsgOpen, all[0].kind())
	after := w.messages(mark)
	require.Len(t, after, 1)
	require.Equal(t, codec.MsgKeepalive, after[0].kind())
	require.True(t, after[0].ours)
	require.Empty(t, w.messages(w.mark()))
}

func TestPrefixesAreCounted(t *testing.T) {
	for _, c := range []struct {
		name                 string
		body                 []byte
		withdrawn, announced int
		bad                  bool
	}{
		{"End-of-RIB", []byte{0, 0, 0, 0}, 0, 0, false},
		{"a withdrawal and two routes", []byte{0, 2, 8, 10, 0, 1, 99, 32, 1, 2, 3, 4, 0}, 1, 2, false},
		{"a length behind the end", []byte{0, 9, 8, 10}, 0, 0, true},
		{"a prefix cut off", []byte{0, 0, 0, 0, 24, 1, 2}, 0, 0, true},
	} {
		withdrawn, announced, err := prefixes(c.body)
		require.Equal(t, c.bad, err != nil, c.name)
		if err == nil {
			require.Equal(t, [2]int{c.withdrawn, c.announced}, [2]int{withdrawn, announced}, c.name)
		}
	}
}

func TestLoadWaitsForReplies(t *testing.T) {
	var said strings.Builder
	replies := bufio.NewReader(strings.NewReader("done\nsome text\ndone\n"))
	require.NoError(t, announceRoutes(2, true, &said, replies))
	require.Equal(t, "announce route 20.0.0.0/32 next-hop 192.0.2.1\nannounce route 20.0.0.1/32 next-hop 192.0.2.1\n", said.String())
	require.ErrorIs(t, announceRoutes(1, true, &said, replies), io.EOF)
	require.Error(t, announceRoutes(1, true, &said, bufio.NewReader(strings.NewReader("error\n"))))
}
