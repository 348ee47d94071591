package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The recipe builds a package, twice the same, whose files are where the
// service looks for them and whose example is valid.
func TestDebianPackage(t *testing.T) {
	if _, err := exec.LookPath("dpkg-deb"); err != nil {
		t.Skip("this machine has no dpkg-deb")
	}
	programs, root := t.TempDir(), t.TempDir()
	for _, name := range []string{"peerloomd", "peerloom"} {
		require.NoError(t, os.WriteFile(filepath.Join(programs, name), []byte("#!/bin/sh\n"), 0o755))
	}
	var packages [2][]byte
	for i := range packages {
		cmd := exec.Command("packaging/deb", "1.2.3", t.TempDir())
		cmd.Env = append(os.Environ(), "PROGRAMS="+programs, "SOURCE_DATE_EPOCH=1700000000")
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, string(out))
		name := strings.TrimSpace(string(out))
		packages[i], err = os.ReadFile(name)
		require.NoError(t, err)
		out, err = exec.Command("dpkg-deb", "-x", name, root).CombinedOutput()
		require.NoError(t, err, string(out))
	}
	require.Equal(t, packages[0], packages[1], "the same source, the same package")

	unit, err := os.ReadFile(filepath.Join(root, "lib/systemd/system/peerloomd.service"))
	require.NoError(t, err)
	for line := range strings.Lines(string(unit)) {
		if command, ok := strings.CutPrefix(line, "ExecStart="); ok {
			info, err := os.Stat(filepath.Join(root, strings.Fields(command)[0]))
			require.NoError(t, err, "what the service starts is in the package")
			require.EqualValues(t, 0o755, info.Mode())
		}
	}
	if _, err := exec.LookPath("systemd-analyze"); err == nil {
		// The only thing that may be missing is the program: it is in no such place here.
		out, _ := exec.Command("systemd-analyze", "verify", "packaging/peerloomd.service").CombinedOutput()
		for line := range strings.Lines(string(out)) {
			require.Contains(t, line, "peerloomd is not executable", "what systemd says of the unit")
		}
	}
	status, _, stderr := called(t, nil, "--validate", filepath.Join(root, "usr/share/doc/peerloom/examples/peerloomd.conf"))
	require.Equal(t, exitOK, status, stderr)
}
