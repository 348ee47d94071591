package main

import (
	"fmt"
	"io"
	"log/syslog"
	"slices"
	"strings"
)

// facilities are those of syslog by number (RFC 5424 §6.2.1); "": of no name that
// syslog(3) knows.
var facilities = [...]string{
	"kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp",
	16: "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7",
}

// facility is a facility by name.
func facility(name string) (syslog.Priority, error) {
	i := slices.Index(facilities[:], name)
	if i < 0 || name == "" {
		return 0, fmt.Errorf("--syslog-facility %s: write one of %s", name, strings.Join(strings.Fields(strings.Join(facilities[:], " ")), ", "))
	}
	return syslog.Priority(i) << 3, nil
}

// healthLog is where the program says what happens: standard error, which the
// daemon takes into its log, and syslog.
type healthLog struct {
	name   string
	stderr io.Writer      // nil: silent
	system *syslog.Writer // nil: none
	debug  bool
}

func (l *healthLog) printf(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if l.stderr != nil {
		fmt.Fprintf(l.stderr, "healthcheck: %s: %s\n", l.name, text)
	}
	if l.system != nil {
		_ = l.system.Notice(l.name + ": " + text) // a log that is away is no reason to fail
	}
}

func (l *healthLog) debugf(format string, args ...any) {
	if l.debug {
		l.printf(format, args...)
	}
}

// openHealthLog opens the log that the options ask for. A syslog that does not
// answer is an error where it was asked for by name, and else there is none.
func (o *healthOptions) openHealthLog(stderr io.Writer) (*healthLog, error) {
	l := &healthLog{name: o.name, stderr: stderr, debug: o.debug}
	if o.silent {
		l.stderr = nil
		return l, nil
	}
	if o.noSyslog {
		return l, nil
	}
	name := o.syslog
	if name == "" {
		name = "daemon"
	}
	f, err := facility(name)
	if err != nil {
		return nil, err
	}
	if l.system, err = syslog.New(f|syslog.LOG_NOTICE, "healthcheck"); err != nil {
		l.system = nil
		if o.syslog != "" {
			return nil, fmt.Errorf("--syslog-facility %s: %w: start a syslog, or write --no-syslog", o.syslog, err)
		}
	}
	return l, nil
}
