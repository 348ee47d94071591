package main

import (
	"fmt"
	"io"
	"io/fs"
	"log/slog"
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

// pipeFolders are where ExaBGP looks for its named pipes, in its order; below
// exabgp_root too, where that is set.
func pipeFolders(root string) (folders []string) {
	for _, below := range []string{"/", root} {
		for _, run := range []string{"run", "var/run"} {
			for _, own := range []string{"exabgp", strconv.Itoa(os.Getuid()), ""} {
				if below != "" {
					folders = append(folders, filepath.Join(below, run, own))
				}
			}
		}
	}
	return folders
}

// pipePath is the pair of named pipes PATH.in and PATH.out.
type pipePath string

func (p pipePath) in() string  { return string(p) + ".in" }
func (p pipePath) out() string { return string(p) + ".out" }

// usable is an error where one of the two is not there or is no pipe.
func (p pipePath) usable() error {
	for _, name := range []string{p.in(), p.out()} {
		info, err := os.Stat(name)
		switch {
		case err != nil:
			return fmt.Errorf("named pipe: %w: make it with mkfifo -m 600 %s", err, name)
		case info.Mode()&fs.ModeNamedPipe == 0:
			return fmt.Errorf("named pipe: %s is none: remove it, and make it with mkfifo -m 600 %s", name, name)
		}
	}
	return nil
}

// findPipes finds the pair that ExaBGP would.
func findPipes(env config.Env) (pipePath, bool) {
	for _, folder := range pipeFolders(env.Root) {
		if p := pipePath(filepath.Join(folder, env.APIPipeName)); p.usable() == nil {
			return p, true
		}
	}
	return "", false
}

// namedPipes are the pipes that are named, where anything else is an error, or
// those that are found; nil: none.
func (l *life) namedPipes(env config.Env) (*pipes, error) {
	path, found := pipePath(l.pipes), true
	switch {
	case l.pipes == noSocket, l.pipes == "" && !env.APICLI:
		return nil, nil
	case l.pipes != "":
		if err := path.usable(); err != nil {
			return nil, fmt.Errorf("--pipes=%s: %w", l.pipes, err)
		}
	default:
		path, found = findPipes(env)
	}
	if !found {
		return nil, nil
	}
	return &pipes{path: path}, nil
}

// pipes are two named pipes as a source of clients. A client is all who write to
// the first one until none of them has it open; its replies go to whoever reads
// the second.
type pipes struct {
	path   pipePath
	out    *mailbox      // nil: nobody asked for source
	over   chan struct{} // closed when the last client has said all; nil: none was there
	failed bool          // accept has said so

	mu     sync.Mutex
	file   *os.File // the last client's: open until the next is there, so that no writer finds nobody
	closed bool
}

func (p *pipes) source(log *slog.Logger) live.Control {
	log.Info("commands are taken from a named pipe", "commands", p.path.in(), "replies", p.path.out())
	p.out = newMailbox(p.path.out(), log)
	return live.Control{Name: p.path.in(), Accept: p.accept, Close: p.close}
}

// accept waits for somebody to open the pipe and write. An error, of a pipe that
// is gone or not ours to read, is said once.
func (p *pipes) accept() (io.ReadWriteCloser, error) {
	if p.over != nil {
		<-p.over
	}
	if p.failed {
		return nil, net.ErrClosed
	}
	f, err := os.OpenFile(p.path.in(), os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err == nil {
		err = p.replace(f)
	}
	if err == nil {
		err = awaitWriter(f)
	}
	if err != nil {
		p.failed = true
		if p.isClosed() {
			err = net.ErrClosed
		}
		return nil, err
	}
	p.over = make(chan struct{})
	return &pipeClient{pipes: p, f: f, over: p.over}, nil
}

// replace closes the last client's file once the next one's is open.
func (p *pipes) replace(f *os.File) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		_ = f.Close()
		return net.ErrClosed
	}
	if p.file != nil {
		_ = p.file.Close()
	}
	p.file = f
	return nil
}

// awaitWriter waits until there is something to read, or a writer has been there
// since f was opened: before, a read would say that all has been said.
func awaitWriter(f *os.File) error {
	c, err := f.SyscallConn()
	if err != nil {
		return err
	}
	return c.Read(func(fd uintptr) bool {
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 0)
		return n > 0 || err != nil && err != unix.EINTR
	})
}

func (p *pipes) isClosed() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.closed
}

// close lets accept end, and the client say no more.
func (p *pipes) close() error {
	p.mu.Lock()
	p.closed = true
	if p.file != nil {
		_ = p.file.Close()
	}
	p.mu.Unlock()
	return nil
}

// end gives the last replies to a reader that is there, if it takes them.
func (p *pipes) end() {
	_ = p.close()
	if p.out == nil {
		return
	}
	p.out.close()
	select {
	case <-p.out.ended:
	case <-time.After(lastReplies):
	}
}

