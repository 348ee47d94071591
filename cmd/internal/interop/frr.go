//go:build linux

package main

import (
	"fmt"
	"strings"
)

// frr is FRR's bgpd, without zebra: next hops count as reachable.
type frr struct{ program }

func newFRR(l *lab) remote { return &frr{program{l: l}} }

func (f *frr) config(s settings) string {
	neighbor := " neighbor " + ourIPv4 + " "
	lines := []string{
		"log stdout debugging", "debug bgp neighbor-events", "debug bgp flowspec",
		fmt.Sprintf("router bgp %d", theirAS), " bgp router-id " + theirIPv4,
		" no bgp ebgp-requires-policy", " no bgp network import-check", " no bgp default ipv4-unicast",
		neighbor + fmt.Sprintf("remote-as %d", ourAS),
		neighbor + fmt.Sprintf("timers %d %d", s.hold/3, s.hold),
		neighbor + "timers connect 1", neighbor + "advertisement-interval 0",
	}
	if !s.active {
		lines = append(lines, neighbor+"passive")
	}
	if s.ttl || s.theirTTL {
		lines = append(lines, neighbor+"ttl-security hops 1")
	}
	if s.md5 {
		lines = append(lines, neighbor+"password "+s.key())
	}
	if s.restart {
		lines = append(lines, " bgp graceful-restart", " bgp graceful-restart preserve-fw-state", neighbor+"graceful-restart")
	}
	unicast := neighbor + "activate"
	if s.addPath {
		unicast += "\n" + neighbor + "addpath-tx-all-paths"
	}
	lines = append(lines, " address-family ipv4 unicast", unicast, neighbor+"soft-reconfiguration inbound", " exit-address-family",
		" address-family ipv6 unicast", neighbor+"activate", " exit-address-family")
	if s.flow {
		lines = append(lines, " address-family ipv4 flowspec", neighbor+"activate", " exit-address-family")
	}
	if s.vpn {
		lines = append(lines, " address-family ipv4 vpn", neighbor+"activate", " exit-address-family")
	}
	return strings.Join(lines, "\n") + "\n"
}

func (f *frr) start(s settings) error {
	if err := f.l.write("frr.conf", f.config(s)); err != nil {
		return err
	}
	var err error
	f.proc, err = spawn(f.l.wire.them, f.l.dir, "frr", nil, "/usr/lib/frr/bgpd", "-f", f.l.path("frr.conf"), "-i", f.l.path("frr.pid"),
		"-Z", "-p", "179", "-l", theirIPv4, "-A", "127.0.0.1", "-P", "0", "--vty_socket", f.l.dir, "-u", "frr", "-g", "frr", "--log", "stdout")
	return err
}

func (f *frr) vtysh(commands ...string) (string, error) {
	args := []string{"vtysh", "--vty_socket", f.l.dir, "-d", "bgpd"}
	for _, c := range commands {
		args = append(args, "-c", c)
	}
	text, err := f.ask(args...)
	if err == nil && strings.Contains(text, "% Unknown command") {
		err = fmt.Errorf("FRR does not know one of %q: %s", commands, oneLine(text))
	}
	return text, err
}

func (f *frr) established() error {
	text, err := f.vtysh("show bgp neighbors " + ourIPv4)
	if err == nil && !strings.Contains(text, "BGP state = Established") {
		err = fmt.Errorf("FRR says %s", lineWith(text, "BGP state"))
	}
	return err
}

func (f *frr) show(r route) (string, error) {
	switch r.kind {
	case ipv4, ipv6:
		text, err := f.vtysh("show bgp " + afiSafi[r.kind] + " " + r.prefix)
		if !strings.Contains(text, r.prefix) {
			text = ""
		}
		return text, err
	case flow4:
		return f.has("show bgp ipv4 flowspec detail", r)
	}
	return f.has("show bgp ipv4 vpn", r)
}

func (f *frr) has(command string, r route) (string, error) {
	text, err := f.vtysh(command)
	if !strings.Contains(text, r.prefix) {
		text = ""
	}
	return text, err
}

func (f *frr) network(no string, r route) error {
	words := [...]string{
		ipv4: no + "network " + r.prefix,
		ipv6: no + "network " + r.prefix,
		vpn4: no + "network " + r.prefix + " rd 65000:1 label 100",
	}
	if r.kind == flow4 {
		return errNotOffered("FRR receives flow specifications and originates none")
	}
	family := [...]string{ipv4: "ipv4 unicast", ipv6: "ipv6 unicast", vpn4: "ipv4 vpn"}[r.kind]
	_, err := f.vtysh("configure terminal", fmt.Sprintf("router bgp %d", theirAS), "address-family "+family, words[r.kind])
	return err
}

func (f *frr) announce(r route) error { return f.network("", r) }
func (f *frr) withdraw(r route) error { return f.network("no ", r) }

func (f *frr) refresh() error {
	// "soft in" would use the stored routes, were they not turned off first.
	_, err := f.vtysh("configure terminal", fmt.Sprintf("router bgp %d", theirAS), "address-family ipv4 unicast",
		"no neighbor "+ourIPv4+" soft-reconfiguration inbound", "end", "clear bgp ipv4 unicast "+ourIPv4+" soft in")
	return err
}

func (f *frr) shut(text string) error {
	_, err := f.vtysh("configure terminal", fmt.Sprintf("router bgp %d", theirAS), "neighbor "+ourIPv4+" shutdown message "+text)
	return err
}

func (f *frr) heard() (string, error) { return f.logged("NOTIFICATION", "received from") }
