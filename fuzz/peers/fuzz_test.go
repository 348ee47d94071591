package peers

import (
	"archive/zip"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/codec"
)

// FuzzUpdate reads any UPDATE with both libraries. They agree, or the table of
// known differences says why not and who is right.
func FuzzUpdate(f *testing.F) {
	for _, s := range samples() {
		o := session()
		msg, _, err := s.append(nil, &o)
		require.NoError(f, err)
		f.Add(codec.Body(msg))
	}
	for _, b := range malformed() {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if len(body) > codec.MaxLen-codec.HeaderLen {
			return
		}
		agree(t, frame(body))
	})
}

func agree(t interface {
	Helper()
	Fatalf(format string, args ...any)
}, msg []byte) {
	t.Helper()
	a, b := ours(msg), theirs(msg)
	d := compare(&a, &b)
	if d == (difference{}) {
		return
	}
	x := exchange{ours: &a, theirs: &b, what: d}
	cut(msg, &x)
	for _, k := range known() {
		if k.is(&x) {
			return
		}
	}
	t.Fatalf("%x\n%s\n  peerloom: %s\n  gobgp:    %s", msg[codec.HeaderLen:], d.kind, d.ours, d.theirs)
}

// TestCaptures reads the raw messages of another project's corpus with both.
func TestCaptures(t *testing.T) {
	dir := os.Getenv("PEERLOOM_SHARED")
	if dir == "" {
		t.Skip("PEERLOOM_SHARED does not name the folder with captures/corpi/messages.zip")
	}
	z, err := zip.OpenReader(filepath.Join(dir, "captures", "corpi", "messages.zip"))
	require.NoError(t, err)
	defer z.Close()
	updates := 0
	for _, f := range z.File {
		r, err := f.Open()
		require.NoError(t, err)
		msg, err := io.ReadAll(r)
		require.NoError(t, err)
		require.NoError(t, r.Close())
		if len(msg) < 23 || len(msg) > codec.MaxLen || codec.TypeOf(msg) != codec.MsgUpdate {
			continue
		}
		updates++
		t.Run(filepath.Base(f.Name), func(t *testing.T) { agree(t, frame(msg[codec.HeaderLen:])) })
	}
	require.Greater(t, updates, 100)
}
