package main

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// static is a section of routes.
func static(numbers ...int) string {
	var b strings.Builder
	b.WriteString("static {\n")
	for _, n := range numbers {
		fmt.Fprintf(&b, "\t\t%s;\n", route(n))
	}
	return b.String() + "\t}"
}

// A reload is a difference: the session of a neighbor that is what it was stays,
// and is told what left and what came; that of a neighbor that changed is reset
// with Cease/6, that of one that left with Cease/3 (RFC 4486 §4).
func TestReloadIsADifference(t *testing.T) {
	kept, changed, left := farPeer(t, 2), farPeer(t, 3), farPeer(t, 4)
	d := launch(t, kept.section(static(1, 2))+changed.section(static(3))+left.section(""))
	for _, p := range []*far{kept, changed, left} {
		p.up()
		p.hearsOf(endOfRIB)
	}
	d.configure(kept.section(static(2, 4)) + changed.section("hold-time 60; "+static(3)))
	d.signal(syscall.SIGUSR1)
	require.Equal(t, withdrawal(1), kept.hears(), "the first message after the reload")
	require.Contains(t, kept.hears(), told(4))
	require.Contains(t, changed.hears(), "3 0606")
	changed.up()
	require.Contains(t, changed.hears(), told(3))
	require.Contains(t, left.hears(), "3 0603")

	d.configure(kept.section(static(2)))
	d.signal(syscall.SIGHUP)
	require.Equal(t, withdrawal(4), kept.hears(), "the same session, and SIGHUP does what SIGUSR1 does")
	d.signal(syscall.SIGTERM)
	require.Contains(t, kept.hears(), "3 0602")
	d.ends()
}

// What is removed while the neighbor is down is not announced when it is back.
func TestReloadWhileANeighborIsDown(t *testing.T) {
	down, other := farPeer(t, 2), farPeer(t, 3)
	d := launch(t, down.section("connect-retry 1; "+static(1, 2))+other.section(static(5)))
	for _, p := range []*far{down, other} {
		p.up()
		p.hearsOf(endOfRIB)
	}
	require.NoError(t, down.nc.Close())
	require.Equal(t, "closed", down.hears())
	d.configure(down.section("connect-retry 1; "+static(2, 3)) + other.section(""))
	d.signal(syscall.SIGUSR1)
	require.Equal(t, withdrawal(5), other.hears(), "the reload has been")
	down.up()
	var table []string
	for m := down.hears(); m != endOfRIB; m = down.hears() {
		table = append(table, m)
	}
	all := strings.Join(table, " ")
	require.Contains(t, all, told(2))
	require.Contains(t, all, told(3))
	require.NotContains(t, all, told(1), "it was removed while the neighbor was down")
}

// A configuration with an error anywhere changes nothing: no route, no session,
// no helper; and the next one that is in order is a difference to what ran.
func TestReloadWithAnErrorChangesNothing(t *testing.T) {
	h := piped(t, "helper")
	p, q := farPeer(t, 2), farPeer(t, 3)
	d := launch(t, h.section+p.section(listens("helper")+static(1))+q.section(listens("helper")))
	for _, f := range []*far{p, q} {
		f.up()
		f.hearsOf(endOfRIB)
	}
	d.configure(p.section(static(2)) + q.section("hold-time many;"))
	d.signal(syscall.SIGUSR1)
	d.logs("reload failed, nothing changed", d.conf+":19:", "is not a hold time")
	require.NoError(t, os.Remove(d.conf))
	d.signal(syscall.SIGHUP)
	d.logs("reload failed, nothing changed", "no such file")

	h.says("announce " + route(7))
	for _, f := range []*far{p, q} {
		require.Contains(t, f.hears(), told(7), "the first message after two reloads that failed, by the helper that was there")
	}
	d.configure(h.section + p.section(listens("helper")+static(2)) + q.section(listens("helper")))
	d.signal(syscall.SIGUSR1)
	require.Equal(t, withdrawal(1), p.hears(), "the helper's route is not touched")
	require.Contains(t, p.hears(), told(2))
	d.logs("configuration reloaded")
	require.Equal(t, 1, d.logged("process started"), "one life of the helper\n%s", strings.Join(d.seen, "\n"))
}

