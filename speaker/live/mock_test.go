package live

import (
	"bytes"
	"strings"
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

// What the peer writes right behind its KEEPALIVE is answered before a session's
// first UPDATE, if it comes within Settle: time that is the clock's, and that
// does not pass by itself.
func TestFirstPullWaitsForWhatFollowsTheKeepalive(t *testing.T) {
	l, at := loopback(t, "127.0.0.1:0")
	mock := clock.NewMock()
	c := settings(t, neighbor(at, "127.0.0.1", ""))
	c.Clock, c.Settle = mock, time.Millisecond
	d, ended := started(t, t.Context(), c)
	p := accepted(t, l)
	up := func() bool {
		answer := make(chan bool)
		d.post(func() { answer <- d.s.Established(0) != 0 })
		return <-answer
	}
	for !up() {
	}
	_, err := p.nc.Write(append(bytes.Repeat([]byte{0xff}, 16), 0, 19, 255)) // an unknown type
	require.NoError(t, err)
	for {
		m := <-p.heard
		require.NotEqual(t, endOfRIB, m)
		if strings.HasPrefix(m, "3 ") {
			break
		}
	}
	p.nc.Close()
	d.Stop("")
	require.NoError(t, <-ended)
}
