package main

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The service manager hears when the daemon is ready, reads its configuration
// anew, also one with an error, and stops.
func TestServiceManagerIsTold(t *testing.T) {
	name := filepath.Join(t.TempDir(), "notify")
	manager, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: name, Net: "unixgram"})
	require.NoError(t, err)
	defer manager.Close()
	hears := func() string {
		buf := make([]byte, 1000)
		require.NoError(t, manager.SetReadDeadline(time.Now().Add(patience)))
		n, err := manager.Read(buf)
		require.NoError(t, err)
		return string(buf[:n])
	}
	p := farPeer(t, 2)
	d := launch(t, p.section(""), "NOTIFY_SOCKET="+name)
	require.Equal(t, "READY=1", hears())
	for _, text := range []string{p.section(static(1)), "nonsense;"} {
		d.configure(text)
		d.signal(syscall.SIGHUP)
		require.Regexp(t, "^RELOADING=1\nMONOTONIC_USEC=[0-9]+$", hears())
		require.Equal(t, "READY=1", hears())
	}
	d.signal(syscall.SIGTERM)
	require.Equal(t, "STOPPING=1", hears())
	d.ends()
}

// A service manager that watches hears that the loop runs, and no child is told
// to say so.
func TestServiceManagerWatches(t *testing.T) {
	name := filepath.Join(t.TempDir(), "notify")
	manager, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: name, Net: "unixgram"})
	require.NoError(t, err)
	defer manager.Close()
	require.NoError(t, manager.SetReadDeadline(time.Now().Add(patience)))
	p := farPeer(t, 2)
	d := launch(t, p.section(""), "NOTIFY_SOCKET="+name, "WATCHDOG_USEC=2000")
	for beats := 0; beats < 3; {
		buf := make([]byte, 1000)
		n, err := manager.Read(buf)
		require.NoError(t, err)
		if string(buf[:n]) == "WATCHDOG=1" {
			beats++
		}
	}
	d.signal(syscall.SIGTERM)
	d.ends()
	for environ, want := range map[string]string{
		"WATCHDOG_USEC=0": "WATCHDOG_USEC=0: write a positive number of microseconds",
		"WATCHDOG_USEC=x": "WATCHDOG_USEC=x: write a positive number of microseconds",
	} {
		_, err := pulse([]string{environ})
		require.EqualError(t, err, want)
	}
	every, err := pulse([]string{"WATCHDOG_USEC=2000", "WATCHDOG_PID=1"})
	require.NoError(t, err)
	require.Zero(t, every, "it watches another process")
}

func TestPIDFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "peerloomd.pid")
	p := farPeer(t, 2)
	d := launch(t, p.section(""), "--pid", name)
	p.up()
	number, err := os.ReadFile(name)
	require.NoError(t, err)
	require.Equal(t, fmt.Sprintf("%d\n", d.cmd.Process.Pid), string(number))

	status, _, stderr := called(t, []string{"exabgp_daemon_pid=" + name, "exabgp_tcp_bind="}, d.conf)
	require.Equal(t, exitFailed, status, "a second daemon with the same file")
	require.Contains(t, stderr, fmt.Sprintf("is held by process \"%d\\n\"", d.cmd.Process.Pid))

	d.signal(syscall.SIGTERM)
	d.ends()
	_, err = os.Stat(name)
	require.ErrorIs(t, err, fs.ErrNotExist, "the file goes with the daemon")
}

// A daemon whose number can not be written does not start without saying so.
func TestPIDFileThatIsFull(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip(err)
	}
	_, err := lockPID("/dev/full")
	require.Error(t, err)
}

// Log rotation: the file is moved away, and a reload opens a new one.
func TestLogIsReopened(t *testing.T) {
	name := filepath.Join(t.TempDir(), "log")
	p := farPeer(t, 2)
	d := launch(t, p.section(static(1)), "--log", name)
	p.up()
	p.hearsOf(endOfRIB)
	require.NoError(t, os.Rename(name, name+".1"))
	d.configure(p.section(static(2)))
	d.signal(syscall.SIGHUP)
	p.hearsOf(told(2))
	d.signal(syscall.SIGTERM)
	d.ends()
	first, err := os.ReadFile(name + ".1")
	require.NoError(t, err)
	second, err := os.ReadFile(name)
	require.NoError(t, err)
	require.Contains(t, string(first), "session up")
	require.NotContains(t, string(first), "configuration reloaded")
	require.Contains(t, string(second), "configuration reloaded")
	require.Empty(t, d.seen, "nothing is left for standard error")
}

