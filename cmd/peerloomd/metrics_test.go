package main

import (
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// scrape reads the metrics of a daemon that logs where it serves them.
func scrape(t *testing.T, at string) string {
	t.Helper()
	c := http.Client{Timeout: patience}
	r, err := c.Get("http://" + at + "/metrics")
	require.NoError(t, err)
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, r.StatusCode, string(text))
	return string(text)
}

func TestMetricsAfterTraffic(t *testing.T) {
	d, p, socket := controlled(t, "--metrics=127.0.0.1:0")
	at := strings.TrimSuffix(strings.TrimPrefix(strings.Fields(after(d.logs("metrics are served"), " at="))[0], `"`), `"`)
	for n := range 20 {
		_, _, _ = ctl("", "--socket", socket, "announce", route(n), "sync")
	}
	status, _, errs := ctl("", "--socket", socket, "flush adj-rib out sync")
	require.Equal(t, exitOK, status, errs)
	p.hearsOf(told(19))

	text := scrape(t, at)
	for _, line := range []string{
		`peerloom_sessions{state="established"} 1`,
		`peerloom_sessions{state="idle"} 0`,
		`peerloom_neighbor_up{neighbor="127.0.0.2"} 1`,
		`peerloom_messages_total{direction="receive",type="open"} 1`,
		`peerloom_messages_total{direction="send",type="open"} 1`,
		`peerloom_message_bytes_total{direction="receive",type="keepalive"} 19`,
		`peerloom_routes{family="ipv4 unicast",table="want"} 20`,
		`peerloom_routes{family="ipv4 unicast",table="told"} 20`,
		`peerloom_routes{family="ipv4 unicast",table="queue"} 0`,
		`peerloom_flush_duration_seconds_count 1`,
		`peerloom_flush_duration_seconds_bucket{le="+Inf"} 1`,
		`peerloom_refresh_duration_seconds_count 0`,
		`peerloom_events_dropped_total 0`,
		"# TYPE peerloom_messages_total counter",
		"# TYPE peerloom_flush_duration_seconds histogram",
	} {
		require.Contains(t, text, line+"\n")
	}
	require.Contains(t, text, "go_goroutines ")

	// ctl shows the same: all but what the scrape and the asking change.
	status, out, _ := ctl("", "--socket", socket, "show", "metrics")
	require.Equal(t, exitOK, status)
	require.Contains(t, out, `peerloom_messages_total{type="open",direction="send"} 1`+"\n")
	require.Contains(t, out, `peerloom_routes{table="told",family="ipv4 unicast"} 20`+"\n")
	require.Contains(t, out, fmt.Sprintf("peerloom_clients{process=%q} 1\n", socket))
	require.Contains(t, out, "peerloom_flush_duration_seconds_count 1\n")
	status, out, _ = ctl("", "--json", "--socket", socket, "show", "metrics")
	require.Equal(t, exitOK, status)
	require.Contains(t, out, `{"name":"peerloom_sessions","labels":{"state":"established"},"value":1}`)
	endsCleanly(d, p)
}

// after is the part of s behind sep.
func after(s, sep string) string {
	_, rest, _ := strings.Cut(s, sep)
	return rest
}

// A helper that reads nothing is seen in the numbers: what waits for it, and that
// every event counts.
func TestMetricsOfAHelperThatStandsStill(t *testing.T) {
	const routes = 3000 // more than a pipe holds of their events
	socket, p := filepath.Join(t.TempDir(), "s"), farPeer(t, 2)
	mute := script(t, "mute", "exec tail -f /dev/null")
	d := launch(t, mute+p.section(listens("mute")), "--socket="+socket)
	p.up()
	var lines strings.Builder
	for n := range routes {
		fmt.Fprintf(&lines, "announce %s\n", route(n))
	}
	status, _, errs := ctl(lines.String(), "--socket", socket)
	require.Equal(t, exitOK, status, errs)
	p.hearsOf(told(routes - 1))
	_, out, _ := ctl("", "--socket", socket, "show", "metrics")
	require.Regexp(t, `peerloom_events_total [1-9]\d*\n`, out)
	require.Regexp(t, `peerloom_client_event_bytes{process="mute"} [1-9]\d\d+\n`, out)
	require.Contains(t, out, `peerloom_clients{process="mute"} 1`+"\n")
	require.Contains(t, out, "peerloom_events_dropped_total 0\n")
	endsCleanly(d, p)
}

func TestMetricsAddress(t *testing.T) {
	for address, want := range map[string]string{
		"9179":                "is no address with a port",
		":9179":               "every address of this machine",
		"0.0.0.0:9179":        "0.0.0.0 is no loopback address",
		"[::]:9179":           ":: is no loopback address",
		"192.0.2.1:9179":      "192.0.2.1 is no loopback address",
		"metrics.example:443": `"metrics.example" is no IP address`,
	} {
		_, err := listenMetrics(address)
		require.ErrorContains(t, err, "--metrics="+address+": ")
		require.ErrorContains(t, err, want)
		require.ErrorContains(t, err, "write a loopback address")
	}
	for _, address := range []string{"127.0.0.1:0", "127.0.0.3:0", "localhost:0"} {
		l, err := listenMetrics(address)
		require.NoError(t, err)
		_, err = listenMetrics(l.Addr().String())
		require.ErrorContains(t, err, "address already in use", fmt.Sprint(l.Addr()))
		require.NoError(t, l.Close())
	}
	launch(t, "", "--metrics=192.0.2.1:9179").logs("no loopback address")
}
