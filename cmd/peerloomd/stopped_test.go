package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// A peer that stands still (its process is stopped, and its window fills) holds
// nobody up: others are told, helpers are answered. When it goes on it has
// every route, each with its last value, in the order of the commands.
func TestPeerThatStandsStill(t *testing.T) {
	still, other, h := farPeer(t, 2), farPeer(t, 3), speaks(t, "helper", "text")
	launch(t, h.section+still.section("group-updates false; "+api)+other.section("group-updates false; "+api))
	w := still.takes()
	w.says(1, mirrored(w.hearsOf("1 "), higher))
	w.says(4, "")
	w.hearsOf(endOfRIB)
	other.up()
	other.hearsOf(endOfRIB)
	h.floods()
	for n := range routes {
		require.Contains(t, other.hears(), told(n))
	}
	h.asks("done", "withdraw "+route(0))
	require.Equal(t, withdrawal(0), other.hears())
	for n := range routes { // it goes on
		require.Contains(t, w.hearsOf("2 "), told(n))
	}
	require.Equal(t, withdrawal(0), w.hearsOf("2 "))
}

// routes of floods: 6 MB, more than the sockets of both ends take.
const routes = 3000

// floods announces them, to a peer at 127.0.0.2 that reads nothing.
func (s *talker) floods() {
	s.t.Helper()
	bulk := " attribute [ 0x99 0xc0 0x" + strings.Repeat("00", 2000) + " ]"
	for from := 0; from < routes; from += 100 {
		var lines []string
		for n := from; n < from+100; n++ {
			lines = append(lines, "announce "+route(n)+bulk)
		}
		s.asks("done", lines...)
	}
	s.says("show neighbor summary")
	line := strings.Fields(s.hearsOf("127.0.0.2 "))
	sent, err := strconv.Atoi(line[len(line)-2])
	require.NoError(s.t, err)
	if sent >= routes {
		s.t.Skip("the sockets of this machine hold all that the peer does not read")
	}
	s.hearsOf("done")
}

// A sync waits for a peer that reads nothing, and fails with its session; what was
// asked meanwhile is answered behind it, in order.
func TestSyncFailsWithItsSession(t *testing.T) {
	p, h := farPeer(t, 2), speaks(t, "helper", "text")
	d := launch(t, h.section+p.section("group-updates false; "+api))
	w := p.takes()
	w.says(1, mirrored(w.hearsOf("1 "), higher))
	w.says(4, "")
	w.hearsOf(endOfRIB)
	h.floods()
	h.says("announce " + route(routes) + " sync\nannounce " + route(routes+1))
	require.NoError(t, w.nc.Close())
	d.logs("session down")
	for _, want := range []string{"error", "done"} {
		got := ""
		for got != "error" && got != "done" {
			got = h.hearsOf("")
		}
		require.Equal(t, want, got)
	}
}

const api = "api { processes [ helper ]; neighbor-changes; }"

// A helper that is stopped holds nobody up. What it said meanwhile counts when it
// goes on, and it is told what came.
func TestHelperIsStopped(t *testing.T) {
	h, good, p := speaks(t, "helper", "text"), piped(t, "good"), farPeer(t, 2)
	d := launch(t, h.section+good.section+p.section("api { processes [ helper good ]; neighbor-changes; }"))
	p.up()
	p.hearsOf(endOfRIB)
	h.hearsOf("up")
	group := -d.child(h.pipe.Name())
	require.NoError(t, syscall.Kill(group, syscall.SIGSTOP))
	h.says("announce " + route(1))
	good.says("announce " + route(2))
	require.Contains(t, p.hears(), told(2), "the other one is served")
	require.NoError(t, p.nc.Close())
	d.logs("session down")
	require.NoError(t, syscall.Kill(group, syscall.SIGCONT))
	h.hearsOf("down")
	h.hearsOf("done")
	p.up()
	p.hearsOf(told(1))
	works(d, p, good)
}

// child is the process of the daemon's that has this among its arguments.
func (d *running) child(argument string) int {
	d.t.Helper()
	name := fmt.Sprintf("/proc/%d/task/*/children", d.cmd.Process.Pid)
	lists, err := filepath.Glob(name)
	require.NoError(d.t, err)
	for _, list := range lists {
		text, err := os.ReadFile(list)
		require.NoError(d.t, err)
		for word := range strings.FieldsSeq(string(text)) {
			line, err := os.ReadFile("/proc/" + word + "/cmdline")
			require.NoError(d.t, err)
			if strings.Contains(string(line), argument) {
				pid, err := strconv.Atoi(word)
				require.NoError(d.t, err)
				return pid
			}
		}
	}
	d.t.Skip("this system does not tell whose a process is")
	return 0
}
