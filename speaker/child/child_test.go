package child

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/peerloom/peerloom/speaker"
)

var t0 = time.Unix(1000, 0)

func drain(c *Child, now time.Time) (out []speaker.Command) {
	for {
		b, ok := c.Batch(now)
		if !ok {
			return out
		}
		out = append(out, b...)
	}
}

func written(c *Child) string {
	var s strings.Builder
	for len(c.Pending()) > 0 {
		n := min(7, len(c.Pending()))
		s.Write(c.Pending()[:n])
		c.Wrote(n)
	}
	return s.String()
}

func TestWindow(t *testing.T) {
	c := New(Config{Window: DefaultWindow})
	c.Read(t0, []byte("version\nstat"))
	require.Equal(t, t0.Add(DefaultWindow), c.Deadline())
	c.Read(t0.Add(100*time.Microsecond), []byte("us\n"))
	require.Equal(t, t0.Add(DefaultWindow), c.Deadline(), "the window counts from the batch's first line")
	_, ok := c.Batch(t0.Add(DefaultWindow - 1))
	require.False(t, ok)
	c.Read(t0.Add(DefaultWindow), []byte("help\n"))
	first, ok := c.Batch(t0.Add(DefaultWindow))
	require.True(t, ok)
	require.Len(t, first, 2, "what arrives at the deadline is of the next batch")
	require.Equal(t, t0.Add(2*DefaultWindow), c.Deadline())
	require.Len(t, drain(c, t0.Add(time.Second)), 1)
	require.True(t, c.Deadline().IsZero())
}

func TestNoWindow(t *testing.T) {
	c := New(Config{})
	c.Read(t0, []byte("version\nversion\nver"))
	b, ok := c.Batch(t0)
	require.True(t, ok)
	require.Len(t, b, 2)
	c.Read(t0, []byte("sion"))
	require.Empty(t, drain(c, t0))
	c.EOF(t0)
	require.Equal(t, []speaker.Command{{Kind: speaker.CmdVersion}}, drain(c, t0), "a last line without newline")
}

func TestTornLine(t *testing.T) {
	c := New(Config{})
	c.Read(t0, []byte("version\nver"))
	c.Torn()
	c.EOF(t0)
	require.Equal(t, []speaker.Command{{Kind: speaker.CmdVersion}}, drain(c, t0), "the whole line alone")
}

func TestBounds(t *testing.T) {
	c := New(Config{Window: time.Hour, MaxLines: 2, MaxBytes: 20})
	c.Read(t0, []byte("version\nversion\nversion\n"))
	b, ok := c.Batch(t0)
	require.True(t, ok, "full before its window is over")
	require.Len(t, b, 2)
	c.Read(t0, []byte(strings.Repeat("x", 15)))
	c.Read(t0, []byte(strings.Repeat("x", 15)+"version\nping\n"))
	c.EOF(t0)
	got := drain(c, t0)
	require.Len(t, got, 3, "version, the long line once, ping")
	require.Equal(t, "line longer than 20 octets: write shorter ones", got[1].Err)
	require.Equal(t, speaker.CmdPing, got[2].Kind)
}

// TestSplits: however the child's bytes come in, the commands are the same.
func TestSplits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.SliceOf(rapid.SampledFrom([]string{"version", "", "ping a b", "bogus", "disable-ack", "enable-ack", "enable-sync", "silence-ack",
			"flush adj-rib out", "announce route 10.0.0.0/8 next-hop self", strings.Repeat("y", 70), "#\r"})).Draw(t, "lines")
		text := strings.Join(lines, "\n")
		config := Config{MaxBytes: 64, MaxLines: 3, Window: time.Duration(rapid.IntRange(0, 2).Draw(t, "window"))}
		whole, pieces := New(config), New(config)
		whole.Read(t0, []byte(text))
		whole.EOF(t0)
		now, rest := t0, []byte(text)
		var got []speaker.Command
		for len(rest) > 0 {
			n := rapid.IntRange(1, len(rest)).Draw(t, "n")
			pieces.Read(now, rest[:n])
			clear(rest[:n]) // nothing is kept
			rest = rest[n:]
			now = now.Add(time.Duration(rapid.IntRange(0, 3).Draw(t, "ns")))
			if rapid.Bool().Draw(t, "clone") {
				pieces = pieces.Clone()
			}
			got = append(got, drain(pieces, now)...)
		}
		pieces.EOF(now)
		got = append(got, drain(pieces, now)...)
		require.Equal(t, drain(whole, t0.Add(time.Second)), got)
		require.Equal(t, whole.AppendState(nil, t0), pieces.AppendState(nil, now), "and so is the state")
	})
}

func up(n uint64) *speaker.Event {
	return &speaker.Event{Kind: speaker.EvState, State: "up", Counter: n, Peer: speaker.PeerInfo{PeerAddress: netip.MustParseAddr("127.0.0.1")}}
}

func TestRepliesBlock(t *testing.T) {
	c := New(Config{ReplyBound: 10})
	c.Reply(&speaker.Reply{OK: true})
	require.False(t, c.Blocked())
	c.Reply(&speaker.Reply{OK: true})
	require.True(t, c.Blocked())
	c.Reply(&speaker.Reply{OK: true})
	require.Equal(t, "done\ndone\ndone\n", string(c.Pending()), "never dropped")
	c.Wrote(9)
	require.True(t, c.Blocked(), "one reply and a part of another wait")
	c.Wrote(1)
	require.False(t, c.Blocked())
	require.Equal(t, "done\n", written(c))
}

func TestEventsAreDroppedOldestFirst(t *testing.T) {
	line := len("neighbor 127.0.0.1 up\n\n")
	c := New(Config{EventBound: 4 * line})
	c.Event(t0, up(1))
	require.Len(t, c.Pending(), line, "begun: this one stays")
	c.Reply(&speaker.Reply{OK: true})
	for range 5 {
		c.Event(t0, up(2))
	}
	c.Reply(&speaker.Reply{})
	require.Equal(t, "neighbor 127.0.0.1 up\n\ndone\ndropped 3 events\nneighbor 127.0.0.1 up\n\nneighbor 127.0.0.1 up\n\nerror\n", written(c))
	_, events, dropped := c.Depth()
	require.Zero(t, events, "nothing waits")
	require.Equal(t, uint64(3), dropped)
	require.Empty(t, c.Pending())
	c.Event(t0, up(3))
	require.Equal(t, "neighbor 127.0.0.1 up\n\n", written(c), "said once")
}
