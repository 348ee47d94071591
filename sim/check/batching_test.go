package check

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestBatching(t *testing.T) {
	const window = 250 * time.Microsecond
	now := time.Unix(1000, 0)
	b := NewBatching("c", window)
	require.Nil(t, b.Waits(now, time.Time{}))
	require.NotNil(t, b.Waits(now, now.Add(window)), "a batch of nothing")
	b.Read(now, 2)
	require.Nil(t, b.Waits(now, now.Add(window)))
	require.NotNil(t, b.Waits(now, time.Time{}), "a line that is in no batch")
	b.Read(now.Add(window/2), 1)
	require.NotNil(t, b.Waits(now.Add(window/2), now.Add(window+window/2)), "a window that begins again")
	require.Nil(t, b.Given(3))
	require.Nil(t, b.Waits(now, time.Time{}))
	require.NotNil(t, b.Given(1), "a line that nobody wrote")
}

func TestBacklog(t *testing.T) {
	require.Nil(t, Backlog("c", 0, 0, 2, 2))
	require.NotNil(t, Backlog("c", 5, 0, 0, 0))
	require.NotNil(t, Backlog("c", 0, 5, 0, 0))
	require.NotNil(t, Backlog("c", 0, 0, 1, 0))
}
