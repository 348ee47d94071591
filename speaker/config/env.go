package config

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// Env is what ExaBGP's environment variables say. [DefaultEnv] is an
// environment without any.
type Env struct {
	TCPPort         uint16 // exabgp.tcp.port: the port to connect to, and to listen on; 0: 179
	TCPBind         []netip.Addr
	Connections     int // exabgp.tcp.connections (or attempts): sessions before a neighbor is given up; 0: no limit
	APIVersion      int // 4 or 6
	APIAck          bool
	APICLI          bool
	APISocketName   string
	APIPipeName     string // exabgp.api.pipename: of the named pipes NAME.in and NAME.out
	Root            string // exabgp.root: the folder below which run/ and etc/ may be
	LogEnable       bool
	LogLevel        string // exabgp.log.level in our words: debug, info, warn or error; empty: unset
	LogDestination  string // exabgp.log.destination: stdout, stderr, syslog, host:NAME or a file; empty: unset
	Daemonize       bool   // exabgp.daemon.daemonize: run in the background
	DaemonUser      string // exabgp.daemon.user: who to become once the ports are open; empty: nobody else
	DaemonPID       string // exabgp.daemon.pid: the file for the process's number; empty: none
	SoftwareVersion string // exabgp.version: the text of the software version capability
	DebugRotate     bool   // several files are taken in turn, one a reload
}

// DefaultEnv is the environment in which no variable is set.
func DefaultEnv() Env {
	return Env{APIVersion: 4, APIAck: true, APICLI: true, APISocketName: "exabgp", APIPipeName: "exabgp", LogEnable: true}
}

// variable is one variable.
type variable struct {
	name string // without "exabgp.", with dots
	set  func(e *Env, v string) error
}

var variables = [...]variable{
	{"tcp.port", func(e *Env, v string) (err error) { e.TCPPort, err = portNumber(v); return }},
	{"tcp.bind", setBind},
	{"tcp.connections", func(e *Env, v string) (err error) { e.Connections, err = count(v); return }},
	{"tcp.attempts", func(e *Env, v string) (err error) { e.Connections, err = count(v); return }},
	{"api.version", setAPIVersion},
	{"api.ack", func(e *Env, v string) (err error) { e.APIAck, err = boolean(v); return }},
	{"api.cli", func(e *Env, v string) (err error) { e.APICLI, err = boolean(v); return }},
	{"api.socketname", func(e *Env, v string) error { e.APISocketName = v; return nil }},
	{"api.pipename", func(e *Env, v string) error { e.APIPipeName = v; return nil }},
	{"root", func(e *Env, v string) error { e.Root = v; return nil }},
	{"log.enable", func(e *Env, v string) (err error) { e.LogEnable, err = boolean(v); return }},
	{"log.level", setLogLevel},
	{"log.destination", func(e *Env, v string) error { e.LogDestination = v; return nil }},
	{"daemon.daemonize", func(e *Env, v string) (err error) { e.Daemonize, err = boolean(v); return }},
	{"daemon.user", func(e *Env, v string) error { e.DaemonUser = v; return nil }},
	{"daemon.pid", func(e *Env, v string) error { e.DaemonPID = v; return nil }},
	{"version", func(e *Env, v string) error { e.SoftwareVersion = v; return nil }},
	{"debug.rotate", func(e *Env, v string) (err error) { e.DebugRotate, err = boolean(v); return }},
}

// ParseEnv reads "NAME=VALUE" strings, as os.Environ gives them. Both
// spellings count, exabgp.tcp.port and exabgp_tcp_port; with both the dotted
// one wins. Other variables are ignored. The error names every bad value.
func ParseEnv(environ []string) (Env, error) {
	e := DefaultEnv()
	var errs []error
	for _, prefix := range []string{"exabgp_", "exabgp."} {
		for _, s := range environ {
			name, value, _ := strings.Cut(s, "=")
			key, ok := strings.CutPrefix(name, prefix)
			if !ok {
				continue
			}
			for _, v := range variables {
				if v.name != strings.ReplaceAll(key, "_", ".") {
					continue
				}
				if err := v.set(&e, strings.Trim(strings.TrimSpace(value), `"'`)); err != nil {
					errs = append(errs, fmt.Errorf("environment variable %s: %w", name, err))
				}
			}
		}
	}
	return e, errors.Join(errs...)
}

func setBind(e *Env, v string) error {
	e.TCPBind = nil
	for _, one := range strings.FieldsFunc(v, func(r rune) bool { return r == ' ' || r == ',' }) {
		a, err := netip.ParseAddr(one)
		if err != nil {
			return fmt.Errorf("%q is not an address: write addresses with blanks between them, or nothing", one)
		}
		e.TCPBind = append(e.TCPBind, a)
	}
	return nil
}

// bind is where to listen, whatever neighbors say.
func (e *Env) bind() []netip.AddrPort {
	port := e.TCPPort
	if port == 0 {
		port = 179
	}
	var l []netip.AddrPort
	for _, a := range e.TCPBind {
		l = append(l, netip.AddrPortFrom(a, port))
	}
	return l
}

func setAPIVersion(e *Env, v string) error {
	if v != "4" && v != "6" {
		return fmt.Errorf("%q is not a version of the API: write 4 or 6", v)
	}
	e.APIVersion = int(v[0] - '0')
	return nil
}

// logLevels are syslog's names, as ExaBGP takes them, and ours.
var logLevels = [...]struct{ name, ours string }{
	{"DEBUG", "debug"}, {"INFO", "info"}, {"NOTICE", "info"}, {"WARNING", "warn"}, {"WARN", "warn"}, {"ERROR", "error"}, {"ERR", "error"},
	{"CRITICAL", "error"}, {"CRIT", "error"}, {"ALERT", "error"}, {"EMERG", "error"}, {"FATAL", "error"},
}

func setLogLevel(e *Env, v string) error {
	for _, l := range logLevels {
		if strings.EqualFold(l.name, v) {
			e.LogLevel = l.ours
			return nil
		}
	}
	return fmt.Errorf("%q is not a level of the log: write DEBUG, INFO, WARNING or ERROR", v)
}

func count(v string) (int, error) {
	n, err := strconv.ParseInt(v, 10, 32)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("%q is not a number: write 0 or more", v)
	}
	return int(n), nil
}

func portNumber(v string) (uint16, error) {
	n, err := strconv.ParseUint(v, 10, 16)
	if err != nil || n == 0 {
		return 0, fmt.Errorf("%q is not a port: write a number from 1 to 65535", v)
	}
	return uint16(n), nil
}

// words of a boolean
var booleans = [...]struct {
	word  string
	value bool
}{
	{"true", true}, {"enable", true}, {"enabled", true}, {"yes", true}, {"on", true}, {"1", true},
	{"false", false}, {"disable", false}, {"disabled", false}, {"no", false}, {"off", false}, {"0", false},
}

func boolean(v string) (bool, error) {
	for _, b := range booleans {
		if strings.EqualFold(b.word, v) {
			return b.value, nil
		}
	}
	return false, fmt.Errorf("%q is not a boolean: write true or false", v)
}
