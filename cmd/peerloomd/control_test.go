package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// controlled launches a daemon with a control socket and one neighbor, whose
// session it waits for.
func controlled(t *testing.T, args ...string) (d *running, p *far, socket string) {
	t.Helper()
	p = farPeer(t, 2)
	socket = filepath.Join(t.TempDir(), "s")
	d = launch(t, p.section(""), append(args, "--socket="+socket)...)
	p.up()
	p.hearsOf(endOfRIB)
	return d, p, socket
}

// ctl is one run of peerloomd ctl with this standard input.
func ctl(stdin string, args ...string) (status int, stdout, stderr string) {
	var out, errs bytes.Buffer
	status = ctlCommand(args, nil, strings.NewReader(stdin), &out, &errs)
	return status, out.String(), errs.String()
}

func TestCtlGivesCommands(t *testing.T) {
	d, p, socket := controlled(t)
	info, err := os.Stat(socket)
	require.NoError(t, err)
	require.Equal(t, fs.ModeSocket|0o600, info.Mode(), "nobody else may command the daemon")

	status, out, errs := ctl("", "--socket", socket, "announce", route(7), "sync")
	require.Equal(t, exitOK, status, errs)
	require.Equal(t, "done\n", out)
	p.hearsOf(told(7))

	status, out, _ = ctl("", "--socket", socket, "show", "adj-rib", "out")
	require.Equal(t, exitOK, status)
	require.Equal(t, "127.0.0.2 ipv4 unicast 10.9.0.7/32\ndone\n", out)

	status, out, _ = ctl("", "--socket", socket, "neighbor 192.0.2.77 announce", route(1))
	require.Equal(t, exitFailed, status)
	require.Equal(t, "error: no neighbor matches the selector\nerror\n", out)

	status, out, _ = ctl("", "--socket", socket, "--json", "show", "neighbor", "summary")
	require.Equal(t, exitOK, status)
	require.Contains(t, out, `{"command":"show neighbor summary","ok":true,"reply":[[{"peer-address":"127.0.0.2"`)

	status, out, _ = ctl("", "--json", "--socket", socket, "nonsense")
	require.Equal(t, exitFailed, status)
	require.Contains(t, out, `{"command":"nonsense","ok":false,"error":"unknown command`)

	status, out, _ = ctl("", "--socket", socket, "--complete", "--", "neighbor", "127.0.0.2", "tea")
	require.Equal(t, exitOK, status)
	require.Equal(t, "teardown\n", out)
	_, out, _ = ctl("", "--socket", socket, "--complete", "--", "neighbor", "")
	require.Equal(t, "*\n127.0.0.2\n", out)

	status, out, errs = ctl("", "--socket", socket, "shutdown")
	require.Equal(t, exitOK, status, errs)
	require.Equal(t, "shutdown in progress\ndone\n", out)
	d.ends()
	require.NoFileExists(t, socket)
}

func TestCtlReadsCommandsFromStandardInput(t *testing.T) {
	_, p, socket := controlled(t)
	const lines = 3000
	var b strings.Builder
	for n := range lines {
		fmt.Fprintf(&b, "announce %s\n", route(n))
	}
	status, out, errs := ctl("# comment\n\n"+b.String()+"nonsense\nannounce "+route(lines)+" sync", "--socket", socket)
	require.Equal(t, exitFailed, status, "one command was refused; %s", errs)
	require.Equal(t, lines+1, strings.Count(out, "done\n"))
	require.Contains(t, out, "error: unknown command")
	p.hearsOf(told(lines))
}

func TestCtlUsage(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--nonsense"}, "unknown flag"},
		{[]string{"--timeout=0", "status"}, "write more than 0"},
		{[]string{"--completion=csh"}, "write bash or zsh"},
		{[]string{"announce\nshutdown"}, "a command is one line"},
		{[]string{"silence-ack"}, "no reply comes"},
	} {
		status, out, errs := ctl("", c.args...)
		require.Equal(t, exitUsage, status, c.args)
		require.Contains(t, errs, c.want)
		require.Empty(t, out)
	}
	status, out, _ := ctl("", "--help")
	require.Equal(t, exitOK, status)
	require.Contains(t, out, "--timeout")
	nowhere := filepath.Join(t.TempDir(), "s")
	status, _, errs := ctl("", "--socket", nowhere, "status")
	require.Equal(t, exitFailed, status)
	require.Contains(t, errs, nowhere)
	for shell := range completions {
		status, out, _ := ctl("", "--completion", shell)
		require.Equal(t, exitOK, status)
		require.Contains(t, out, "complete -F _peerloomd peerloomd")
	}
}

