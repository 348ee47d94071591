package main

import (
	"bytes"
	"context"
	"io"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestHealthStates: + is a good check, - a bad one, x the disable file.
func TestHealthStates(t *testing.T) {
	for _, row := range []struct {
		rise, fall    int
		results, want string
	}{
		{3, 3, "+++", "RISING RISING UP"},
		{1, 1, "+-+", "UP DOWN UP"},
		{2, 2, "--", "FALLING DOWN"},
		{2, 3, "+-++", "RISING FALLING RISING UP"},
		{2, 2, "++-+", "RISING UP FALLING RISING"},
		{1, 2, "+-+--", "UP FALLING UP FALLING DOWN"},
		{2, 1, "x++-x", "DISABLED RISING UP DOWN DISABLED"},
		{2, 2, "+x++", "RISING DISABLED RISING UP"},
	} {
		h := health{rise: row.rise, fall: row.fall}
		var got []string
		for _, r := range row.results {
			before := h.state
			changed := h.next(r == 'x', r == '+')
			require.Equal(t, before != h.state, changed)
			got = append(got, h.state.String())
		}
		require.Equal(t, row.want, strings.Join(got, " "), row.results)
	}
}

func TestHealthCommands(t *testing.T) {
	r := healthRoutes{prefixes: []netip.Prefix{netip.MustParsePrefix("192.0.2.1/32"), netip.MustParsePrefix("2001:db8::1/128")},
		nextHop: "self", increase: 10, community: "65000:1", asPath: "65001", localPref: 7, neighbors: []string{"192.0.2.9"}}
	r.metrics[healthUp], r.metrics[healthDown] = 100, 1000
	require.Equal(t, []string{
		"neighbor 192.0.2.9 announce route 192.0.2.1/32 next-hop self med 100 local-preference 7 community [ 65000:1 ] as-path [ 65001 ]",
		"neighbor 192.0.2.9 announce route 2001:db8::1/128 next-hop self med 110 local-preference 7 community [ 65000:1 ] as-path [ 65001 ]",
	}, r.commands(healthUp))
	require.Contains(t, r.commands(healthDown)[0], "announce route 192.0.2.1/32 next-hop self med 1000 ")
	r.disabledCommunity, r.extended, r.large, r.pathID = "65000:2", "target:1:2", "1:2:3", "7"
	r.asPaths[healthDisabled] = "65001 65001"
	require.Equal(t, "neighbor 192.0.2.9 announce route 192.0.2.1/32 next-hop self path-information 7 med 0 local-preference 7 community [ 65000:2 ]"+
		" extended-community [ target:1:2 ] large-community [ 1:2:3 ] as-path [ 65001 65001 ]", r.commands(healthDisabled)[0])
	require.Contains(t, r.commands(healthUp)[0], "community [ 65000:1 ] extended")
	r.pathID = ""
	r.withdrawOnDown = true
	require.Equal(t, "neighbor 192.0.2.9 withdraw route 192.0.2.1/32 next-hop self", r.commands(healthDown)[0])
}

// TestHealthcheck: the routes are told after the first check, and withdrawn at the end.
func TestHealthcheck(t *testing.T) {
	for cmd, state := range map[string]string{"true": "up", "false": "down"} {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		stdin, daemon := io.Pipe()
		defer daemon.Close()
		out := &firstLine{done: cancel}
		var errs bytes.Buffer
		status := healthCommand(ctx, []string{"--cmd", cmd, "--rise", "1", "--fall", "1", "--ip", "192.0.2.1", "--withdraw-on-down", "--no-ip-setup", "--no-syslog"}, stdin, out, &errs)
		require.Equal(t, exitOK, status, errs.String())
		want := "withdraw route 192.0.2.1/32 next-hop self\n"
		first := map[string]string{"up": "announce route 192.0.2.1/32 next-hop self med 100\n", "down": want}[state]
		require.Equal(t, first+want, out.buf.String())
		require.Contains(t, errs.String(), strings.ToUpper(state))
	}
	for _, args := range [][]string{{"--label", "nothing-has-this"}, {"--ip", "x"}, {"--ip", "192.0.2.1", "--start-ip", "1"}, {"--silent", "--no-syslog"}, {"-F", "/nowhere/at/all"},
		{"--ip", "192.0.2.1", "--syslog-facility=moon"}, {"--ip", "10.0.0.0/8", "--deaggregate-networks"}, {"--group", "x"}, {"--ip", "192.0.2.1", "--rise", "0"}, {"--nothing"}, {"word"}} {
		status, _, stderr := asExabgp(t, nil, append([]string{"healthcheck"}, args...)...)
		require.Equal(t, exitUsage, status, "%v", args)
		require.Contains(t, stderr, "healthcheck: ")
	}
}

// firstLine ends the run once something was written.
type firstLine struct {
	buf  bytes.Buffer
	done func()
}

func (w *firstLine) Write(b []byte) (int, error) {
	w.done()
	return w.buf.Write(b)
}
