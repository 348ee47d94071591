package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// beDaemon in the environment makes the test's program the daemon itself: what
// is tried here is a process of its own, with real signals, pipes and helpers.
const beDaemon = "PEERLOOMD_TEST_BE_DAEMON"

func TestMain(m *testing.M) {
	if os.Getenv(beDaemon) != "" {
		os.Exit(start(context.Background(), os.Args, os.Environ(), os.Stdin, os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// patience bounds what a broken daemon costs; no test passes by it.
const patience = 30 * time.Second

// next is the channel's next item, ok false at its end; a test that waits for
// too long says for what.
func next(t *testing.T, from <-chan string, story func() string) (string, bool) {
	t.Helper()
	select {
	case item, ok := <-from:
		return item, ok
	case <-time.After(patience):
		require.FailNow(t, "nothing comes", story())
		return "", false
	}
}

// running is a daemon that runs, with its log.
type running struct {
	t    *testing.T
	cmd  *exec.Cmd
	conf string // the file; see configure
	log  chan string
	seen []string // the log so far
}

// configure writes the configuration that the next reload reads.
func (d *running) configure(text string) {
	d.t.Helper()
	require.NoError(d.t, os.WriteFile(d.conf, []byte(text), 0o600))
}

// launch starts the daemon with this configuration, and with arguments among
// which NAME=VALUE are variables; it is killed with the test.
func launch(t *testing.T, text string, args ...string) *running {
	t.Helper()
	d := prepare(t, text, args...)
	d.start()
	return d
}

// start starts what was prepared.
func (d *running) start() {
	d.t.Helper()
	errs, err := d.cmd.StderrPipe()
	require.NoError(d.t, err)
	require.NoError(d.t, d.cmd.Start())
	go func() {
		defer close(d.log)
		for s := bufio.NewScanner(errs); s.Scan(); {
			d.log <- s.Text()
		}
	}()
}

// prepare is launch but for the start.
func prepare(t *testing.T, text string, args ...string) *running {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	d := &running{t: t, conf: filepath.Join(t.TempDir(), "peer.conf"), log: make(chan string, 100_000)}
	d.configure(text)
	d.cmd = exec.Command(self)
	d.cmd.Env = append(isolated(t, os.Environ()), beDaemon+"=1", "exabgp_tcp_bind=", "exabgp_api_version=4")
	for _, a := range args {
		if strings.Contains(a, "=") && !strings.HasPrefix(a, "-") {
			d.cmd.Env = append(d.cmd.Env, a)
			continue
		}
		d.cmd.Args = append(d.cmd.Args, a)
	}
	d.cmd.Args = append(d.cmd.Args, "--log-level=debug", d.conf)
	t.Cleanup(func() {
		if d.cmd.Process == nil || d.cmd.ProcessState != nil {
			return
		}
		_ = d.cmd.Process.Signal(syscall.SIGQUIT) // where it hangs is in the log
		for range d.log {
			continue
		}
		_ = d.cmd.Wait()
	})
	return d
}

// logs waits for a line of the log that has all of these words.
func (d *running) logs(words ...string) string {
	d.t.Helper()
	story := func() string { return fmt.Sprintf("%q in the log:\n%s", words, strings.Join(d.seen, "\n")) }
	for {
		line, ok := next(d.t, d.log, story)
		if !ok {
			require.FailNow(d.t, "the log ended before", story())
		}
		d.seen = append(d.seen, line)
		if containsAll(line, words) {
			return line
		}
	}
}

// logged counts the lines so far that have all of these words.
func (d *running) logged(words ...string) (n int) {
	for _, line := range d.seen {
		if containsAll(line, words) {
			n++
		}
	}
	return n
}

func containsAll(line string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(line, w) {
			return false
		}
	}
	return true
}

func (d *running) signal(s syscall.Signal) {
	d.t.Helper()
	require.NoError(d.t, d.cmd.Process.Signal(s))
}

// ends waits for the end, which must be a clean one, and the whole log.
func (d *running) ends() {
	d.t.Helper()
	story := func() string { return "the daemon does not end:\n" + strings.Join(d.seen, "\n") }
	for line, ok := next(d.t, d.log, story); ok; line, ok = next(d.t, d.log, story) {
		d.seen = append(d.seen, line)
	}
	require.NoError(d.t, d.cmd.Wait(), strings.Join(d.seen, "\n"))
}

// far is a peer of the daemon: an address of its own that listens.
type far struct {
	t     *testing.T
	l     *net.TCPListener
	nc    net.Conn
	heard chan string
	past  []string
}

// farPeer listens on 127.0.0.N, or skips.
func farPeer(t *testing.T, n int) *far {
	t.Helper()
	l, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, byte(n))})
	if err != nil {
		t.Skipf("this machine has no 127.0.0.%d: %v", n, err)
	}
	t.Cleanup(func() { l.Close() })
	return &far{t: t, l: l}
}

