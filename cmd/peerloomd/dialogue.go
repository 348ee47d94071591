package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// dialogue is a connection to a daemon. Each command has a request id, which the
// line that ends its reply repeats: whatever a reply consists of, its end is
// known.
type dialogue struct {
	conn    endpoint
	r       *bufio.Reader
	timeout time.Duration
	shared  bool   // replies to others come the same way, before ours
	name    string // of the ids of this dialogue
	n       int
}

// endpoint is a stream with a time limit on reading.
type endpoint interface {
	io.ReadWriteCloser
	SetReadDeadline(time.Time) error
}

// question is a command that was sent.
type question struct {
	line, id string
}

// answer is a reply.
type answer struct {
	line  string // the command
	lines []string
	ok    bool
}

func dialSocket(path string, timeout time.Duration) (*dialogue, error) {
	c, err := net.DialTimeout("unix", path, timeout)
	if err != nil {
		return nil, err
	}
	return newDialogue(c, timeout), nil
}

// dialPipes is a dialogue over named pipes. Who reads replies must be alone: one
// dialogue at a time has them.
func dialPipes(pair pipePath, timeout time.Duration) (*dialogue, error) {
	commands, err := os.OpenFile(pair.in(), os.O_WRONLY|syscall.O_NONBLOCK, 0)
	if err != nil { // ENXIO: nobody reads it
		return nil, err
	}
	p := pipePair{commands: commands}
	for until := time.Now().Add(timeout); ; time.Sleep(lockAgain) {
		err := lock(commands)
		if err == nil {
			break
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) || time.Now().After(until) {
			_ = commands.Close()
			return nil, fmt.Errorf("%s is in use: %w", pair.in(), err)
		}
	}
	// Open for both, so that it never waits for the daemon.
	if p.replies, err = os.OpenFile(pair.out(), os.O_RDWR, 0); err != nil {
		_ = commands.Close()
		return nil, err
	}
	d := newDialogue(p, timeout)
	d.shared = true
	return d, nil
}

// lock takes the file's lock, if nobody has it.
func lock(f *os.File) error {
	c, err := f.SyscallConn()
	if err != nil {
		return err
	}
	return errors.Join(c.Control(func(fd uintptr) { err = syscall.Flock(int(fd), syscall.LOCK_EX|syscall.LOCK_NB) }), err)
}

// lockAgain is the pause between attempts to have the pipes alone.
const lockAgain = 10 * time.Millisecond

// pipePair is an endpoint of two pipes.
type pipePair struct{ commands, replies *os.File }

func (p pipePair) Read(b []byte) (int, error)        { return p.replies.Read(b) }
func (p pipePair) Write(b []byte) (int, error)       { return p.commands.Write(b) }
func (p pipePair) SetReadDeadline(t time.Time) error { return p.replies.SetReadDeadline(t) }

func (p pipePair) Close() error { return errors.Join(p.replies.Close(), p.commands.Close()) }

func newDialogue(c endpoint, timeout time.Duration) *dialogue {
	return &dialogue{conn: c, r: bufio.NewReader(c), timeout: timeout, name: fmt.Sprintf("ctl.%d.", os.Getpid())}
}

// Close ends the connection.
func (d *dialogue) Close() error { return d.conn.Close() }

// send writes one line. An id that the line brings is kept.
func (d *dialogue) send(line string) (question, error) {
	q := question{line: line}
	if w := strings.Fields(line); len(w) > 2 && w[len(w)-2] == "id" {
		q.id = w[len(w)-1]
	} else {
		d.n++
		q.id = d.name + strconv.Itoa(d.n)
		line += " id " + q.id
	}
	_, err := io.WriteString(d.conn, line+"\n")
	return q, err
}

// receive reads the reply to the next question in turn.
func (d *dialogue) receive(q question) (answer, error) {
	a := answer{line: q.line}
	if err := d.conn.SetReadDeadline(time.Now().Add(d.timeout)); err != nil {
		return a, err
	}
	for {
		line, err := d.r.ReadString('\n')
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded):
			return a, fmt.Errorf("no reply to %.80q within %v", q.line, d.timeout)
		case err != nil:
			return a, fmt.Errorf("the daemon ended the connection before it answered %.80q: %w", q.line, err)
		}
		line = strings.TrimSuffix(line, "\n")
		verdict, id, _ := strings.Cut(line, " ")
		switch {
		case verdict != "done" && verdict != "error":
		case id == q.id || id == "" && !d.shared: // of a line so long that its id was not read
			a.ok = verdict == "done"
			return a, nil
		case d.shared: // to somebody who has not waited for it
			a.lines = nil
			continue
		}
		a.lines = append(a.lines, line)
	}
}

// ask is send and receive.
func (d *dialogue) ask(line string) (answer, error) {
	q, err := d.send(line)
	if err != nil {
		return answer{}, fmt.Errorf("the daemon takes no command: %w", err)
	}
	return d.receive(q)
}
