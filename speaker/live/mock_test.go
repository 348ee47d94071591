package live

import (
	"testing"
	"time"

	"github.com/benbjohnson/clock"
	"github.com/stretchr/testify/require"
)

// With a Mock clock nothing happens by itself: KEEPALIVEs leave when the clock
// is moved, at a third of the hold time (RFC 4271 §10).
func TestKeepalivesFollowTheClock(t *testing.T) {
	l, at := loopback(t, "127.0.0.1:0")
	mock := clock.NewMock()
	c := settings(t, neighbor(at, "127.0.0.1", "hold-time 90;"))
	c.Clock = mock
	d, ended := started(t, t.Context(), c)
	p := accepted(t, l)
	require.Equal(t, endOfRIB, p.next(t))
	drained := make(chan struct{})
	d.post(func() { close(drained) })
	<-drained
	for len(p.heard) > 0 {
		<-p.heard
	}
	begun := mock.Now()
	for len(p.heard) == 0 && mock.Now().Sub(begun) < 60*time.Second {
		mock.Add(time.Second)
		settled := make(chan struct{}) // the owner has seen the new time
		d.post(func() { close(settled) })
		<-settled
	}
	require.Equal(t, "4 ", <-p.heard)
	require.GreaterOrEqual(t, mock.Now().Sub(begun), 29*time.Second)
	d.Stop("")
	for range p.heard {
	}
	p.nc.Close()
	require.NoError(t, <-ended)
}
