package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"os/user"
	"strconv"
	"syscall"

	"github.com/spf13/pflag"

	"github.com/peerloom/peerloom/speaker/config"
	"github.com/peerloom/peerloom/speaker/live"
)

// life is what the command line says of the daemon as a process.
type life struct {
	user    string
	pidFile string
	logFile string
	socket  string
	metrics string
	pipes   string
}

func (l *life) flags(f *pflag.FlagSet) {
	f.StringVar(&l.user, "user", "", "as root: become this user once the ports are open; else what exabgp_daemon_user says")
	f.StringVar(&l.pidFile, "pid", "", "write the process's number to this file and hold it locked, against a second daemon; else exabgp_daemon_pid")
	f.StringVar(&l.logFile, "log", "", "append the log to this file, which each reload opens anew, as log rotation wants it; or stdout, stderr, syslog or host:NAME "+
		"(syslog over UDP); else where exabgp_log_destination says, else to standard error")
	f.StringVar(&l.socket, "socket", "", "take commands of peerloomd ctl at this Unix socket, which our user alone may open; none: at none; else PEERLOOMD_SOCKET, "+
		"else NAME.sock in $RUNTIME_DIRECTORY, /run/peerloomd or /run/exabgp where that folder is there, with NAME of exabgp_api_socketname, unless exabgp_api_cli is false")
	f.StringVar(&l.pipes, "pipes", "", "take commands from the named pipe PATH.in, and answer into PATH.out; none: from none; else those that exabgp_api_pipename names "+
		"if they are in a folder where ExaBGP looks for them (docs/EXABGP.md), unless exabgp_api_cli is false")
	f.StringVar(&l.metrics, "metrics", "", "serve Prometheus metrics by HTTP, below /metrics, at this loopback address (127.0.0.1:9179); else what PEERLOOMD_METRICS says, else not at all")
}

// house is what the system and a running daemon hold of each other.
type house struct {
	pidFile string
	pid     *os.File // locked while we live
	become  *user.User
	log     logTarget
	manager *manager
	network live.Network
	socket  *controlSocket // nil: none
	pipes   *pipes         // nil: none
	metrics net.Listener   // nil: none
}

// begin opens all that has to be open before privileges are dropped.
func (l *life) begin(env config.Env, environ []string, stdout, stderr io.Writer) (*house, error) {
	// A log whose reader has gone must not end the daemon; caught, not ignored,
	// since children would inherit that.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	h := &house{pidFile: cmp.Or(l.pidFile, env.DaemonPID)}
	var err error
	if h.become, err = becomes(l.user, env.DaemonUser); err != nil {
		return nil, err
	}
	if h.manager, err = newManager(environ); err != nil {
		return nil, err
	}
	if h.network, err = network(environ); err != nil {
		return nil, err
	}
	if h.log, err = openTarget(cmp.Or(l.logFile, env.LogDestination), h.become, environ, stdout, stderr); err != nil {
		return nil, fmt.Errorf("--log: %w", err)
	}
	if h.pidFile != "" {
		if h.pid, err = lockPID(h.pidFile); err != nil {
			return nil, fmt.Errorf("--pid: %w", err)
		}
	}
	if h.socket, err = l.control(env, environ, h.become); err != nil {
		h.end()
		return nil, err
	}
	if h.pipes, err = l.namedPipes(env); err != nil {
		h.end()
		return nil, err
	}
	if at := cmp.Or(l.metrics, variable(environ, metricsVariable)); at != "" {
		if h.metrics, err = listenMetrics(at); err != nil {
			h.end()
			return nil, err
		}
	}
	return h, nil
}

// bound drops privileges.
func (h *house) bound() error {
	if a, ok := h.network.(activated); ok {
		if err := a.unused(); err != nil {
			return err
		}
	}
	if h.become == nil {
		return nil
	}
	if err := drop(h.become); err != nil {
		return fmt.Errorf("--user=%s: %w", h.become.Username, err)
	}
	return nil
}

func (h *house) notify(s live.Stage) {
	if s == live.Reloading && h.log.file != nil {
		if err := h.log.file.reopen(); err != nil {
			fmt.Fprintf(h.log.file, "peerloomd: the log stays in the file that was open: %v\n", err)
		}
	}
	h.manager.notify(s)
}

// end removes the file with the process's number, or empties it where the user
// that we are now may not remove it.
func (h *house) end() {
	if h.socket != nil {
		h.socket.end()
	}
	if h.pipes != nil {
		h.pipes.end()
	}
	if h.metrics != nil {
		_ = h.metrics.Close()
	}
	if h.pid != nil {
		if os.Remove(h.pidFile) != nil {
			_ = h.pid.Truncate(0)
		}
		_ = h.pid.Close()
	}
}

// control lists where control clients come from.
func (h *house) control(log *slog.Logger) (l []live.Control) {
	if h.socket != nil {
		l = append(l, h.socket.source())
	}
	if h.pipes != nil {
		l = append(l, h.pipes.source(log))
	}
	return l
}

func (h *house) logger(format string, level slog.Level) *slog.Logger {
	switch {
	case h.log.system != nil:
		return slog.New(newLeveled(syslogWriters(h.log.system), level, format))
	case h.log.journal && format == "text":
		return slog.New(newLeveled(journalWriters(h.log.w), level, format))
	}
	return logger(format, level, h.log.w)
}

// becomes is the user to become; nil: we are that one already, or nobody was
// asked for. ExaBGP's variable counts for root alone: who starts the daemon as
// another user has seen to it.
func becomes(flag, variable string) (*user.User, error) {
	name := flag
	if name == "" && os.Geteuid() == 0 {
		name = variable
	}
	if name == "" {
		return nil, nil
	}
	u, err := user.Lookup(name)
	switch {
	case err != nil:
		return nil, fmt.Errorf("--user=%s: %w: name a user of this machine", name, err)
	case u.Uid == strconv.Itoa(os.Geteuid()):
		return nil, nil
	case os.Geteuid() != 0:
		return nil, fmt.Errorf("--user=%s: only root can become another user: start peerloomd as that user", name)
	}
	return u, nil
}

// drop makes the whole process u's, with u's groups and nothing left of root's:
// the groups while we still may, the user last.
func drop(u *user.User) error {
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		return err
	}
	gid, err := strconv.Atoi(u.Gid)
	if err != nil {
		return err
	}
	names, err := u.GroupIds()
	if err != nil {
		return err
	}
	groups := []int{gid}
	for _, s := range names {
		g, err := strconv.Atoi(s)
		if err != nil {
			return err
		}
		groups = append(groups, g)
	}
	if err := syscall.Setgroups(groups); err != nil {
		return os.NewSyscallError("setgroups", err)
	}
	if err := syscall.Setgid(gid); err != nil {
		return os.NewSyscallError("setgid", err)
	}
	if err := syscall.Setuid(uid); err != nil {
		return os.NewSyscallError("setuid", err)
	}
	if uid != 0 && syscall.Setuid(0) == nil {
		return errors.New("root could be had back: this system does not drop privileges")
	}
	return nil
}

// lockPID writes our number to a file that nobody else has locked.
func lockPID(name string) (*os.File, error) {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		other, _ := io.ReadAll(io.LimitReader(f, 20))
		_ = f.Close()
		return nil, fmt.Errorf("%s is held by process %.20q: stop that daemon, or name another file", name, other)
	}
	err = f.Truncate(0)
	if err == nil {
		_, err = fmt.Fprintf(f, "%d\n", os.Getpid())
	}
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}
