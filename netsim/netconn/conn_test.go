package netconn_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/netsim"
	"github.com/peerloom/peerloom/netsim/netconn"
	"github.com/peerloom/peerloom/sim"
)

const server = "10.0.0.2:179"

// bench is two hosts 10 ms apart with a window of 64 bytes, one listening.
func bench(t *testing.T, f func(p *netconn.Pump, client *netconn.Stack, l net.Listener)) {
	synctest.Test(t, func(t *testing.T) {
		n := netsim.New(sim.NewLoop(sim.NewSeed(1), nil), netsim.Options{Link: netsim.Link{Delay: 10 * time.Millisecond, Window: 64}})
		p := netconn.NewPump(n)
		defer p.Close()
		client, host := p.Host(netip.MustParseAddr("10.0.0.1")), p.Host(netip.MustParseAddr("10.0.0.2"))
		l, err := host.Listen("tcp", server)
		require.NoError(t, err)
		defer l.Close()
		f(p, client, l)
	})
}

func pair(t *testing.T, client *netconn.Stack, l net.Listener) (near, far net.Conn) {
	near, err := client.Dial(context.Background(), "tcp", server)
	require.NoError(t, err)
	far, err = l.Accept()
	require.NoError(t, err)
	return near, far
}

func TestEchoServerReturnsMoreThanAWindow(t *testing.T) {
	bench(t, func(_ *netconn.Pump, client *netconn.Stack, l net.Listener) {
		near, far := pair(t, client, l)
		go func() {
			io.Copy(far, far)
			far.Close()
		}()
		sent := strings.Repeat("peerloom ", 100)
		begun := time.Now()
		go func() {
			io.WriteString(near, sent)
			near.(*netconn.Conn).CloseWrite()
		}()
		got, err := io.ReadAll(near)
		require.NoError(t, err)
		require.Equal(t, sent, string(got))
		require.GreaterOrEqual(t, time.Since(begun), 280*time.Millisecond, "900 bytes through a window of 64 need 14 round trips of 20 ms")
		require.NoError(t, near.Close())
	})
}

func TestResetReachesABlockedReader(t *testing.T) {
	bench(t, func(_ *netconn.Pump, client *netconn.Stack, l net.Listener) {
		near, far := pair(t, client, l)
		go far.(*netconn.Conn).Reset()
		_, err := near.Read(make([]byte, 1))
		require.ErrorIs(t, err, syscall.ECONNRESET)
		var ne net.Error
		require.ErrorAs(t, err, &ne)
		require.False(t, ne.Timeout(), "a reset is no timeout")
	})
}

func TestDeadlines(t *testing.T) {
	bench(t, func(_ *netconn.Pump, client *netconn.Stack, l net.Listener) {
		near, far := pair(t, client, l)
		begun := time.Now()
		near.SetReadDeadline(begun.Add(3 * time.Second))
		_, err := near.Read(make([]byte, 1))
		var ne net.Error
		require.ErrorAs(t, err, &ne)
		require.True(t, ne.Timeout(), "%v", err)
		require.Equal(t, 3*time.Second, time.Since(begun))

		near.SetWriteDeadline(time.Now().Add(time.Second))
		n, err := near.Write(make([]byte, 100))
		require.ErrorAs(t, err, &ne)
		require.True(t, ne.Timeout(), "%v", err)
		require.Equal(t, 64, n, "the window is what a write takes when nobody reads")
		far.Close()
		near.Close()
	})
}

func TestDialFailures(t *testing.T) {
	bench(t, func(p *netconn.Pump, client *netconn.Stack, l net.Listener) {
		_, err := client.Dial(context.Background(), "tcp", "10.0.0.2:180")
		require.ErrorIs(t, err, syscall.ECONNREFUSED)
		_, err = client.Dial(context.Background(), "tcp", "10.0.0.9:179")
		require.ErrorIs(t, err, syscall.EHOSTUNREACH)
		p.Do(func(n *netsim.Network) { n.Crash(netip.MustParseAddr("10.0.0.2")) })
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		begun := time.Now()
		_, err = client.Dial(ctx, "tcp", server)
		require.ErrorIs(t, err, syscall.ETIMEDOUT)
		require.Equal(t, 5*time.Second, time.Since(begun))
		begun = time.Now()
		_, err = client.Dial(context.Background(), "tcp", server)
		require.ErrorIs(t, err, syscall.ETIMEDOUT)
		require.Equal(t, netsim.DefaultDialTimeout, time.Since(begun))
	})
}

func TestCloseWakesReaderAndAccepter(t *testing.T) {
	bench(t, func(_ *netconn.Pump, client *netconn.Stack, l net.Listener) {
		near, far := pair(t, client, l)
		read, accepted := make(chan error), make(chan error)
		go func() { _, err := near.Read(make([]byte, 1)); read <- err }()
		go func() { _, err := l.Accept(); accepted <- err }()
		synctest.Wait()
		near.Close()
		l.Close()
		require.ErrorIs(t, <-read, net.ErrClosed)
		require.ErrorIs(t, <-accepted, net.ErrClosed)
		_, err := far.Read(make([]byte, 1))
		require.Equal(t, io.EOF, err)
		far.Close()
	})
}

// A pump on the real clock works too; a link without delay needs no waiting.
func Example() {
	p := netconn.NewPump(netsim.New(sim.NewLoop(sim.Dull{}, nil), netsim.Options{}))
	defer p.Close()
	client, host := p.Host(netip.MustParseAddr("10.0.0.1")), p.Host(netip.MustParseAddr("10.0.0.2"))
	l, err := host.Listen("tcp", server)
	if err != nil {
		panic(err)
	}
	go func() {
		c, err := l.Accept()
		if err != nil {
			panic(err)
		}
		io.WriteString(c, "hello "+c.RemoteAddr().String())
		c.Close()
	}()
	c, err := client.Dial(context.Background(), "tcp", server)
	if err != nil {
		panic(err)
	}
	said, err := io.ReadAll(c)
	fmt.Println(string(said), err)
	// Output: hello 10.0.0.1:49152 <nil>
}
