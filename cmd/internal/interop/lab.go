//go:build linux

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// lab is one peer and our daemon at the two ends of a wire.
type lab struct {
	dir    string // configurations, logs, sockets
	daemon string // the peerloomd binary
	self   string // this binary, which daemons run as their helper
	wire   *wire
	api    *api
	ours   *process
	peer   remote
	// refresh is what the peer needs to answer a ROUTE-REFRESH.
	refresh settings
	now     settings
	began   int  // mark of the wire when the ends were started
	up      bool // both run with the settings of now
}

func (l *lab) path(name string) string { return filepath.Join(l.dir, name) }

func (l *lab) read(path string) string {
	b, _ := os.ReadFile(path) // a file that is not there yet is empty
	return string(b)
}

func (l *lab) write(name, text string) error {
	return os.WriteFile(l.path(name), []byte(text), 0o644)
}

// config is our daemon's configuration.
func (l *lab) config(s settings) string {
	families, extra := "ipv4 unicast; ipv6 unicast;", ""
	capability := "route-refresh true;"
	if s.flow {
		families += " ipv4 flow;"
	}
	if s.vpn {
		families += " ipv4 mpls-vpn;"
	}
	if s.restart {
		capability += " graceful-restart 60;"
	}
	if s.addPath {
		capability += " add-path send/receive;"
		extra += "\n    add-path { ipv4 unicast; }"
	}
	if s.md5 {
		extra += "\n    md5-password " + md5Key + ";"
	}
	if s.active {
		extra += "\n    listen 179;"
	}
	if s.ttl || s.ourTTL {
		extra += "\n    outgoing-ttl 255;\n    incoming-ttl 255;"
	}
	return fmt.Sprintf(`process interop {
    run %s relay %s;
    encoder json;
}
neighbor %s {
    router-id %s;
    local-address %[4]s;
    local-as %d;
    peer-as %d;
    hold-time %d;
    family { %s }
    capability { %s }%s
    api { processes [ interop ]; neighbor-changes; receive { parsed; update; notification; } }
}
`, l.self, l.path("ours.sock"), theirIPv4, ourIPv4, ourAS, theirAS, s.hold, families, capability, extra)
}

// startOurs runs our daemon, with nothing announced.
func (l *lab) startOurs(s settings) error {
	if err := l.write("peerloomd.conf", l.config(s)); err != nil {
		return err
	}
	var err error
	env := []string{"exabgp_daemon_user=root"} // the ExaBGP package's settings name another, who can't read this folder
	l.ours, err = spawn(l.wire.us, l.dir, "peerloomd", env, l.daemon, "--log-level=debug", l.path("peerloomd.conf"))
	if err != nil {
		return err
	}
	if err := l.api.accept(); err != nil {
		return fmt.Errorf("peerloomd: %w; its log: %s", err, l.ours.tail())
	}
	return nil
}

// session has both ends up with these settings; where they run so already, the
// session is used again.
func (l *lab) session(s settings) error {
	if s.hold == 0 {
		s.hold = 90
	}
	if l.up && l.now == s {
		return nil
	}
	l.stop()
	l.began = l.wire.mark()
	if err := l.peer.start(s); err != nil {
		return err
	}
	if err := l.startOurs(s); err != nil {
		return err
	}
	if err := l.established(); err != nil {
		return err
	}
	l.now, l.up = s, true
	return nil
}

// established waits until both ends say that the session is up.
func (l *lab) established() error {
	return eventually("the session is up", func() error {
		if p := l.peer.daemon(); p.ended() {
			return errOver("the peer ended: " + p.tail())
		}
		text, err := l.api.run("show neighbor summary")
		if err != nil {
			return err
		}
		if !strings.Contains(strings.ToLower(text), "established") {
			return fmt.Errorf("peerloomd says %q", strings.TrimSpace(text))
		}
		return l.peer.established()
	})
}

// stop ends both; the next session is a new one.
func (l *lab) stop() {
	l.up = false
	l.ours.stop()
	l.ours = nil
	l.api.close()
	l.peer.stop()
}

// say gives our daemon commands, one after the other.
func (l *lab) say(commands ...string) error {
	for _, c := range commands {
		if _, err := l.api.run(c); err != nil {
			return err
		}
	}
	return nil
}

// theyShow waits until the peer shows a route with all of the words.
func (l *lab) theyShow(r route, words ...string) (string, error) {
	var text string
	err := eventually("the peer shows "+r.prefix, func() (err error) {
		if text, err = l.peer.show(r); err != nil {
			return err
		}
		if text == "" || !containsAll(text, words) {
			return fmt.Errorf("it shows %.300q, without %q", text, words)
		}
		return nil
	})
	return oneLine(text), err
}

// theyLack waits until the peer does not show a route.
func (l *lab) theyLack(r route) error {
	return eventually("the peer drops "+r.prefix, func() error {
		text, err := l.peer.show(r)
		if err == nil && text != "" {
			err = fmt.Errorf("it shows %.200q", text)
		}
		return err
	})
}

// weShow waits until our daemon's Adj-RIB-In has, or lacks, a route.
func (l *lab) weShow(r route, has bool) (string, error) {
	var line string
	err := eventually("peerloomd's Adj-RIB-In with "+r.prefix, func() error {
		text, err := l.api.run("show adj-rib in extensive " + afiSafi[r.kind])
		if err != nil {
			return err
		}
		line = lineWith(text, r.prefix)
		if (line != "") != has {
			return fmt.Errorf("it is there: %v; all of it: %.300q", line != "", text)
		}
		return nil
	})
	return oneLine(line), err
}

// sees waits for a message on the wire.
func (l *lab) sees(mark int, what string, f func(m *message) bool) (string, error) {
	err := eventually("on the wire: "+what, func() error {
		all := l.wire.messages(mark)
		for i := range all {
			if f(&all[i]) {
				return nil
			}
		}
		return fmt.Errorf("not among %d messages", len(all))
	})
	return what, err
}

// oneLine makes a text fit for a line of a report.
func oneLine(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	const most = 160
	if len(s) > most {
		s = s[:most] + "…"
	}
	return s
}
