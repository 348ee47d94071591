//go:build linux

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// patience bounds every wait for something that should come soon.
const patience = 20 * time.Second

// process is a daemon in a namespace, with what it prints in a file.
type process struct {
	cmd  *exec.Cmd
	log  string
	done chan struct{}
}

// spawn starts a program in a namespace ("": here); its output goes to DIR/NAME.log.
func spawn(ns, dir, name string, env []string, args ...string) (*process, error) {
	path := filepath.Join(dir, name+".log")
	out, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	defer func() { _ = out.Close() }()
	if ns != "" {
		args = append([]string{"ip", "netns", "exec", ns}, args...)
	}
	c := exec.Command(args[0], args[1:]...)
	c.Stdout, c.Stderr, c.Dir = out, out, dir
	c.Env = append(os.Environ(), env...)
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := c.Start(); err != nil {
		return nil, err
	}
	p := &process{c, path, make(chan struct{})}
	go func() {
		_ = c.Wait() // how it ended is in its log
		close(p.done)
	}()
	return p, nil
}

// ended reports whether the process is gone.
func (p *process) ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// signal goes to the whole group: a daemon and its own children.
func (p *process) signal(s syscall.Signal) {
	if p != nil {
		_ = syscall.Kill(-p.cmd.Process.Pid, s)
	}
}

// stop ends the group: politely, then not.
func (p *process) stop() {
	if p == nil || p.ended() {
		return
	}
	p.signal(syscall.SIGCONT)
	p.signal(syscall.SIGTERM)
	select {
	case <-p.done:
	case <-time.After(3 * time.Second):
	}
	p.kill()
}

func (p *process) kill() {
	if p == nil {
		return
	}
	p.signal(syscall.SIGKILL)
	<-p.done
}

// tail is the end of what the process printed.
func (p *process) tail() string {
	b, _ := os.ReadFile(p.log)
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	return strings.Join(lines[max(0, len(lines)-3):], " | ")
}

// output runs a command in a namespace ("": here) and returns what it prints.
func output(ns string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if ns != "" {
		args = append([]string{"ip", "netns", "exec", ns}, args...)
	}
	b, err := exec.CommandContext(ctx, args[0], args[1:]...).CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%s: %w: %.200s", strings.Join(args, " "), err, bytes.TrimSpace(b))
	}
	return string(b), err
}

// errOver says that there is no use in waiting longer.
type errOver string

func (e errOver) Error() string { return string(e) }

// eventually asks again and again until the answer is nil, for some seconds;
// then the last answer is the error.
func eventually(what string, f func() error) error { return within(patience, what, f) }

func within(limit time.Duration, what string, f func() error) error {
	end := time.Now().Add(limit)
	for {
		err := f()
		if err == nil {
			return nil
		}
		var over errOver
		if errors.As(err, &over) {
			return err
		}
		if time.Now().After(end) {
			return fmt.Errorf("%s: not within %v: %w", what, limit, err)
		}
		time.Sleep(50 * time.Millisecond)
	}
}