// lastReplies is how long the end of the daemon waits for a reader of replies.
const lastReplies = 200 * time.Millisecond

// pipeClient is one client of the pipes.
type pipeClient struct {
	pipes *pipes
	f     *os.File
	once  sync.Once
	over  chan struct{}
}

func (c *pipeClient) Read(b []byte) (int, error) {
	n, err := c.f.Read(b)
	if err != nil {
		c.once.Do(func() { close(c.over) })
	}
	return n, err
}

func (c *pipeClient) Write(b []byte) (int, error) { return c.pipes.out.Write(b) }

// Close passes over what is still said: the file is the next client's too. At the
// end of the daemon nobody waits any more for who does not read.
func (c *pipeClient) Close() error {
	if c.pipes.isClosed() {
		c.pipes.out.close()
		return nil
	}
	select {
	case <-c.over: // all was read: what comes now is the next client's
	default:
		go func() { _, _ = io.Copy(io.Discard, c) }()
	}
	return nil
}

// Bounds of a mailbox, in octets.
const (
	mailboxHeard   = 64 << 10 // that wait while somebody has the pipe open
	mailboxUnheard = 64 << 10 // that are kept while nobody has
)

// mailbox is the pipe that replies go to. While somebody has it open for
// reading, writers wait for that reader, as on any connection; while nobody has,
// the newest replies are kept, and who only gives commands need not read.
type mailbox struct {
	path string
	log  *slog.Logger

	mu      sync.Mutex
	changed *sync.Cond
	buf     []byte // whole lines
	file    *os.File
	closed  bool
	ended   chan struct{} // closed with deliver
	dropped int           // octets of replies that nobody was there for
}

func newMailbox(path string, log *slog.Logger) *mailbox {
	m := &mailbox{path: path, log: log, ended: make(chan struct{})}
	m.changed = sync.NewCond(&m.mu)
	go m.deliver()
	return m
}

// Write takes whole lines.
func (m *mailbox) Write(b []byte) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for m.file != nil && len(m.buf) >= mailboxHeard && !m.closed {
		m.changed.Wait()
	}
	if m.closed {
		return 0, net.ErrClosed
	}
	m.buf = append(m.buf, b...)
	m.forget()
	m.changed.Broadcast()
	return len(b), nil
}

// forget drops the oldest replies that nobody is there for.
func (m *mailbox) forget() {
	if over := len(m.buf) - mailboxUnheard; m.file == nil && over > 0 {
		n := over + lineRest(m.buf[over-1:]) - 1
		m.dropped += n
		m.buf = append(m.buf[:0], m.buf[n:]...)
	}
}

// lineRest is the length of what b has up to the end of its first line.
func lineRest(b []byte) int {
	for i, c := range b {
		if c == '\n' {
			return i + 1
		}
	}
	return len(b)
}

// deliver carries replies to one reader after the other.
func (m *mailbox) deliver() {
	defer close(m.ended)
	for {
		f, err := os.OpenFile(m.path, os.O_WRONLY, 0) // returns when there is a reader
		if err != nil {
			m.log.Error("replies to a named pipe are lost", "pipe", m.path, "reason", err)
			return
		}
		if !m.serve(f) {
			return
		}
	}
}

// serve carries replies to a reader until that one goes; false: the mailbox is
// closed.
func (m *mailbox) serve(f *os.File) bool {
	defer f.Close()
	m.mu.Lock()
	defer m.mu.Unlock()
	m.file = f
	if m.dropped > 0 {
		m.log.Warn("replies were dropped: nobody read the named pipe", "pipe", m.path, "octets", m.dropped)
		m.dropped = 0
	}
	for {
		for len(m.buf) == 0 && !m.closed {
			m.changed.Wait()
		}
		if m.closed && len(m.buf) == 0 {
			return false
		}
		b := m.buf
		m.buf = nil
		m.changed.Broadcast()
		m.mu.Unlock()
		n, err := f.Write(b)
		m.mu.Lock()
		if err == nil {
			continue
		}
		// The line that was begun was for the reader who went.
		if n > 0 && b[n-1] != '\n' {
			n += lineRest(b[n:])
		}
		m.buf = append(b[n:], m.buf...)
		m.file = nil
		m.forget()
		m.changed.Broadcast()
		return !m.closed
	}
}

// close ends deliver, when a reader that is there has what was written already,
// and whoever waits in Write.
func (m *mailbox) close() {
	m.mu.Lock()
	m.closed = true
	m.changed.Broadcast()
	m.mu.Unlock()
	// Where deliver waits for a reader, here is one.
	if f, err := os.OpenFile(m.path, os.O_RDONLY|syscall.O_NONBLOCK, 0); err == nil {
		_ = f.Close()
	}
}
