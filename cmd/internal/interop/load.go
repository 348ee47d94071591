//go:build linux

package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
)

// load is the helper process of a bench: it does what the bench asks for over a
// socket and answers "ok". Its commands go straight into the daemon's pipe.
//
//	routes N wait|pipe   announces N routes, waiting for each reply, or not
//	say COMMAND          says one command and waits for its reply
func load(path string) error {
	c, err := net.Dial("unix", path)
	if err != nil {
		return err
	}
	replies := bufio.NewReader(os.Stdin)
	for asked := bufio.NewScanner(c); asked.Scan(); {
		verb, rest, _ := strings.Cut(asked.Text(), " ")
		var err error
		if verb == "say" {
			if _, err = fmt.Println(rest); err == nil {
				err = acknowledged(replies, 1)
			}
		} else {
			var n int
			var mode string
			if _, err = fmt.Sscanf(rest, "%d %s", &n, &mode); err == nil {
				err = announceRoutes(n, mode == "wait", os.Stdout, replies)
			}
		}
		answer := "ok"
		if err != nil {
			answer = err.Error()
		}
		if _, err := fmt.Fprintln(c, answer); err != nil {
			return err
		}
	}
	return nil
}

// announceRoutes writes N announcements of /32 and reads N replies.
func announceRoutes(n int, wait bool, w io.Writer, replies *bufio.Reader) error {
	line := func(i int) string {
		return fmt.Sprintf("announce route 20.%d.%d.%d/32 next-hop 192.0.2.1\n", i>>16&255, i>>8&255, i&255)
	}
	if wait {
		for i := range n {
			if _, err := io.WriteString(w, line(i)); err != nil {
				return err
			}
			if err := acknowledged(replies, 1); err != nil {
				return err
			}
		}
		return nil
	}
	wrote := make(chan error, 1)
	go func() {
		out := bufio.NewWriterSize(w, 1<<16)
		var err error
		for i := range n {
			_, e := out.WriteString(line(i))
			err = errors.Join(err, e)
		}
		wrote <- errors.Join(err, out.Flush())
	}()
	return errors.Join(acknowledged(replies, n), <-wrote)
}

// acknowledged reads until "done" has come n times; other lines are the text of
// replies.
func acknowledged(r *bufio.Reader, n int) error {
	for n > 0 {
		line, err := r.ReadString('\n')
		switch {
		case err != nil:
			return err
		case line == "error\n":
			return errors.New("a command was answered with error")
		case line == "done\n":
			n--
		}
	}
	return nil
}
