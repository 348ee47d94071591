//go:build linux

package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"time"
)

// relay is what a daemon runs as its helper process: it joins the daemon's
// pipes to a socket of this program, which so says the commands itself.
func relay(path string) error {
	c, err := net.Dial("unix", path)
	if err != nil {
		return err
	}
	go func() {
		_, _ = io.Copy(c, os.Stdin)
		os.Exit(0) // the daemon closed our input: it ends
	}()
	_, err = io.Copy(os.Stdout, c)
	return err
}

// api is the other end of a relay: commands of ExaBGP's API, one at a time.
type api struct {
	l     *net.UnixListener
	conn  net.Conn
	lines chan string // of replies

	mu     sync.Mutex
	events []string // lines that are JSON objects
}

func listenAPI(path string) (*api, error) {
	_ = os.Remove(path)
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		return nil, err
	}
	return &api{l: l}, os.Chmod(path, 0o777)
}

// accept waits for the helper of a daemon that was just started.
func (a *api) accept() error {
	if err := a.l.SetDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	c, err := a.l.Accept()
	if err != nil {
		return fmt.Errorf("the daemon did not start its helper: %w", err)
	}
	a.close()
	a.conn, a.lines = c, make(chan string, 1<<16)
	go a.read(c, a.lines)
	return nil
}

func (a *api) read(r io.Reader, lines chan<- string) {
	defer close(lines)
	in := bufio.NewScanner(r)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		if line := in.Text(); !strings.HasPrefix(line, "{") {
			lines <- line
		} else {
			a.mu.Lock()
			a.events = append(a.events, line)
			a.mu.Unlock()
		}
	}
}

func (a *api) close() {
	if a.conn != nil {
		_ = a.conn.Close()
		a.conn = nil
	}
}

// run says one command and returns what comes before "done".
func (a *api) run(command string) (string, error) {
	if a.conn == nil {
		return "", fmt.Errorf("%s: the daemon has no helper", command)
	}
	if _, err := fmt.Fprintln(a.conn, command); err != nil {
		return "", err
	}
	var text strings.Builder
	for {
		select {
		case line, ok := <-a.lines:
			switch {
			case !ok:
				return "", fmt.Errorf("%s: the daemon ended its helper", command)
			case line == "done":
				return text.String(), nil
			case line == "error":
				return "", fmt.Errorf("%s: error: %s", command, text.String())
			}
			text.WriteString(line + "\n")
		case <-time.After(patience):
			return "", fmt.Errorf("%s: no answer in %v", command, patience)
		}
	}
}

// event finds an event that has all of the words.
func (a *api) event(words ...string) (string, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, e := range a.events {
		if containsAll(e, words) {
			return e, true
		}
	}
	return "", false
}

func containsAll(s string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(s, w) {
			return false
		}
	}
	return true
}
