//go:build linux

package main

import (
	"fmt"
	"strings"
	"syscall"
)

// settings is what a check asks of both ends of the session.
type settings struct {
	hold      int  // seconds
	addPath   bool // both directions, IPv4 unicast
	ttl       bool // GTSM (RFC 5082) at both ends
	theirTTL  bool // GTSM at the peer's end only
	ourTTL    bool // GTSM at our end only
	md5       bool // signed segments (RFC 2385), with [md5Key] at our end
	badMD5    bool // another key at the peer's end
	flow, vpn bool // IPv4 flow specifications; IPv4 VPN
	restart   bool // graceful restart
	active    bool // the peer dials too
}

// md5Key is the key that both ends share.
const md5Key = "loom"

// key is the peer's key, "" without MD5.
func (s settings) key() string {
	switch {
	case !s.md5:
		return ""
	case s.badMD5:
		return "another"
	}
	return md5Key
}

// kind is the address family of a route that a check announces.
type kind int

const (
	ipv4 kind = iota
	ipv6
	flow4
	vpn4
)

// afiSafi are the families in the words of the daemon's API.
var afiSafi = [...]string{ipv4: "ipv4 unicast", ipv6: "ipv6 unicast", flow4: "ipv4 flow", vpn4: "ipv4 mpls-vpn"}

// route is what the checks announce: a prefix, for a flow specification its
// destination, for a VPN of RD 65000:1 with label 100.
type route struct {
	kind   kind
	prefix string
}

// remote is one implementation of BGP at the other end of the wire. Whatever it
// is asked, it answers from the program's own show commands.
type remote interface {
	// start writes the program's configuration and runs it.
	start(s settings) error
	// established is nil where the program says that the session is up.
	established() error
	// show is what the program says about a route that it received, "" where
	// it has none.
	show(r route) (string, error)
	// announce and withdraw change what the program sends.
	announce(r route) error
	withdraw(r route) error
	// refresh has the program send a ROUTE-REFRESH for IPv4 unicast.
	refresh() error
	// shut has the program end the session with Cease/2 and a text (RFC 9003).
	shut(text string) error
	// heard is what the program says about the last NOTIFICATION received.
	heard() (string, error)
	// daemon is the running program.
	daemon() *process
	stop()
}

// product is a row of the peers' table.
type product struct {
	name     string
	packages []string
	version  []string // command that prints it
	make     func(l *lab) remote
	refresh  settings // [lab.refresh]
}

// products are the peers, in the order of the table's columns.
func products() []product {
	return []product{
		{"BIRD", []string{"bird2"}, []string{"bird", "--version"}, newBIRD, settings{}},
		{"ExaBGP", []string{"exabgp"}, []string{"exabgp", "--version"}, newExaBGP, settings{}},
		// FRR 8.4 answers after its own End-of-RIB, which it sends where graceful
		// restart was negotiated, and else never.
		{"FRR", []string{"frr"}, []string{"/usr/lib/frr/bgpd", "--version"}, newFRR, settings{restart: true}},
		{"GoBGP", []string{"gobgpd"}, []string{"gobgpd", "--version"}, newGoBGP, settings{}},
		{"OpenBGPD", []string{"openbgpd"}, []string{"bgpd", "-V"}, newOpenBGPD, settings{}},
	}
}

// errNotOffered says that the peer has no such feature.
type errNotOffered string

func (e errNotOffered) Error() string { return string(e) }

// errNotHere says that this machine can't show the feature.
type errNotHere string

func (e errNotHere) Error() string { return string(e) }

// program is what every remote has.
type program struct {
	l    *lab
	proc *process
}

func (p *program) daemon() *process { return p.proc }
func (p *program) stop()            { p.proc.stop() }

// ask runs one of the program's commands in the peer's namespace.
func (p *program) ask(args ...string) (string, error) { return output(p.l.wire.them, args...) }

// logged is the program's last line that has all of the words.
func (p *program) logged(words ...string) (string, error) {
	lines := strings.Split(p.l.read(p.proc.log), "\n")
	for i := len(lines) - 1; i >= 0; i-- {
		if containsAll(lines[i], words) {
			return strings.TrimSpace(lines[i]), nil
		}
	}
	return "", fmt.Errorf("no line of its log has %q", words)
}

// lineWith is the first line of a text with all of the words, "" where none has.
func lineWith(text string, words ...string) string {
	for line := range strings.Lines(text) {
		if containsAll(line, words) {
			return strings.TrimSpace(line)
		}
	}
	return ""
}

// pause and resume stop the program as an overloaded machine would.
func pause(p *process)  { p.signal(syscall.SIGSTOP) }
func resume(p *process) { p.signal(syscall.SIGCONT) }
