package record

import (
	"bytes"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/peerloom/peerloom/speaker"
	"github.com/peerloom/peerloom/speaker/child"
	"github.com/peerloom/peerloom/speaker/config"
)

// secretsLine says what is not in a recording.
const secretsLine = "left out: keys of TCP MD5 and TCP-AO (secret-1, secret-2 … in base64 stand for them), arguments of run, the environment"

// redactor makes the text of configurations, without their secrets. Equal keys
// have one name, so that a reload that changes a key is still seen to.
type redactor struct {
	keys []string
}

func (r *redactor) key(k string) string {
	i := slices.Index(r.keys, k)
	if i < 0 {
		i = len(r.keys)
		r.keys = append(r.keys, k)
	}
	return "secret-" + strconv.Itoa(i+1)
}

// margin stands before the lines of a configuration.
const margin = "| "

// text is c as lines with a margin, and the settings that those do not have.
func (r *redactor) text(c *speaker.Config) (block, settings []byte) {
	d := *c
	d.Processes = slices.Clone(c.Processes)
	for i := range d.Processes {
		d.Processes[i].Run = d.Processes[i].Run[:min(1, len(d.Processes[i].Run))]
	}
	d.Neighbors = slices.Clone(c.Neighbors)
	for i := range d.Neighbors {
		s := &d.Neighbors[i].Socket
		for _, key := range []*string{&s.MD5, &s.AO.Key} {
			if *key != "" {
				*key = r.key(*key)
			}
		}
	}
	for line := range bytes.Lines(config.Dump(&d)) {
		block = append(append(block, margin...), line...)
	}
	for _, s := range settingTable() {
		if v := s.print(c); v != "" {
			settings = append(append(append(append(settings, ' '), s.key...), '='), v...)
		}
	}
	return block, settings
}

func countLines(b []byte) int { return bytes.Count(b, []byte("\n")) }

// setting is a field of a value as key=value; "" is the zero value.
type setting[T any] struct {
	key   string
	print func(c *T) string
	parse func(c *T, v string) error
}

// settingTable is what a configuration has besides its text.
func settingTable() []setting[speaker.Config] {
	return []setting[speaker.Config]{
		number("sessions", func(c *speaker.Config) *int { return &c.Sessions }),
		flag("exabgp", func(c *speaker.Config) *bool { return &c.ExaBGP }),
		flag("restarted", func(c *speaker.Config) *bool { return &c.Restarted }),
		text("software", func(c *speaker.Config) *string { return &c.SoftwareVersion }),
		{"bind", printBind, parseBind},
		number("port", func(c *speaker.Config) *uint16 { return &c.Port }),
		text("uuid", func(c *speaker.Config) *string { return &c.UUID }),
		number("pid", func(c *speaker.Config) *int { return &c.PID }),
	}
}

func printBind(c *speaker.Config) string {
	var l []string
	for _, a := range c.Bind {
		l = append(l, a.String())
	}
	return strings.Join(l, ",")
}

func parseBind(c *speaker.Config, v string) error {
	for _, one := range strings.Split(v, ",") {
		a, err := netip.ParseAddrPort(one)
		if err != nil {
			return err
		}
		c.Bind = append(c.Bind, a)
	}
	return nil
}

// childTable is what the protocol of a client is made with.
func childTable() []setting[child.Config] {
	type t = child.Config
	return []setting[t]{
		text("name", func(c *t) *string { return &c.Name }),
		flag("json", func(c *t) *bool { return &c.JSON }),
		number("api", func(c *t) *int { return &c.APIVersion }),
		flag("noack", func(c *t) *bool { return &c.NoAck }),
		number("window", func(c *t) *int64 { return (*int64)(&c.Window) }),
		number("lines", func(c *t) *int { return &c.MaxLines }),
		number("bytes", func(c *t) *int { return &c.MaxBytes }),
		number("replies", func(c *t) *int { return &c.ReplyBound }),
		number("unanswered", func(c *t) *int { return &c.Unanswered }),
		number("events", func(c *t) *int { return &c.EventBound }),
		text("host", func(c *t) *string { return &c.Host }),
		number("pid", func(c *t) *int { return &c.PID }),
		number("ppid", func(c *t) *int { return &c.PPID }),
	}
}

func appendChild(b []byte, c *child.Config) []byte {
	for _, s := range childTable() {
		if v := s.print(c); v != "" {
			b = append(append(append(append(b, ' '), s.key...), '='), v...)
		}
	}
	return b
}

func text[T any](key string, field func(c *T) *string) setting[T] {
	return setting[T]{key,
		func(c *T) string {
			if *field(c) == "" {
				return ""
			}
			return strconv.Quote(*field(c))
		},
		func(c *T, v string) error { *field(c) = v; return nil },
	}
}

func flag[T any](key string, field func(c *T) *bool) setting[T] {
	return setting[T]{key,
		func(c *T) string {
			if !*field(c) {
				return ""
			}
			return "true"
		},
		func(c *T, v string) (err error) { *field(c), err = strconv.ParseBool(v); return err },
	}
}

func number[T any, N int | int64 | uint16](key string, field func(c *T) *N) setting[T] {
	return setting[T]{key,
		func(c *T) string {
			if *field(c) == 0 {
				return ""
			}
			return strconv.FormatInt(int64(*field(c)), 10)
		},
		func(c *T, v string) error {
			n, err := strconv.ParseInt(v, 10, 64)
			if *field(c) = N(n); err == nil && int64(*field(c)) != n {
				err = fmt.Errorf("%s=%s is out of range", key, v)
			}
			return err
		},
	}
}
