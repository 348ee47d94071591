package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// asExabgp runs the program as if it were called exabgp.
func asExabgp(t *testing.T, environ []string, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	status = start(context.Background(), append([]string{"/usr/sbin/exabgp"}, args...), isolated(t, environ), strings.NewReader(""), &out, &errs)
	return status, out.String(), errs.String()
}

func TestExabgpsCommandLine(t *testing.T) {
	good, bad := file(t, valid), file(t, "neighbor 127.0.0.1 { }")
	for _, args := range [][]string{
		{"configuration", "validate", "-nrv", good},
		{"validate", "-n", "-r", good},
	} {
		status, stdout, stderr := asExabgp(t, nil, args...)
		require.Equal(t, exitOK, status, stderr)
		require.Equal(t, good+": valid\n", stdout)
	}
	status, _, stderr := asExabgp(t, nil, "configuration", "validate", "-nrv", bad)
	require.Equal(t, exitFailed, status)
	require.Contains(t, stderr, "local-as is missing")
	status, stdout, _ := asExabgp(t, nil, "version")
	require.Equal(t, exitOK, status)
	require.True(t, strings.HasPrefix(stdout, "peerloomd "), stdout)
	for _, args := range [][]string{{"configuration", "x"}, {"encode", "x"}, {"server"}, {}} {
		status, _, stderr := asExabgp(t, nil, args...)
		require.Equal(t, exitUsage, status, "%v: %s", args, stderr)
	}
	for _, args := range [][]string{{"server", "-d", "-p", bad}, {"-d", "-p", bad}} {
		status, _, stderr := asExabgp(t, nil, args...)
		require.Equal(t, exitFailed, status, args)
		require.Contains(t, stderr, "local-as is missing", "it got as far as the configuration")
	}
}

func TestDump(t *testing.T) {
	status, stdout, stderr := called(t, nil, "--dump", file(t, valid))
	require.Equal(t, exitOK, status, stderr)
	require.Contains(t, stdout, "\thold-time 180;\n", "defaults are written out")
	status, again, stderr := called(t, nil, "--dump", file(t, stdout))
	require.Equal(t, exitOK, status, stderr)
	require.Equal(t, stdout, again)
}

func TestSettingsFile(t *testing.T) {
	conf := file(t, valid)
	root := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(root, "etc", "exabgp"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(root, "etc", "exabgp", "exabgp.env"), []byte("[exabgp.tcp]\nport = 1790\n"), 0o600))
	environ := []string{"exabgp_root=" + root}
	_, stdout, _ := called(t, environ, "--dump", conf)
	require.Contains(t, stdout, "connect 1790;")
	_, stdout, _ = called(t, append(environ, "exabgp_tcp_port=1791"), "--dump", conf)
	require.Contains(t, stdout, "connect 1791;", "the environment wins")
	other := filepath.Join(t.TempDir(), "my.env")
	require.NoError(t, os.WriteFile(other, []byte("[exabgp.tcp]\nport = x\n"), 0o600))
	status, _, stderr := called(t, environ, "--env", other, "--dump", conf)
	require.Equal(t, exitFailed, status)
	require.Contains(t, stderr, `"x" is not a port`)
	status, _, stderr = called(t, nil, "--env", other+".missing", "--dump", conf)
	require.Equal(t, exitFailed, status)
	require.Contains(t, stderr, "no such file")
}
