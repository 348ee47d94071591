package live

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/speaker"
	"github.com/peerloom/peerloom/speaker/config"
	"github.com/peerloom/peerloom/speaker/record"
)

// file is a place for a recording.
type file struct {
	bytes.Buffer
	fail   error // of the next Write
	closed bool
}

func (f *file) Write(b []byte) (int, error) {
	if f.fail != nil {
		return 0, f.fail
	}
	return f.Buffer.Write(b)
}

func (f *file) Close() error { f.closed = true; return nil }

// heard notes what the scripted peer reads.
type heard struct {
	net.Conn
	all bytes.Buffer
}

func (h *heard) Read(b []byte) (int, error) {
	n, err := h.Conn.Read(b)
	h.all.Write(b[:n])
	return n, err
}

// secretKey is the key of a neighbor that is never up.
const secretKey = "hunter2-correct-horse"

// recorded is one live run: a peer on loopback TCP, and a helper in sh that waits
// for each reply and keeps all that it is told.
type recorded struct {
	text string // of the recording
	peer []byte // what the peer read
	told []byte // what the helper was told
}

func recordRun(t *testing.T) recorded {
	dir := t.TempDir()
	lines := filepath.Join(dir, "lines")
	script := "#!/bin/sh\ntrap '' TERM\nexec 3>" + lines + "\n" + // an event may come between a command and its reply
		"ack() { while read -r answer; do printf '%s\\n' \"$answer\" >&3; [ \"$answer\" = done ] && return; done; }\n" +
		"while read -r up; do printf '%s\\n' \"$up\" >&3; case \"$up\" in *'\"state\": \"up\"'*) break;; esac; done\n"
	for _, write := range ribCommands() {
		script += "printf '%s\\n' '" + strings.ReplaceAll(strings.TrimSuffix(write, "\n"), "\n", "' '") + "'\n"
		script += strings.Repeat("ack\n", strings.Count(write, "\n"))
	}
	program(t, filepath.Join(dir, "helper"), script+"cat >&3\n", 0o755)

	l, at := loopback(t, "127.0.0.1:0")
	text := "process helper { run ./helper --token=" + secretKey + "; encoder json; }\n" +
		neighbor(at, "127.0.0.1", "adj-rib-in true; api { processes [ helper ]; neighbor-changes; receive { parsed; packets; update; keepalive; } }") +
		"neighbor 127.0.0.2 { router-id 1.2.3.4; local-address 127.0.0.3; local-as 1; peer-as 2; connect 1; passive true; md5-password " + secretKey + "; }"
	c := settings(t, text)
	c.Spawn = Exec{Folders: []string{dir}, Env: append(os.Environ(), "TOKEN="+secretKey)}.Start
	draws := rand.New(rand.NewPCG(1, 2))
	c.Jitter = draws.IntN
	c.Speaker.ExaBGP, c.Speaker.Restarted, c.Speaker.UUID, c.Speaker.PID = true, true, "some uuid", 77
	c.Child.Host, c.Child.PID = "some host", 77
	again, err := config.Parse("again.conf", []byte(strings.Replace(text, secretKey+"; }", "another-"+secretKey+"; }", 1)), config.DefaultEnv())
	require.NoError(t, err)
	c.Reload = func() (*speaker.Config, error) { return again, nil }
	f := &file{}
	r := NewRecorder(f, 0, c.Log)
	c.Record, c.Version = r, "test"
	d, ended := started(t, t.Context(), c)

	nc, err := l.Accept()
	require.NoError(t, err)
	h := &heard{Conn: nc}
	p := newPeer(h)
	for i, m := range ribStory() {
		require.Equal(t, m, p.next(t), "message %d of the story", i)
	}
	d.Signal(10, "SIGUSR1")
	d.Reload()
	d.Stop("maintenance")
	for range p.heard {
	}
	nc.Close()
	require.NoError(t, <-ended)
	r.Close()
	require.True(t, f.closed)
	told, err := os.ReadFile(lines)
	require.NoError(t, err)
	return recorded{f.String(), h.all.Bytes(), told}
}

// replayed is what a replay has for the world.
type replayed struct {
	peer, told []byte
	events     int
	differs    string // the line of the first event that does
	err        error
}

func replay(t *testing.T, text string) replayed {
	t.Helper()
	r, err := record.NewReader("run.rec", strings.NewReader(text))
	require.NoError(t, err)
	p := record.NewPlayer(r)
	var got replayed
	for {
		e, err := r.Next()
		if err != nil {
			if err != io.EOF {
				got.err = err
			}
			return got
		}
		played, err := p.Play(e)
		require.NoError(t, err)
		got.events++
		if played.Differs {
			got.differs = played.Line
		}
		for i := range played.Actions {
			if a := &played.Actions[i]; a.Kind == speaker.ActSend {
				got.peer = append(got.peer, a.Data...)
			}
		}
		switch e.Kind {
		case record.Pull:
			got.peer = append(got.peer, played.Given...)
		case record.Told:
			got.told = append(got.told, played.Given...)
		}
	}
}

