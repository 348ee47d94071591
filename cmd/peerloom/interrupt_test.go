package main

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A sweep that somebody interrupts goes on from its state, and its summary is
// that of a sweep that nobody did.
func TestInterruptedSweepGoesOn(t *testing.T) {
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	args := []string{"sweep", "../../examples/two-clients.scenario", "--keep-going", "--workers", "2", "--artefacts", dir}
	cmd := exec.Command("peerloom", append(args, "--seeds", "100000000", "--resume", in("state"))...)
	progress, err := cmd.StderrPipe()
	require.NoError(t, err)
	var said strings.Builder
	cmd.Stdout = &said
	require.NoError(t, cmd.Start())
	lines := bufio.NewScanner(progress)
	require.True(t, lines.Scan(), "it tells how far it is")
	require.NoError(t, cmd.Process.Signal(os.Interrupt))
	for lines.Scan() { // until it ends
	}
	require.Error(t, cmd.Wait())
	require.Equal(t, exitFailed, cmd.ProcessState.ExitCode(), "%s", said.String())
	require.Contains(t, said.String(), "two-clients: interrupted after ")

	text, err := os.ReadFile(in("state"))
	require.NoError(t, err)
	state, err := parseSummary("state", text)
	require.NoError(t, err)
	require.Positive(t, state.Runs)

	whole := []string{"--seeds", strconv.FormatUint(state.Runs+50, 10), "--json"}
	require.NoError(t, exec.Command("peerloom", append(append(args, "--resume", in("state")), append(whole, in("resumed.json"))...)...).Run())
	require.NoError(t, exec.Command("peerloom", append(args, append(whole, in("whole.json"))...)...).Run())
	resumed, err := os.ReadFile(in("resumed.json"))
	require.NoError(t, err)
	uninterrupted, err := os.ReadFile(in("whole.json"))
	require.NoError(t, err)
	require.Equal(t, string(uninterrupted), string(resumed), "interrupted after %d runs", state.Runs)
}
