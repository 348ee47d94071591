package main

import (
	"bytes"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// exabgp_log_destination and exabgp_log_level count where no flag says otherwise.
func TestLogGoesToSyslog(t *testing.T) {
	pc, err := net.ListenPacket("udp", "127.0.0.1:0")
	require.NoError(t, err)
	defer pc.Close()
	p := farPeer(t, 2)
	d := launch(t, p.section(static(1)), "exabgp_log_destination=host:"+pc.LocalAddr().String())
	p.up()
	p.hearsOf(endOfRIB)
	b := make([]byte, 4096)
	for {
		n, _, err := pc.ReadFrom(b)
		require.NoError(t, err)
		// Facility daemon is 3, its informational lines are <30> (RFC 5424 §6.2.1).
		if line := string(b[:n]); strings.Contains(line, "session up") {
			require.True(t, strings.HasPrefix(line, "<30>"), line)
			require.Contains(t, line, " peerloomd[")
			require.NotContains(t, line, "level=", "syslog has the level already")
			break
		}
	}
	d.signal(syscall.SIGTERM)
	d.ends()
	require.Empty(t, d.seen, "nothing is left for standard error")
}

func TestLogGoesToStandardOutput(t *testing.T) {
	p := farPeer(t, 2)
	d := prepare(t, p.section(""), "exabgp.log.destination=stdout")
	var out bytes.Buffer
	d.cmd.Stdout = &out
	d.start()
	p.up()
	p.hearsOf(endOfRIB)
	d.signal(syscall.SIGTERM)
	d.ends()
	require.Contains(t, out.String(), "session up")
	require.Empty(t, d.seen)
}

func TestLogLevelOfTheEnvironment(t *testing.T) {
	p := farPeer(t, 2)
	d := prepare(t, p.section(""), "exabgp_log_level=ERR")
	d.cmd.Args = append(d.cmd.Args[:1], d.conf) // without --log-level
	d.start()
	p.up()
	p.hearsOf(endOfRIB)
	d.signal(syscall.SIGTERM)
	d.ends()
	require.Empty(t, d.seen)
	status, _, stderr := called(t, []string{"exabgp_log_level=loud"}, d.conf)
	require.Equal(t, exitFailed, status)
	require.Contains(t, stderr, `exabgp_log_level: "loud" is not a level of the log`)
}

// exabgp_daemon_daemonize: the program that was started ends, the daemon goes on
// in a session of its own.
func TestDaemonize(t *testing.T) {
	pid := filepath.Join(t.TempDir(), "pid")
	p := farPeer(t, 2)
	d := launch(t, p.section(""), "exabgp_daemon_daemonize=true", "--pid", pid)
	d.ends()
	p.up()
	p.hearsOf(endOfRIB)
	text, err := os.ReadFile(pid)
	require.NoError(t, err)
	n, err := strconv.Atoi(strings.TrimSpace(string(text)))
	require.NoError(t, err)
	t.Cleanup(func() { _ = syscall.Kill(n, syscall.SIGKILL) }) // whatever comes of the test; it is gone else
	require.NotEqual(t, d.cmd.Process.Pid, n)
	session, err := os.ReadFile("/proc/" + strconv.Itoa(n) + "/stat")
	if err == nil { // Linux: pid (name) state ppid pgrp session
		fields := strings.Fields(string(session[bytes.LastIndexByte(session, ')')+1:]))
		require.Equal(t, strconv.Itoa(n), fields[3], "it leads its session")
	}
	require.NoError(t, syscall.Kill(n, syscall.SIGTERM))
	p.hearsOf("3 0602")
}
