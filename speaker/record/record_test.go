package record

import (
	"bytes"
	"io"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/speaker"
	"github.com/peerloom/peerloom/speaker/child"
	"github.com/peerloom/peerloom/speaker/config"
)

const conf = `process helper { run ./helper; encoder json; }
neighbor 192.0.2.1 {
	router-id 192.0.2.2; local-address 192.0.2.2; local-as 65001; peer-as 65000;
	family { ipv4 unicast; }
	api { processes [ helper ]; neighbor-changes; receive { parsed; update; } }
}
`

var (
	local  = netip.MustParseAddrPort("192.0.2.2:4000")
	remote = netip.MustParseAddrPort("192.0.2.1:179")
	epoch  = time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)
)

func parsed(t testing.TB, text string) *speaker.Config {
	t.Helper()
	c, err := config.Parse("test.conf", []byte(text), config.DefaultEnv())
	require.NoError(t, err)
	return c
}

// rig is a machine with a session that is up and a client.
type rig struct {
	m    *Machine
	c    *Client
	now  time.Time
	conn speaker.ConnID
	acts []speaker.Action
}

func newRig(t testing.TB, w io.Writer) *rig {
	m, err := NewMachine(*parsed(t, conf), Options{Start: epoch, Record: w, Version: "test", Jitter: func(n int) int { return n / 2 }})
	require.NoError(t, err)
	r := &rig{m: m, now: m.Time(epoch)}
	r.c = m.NewClient(child.Config{Client: 1, Name: "helper", JSON: true, APIVersion: 4})
	r.step(speaker.Input{Kind: speaker.InClientUp, Client: 1, Text: "helper"})
	r.step(speaker.Input{Kind: speaker.InStart})
	for i := range r.acts {
		if r.acts[i].Kind == speaker.ActDial {
			r.conn = r.acts[i].Conn
		}
	}
	r.step(speaker.Input{Kind: speaker.InDialed, Conn: r.conn, Local: local, Remote: remote})
	open, eerr := codec.AppendOpen(nil, &codec.Open{Version: 4, AS: 65000, HoldTime: 180, ID: netip.MustParseAddr("192.0.2.1"),
		Caps: []codec.Capability{codec.MultiprotocolCap(codec.IPv4Unicast), codec.AS4Cap(65000)}})
	require.Nil(t, eerr)
	r.step(speaker.Input{Kind: speaker.InReceived, Conn: r.conn, Data: codec.AppendKeepalive(open)})
	require.NotZero(t, m.Established(0))
	return r
}

func (r *rig) step(in speaker.Input) { r.acts = r.m.Step(r.now, in, r.acts[:0]) }

// say gives the machine lines of the client, and drains all that follows.
func (r *rig) say(lines []byte) (messages int) {
	r.c.Read(r.now, lines)
	for ok := true; ok; {
		r.acts, ok = r.c.Batch(r.now, r.acts[:0])
	}
	for {
		var msg []byte
		msg, r.acts = r.m.Pull(r.now, r.conn, r.acts[:0])
		if msg == nil {
			break
		}
		messages++
		r.step(speaker.Input{Kind: speaker.InWritten, Conn: r.conn, N: len(msg)})
	}
	for p := r.c.Pending(r.now); len(p) > 0; p = r.c.Pending(r.now) {
		r.c.Wrote(r.now, len(p))
	}
	return messages
}

// replayed plays a recording; the lines are those of the replay.
func replayed(t *testing.T, text string) (lines []string, differs, died string) {
	t.Helper()
	r, err := NewReader("run.rec", strings.NewReader(text))
	require.NoError(t, err)
	p := NewPlayer(r)
	for {
		e, err := r.Next()
		if err == io.EOF {
			return lines, differs, died
		}
		require.NoError(t, err)
		played, err := p.Play(e)
		require.NoError(t, err)
		if lines = append(lines, played.Line); played.Differs {
			differs = played.Line
		}
		if played.Panic != "" {
			return lines, differs, played.Panic
		}
	}
}

// The lines of a replay are those of the recording, but for the configuration's.
func TestReplayWritesTheSameLines(t *testing.T) {
	var b bytes.Buffer
	r := newRig(t, &b)
	require.Positive(t, r.say([]byte("announce route 10.0.0.0/24 next-hop self med 5\nno @ command \"\xff\"\n")))
	r.m.Close(r.now)
	lines, differs, _ := replayed(t, b.String())
	require.Empty(t, differs)
	_, body, _ := strings.Cut(b.String(), "\n\n")
	var want []string
	for l := range strings.Lines(body) {
		if !strings.HasPrefix(l, margin) {
			want = append(want, strings.TrimSuffix(l, "\n"))
		}
	}
	require.Equal(t, strings.Join(want, "\n"), strings.Join(lines, "\n"))
}

// A step of the wall clock shows in the times that clients are told and reaches
// no timer, here and in the replay.
func TestWallClockIsSet(t *testing.T) {
	var b bytes.Buffer
	r := newRig(t, &b)
	r.say(nil)
	deadline := r.m.Deadline()
	r.m.ahead = -time.Hour // what the operating system would do to it
	require.Equal(t, epoch.Add(time.Minute), r.m.Time(epoch.Add(time.Minute)))
	require.Contains(t, b.String(), "daemon/clock#1")
	require.Zero(t, r.m.ahead)
	require.Equal(t, deadline, r.m.Deadline())
	require.Equal(t, epoch.Add(time.Minute+maxAhead/2), r.m.Time(epoch.Add(time.Minute+maxAhead/2)))
	require.Equal(t, 1, strings.Count(b.String(), "daemon/clock#"))

	var events bytes.Buffer
	n := newRig(t, &events)
	n.m.do(&Event{Kind: Clock, N: int64(time.Hour)}, nil)
	n.step(speaker.Input{Kind: speaker.InClosed, Conn: n.conn, Text: "over"})
	require.Contains(t, string(n.c.Pending(n.now)), `"time": 1767326645.0`, "the event's time is the wall clock's")
	_, differs, _ := replayed(t, events.String())
	require.Empty(t, differs)
}

