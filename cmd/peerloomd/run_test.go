package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

const valid = `neighbor 127.0.0.1 {
	router-id 1.2.3.4;
	local-address 127.0.0.1;
	local-as 1;
	peer-as 1;
	family { ipv4 unicast; }
}
`

// isolated is an environment in which no exabgp.env of this machine counts,
// unless it names one.
func isolated(t *testing.T, environ []string) []string {
	t.Helper()
	return append([]string{"exabgp_root=" + t.TempDir()}, environ...)
}

func called(t *testing.T, environ []string, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	status = run(context.Background(), args, isolated(t, environ), strings.NewReader(""), &out, &errs)
	return status, out.String(), errs.String()
}

func file(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "peer.conf")
	require.NoError(t, os.WriteFile(name, []byte(text), 0o600))
	return name
}

func TestUsage(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{nil, "write peerloomd CONFIGURATION"},
		{[]string{"--nonsense"}, "unknown flag: --nonsense"},
		{[]string{"--attribute-order=bgp", "x"}, "write exabgp or rfc"},
		{[]string{"--log-format=xml", "x"}, "write text or json"},
		{[]string{"--log-level=loud", "x"}, "write debug, info, warn or error"},
		{[]string{"--batch-window=-1s", "x"}, "write 0 or more"},
	} {
		status, stdout, stderr := called(t, nil, c.args...)
		require.Equal(t, exitUsage, status, c.args)
		require.Contains(t, stderr, c.want)
		require.Empty(t, stdout)
	}
}

func TestHelpTeaches(t *testing.T) {
	status, stdout, stderr := called(t, nil, "--help")
	require.Equal(t, exitOK, status)
	require.Empty(t, stderr)
	require.Contains(t, stdout, "neighbor 192.0.2.1")
	require.Contains(t, stdout, "--batch-window")
}

// The example of the help is a configuration that is valid.
func TestHelpsExampleIsValid(t *testing.T) {
	_, rest, _ := strings.Cut(help, "(peer.conf):\n")
	example, _, _ := strings.Cut(rest, "and a helper:")
	status, _, stderr := called(t, nil, "--validate", file(t, example))
	require.Equal(t, exitOK, status, stderr)
}

func TestValidate(t *testing.T) {
	name := file(t, valid)
	status, stdout, stderr := called(t, nil, "-d", "-p", "--validate", name)
	require.Equal(t, exitOK, status, stderr)
	require.Equal(t, name+": valid\n", stdout)

	bad := file(t, strings.Replace(valid, "peer-as 1", "peer-as many", 1))
	status, stdout, stderr = called(t, nil, "--validate", bad, name)
	require.Equal(t, exitFailed, status)
	require.Contains(t, stderr, bad+":5:", "file and line")
	require.Equal(t, name+": valid\n", stdout, "the other file is looked at all the same")
}

func TestWhatCannotStart(t *testing.T) {
	status, _, stderr := called(t, nil, "/no/such/file")
	require.Equal(t, exitFailed, status)
	require.Contains(t, stderr, "/no/such/file")

	status, _, stderr = called(t, []string{"exabgp_tcp_port=many"}, file(t, valid))
	require.Equal(t, exitFailed, status)
	require.Contains(t, stderr, "exabgp_tcp_port")
}

func TestReloadTakesTheNextFile(t *testing.T) {
	names := []string{file(t, valid), file(t, strings.Replace(valid, "1.2.3.4", "1.2.3.5", 1))}
	f := &files{names: names, rotate: true}
	var got []string
	for range 3 {
		c, err := f.load()
		require.NoError(t, err)
		got = append(got, c.Neighbors[0].RouterID.String())
	}
	require.Equal(t, []string{"1.2.3.4", "1.2.3.5", "1.2.3.4"}, got)
}

func TestEmptyBindOpensNoPort(t *testing.T) {
	require.True(t, noListen([]string{"exabgp_tcp_bind="}))
	require.True(t, noListen([]string{"exabgp.tcp.bind=''"}))
	require.False(t, noListen([]string{"exabgp_tcp_bind=127.0.0.1"}))
	require.False(t, noListen(nil))
}

// A real SIGTERM: the session gets Cease/2 (RFC 4486), the exit status is 0.
func TestSIGTERMEndsCleanly(t *testing.T) {
	kept := make(chan os.Signal, 1) // so that the signal never ends the test
	signal.Notify(kept, syscall.SIGTERM)
	defer signal.Stop(kept)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	port := fmt.Sprintf("exabgp_tcp_port=%d", l.Addr().(*net.TCPAddr).Port)
	name, environ := file(t, valid), isolated(t, []string{port, "exabgp_tcp_bind=", "exabgp_log_enable=false"})
	ended := make(chan int, 1)
	go func() {
		var out, errs bytes.Buffer
		ended <- run(context.Background(), []string{name}, environ, nil, &out, &errs)
	}()
	nc, err := l.Accept()
	require.NoError(t, err)
	defer nc.Close()
	header := make([]byte, 19)
	_, err = io.ReadFull(nc, header)
	require.NoError(t, err)
	require.EqualValues(t, 1, header[18], "OPEN")
	require.NoError(t, syscall.Kill(os.Getpid(), syscall.SIGTERM))
	rest, err := io.ReadAll(nc)
	require.NoError(t, err)
	nc.Close()
	require.True(t, bytes.Contains(rest, []byte{3, 6, 2}), "NOTIFICATION Cease, Administrative Shutdown; got %x", rest)
	require.Equal(t, exitOK, <-ended)
}