// section is the peer's section in a configuration.
func (p *far) section(more string) string {
	at := p.l.Addr().(*net.TCPAddr)
	return fmt.Sprintf(`neighbor %v {
	router-id 1.2.3.4;
	local-address 127.0.0.1;
	local-as 1;
	peer-as 1;
	connect %d;
	family { ipv4 unicast; }
	%s
}
`, at.IP, at.Port, more)
}

// up takes the daemon's connection and brings the session up: it answers the
// OPEN with its mirror image and a KEEPALIVE, and collects what it hears.
func (p *far) up() {
	p.t.Helper()
	require.NoError(p.t, p.l.SetDeadline(time.Now().Add(patience)))
	nc, err := p.l.Accept()
	require.NoError(p.t, err)
	p.t.Cleanup(func() { nc.Close() })
	p.nc, p.heard = nc, make(chan string, 100_000)
	heard := p.heard
	go func() {
		defer close(heard)
		defer nc.Close()
		var once sync.Once
		for r := bufio.NewReader(nc); ; {
			msg := make([]byte, 19)
			if _, err := io.ReadFull(r, msg); err != nil {
				return
			}
			body := make([]byte, int(binary.BigEndian.Uint16(msg[16:]))-len(msg))
			if _, err := io.ReadFull(r, body); err != nil {
				return
			}
			switch msg[18] {
			case 1:
				once.Do(func() {
					body[8]++ // the identifier's last octet
					keepalive := append(append([]byte{}, msg[:16]...), 0, 19, 4)
					_, _ = nc.Write(append(append(msg, body...), keepalive...))
				})
			case 4:
			default:
				heard <- fmt.Sprintf("%d %s", msg[18], strings.ToUpper(hex.EncodeToString(body)))
			}
		}
	}()
}

// hears is the next message but for KEEPALIVEs; closed, at the end.
func (p *far) hears() string {
	p.t.Helper()
	if m, ok := next(p.t, p.heard, func() string { return "from the daemon, after " + strings.Join(p.past, "\n") }); ok {
		p.past = append(p.past, m)
		return m
	}
	return "closed"
}

// hearsOf waits for a message with this in it.
func (p *far) hearsOf(part string) {
	p.t.Helper()
	for {
		m := p.hears()
		require.NotEqual(p.t, "closed", m, "before a message with %s", part)
		if strings.Contains(m, part) {
			return
		}
	}
}

// announces sends an UPDATE with these of the peer's own routes, 10.8.X.Y/32.
func (p *far) announces(numbers ...int) {
	p.t.Helper()
	body, err := hex.DecodeString("00000015" + "40010100" + "400200" + "400304C0000201" + "40050400000064")
	require.NoError(p.t, err)
	for _, n := range numbers {
		body = append(body, 32, 10, 8, byte(n>>8), byte(n))
	}
	msg := bytes.Repeat([]byte{0xff}, 16)
	msg = append(binary.BigEndian.AppendUint16(msg, uint16(19+len(body))), 2)
	_, err = p.nc.Write(append(msg, body...))
	require.NoError(p.t, err)
}

// Messages and parts of them, in hexadecimal.
const endOfRIB = "2 00000000"

// told is the NLRI 10.9.X.Y/32 as it is written.
func told(n int) string { return fmt.Sprintf("200A09%04X", n) }

// withdrawal is the message that withdraws 10.9.X.Y/32.
func withdrawal(n int) string { return "2 0005" + told(n) + "0000" }

// route is that route in a configuration or a command.
func route(n int) string {
	return fmt.Sprintf("route 10.9.%d.%d/32 next-hop 192.0.2.1", n>>8, n&0xff)
}

// helper is a child process whose commands a test writes as it goes: it copies
// a pipe to its standard output.
type helper struct {
	t       *testing.T
	section string
	pipe    *os.File
}

// piped makes a helper; it runs when the daemon does.
func piped(t *testing.T, name string) *helper {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, syscall.Mkfifo(path, 0o600))
	f, err := os.OpenFile(path, os.O_RDWR, 0) // both ends: never waits for the other
	require.NoError(t, err)
	t.Cleanup(func() { f.Close() })
	return &helper{t: t, pipe: f, section: script(t, name, "exec cat "+path)}
}

func (h *helper) says(line string) {
	h.t.Helper()
	_, err := h.pipe.WriteString(line + "\n")
	require.NoError(h.t, err)
}

// script is the section of a process that runs a shell script.
func script(t *testing.T, name, text string, more ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name+".sh")
	require.NoError(t, os.WriteFile(path, []byte("#!/bin/sh\n"+text+"\n"), 0o700))
	return fmt.Sprintf("process %s {\n\trun %s;\n\tencoder text;\n\t%s\n}\n", name, path, strings.Join(more, "\n\t"))
}

// listens is what a neighbor says of the processes that may command it, and are
// told of every UPDATE that leaves.
func listens(names ...string) string {
	return "api { processes [ " + strings.Join(names, " ") + " ]; send { parsed; update; } }"
}
