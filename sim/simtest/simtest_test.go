package simtest_test

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/peerloom/peerloom/netsim"
	"github.com/peerloom/peerloom/sim"
	"github.com/peerloom/peerloom/sim/simtest"
)

func TestMain(m *testing.M) {
	if os.Getenv("SIMTEST_PLAIN") != "" {
		os.Exit(m.Run()) // as without Main
	}
	simtest.Main(m)
}

// race is a world in which four hosts send their number to a fifth. It fails
// where that gets the last one first, and where both latter ones come before the
// former ones.
type race struct {
	net *netsim.Network
	got []byte
}

var sink = netip.MustParseAddr("10.0.0.9")

func (r *race) HandleNet(e netsim.Event) {
	switch e.Kind {
	case netsim.Connected:
		r.net.Write(e.Conn, []byte{e.Local.Addr().As4()[3]})
	case netsim.Readable:
		b := make([]byte, e.N)
		r.net.Read(e.Conn, b)
		r.got = append(r.got, b...)
	}
}

func racing(run *simtest.Run) error {
	l := run.Loop()
	r := &race{net: netsim.New(l, netsim.Options{Link: netsim.Link{Delay: time.Millisecond, Jitter: 80 * time.Millisecond}})}
	r.net.AddHost(sink, r)
	if err := r.net.Listen(netip.AddrPortFrom(sink, 9)); err != nil {
		return err
	}
	for i := byte(1); i <= 4; i++ {
		a := netip.AddrFrom4([4]byte{10, 0, 0, i})
		r.net.AddHost(a, r)
		if _, err := r.net.Dial(netip.AddrPortFrom(a, 0), netip.AddrPortFrom(sink, 9)); err != nil {
			return err
		}
	}
	l.Run(1000)
	if len(r.got) == 4 && r.got[0] == 4 && r.got[1] == 3 {
		return fmt.Errorf("the order is %v", r.got)
	}
	return nil
}

// child runs one of the tests below in a process of its own, in a folder of its
// own.
func child(t *testing.T, dir, test string, env []string, args ...string) (string, bool) {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(self, append([]string{"-test.run", "^" + test + "$"}, args...)...)
	cmd.Dir = dir
	cmd.Env = append(append(os.Environ(), "SIMTEST_CHILD=1"), env...)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	require.True(t, err == nil || errors.As(err, &exit), "%v", err)
	return string(out), err == nil
}

func onlyChild(t *testing.T) {
	if os.Getenv("SIMTEST_CHILD") == "" {
		t.Skip("it is to fail: another test runs it")
	}
}

func TestRace(t *testing.T) {
	onlyChild(t)
	simtest.Check(t, racing)
}

func TestUnsteady(t *testing.T) {
	onlyChild(t)
	calls := 0
	simtest.Check(t, func(r *simtest.Run) error {
		calls++
		l := r.Loop()
		l.PostAfter(time.Duration(calls), l.Register("calls", never{}), 1, 0, 0)
		l.Run(1)
		return errors.New("unsteady")
	})
}

type never struct{}

func (never) Handle(sim.Event) {}

func TestPanics(t *testing.T) {
	onlyChild(t)
	simtest.Check(t, func(*simtest.Run) error { panic("at the disco") })
}

func TestLonelyScenario(t *testing.T) {
	onlyChild(t)
	simtest.Scenario(t, "wrong.scenario")
}

func TestAFailureIsShrunkKeptAndRunAgain(t *testing.T) {
	dir := t.TempDir()
	out, ok := child(t, dir, "TestRace", nil, "-sim.runs", "1000")
	require.False(t, ok, out)
	require.Regexp(t, `seed \d+: the order is \[4 3 `, out)
	require.Contains(t, out, "delay/jitter=")
	require.Regexp(t, `shrunk by \d+ runs to [1-4] events with [1-4] decisions`, out)
	require.Regexp(t, `again: go test github.com/peerloom/peerloom/sim/simtest -run '\^TestRace\$' -sim.file testdata/repro/TestRace-\d+.repro\n`, out)
	files, err := filepath.Glob(filepath.Join(dir, "testdata/repro/TestRace-*.repro"))
	require.NoError(t, err)
	require.Len(t, files, 1)

	out, ok = child(t, dir, "TestRace", nil, "-sim.file", files[0])
	require.False(t, ok, "the file fails again: %s", out)
	out, ok = child(t, dir, "TestRace", nil, "-sim.runs", "1")
	require.False(t, ok, "what failed is run first: %s", out)
	require.Contains(t, out, "testdata/repro/TestRace-")
	out, ok = child(t, dir, "TestRace", []string{"SIM_FILE=" + files[0], "SIMTEST_PLAIN=1", "SIM_TRACE=1"})
	require.False(t, ok, out)
	require.Contains(t, out, "again: SIM_FILE=")
	require.Contains(t, out, "SYN-ACK", "a trace has every event")

	text, err := os.ReadFile(files[0])
	require.NoError(t, err)
	var kept []string
	for line := range strings.SplitSeq(string(text), "\n") {
		if !strings.Contains(line, "delay/jitter=") {
			kept = append(kept, line)
		}
	}
	require.NoError(t, os.WriteFile(files[0], []byte(strings.Join(kept, "\n")), 0o644))
	out, ok = child(t, dir, "TestRace", nil, "-sim.file", files[0])
	require.True(t, ok, "without its decisions it is a dull run: %s", out)
	require.NoError(t, os.WriteFile(files[0], []byte("peerloom run 2\n\nnothing\n"), 0o644))
	out, ok = child(t, dir, "TestRace", nil, "-sim.file", files[0])
	require.False(t, ok)
	require.Contains(t, out, ".repro:3: no event is named")
}

