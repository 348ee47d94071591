package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"log/syslog"
	"net"
	"os"
	"os/user"
	"strconv"
	"strings"
	"sync"
	"syscall"
)

// logFile is a file that the log is appended to, and that can be opened anew
// when something else has moved it away.
type logFile struct {
	name string
	mu   sync.Mutex // the log's handlers write from several goroutines
	f    *os.File
}

// openLog opens the file; a later user can go on with it.
func openLog(name string, later *user.User) (*logFile, error) {
	l := &logFile{name: name}
	if err := l.reopen(); err != nil {
		return nil, err
	}
	if later != nil {
		uid, err := strconv.Atoi(later.Uid)
		if err != nil {
			return nil, err
		}
		if err := l.f.Chown(uid, -1); err != nil {
			return nil, err
		}
	}
	return l, nil
}

func (l *logFile) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.f.Write(b)
}

// reopen opens the file by its name; what was open stays so if that fails.
func (l *logFile) reopen() error {
	f, err := os.OpenFile(l.name, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o640)
	if err != nil {
		return err
	}
	l.mu.Lock()
	old := l.f
	l.f = f
	l.mu.Unlock()
	if old != nil {
		_ = old.Close()
	}
	return nil
}

// logTarget is where the log goes.
type logTarget struct {
	w       io.Writer
	journal bool           // w is systemd's journal
	file    *logFile       // what w is, if it is a file
	system  *syslog.Writer // nil, or in place of w
}

// openTarget opens the log: "" or stderr, stdout, syslog, host:NAME[:PORT] (a syslog
// over UDP), or the name of a file.
func openTarget(to string, later *user.User, environ []string, stdout, stderr io.Writer) (t logTarget, err error) {
	host, remote := strings.CutPrefix(to, "host:")
	switch {
	case to == "" || to == "stderr":
		return logTarget{w: stderr, journal: isJournal(environ)}, nil
	case to == "stdout":
		return logTarget{w: stdout}, nil
	case to == "syslog":
		t.system, err = syslog.New(syslog.LOG_DAEMON|syslog.LOG_INFO, "peerloomd")
	case remote:
		if _, _, err := net.SplitHostPort(host); err != nil {
			host = net.JoinHostPort(host, "514")
		}
		t.system, err = syslog.Dial("udp", host, syslog.LOG_DAEMON|syslog.LOG_INFO, "peerloomd")
	default:
		t.file, err = openLog(to, later)
		t.w = t.file
	}
	return t, err
}

// isJournal reports whether standard error goes to systemd's journal: it says
// so with the device and inode of its stream (systemd.exec(5), JOURNAL_STREAM).
func isJournal(environ []string) bool {
	for _, s := range environ {
		stream, ok := strings.CutPrefix(s, "JOURNAL_STREAM=")
		if !ok {
			continue
		}
		info, err := os.Stderr.Stat()
		if err != nil {
			return false
		}
		st, ok := info.Sys().(*syscall.Stat_t)
		return ok && stream == fmt.Sprintf("%d:%d", st.Dev, st.Ino)
	}
	return false
}

// leveled is a handler that writes the lines of each level by a writer of their
// own, without time and level, which whoever reads them has already: systemd's
// journal, or syslog.
type leveled struct {
	levels [len(priorities)]slog.Handler
	least  slog.Level
}

// priorities are syslog's, for the levels from this on, as sd-daemon(3) writes them
// and as a syslog takes them.
var priorities = [...]struct {
	from   slog.Level
	prefix string
	write  func(*syslog.Writer, string) error
}{
	{slog.LevelError, "<3>", (*syslog.Writer).Err},
	{slog.LevelWarn, "<4>", (*syslog.Writer).Warning},
	{slog.LevelInfo, "<6>", (*syslog.Writer).Info},
	{slog.LevelDebug, "<7>", (*syslog.Writer).Debug},
}

func newLeveled(writers [len(priorities)]io.Writer, least slog.Level, format string) *leveled {
	j := &leveled{least: least}
	o := &slog.HandlerOptions{Level: least, ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
		if len(groups) == 0 && (a.Key == slog.TimeKey || a.Key == slog.LevelKey) {
			return slog.Attr{}
		}
		return a
	}}
	for i, w := range writers {
		if format == "json" {
			j.levels[i] = slog.NewJSONHandler(w, o)
		} else {
			j.levels[i] = slog.NewTextHandler(w, o)
		}
	}
	return j
}

func journalWriters(w io.Writer) (l [len(priorities)]io.Writer) {
	for i := range priorities {
		l[i] = prefixed{w, priorities[i].prefix}
	}
	return l
}

func syslogWriters(w *syslog.Writer) (l [len(priorities)]io.Writer) {
	for i := range priorities {
		l[i] = syslogged{w, priorities[i].write}
	}
	return l
}

// Enabled is of slog.Handler.
func (j *leveled) Enabled(_ context.Context, l slog.Level) bool { return l >= j.least }

// Handle is of slog.Handler.
func (j *leveled) Handle(ctx context.Context, r slog.Record) error {
	for i := range priorities {
		if r.Level >= priorities[i].from {
			return j.levels[i].Handle(ctx, r)
		}
	}
	return j.levels[len(priorities)-1].Handle(ctx, r)
}

// WithAttrs is of slog.Handler.
func (j *leveled) WithAttrs(attrs []slog.Attr) slog.Handler {
	return j.with(func(h slog.Handler) slog.Handler { return h.WithAttrs(attrs) })
}

// WithGroup is of slog.Handler.
func (j *leveled) WithGroup(name string) slog.Handler {
	return j.with(func(h slog.Handler) slog.Handler { return h.WithGroup(name) })
}

func (j *leveled) with(change func(slog.Handler) slog.Handler) *leveled {
	k := &leveled{least: j.least}
	for i := range j.levels {
		k.levels[i] = change(j.levels[i])
	}
	return k
}

// prefixed writes each line, which a handler gives as one write, in one piece.
type prefixed struct {
	w      io.Writer
	prefix string
}

func (p prefixed) Write(b []byte) (int, error) {
	_, err := p.w.Write(append([]byte(p.prefix), b...))
	return len(b), err
}

// syslogged writes lines at one priority. A syslog that is away costs the line.
type syslogged struct {
	w     *syslog.Writer
	write func(*syslog.Writer, string) error
}

func (s syslogged) Write(b []byte) (int, error) {
	_ = s.write(s.w, string(b))
	return len(b), nil
}