// What ends the daemon is the last line of its recording, and ends the replay.
func TestPanicIsRecorded(t *testing.T) {
	var b bytes.Buffer
	r := newRig(t, &b)
	r.m.rows[Signal].do = func(*Machine, *Event, []speaker.Action) []speaker.Action { panic("our own fault") }
	require.PanicsWithValue(t, "our own fault", func() { r.step(speaker.Input{Kind: speaker.InSignal, N: 10, Text: "SIGUSR1"}) })
	require.Contains(t, b.String(), "signal SIGUSR1; panic: our own fault @ daemon/signal#1 n=10")

	_, differs, died := replayed(t, b.String())
	require.Empty(t, died, "this speaker outlives it")
	require.Contains(t, differs, "daemon/signal#1", "and so parts from the recording there")
}

// No field of what a machine is made of may be left out of a recording: each is
// set to something, and must come back.
func TestEveryFieldIsRecorded(t *testing.T) {
	var c child.Config
	fill(reflect.ValueOf(&c).Elem())
	var d Event
	reader := &Reader{name: "x"}
	require.NoError(t, reader.parseArgs(&Event{Kind: ClientUp, Client: c.Client}, ""))
	d = Event{Kind: ClientUp, Client: c.Client}
	require.NoError(t, reader.parseArgs(&d, string(appendChild(nil, &c))))
	require.Equal(t, c, *d.Child)

	s := *parsed(t, conf)
	kept := s
	fill(reflect.ValueOf(&s).Elem())
	s.Processes, s.Neighbors, s.Observe = kept.Processes, kept.Neighbors, nil
	s.Bind = []netip.AddrPort{local, remote}
	var r redactor
	block, settings := r.text(&s)
	e := Event{Kind: Reload}
	reader = &Reader{name: "x"}
	text := append([]byte("peerloom recording 1\nstart 2026-01-02T03:04:05Z\n\n1.0s x @ daemon/reload#1 lines=5"), settings...)
	text = append(append(text, " = 00000000\n"...), block...)
	text = bytes.Replace(text, []byte("lines=5"), []byte("lines="+itoa(countLines(block))), 1)
	reader, err := NewReader("x", bytes.NewReader(text))
	require.NoError(t, err)
	got, err := reader.Next()
	require.NoError(t, err)
	e = *got
	require.Equal(t, s, *e.Config)
}

func itoa(n int) string { return string(appendArgs(nil, &Event{N: int64(n)}))[3:] }

// fill sets every field to something that is not its zero value.
func fill(v reflect.Value) {
	for i := range v.NumField() {
		switch f := v.Field(i); f.Kind() {
		case reflect.Bool:
			f.SetBool(true)
		case reflect.String:
			f.SetString("some \"text\" of field " + v.Type().Field(i).Name)
		case reflect.Int, reflect.Int64:
			f.SetInt(int64(1000 + i))
		case reflect.Uint16, reflect.Uint32:
			f.SetUint(uint64(1000 + i))
		}
	}
}

// A file that nobody recorded so is refused with its line and a remedy, and
// never panics.
func TestWrongFiles(t *testing.T) {
	var b bytes.Buffer
	newRig(t, &b)
	good := b.String()
	for _, c := range []struct{ old, new, want string }{
		{"recording 1", "recording 9", "run.rec:1:1: this is no recording of this form"},
		{"start 2026", "start then", "run.rec:3:1: wrong start"},
		{"daemon/start#", "daemon/begin#", "is no event"},
		{"conn1/dialed", "conn/dialed", "is no event"},
		{" @ daemon/start", " daemon/start", "no event is named"},
		{"remote=192.0.2.1:179", "remote=there", `wrong value "remote=there`},
		{"client1/up#1 text=\"helper\"", "client1/up#1 text=\"helper", "wrong value"},
		{"| neighbor", "neighbor", "the configuration is not whole"},
		{"local-as 65001", "local-as many", "run.rec:"},
	} {
		require.Contains(t, good, c.old)
		err := playAll(strings.Replace(good, c.old, c.new, 1))
		require.ErrorContains(t, err, c.want, "%s for %s", c.new, c.old)
	}
	// Lines in another order, or taken out, are another run, but no crash.
	head, body, _ := strings.Cut(good, "\n\n")
	lines := strings.SplitAfter(body, "\n")
	for i := range lines {
		_ = playAll(head + "\n\n" + strings.Join(append(append([]string{}, lines[:i]...), lines[i+1:]...), ""))
		_ = playAll(head + "\n\n" + lines[i] + body)
	}
}

func playAll(text string) error {
	r, err := NewReader("run.rec", strings.NewReader(text))
	if err != nil {
		return err
	}
	p := NewPlayer(r)
	for {
		e, err := r.Next()
		if err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		if _, err := p.Play(e); err != nil {
			return err
		}
	}
}
