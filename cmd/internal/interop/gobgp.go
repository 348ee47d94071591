//go:build linux

package main

import (
	"fmt"
	"strings"
)

// gobgp is GoBGP's daemon, asked and told by its command gobgp.
type gobgp struct{ program }

func newGoBGP(l *lab) remote { return &gobgp{program{l: l}} }

func (g *gobgp) config(s settings) string {
	family := func(name, extra string) string {
		return "[[neighbors.afi-safis]]\n[neighbors.afi-safis.config]\nafi-safi-name = \"" + name + "\"\n" + extra
	}
	extra, unicast := "", ""
	if s.ttl || s.theirTTL {
		extra += "[neighbors.ttl-security.config]\nenabled = true\nttl-min = 255\n"
	}
	if s.restart {
		extra += "[neighbors.graceful-restart.config]\nenabled = true\nrestart-time = 60\n"
		unicast += "[neighbors.afi-safis.mp-graceful-restart.config]\nenabled = true\n"
	}
	if s.addPath {
		unicast += "[neighbors.afi-safis.add-paths.config]\nreceive = true\nsend-max = 8\n"
	}
	families := family("ipv4-unicast", unicast) + family("ipv6-unicast", "")
	if s.flow {
		families += family("ipv4-flowspec", "")
	}
	if s.vpn {
		families += family("l3vpn-ipv4-unicast", "")
	}
	password := ""
	if s.md5 {
		password = "auth-password = \"" + s.key() + "\"\n"
	}
	return fmt.Sprintf(`[global.config]
as = %d
router-id = "%s"
[[neighbors]]
[neighbors.config]
neighbor-address = "%s"
peer-as = %d
%s[neighbors.timers.config]
hold-time = %d
keepalive-interval = %d
connect-retry = 1
idle-hold-time-after-reset = 1
[neighbors.transport.config]
local-address = "%s"
passive-mode = %t
%s%s`, theirAS, theirIPv4, ourIPv4, ourAS, password, s.hold, s.hold/3, theirIPv4, !s.active, extra, families)
}

func (g *gobgp) start(s settings) error {
	if err := g.l.write("gobgp.toml", g.config(s)); err != nil {
		return err
	}
	var err error
	g.proc, err = spawn(g.l.wire.them, g.l.dir, "gobgpd", nil, "gobgpd", "-f", g.l.path("gobgp.toml"), "--api-hosts", "127.0.0.1:50051", "--log-level", "debug", "--pprof-disable")
	return err
}

func (g *gobgp) established() error {
	text, err := g.ask("gobgp", "neighbor", ourIPv4)
	if err == nil && !strings.Contains(text, "BGP state = ESTABLISHED") {
		err = fmt.Errorf("GoBGP says %s", lineWith(text, "BGP state"))
	}
	return err
}

// families are in GoBGP's words.
func (g *gobgp) family(k kind) string {
	return [...]string{ipv4: "ipv4", ipv6: "ipv6", flow4: "ipv4-flowspec", vpn4: "vpnv4"}[k]
}

func (g *gobgp) show(r route) (string, error) {
	text, err := g.ask("gobgp", "neighbor", ourIPv4, "adj-in", "-a", g.family(r.kind))
	if err != nil {
		return "", err
	}
	var found []string
	for line := range strings.Lines(text) {
		if strings.Contains(line, r.prefix) {
			found = append(found, strings.TrimSpace(line))
		}
	}
	return strings.Join(found, " "), nil
}

func (g *gobgp) rib(verb string, r route) error {
	words := [...]string{
		ipv4:  r.prefix,
		ipv6:  r.prefix + " nexthop " + theirIPv6,
		flow4: "match destination " + r.prefix + " protocol tcp destination-port ==80 then discard",
		vpn4:  r.prefix + " label 100 rd 65000:1 rt 65000:1",
	}[r.kind]
	_, err := g.ask(append([]string{"gobgp", "global", "rib", verb, "-a", g.family(r.kind)}, strings.Fields(words)...)...)
	return err
}

func (g *gobgp) announce(r route) error { return g.rib("add", r) }
func (g *gobgp) withdraw(r route) error { return g.rib("del", r) }

func (g *gobgp) refresh() error {
	_, err := g.ask("gobgp", "neighbor", ourIPv4, "softresetin")
	return err
}

func (g *gobgp) shut(text string) error {
	_, err := g.ask("gobgp", "neighbor", ourIPv4, "shutdown", "--reason", text)
	return err
}

func (g *gobgp) heard() (string, error) { return g.logged("otification", "eceive") }
