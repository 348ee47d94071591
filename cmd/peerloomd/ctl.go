package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/pflag"
	"golang.org/x/term"

	"github.com/peerloom/peerloom/speaker/config"
)

const ctlHelp = `Usage: peerloomd ctl [flags] [COMMAND...]

Gives a command to a daemon that runs, prints its reply and exits with 0 where it
was done and 1 where it was refused. Commands are those of a helper process:

    peerloomd ctl show neighbor summary
    peerloomd ctl --json show adj-rib out
    peerloomd ctl neighbor 192.0.2.1 announce route 198.51.100.0/24 next-hop self sync
    peerloomd ctl show metrics
    peerloomd ctl help                          lists all commands

Without a command it reads commands, one a line, from standard input: all of them
are carried out, and one that is refused makes the exit status 1. At a terminal
it prompts for them, with completion (Tab) and history.

    . <(peerloomd ctl --completion bash)        completion in your shell (also zsh)

The daemon's socket is that of --socket, else of PEERLOOMD_SOCKET, else the first
at which a daemon listens of NAME.sock in $RUNTIME_DIRECTORY, /run/peerloomd and
/run/exabgp, NAME of exabgp_api_socketname. Only the daemon's user may open it.
Where there is none, ExaBGP's named pipes serve: NAME.in and NAME.out, NAME of
exabgp_api_pipename, in /run/exabgp, /run/UID, /run, the same below /var, or all
of these below exabgp_root.

Exit status: 0 done, 1 refused, or no reply came, 2 wrong usage.

Flags:
`

// replyTime is the time for a reply: longer than a sync may take, so that the
// daemon has the last word on it.
const replyTime = 40 * time.Second

// ctlOptions is what the command line of ctl says.
type ctlOptions struct {
	socket     string
	timeout    time.Duration
	json       bool
	completion string
	complete   bool
	help       bool
}

func (o *ctlOptions) flags(stderr io.Writer) *pflag.FlagSet {
	f := pflag.NewFlagSet("ctl", pflag.ContinueOnError)
	f.SetOutput(stderr)
	f.SortFlags = false
	f.Usage = func() {}
	f.StringVar(&o.socket, "socket", "", "the daemon's control socket")
	f.DurationVar(&o.timeout, "timeout", replyTime, "how long to wait for a reply")
	f.BoolVar(&o.json, "json", false, `one line of JSON a command: {"command": …, "ok": true, "reply": [ … ]}, with "error" where it was refused`)
	f.StringVar(&o.completion, "completion", "", "print what bash or zsh reads to complete commands and neighbors")
	f.BoolVar(&o.complete, "complete", false, "print what the last of the words may become")
	f.BoolVarP(&o.help, "help", "h", false, "this text")
	_ = f.MarkHidden("complete") // it is there
	return f
}

// controller is one run of ctl.
type controller struct {
	ctlOptions
	environ        []string
	stdout, stderr io.Writer
}

// ctlCommand is `peerloomd ctl`; it returns the exit status.
func ctlCommand(args, environ []string, stdin io.Reader, stdout, stderr io.Writer) int {
	c := &controller{environ: environ, stdout: stdout, stderr: stderr}
	f := c.flags(stderr)
	err := f.Parse(args)
	words := f.Args()
	switch {
	case err != nil:
	case c.timeout <= 0:
		err = fmt.Errorf("--timeout=%v: write more than 0", c.timeout)
	case !c.complete:
		err = askable(strings.Join(words, " "))
	}
	if err != nil {
		return c.usage(err)
	}
	switch {
	case c.help:
		fmt.Fprint(stdout, ctlHelp, f.FlagUsages())
		return exitOK
	case c.completion != "":
		script, ok := completions[c.completion]
		if !ok {
			return c.usage(fmt.Errorf("--completion=%s: write bash or zsh", c.completion))
		}
		fmt.Fprint(stdout, script)
		return exitOK
	case c.complete:
		return c.completeWords(words)
	}
	d, err := c.dial()
	if err != nil {
		return c.failed(err)
	}
	defer d.Close()
	if c.json {
		if _, err := d.ask("api version 6"); err != nil {
			return c.failed(err)
		}
	}
	if len(words) > 0 {
		return c.one(d, strings.Join(words, " "))
	}
	if file, ok := stdin.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		return c.interactive(d, file)
	}
	return c.all(d, stdin)
}

