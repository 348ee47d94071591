package scenario_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/sim"
	"github.com/peerloom/peerloom/sim/scenario"
	"github.com/peerloom/peerloom/sim/world"
)

var update = flag.Bool("update", false, "write testdata/golden.txt anew")

func parse(t require.TestingT, name string) *scenario.File {
	path := filepath.Join("../../examples", name+".scenario")
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	f, err := scenario.Parse(path, text)
	require.NoError(t, err)
	return f
}

func names(t *testing.T) []string {
	paths, err := filepath.Glob("../../examples/*.scenario")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	var l []string
	for _, p := range paths {
		l = append(l, strings.TrimSuffix(filepath.Base(p), ".scenario"))
	}
	return l
}

func TestExamplesPrintBackToThemselves(t *testing.T) {
	for _, name := range names(t) {
		text, err := os.ReadFile("../../examples/" + name + ".scenario")
		require.NoError(t, err)
		f := parse(t, name)
		require.Equal(t, string(text), string(scenario.Print(f)), name)
		require.Equal(t, name, f.Name)
		again, err := scenario.Parse("printed", scenario.Print(f))
		require.NoError(t, err)
		require.Equal(t, f, again)
	}
}

func TestExamplesHold(t *testing.T) {
	for _, name := range names(t) {
		f := parse(t, name)
		for seed := range uint64(100) {
			r := scenario.Run(f, scenario.Options{Seed: seed})
			require.Equal(t, scenario.OK, r.Verdict, "%s, seed %d: %v %v", name, seed, r.Violation, r.Err)
		}
	}
}

// shared finds the folder of ExaBGP's own cases, which is no part of the module.
func shared(t *testing.T) string {
	for _, dir := range []string{os.Getenv("PEERLOOM_SHARED"), "../../../shared"} {
		if dir == "" {
			continue
		}
		suite := filepath.Join(dir, "exabgp/suite/api")
		if _, err := os.Stat(suite); err == nil {
			return suite
		}
	}
	t.Skip("ExaBGP's cases are not here: PEERLOOM_SHARED says where")
	return ""
}

// The three stories send what ExaBGP's own cases ask for, byte for byte, under
// every seed, with and without the pauses between commands.
func TestPacedStoriesSendWhatExaBGPExpects(t *testing.T) {
	suite := shared(t)
	raw := regexp.MustCompile(`(?m)^[0-9A-Z]+:raw:([0-9A-Fa-f:]+)$`)
	for _, name := range []string{"api-rib", "api-rr", "api-rr-rib"} {
		text, err := os.ReadFile(filepath.Join(suite, name+".ci"))
		require.NoError(t, err)
		var want []string
		for _, m := range raw.FindAllStringSubmatch(string(text), -1) {
			want = append(want, strings.ToUpper(strings.ReplaceAll(m[1], ":", "")))
		}
		require.NotEmpty(t, want)
		for _, file := range []string{name, name + "-sleepless"} {
			f := parse(t, file)
			for seed := range uint64(200) {
				require.Equal(t, want, sequence(scenario.Run(f, scenario.Options{Seed: seed})), "%s, seed %d", file, seed)
			}
		}
	}
}

// sequence is the bytes of all UPDATE and ROUTE-REFRESH messages.
func sequence(r scenario.Result) []string {
	var l []string
	for _, m := range r.Messages {
		if codec.TypeOf(m.Data) != codec.MsgNotification {
			l = append(l, fmt.Sprintf("%X", m.Data))
		}
	}
	return l
}

func TestSameSeedSameRun(t *testing.T) {
	for _, name := range names(t) {
		f := parse(t, name)
		for seed := range uint64(20) {
			a, b := sim.NewTrace(sim.Text), sim.NewTrace(sim.Text)
			scenario.Run(f, scenario.Options{Seed: seed, Trace: a})
			scenario.Run(f, scenario.Options{Seed: seed, Trace: b})
			d, differ := sim.FirstDifference(a, b)
			require.False(t, differ, "%s, seed %d: %v", name, seed, d)
			plain := scenario.Run(f, scenario.Options{Seed: seed})
			require.Equal(t, a.Hash(), plain.Hash, "%s, seed %d: a trace with text has another hash", name, seed)
		}
	}
}

// TestGolden compares runs with those of testdata/golden.txt: the hash, and 16
// bits of the hash after each event, so that the first event that differs is
// found. go test ./sim/scenario -update writes it anew.
func TestGolden(t *testing.T) {
	const path = "testdata/golden.txt"
	var now strings.Builder
	traces := map[string]*sim.Trace{}
	for _, name := range names(t) {
		f := parse(t, name)
		for seed := uint64(1); seed <= 3; seed++ {
			tr := sim.NewTrace(sim.Text)
			scenario.Run(f, scenario.Options{Seed: seed, Trace: tr})
			key := fmt.Sprintf("%s %d", name, seed)
			traces[key] = tr
			fmt.Fprintf(&now, "%s %08x ", key, tr.Hash())
			for _, l := range tr.Lines() {
				fmt.Fprintf(&now, "%04x", l.Hash&0xffff)
			}
			now.WriteString("\n")
		}
	}
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(path, []byte(now.String()), 0o644))
	}
	golden, err := os.ReadFile(path)
	require.NoError(t, err)
	want := strings.Split(strings.TrimSpace(string(golden)), "\n")
	got := strings.Split(strings.TrimSpace(now.String()), "\n")
	require.Equal(t, len(want), len(got), "other scenarios than in %s: write it anew with -update", path)
	for i := range want {
		if want[i] != got[i] {
			t.Errorf("%s\nif that is meant, write %s anew with -update", firstDifference(want[i], got[i], traces), path)
		}
	}
}

