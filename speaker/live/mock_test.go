package live

import (
	"bytes"
	"fmt"
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
// does not pass by itself. Nor need it pass once the peer has said something.
func TestFirstPullWaitsForWhatFollowsTheKeepalive(t *testing.T) {
	const unknown = 255
	for kind, want := range map[byte]string{unknown: "3 ", 4: endOfRIB} {
		t.Run(fmt.Sprintf("type %d", kind), func(t *testing.T) {
			l, at := loopback(t, "127.0.0.1:0")
			c := settings(t, neighbor(at, "127.0.0.1", ""))
			c.Clock, c.Settle = clock.NewMock(), time.Millisecond
			d, ended := started(t, t.Context(), c)
			nc, err := l.Accept()
			require.NoError(t, err)
			p := &peer{nc: nc, silent: true, heard: make(chan string, 1000)}
			go p.serve()
			up := func() bool {
				answer := make(chan bool)
				d.post(func() { answer <- d.s.Established(0) != 0 })
				return <-answer
			}
			for !up() {
			}
			_, err = nc.Write(append(bytes.Repeat([]byte{0xff}, 16), 0, 19, kind))
			require.NoError(t, err)
			m := ""
			for m = range p.heard {
				if !strings.HasPrefix(m, "4 ") {
					break
				}
			}
			require.Equal(t, want, m[:min(len(m), len(want))])
			p.nc.Close()
			d.Stop("")
			require.NoError(t, <-ended)
		})
	}
}
