package live

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"syscall"

	"github.com/peerloom/peerloom/speaker"
)

// Network is where connections come from.
type Network interface {
	// Dial connects once. A zero local address means any.
	Dial(ctx context.Context, local netip.Addr, remote netip.AddrPort) (net.Conn, error)
	Listen(local netip.AddrPort) (net.Listener, error)
}

// SocketNetwork is a Network that can ask more of a connection than that it is
// one. On another, a neighbor that does is not dialled.
type SocketNetwork interface {
	// DialSocket is Dial, with what s asks for.
	DialSocket(ctx context.Context, local netip.Addr, remote netip.AddrPort, s *speaker.Socket) (net.Conn, error)
	// ListenSocket asks of a listener what is to hold for those who connect, and
	// first removes the keys of old, which it was given before.
	ListenSocket(l net.Listener, keys, old []speaker.SocketKey) error
	// AcceptSocket asks of an accepted connection what s asks for.
	AcceptSocket(nc net.Conn, s *speaker.Socket) error
}

// errNoSockets is the answer of any other Network.
var errNoSockets = errors.New("this network has no TTL, interface or key of a connection: remove source-interface, the ttl and md5 directives and tcp-ao")

// TCP is the network of the operating system.
type TCP struct{}

// Dial connects over TCP, from the local address if there is one.
func (TCP) Dial(ctx context.Context, local netip.Addr, remote netip.AddrPort) (net.Conn, error) {
	var d net.Dialer
	if local.IsValid() {
		d.LocalAddr = net.TCPAddrFromAddrPort(netip.AddrPortFrom(local, 0))
	}
	return d.DialContext(ctx, "tcp", remote.String())
}

// DialSocket is Dial with options that hold from the first segment on.
func (TCP) DialSocket(ctx context.Context, local netip.Addr, remote netip.AddrPort, s *speaker.Socket) (net.Conn, error) {
	d := net.Dialer{Control: func(_, _ string, raw syscall.RawConn) error {
		return apply(raw, dialOptions(remote.Addr(), s))
	}}
	if local.IsValid() {
		d.LocalAddr = net.TCPAddrFromAddrPort(netip.AddrPortFrom(local, 0))
	}
	return d.DialContext(ctx, "tcp", remote.String())
}

// ListenSocket sets the keys of all peers, which the kernel tells apart.
func (TCP) ListenSocket(l net.Listener, keys, old []speaker.SocketKey) error {
	raw, err := l.(syscall.Conn).SyscallConn()
	if err != nil {
		return err
	}
	return apply(raw, append(withoutKeys(old), listenOptions(keys)...))
}

// AcceptSocket sets what is of one peer; its key came with the listener's.
func (TCP) AcceptSocket(nc net.Conn, s *speaker.Socket) error {
	raw, err := nc.(*net.TCPConn).SyscallConn()
	if err != nil {
		return err
	}
	return apply(raw, connOptions(addrPort(nc.RemoteAddr()).Addr(), s))
}

// dialWith dials with what s asks for.
func (d *Daemon) dialWith(ctx context.Context, local netip.Addr, remote netip.AddrPort, s *speaker.Socket) (net.Conn, error) {
	if *s == (speaker.Socket{}) {
		return d.conf.Network.Dial(ctx, local, remote)
	}
	if n, ok := d.conf.Network.(SocketNetwork); ok {
		return n.DialSocket(ctx, local, remote, s)
	}
	return nil, errNoSockets
}

// listenWith asks of a listener what the neighbors ask for.
func (d *Daemon) listenWith(l *listener, keys []speaker.SocketKey) error {
	var signed, old []speaker.SocketKey
	for _, k := range keys {
		if k.Signed() {
			signed = append(signed, speaker.SocketKey{Peers: k.Peers, Socket: speaker.Socket{MD5: k.MD5, AO: k.AO}})
		}
	}
	for _, k := range l.signed {
		if !slices.Contains(signed, k) {
			old = append(old, k)
		}
	}
	if len(keys) == 0 && len(old) == 0 {
		return nil
	}
	n, ok := d.conf.Network.(SocketNetwork)
	if !ok {
		return errNoSockets
	}
	if err := n.ListenSocket(l.Listener, keys, old); err != nil {
		l.signed = append(l.signed, signed...) // some may have been set
		return err
	}
	l.signed = signed
	return nil
}

// acceptWith asks of an accepted connection what s asks for.
func (d *Daemon) acceptWith(nc net.Conn, s speaker.Socket) error {
	if s == (speaker.Socket{}) {
		return nil
	}
	if n, ok := d.conf.Network.(SocketNetwork); ok {
		return n.AcceptSocket(nc, &s)
	}
	return errNoSockets
}

// Listen binds a TCP port.
func (TCP) Listen(local netip.AddrPort) (net.Listener, error) {
	return net.ListenTCP("tcp", net.TCPAddrFromAddrPort(local))
}

// listener is a port that is open.
type listener struct {
	net.Listener
	signed []speaker.SocketKey // the keys that it has, and nothing else of their peers
}

// addrPort is the address of one end of a connection, unmapped.
func addrPort(a net.Addr) netip.AddrPort {
	switch a := a.(type) {
	case *net.TCPAddr:
		ap := a.AddrPort()
		return netip.AddrPortFrom(ap.Addr().Unmap().WithZone(""), ap.Port())
	case interface{ AddrPort() netip.AddrPort }:
		return a.AddrPort()
	}
	ap, _ := netip.ParseAddrPort(a.String())
	return ap
}