// firstDifference says where a run leaves the golden one.
func firstDifference(want, got string, traces map[string]*sim.Trace) string {
	w, g := strings.Fields(want), strings.Fields(got)
	key := g[0] + " " + g[1]
	lines := traces[key].Lines()
	for i := 0; i < len(lines); i++ {
		if 4*i+4 > len(w[3]) || w[3][4*i:4*i+4] != g[3][4*i:4*i+4] {
			return fmt.Sprintf("%s: hash %s, was %s: the first event that differs is number %d:\n  %v", key, g[2], w[2], i+1, lines[i])
		}
	}
	return fmt.Sprintf("%s: hash %s, was %s: it ends after %d events, earlier than before", key, g[2], w[2], len(lines))
}

// The failure text of TestGolden names the event.
func TestFirstDifference(t *testing.T) {
	f := parse(t, "api-rr")
	tr := sim.NewTrace(sim.Text)
	scenario.Run(f, scenario.Options{Seed: 1, Trace: tr})
	line := ""
	for _, l := range tr.Lines() {
		line += fmt.Sprintf("%04x", l.Hash&0xffff)
	}
	got := "api-rr 1 00000000 " + line
	want := "api-rr 1 11111111 " + line[:8] + "zzzz" + line[12:]
	text := firstDifference(want, got, map[string]*sim.Trace{"api-rr 1": tr})
	require.Contains(t, text, "number 3:\n  "+tr.Lines()[2].String())
}

func TestExpectationsAreCompared(t *testing.T) {
	for _, c := range []struct{ old, new, id string }{
		{"\t= FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF001C02000520C0A800010000\n", "", "RUN-02"},
		{"0A0000054005040000006420C0A80005", "0A0000054005040000006420C0A80006", "RUN-02"},
		{"\t192.168.0.5/32 origin", "\t192.168.0.6/32 origin", "RUN-03"},
		{"expect done 2", "expect error 2", "RUN-01"},
	} {
		text := string(scenario.Print(parse(t, "api-rib")))
		require.Contains(t, text, c.old)
		f, err := scenario.Parse("changed", []byte(strings.Replace(text, c.old, c.new, 1)))
		require.NoError(t, err)
		r := scenario.Run(f, scenario.Options{})
		require.Equal(t, c.id, r.ID(), "%q for %q: %v", c.new, c.old, r.Violation)
	}
}

func TestAllErrorsAtOnce(t *testing.T) {
	text := `peerloom scenario 1
name wrong

pace sometimes
split 3/2
colour red

speaker dut {
	neighbor 10.0.0.2 {
		router-id 1.2.3;
		local-address 10.0.0.1;
	}
}

peer p {
	refresh ipv9 unicast
	jump
}

client x of nobody {
	expect done none
	send
}

expect dut to q {
	= 0G
}
`
	_, err := scenario.Parse("wrong.scenario", []byte(text))
	require.Error(t, err)
	for _, line := range []string{
		"wrong.scenario:4:1: pace has a wrong value: write quiet, replies, none or script",
		"wrong.scenario:5:1: split has a wrong value: write a probability such as 1/8",
		`wrong.scenario:6:1: unknown line "colour": write a knob`,
		"wrong.scenario:10:13: ",
		"wrong.scenario:16:2: what follows refresh is wrong: write a family such as ipv4 unicast",
		`wrong.scenario:17:2: unknown step "jump": write one of`,
		"wrong.scenario:15:1: the peer has no address: write address and an IP address",
		"wrong.scenario:20:1: there is no speaker nobody: write one of the speakers above",
		"wrong.scenario:21:2: what follows expect done is wrong: write how many",
		"wrong.scenario:22:2: what follows send is wrong: write a command",
		"wrong.scenario:25:1: it names a speaker or peer that is not there: write names of blocks",
		"wrong.scenario:26:2: what follows = is no message in hexadecimal: write pairs of hexadecimal digits",
	} {
		require.Contains(t, err.Error(), line)
	}
}

func TestParsePace(t *testing.T) {
	for _, p := range []world.Pace{world.PaceQuiet, world.PaceReplies, world.PaceNone, world.PaceScript} {
		got, ok := world.ParsePace(p.String())
		require.True(t, ok)
		require.Equal(t, p, got)
	}
}
