package child

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/speaker"
)

// Commands that wait for their replies, behind a sync say, are bounded: the
// child's output is left unread until some are answered.
func TestUnansweredCommandsBlock(t *testing.T) {
	now := time.Unix(0, 0)
	c := New(Config{Unanswered: 3})
	c.Read(now, []byte("version\nversion\n"))
	_, ok := c.Batch(now)
	require.True(t, ok)
	require.False(t, c.Blocked())
	before := c.AppendState(nil, now)
	c.Reply(&speaker.Reply{OK: true, Quiet: true})
	require.NotEqual(t, before, c.AppendState(nil, now), "a quiet reply answers too")
	c.Read(now, []byte("version\nversion\n"))
	c.Batch(now)
	require.True(t, c.Blocked())
	c.Reply(&speaker.Reply{OK: true, Quiet: true})
	require.False(t, c.Blocked())
}

func TestVersionSixSpeaksJSON(t *testing.T) {
	c := New(Config{APIVersion: 6})
	c.Event(time.Unix(0, 0), &speaker.Event{Kind: speaker.EvShutdown})
	require.Contains(t, string(c.Pending()), `"exabgp": "6.0.0"`)
	four := New(Config{JSON: true, APIVersion: 4})
	four.Read(time.Unix(0, 0), []byte("api version 6\n"))
	four.Event(time.Unix(0, 0), &speaker.Event{Kind: speaker.EvShutdown})
	require.Contains(t, string(four.Pending()), `"exabgp": "6.0.0"`)
}