// As root: helpers and the daemon itself are the user that was asked for, with
// that user's groups, and the file with the number goes all the same.
func TestPrivilegesAreDropped(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root has privileges to drop")
	}
	home := t.TempDir()
	require.NoError(t, os.Chmod(home, 0o755)) // the user must get in
	require.NoError(t, os.Chmod(filepath.Dir(home), 0o755))
	path := filepath.Join(home, "helper")
	require.NoError(t, os.WriteFile(path, []byte("#!/bin/sh\nid -u >&2\nid -G >&2\nexec cat\n"), 0o755))
	p := farPeer(t, 2)
	pid := filepath.Join(home, "pid")
	for _, how := range []string{"--user=nobody", "exabgp_daemon_user=nobody"} {
		d := launch(t, "process helper {\n\trun "+path+";\n\tencoder text;\n}\n"+p.section(listens("helper")), how, "--pid", pid)
		who, err := exec.Command("id", "-u", "nobody").Output()
		require.NoError(t, err)
		groups, err := exec.Command("id", "-G", "nobody").Output()
		require.NoError(t, err)
		d.logs("process=helper", strings.TrimSpace(string(who)))
		d.logs("process=helper", strings.TrimSpace(string(groups)))
		p.up()
		state, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", d.cmd.Process.Pid))
		require.NoError(t, err)
		for _, line := range []string{"Uid", "Gid"} {
			require.NotRegexp(t, "(?m)^"+line+":.*\\b0\\b", string(state))
		}
		require.Regexp(t, "(?m)^CapEff:\t0+$", string(state))
		d.signal(syscall.SIGTERM)
		d.ends()
		text, err := os.ReadFile(pid)
		require.NoError(t, err)
		require.Empty(t, text, "the folder is root's: the file stays, without a number")
	}
}

func TestUserThatCanNotBe(t *testing.T) {
	status, _, stderr := called(t, []string{"exabgp_tcp_bind="}, "--user=no-such-user", file(t, valid))
	require.Equal(t, exitFailed, status)
	require.Contains(t, stderr, "--user=no-such-user: ")
	require.Contains(t, stderr, "name a user of this machine")
}

// The service manager opens the port and hands it over (sd_listen_fds(3)).
func TestPortIsHandedOver(t *testing.T) {
	l, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	require.NoError(t, err)
	f, err := l.File()
	require.NoError(t, err)
	defer f.Close()
	require.NoError(t, l.Close())
	at := l.Addr().(*net.TCPAddr)
	text := fmt.Sprintf("neighbor 127.0.0.1 { router-id 1.2.3.4; local-address 127.0.0.1; local-as 1; peer-as 1; listen %d; passive true; family { ipv4 unicast; } }", at.Port)
	for _, c := range []struct{ text, want string }{
		{text, ""},
		{valid, fmt.Sprintf("no neighbor listens at 127.0.0.1:%d", at.Port)},
	} {
		d := prepare(t, c.text)
		d.cmd.ExtraFiles = []*os.File{f}
		d.cmd.Args = append([]string{"sh", "-c", `LISTEN_PID=$$ exec "$0" "$@"`, d.cmd.Path}, d.cmd.Args[1:]...)
		d.cmd.Path, err = exec.LookPath("sh")
		require.NoError(t, err)
		d.cmd.Env = append(d.cmd.Env, "LISTEN_FDS=1", "exabgp_tcp_bind=127.0.0.1", fmt.Sprintf("exabgp_tcp_port=%d", freePort(t).Port))
		d.start()
		if c.want != "" {
			d.logs(c.want)
			continue
		}
		nc, err := net.DialTCP("tcp", nil, at)
		require.NoError(t, err)
		require.NoError(t, nc.SetDeadline(time.Now().Add(patience)))
		header := make([]byte, 19)
		_, err = io.ReadFull(nc, header)
		require.NoError(t, err)
		require.EqualValues(t, 1, header[18], "OPEN")
		nc.Close()
		d.signal(syscall.SIGTERM)
		d.ends()
	}
}

// A log whose reader has gone, or that is full, ends nothing.
func TestLogThatTakesNothing(t *testing.T) {
	r, gone, err := os.Pipe()
	require.NoError(t, err)
	require.NoError(t, r.Close())
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip(err)
	}
	for _, log := range []*os.File{gone, full} {
		p := farPeer(t, 2)
		d := prepare(t, p.section(static(1)))
		d.cmd.Stderr = log
		require.NoError(t, d.cmd.Start())
		close(d.log)
		p.up()
		p.hearsOf(endOfRIB)
		d.configure(p.section(static(1, 2)))
		d.signal(syscall.SIGUSR1)
		p.hearsOf(told(2))
		d.signal(syscall.SIGTERM)
		p.hearsOf("3 0602")
		d.ends()
		log.Close()
	}
}

func TestJournalsLines(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(newLeveled(journalWriters(&out), slog.LevelInfo, "text")).With("peer", "192.0.2.1")
	log.Debug("unseen")
	log.Info("up")
	log.WithGroup("g").Warn("slow", "level", 3)
	log.Error("down")
	require.Equal(t, "<6>msg=up peer=192.0.2.1\n<4>msg=slow peer=192.0.2.1 g.level=3\n<3>msg=down peer=192.0.2.1\n", out.String())
}

func TestJournalIsKnownByItsStream(t *testing.T) {
	info, err := os.Stderr.Stat()
	require.NoError(t, err)
	st := info.Sys().(*syscall.Stat_t)
	require.True(t, isJournal([]string{fmt.Sprintf("JOURNAL_STREAM=%d:%d", st.Dev, st.Ino)}))
	require.False(t, isJournal([]string{fmt.Sprintf("JOURNAL_STREAM=%d:%d", st.Dev, st.Ino+1)}))
	require.False(t, isJournal(nil))
}
