package archtest

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// std is what the fixtures import; the loader needs their export data.
var std = []string{"time", "math/rand", "math/rand/v2", "sync", "net", "net/netip", "os", "maps", "slices", "fmt", "errors"}

func TestArchitecture(t *testing.T) {
	_, pkgs, err := Load("../../..", "./...")
	require.NoError(t, err)
	require.NotEmpty(t, pkgs)
	for _, p := range pkgs {
		t.Run(p.Path, func(t *testing.T) {
			for _, f := range Check(p, Rules) {
				t.Errorf("%v\n\twhy: %s", f, why(f.Rule))
			}
		})
	}
}

func why(rule string) string {
	for _, r := range Rules {
		if r.Name == rule {
			return r.Why
		}
	}
	return "?"
}

// Each file of testdata belongs to one rule. Its first line names the package
// that it plays; lines that end in "// want RULE" must be found, no others.
func TestEachRuleCanFail(t *testing.T) {
	l, _, err := Load("../../..", append([]string{modulePath + "/codec", modulePath + "/speaker", "pgregory.net/rapid"}, std...)...)
	require.NoError(t, err)
	for _, r := range Rules {
		name := r.Name + ".go"
		if strings.HasSuffix(r.Name, "len") {
			continue // TestLengths
		}
		t.Run(r.Name, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join("testdata", name))
			require.NoError(t, err, "every rule has a file of lines that break it")
			m := regexp.MustCompile(`^// plays: (\S+)\n`).FindSubmatch(text)
			require.NotNil(t, m, "the first line says which package the file plays")
			p, err := l.Parse(string(m[1]), "testdata", []string{name})
			require.NoError(t, err)
			var want, got []string
			for i, line := range strings.Split(string(text), "\n") {
				if strings.HasSuffix(line, "// want "+r.Name) {
					want = append(want, fmt.Sprintf("%s:%d", name, i+1))
				}
			}
			for _, f := range Check(p, []Rule{r}) {
				got = append(got, fmt.Sprintf("%s:%d", filepath.Base(f.Pos.Filename), f.Pos.Line))
			}
			require.NotEmpty(t, want)
			require.Equal(t, want, slices.Compact(got)) // a line may break a rule twice
		})
	}
}

func TestExampleIsFoundInTests(t *testing.T) {
	l, pkgs, err := Load("../../..", "./cmd/internal/archtest")
	require.NoError(t, err)
	require.NotNil(t, l)
	rule := []Rule{{Name: "example", check: checkExample}}
	require.Empty(t, Check(pkgs[0], rule))
	pkgs[0].Tests = nil
	require.Len(t, Check(pkgs[0], rule), 1)
}

func TestLengths(t *testing.T) {
	l, _, err := Load("../../..", "fmt")
	require.NoError(t, err)
	for _, tc := range []struct {
		name, text string
		want       string
	}{
		{"longest file", "package p\n" + strings.Repeat("\n", maxFile-2), ""},
		{"file too long", "package p\n" + strings.Repeat("\n", maxFile), "filelen"},
		{"longest function", "package p\nfunc f() {\n" + strings.Repeat("\n", maxFunc-2) + "}\n", ""},
		{"function too long", "package p\nfunc f() {\n" + strings.Repeat("\n", maxFunc-1) + "}\n", "funclen"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := t.TempDir()
			require.NoError(t, os.WriteFile(filepath.Join(dir, "p.go"), []byte(tc.text), 0o600))
			p, err := l.Parse("codec", dir, []string{"p.go"})
			require.NoError(t, err)
			got := ""
			for _, f := range Check(p, []Rule{{Name: "filelen", check: checkFileLength}, {Name: "funclen", check: checkFuncLength}}) {
				got += f.Rule
			}
			require.Equal(t, tc.want, got)
		})
	}
}

func TestCorePackages(t *testing.T) {
	for path, want := range map[string]bool{
		"codec": true, "speaker": true, "speaker/child": true, "sim/world": true, "netsim": true,
		"speaker/live": false, "netsim/netconn": false, "sim/simclock": false, "cmd/peerloomd": false, "fuzz": false,
	} {
		require.Equal(t, want, isCore(path), path)
	}
}
