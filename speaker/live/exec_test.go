package live

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/speaker"
)

func program(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path, []byte(text), 0o755))
	require.NoError(t, os.Chmod(path, mode))
}

func TestFindLooksInTheFoldersThenInPath(t *testing.T) {
	dir := t.TempDir()
	program(t, dir+"/a/run/only-b", "", 0o644)
	program(t, dir+"/b/run/only-b", "#!/bin/sh\n", 0o755)
	program(t, dir+"/a/run/both", "#!/bin/sh\n", 0o755)
	program(t, dir+"/b/run/both", "#!/bin/sh\n", 0o755)
	program(t, dir+"/b/plain", "", 0o644)
	program(t, dir+"/b/suid", "", 0o755|os.ModeSetuid)
	x := Exec{Folders: []string{dir + "/a", dir + "/b"}}
	for name, want := range map[string]string{
		"./run/both":         dir + "/a/run/both",
		"run/only-b":         dir + "/b/run/only-b",
		dir + "/b/run/both":  dir + "/b/run/both",
		"plain":              "error: not executable",
		"suid":               "error: setuid",
		dir + "/b/plain":     "error: not executable",
		"/no/such/program":   "error: no such file",
		"no-such-program-at": "error: neither in",
		dir + "/b":           "error: is a folder",
	} {
		got, err := x.find(name)
		if reason, ok := strings.CutPrefix(want, "error: "); ok {
			require.ErrorContains(t, err, reason, name)
			continue
		}
		require.NoError(t, err, name)
		require.Equal(t, want, got, name)
	}
	sh, err := x.find("sh")
	require.NoError(t, err)
	require.True(t, filepath.IsAbs(sh), sh)
}

func TestSignalReachesTheWholeGroup(t *testing.T) {
	// The grandchild holds the output open: it ends only if it gets the signal.
	p, err := Exec{Env: os.Environ()}.Start(speaker.Process{Run: []string{"sh", "-c", "sleep 1000 & echo up; wait"}})
	require.NoError(t, err)
	line := make([]byte, 3)
	_, err = io.ReadFull(p.Stdout, line)
	require.NoError(t, err)
	p.Signal(syscall.SIGKILL)
	_, err = io.ReadAll(p.Stdout)
	require.NoError(t, err)
	require.Error(t, p.Wait())
}

func TestChildEnvKeepsSecretsBack(t *testing.T) {
	got := ChildEnv([]string{"HOME=/", "exabgp_cli_pipe=x", "exabgp.cli.pipe=x", "BGP_PASSWORD=x", "NOTIFY_SOCKET=x", "WATCHDOG_USEC=1", "LISTEN_FDS=1", "exabgp_api_version=4"})
	require.Equal(t, []string{"HOME=/", "exabgp_api_version=4"}, got)
}
