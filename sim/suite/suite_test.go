package suite

import (
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/sim"
)

var (
	seeds = flag.Int("suite.seeds", 50, "how many `runs` of each case")
	first = flag.Uint64("suite.seed", 1, "the first `seed`")
)

// shared is a folder of the cases of ExaBGP, or the test skips.
func shared(t *testing.T, folder string) fs.FS {
	t.Helper()
	root := os.Getenv("PEERLOOM_SHARED")
	if root == "" {
		t.Skip("ExaBGP's cases are not here: PEERLOOM_SHARED says where")
	}
	dir := filepath.Join(root, "exabgp", folder)
	if _, err := os.Stat(dir); err != nil {
		t.Skip("ExaBGP's cases are not where PEERLOOM_SHARED says: ", err)
	}
	return os.DirFS(dir)
}

// Every case passes under every seed.
func TestInside(t *testing.T) {
	for _, folder := range []string{"suite", "suite-sleepless"} {
		cases := shared(t, folder)
		var files []string
		require.NoError(t, fs.WalkDir(cases, ".", func(path string, d fs.DirEntry, err error) error {
			if strings.HasSuffix(path, ".ci") {
				files = append(files, path)
			}
			return err
		}))
		for _, file := range files {
			t.Run(folder+"/"+strings.TrimSuffix(filepath.Base(file), ".ci"), func(t *testing.T) {
				c, err := Load(cases, file)
				if errors.Is(err, ErrUnfit) {
					t.Skip(err)
				}
				require.NoError(t, err)
				for i := range uint64(*seeds) {
					one(t, c, *first+i)
				}
			})
		}
	}
}

// one plays a case once; one that fails tells its story.
func one(t *testing.T, c *Case, seed uint64) {
	t.Helper()
	r := c.Run(seed, nil)
	if r.Err == nil {
		return
	}
	trace := sim.NewTrace(sim.Text)
	again := c.Run(seed, trace)
	var story []string
	for _, l := range trace.Lines() {
		story = append(story, l.String())
	}
	require.Equal(t, r.Hash, again.Hash, "two runs of one seed differ")
	require.NoError(t, r.Err, "%s\nagain: go test ./sim/suite -run '%s' -suite.seed %d -suite.seeds 1", strings.Join(story, "\n"), t.Name(), seed)
}

// most answers every question with the last answer.
type most struct{}

func (most) Choose(_ sim.Label, n int) int { return n - 1 }

// The slowest run that a case may have: a session comes up, and a command reaches
// the peer, within half of the shortest sleep.
func TestLatenciesStayBelowHalfOfASleep(t *testing.T) {
	for _, sleep := range []time.Duration{50 * time.Millisecond, 100 * time.Millisecond, 2 * time.Second} {
		k := knobs(most{}, sleep)
		link := k.Delay + k.Jitter
		require.LessOrEqual(t, 4*link+2*k.ReadDelay, sleep/2)
		require.LessOrEqual(t, k.ClientJitter+k.Batch+k.PullDelay+link+k.ReadDelay, sleep/2)
		require.Positive(t, k.Delay*k.Jitter)
	}
}
