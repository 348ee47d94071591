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
	"time"
)

// dialogue is a connection to a daemon. Each command has a request id, which the
// line that ends its reply repeats: whatever a reply consists of, its end is
// known.
type dialogue struct {
	conn    endpoint
	r       *bufio.Reader
	timeout time.Duration
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
		case id == "" || id == q.id:
			a.ok = verdict == "done"
			return a, nil
		case strings.HasPrefix(id, "ctl."): // to somebody who has not waited for it
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
