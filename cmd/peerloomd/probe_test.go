package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// wire is one connection whose messages a test reads and writes itself.
type wire struct {
	t  *testing.T
	nc net.Conn
	r  *bufio.Reader
}

func newWire(t *testing.T, nc net.Conn) *wire {
	t.Cleanup(func() { nc.Close() })
	return &wire{t: t, nc: nc, r: bufio.NewReader(nc)}
}

// takes is the daemon's next connection to the peer.
func (p *far) takes() *wire {
	p.t.Helper()
	require.NoError(p.t, p.l.SetDeadline(time.Now().Add(patience)))
	nc, err := p.l.Accept()
	require.NoError(p.t, err)
	return newWire(p.t, nc)
}

// dials is a connection of the peer to the daemon.
func (p *far) dials(to *net.TCPAddr) *wire {
	p.t.Helper()
	own := &net.TCPAddr{IP: p.l.Addr().(*net.TCPAddr).IP}
	nc, err := net.DialTCP("tcp", own, to)
	require.NoError(p.t, err)
	return newWire(p.t, nc)
}

// hears is the next message, type and body; closed, at the end.
func (w *wire) hears() string {
	w.t.Helper()
	require.NoError(w.t, w.nc.SetReadDeadline(time.Now().Add(patience)))
	head := make([]byte, 19)
	if _, err := io.ReadFull(w.r, head); err != nil {
		require.NotErrorIs(w.t, err, os.ErrDeadlineExceeded)
		return "closed"
	}
	body := make([]byte, int(binary.BigEndian.Uint16(head[16:]))-len(head))
	_, err := io.ReadFull(w.r, body)
	require.NoError(w.t, err)
	return fmt.Sprintf("%d %s", head[18], strings.ToUpper(hex.EncodeToString(body)))
}

// hearsOf waits for a message that begins so, and returns it.
func (w *wire) hearsOf(start string) string {
	w.t.Helper()
	for past := ""; ; {
		m := w.hears()
		if strings.HasPrefix(m, start) {
			return m
		}
		past += m + "\n"
		require.NotEqual(w.t, "closed", m, "before a message that begins with %q, after\n%s", start, past)
	}
}

// says writes one message.
func (w *wire) says(kind byte, body string) {
	w.t.Helper()
	_, err := w.nc.Write(bgp(w.t, kind, body))
	require.NoError(w.t, err)
}

// bgp is a message with its body in hexadecimal.
func bgp(t *testing.T, kind byte, body string) []byte {
	t.Helper()
	b, err := hex.DecodeString(body)
	require.NoError(t, err)
	head := binary.BigEndian.AppendUint16(bytes.Repeat([]byte{0xff}, 16), uint16(19+len(b)))
	return append(append(head, kind), b...)
}

// mirrored is the body of an OPEN that answers one, from another identifier.
func mirrored(open, identifier string) string {
	_, body, _ := strings.Cut(open, " ")
	return body[:10] + identifier + body[18:]
}

// talker is a helper that a test writes for and whose lines it reads.
type talker struct {
	*helper
	heard chan string
}

// speaks makes such a helper; it runs when the daemon does.
func speaks(t *testing.T, name, encoder string) *talker {
	t.Helper()
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in"), filepath.Join(dir, "out")
	var files [2]*os.File
	for i, path := range []string{in, out} {
		require.NoError(t, syscall.Mkfifo(path, 0o600))
		f, err := os.OpenFile(path, os.O_RDWR, 0)
		require.NoError(t, err)
		t.Cleanup(func() { f.Close() })
		files[i] = f
	}
	section := script(t, name, "exec 3<&0\ncat <&3 >"+out+" &\nexec cat "+in)
	s := &talker{heard: make(chan string, 100_000)}
	s.helper = &helper{t: t, pipe: files[0], section: strings.Replace(section, "encoder text", "encoder "+encoder, 1)}
	go func() {
		defer close(s.heard)
		for r := bufio.NewScanner(files[1]); r.Scan(); {
			s.heard <- r.Text()
		}
	}()
	return s
}

// hearsOf waits for a line with this in it, and returns it.
func (s *talker) hearsOf(part string) string {
	s.t.Helper()
	for past := ""; ; {
		l, ok := next(s.t, s.heard, func() string { return fmt.Sprintf("a line with %q, after\n%s", part, past) })
		require.True(s.t, ok, past)
		if strings.Contains(l, part) {
			return l
		}
		past += l + "\n"
	}
}

// asks writes lines with one write and waits for their answers, in order.
func (s *talker) asks(answer string, lines ...string) {
	s.t.Helper()
	s.says(strings.Join(lines, "\n"))
	for range lines {
		l, ok := "", true
		for l != "done" && l != "error" {
			l, ok = next(s.t, s.heard, func() string { return strings.Join(lines, "\n") })
			require.True(s.t, ok)
			if strings.HasPrefix(l, "{") && strings.Contains(l, `"answer"`) {
				l = strings.Split(l, `"`)[3]
			}
		}
		require.Equal(s.t, answer, l, strings.Join(lines, "\n"))
	}
}

// freePort is an address at which nobody listens now.
func freePort(t *testing.T) *net.TCPAddr {
	t.Helper()
	l, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	require.NoError(t, err)
	defer l.Close()
	return l.Addr().(*net.TCPAddr)
}
