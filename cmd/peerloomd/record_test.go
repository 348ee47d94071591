package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/sim/relive"
)

// What a daemon recorded is run again to the same bytes, under the oracles; what
// somebody changed in the recording shows.
func TestRecordedRunIsRelived(t *testing.T) {
	file := filepath.Join(t.TempDir(), "run.rec")
	d, p, socket := controlled(t, "--record="+file)
	for n := range 3 {
		status, _, errs := ctl("", "--socket", socket, "announce", route(n), "sync")
		require.Equal(t, exitOK, status, errs)
		p.hearsOf(told(n))
	}
	d.signal(syscall.SIGTERM)
	p.hearsOf("3 0602")
	d.ends()
	text, err := os.ReadFile(file)
	require.NoError(t, err)

	require.Contains(t, string(text), "sent: UPDATE announce 10.9.0.1/32 next-hop 192.0.2.1 origin igp local-preference 100 @ conn1/pull#",
		"its words are those of the session, which is internal")
	differs, run := relived(t, text)
	require.Empty(t, differs)
	require.Nil(t, run.Violation)
	require.Empty(t, run.Unjudged)
	changed := bytes.Replace(text, []byte("announce "+route(1)), []byte("withdraw "+route(1)), 1)
	require.NotEqual(t, text, changed, "the command is in it")
	differs, _ = relived(t, changed)
	require.NotEmpty(t, differs)
}

// relived runs a recording to its end; differs is the first line that came out
// otherwise.
func relived(t *testing.T, text []byte) (differs string, run *relive.Run) {
	run, err := relive.New("run.rec", bytes.NewReader(text), nil)
	require.NoError(t, err)
	for {
		played, err := run.Next()
		if err == io.EOF {
			return differs, run
		}
		require.NoError(t, err)
		if played.Differs {
			differs = played.Line
		}
	}
}
