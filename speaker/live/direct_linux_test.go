package live

import (
	"bytes"
	"io"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// The owner writes as much as a pipe takes and never waits for a reader: what
// did not fit, and all that goes to no pipe, is left to the writer.
func TestWriteNowTakesWhatFits(t *testing.T) {
	r, w, err := os.Pipe()
	require.NoError(t, err)
	defer r.Close()
	defer w.Close()
	line := bytes.Repeat([]byte("done\n"), 1000)
	var wrote int
	for n := 0; ; wrote += n {
		if n = writeNow(w, line); n == 0 {
			break
		}
		require.LessOrEqual(t, n, len(line))
	}
	require.Positive(t, wrote, "an empty pipe took nothing")
	_, err = io.CopyN(io.Discard, r, int64(wrote))
	require.NoError(t, err)
	require.Equal(t, len(line), writeNow(w, line), "the pipe was emptied")
	require.Zero(t, writeNow(&bytes.Buffer{}, line), "no pipe")
	require.NoError(t, r.Close())
	require.Zero(t, writeNow(w, line), "nobody reads any more")
}