func TestSettings(t *testing.T) {
	for _, c := range []struct {
		env  string
		args []string
		ok   bool
		want string
	}{
		{"SIM_STRATEGY=fifo", nil, true, ""},
		{"SIM_STRATEGY=pct", nil, false, "-sim.strategy pct"},
		{"SIM_STRATEGY=swarm", nil, false, "-sim.strategy swarm"},
		{"", []string{"-sim.strategy", "portfolio"}, false, "-sim.strategy portfolio"},
		{"SIM_RUNS=none", nil, false, `SIM_RUNS is "none": write a number`},
		{"SIM_RUNS=none", []string{"-sim.runs", "2"}, true, ""},
		{"", []string{"-sim.seed", "x"}, false, `-sim.seed or SIM_SEED is "x"`},
		{"", []string{"-sim.strategy", "luck"}, false, "write one of portfolio, uniform, pct, swarm, fifo"},
		{"", []string{"-sim.file", "absent"}, false, "absent"},
	} {
		out, ok := child(t, t.TempDir(), "TestRace", []string{c.env}, c.args...)
		require.Equal(t, c.ok, ok, "%v: %s", c, out)
		require.Contains(t, out, c.want)
	}
}

func TestWhatIsNoFunctionOfItsSourceIsSaid(t *testing.T) {
	out, ok := child(t, t.TempDir(), "TestUnsteady", nil)
	require.False(t, ok)
	require.Contains(t, out, "two runs of one seed differ")
	require.Contains(t, out, "calls: kind=1", "the first event that differs is shown")
}

func TestPanicsAreFailures(t *testing.T) {
	out, ok := child(t, t.TempDir(), "TestPanics", []string{"SIMTEST_PLAIN=1"})
	require.False(t, ok)
	require.Contains(t, out, "seed 1: panic: at the disco")
	require.Contains(t, out, "SIM_SEED=1 SIM_RUNS=1 go test ")
}

func TestScenarioFailuresAreArtefacts(t *testing.T) {
	dir := t.TempDir()
	text, err := os.ReadFile("../../examples/two-clients.scenario")
	require.NoError(t, err)
	wrong := strings.Replace(string(text), "pace none", "pace quiet", 1) + "\nview peer {\n\tnothing\n}\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "wrong.scenario"), []byte(wrong), 0o644))
	out, ok := child(t, dir, "TestLonelyScenario", nil)
	require.False(t, ok, out)
	require.Contains(t, out, "invariant RUN-03 at peer")
	require.Contains(t, out, "peerloom why testdata/repro/TestLonelyScenario-1.repro")
	out, ok = child(t, dir, "TestLonelyScenario", nil, "-sim.file", "testdata/repro/TestLonelyScenario-1.repro")
	require.False(t, ok, out)
	require.Contains(t, out, "RUN-03")
}

// A scenario file, under 20 seeds.
func TestScenario(t *testing.T) { simtest.Scenario(t, "../../examples/two-clients.scenario") }

// What happens is drawn as event structs in t.Repeat; the Source of rapid has
// only the choices within them.
func TestRapid(t *testing.T) {
	type send struct {
		From  byte
		After time.Duration
	}
	rapid.Check(t, func(t *rapid.T) {
		l := sim.NewLoop(simtest.Rapid(t), nil)
		r := &race{net: netsim.New(l, netsim.Options{Link: netsim.Link{Delay: time.Millisecond, Jitter: 8 * time.Millisecond}})}
		r.net.AddHost(sink, r)
		require.NoError(t, r.net.Listen(netip.AddrPortFrom(sink, 9)))
		for i := byte(1); i <= 4; i++ {
			r.net.AddHost(netip.AddrFrom4([4]byte{10, 0, 0, i}), r)
		}
		sent := 0
		t.Repeat(map[string]func(*rapid.T){
			"send": func(t *rapid.T) {
				e := send{rapid.ByteRange(1, 4).Draw(t, "from"), time.Duration(rapid.IntRange(0, 50).Draw(t, "after")) * time.Millisecond}
				require.True(t, l.RunUntil(l.Now().Add(e.After), 10000))
				_, err := r.net.Dial(netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 0, e.From}), 0), netip.AddrPortFrom(sink, 9))
				require.NoError(t, err)
				sent++
			},
			"": func(t *rapid.T) { require.LessOrEqual(t, len(r.got), sent) },
		})
		require.True(t, l.RunUntil(l.Now().Add(time.Second), 10000))
		require.Len(t, r.got, sent, "nothing is lost")
	})
}

// The corpus of FuzzHarmless is run by every go test.
func FuzzHarmless(f *testing.F) {
	simtest.Fuzz(f, func(r *simtest.Run) error {
		err := racing(r)
		if err != nil && !strings.HasPrefix(err.Error(), "the order is ") {
			return err
		}
		return nil
	})
}
