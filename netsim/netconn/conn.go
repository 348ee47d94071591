package netconn

import (
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"syscall"
	"time"

	"github.com/peerloom/peerloom/netsim"
)

var errStopped = errors.New("stopped")

// Conn is one end of a virtual connection: a net.Conn with CloseWrite, as
// *net.TCPConn has, and Reset.
type Conn struct {
	stack         *Stack
	id            netsim.Conn
	local, remote netip.AddrPort
	up, shut      bool
	err           error         // why it broke
	news          chan struct{} // closed and replaced when anything changes
	readBy        time.Time
	writeBy       time.Time
}

func newConn(s *Stack) *Conn { return &Conn{stack: s, news: make(chan struct{})} }

func (c *Conn) changed() {
	close(c.news)
	c.news = make(chan struct{})
}

// wait calls ready, with the network at the present instant, until it says
// true; by, if not nil, is read each time for the deadline.
func (c *Conn) wait(stop <-chan struct{}, by *time.Time, ready func(n *netsim.Network) bool) error {
	for {
		var ok bool
		var news chan struct{}
		var deadline time.Time
		c.stack.pump.Do(func(n *netsim.Network) {
			news = c.news
			if by != nil {
				deadline = *by
			}
			expired := !deadline.IsZero() && !time.Now().Before(deadline)
			ok = !expired && ready(n)
		})
		if ok {
			return nil
		}
		var due <-chan time.Time
		var timer *time.Timer
		if !deadline.IsZero() {
			left := time.Until(deadline)
			if left <= 0 {
				return os.ErrDeadlineExceeded
			}
			timer = time.NewTimer(left)
			due = timer.C
		}
		select {
		case <-news:
		case <-due:
		case <-stop:
			return errStopped
		}
		if timer != nil {
			timer.Stop()
		}
	}
}

// Read reads what has arrived; it waits for the first byte.
func (c *Conn) Read(p []byte) (int, error) {
	n, result := 0, error(nil)
	err := c.wait(nil, &c.readBy, func(v *netsim.Network) bool {
		switch {
		case c.shut:
			result = net.ErrClosed
		case c.err != nil:
			result = c.err
		case len(p) == 0:
		case v.AtEnd(c.id):
			result = io.EOF
		default:
			n = v.Read(c.id, p)
			return n > 0
		}
		return true
	})
	if err == nil {
		err = result
	}
	if err == nil || err == io.EOF {
		return n, err
	}
	return n, c.opError("read", err)
}

// Write writes all of p; it waits for room in the window.
func (c *Conn) Write(p []byte) (int, error) {
	n, result := 0, error(nil)
	err := c.wait(nil, &c.writeBy, func(v *netsim.Network) bool {
		switch {
		case c.shut:
			result = net.ErrClosed
		case c.err != nil:
			result = c.err
		case v.WriteClosed(c.id):
			result = syscall.EPIPE
		default:
			n += v.Write(c.id, p[n:])
			return n == len(p)
		}
		return true
	})
	if err == nil {
		err = result
	}
	if err != nil {
		err = c.opError("write", err)
	}
	return n, err
}

// Close ends the connection for both directions.
func (c *Conn) Close() error { return c.end("close", (*netsim.Network).Close) }

// Reset ends the connection with RST.
func (c *Conn) Reset() error { return c.end("reset", (*netsim.Network).Reset) }

func (c *Conn) end(op string, how func(*netsim.Network, netsim.Conn)) error {
	again := false
	c.stack.pump.Do(func(n *netsim.Network) {
		again = c.shut
		if again {
			return
		}
		c.shut = true
		how(n, c.id)
		delete(c.stack.conns, c.id)
		c.changed()
	})
	if again {
		return c.opError(op, net.ErrClosed)
	}
	return nil
}

// CloseWrite tells the peer that nothing more will be written.
func (c *Conn) CloseWrite() error {
	c.stack.pump.Do(func(n *netsim.Network) {
		n.CloseWrite(c.id)
		c.changed()
	})
	return nil
}

// LocalAddr is this end's address, a *net.TCPAddr.
func (c *Conn) LocalAddr() net.Addr { return net.TCPAddrFromAddrPort(c.local) }

// RemoteAddr is the peer's address, a *net.TCPAddr.
func (c *Conn) RemoteAddr() net.Addr { return net.TCPAddrFromAddrPort(c.remote) }

// SetDeadline sets both deadlines; the zero time means none.
func (c *Conn) SetDeadline(t time.Time) error { return c.deadline(t, &c.readBy, &c.writeBy) }

// SetReadDeadline sets the time after which Read fails with a timeout.
func (c *Conn) SetReadDeadline(t time.Time) error { return c.deadline(t, &c.readBy) }

// SetWriteDeadline sets the time after which Write fails with a timeout.
func (c *Conn) SetWriteDeadline(t time.Time) error { return c.deadline(t, &c.writeBy) }

func (c *Conn) deadline(t time.Time, which ...*time.Time) error {
	c.stack.pump.Do(func(*netsim.Network) {
		for _, w := range which {
			*w = t
		}
		c.changed()
	})
	return nil
}

func (c *Conn) opError(op string, err error) error {
	return &net.OpError{Op: op, Net: "tcp", Source: c.LocalAddr(), Addr: c.RemoteAddr(), Err: err}
}

// backlog bounds the connections that wait for Accept; more are reset.
const backlog = 128

// Listener is a net.Listener of a Stack.
type Listener struct {
	stack   *Stack
	at      netip.AddrPort
	waiting []*Conn
	closed  bool
	news    chan struct{}
}

func (s *Stack) accepted(e netsim.Event) {
	l := s.ports[e.Local]
	if l == nil || len(l.waiting) == backlog {
		s.pump.net.Reset(e.Conn)
		return
	}
	c := newConn(s)
	c.id, c.local, c.remote, c.up = e.Conn, e.Local, e.Remote, true
	s.conns[c.id] = c
	l.waiting = append(l.waiting, c)
	l.changed()
}

func (l *Listener) changed() {
	close(l.news)
	l.news = make(chan struct{})
}

// Accept waits for the next connection.
func (l *Listener) Accept() (net.Conn, error) {
	for {
		var c *Conn
		var closed bool
		var news chan struct{}
		l.stack.pump.Do(func(*netsim.Network) {
			closed, news = l.closed, l.news
			if !closed && len(l.waiting) > 0 {
				c, l.waiting = l.waiting[0], l.waiting[1:]
			}
		})
		switch {
		case closed:
			return nil, &net.OpError{Op: "accept", Net: "tcp", Addr: l.Addr(), Err: net.ErrClosed}
		case c != nil:
			return c, nil
		}
		<-news
	}
}

// Close ends listening; connections not accepted yet are reset.
func (l *Listener) Close() error {
	var again bool
	l.stack.pump.Do(func(n *netsim.Network) {
		if again = l.closed; again {
			return
		}
		l.closed = true
		n.Unlisten(l.at)
		delete(l.stack.ports, l.at)
		for _, c := range l.waiting {
			n.Reset(c.id)
			delete(l.stack.conns, c.id)
		}
		l.waiting = nil
		l.changed()
	})
	if again {
		return &net.OpError{Op: "close", Net: "tcp", Addr: l.Addr(), Err: net.ErrClosed}
	}
	return nil
}

// Addr is the address listened to, a *net.TCPAddr.
func (l *Listener) Addr() net.Addr { return net.TCPAddrFromAddrPort(l.at) }

var (
	_ net.Conn     = (*Conn)(nil)
	_ net.Listener = (*Listener)(nil)
)