// Reloads while a helper announces: each change of the configuration arrives,
// and every route of the helper, once.
func TestReloadUnderLoad(t *testing.T) {
	const routes, reloads = 5000, 10
	p := farPeer(t, 2)
	load := script(t, "load", fmt.Sprintf(
		`i=0; while [ $i -lt %d ]; do echo "announce route 10.9.$((i/256)).$((i%%256))/32 next-hop 192.0.2.1"; i=$((i+1)); done; exec cat`, routes))
	text := func(n int) string { return load + p.section(listens("load")+static(30000+n)) }
	d := launch(t, text(0))
	p.up()
	for n := 1; n <= reloads; n++ {
		d.configure(text(n))
		d.signal(syscall.SIGUSR1)
		d.logs("configuration reloaded")
	}
	table := map[string]bool{}
	times := map[string]int{}
	// The tables' ends: all of the helper's, the last of the configuration's, and
	// the one before it withdrawn.
	for n := 0; n < routes || !table[told(30000+reloads)] || table[told(30000+reloads-1)]; {
		m := p.hears()
		require.NotEqual(t, "closed", m)
		if strings.HasPrefix(m, "2 0005") && strings.HasSuffix(m, "0000") {
			delete(table, m[6:len(m)-4])
			continue
		}
		if m == endOfRIB {
			continue
		}
		for nlri := m[len(m)-10:]; strings.HasPrefix(nlri, "200A09"); nlri = m[len(m)-10:] {
			table[nlri] = true
			if times[nlri]++; nlri < told(30000) {
				require.Equal(t, 1, times[nlri], "the helper announced %s once", nlri)
				n++
			}
			m = m[:len(m)-10]
			if len(m) < 10 {
				break
			}
		}
	}
	require.Len(t, table, routes+1, "the helper's routes and the configuration's")
}

// A neighbor that was stopped at its prefix limit stays down, whatever is
// reloaded, until a reload changes the limit.
func TestReloadLiftsAPrefixLimit(t *testing.T) {
	p, other := farPeer(t, 2), farPeer(t, 3)
	limited := func(n int) string { return p.section(fmt.Sprintf("prefix-limit { ipv4 unicast %d; }", n)) }
	d := launch(t, limited(1)+other.section(""))
	for _, f := range []*far{p, other} {
		f.up()
		f.hearsOf(endOfRIB)
	}
	p.announces(1, 2)
	require.Equal(t, "3 060100010100000001", p.hears(), "Cease, Maximum Number of Prefixes Reached, of IPv4 unicast: 1")
	d.configure(limited(1) + other.section(static(1)))
	d.signal(syscall.SIGUSR1)
	other.hearsOf(told(1))
	d.configure(limited(2) + other.section(static(1)))
	d.signal(syscall.SIGUSR1)
	p.up()
	p.hearsOf(endOfRIB)
	p.announces(1, 2)
	d.signal(syscall.SIGTERM)
	require.Contains(t, p.hears(), "3 0602", "the first message since")
	d.ends()
	require.Equal(t, 2, d.logged("session up", "127.0.0.2"), strings.Join(d.seen, "\n"))
}

// Several files are taken in turn; one with an error is tried again.
func TestReloadStaysAtTheFileWithAnError(t *testing.T) {
	bad := file(t, "nonsense;")
	f := &files{names: []string{file(t, valid), bad, file(t, strings.Replace(valid, "1.2.3.4", "1.2.3.5", 1))}, rotate: true}
	_, err := f.load()
	require.NoError(t, err)
	_, err = f.load()
	require.ErrorContains(t, err, bad)
	require.NoError(t, os.WriteFile(bad, []byte(strings.Replace(valid, "1.2.3.4", "1.2.3.6", 1)), 0o600))
	c, err := f.load()
	require.NoError(t, err)
	require.Equal(t, "1.2.3.6", c.Neighbors[0].RouterID.String(), "what was mended is read next")
}
