package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/benbjohnson/clock"
	"github.com/spf13/pflag"
)

const healthHelp = `Usage: peerloomd healthcheck --cmd COMMAND --ip PREFIX [flags]

A helper program that announces addresses as long as a command succeeds:

    process service {
        run /usr/bin/peerloomd healthcheck --cmd "curl -sf http://127.0.0.1/" --ip 192.0.2.10/32;
    }

While the service is down or disabled the routes have a higher metric, or are
withdrawn (--withdraw-on-down). They are withdrawn when the program ends.
Changes of state are logged to standard error. Addresses are not set up on an
interface.

Exit status: 0 ended as asked, 1 failed, 2 wrong usage.

Flags:
`

// healthOptions is what the command line of healthcheck says.
type healthOptions struct {
	cmd, disable, name           string
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
	f.StringVar(&o.cmd, "cmd", "", "the check: a command of the shell, good where it exits with 0")
	f.StringVar(&o.cmd, "command", "", "the same as --cmd")
	f.StringVarP(&o.name, "name", "n", "healthcheck", "name of the service in the log")
	f.Float64VarP(&o.interval, "interval", "i", 5, "seconds from check to check")
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
	f.StringVar(&o.routes.asPath, "as-path", "", "AS path")
	f.IntVar(&o.routes.localPref, "local-preference", -1, "local preference")
	f.StringArrayVar(&o.routes.neighbors, "neighbor", nil, "announce to this neighbor alone; may be repeated")
	f.BoolVar(&o.routes.withdrawOnDown, "withdraw-on-down", false, "withdraw while down or disabled")
	f.StringArrayVar(&o.execute, "execute", nil, "shell command to run at each change of state, with STATE in its environment; may be repeated")
	f.StringArrayVar(&o.upExecute, "up-execute", nil, "the same when the service comes up")
	f.StringArrayVar(&o.downExecute, "down-execute", nil, "the same when it goes down")
	f.StringArrayVar(&o.disabledExecute, "disabled-execute", nil, "the same when it is disabled")
	f.BoolVarP(&o.help, "help", "h", false, "this text")
	f.Bool("no-ack", false, "accepted for ExaBGP's sake, ignored: answers are read and need not come")
	f.Bool("no-syslog", false, "accepted for ExaBGP's sake, ignored")
	f.Bool("no-ip-setup", false, "accepted for ExaBGP's sake, ignored")
	return f
}

func (o *healthOptions) check() error {
	switch {
	case len(o.ips) == 0:
		return errors.New("no address: write --ip PREFIX")
	case o.rise < 1 || o.fall < 1:
		return errors.New("--rise and --fall are 1 or more")
	case o.interval <= 0 || o.fast <= 0 || o.timeout <= 0:
		return errors.New("--interval, --fast-interval and --timeout are more than 0")
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

// healthCommand is the command healthcheck. It ends with its standard input,
// which the daemon closes, or when it is told to by a signal.
func healthCommand(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	var o healthOptions
	f := o.flags()
	err := f.Parse(args)
	if err == nil && o.help {
		fmt.Fprint(stdout, healthHelp, f.FlagUsages())
		return exitOK
	}
	if err == nil && f.NArg() > 0 {
		err = fmt.Errorf("%q: not a flag", f.Arg(0))
	}
	if err == nil {
		err = o.check()
	}
	if err != nil {
		fmt.Fprintf(stderr, "healthcheck: %v\n", err)
		return exitUsage
	}
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		_, _ = io.Copy(io.Discard, stdin) // answers and events; it ends with the daemon
		cancel()
	}()
	if err := o.loop(ctx, clock.New(), stdout, stderr); err != nil {
		fmt.Fprintf(stderr, "healthcheck: %v\n", err)
		return exitFailed
	}
	return exitOK
}

// loop checks and tells until ctx ends. What holds is told at every check:
// the daemon sends nothing twice, and one that restarted hears it again.
func (o *healthOptions) loop(ctx context.Context, c clock.Clock, stdout, stderr io.Writer) error {
	h := health{rise: o.rise, fall: o.fall}
	for ctx.Err() == nil {
		_, err := os.Stat(o.disable)
		disabled := o.disable != "" && err == nil
		good := !disabled && (o.cmd == "" || o.shell(ctx, o.cmd, h.state, io.Discard) == nil)
		if ctx.Err() != nil {
			break // the check was ended, it did not fail
		}
		changed := h.next(disabled, good)
		if changed {
			fmt.Fprintf(stderr, "healthcheck: %s: %v\n", o.name, h.state)
		}
		if h.state.told() {
			if err := tell(stdout, o.routes.commands(h.state)); err != nil {
				return err
			}
		}
		if changed && h.state.told() {
			o.hooks(ctx, h.state, stderr)
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

func tell(w io.Writer, lines []string) error {
	_, err := io.WriteString(w, strings.Join(lines, "\n")+"\n")
	return err
}

// hooks runs what is to run in a new state; a hook that fails is logged.
func (o *healthOptions) hooks(ctx context.Context, s healthState, stderr io.Writer) {
	of := [...][]string{healthUp: o.upExecute, healthDown: o.downExecute, healthDisabled: o.disabledExecute}
	for _, list := range [][]string{of[s], o.execute} {
		for _, line := range list {
			if err := o.shell(ctx, line, s, stderr); err != nil {
				fmt.Fprintf(stderr, "healthcheck: %s: %s: %v\n", o.name, line, err)
			}
		}
	}
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
	return cmd.Run()
}
