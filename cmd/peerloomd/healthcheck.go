package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"os/signal"
	"os/user"
	"strings"
	"syscall"
	"time"

	"github.com/benbjohnson/clock"
	"github.com/spf13/pflag"
)

const healthHelp = `Usage: peerloomd healthcheck --cmd COMMAND [--ip PREFIX] [flags]

A helper program that announces addresses as long as a command succeeds:

    process service {
        run /usr/bin/peerloomd healthcheck --cmd "curl -sf http://127.0.0.1/" --ip 192.0.2.10/32;
    }

While the service is down or disabled the routes have a higher metric, or are
withdrawn (--withdraw-on-down). They are withdrawn when the program ends.
Whole addresses that the loopback interface does not have yet are set up on it,
by ip(8), and taken away at the end (--no-ip-setup: they are not). Without --ip
those are announced that it has; with --label only those so labelled.

Changes of state are logged to standard error and to syslog. A file (--config)
may hold the options: one a line by its long name, name = haproxy or debug; the
command line wins over it.

Exit status: 0 ended as asked, 1 failed, 2 wrong usage.

Flags:
`

// healthOptions is what the command line of healthcheck says.
type healthOptions struct {
	cmd, disable, name           string
	config, pid, user, group     string
	syslog                       string // facility; "": daemon, where there is a syslog
	silent, noSyslog, debug      bool
	noSetup, dynamic, sudo       bool
	label                        string
	startIP                      int
	deaggregate                  bool
	interval, fast, timeout      float64 // seconds, as ExaBGP's
	rise, fall                   int
	ips                          []string
	up, down, disabled           uint32
	execute, upExecute           []string
	downExecute, disabledExecute []string
	routes                       healthRoutes
	help                         bool
}

func (o *healthOptions) flags() *pflag.FlagSet {
	f := pflag.NewFlagSet("healthcheck", pflag.ContinueOnError)
	f.SortFlags = false
	f.Usage = func() {}
	f.StringVarP(&o.cmd, "cmd", "c", "", "the check: a command of the shell, good where it exits with 0 (--command is the same)")
	f.SetNormalizeFunc(func(_ *pflag.FlagSet, name string) pflag.NormalizedName {
		if name == "command" {
			name = "cmd"
		}
		return pflag.NormalizedName(name)
	})
	f.StringVarP(&o.name, "name", "n", "healthcheck", "name of the service in the log")
	f.StringVarP(&o.config, "config", "F", "", "read options from this file too")
	f.Float64VarP(&o.interval, "interval", "i", 5, "seconds from check to check; 0: end once something was told, and leave it so")
	f.Float64VarP(&o.fast, "fast-interval", "f", 1, "the same while rising or falling")
	f.Float64VarP(&o.timeout, "timeout", "t", 5, "seconds that a check may take")
	f.IntVar(&o.rise, "rise", 3, "good checks running until the service is up")
	f.IntVar(&o.fall, "fall", 3, "bad checks running until it is down")
	f.StringVar(&o.disable, "disable", "", "a file: while it exists the service is disabled")
	f.StringArrayVar(&o.ips, "ip", nil, "address or prefix to announce; may be repeated")
	f.StringVarP(&o.routes.nextHop, "next-hop", "N", "self", "next hop of the routes")
	f.Uint32Var(&o.up, "up-metric", 100, "metric (MED) of the first route while up")
	f.Uint32Var(&o.down, "down-metric", 1000, "the same while down")
	f.Uint32Var(&o.disabled, "disabled-metric", 500, "the same while disabled")
	f.Uint32Var(&o.routes.increase, "increase", 1, "what is added to the metric from route to route")
	f.StringVar(&o.routes.community, "community", "", "communities, such as \"65000:1 65000:2\"")
	f.StringVar(&o.routes.disabledCommunity, "disabled-community", "", "the same while disabled")
	f.StringVar(&o.routes.extended, "extended-community", "", "extended communities, such as \"target:65000:1\"")
	f.StringVar(&o.routes.large, "large-community", "", "large communities, such as \"65000:1:2\"")
	f.StringVar(&o.routes.asPath, "as-path", "", "AS path")
	f.StringVar(&o.routes.asPaths[healthUp], "up-as-path", "", "the same while up")
	f.StringVar(&o.routes.asPaths[healthDown], "down-as-path", "", "the same while down")
	f.StringVar(&o.routes.asPaths[healthDisabled], "disabled-as-path", "", "the same while disabled")
	f.StringVar(&o.routes.pathID, "path-id", "", "path identifier of the routes (RFC 7911)")
	f.IntVar(&o.routes.localPref, "local-preference", -1, "local preference")
	f.StringArrayVar(&o.routes.neighbors, "neighbor", nil, "announce to this neighbor alone; may be repeated")
	f.BoolVar(&o.routes.withdrawOnDown, "withdraw-on-down", false, "withdraw while down or disabled")
	f.StringArrayVar(&o.execute, "execute", nil, "shell command to run at each change of state, with STATE in its environment; may be repeated")
	f.StringArrayVar(&o.upExecute, "up-execute", nil, "the same when the service comes up")
	f.StringArrayVar(&o.downExecute, "down-execute", nil, "the same when it goes down")
	f.StringArrayVar(&o.disabledExecute, "disabled-execute", nil, "the same when it is disabled")
	o.systemFlags(f)
	f.BoolP("no-ack", "a", false, "accepted for ExaBGP's sake, ignored: answers are read and need not come")
	f.BoolVarP(&o.help, "help", "h", false, "this text")
	return f
}

