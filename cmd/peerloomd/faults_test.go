package main

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// faults are what ExaBGP's main of August 2026 gets wrong, each tried on the
// running daemon, over TCP and with helpers that are processes.
func faults() []fault {
	return []fault{
		{1, "an UPDATE in two TCP segments: bytes are lost, NOTIFICATION 1/1", "the rest is waited for", splitUpdate},
		{2, "an idle session takes a processor core", "nothing runs", idleSession},
		{3, "announce, flush, clear in one write: the peer keeps the route", "it is left without", flushAndClear},
		{4, "B, A, A again in one write: the older A leaves last", "the newer does", announcedTwice},
		{5, "announce X sync twice: the daemon hangs", "each is answered", syncTwice},
		{6, "a neighbor is down with routes queued: SIGUSR1 is dropped", "it is obeyed", reloadWhileDown},
		{7, "a connection comes in while ours is in OpenConfirm: nothing comes up", "the collision is resolved", collideInOpenConfirm},
		{8, "OPEN and then silence: OpenConfirm for ever", "NOTIFICATION 4/0", silenceAfterOpen},
		{9, "SIGTERM, shutdown: TCP is closed, helpers hear nothing", "Cease 6/2, the reply, down and shutdown", shutdowns},
		{10, "a reload with an error in its second neighbor changes the first", "nothing changes", TestReloadWithAnErrorChangesNothing},
		{11, "rate-limit 5: 10 UPDATEs a second", "5", rateLimit},
		{12, "a helper writes 1,000 lines and ends: 353 count", "all do", TestHelperWritesAThousandLinesAndExits},
		{13, "a second connection while Established: closed without a word", "NOTIFICATION 6/7", secondConnection},
		{14, "group start … group end of version 6 groups nothing", "one UPDATE", grouped},
		{15, "an End-of-RIB resets the session", "it does not", endOfRIBReceived},
		{16, "OPERATIONAL resets the session, either way", "it is told and sent", operational},
		{17, "a ROUTE-REFRESH where refreshes sent are told: NOTIFICATION 3/1", "BoRR, the routes, EoRR", refreshTold},
		{18, "a selector of version 6 that matches nobody touches all", "an error, and nobody", selectorOfNobody},
		{19, "the event of an End-of-RIB is no JSON", "it is", endOfRIBReceived},
		{20, "a neighbor created without api can not be deleted", "it can", createAndDelete},
	}
}

type fault struct {
	number int
	exabgp string // does this
	right  string
	try    func(t *testing.T)
}

func TestFaultsOfExaBGP(t *testing.T) {
	for _, f := range faults() {
		t.Run(fmt.Sprintf("%d %s", f.number, f.right), f.try)
	}
}

// tried is a session with a helper that reads what it is told, in the words of
// encoder; more is said of the neighbor and of the daemon.
func tried(t *testing.T, encoder, more string, args ...string) (*running, *far, *talker) {
	t.Helper()
	p, h := farPeer(t, 2), speaks(t, "helper", encoder)
	if !strings.Contains(more, "processes") {
		more += "\napi { processes [ helper ]; neighbor-changes; receive { parsed; update; refresh; operational; } }"
	}
	d := launch(t, h.section+p.section(more), args...)
	p.up()
	return d, p, h
}

// write writes a message, or a part of one.
func (p *far) write(b []byte) {
	p.t.Helper()
	_, err := p.nc.Write(b)
	require.NoError(p.t, err)
}

// theirs is an UPDATE with a route of the peer's own, 10.8.0.1/32.
const theirs = "00000015" + "40010100" + "400200" + "400304C0000201" + "40050400000064" + "200A080001"

func splitUpdate(t *testing.T) {
	_, p, h := tried(t, "text", "")
	p.hearsOf(endOfRIB)
	update := bgp(t, 2, theirs)
	for cut := range update[1:] {
		p.write(update[:cut+1])
		h.says("announce " + route(cut)) // what the daemon does meanwhile
		p.hearsOf(told(cut))
		p.write(update[cut+1:])
		h.hearsOf("announced 10.8.0.1/32 next-hop 192.0.2.1")
	}
}

// idleSession: all threads sleep, each time that one looks, a thousand times.
func idleSession(t *testing.T) {
	d, p, _ := tried(t, "text", "")
	p.hearsOf(endOfRIB)
	tasks := fmt.Sprintf("/proc/%d/task", d.cmd.Process.Pid)
	if _, err := os.Stat(tasks); err != nil {
		t.Skip("this system does not tell what threads do: ", err)
	}
	asleep := func() bool {
		states, err := filepath.Glob(tasks + "/*/stat")
		require.NoError(t, err)
		for _, name := range states {
			text, err := os.ReadFile(name)
			if _, after, ok := strings.Cut(string(text), ") "); err == nil && ok && after[0] != 'S' {
				return false
			}
		}
		return len(states) > 0
	}
	for row, looks := 0, 0; row < 1000; looks++ {
		require.Less(t, looks, 200_000, "it never rests")
		if row++; !asleep() {
			row = 0
		}
	}
}

