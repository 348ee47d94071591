package live

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"syscall"
	"time"

	"github.com/peerloom/peerloom/speaker"
)

// A dial that is refused is tried again at once: a peer that is being started
// together with us must not cost a ConnectRetryTimer.
const (
	dialAgain = 100 * time.Millisecond
	dialLimit = 30 * time.Second
)

func (d *Daemon) dial(a *speaker.Action) {
	ctx, cancel := context.WithCancel(context.Background())
	id, local, remote, socket := a.Conn, a.Local.Addr(), a.Remote, *a.Socket
	d.dials[id] = cancel
	go func() {
		nc, err := d.dialUntil(ctx, local, remote, &socket)
		if !d.post(func() { d.dialed(ctx, id, nc, err) }) && nc != nil {
			_ = nc.Close()
		}
	}()
}

// dialUntil dials until it is answered by something else than a refusal.
func (d *Daemon) dialUntil(ctx context.Context, local netip.Addr, remote netip.AddrPort, s *speaker.Socket) (net.Conn, error) {
	limit := d.clock.Now().Add(dialLimit)
	for {
		nc, err := d.dialWith(ctx, local, remote, s)
		if err == nil || !errors.Is(err, syscall.ECONNREFUSED) || !d.clock.Now().Add(dialAgain).Before(limit) {
			return nc, err
		}
		again := d.clock.Timer(dialAgain)
		select {
		case <-again.C:
		case <-ctx.Done():
			again.Stop()
			return nil, ctx.Err()
		case <-d.over:
			again.Stop()
			return nil, err
		}
	}
}

func (d *Daemon) dialed(ctx context.Context, id speaker.ConnID, nc net.Conn, err error) {
	if ctx.Err() != nil || d.exiting { // closed meanwhile
		if nc != nil {
			_ = nc.Close()
		}
		return
	}
	d.dials[id]() // releases the context
	delete(d.dials, id)
	if err != nil {
		d.step(speaker.Input{Kind: speaker.InDialFailed, Conn: id, Text: err.Error()})
		return
	}
	d.adopt(id, nc)
	d.step(speaker.Input{
		Kind: speaker.InDialed, Conn: id,
		Local: addrPort(nc.LocalAddr()), Remote: addrPort(nc.RemoteAddr()),
	})
}

// listen opens the ports that the configuration asks for and closes those that
// it no longer does.
func (d *Daemon) listen() error {
	if d.conf.NoListen {
		return nil
	}
	want := d.s.Listen()
	for at, l := range d.listeners {
		if !slices.Contains(want, at) {
			_ = l.Close()
			delete(d.listeners, at)
		}
	}
	var failed error
	for _, at := range want {
		if l := d.listeners[at]; l != nil {
			failed = errors.Join(failed, d.listenWith(l, d.s.SocketKeys(at)))
			continue
		}
		opened, err := d.conf.Network.Listen(at)
		if err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		l := &listener{Listener: opened}
		if err := d.listenWith(l, d.s.SocketKeys(at)); err != nil {
			_ = l.Close()
			failed = errors.Join(failed, err)
			continue
		}
		d.listeners[at] = l
		go d.accept(opened)
	}
	return failed
}

func (d *Daemon) accept(l net.Listener) {
	for {
		nc, err := l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil { // out of descriptors, or the peer was quicker
			if !d.post(func() { d.log.Error("accept failed", "local", l.Addr(), "reason", err) }) {
				return
			}
			d.clock.Sleep(dialAgain)
			continue
		}
		if !d.post(func() {
			if err := d.acceptWith(nc, d.s.Socket(addrPort(nc.LocalAddr()), addrPort(nc.RemoteAddr()))); err != nil {
				d.log.Error("connection refused", "remote", nc.RemoteAddr(), "reason", err)
				_ = nc.Close()
				return
			}
			var id speaker.ConnID
			id, d.acts = d.s.Accept(d.now(), addrPort(nc.LocalAddr()), addrPort(nc.RemoteAddr()), d.acts[:0])
			d.adopt(id, nc)
			d.perform()
		}) {
			_ = nc.Close()
			return
		}
	}
}

// closeAll closes what must not outlive the daemon.
func (d *Daemon) closeAll() {
	for _, l := range d.listeners {
		_ = l.Close()
	}
	for _, cancel := range d.dials {
		cancel()
	}
}

// finish lets the last bytes out, waits a little for the peers to close, and
// ends the child processes.
func (d *Daemon) finish() {
	d.closeAll()
	for _, l := range d.conf.Control {
		_ = l.Close()
	}
	for _, c := range d.conns {
		d.closeConn(c.id)
	}
	d.pump()
	for _, c := range d.children {
		c.last = true
		d.tell(c)
	}
	ended := make(chan struct{})
	go d.endChildren(slices.Clone(d.children), ended)
	limit := d.clock.After(linger)
	for d.open > 0 && limit != nil {
		select {
		case f := <-d.inbox:
			f()
		case <-limit:
			limit = nil
		}
	}
	for _, ended := range append(d.ending, ended) {
		for !isClosed(ended) {
			select {
			case f := <-d.inbox: // a child's last words may still have readers waiting
				f()
			case <-ended:
			}
		}
	}
}