// systemFlags are those about the machine: addresses, logs and the process.
func (o *healthOptions) systemFlags(f *pflag.FlagSet) {
	f.BoolVar(&o.deaggregate, "deaggregate-networks", false, "announce every address of a prefix by itself")
	f.IntVar(&o.startIP, "start-ip", 0, "which of the addresses comes first, from 0; those before it come last")
	f.BoolVar(&o.noSetup, "no-ip-setup", false, "set no address up on the loopback interface")
	f.BoolVar(&o.dynamic, "dynamic-ip-setup", false, "take them away while down or disabled")
	f.StringVar(&o.label, "label", "", "label of the addresses, behind lo:")
	f.BoolVar(&o.sudo, "sudo", false, "run ip(8) by sudo")
	f.BoolVarP(&o.silent, "silent", "s", false, "log nowhere")
	f.StringVar(&o.syslog, "syslog-facility", "", "facility of syslog; without it daemon, where there is a syslog (-sF is the same)")
	f.Lookup("syslog-facility").NoOptDefVal = "daemon"
	f.BoolVar(&o.noSyslog, "no-syslog", false, "log to standard error alone")
	f.BoolVarP(&o.debug, "debug", "d", false, "log every check")
	f.StringVarP(&o.pid, "pid", "p", "", "file for the number of the process")
	f.StringVar(&o.user, "user", "", "user to become once addresses are set up")
	f.StringVar(&o.group, "group", "", "group to become a member of")
}

func (o *healthOptions) check() error {
	switch {
	case o.rise < 1 || o.fall < 1:
		return errors.New("--rise and --fall are 1 or more")
	case o.interval < 0 || o.fast <= 0 || o.timeout <= 0:
		return errors.New("--interval is 0 or more, --fast-interval and --timeout are more than 0")
	case o.startIP < 0:
		return errors.New("--start-ip is 0 or more")
	case o.silent && (o.noSyslog || o.syslog != ""), o.noSyslog && o.syslog != "":
		return errors.New("--silent, --syslog-facility and --no-syslog: write one of them")
	case o.group != "" && o.user == "":
		return errors.New("--group goes with --user")
	}
	for _, s := range o.ips {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			a, bad := netip.ParseAddr(s)
			if bad != nil {
				return fmt.Errorf("--ip %s: write an address or a prefix", s)
			}
			p = netip.PrefixFrom(a, a.BitLen())
		}
		o.routes.prefixes = append(o.routes.prefixes, p.Masked())
	}
	o.routes.metrics[healthUp] = o.up
	o.routes.metrics[healthDown] = o.down
	o.routes.metrics[healthDisabled] = o.disabled
	return nil
}

// parse reads the command line, and the file that it names.
func (o *healthOptions) parse(f *pflag.FlagSet, args []string) error {
	if err := f.Parse(exabgpWords(args)); err != nil || o.help {
		return err
	}
	if f.NArg() > 0 {
		return fmt.Errorf("%q: not a flag", f.Arg(0))
	}
	if o.config != "" {
		if err := readHealthConfig(o.config, f); err != nil {
			return err
		}
	}
	return o.check()
}

// healthCommand is the command healthcheck. It ends with its standard input,
// which the daemon closes, or when it is told to by a signal.
func healthCommand(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	var o healthOptions
	f := o.flags()
	err := o.parse(f, args)
	if err == nil && o.help {
		fmt.Fprint(stdout, healthHelp, f.FlagUsages())
		return exitOK
	}
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	lo := newLoopback(o.label, o.sudo)
	if err == nil {
		err = o.routes.choose(ctx, &o, lo)
	}
	var l *healthLog
	if err == nil {
		l, err = o.openHealthLog(stderr)
	}
	if err != nil {
		fmt.Fprintf(stderr, "healthcheck: %v\n", err)
		return exitUsage
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		_, _ = io.Copy(io.Discard, stdin) // answers and events; it ends with the daemon
		cancel()
	}()
	if err := o.serve(ctx, lo, l, stdout); err != nil {
		fmt.Fprintf(stderr, "healthcheck: %v\n", err)
		return exitFailed
	}
	return exitOK
}

