package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/speaker/config"
)

// makePipes makes path.in and path.out, which the daemon's user may open.
func makePipes(t *testing.T, path string) {
	t.Helper()
	for _, name := range []string{path + ".in", path + ".out"} {
		require.NoError(t, syscall.Mkfifo(name, 0o600))
	}
}

// withPipes launches a daemon with named pipes and one neighbor that is up.
func withPipes(t *testing.T) (d *running, p *far, path string) {
	t.Helper()
	path, p = filepath.Join(t.TempDir(), "p"), farPeer(t, 2)
	makePipes(t, path)
	d = launch(t, p.section(""), "exabgp_daemon_user=", "--pipes="+path, "--socket="+path+".sock")
	p.up()
	p.hearsOf(endOfRIB)
	return d, p, path
}

// pipeWriter opens the pipe of commands as a shell does: it waits for the daemon.
func pipeWriter(t *testing.T, path string) *os.File {
	t.Helper()
	f, err := os.OpenFile(path+".in", os.O_WRONLY, 0)
	require.NoError(t, err)
	t.Cleanup(func() { f.Close() })
	return f
}

// pipeReader opens the pipe of replies; it need not be read.
func pipeReader(t *testing.T, path string) *os.File {
	t.Helper()
	f, err := os.OpenFile(path+".out", os.O_RDONLY|syscall.O_NONBLOCK, 0)
	require.NoError(t, err)
	t.Cleanup(func() { f.Close() })
	return f
}

func TestNamedPipes(t *testing.T) {
	d, p, path := withPipes(t)
	out, err := os.OpenFile(path+".out", os.O_RDWR, 0) // the daemon closes its end between two clients
	require.NoError(t, err)
	defer out.Close()
	require.NoError(t, out.SetReadDeadline(time.Now().Add(patience)))
	replies := bufio.NewReader(out)
	for _, c := range []struct {
		say  string
		want []string
	}{
		{"announce " + route(1) + " sync\nshow adj-rib out\n", []string{"done", "127.0.0.2 ipv4 unicast 10.9.0.1/32", "done"}},
		{"neighbor 192.0.2.99 announce " + route(3) + "\nannounce route 10.9.0.0/16 next-h", []string{
			"error: no neighbor matches the selector", "error",
			"error: the last line has no newline: it may be half a command and was not carried out", "error",
		}},
		{"announce " + route(2) + "\n", []string{"done"}},
	} {
		w := pipeWriter(t, path)
		_, err := io.WriteString(w, c.say)
		require.NoError(t, err)
		require.NoError(t, w.Close())
		for _, want := range c.want {
			line, err := replies.ReadString('\n')
			require.NoError(t, err)
			require.Equal(t, want+"\n", line)
		}
	}
	p.hearsOf(told(1))
	p.hearsOf(told(2))
	endsCleanly(d, p)
	require.FileExists(t, path+".in", "they are the administrator's")
}

// Where nobody reads the replies, commands take effect all the same.
func TestNamedPipesWithoutAReader(t *testing.T) {
	d, p, path := withPipes(t)
	const lines = 20_000 // their replies are more than a pipe holds
	w := pipeWriter(t, path)
	go func() {
		b := bufio.NewWriter(w)
		for n := range lines {
			fmt.Fprintf(b, "announce %s\n", route(n))
		}
		_ = b.Flush()
		_ = w.Close()
	}()
	p.hearsOf(told(lines - 1))
	endsCleanly(d, p)
}

// A reader that stands still: the daemon reads no more from that pipe at a
// bound; others are served.
func TestNamedPipesWhoseReaderStandsStill(t *testing.T) {
	d, p, path := withPipes(t)
	pipeReader(t, path)
	floods(t, pipeWriter(t, path), path+".sock")
	status, _, errs := ctl("", "--socket", path+".sock", "announce", route(7), "sync")
	require.Equal(t, exitOK, status, errs)
	p.hearsOf(told(7))
	endsCleanly(d, p)
}

// The pipes are found by ExaBGP's variables, in ExaBGP's folders.
func TestNamedPipesAreFound(t *testing.T) {
	root := t.TempDir()
	folder := filepath.Join(root, "var", "run", "exabgp")
	require.NoError(t, os.MkdirAll(folder, 0o755))
	makePipes(t, filepath.Join(folder, "mine"))
	p := farPeer(t, 2)
	d := launch(t, p.section(""), "exabgp_daemon_user=", "exabgp_root="+root, "exabgp_api_pipename=mine")
	p.up()
	w := pipeWriter(t, filepath.Join(folder, "mine"))
	_, err := io.WriteString(w, "announce "+route(1)+"\n")
	require.NoError(t, err)
	p.hearsOf(told(1))
	endsCleanly(d, p)

	require.Equal(t, "/run/exabgp /run/"+fmt.Sprint(os.Getuid())+" /run", strings.Join(pipeFolders("")[:3], " "))
	_, err = (&life{pipes: filepath.Join(root, "no")}).namedPipes(envOf(t))
	require.ErrorContains(t, err, "no.in is not there: make it with mkfifo")
	require.NoError(t, os.WriteFile(filepath.Join(root, "file.in"), nil, 0o600))
	_, err = (&life{pipes: filepath.Join(root, "file")}).namedPipes(envOf(t))
	require.ErrorContains(t, err, "is none: remove it")
	for _, off := range []life{{pipes: "none"}, {}} {
		found, err := off.namedPipes(envOf(t, "exabgp_api_cli=false", "exabgp_root="+root, "exabgp_api_pipename=mine"))
		require.NoError(t, err)
		require.Nil(t, found)
	}
}

func envOf(t *testing.T, environ ...string) config.Env {
	t.Helper()
	env, err := config.ParseEnv(environ)
	require.NoError(t, err)
	return env
}
