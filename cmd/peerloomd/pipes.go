package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/peerloom/peerloom/speaker/config"
	"github.com/peerloom/peerloom/speaker/live"
)

// Waits at named pipes.
const (
	readerWait = time.Second           // for somebody to open the pipe of replies
	readerPoll = 20 * time.Millisecond // between two looks for him
	pipeAgain  = 10 * time.Second      // until a pipe that could not be opened is tried again
)

// namedPipes are a pair of named pipes, made by the administrator: what is
// written into one are commands, what is read from the other their replies.
// Whoever has the first open at a time is one client.
type namedPipes struct {
	in, out string
	// commands is open all the time: what somebody writes between two clients waits
	// there for the second.
	commands *os.File
	closed   chan struct{}
	once     sync.Once
	free     chan struct{}  // holds one when there is no client
	came     chan *struct{} // somebody has opened commands
	watch    *struct{}      // nil: a goroutine waits for that
}

// namedPipes finds the pipes: those that are named, where anything else is an
// error, or the first pair that is there; nil: none.
func (l *life) namedPipes(env config.Env) (*namedPipes, error) {
	switch {
	case l.pipes == noSocket, l.pipes == "" && !env.APICLI:
		return nil, nil
	case l.pipes != "":
		return openPipes(l.pipes)
	}
	for _, folder := range pipeFolders(env.Root) {
		// A folder without pipes, or with such as are not ours.
		if p, err := openPipes(filepath.Join(folder, env.APIPipeName)); err == nil {
			return p, nil
		}
	}
	return nil, nil
}

// pipeFolders are where ExaBGP looks for its pipes, in its order.
func pipeFolders(root string) (l []string) {
	for _, below := range []string{"/", root} {
		for _, run := range []string{"run", "var/run"} {
			for _, own := range []string{"exabgp", strconv.Itoa(os.Getuid()), ""} {
				if below != "" {
					l = append(l, filepath.Join(below, run, own))
				}
			}
		}
	}
	return l
}

// openPipes opens path.in; an error where it or path.out is not there or is no
// pipe.
func openPipes(path string) (*namedPipes, error) {
	p := &namedPipes{
		in: path + ".in", out: path + ".out",
		closed: make(chan struct{}), free: make(chan struct{}, 1), came: make(chan *struct{}, 1), watch: &struct{}{},
	}
	p.free <- struct{}{}
	for _, name := range []string{p.in, p.out} {
		info, err := os.Stat(name)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil, fmt.Errorf("named pipe %s is not there: make it with mkfifo -m 600 %s", name, name)
		case err != nil:
			return nil, fmt.Errorf("named pipe: %w", err)
		case info.Mode()&fs.ModeNamedPipe == 0:
			return nil, fmt.Errorf("named pipe: %s is none: remove it and make it with mkfifo -m 600 %s", name, name)
		}
	}
	var err error
	if p.commands, err = os.OpenFile(p.in, os.O_RDONLY|syscall.O_NONBLOCK, 0); err != nil {
		return nil, fmt.Errorf("named pipe: %w", err)
	}
	return p, nil
}

// source is the pipes as a source of clients.
func (p *namedPipes) source() live.Control {
	return live.Control{Name: p.in, Accept: p.accept, Close: p.close}
}

// accept waits until somebody opens the pipe of commands, and the client before
// has all its replies.
func (p *namedPipes) accept() (io.ReadWriteCloser, error) {
	select {
	case <-p.free:
	case <-p.closed:
		return nil, net.ErrClosed
	}
	again := time.NewTicker(pipeAgain)
	defer again.Stop()
	for {
		if p.watch != nil {
			watch := p.watch
			p.watch = nil
			go func() {
				if f, err := os.OpenFile(p.in, os.O_RDONLY, 0); err == nil { // waits for a writer
					_ = f.Close()
					p.came <- watch
				} // else it is not ours to open any more: again has to do
			}()
		}
		select {
		case p.watch = <-p.came:
			return p.client(), nil
		case <-again.C: // who came and went before the other looked
			if p.holds() {
				return p.client(), nil
			}
		case <-p.closed:
			return nil, net.ErrClosed
		}
	}
}

func (p *namedPipes) client() *pipeClient {
	_ = p.commands.SetReadDeadline(time.Time{})
	return &pipeClient{pipes: p, gone: make(chan struct{})}
}

// holds reports whether the pipe of commands has some.
func (p *namedPipes) holds() (data bool) {
	raw, err := p.commands.SyscallConn()
	if err != nil {
		return false
	}
	_ = raw.Control(func(fd uintptr) {
		l := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
		_, err := unix.Poll(l, 0)
		data = err == nil && l[0].Revents&unix.POLLIN != 0
	})
	return data
}

// close ends accept, and what it began.
func (p *namedPipes) close() error {
	p.once.Do(func() {
		close(p.closed)
		if f, err := os.OpenFile(p.in, os.O_WRONLY|syscall.O_NONBLOCK, 0); err == nil {
			_ = f.Close()
		}
	})
	return nil
}

// end lets go of the pipes.
func (p *namedPipes) end() {
	_ = p.close()
	_ = p.commands.Close()
}

// pipeClient is whoever has the pipe of commands open, until the last has closed
// it.
type pipeClient struct {
	pipes   *namedPipes
	gone    chan struct{} // closed by Close
	once    sync.Once
	mu      sync.Mutex
	replies *os.File // nil: not open
}

// Read reads commands.
func (c *pipeClient) Read(b []byte) (int, error) { return c.pipes.commands.Read(b) }

// Write writes replies. Where nobody has that pipe open, nor opens it in time,
// they are for nobody.
func (c *pipeClient) Write(b []byte) (int, error) {
	for n := 0; n < len(b); {
		out, err := c.output()
		if err != nil {
			return n, err
		}
		if out == nil {
			break
		}
		k, err := out.Write(b[n:])
		n += k
		switch {
		case errors.Is(err, syscall.EPIPE): // the reader has gone; there may be another
			_ = out.Close()
			c.mu.Lock()
			c.replies = nil
			c.mu.Unlock()
		case err != nil:
			return n, err
		}
	}
	return len(b), nil
}

// output is the pipe of replies; nil: nobody reads it.
func (c *pipeClient) output() (*os.File, error) {
	c.mu.Lock()
	out := c.replies
	c.mu.Unlock()
	if out != nil {
		return out, nil
	}
	for limit := time.Now().Add(readerWait); ; {
		f, err := os.OpenFile(c.pipes.out, os.O_WRONLY|syscall.O_NONBLOCK, 0)
		switch {
		case err == nil:
			return f, c.adopt(f)
		case !errors.Is(err, syscall.ENXIO):
			return nil, err
		case !time.Now().Before(limit):
			return nil, nil
		}
		select {
		case <-c.gone:
			return nil, net.ErrClosed
		case <-time.After(readerPoll):
		}
	}
}

// adopt keeps the open pipe, for Close to close.
func (c *pipeClient) adopt(f *os.File) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	select {
	case <-c.gone:
		_ = f.Close()
		return net.ErrClosed
	default:
	}
	c.replies = f
	return nil
}

// Close ends Read and Write, and makes room for the next client.
func (c *pipeClient) Close() error {
	c.once.Do(func() {
		close(c.gone)
		_ = c.pipes.commands.SetReadDeadline(time.Unix(1, 0)) // Read returns
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.replies != nil {
			_ = c.replies.Close()
		}
		c.pipes.free <- struct{}{}
	})
	return nil
}