// before is all messages before one with the marker, a line each.
func (p *far) before(marker string) string {
	p.t.Helper()
	all := ""
	for {
		m := p.hears()
		require.NotEqual(p.t, "closed", m)
		if strings.Contains(m, marker) {
			return all
		}
		all += m + "\n"
	}
}

// lastOf is the last line with this in it; empty: there is none.
func lastOf(lines, part string) (last string) {
	for l := range strings.Lines(lines) {
		if strings.Contains(l, part) {
			last = l
		}
	}
	return last
}

func flushAndClear(t *testing.T) {
	_, p, h := tried(t, "text", "")
	h.asks("done", "announce "+route(1), "flush adj-rib out", "clear adj-rib out")
	h.asks("done", "announce "+route(2))
	if last := lastOf(p.before(told(2)), told(1)); last != "" {
		require.Equal(t, withdrawal(1)+"\n", last, "where it was told at all")
	}
	h.says("show adj-rib out")
	require.Contains(t, h.hearsOf("10.9.0."), "10.9.0.2/32", "the only one")
}

func announcedTwice(t *testing.T) {
	_, p, h := tried(t, "text", "")
	p.hearsOf(endOfRIB)
	h.asks("done", "announce "+route(2)+" med 2", "announce "+route(1)+" med 1", "announce "+route(1)+" med 2")
	h.asks("done", "announce "+route(3))
	require.Contains(t, lastOf(p.before(told(3)), told(1)), "80040400000002", "MED 2")
}

func syncTwice(t *testing.T) {
	d, p, h := tried(t, "text", "")
	p.hearsOf(endOfRIB)
	h.asks("done", "announce "+route(1)+" sync")
	h.asks("done", "announce "+route(1)+" sync")
	require.NoError(t, p.nc.Close())
	h.hearsOf("down")
	h.asks("error", "announce "+route(2)+" sync") // nobody is up
	d.signal(syscall.SIGTERM)
	d.ends()
}

func reloadWhileDown(t *testing.T) {
	down, other := farPeer(t, 2), farPeer(t, 3)
	d := launch(t, down.section(static(1, 2))+other.section(""))
	down.takes().hearsOf("1 ") // and is not answered
	other.up()
	other.hearsOf(endOfRIB)
	d.configure(down.section(static(1, 2)) + other.section(static(3)))
	d.signal(syscall.SIGUSR1)
	other.hearsOf(told(3))
}

const (
	lower  = "01020303" // than the daemon's identifier, 1.2.3.4
	higher = "01020305"
)

func collideInOpenConfirm(t *testing.T) {
	for _, identifier := range []string{lower, higher} {
		p, at := farPeer(t, 2), freePort(t)
		launch(t, p.section(""), "exabgp_tcp_bind=127.0.0.1", fmt.Sprintf("exabgp_tcp_port=%d", at.Port))
		theirs := p.takes()
		open := theirs.hearsOf("1 ")
		theirs.says(1, mirrored(open, identifier))
		theirs.hearsOf("4 ") // OpenConfirm
		ours := p.dials(at)
		ours.says(1, mirrored(open, identifier))
		wins, loses := theirs, ours
		if identifier == higher { // "the BGP speaker with the higher-valued BGP Identifier" keeps its own (RFC 4271 §6.8)
			wins, loses = ours, theirs
			ours.hearsOf("1 ")
			ours.hearsOf("4 ")
		}
		require.Equal(t, "3 0607", loses.hearsOf("3 "))
		require.Equal(t, "closed", loses.hears())
		wins.says(4, "")
		wins.hearsOf(endOfRIB)
	}
}

func silenceAfterOpen(t *testing.T) {
	p := farPeer(t, 2)
	launch(t, p.section("hold-time 3;"))
	w := p.takes()
	w.says(1, mirrored(w.hearsOf("1 "), higher))
	require.Equal(t, "3 0400", w.hearsOf("3 "))
	require.Equal(t, "closed", w.hears())
}

func shutdowns(t *testing.T) {
	for _, how := range []string{"SIGTERM", "shutdown"} {
		d, p, h := tried(t, "text", "")
		p.hearsOf(endOfRIB)
		if how == "shutdown" {
			h.says(how)
			h.hearsOf("shutdown in progress")
			h.hearsOf("done")
		} else {
			d.signal(syscall.SIGTERM)
		}
		h.hearsOf("neighbor 127.0.0.2 down")
		h.hearsOf("shutdown")
		require.Contains(t, p.hears(), "3 0602")
		require.Equal(t, "closed", p.hears())
		d.ends()
	}
}

