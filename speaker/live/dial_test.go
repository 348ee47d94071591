package live

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"runtime"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/benbjohnson/clock"
	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/speaker"
)

// refusing refuses the first dials, then fails or connects.
type refusing struct {
	refusals int64
	then     error
	dials    atomic.Int64
}

func (r *refusing) Dial(context.Context, netip.Addr, netip.AddrPort) (net.Conn, error) {
	if r.dials.Add(1) <= r.refusals {
		return nil, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
	}
	if r.then != nil {
		return nil, r.then
	}
	a, _ := net.Pipe()
	return a, nil
}

func (r *refusing) Listen(netip.AddrPort) (net.Listener, error) { return nil, errors.New("not here") }

// dialOnMock dials with a Mock clock that is moved on as long as the dial lasts.
func dialOnMock(t *testing.T, ctx context.Context, n *refusing) (net.Conn, clock.Clock, error) {
	t.Helper()
	mock := clock.NewMock()
	d := &Daemon{clock: mock, conf: Config{Network: n}, over: make(chan struct{})}
	type result struct {
		nc  net.Conn
		err error
	}
	done := make(chan result, 1)
	go func() {
		nc, err := d.dialUntil(ctx, netip.Addr{}, netip.MustParseAddrPort("127.0.0.1:179"), &speaker.Socket{})
		done <- result{nc, err}
	}()
	for {
		select {
		case r := <-done:
			return r.nc, mock, r.err
		default:
			if mock.Now().Unix() < 300 {
				mock.Add(dialAgain)
			}
			runtime.Gosched()
		}
	}
}

func TestRefusedDialIsTriedAgain(t *testing.T) {
	n := &refusing{refusals: 7}
	nc, _, err := dialOnMock(t, context.Background(), n)
	require.NoError(t, err)
	require.NotNil(t, nc)
	require.EqualValues(t, 8, n.dials.Load())
}

func TestRefusedDialIsGivenUp(t *testing.T) {
	n := &refusing{refusals: 1 << 30}
	_, now, err := dialOnMock(t, context.Background(), n)
	require.ErrorIs(t, err, syscall.ECONNREFUSED)
	require.GreaterOrEqual(t, now.Now().Sub(clock.NewMock().Now()), dialLimit-2*dialAgain, "30 s of trying")
	require.LessOrEqual(t, n.dials.Load(), int64(dialLimit/dialAgain), "no faster than every 0.1 s")
}

func TestOtherFailuresOfADialAreAnswers(t *testing.T) {
	n := &refusing{then: syscall.EHOSTUNREACH}
	_, _, err := dialOnMock(t, context.Background(), n)
	require.ErrorIs(t, err, syscall.EHOSTUNREACH)
	require.EqualValues(t, 1, n.dials.Load())
}

func TestDialEndsWithItsConnection(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, _, err := dialOnMock(t, ctx, &refusing{refusals: 1 << 30})
	require.Error(t, err)
}

func TestAddrPortIsUnmapped(t *testing.T) {
	got := addrPort(net.TCPAddrFromAddrPort(netip.MustParseAddrPort("[::ffff:192.0.2.1]:179")))
	require.Equal(t, netip.MustParseAddrPort("192.0.2.1:179"), got)
}
