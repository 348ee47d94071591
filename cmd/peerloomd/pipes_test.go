package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/speaker/config"
)

// withPipes launches a daemon that finds named pipes below its exabgp_root, with
// one neighbor, whose session it waits for.
func withPipes(t *testing.T) (d *running, p *far, in, out string, environ []string) {
	t.Helper()
	root := t.TempDir()
	folder := filepath.Join(root, "run/exabgp")
	require.NoError(t, os.MkdirAll(folder, 0o700))
	in, out = filepath.Join(folder, "test.in"), filepath.Join(folder, "test.out")
	require.NoError(t, syscall.Mkfifo(in, 0o600))
	require.NoError(t, syscall.Mkfifo(out, 0o600))
	environ = []string{"exabgp_root=" + root, "exabgp_api_pipename=test", "exabgp_api_socketname=none-of-these"}
	p = farPeer(t, 2)
	d = launch(t, p.section(""), append(environ, "--socket="+in+".sock")...)
	d.logs("commands are taken from a named pipe", in, out)
	p.up()
	p.hearsOf(endOfRIB)
	return d, p, in, out, environ
}

// writes opens a named pipe for writing, as a shell's redirection does.
func writes(t *testing.T, path, text string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = f.WriteString(text)
	require.NoError(t, err)
	require.NoError(t, f.Close())
}

// reads opens a named pipe for reading, with a limit on the test's patience.
func reads(t *testing.T, path string) *bufio.Reader {
	t.Helper()
	f, err := os.Open(path)
	require.NoError(t, err)
	t.Cleanup(func() { f.Close() })
	require.NoError(t, f.SetReadDeadline(time.Now().Add(patience)))
	return bufio.NewReader(f)
}

// echo COMMAND > exabgp.in, then cat exabgp.out: the reply has waited.
func TestNamedPipes(t *testing.T) {
	d, p, in, out, _ := withPipes(t)
	writes(t, in, "announce "+route(1)+"\n")
	p.hearsOf(told(1))
	writes(t, in, "nonsense\nannounce route 10.9.0.0/2") // the last line was never finished
	replies := reads(t, out)
	heard := func(wants ...string) {
		t.Helper()
		for _, want := range wants {
			line, err := replies.ReadString('\n')
			require.NoError(t, err)
			require.Contains(t, line, want)
		}
	}
	heard("done", "error: unknown command", "error", "error: the last line has no newline", "error")
	writes(t, in, "announce "+route(2)+" sync id last\n")
	heard("done last")
	for m := p.hears(); !strings.Contains(m, told(2)); m = p.hears() {
		require.NotContains(t, m, "020A", "10.9.0.0/2 was never said to the end")
	}
	writes(t, in, "shutdown\n")
	heard("shutdown in progress", "done")
	p.hearsOf("3 0602")
	d.ends()
}

// Who gives commands and never reads a reply is served for ever: the newest
// replies are kept for whoever comes.
func TestNamedPipeThatNobodyReads(t *testing.T) {
	d, p, in, out, _ := withPipes(t)
	const lines = 20_000 // 100 kB of replies
	var b strings.Builder
	for n := range lines {
		fmt.Fprintf(&b, "announce %s id %d\n", route(n), n)
	}
	writes(t, in, b.String())
	writes(t, in, "announce "+route(lines)+" sync id last\n")
	p.hearsOf(told(lines))
	replies := reads(t, out)
	line, err := replies.ReadString('\n')
	require.NoError(t, err)
	first, err := strconv.Atoi(strings.TrimPrefix(strings.TrimSpace(line), "done "))
	require.NoError(t, err, "a whole line")
	require.Positive(t, first, "the oldest were dropped")
	for n := first + 1; n < lines; n++ {
		line, err := replies.ReadString('\n')
		require.NoError(t, err)
		require.Equal(t, fmt.Sprintf("done %d\n", n), line)
	}
	line, err = replies.ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "done last\n", line)
	d.logs("replies were dropped")
}

// A reader that stands still, and then goes: its bound is reached, nobody else
// waits for it, and the pipes serve the next.
func TestNamedPipeWhoseReaderStandsStill(t *testing.T) {
	d, p, in, out, environ := withPipes(t)
	writes(t, in, "ping\n")
	still, err := os.Open(out)
	require.NoError(t, err)
	flood, err := os.OpenFile(in, os.O_WRONLY, 0)
	require.NoError(t, err)
	floods(t, flood, in, in+".sock")
	require.NoError(t, flood.Close())
	require.NoError(t, still.Close())
	status, stdout, errs := asked(environ, "announce", route(1), "sync")
	require.Equal(t, exitOK, status, errs)
	require.Equal(t, "done\n", stdout)
	p.hearsOf(told(1))
	d.signal(syscall.SIGTERM)
	p.hearsOf("3 0602")
	d.ends()
}

// asked is peerloomd ctl with this environment.
func asked(environ []string, args ...string) (status int, stdout, stderr string) {
	var out, errs bytes.Buffer
	status = ctlCommand(args, environ, strings.NewReader(""), &out, &errs)
	return status, out.String(), errs.String()
}

// ctl finds the pipes where there is no socket, and does not take the replies of
// somebody before it for its own. Several at a time take turns.
func TestCtlByNamedPipes(t *testing.T) {
	_, p, in, _, environ := withPipes(t)
	writes(t, in, "show neighbor extensive id ctl.1.1\nnonsense id ctl.1.2\n")
	ended := make(chan string)
	const many = 5
	for n := range many {
		go func() {
			status, out, errs := asked(environ, "announce", route(n), "sync")
			ended <- fmt.Sprint(status, out, errs)
		}()
	}
	for range many {
		require.Equal(t, "0done\n", <-ended)
	}
	for n := range many {
		writes(t, in, "withdraw "+route(n)+"\n")
		p.hearsOf(withdrawal(n))
	}
}

func TestFindPipes(t *testing.T) {
	env := config.DefaultEnv()
	env.Root, env.APIPipeName = t.TempDir(), "there"
	own := filepath.Join(env.Root, "var/run", strconv.Itoa(os.Getuid()))
	require.NoError(t, os.MkdirAll(own, 0o700))
	require.NoError(t, syscall.Mkfifo(filepath.Join(own, "there.in"), 0o600))
	_, ok := findPipes(env)
	require.False(t, ok, "one pipe is not two")
	require.NoError(t, os.WriteFile(filepath.Join(own, "there.out"), nil, 0o600))
	_, ok = findPipes(env)
	require.False(t, ok, "a file is no pipe")
	require.NoError(t, os.Remove(filepath.Join(own, "there.out")))
	require.NoError(t, syscall.Mkfifo(filepath.Join(own, "there.out"), 0o600))
	path, ok := findPipes(env)
	require.True(t, ok)
	require.Equal(t, own+"/there", string(path))
}

// Pipes that are named must be there.
func TestPipesThatAreNamed(t *testing.T) {
	p, path := farPeer(t, 2), filepath.Join(t.TempDir(), "pipe")
	require.NoError(t, syscall.Mkfifo(path+".in", 0o600))
	launch(t, p.section(""), "--pipes="+path).logs("make it with mkfifo -m 600 " + path + ".out")
	require.NoError(t, syscall.Mkfifo(path+".out", 0o600))
	launch(t, p.section(""), "--pipes="+path, "--socket=none")
	p.up()
	writes(t, path+".in", "announce "+route(1)+"\n")
	p.hearsOf(told(1))
}