// serve prepares the machine, checks, and leaves things as they were.
func (o *healthOptions) serve(ctx context.Context, lo *loopback, l *healthLog, stdout io.Writer) error {
	if o.pid != "" {
		f, err := lockPID(o.pid)
		if err != nil {
			return fmt.Errorf("--pid: %w", err)
		}
		defer func() {
			if os.Remove(o.pid) != nil {
				_ = f.Truncate(0) // --user has made us one who may not remove it
			}
			_ = f.Close()
		}()
	}
	if !o.noSetup {
		if o.dynamic {
			// not before the service is up
		} else if err := lo.setUp(ctx, o.routes.prefixes); err != nil {
			l.printf("%v: write --no-ip-setup where addresses are set up by others", err)
		}
		defer func() {
			if o.interval == 0 {
				return // all stays as it is
			}
			if err := lo.takeDown(context.WithoutCancel(ctx)); err != nil {
				l.printf("%v", err)
			}
		}()
	}
	if err := o.become(); err != nil {
		return err
	}
	return o.loop(ctx, clock.New(), lo, l, stdout)
}

// become gives up what root may, where a user is named.
func (o *healthOptions) become() error {
	u, err := becomes(o.user, "")
	if err != nil {
		return err
	}
	if o.group != "" {
		g, err := user.LookupGroup(o.group)
		if err != nil {
			return fmt.Errorf("--group=%s: %w: name a group of this machine", o.group, err)
		}
		if u == nil { // we are that user already
			if u, err = user.Current(); err != nil {
				return err
			}
		}
		u.Gid = g.Gid
	}
	if u == nil {
		return nil
	}
	return drop(u)
}

// loop checks and tells until ctx ends. What holds is told at every check:
// the daemon sends nothing twice, and one that restarted hears it again.
func (o *healthOptions) loop(ctx context.Context, c clock.Clock, lo *loopback, l *healthLog, stdout io.Writer) error {
	h := health{rise: o.rise, fall: o.fall}
	for ctx.Err() == nil {
		_, err := os.Stat(o.disable)
		disabled := o.disable != "" && err == nil
		good := !disabled && (o.cmd == "" || o.shell(ctx, o.cmd, h.state, nil) == nil)
		if ctx.Err() != nil {
			break // the check was ended, it did not fail
		}
		changed := h.next(disabled, good)
		l.debugf("checked: good %t, disabled %t: %v", good, disabled, h.state)
		if changed {
			l.printf("%v", h.state)
		}
		if h.state.told() {
			if changed && o.dynamic && !o.noSetup {
				o.moved(ctx, lo, l, h.state)
			}
			if err := tell(stdout, o.routes.commands(h.state)); err != nil {
				return err
			}
			if changed {
				o.hooks(ctx, h.state, l)
			}
			if o.interval == 0 {
				return nil
			}
		}
		wait := o.interval
		if !h.state.told() {
			wait = o.fast
		}
		select {
		case <-ctx.Done():
		case <-c.After(time.Duration(wait * float64(time.Second))):
		}
	}
	last := o.routes
	last.withdrawOnDown = true
	return tell(stdout, last.commands(healthDown))
}

// moved has the addresses on the interface while the service is up, and else not.
func (o *healthOptions) moved(ctx context.Context, lo *loopback, l *healthLog, s healthState) {
	var err error
	if s == healthUp {
		err = lo.setUp(ctx, o.routes.prefixes)
	} else {
		err = lo.takeDown(ctx)
	}
	if err != nil {
		l.printf("%v", err)
	}
}

func tell(w io.Writer, lines []string) error {
	_, err := io.WriteString(w, strings.Join(lines, "\n")+"\n")
	return err
}

// hooks runs what is to run in a new state; a hook that fails is logged.
func (o *healthOptions) hooks(ctx context.Context, s healthState, l *healthLog) {
	of := [...][]string{healthUp: o.upExecute, healthDown: o.downExecute, healthDisabled: o.disabledExecute}
	for _, list := range [][]string{of[s], o.execute} {
		for _, line := range list {
			var said head
			if err := o.shell(ctx, line, s, &said); err != nil {
				l.printf("%s: %v: %s", line, err, bytes.TrimSpace(said))
			} else if len(said) > 0 {
				l.printf("%s: %s", line, bytes.TrimSpace(said))
			}
		}
	}
}

// head keeps the beginning of what is written to it.
type head []byte

func (h *head) Write(b []byte) (int, error) {
	*h = append(*h, b[:min(len(b), 4096-len(*h))]...)
	return len(b), nil
}

// shell runs a command, for as long as a check may take. Standard output is
// the daemon's, which takes commands from it: the command's goes elsewhere.
func (o *healthOptions) shell(ctx context.Context, line string, s healthState, out io.Writer) error {
	ctx, cancel := context.WithTimeout(ctx, time.Duration(o.timeout*float64(time.Second)))
	defer cancel()
	cmd := exec.CommandContext(ctx, "/bin/sh", "-c", line)
	cmd.Env = append(os.Environ(), "STATE="+s.String())
	cmd.Stdout, cmd.Stderr = out, out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second
	err := cmd.Run()
	if errors.Is(err, exec.ErrWaitDelay) {
		return nil // it was good, and left something behind that holds its output
	}
	return err
}
