//go:build linux

package main

import (
	"fmt"
	"strings"
)

// openbgpd is OpenBGPD, its portable edition.
type openbgpd struct{ program }

func newOpenBGPD(l *lab) remote { return &openbgpd{program{l: l}} }

func (o *openbgpd) config(s settings) string {
	lines := []string{
		fmt.Sprintf("AS %d", theirAS), "router-id " + theirIPv4, "listen on " + theirIPv4,
		`socket "` + o.l.path("bgpd.sock") + `"`, "fib-update no",
		"neighbor " + ourIPv4 + " {", fmt.Sprintf("remote-as %d", ourAS), fmt.Sprintf("holdtime %d", s.hold), "holdtime min 3",
		"announce IPv4 unicast", "announce IPv6 unicast", "announce refresh yes", "announce enhanced refresh yes",
	}
	option := func(on bool, text string) {
		if on {
			lines = append(lines, text)
		}
	}
	option(s.vpn, "announce IPv4 vpn")
	option(s.flow, "announce IPv4 flowspec")
	option(!s.active, "passive")
	option(s.ttl || s.theirTTL, "ttl-security yes")
	option(s.md5, "tcp md5sig password "+s.key())
	option(s.addPath, "announce add-path recv yes")
	option(s.addPath, "announce add-path send all")
	option(s.restart, "announce restart yes")
	lines = append(lines, "}", "allow from any", "allow to any")
	return strings.Join(lines, "\n") + "\n"
}

func (o *openbgpd) start(s settings) error {
	if s.flow {
		return errNotOffered("OpenBGPD 7.7 has no flow specifications")
	}
	if err := o.l.write("bgpd.conf", o.config(s)); err != nil {
		return err
	}
	// bgpd's own user has its home there, which is where it locks itself in.
	if _, err := output("", "install", "-d", "-o", "root", "-g", "_openbgpd", "-m", "0755", "/run/openbgpd"); err != nil {
		return err
	}
	var err error
	o.proc, err = spawn(o.l.wire.them, o.l.dir, "openbgpd", nil, "bgpd", "-d", "-v", "-f", o.l.path("bgpd.conf"))
	return err
}

func (o *openbgpd) ctl(args ...string) (string, error) {
	return o.ask(append([]string{"bgpctl", "-s", o.l.path("bgpd.sock")}, args...)...)
}

func (o *openbgpd) established() error {
	text, err := o.ctl("show", "neighbor", ourIPv4)
	if err == nil && !strings.Contains(text, "BGP state = Established") {
		err = fmt.Errorf("OpenBGPD says %s", lineWith(text, "BGP state"))
	}
	return err
}

func (o *openbgpd) show(r route) (string, error) {
	family := [...]string{ipv4: "ipv4", ipv6: "ipv6", vpn4: "vpnv4", flow4: "ipv4"}[r.kind]
	text, err := o.ctl("show", "rib", family, "detail", "neighbor", ourIPv4)
	at := strings.Index(text, r.prefix)
	if err != nil || at < 0 {
		return "", err
	}
	return text[at:], nil
}

func (o *openbgpd) network(verb string, r route) error {
	args := []string{"network", verb, r.prefix}
	switch {
	case r.kind == vpn4:
		return errNotOffered("OpenBGPD announces VPN routes from routing domains of OpenBSD, which Linux has not")
	case r.kind == ipv6 && verb == "add":
		args = append(args, "nexthop", theirIPv6)
	}
	_, err := o.ctl(args...)
	return err
}

func (o *openbgpd) announce(r route) error { return o.network("add", r) }
func (o *openbgpd) withdraw(r route) error { return o.network("delete", r) }

func (o *openbgpd) refresh() error {
	_, err := o.ctl("neighbor", ourIPv4, "refresh")
	return err
}

func (o *openbgpd) shut(text string) error {
	_, err := o.ctl("neighbor", ourIPv4, "down", text)
	return err
}

func (o *openbgpd) heard() (string, error) {
	text, err := o.ctl("show", "neighbor", ourIPv4)
	if err == nil && !strings.Contains(text, "Last received") {
		return o.logged("received", "notification")
	}
	i := strings.Index(text, "Last received")
	return oneLine(text[max(0, i):]), err
}
