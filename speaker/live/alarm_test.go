package live

import (
	"bufio"
	"io"
	"testing"
	"time"

	"github.com/benbjohnson/clock"
	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/speaker"
)

// handAlarm goes off when the test says so.
type handAlarm struct {
	set chan time.Duration
	off chan struct{}
}

func (a *handAlarm) Set(d time.Duration) error { a.set <- d; return nil }
func (a *handAlarm) Wait() error {
	if _, ok := <-a.off; !ok {
		return io.EOF
	}
	return nil
}
func (a *handAlarm) Close() error { close(a.off); return nil }

// A batch that is to close within a millisecond is closed by the alarm: the
// clock's timer, which comes too late, is never set for it.
func TestAlarmClosesABatch(t *testing.T) {
	mock := clock.NewMock()
	alarm := &handAlarm{make(chan time.Duration, 100), make(chan struct{})}
	_, at := loopback(t, "127.0.0.1:0") // a daemon without neighbors ends
	c := settings(t, "process helper { run helper; encoder text; }\n"+neighbor(at, "127.0.0.1", "passive true; api { processes [ helper ]; }"))
	c.Clock, c.Alarm, c.Child.Window = mock, alarm, 250*time.Microsecond
	answer := make(chan struct{})
	c.Spawn = func(speaker.Process) (*Proc, error) {
		return scripted(func(in io.Reader, out io.Writer) {
			_, _ = io.WriteString(out, "version\n")
			replies := bufio.NewReader(in)
			for line := ""; line != "done\n"; {
				var err error
				if line, err = replies.ReadString('\n'); err != nil {
					break
				}
			}
			close(answer)
			_, _ = io.ReadAll(replies)
		}), nil
	}
	d, ended := started(t, t.Context(), c)
	require.Equal(t, 250*time.Microsecond, <-alarm.set)
	mock.Add(250 * time.Microsecond)
	alarm.off <- struct{}{}
	<-answer
	d.Stop("")
	require.NoError(t, <-ended)
}

// The system's alarm goes off when it was set, and a wait for it ends when it
// is closed.
func TestAlarmOfTheSystem(t *testing.T) {
	a, err := NewAlarm()
	require.NoError(t, err)
	if a == nil {
		t.Skip("this system has none")
	}
	begun := time.Now()
	require.NoError(t, a.Set(300*time.Microsecond))
	require.NoError(t, a.Wait())
	require.GreaterOrEqual(t, time.Since(begun), 300*time.Microsecond)
	over := make(chan error)
	go func() { over <- a.Wait() }()
	require.NoError(t, a.Close())
	require.Error(t, <-over)
}