// stopped reports whether all of a process stands still (proc_pid_stat(5)).
func stopped(pid int) bool {
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", pid))
	return len(tasks) > 0 && !slices.ContainsFunc(tasks, func(name string) bool {
		text, err := os.ReadFile(name)
		_, state, _ := strings.Cut(string(text), ") ")
		return err == nil && !strings.HasPrefix(state, "T")
	})
}

// A daemon that does not answer, here a stopped one, costs the timeout.
func TestCtlGivesUp(t *testing.T) {
	d, _, socket := controlled(t)
	d.signal(syscall.SIGSTOP)
	require.Eventually(t, func() bool { return stopped(d.cmd.Process.Pid) }, patience, time.Millisecond, "it goes on for a moment")
	status, _, errs := ctl("", "--socket", socket, "--timeout=10ms", "status")
	d.signal(syscall.SIGCONT)
	require.Equal(t, exitFailed, status)
	require.Contains(t, errs, `no reply to "status" within 10ms`)
}

// exabgp's name for it.
func TestExaBGPCli(t *testing.T) {
	_, _, socket := controlled(t)
	var out, errs bytes.Buffer
	status := start(t.Context(), []string{"/usr/bin/exabgp", "cli", "ping", "text"}, []string{"PEERLOOMD_SOCKET=" + socket}, strings.NewReader(""), &out, &errs)
	require.Equal(t, exitOK, status, errs.String())
	require.Contains(t, out.String(), "pong ")
}

// keyboard is a terminal's two directions.
type keyboard struct {
	io.Reader
	io.Writer
}

func TestCtlPrompt(t *testing.T) {
	_, p, socket := controlled(t)
	d, err := dialSocket(socket, patience)
	require.NoError(t, err)
	defer d.Close()
	var screen bytes.Buffer
	c := &controller{}
	typed := "announce " + route(1) + "\r" + "sho\tneigh\tsum\t\r" + "sh\t\r" + "silence-ack\r" + "exit\r"
	require.Equal(t, exitOK, c.prompt(d, keyboard{strings.NewReader(typed), &screen}))
	p.hearsOf(told(1))
	seen := screen.String()
	require.Contains(t, seen, "127.0.0.2       1", "show neighbor summary, completed")
	require.Contains(t, seen, "show  shutdown", "what sh may become")
	require.Contains(t, seen, "is for helper processes")
}

// raw is a connection to the control socket as a program of somebody else's has
// it.
func raw(t *testing.T, socket string) (*net.UnixConn, *bufio.Reader) {
	t.Helper()
	c, err := net.DialUnix("unix", nil, &net.UnixAddr{Name: socket, Net: "unix"})
	require.NoError(t, err)
	t.Cleanup(func() { c.Close() })
	require.NoError(t, c.SetDeadline(time.Now().Add(patience)))
	return c, bufio.NewReader(c)
}

// Two clients at a time: each gets the replies to its own commands.
func TestTwoControlClients(t *testing.T) {
	_, p, socket := controlled(t)
	a, fromA := raw(t, socket)
	b, fromB := raw(t, socket)
	for n := range 200 {
		_, err := fmt.Fprintf(a, "announce %s id a%d\n", route(n), n)
		require.NoError(t, err)
		_, err = fmt.Fprintf(b, "nonsense id b%d\n", n)
		require.NoError(t, err)
	}
	for n := range 200 {
		line, err := fromA.ReadString('\n')
		require.NoError(t, err)
		require.Equal(t, fmt.Sprintf("done a%d\n", n), line)
		_, err = fromB.ReadString('\n')
		require.NoError(t, err)
		line, err = fromB.ReadString('\n')
		require.NoError(t, err)
		require.Equal(t, fmt.Sprintf("error b%d\n", n), line)
	}
	p.hearsOf(told(199))
}

// A client that floods and reads nothing; one that goes in the middle of a line.
// Others do not notice, and the daemon ends when it is asked to.
func TestControlClientsThatMisbehave(t *testing.T) {
	d, p, socket := controlled(t)
	flood, _ := raw(t, socket)
	floods(t, flood, socket, socket)
	half, _ := raw(t, socket)
	_, err := io.WriteString(half, "announce "+route(1)+"\nannounce route 10.9.0.0/16 next-hop 192.0.2.9")
	require.NoError(t, err)
	require.NoError(t, half.Close())
	p.hearsOf(told(1))
	status, _, errs := ctl("", "--socket", socket, "announce", route(2), "sync")
	require.Equal(t, exitOK, status, errs)
	for m := ""; !strings.Contains(m, told(2)); m = p.hears() {
		require.NotContains(t, m, "100A09", "10.9.0.0/16 was never said to the end")
	}
	endsCleanly(d, p)
}

