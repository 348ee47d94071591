//go:build linux

package main

import (
	"fmt"
	"strings"
)

// bird is BIRD 2. Routes to announce are static ones: its configuration is
// written anew and read again.
type bird struct {
	program
	s      settings
	routes []route
}

func newBIRD(l *lab) remote { return &bird{program: program{l: l}} }

func (b *bird) config() string {
	var statics [4]string
	for _, r := range b.routes {
		statics[r.kind] += map[kind]string{
			ipv4:  "route " + r.prefix + " blackhole; ",
			ipv6:  "route " + r.prefix + " blackhole; ",
			flow4: "route flow4 { dst " + r.prefix + "; proto = 6; dport = 80; }; ",
			vpn4:  "route 65000:1 " + r.prefix + " via " + theirIPv4 + " mpls 100; ",
		}[r.kind]
	}
	option := func(on bool, text string) string {
		if on {
			return text
		}
		return ""
	}
	channels := "ipv4 { import all; export where source = RTS_STATIC; next hop self; " + option(b.s.addPath, "add paths yes; ") + "};\n" +
		"  ipv6 { import all; export where source = RTS_STATIC; next hop address " + theirIPv6 + "; };\n" +
		option(b.s.flow, "  flow4 { import all; export where source = RTS_STATIC; };\n") +
		option(b.s.vpn, "  vpn4 mpls { import all; export where source = RTS_STATIC; next hop self; };\n")
	return `log "` + b.l.path("bird-messages.log") + `" all;
router id ` + theirIPv4 + `;
debug protocols { states, events };
flow4 table flowtab4;
vpn4 table vpntab4;
protocol device { }
protocol static static4 { ipv4; ` + statics[ipv4] + `}
protocol static static6 { ipv6; ` + statics[ipv6] + `}
protocol static staticf { flow4; ` + statics[flow4] + `}
protocol static staticv { vpn4; ` + statics[vpn4] + `}
protocol bgp loom {
  local ` + theirIPv4 + fmt.Sprintf(" as %d;\n  neighbor %s as %d;\n  hold time %d;\n", theirAS, ourIPv4, ourAS, b.s.hold) +
		`  connect delay time 1; connect retry time 1; error wait time 1, 2;
  enable route refresh yes; enable extended messages yes;
` + option(!b.s.active, "  passive yes;\n") + option(b.s.ttl || b.s.theirTTL, "  ttl security yes;\n") +
		option(b.s.md5, "  password \""+b.s.key()+"\";\n") + option(b.s.restart, "  graceful restart yes;\n") + "  " + channels + "}\n"
}

func (b *bird) start(s settings) error {
	b.s, b.routes = s, nil
	if err := b.l.write("bird.conf", b.config()); err != nil {
		return err
	}
	var err error
	b.proc, err = spawn(b.l.wire.them, b.l.dir, "bird", nil, "bird", "-f", "-c", b.l.path("bird.conf"), "-s", b.l.path("bird.ctl"), "-P", b.l.path("bird.pid"))
	return err
}

func (b *bird) birdc(command string) (string, error) {
	text, err := b.ask("birdc", "-s", b.l.path("bird.ctl"), command)
	if strings.Contains(text, "Network not found") { // which birdc takes for a failure
		return "", nil
	}
	return text, err
}

func (b *bird) established() error {
	text, err := b.birdc("show protocols all loom")
	if err == nil && !strings.Contains(text, "Established") {
		err = fmt.Errorf("BIRD says %s", oneLine(text))
	}
	return err
}

func (b *bird) show(r route) (string, error) {
	table := [...]string{ipv4: "master4", ipv6: "master6", flow4: "flowtab4", vpn4: "vpntab4"}[r.kind]
	if r.kind == flow4 || r.kind == vpn4 { // a search by prefix needs BIRD's own syntax of the key
		text, err := b.birdc("show route all protocol loom table " + table)
		if !strings.Contains(text, r.prefix) {
			text = ""
		}
		return text, err
	}
	text, err := b.birdc("show route " + r.prefix + " protocol loom all table " + table)
	if err != nil || !strings.Contains(text, r.prefix) {
		return "", err
	}
	return text, nil
}

func (b *bird) reconfigure() error {
	if err := b.l.write("bird.conf", b.config()); err != nil {
		return err
	}
	text, err := b.birdc("configure")
	if err == nil && !strings.Contains(text, "econfigur") {
		err = fmt.Errorf("BIRD says %s", oneLine(text))
	}
	return err
}

func (b *bird) announce(r route) error {
	b.routes = append(b.routes, r)
	return b.reconfigure()
}

func (b *bird) withdraw(r route) error {
	b.routes = without(b.routes, r)
	return b.reconfigure()
}

func without(all []route, r route) []route {
	var kept []route
	for _, o := range all {
		if o != r {
			kept = append(kept, o)
		}
	}
	return kept
}

func (b *bird) refresh() error {
	_, err := b.birdc("reload in loom")
	return err
}

func (b *bird) shut(text string) error {
	_, err := b.birdc(`disable loom "` + text + `"`)
	return err
}

func (b *bird) heard() (string, error) {
	text := lineWith(lastLines(b.l.read(b.l.path("bird-messages.log"))), "loom: Received:")
	if text == "" {
		return "", fmt.Errorf("no NOTIFICATION in BIRD's log")
	}
	return text, nil
}

// lastLines is a text with its lines in the opposite order.
func lastLines(text string) string {
	lines := strings.Split(text, "\n")
	var b strings.Builder
	for i := len(lines) - 1; i >= 0; i-- {
		b.WriteString(lines[i] + "\n")
	}
	return b.String()
}
