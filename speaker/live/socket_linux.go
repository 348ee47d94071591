package live

import (
	"fmt"
	"net/netip"
	"os"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/peerloom/peerloom/speaker"
)

// option is one socket option, with what to do where the kernel refuses it.
type option struct {
	name   string
	remedy string
	set    func(fd int) error
}

// dialOptions is what a connection to peer is made with.
func dialOptions(peer netip.Addr, s *speaker.Socket) []option {
	return append(keyOptions(one(peer), s), connOptions(peer, s)...)
}

// connOptions is what can be asked of a connection that is up already.
func connOptions(peer netip.Addr, s *speaker.Socket) []option {
	var l []option
	if s.Interface != "" {
		l = append(l, option{"source-interface " + s.Interface, "it needs an interface of that name and CAP_NET_RAW", func(fd int) error {
			return unix.BindToDevice(fd, s.Interface)
		}})
	}
	l = append(l, ttlOption(peer, s.OutgoingTTL)...)
	if s.IncomingTTL != 0 {
		level, name := unix.IPPROTO_IP, unix.IP_MINTTL
		if peer.Is6() {
			level, name = unix.IPPROTO_IPV6, unix.IPV6_MINHOPCOUNT
		}
		l = append(l, option{fmt.Sprintf("incoming-ttl %d", s.IncomingTTL), "it needs Linux", func(fd int) error {
			return unix.SetsockoptInt(fd, level, name, int(s.IncomingTTL))
		}})
	}
	return l
}

func ttlOption(peer netip.Addr, ttl uint8) []option {
	if ttl == 0 {
		return nil
	}
	level, name := unix.IPPROTO_IP, unix.IP_TTL
	if peer.Is6() {
		level, name = unix.IPPROTO_IPV6, unix.IPV6_UNICAST_HOPS
	}
	return []option{{fmt.Sprintf("outgoing-ttl %d", ttl), "it needs Linux", func(fd int) error {
		return unix.SetsockoptInt(fd, level, name, int(ttl))
	}}}
}

// listenOptions is what a listener needs for the peers that may connect to it:
// the keys of all, and the greatest TTL, since the answer to a SYN leaves before
// anybody knows whose it is; a TTL that is greater than asked for harms nobody
// (RFC 5082 §3).
func listenOptions(keys []speaker.SocketKey) []option {
	var l []option
	var ttl uint8
	for i := range keys {
		l = append(l, keyOptions(keys[i].Peers, &keys[i].Socket)...)
		ttl = max(ttl, keys[i].OutgoingTTL)
	}
	if len(keys) > 0 {
		l = append(l, ttlOption(keys[0].Peers.Addr(), ttl)...)
	}
	return l
}

// apply sets options on a raw socket; the first that is refused is the error.
func apply(raw syscall.RawConn, options []option) error {
	var failed error
	err := raw.Control(func(fd uintptr) {
		for _, o := range options {
			if err := o.set(int(fd)); err != nil {
				failed = fmt.Errorf("%s: %w: %s", o.name, os.NewSyscallError("setsockopt", err), o.remedy)
				return
			}
		}
	})
	if failed != nil {
		return failed
	}
	return err
}

// waiting is the number of bytes that were received and not read yet.
func waiting(raw syscall.RawConn) int {
	n := 0
	if err := raw.Control(func(fd uintptr) { n, _ = unix.IoctlGetInt(int(fd), unix.TIOCINQ) }); err != nil {
		return 0
	}
	return n
}