// endsCleanly asks the daemon to end.
func endsCleanly(d *running, p *far) {
	d.t.Helper()
	d.signal(syscall.SIGTERM)
	p.hearsOf("3 0602")
	d.ends()
}

// floods writes commands without an end, and returns when the daemon reads no
// more of them: their replies, which nobody reads, are at the bound. In metrics
// the client has this name.
func floods(t *testing.T, w io.Writer, name, socket string) {
	t.Helper()
	go func() {
		for lines := []byte(strings.Repeat("show neighbor extensive\n", 100)); ; {
			if _, err := w.Write(lines); err != nil {
				return // at the daemon's end, or the test's
			}
		}
	}()
	limit := time.Now().Add(patience)
	for out := ""; !strings.Contains(out, fmt.Sprintf("peerloom_client_blocked{process=%q} 1", name)); {
		require.True(t, time.Now().Before(limit), "it is read on and on:\n%s", out)
		_, out, _ = ctl("", "--socket", socket, "show", "metrics")
	}
}

// Who has said all reads the rest: also the reply that waits for the wire, and
// what is said of a line without its end.
func TestControlClientThatSaysNoMoreGetsItsReplies(t *testing.T) {
	_, p, socket := controlled(t)
	c, from := raw(t, socket)
	_, err := io.WriteString(c, "announce "+route(3)+" sync id 1\nannounce route 10.9.0.0/16 next-h")
	require.NoError(t, err)
	require.NoError(t, c.CloseWrite())
	all, err := io.ReadAll(from)
	require.NoError(t, err)
	require.Equal(t, "done 1\nerror: the last line has no newline: it may be half a command and was not carried out\nerror\n", string(all))
	p.hearsOf(told(3))
}

// The socket of a daemon that was killed is in nobody's way; that of one that
// runs is, and so is a file.
func TestControlSocketThatIsThereAlready(t *testing.T) {
	d, _, socket := controlled(t)
	second := launch(t, "", "--socket="+socket)
	second.logs("a daemon listens at " + socket)
	d.signal(syscall.SIGKILL)
	for range d.log {
		continue
	}
	_ = d.cmd.Wait()
	require.FileExists(t, socket)
	p := farPeer(t, 3)
	third := launch(t, p.section(""), "--socket="+socket)
	p.up()
	status, _, errs := ctl("", "--socket", socket, "ping")
	require.Equal(t, exitOK, status, errs)
	third.signal(syscall.SIGTERM)
	third.ends()

	plain := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(plain, nil, 0o600))
	launch(t, p.section(""), "--socket="+plain).logs("is no socket")
	launch(t, p.section(""), "--socket=/no/such/folder/s").logs("name another with --socket")
}

// Where nothing is said, the socket is in the folder that a service has from its
// manager, by the name that ExaBGP's variable gives.
func TestControlSocketOfAService(t *testing.T) {
	p, folder := farPeer(t, 2), t.TempDir()
	launch(t, p.section(""), "RUNTIME_DIRECTORY="+folder, "exabgp_api_socketname=here")
	p.up()
	environ := []string{"RUNTIME_DIRECTORY=" + folder, "exabgp_api_socketname=here"}
	var out, errs bytes.Buffer
	require.Equal(t, exitOK, ctlCommand([]string{"version"}, environ, strings.NewReader(""), &out, &errs), errs.String())
	require.FileExists(t, filepath.Join(folder, "here.sock"))

	q := farPeer(t, 3)
	launch(t, q.section(""), "RUNTIME_DIRECTORY="+folder, "exabgp_api_socketname=off", "exabgp_api_cli=false")
	q.up()
	require.NoFileExists(t, filepath.Join(folder, "off.sock"))
}

// Too many at a time are told so, and room comes with the end of one.
func TestControlClientsAreBounded(t *testing.T) {
	_, _, socket := controlled(t)
	var first *net.UnixConn
	for range 64 {
		c, from := raw(t, socket)
		_, err := io.WriteString(c, "ping text\n")
		require.NoError(t, err)
		_, err = from.ReadString('\n')
		require.NoError(t, err)
		first = c
	}
	_, from := raw(t, socket)
	text, err := io.ReadAll(from)
	require.NoError(t, err)
	require.Equal(t, "error: too many clients: end one of them, or try again later\nerror\n", string(text))
	require.NoError(t, first.CloseWrite())
	_, err = io.Copy(io.Discard, first)
	require.NoError(t, err)
	for status := exitFailed; status != exitOK; { // the daemon sees to it in its time
		status, _, _ = ctl("", "--socket", socket, "ping")
	}
}
