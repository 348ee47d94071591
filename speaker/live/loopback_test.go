package live

import (
	"context"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

func loopback(t *testing.T, at string) (net.Listener, netip.AddrPort) {
	t.Helper()
	l, err := net.Listen("tcp", at)
	if err != nil {
		t.Skipf("this machine has no %s: %v", at, err)
	}
	t.Cleanup(func() { l.Close() })
	return l, addrPort(l.Addr())
}

func accepted(t *testing.T, l net.Listener) *peer {
	t.Helper()
	nc, err := l.Accept()
	require.NoError(t, err)
	t.Cleanup(func() { nc.Close() })
	return newPeer(nc)
}

// A helper in sh tells the story as fast as replies come, on real TCP; the same
// messages leave every time, with no sleep anywhere.
func TestStoryOnLoopback(t *testing.T) {
	dir := t.TempDir()
	begin := filepath.Join(dir, "begin")
	require.NoError(t, syscall.Mkfifo(begin, 0o600))
	script := "#!/bin/sh\nread -r start <" + begin + "\n" +
		"ack() { read -r answer; [ \"$answer\" = done ] || exit 1; }\n"
	for _, write := range ribCommands() {
		script += "printf '%s\\n' '" + strings.ReplaceAll(strings.TrimSuffix(write, "\n"), "\n", "' '") + "'\n"
		script += strings.Repeat("ack\n", strings.Count(write, "\n"))
	}
	script += "echo bye >" + begin + "\nread -r rest\n"
	program(t, filepath.Join(dir, "helper"), script, 0o755)

	l, at := loopback(t, "127.0.0.1:0")
	c := settings(t, "process helper { run ./helper; encoder text; }\n"+neighbor(at, "127.0.0.1", "api { processes [ helper ]; }"))
	c.Spawn = Exec{Folders: []string{dir}, Env: os.Environ()}.Start
	_, ended := started(t, t.Context(), c)

	p := accepted(t, l)
	want := ribStory()
	require.Equal(t, want[0], p.next(t), "the initial End-of-RIB")
	require.NoError(t, os.WriteFile(begin, []byte("go\n"), 0o600))
	for i, m := range want[1:] {
		require.Equal(t, m, p.next(t), "message %d of the story", i+1)
	}
	done, err := os.ReadFile(begin)
	require.NoError(t, err)
	require.Equal(t, "bye\n", string(done), "the helper got a reply to every line")
	p.nc.Close()
	require.NoError(t, <-ended, "one session was allowed; the daemon ends with it")
}

func TestDialAndListenOnIPv6(t *testing.T) {
	l, at := loopback(t, "[::1]:0")
	_, ended := started(t, t.Context(), settings(t, neighbor(at, "::1", "")))
	p := accepted(t, l)
	require.Equal(t, endOfRIB, p.next(t))
	p.nc.Close()
	require.NoError(t, <-ended)
}

// SIGTERM's way out: Cease/2, its bytes before the end of the connection.
func TestStopSaysCease(t *testing.T) {
	l, at := loopback(t, "127.0.0.1:0")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	d, ended := started(t, ctx, settings(t, neighbor(at, "127.0.0.1", "")))
	p := accepted(t, l)
	require.Equal(t, endOfRIB, p.next(t))
	d.Stop("")
	m := p.next(t)
	require.True(t, strings.HasPrefix(m, "3 0602"), "NOTIFICATION Cease, Administrative Shutdown; got %s", m)
	require.Equal(t, "closed", p.next(t))
	require.NoError(t, <-ended)
}

func TestPortTaken(t *testing.T) {
	_, at := loopback(t, "127.0.0.1:0")
	text := strings.Replace(neighbor(at, "127.0.0.1", "passive true;"), "connect", "listen", 1)
	d, err := New(settings(t, text))
	require.NoError(t, err)
	require.ErrorIs(t, d.Run(t.Context()), syscall.EADDRINUSE)
}

func TestPassiveNeighborIsAccepted(t *testing.T) {
	l, at := loopback(t, "127.0.0.1:0")
	l.Close() // its port is free now
	text := strings.Replace(neighbor(at, "127.0.0.1", "passive true;"), "connect", "listen", 1)
	d, ended := started(t, t.Context(), settings(t, text))
	ready := make(chan struct{})
	d.post(func() { close(ready) })
	<-ready
	nc, err := net.Dial("tcp", at.String())
	require.NoError(t, err)
	p := newPeer(nc)
	require.Equal(t, endOfRIB, p.next(t))
	nc.Close()
	require.NoError(t, <-ended)
}
