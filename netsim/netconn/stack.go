package netconn

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"sync"
	"syscall"
	"time"

	"github.com/peerloom/peerloom/netsim"
	"github.com/peerloom/peerloom/sim"
)

// maxEvents bounds the events of one instant: more are a loop without end.
const maxEvents = 1 << 20

// Pump joins a network to the clock of time.Now, which in a synctest bubble is
// virtual. All methods are safe for concurrent use.
type Pump struct {
	mu    sync.Mutex
	net   *netsim.Network
	begun time.Time
	ahead time.Duration // where the loop stood when the pump began
	wake  chan struct{}
	done  chan struct{}
	ended chan struct{}
	close sync.Once
}

// NewPump starts the goroutine that runs the network's events. Nobody else may
// use the network or its loop before Close, except within Do.
func NewPump(n *netsim.Network) *Pump {
	p := &Pump{
		net: n, begun: time.Now(), ahead: n.Loop().Elapsed(),
		wake: make(chan struct{}, 1), done: make(chan struct{}), ended: make(chan struct{}),
	}
	go p.run()
	return p
}

// Close stops the goroutine. Connections stay as they are.
func (p *Pump) Close() {
	p.close.Do(func() { close(p.done) })
	<-p.ended
}

// Do calls f when no event runs, with the network at the present instant: for
// faults, and for looking at it.
func (p *Pump) Do(f func(n *netsim.Network)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.advance()
	f(p.net)
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// advance runs what is due.
func (p *Pump) advance() {
	now := sim.Epoch().Add(p.ahead + time.Since(p.begun))
	if !p.net.Loop().RunUntil(now, maxEvents) {
		panic("netconn: the network does not come to rest at " + now.String())
	}
}

func (p *Pump) run() {
	defer close(p.ended)
	for {
		p.mu.Lock()
		p.advance()
		next, any := p.net.Loop().Next()
		wait := next.Sub(p.net.Loop().Now())
		p.mu.Unlock()
		var due <-chan time.Time
		var timer *time.Timer
		if any {
			timer = time.NewTimer(wait)
			due = timer.C
		}
		select {
		case <-due:
		case <-p.wake:
		case <-p.done:
			return
		}
		if timer != nil {
			timer.Stop()
		}
	}
}

// Stack is the network of one host, with the functions of package net.
type Stack struct {
	pump  *Pump
	addr  netip.Addr
	conns map[netsim.Conn]*Conn
	ports map[netip.AddrPort]*Listener
}

// Host adds a host to the network.
func (p *Pump) Host(addr netip.Addr) *Stack {
	s := &Stack{pump: p, addr: addr, conns: map[netsim.Conn]*Conn{}, ports: map[netip.AddrPort]*Listener{}}
	p.Do(func(n *netsim.Network) { n.AddHost(addr, s) })
	return s
}

// HandleNet is for the network.
func (s *Stack) HandleNet(e netsim.Event) {
	if e.Kind == netsim.Accepted {
		s.accepted(e)
		return
	}
	c := s.conns[e.Conn]
	if c == nil {
		return
	}
	switch e.Kind {
	case netsim.Connected:
		c.local, c.remote, c.up = e.Local, e.Remote, true
	case netsim.Failed, netsim.Broken:
		c.err = errnos[e.Reason]
		delete(s.conns, e.Conn)
	}
	c.changed()
}

var errnos = [...]error{
	netsim.Refused: syscall.ECONNREFUSED, netsim.TimedOut: syscall.ETIMEDOUT,
	netsim.Reset: syscall.ECONNRESET, netsim.NoHost: syscall.EHOSTUNREACH,
}

// Dial connects to "address:port", as net.Dialer.DialContext does. The errors
// are those of package net: a *net.OpError that wraps a syscall.Errno.
func (s *Stack) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	return s.DialFrom(ctx, network, netip.AddrPortFrom(s.addr, 0), address)
}

// DialFrom is Dial from an address and port of the host.
func (s *Stack) DialFrom(ctx context.Context, network string, local netip.AddrPort, address string) (net.Conn, error) {
	remote, err := resolve(network, address)
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: network, Err: err}
	}
	c := newConn(s)
	c.remote = remote
	s.pump.Do(func(n *netsim.Network) {
		if c.id, err = n.Dial(local, remote); err == nil {
			s.conns[c.id] = c
		}
	})
	if err == nil {
		err = c.wait(ctx.Done(), nil, func(*netsim.Network) bool { return c.up || c.err != nil })
		if errors.Is(err, errStopped) {
			err = ctx.Err()
			if errors.Is(err, context.DeadlineExceeded) {
				err = syscall.ETIMEDOUT
			}
			s.pump.Do(func(n *netsim.Network) { n.Close(c.id); delete(s.conns, c.id) })
		} else if c.err != nil {
			err = c.err
		}
	}
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: network, Addr: net.TCPAddrFromAddrPort(remote), Err: err}
	}
	return c, nil
}

// Listen accepts connections to "address:port" of the host.
func (s *Stack) Listen(network, address string) (net.Listener, error) {
	at, err := resolve(network, address)
	l := &Listener{stack: s, at: at, news: make(chan struct{})}
	if err == nil {
		s.pump.Do(func(n *netsim.Network) {
			if err = n.Listen(at); err == nil {
				s.ports[at] = l
			}
		})
	}
	if err != nil {
		return nil, &net.OpError{Op: "listen", Net: network, Err: err}
	}
	return l, nil
}

func resolve(network, address string) (netip.AddrPort, error) {
	switch network {
	case "tcp", "tcp4", "tcp6":
		return netip.ParseAddrPort(address)
	}
	return netip.AddrPort{}, net.UnknownNetworkError(network)
}