// rateLimit: the last of so many leaves no earlier than it may, however many are
// written at once.
func rateLimit(t *testing.T) {
	const limit, routes = 20, 21
	_, p, h := tried(t, "text", fmt.Sprintf("rate-limit %d; group-updates false;", limit))
	p.hearsOf(endOfRIB)
	var lines []string
	for n := range routes {
		lines = append(lines, "announce "+route(n))
	}
	begun := time.Now()
	h.asks("done", lines...)
	for n := range routes {
		require.Contains(t, p.hears(), told(n), "one UPDATE each, in order")
	}
	const late = 10 * time.Millisecond // of which those behind may make up for
	require.GreaterOrEqual(t, time.Since(begun), (routes-1)*time.Second/limit-late)
}

func secondConnection(t *testing.T) {
	for _, identifier := range []string{lower, higher} {
		p, h, at := farPeer(t, 2), piped(t, "helper"), freePort(t)
		launch(t, h.section+p.section(listens("helper")), "exabgp_tcp_bind=127.0.0.1", fmt.Sprintf("exabgp_tcp_port=%d", at.Port))
		up := p.takes()
		open := up.hearsOf("1 ")
		up.says(1, mirrored(open, identifier))
		up.says(4, "")
		up.hearsOf(endOfRIB)
		second := p.dials(at)
		second.says(1, mirrored(open, identifier))
		wins, loses := up, second
		if identifier == higher {
			wins, loses = second, up
		}
		require.Equal(t, "3 0607", loses.hearsOf("3 "))
		require.Equal(t, "closed", loses.hears())
		if wins == second {
			second.says(4, "")
			second.hearsOf(endOfRIB)
		}
		h.says("announce " + route(1))
		require.Contains(t, wins.hearsOf("2 "), told(1))
	}
}

func grouped(t *testing.T) {
	_, p, h := tried(t, "json", "", "exabgp_api_version=6")
	p.hearsOf(endOfRIB)
	h.asks("done", "group start")
	h.asks("done", "peer * announce "+route(1))
	h.asks("done", "peer * announce "+route(2))
	h.asks("done", "group end")
	require.Contains(t, p.hears(), told(1)+told(2), "one UPDATE")
}

// endOfRIBReceived looks at the event too.
func endOfRIBReceived(t *testing.T) {
	_, p, h := tried(t, "json", "")
	p.hearsOf(endOfRIB)
	p.write(bgp(t, 2, "00000000"))
	line := h.hearsOf(`"eor"`)
	require.True(t, json.Valid([]byte(line)), line)
	h.asks("done", "announce "+route(1))
	require.Contains(t, p.hears(), told(1), "the session goes on")
}

func operational(t *testing.T) {
	_, p, h := tried(t, "json", "capability { operational; }")
	p.hearsOf(endOfRIB)
	// ASM (draft-ietf-idr-operational-message): type 1, of IPv4 unicast, hello.
	p.write(bgp(t, 6, "0001"+"0008"+"000101"+"68656C6C6F"))
	h.hearsOf(`"advisory": "hello"`)
	h.asks("done", `announce operational asm afi ipv4 safi unicast advisory "bye"`)
	require.Contains(t, p.hears(), "6 0002")
	h.asks("done", "announce "+route(1))
	require.Contains(t, p.hears(), told(1), "once, and the session goes on")
}

func refreshTold(t *testing.T) {
	for _, kind := range []string{"refresh", "update"} {
		_, p, h := tried(t, "json", "capability { route-refresh; }\n"+static(1)+"\napi { processes [ helper ]; send { parsed; "+kind+"; } }")
		p.hearsOf(endOfRIB)
		p.write(bgp(t, 5, "00010001"))
		require.Equal(t, "5 00010101", p.hears(), "BoRR")
		require.Contains(t, p.hears(), told(1))
		require.Equal(t, "5 00010201", p.hears(), "EoRR")
		h.hearsOf(`"type": "` + kind + `"`)
		h.asks("done", "announce "+route(2))
		require.Contains(t, p.hears(), told(2), "the session goes on")
	}
}

func selectorOfNobody(t *testing.T) {
	_, p, h := tried(t, "json", "", "exabgp_api_version=6")
	p.hearsOf(endOfRIB)
	h.asks("error", "peer 9.9.9.9 announce "+route(1))
	h.asks("error", "peer 9.9.9.9 teardown 2")
	h.asks("done", "peer * announce "+route(2))
	m := p.hears()
	require.Contains(t, m, told(2))
	require.NotContains(t, m, told(1))
}

func createAndDelete(t *testing.T) {
	created := farPeer(t, 3)
	port := fmt.Sprint(created.l.Addr().(*net.TCPAddr).Port)
	_, p, h := tried(t, "text", "")
	p.hearsOf(endOfRIB)
	h.asks("done", "create neighbor 127.0.0.3 local-address 127.0.0.1 local-as 1 peer-as 1 router-id 1.2.3.4 connect "+port)
	created.up()
	created.hearsOf(endOfRIB)
	h.asks("done", "delete neighbor 127.0.0.3")
	require.Contains(t, created.hears(), "3 0603")
	h.asks("done", "announce "+route(1))
	p.hearsOf(told(1))
}
