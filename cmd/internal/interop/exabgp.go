//go:build linux

package main

import (
	"fmt"
	"strings"
)

// exabgp is ExaBGP: what it sends is said by commands of its API, and what it
// received is asked the same way.
type exabgp struct {
	program
	api *api
}

func newExaBGP(l *lab) remote { return &exabgp{program: program{l: l}} }

func (e *exabgp) start(s settings) error {
	if s.restart {
		return errNotOffered("ExaBGP keeps no routes of a peer that restarts: it has no forwarding table")
	}
	families, capability, extra := "ipv4 unicast; ipv6 unicast;", "route-refresh enable; extended-message enable;", ""
	if s.flow {
		families += " ipv4 flow;"
	}
	if s.vpn {
		families += " ipv4 mpls-vpn;"
	}
	if s.addPath {
		capability += " add-path send/receive;"
	}
	if s.ttl || s.theirTTL {
		extra += " outgoing-ttl 255; incoming-ttl 255;"
	}
	if s.md5 {
		extra += " md5-password " + s.key() + ";"
	}
	if !s.active {
		extra += " passive true; listen 179;"
	}
	err := e.l.write("exabgp.conf", fmt.Sprintf(`process interop { run %s relay %s; encoder json; }
neighbor %s { router-id %s; local-address %[4]s; local-as %d; peer-as %d; hold-time %d; %s
  family { %s } capability { %s }
  api { processes [ interop ]; neighbor-changes; receive { parsed; update; } }
}
`, e.l.self, e.l.path("theirs.sock"), ourIPv4, theirIPv4, theirAS, ourAS, s.hold, extra, families, capability))
	if err != nil {
		return err
	}
	if e.api == nil {
		if e.api, err = listenAPI(e.l.path("theirs.sock")); err != nil {
			return err
		}
	}
	env := []string{"exabgp_daemon_user=root", "exabgp_api_cli=false", "exabgp_log_all=true", "exabgp_log_destination=stdout", "exabgp_tcp_bind=" + theirIPv4}
	e.proc, err = spawn(e.l.wire.them, e.l.dir, "exabgp", env, "exabgp", e.l.path("exabgp.conf"))
	if err != nil {
		return err
	}
	return e.api.accept()
}

func (e *exabgp) stop() {
	e.program.stop()
	if e.api != nil {
		e.api.close()
	}
}

func (e *exabgp) established() error {
	text, err := e.api.run("show neighbor summary")
	if err == nil && !strings.Contains(text, "established") {
		err = fmt.Errorf("ExaBGP says %s", oneLine(text))
	}
	return err
}

func (e *exabgp) show(r route) (string, error) {
	text, err := e.api.run("show adj-rib in extensive")
	if err != nil {
		return "", err
	}
	var found []string
	for line := range strings.Lines(text) {
		if strings.Contains(line, r.prefix) {
			found = append(found, line)
		}
	}
	return strings.Join(found, ""), nil
}

// words are a route in ExaBGP's API.
func (e *exabgp) words(r route) string {
	return [...]string{
		ipv4:  "route " + r.prefix + " next-hop " + theirIPv4,
		ipv6:  "route " + r.prefix + " next-hop " + theirIPv6,
		flow4: "flow route { match { destination " + r.prefix + "; protocol tcp; destination-port =80; } then { discard; } }",
		vpn4:  "route " + r.prefix + " rd 65000:1 label 100 next-hop " + theirIPv4 + " extended-community [ target:65000:1 ]",
	}[r.kind]
}

func (e *exabgp) announce(r route) error { _, err := e.api.run("announce " + e.words(r)); return err }
func (e *exabgp) withdraw(r route) error { _, err := e.api.run("withdraw " + e.words(r)); return err }

func (e *exabgp) refresh() error {
	_, err := e.api.run("announce route-refresh ipv4 unicast")
	return err
}

func (e *exabgp) shut(string) error {
	return errNotOffered("ExaBGP's teardown takes a subcode and no text")
}

func (e *exabgp) heard() (string, error) {
	line, ok := e.api.event(`"state": "down"`)
	if !ok {
		return "", fmt.Errorf("no event of ExaBGP says down")
	}
	_, line, _ = strings.Cut(line, `"state": "down"`)
	return line, nil
}