func (c *controller) usage(err error) int {
	fmt.Fprintf(c.stderr, "peerloomd ctl: %v\npeerloomd ctl --help says more\n", err)
	return exitUsage
}

func (c *controller) failed(err error) int {
	fmt.Fprintf(c.stderr, "peerloomd ctl: %v\n", err)
	return exitFailed
}

// askable is an error for what can not be asked: what is more than a line, and
// words after which no reply comes.
func askable(line string) error {
	if strings.ContainsAny(line, "\n\r") {
		return errors.New("a command is one line: give several by standard input")
	}
	switch word, _, _ := strings.Cut(strings.TrimSpace(line), " "); word {
	case "silence-ack", "disable-ack", "debug":
		return fmt.Errorf("%s is for helper processes: after it no reply comes to wait for", word)
	}
	return nil
}

// dial connects to the daemon.
func (c *controller) dial() (*dialogue, error) {
	path := cmp.Or(c.socket, variable(c.environ, socketVariable))
	if path != "" {
		return dialSocket(path, c.timeout)
	}
	settings, err := withEnvFile("", c.environ)
	if err != nil {
		return nil, err
	}
	env, err := config.ParseEnv(settings)
	if err != nil {
		return nil, err
	}
	var tried []string
	for _, folder := range socketFolders(c.environ) {
		d, err := dialSocket(filepath.Join(folder, env.APISocketName+".sock"), c.timeout)
		if err == nil {
			return d, nil
		}
		tried = append(tried, err.Error())
	}
	if pair, ok := findPipes(env); ok {
		d, err := dialPipes(pair, c.timeout)
		if err == nil {
			return d, nil
		}
		tried = append(tried, err.Error())
	}
	return nil, fmt.Errorf("no daemon is found:\n  %s\nstart it with --socket PATH and name the same here, or make /run/peerloomd for its user", strings.Join(tried, "\n  "))
}

// one asks for one command.
func (c *controller) one(d *dialogue, line string) int {
	a, err := d.ask(line)
	if err != nil {
		return c.failed(err)
	}
	return c.print(c.stdout, &a)
}

// all asks for each line, without waiting for a reply before the next line.
func (c *controller) all(d *dialogue, lines io.Reader) int {
	asked := make(chan question, 1024)
	var unread error
	go func() {
		defer close(asked)
		s := bufio.NewScanner(lines)
		s.Buffer(nil, 2<<20) // the daemon's bound is lower, and says so itself
		for s.Scan() {
			line := strings.TrimSpace(s.Text())
			if line == "" || strings.HasPrefix(line, "#") {
				continue
			}
			if unread = askable(line); unread != nil {
				return
			}
			q, err := d.send(line)
			if asked <- q; err != nil {
				return // its reply will not come
			}
		}
		unread = s.Err()
	}()
	status := exitOK
	for q := range asked {
		a, err := d.receive(q)
		if err != nil {
			return c.failed(err)
		}
		status = max(status, c.print(c.stdout, &a))
	}
	if unread != nil {
		return c.failed(unread)
	}
	return status
}

// print writes a reply, and gives the exit status that goes with it.
func (c *controller) print(w io.Writer, a *answer) int {
	status := exitOK
	if !a.ok {
		status = exitFailed
	}
	if c.json {
		fmt.Fprintf(w, "%s\n", a.json())
		return status
	}
	for _, l := range a.lines {
		fmt.Fprintln(w, l)
	}
	fmt.Fprintln(w, map[bool]string{true: "done", false: "error"}[a.ok])
	return status
}

// json is the reply as one line. Lines that are JSON stand as they are, others
// as strings.
func (a *answer) json() []byte {
	out := struct {
		Command string            `json:"command"`
		OK      bool              `json:"ok"`
		Error   string            `json:"error,omitempty"`
		Reply   []json.RawMessage `json:"reply"`
	}{Command: a.line, OK: a.ok, Reply: []json.RawMessage{}}
	for _, l := range a.lines {
		if why, is := strings.CutPrefix(l, "error: "); is && !a.ok {
			out.Error = why
			continue
		}
		raw := json.RawMessage(l)
		if !json.Valid(raw) {
			raw, _ = json.Marshal(l) // a string always can be
		}
		out.Reply = append(out.Reply, raw)
	}
	b, err := json.Marshal(out)
	if err != nil {
		panic(fmt.Sprintf("ctl: reply %+v: %v", out, err))
	}
	return b
}