func TestRecordingReplaysToTheByte(t *testing.T) {
	run := recordRun(t)
	got := replay(t, run.text)
	require.NoError(t, got.err)
	require.Empty(t, got.differs, "the recording:\n%s", run.text)
	require.Greater(t, got.events, 50)
	require.Equal(t, run.peer, got.peer, "what the peer read, and what the replay sends")
	require.Equal(t, string(run.told), string(got.told), "what the helper was told, and what the replay tells it")
	require.Contains(t, got.told, byte('{'))
	last := run.text[strings.LastIndex(strings.TrimSuffix(run.text, "\n"), "\n")+1:]
	require.Contains(t, last, "daemon/end#1")

	t.Run("no secret is in it", func(t *testing.T) {
		require.NotContains(t, run.text, secretKey)
		require.NotContains(t, run.text, "aHVudGVyMi1jb3JyZWN0LWhvcnNl") // in base64
		require.NotContains(t, run.text, "YW5vdGhlci1odW50ZXIy")
		require.Contains(t, run.text, "left out: keys of TCP MD5")
	})
	t.Run("an edited byte is named", func(t *testing.T) { testEdited(t, run.text) })
	t.Run("a cut file is replayed up to there", func(t *testing.T) { testCut(t, run.text, got.events) })
}

// testEdited changes single octets of what was recorded.
func testEdited(t *testing.T, text string) {
	for _, c := range []struct{ old, new, event string }{
		{"next-hop 10.0.0.4\\n", "next-hop 10.0.0.5\\n", "/said#"},
		{" draws=", " draws=1", "#"},
		{"data=ffff", "data=fffe", "/received#1"},
	} {
		i := strings.Index(text, c.old)
		require.Positive(t, i, c.old)
		edited := text[:i] + c.new + text[i+len(c.old):]
		line := edited[strings.LastIndex(edited[:i], "\n")+1:]
		line, _, _ = strings.Cut(line, " = ")
		got := replay(t, edited)
		require.Contains(t, got.differs, c.event)
		require.True(t, strings.HasPrefix(got.differs, line[:17]), "the first event that differs is %s, edited was %s", got.differs, line)
	}
	// An output alone: the sum of a message that was pulled.
	i := strings.LastIndex(text[:strings.Index(text, "sent: UPDATE announce 192.168.0.4/32")], "\n") + 1
	end := i + strings.Index(text[i:], "\n")
	other := byte('0')
	if text[end-1] == other {
		other = '1'
	}
	got := replay(t, text[:end-1]+string(other)+text[end:])
	require.Contains(t, got.differs, "announce 192.168.0.4/32")
}

func testCut(t *testing.T, text string, events int) {
	header := strings.Index(text, "\n\n") + 2
	block := strings.Index(text, "| neighbor")
	for _, at := range []int{header + 5, block, block + 5, len(text) / 2, len(text) - 1} {
		cut := text[:at]
		got := replay(t, cut)
		if !strings.HasSuffix(cut, "\n") || at == block {
			require.ErrorIs(t, got.err, record.ErrCut, "cut at %d of %d", at, len(text))
		}
		require.Less(t, got.events, events)
		require.Empty(t, got.differs)
	}
}

// A disk that is full, a file at its limit and a disk that does not answer end
// the recording with one line, and hold nobody up.
func TestRecorderStopsAlone(t *testing.T) {
	line := []byte(strings.Repeat("x", 1023) + "\n")
	run := func(f io.WriteCloser, limit int64, lines int) string {
		var log bytes.Buffer
		r := NewRecorder(f, limit, slog.New(slog.NewTextHandler(&log, nil)))
		for range lines {
			n, err := r.Write(line)
			require.NoError(t, err)
			require.Len(t, line, n)
		}
		r.Close()
		_, _ = r.Write(line)
		return log.String()
	}
	full := run(&file{fail: errors.New("no space left on device")}, 0, 100)
	require.Equal(t, 1, strings.Count(full, "\n"), full)
	require.Contains(t, full, "no space left on device")

	f := &file{}
	limited := run(f, 10<<10, 100)
	require.Equal(t, 1, strings.Count(limited, "\n"), limited)
	require.Equal(t, 10<<10, f.Len(), "whole lines, up to the limit")

	stuck, blocked := io.Pipe()
	defer stuck.Close()
	slow := run(blocked, 0, maxUnwritten/len(line)*2+100)
	require.Contains(t, slow, "wait for the disk")
	require.Contains(t, slow, "the recording is not whole")
	require.Equal(t, 2, strings.Count(slow, "\n"), slow)
}
