package main

import (
	"context"
	"go/format"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func root(t *testing.T) string {
	dir, err := moduleRoot(context.Background())
	require.NoError(t, err)
	return dir
}

// Every bug can be planted in the code as it is, and is Go.
func TestEveryMutantApplies(t *testing.T) {
	all, err := load(corpus)
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(all), 60)
	for _, m := range all {
		files, err := m.apply(root(t))
		if err != nil {
			t.Error(err)
			continue
		}
		for name, text := range files {
			was, err := os.ReadFile(filepath.Join(root(t), name))
			require.NoError(t, err)
			_, err = format.Source([]byte(text))
			require.NoError(t, err, "%s: %s", m.Name, name)
			require.NotEqual(t, string(was), text, "%s changes nothing", m.Name)
		}
	}
}

// Every bug compiles. It takes minutes: go run ./fuzz/mutants builds them too.
func TestEveryMutantCompiles(t *testing.T) {
	if os.Getenv("MUTANTS") == "" {
		t.Skip("set MUTANTS=1 to build every planted bug")
	}
	all, err := load(corpus)
	require.NoError(t, err)
	dir := t.TempDir()
	for _, m := range all {
		overlay, err := m.overlay(root(t), dir)
		require.NoError(t, err)
		cmd := exec.Command("go", "build", "-overlay", overlay, "./codec", "./fsm", "./rib", "./speaker")
		cmd.Dir = root(t)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Errorf("%s: %v\n%s", m.Name, err, out)
		}
	}
}

func TestParse(t *testing.T) {
	const good = "mutant a\nsource s\nsays w\nin f.go\n-x\n-y\n+z\n-u\n+v\n+w\nin g.go\n-p\n"
	list, err := parse("corpus/fsm.txt", good)
	require.NoError(t, err)
	require.Equal(t, []Mutant{{Name: "a", Source: "s", Says: "w", Class: "fsm", Edits: []Edit{
		{"f.go", "x\ny", "z"}, {"f.go", "u", "v\nw"}, {"g.go", "p", ""},
	}}}, list)
	for text, want := range map[string]string{
		"source s":                         "x:1: write mutant NAME first",
		"mutant a\n-x":                     "x:2: \"-x\": write mutant, source, says, in, or lines after - and +",
		"mutant a\nsource s\nsays w\nin f": "x: a: source, says or the edit is missing",
	} {
		_, err := parse("x", text)
		require.EqualError(t, err, want)
	}
}
