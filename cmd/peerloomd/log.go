package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
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

// journal is a handler whose lines begin with their priority (sd-daemon(3)) and
// have no time, which the journal writes itself.
type journal struct {
	levels [len(priorities)]slog.Handler
	least  slog.Level
}

// priorities are syslog's, for the levels from this on.
var priorities = [...]struct {
	from   slog.Level
	prefix string
}{
	{slog.LevelError, "<3>"},
	{slog.LevelWarn, "<4>"},
	{slog.LevelInfo, "<6>"},
	{slog.LevelDebug, "<7>"},
}

func newJournal(w io.Writer, least slog.Level) *journal {
	j := &journal{least: least}
	o := &slog.HandlerOptions{Level: least, ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
		if len(groups) == 0 && (a.Key == slog.TimeKey || a.Key == slog.LevelKey) {
			return slog.Attr{}
		}
		return a
	}}
	for i := range priorities {
		j.levels[i] = slog.NewTextHandler(prefixed{w, priorities[i].prefix}, o)
	}
	return j
}

// Enabled is of slog.Handler.
func (j *journal) Enabled(_ context.Context, l slog.Level) bool { return l >= j.least }

// Handle is of slog.Handler.
func (j *journal) Handle(ctx context.Context, r slog.Record) error {
	for i := range priorities {
		if r.Level >= priorities[i].from {
			return j.levels[i].Handle(ctx, r)
		}
	}
	return j.levels[len(priorities)-1].Handle(ctx, r)
}

// WithAttrs is of slog.Handler.
func (j *journal) WithAttrs(attrs []slog.Attr) slog.Handler {
	return j.with(func(h slog.Handler) slog.Handler { return h.WithAttrs(attrs) })
}

// WithGroup is of slog.Handler.
func (j *journal) WithGroup(name string) slog.Handler {
	return j.with(func(h slog.Handler) slog.Handler { return h.WithGroup(name) })
}

func (j *journal) with(change func(slog.Handler) slog.Handler) *journal {
	k := &journal{least: j.least}
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
