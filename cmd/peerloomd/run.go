package main

import (
	"cmp"
	"context"
	crand "crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/benbjohnson/clock"
	"github.com/spf13/pflag"

	"github.com/peerloom/peerloom/speaker"
	"github.com/peerloom/peerloom/speaker/child"
	"github.com/peerloom/peerloom/speaker/config"
	"github.com/peerloom/peerloom/speaker/live"
)

// Exit codes.
const (
	exitOK     = 0
	exitFailed = 1 // the configuration is wrong, a port is taken
	exitUsage  = 2
)

const help = `Usage: peerloomd [flags] CONFIGURATION...

Announces over BGP what the configuration and its processes say. Both are
ExaBGP's: the configuration's syntax and the commands that a process writes to
its standard output.

A configuration to begin with (peer.conf):

    process helper {
        run ./helper.sh;
        encoder json;
    }
    neighbor 192.0.2.1 {
        router-id 192.0.2.2;
        local-address 192.0.2.2;
        local-as 65001;
        peer-as 65000;
        family { ipv4 unicast; }
        static { route 198.51.100.0/24 next-hop self; }
        api { processes [ helper ]; }
    }

and a helper:

    #!/bin/sh
    echo announce route 203.0.113.0/24 next-hop 192.0.2.2
    read answer              # done, or error and why
    while read event; do :; done

    peerloomd --dump peer.conf        prints it as it is understood
    peerloomd --validate peer.conf    says what is wrong, with line and remedy
    peerloomd decode --update HEX     prints a message as JSON (decode --help)
    peerloomd ctl show neighbor summary    asks a daemon that runs (ctl --help)
    peerloomd peer.conf               runs until SIGTERM; SIGUSR1 or SIGHUP
                                      reads the configuration again

ExaBGP's environment variables count in both spellings, among them
exabgp_tcp_port, exabgp_tcp_bind, exabgp_tcp_connections, exabgp_api_ack,
exabgp_api_version, exabgp_log_enable, exabgp_log_level, exabgp_log_destination,
exabgp_daemon_daemonize, exabgp_daemon_user, exabgp_daemon_pid and
exabgp_debug_rotate (several configurations: each reload takes the next).

    peerloomd --record run.rec peer.conf    writes down all that happens, for
                                            peerloom replay run.rec

As a service: systemd is told when it is ready (Type=notify), and may hand over
the ports; --user, --pid and --log are for where there is no such manager.

Exit status: 0 ended as asked, 1 failed, 2 wrong usage.

Flags:
`

// settle is the time that a peer has for the message behind its first KEEPALIVE:
// ExaBGP too listens so long, or until a message comes, before it looks at its
// routes.
const settle = 100 * time.Millisecond

// options is what the command line says.
type options struct {
	files       []string
	validate    bool
	dump        bool
	version     bool
	envFile     string
	help        bool
	order       string
	level       string
	format      string
	batchWindow time.Duration
	life        life
	recording   recording
}

func parseArgs(args []string, stderr io.Writer) (options, *pflag.FlagSet, error) {
	var o options
	f := pflag.NewFlagSet("peerloomd", pflag.ContinueOnError)
	f.SetOutput(stderr)
	f.SortFlags = false
	f.Usage = func() {}
	f.BoolVar(&o.validate, "validate", false, "read the configuration, say what is wrong, do nothing else")
	f.BoolVar(&o.dump, "dump", false, "print the configuration as it is understood, do nothing else")
	f.BoolVar(&o.version, "version", false, "print the version, do nothing else")
	f.StringVar(&o.envFile, "env", "", "ExaBGP's settings; else /etc/exabgp/exabgp.env, below exabgp_root where that is set")
	f.StringVar(&o.order, "attribute-order", "exabgp", "MP_REACH_NLRI last and errors in ExaBGP's words (exabgp), or first and in the RFCs' (rfc)")
	f.StringVar(&o.level, "log-level", "", "debug, info, warn or error; else what exabgp_log_level says, else info")
	f.StringVar(&o.format, "log-format", "text", "text or json")
	f.DurationVar(&o.batchWindow, "batch-window", 250*time.Microsecond,
		"commands that a process writes within this time of each other take effect together; 0: those of one read")
	o.life.flags(f)
	o.recording.flags(f)
	f.BoolVarP(&o.help, "help", "h", false, "this text")
	f.BoolP("debug", "d", false, "accepted for ExaBGP's sake, ignored")
	f.BoolP("pdb", "p", false, "accepted for ExaBGP's sake, ignored")
	if err := f.Parse(args); err != nil {
		return o, f, err
	}
	o.files = f.Args()
	switch {
	case o.help || o.version:
		return o, f, nil
	case len(o.files) == 0:
		return o, f, errors.New("no configuration: write peerloomd CONFIGURATION")
	case o.order != "exabgp" && o.order != "rfc":
		return o, f, fmt.Errorf("--attribute-order=%s: write exabgp or rfc", o.order)
	case o.format != "text" && o.format != "json":
		return o, f, fmt.Errorf("--log-format=%s: write text or json", o.format)
	case o.batchWindow < 0:
		return o, f, fmt.Errorf("--batch-window=%v: write 0 or more", o.batchWindow)
	}
	return o, f, o.recording.wrong()
}

