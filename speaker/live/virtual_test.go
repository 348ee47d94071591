package live

import (
	"context"
	"errors"
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
	"github.com/peerloom/peerloom/speaker"
	"github.com/peerloom/peerloom/speaker/child"
)

// virtual is a Network on a host of the virtual one.
type virtual struct{ host *netconn.Stack }

func (v virtual) Dial(ctx context.Context, _ netip.Addr, remote netip.AddrPort) (net.Conn, error) {
	return v.host.Dial(ctx, "tcp", remote.String())
}

func (v virtual) Listen(local netip.AddrPort) (net.Listener, error) {
	return v.host.Listen("tcp", local.String())
}

// onVirtual runs f in a bubble with a daemon's host and a peer that listens.
func onVirtual(t *testing.T, f func(t *testing.T, v virtual, l net.Listener, at netip.AddrPort)) {
	synctest.Test(t, func(t *testing.T) {
		n := netsim.New(sim.NewLoop(sim.NewSeed(1), nil), netsim.Options{Link: netsim.Link{Delay: 10 * time.Millisecond, Window: 256}})
		pump := netconn.NewPump(n)
		defer pump.Close()
		ours, theirs := pump.Host(netip.MustParseAddr("10.0.0.1")), pump.Host(netip.MustParseAddr("10.0.0.2"))
		at := netip.MustParseAddrPort("10.0.0.2:179")
		l, err := theirs.Listen("tcp", at.String())
		require.NoError(t, err)
		defer l.Close()
		f(t, virtual{ours}, l, at)
	})
}

// scripted is a child that is a function.
func scripted(f func(stdin io.Reader, stdout io.Writer)) *Proc {
	inR, inW := io.Pipe()
	outR, outW := io.Pipe()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		f(inR, outW)
		inR.Close()
		outW.Close()
	}()
	return &Proc{
		Stdin: inW, Stdout: outR, Stderr: io.NopCloser(strings.NewReader("")),
		Wait:   func() error { <-ended; return nil },
		Signal: func(syscall.Signal) { inW.Close(); outR.Close() },
	}
}

// The same story through a window of 256 bytes, with 20 ms of round trip: the
// same messages.
func TestStoryOnTheVirtualNetwork(t *testing.T) {
	onVirtual(t, func(t *testing.T, v virtual, l net.Listener, at netip.AddrPort) {
		begin := make(chan struct{})
		c := settings(t, "process helper { run helper; encoder text; }\n"+neighbor(at, "10.0.0.1", "api { processes [ helper ]; }"))
		c.Network = v
		c.Spawn = func(speaker.Process) (*Proc, error) {
			return scripted(func(in io.Reader, out io.Writer) {
				<-begin
				for _, write := range ribCommands() {
					io.WriteString(out, write)
					answer := make([]byte, len("done\n")*strings.Count(write, "\n"))
					io.ReadFull(in, answer)
				}
				io.ReadAll(in)
			}), nil
		}
		_, ended := started(t, t.Context(), c)
		nc, err := l.Accept()
		require.NoError(t, err)
		p := newPeer(nc)
		want := ribStory()
		require.Equal(t, want[0], p.next(t))
		close(begin)
		for i, m := range want[1:] {
			require.Equal(t, m, p.next(t), "message %d of the story", i+1)
		}
		nc.Close()
		require.NoError(t, <-ended)
	})
}

// RFC 4271 §6.5: a peer that says nothing for the hold time gets Hold Timer
// Expired. Three minutes of the bubble's time.
func TestSilentPeerExpires(t *testing.T) {
	onVirtual(t, func(t *testing.T, v virtual, l net.Listener, at netip.AddrPort) {
		c := settings(t, neighbor(at, "10.0.0.1", "hold-time 180;"))
		c.Network = v
		_, ended := started(t, t.Context(), c)
		nc, err := l.Accept()
		require.NoError(t, err)
		p := &peer{nc: nc, silent: true, heard: make(chan string, 1000)}
		go p.serve()
		require.Equal(t, endOfRIB, p.next(t))
		begun := time.Now()
		require.Equal(t, "3 0400", p.next(t))
		require.InDelta(t, 180, time.Since(begun).Seconds(), 1)
		nc.Close()
		require.NoError(t, <-ended)
	})
}

// A child that dies at once is started again, five times, and then left alone;
// the session does not notice.
func TestChildThatDiesIsSurvived(t *testing.T) {
	onVirtual(t, func(t *testing.T, v virtual, l net.Listener, at netip.AddrPort) {
		starts := 0
		c := settings(t, "process helper { run helper; encoder text; }\n"+neighbor(at, "10.0.0.1", "api { processes [ helper ]; }"))
		c.Network = v
		c.Spawn = func(speaker.Process) (*Proc, error) {
			starts++
			return scripted(func(io.Reader, io.Writer) {}), nil
		}
		ctx, cancel := context.WithCancel(t.Context())
		_, ended := started(t, ctx, c)
		nc, err := l.Accept()
		require.NoError(t, err)
		p := newPeer(nc)
		require.Equal(t, endOfRIB, p.next(t))
		synctest.Wait()
		require.Equal(t, 1+respawnMax, starts)
		cancel()
		require.True(t, strings.HasPrefix(p.next(t), "3 0602"))
		nc.Close()
		require.NoError(t, <-ended)
	})
}

// A child that writes and never reads: its commands stop at the bound of the
// replies, and nobody else waits for it.
func TestChildThatNeverReadsIsSurvived(t *testing.T) {
	onVirtual(t, func(t *testing.T, v virtual, l net.Listener, at netip.AddrPort) {
		c := settings(t, "process helper { run helper; encoder text; }\n"+neighbor(at, "10.0.0.1", "api { processes [ helper ]; }"))
		c.Network = v
		c.Child.ReplyBound = 1000
		wrote := 0
		c.Spawn = func(speaker.Process) (*Proc, error) {
			return scripted(func(_ io.Reader, out io.Writer) {
				for {
					n, err := io.WriteString(out, strings.Repeat("version\n", 100))
					wrote += n
					if errors.Is(err, io.ErrClosedPipe) {
						return
					}
				}
			}), nil
		}
		ctx, cancel := context.WithCancel(t.Context())
		_, ended := started(t, ctx, c)
		nc, err := l.Accept()
		require.NoError(t, err)
		p := newPeer(nc)
		require.Equal(t, endOfRIB, p.next(t))
		time.Sleep(10 * time.Minute) // of the bubble's time: the session stays up
		synctest.Wait()
		require.Less(t, wrote, 2*8*child.DefaultMaxLines, "bytes of commands taken: one batch is open when the bound is reached")
		cancel()
		require.True(t, strings.HasPrefix(p.next(t), "3 0602"))
		nc.Close()
		require.NoError(t, <-ended)
	})
}