// run is the program; it returns the exit status.
func run(ctx context.Context, args, environ []string, _ io.Reader, stdout, stderr io.Writer) int {
	o, flags, err := parseArgs(args, stderr)
	if err != nil {
		fmt.Fprintf(stderr, "peerloomd: %v\npeerloomd --help says more\n", err)
		return exitUsage
	}
	if o.help {
		fmt.Fprint(stdout, help, flags.FlagUsages())
		return exitOK
	}
	if o.version {
		fmt.Fprintf(stdout, "peerloomd %s (%s %s/%s)\n", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
		return exitOK
	}
	return serve(ctx, o, environ, stdout, stderr)
}

// serve reads the configuration and does what is asked with it.
func serve(ctx context.Context, o options, environ []string, stdout, stderr io.Writer) int {
	settings, err := withEnvFile(o.envFile, environ)
	if err != nil {
		fmt.Fprintf(stderr, "peerloomd: %v\n", err)
		return exitFailed
	}
	env, err := config.ParseEnv(settings)
	if err != nil {
		fmt.Fprintf(stderr, "peerloomd: %v\n", err)
		return exitFailed
	}
	var level slog.Level
	if err := level.UnmarshalText([]byte(cmp.Or(o.level, env.LogLevel, "info"))); err != nil {
		fmt.Fprintf(stderr, "peerloomd: --log-level=%s: write debug, info, warn or error\n", o.level)
		return exitUsage
	}
	if !env.LogEnable {
		level = max(level, slog.LevelError)
	}
	files := &files{names: o.files, env: env, rotate: env.DebugRotate, rfc: o.order == "rfc", uuid: uuid()}
	if o.validate {
		return validate(files, stdout, stderr)
	}
	if o.dump {
		return dump(files, stdout, stderr)
	}
	first, err := files.load()
	if err != nil {
		fmt.Fprintln(stderr, err)
		return exitFailed
	}
	if env.Daemonize {
		return daemonize(stdout, stderr)
	}
	return daemon(ctx, o, environ, env, files, first, level, stdout, stderr)
}

// daemon runs until it is asked to end.
func daemon(ctx context.Context, o options, environ []string, env config.Env, files *files, first *speaker.Config, level slog.Level, stdout, stderr io.Writer) int {
	host, err := os.Hostname()
	if err != nil {
		host = "localhost"
	}
	h, err := o.life.begin(env, environ, stdout, stderr)
	if err != nil {
		fmt.Fprintf(stderr, "peerloomd: %v\n", err)
		return exitFailed
	}
	defer h.end()
	file, err := o.recording.begin()
	if err != nil {
		fmt.Fprintf(stderr, "peerloomd: %v\n", err)
		return exitFailed
	}
	log := h.logger(o.format, level)
	record, recorded := o.recording.start(file, log)
	defer recorded()
	d, err := live.New(live.Config{
		Speaker: *first,
		Reload:  files.load,
		Clock:   clock.New(),
		Alarm:   alarm(log),
		Network: h.network,
		Bound:   h.bound,
		Notify:  h.notify,
		Control: h.control(log),
		Settle:  settle,
		Spawn: live.Exec{
			Folders: []string{"/etc/exabgp", filepath.Dir(o.files[0])},
			Env:     live.ChildEnv(environ),
		}.Start,
		Child: child.Config{
			APIVersion: env.APIVersion, NoAck: !env.APIAck, Window: o.batchWindow,
			Host: host, PID: os.Getpid(), PPID: os.Getppid(),
		},
		Log:      log,
		Record:   record,
		Version:  version(),
		Jitter:   jitter(),
		NoListen: noListen(environ),
	})
	if err != nil {
		fmt.Fprintf(stderr, "peerloomd: %v\n", err)
		return exitFailed
	}
	if h.metrics != nil {
		log.Info("metrics are served", "at", h.metrics.Addr().String())
		go serveMetrics(h.metrics, d.Metrics, log)
	}
	d.HandleSignals(ctx)
	h.manager.beat(d)
	if err := d.Run(ctx); err != nil {
		fmt.Fprintf(stderr, "peerloomd: %v\n", err)
		return exitFailed
	}
	return exitOK
}

// alarm is what closes batches on time; without one they close up to a
// millisecond late.
func alarm(log *slog.Logger) live.Alarm {
	a, err := live.NewAlarm()
	if err != nil {
		log.Warn("there is no fine timer: batches close late", "reason", err)
		return nil
	}
	return a
}

// validate reads every file and says what is wrong with each.
func validate(f *files, stdout, stderr io.Writer) int {
	status := exitOK
	for _, name := range f.names {
		if _, err := f.read(name); err != nil {
			fmt.Fprintln(stderr, err)
			status = exitFailed
			continue
		}
		fmt.Fprintf(stdout, "%s: valid\n", name)
	}
	return status
}

// dump prints every file as it was understood; the text parses back.
func dump(f *files, stdout, stderr io.Writer) int {
	for _, name := range f.names {
		c, err := f.read(name)
		if err != nil {
			fmt.Fprintln(stderr, err)
			return exitFailed
		}
		_, _ = stdout.Write(config.Dump(c))
	}
	return exitOK
}

// version is the module's, as the build knows it.
func version() string {
	if b, ok := debug.ReadBuildInfo(); ok && b.Main.Version != "" {
		return b.Main.Version
	}
	return "(devel)"
}

// files is the configuration files; each load takes the next, in turn.
type files struct {
	names  []string
	env    config.Env
	rotate bool
	rfc    bool // attribute order
	uuid   string
	next   int
}

func (f *files) load() (*speaker.Config, error) {
	c, err := f.read(f.names[f.next])
	if err == nil && f.rotate {
		f.next = (f.next + 1) % len(f.names)
	}
	return c, err
}

func (f *files) read(name string) (*speaker.Config, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("peerloomd: %w", err)
	}
	c, err := config.Parse(name, text, f.env)
	if err != nil {
		return nil, err
	}
	c.ExaBGP = !f.rfc
	// A daemon that starts can not know whether peers still hold routes of the one
	// before it; to say that they may costs nothing where they do not.
	c.Restarted = true
	c.SoftwareVersion, c.UUID, c.PID = "peerloom", f.uuid, os.Getpid()
	if f.env.SoftwareVersion != "" { // who sets ExaBGP's variable wants to look like it
		c.SoftwareVersion = "ExaBGP/" + f.env.SoftwareVersion
	}
	return c, nil
}

// noListen: exabgp_tcp_bind set to nothing means that no port is opened.
func noListen(environ []string) bool {
	for _, s := range environ {
		name, value, _ := strings.Cut(s, "=")
		if strings.ReplaceAll(name, ".", "_") == "exabgp_tcp_bind" && strings.Trim(value, `'" `) == "" {
			return true
		}
	}
	return false
}

func logger(format string, level slog.Level, w io.Writer) *slog.Logger {
	o := &slog.HandlerOptions{Level: level}
	if format == "json" {
		return slog.New(slog.NewJSONHandler(w, o))
	}
	return slog.New(slog.NewTextHandler(w, o))
}

// uuid names this run of the daemon (RFC 9562 §5.4).
func uuid() string {
	var b [16]byte
	_, _ = crand.Read(b[:]) // never fails (Go 1.24)
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// jitter draws from a generator of its own with a seed of the system's.
func jitter() func(n int) int {
	var seed [16]byte
	_, _ = crand.Read(seed[:]) // never fails (Go 1.24)
	r := rand.New(rand.NewPCG(binary.LittleEndian.Uint64(seed[:8]), binary.LittleEndian.Uint64(seed[8:])))
	return func(n int) int { return r.IntN(n) }
}
