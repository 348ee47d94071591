package live

import (
	"fmt"
	"net"
	"net/netip"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/peerloom/peerloom/speaker"
)

// signed listens on loopback for peers with keys, or skips.
func signed(t *testing.T, at string, keys ...speaker.SocketKey) (net.Listener, netip.AddrPort) {
	l, addr := loopback(t, at)
	if err := (TCP{}).ListenSocket(l, keys, nil); err != nil {
		t.Skipf("this kernel does not do it: %v", err)
	}
	return l, addr
}

// Both ends have the key (RFC 2385): the session comes up. The daemon's key
// comes from its configuration.
func TestMD5OfBothEnds(t *testing.T) {
	for _, a := range []string{"127.0.0.1", "::1"} {
		t.Run(a, func(t *testing.T) {
			at := net.JoinHostPort(a, "0")
			l, addr := signed(t, at, speaker.SocketKey{Peers: one(netip.MustParseAddr(a)), Socket: speaker.Socket{MD5: "loom"}})
			d, ended := started(t, t.Context(), settings(t, neighbor(addr, a, "md5-password bG9vbQ==; md5-base64 true;")))
			p := accepted(t, l)
			require.Equal(t, endOfRIB, p.next(t))
			d.Stop("")
			for range p.heard {
			}
			p.nc.Close()
			require.NoError(t, <-ended)
		})
	}
}

// A listener drops the segments of a peer that signs with another key, and
// takes those of one that signs with the right one.
func TestMD5OfTheListener(t *testing.T) {
	for _, peers := range []string{"127.0.0.2/32", "127.0.0.0/29"} {
		t.Run(peers, func(t *testing.T) { md5OfTheListener(t, netip.MustParsePrefix(peers)) })
	}
}

func md5OfTheListener(t *testing.T, peers netip.Prefix) {
	l, addr := signed(t, "127.0.0.1:0", speaker.SocketKey{Peers: peers, Socket: speaker.Socket{MD5: "loom"}})
	raw := func(key string) int {
		fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_NONBLOCK, 0)
		require.NoError(t, err)
		t.Cleanup(func() { unix.Close(fd) })
		require.NoError(t, unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 2}}))
		require.NoError(t, setMD5(fd, one(addr.Addr()), key))
		require.ErrorIs(t, unix.Connect(fd, &unix.SockaddrInet4{Port: int(addr.Port()), Addr: [4]byte{127, 0, 0, 1}}), unix.EINPROGRESS)
		return fd
	}
	wrong, right := raw("other"), raw("loom")
	nc, err := l.Accept()
	require.NoError(t, err)
	defer nc.Close()
	port := func(fd int) int {
		sa, err := unix.Getsockname(fd)
		require.NoError(t, err)
		return sa.(*unix.SockaddrInet4).Port
	}
	require.Equal(t, port(right), nc.RemoteAddr().(*net.TCPAddr).Port)
	require.NotEqual(t, port(wrong), port(right))
	_, err = unix.GetsockoptInt(wrong, unix.SOL_SOCKET, unix.SO_ERROR)
	require.NoError(t, err)
	_, err = unix.Getpeername(wrong)
	require.ErrorIs(t, err, syscall.ENOTCONN, "its SYN was dropped")
}

// A reload that takes a neighbor's key away takes it from the open port too: the
// peer gets in without one, and a key that stays is kept.
func TestReloadRemovesTheKey(t *testing.T) {
	for _, peers := range []string{"127.0.0.2", "127.0.0.0/29"} {
		t.Run(peers, func(t *testing.T) { reloadRemovesTheKey(t, peers) })
	}
}

func reloadRemovesTheKey(t *testing.T, peers string) {
	l, at := signed(t, "127.0.0.1:0", speaker.SocketKey{Peers: one(netip.MustParseAddr("127.0.0.9")), Socket: speaker.Socket{MD5: "loom"}})
	l.Close() // its port is free now
	passive := func(peer, more string) string {
		return fmt.Sprintf("neighbor %s { router-id 1.2.3.4; local-address 127.0.0.1; local-as 1; peer-as 1; listen %d; passive true; family { ipv4 unicast; } %s }\n",
			peer, at.Port(), more)
	}
	const key = "md5-password bG9vbQ==; md5-base64 true;"
	c := settings(t, passive(peers, key)+passive("127.0.0.3", key))
	c.Speaker.Sessions = 0
	after := settings(t, passive(peers, "")+passive("127.0.0.3", key)).Speaker
	c.Reload = func() (*speaker.Config, error) { return &after, nil }
	d, ended := started(t, t.Context(), c)
	d.Reload()
	keys := make(chan []speaker.SocketKey)
	d.post(func() { keys <- d.listeners[at].signed })
	require.Equal(t, []speaker.SocketKey{{Peers: netip.MustParsePrefix("127.0.0.3/32"), Socket: speaker.Socket{MD5: "loom"}}}, <-keys)
	nc, err := (&net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)}}).DialContext(t.Context(), "tcp", at.String())
	require.NoError(t, err, "the port still asks for the old key")
	p := newPeer(nc)
	require.Equal(t, endOfRIB, p.next(t))
	d.Stop("")
	for range p.heard {
	}
	nc.Close()
	require.NoError(t, <-ended)
}

// option reads an integer option of a connection.
func getOption(t *testing.T, nc net.Conn, level, name int) int {
	raw, err := nc.(syscall.Conn).SyscallConn()
	require.NoError(t, err)
	v := -1
	require.NoError(t, raw.Control(func(fd uintptr) { v, err = unix.GetsockoptInt(int(fd), level, name) }))
	require.NoError(t, err)
	return v
}

// RFC 5082 §3: what leaves has TTL 255, what arrives with less is dropped; at
// both ends, of both address families.
func TestTTLSecurity(t *testing.T) {
	gtsm := speaker.Socket{OutgoingTTL: 255, IncomingTTL: 255}
	for _, c := range []struct {
		addr                 string
		level, out, in, none int
	}{
		{"127.0.0.1", unix.IPPROTO_IP, unix.IP_TTL, unix.IP_MINTTL, 64},
		{"::1", unix.IPPROTO_IPV6, unix.IPV6_UNICAST_HOPS, unix.IPV6_MINHOPCOUNT, 64},
	} {
		t.Run(c.addr, func(t *testing.T) {
			peer := netip.MustParseAddr(c.addr)
			l, at := signed(t, net.JoinHostPort(c.addr, "0"), speaker.SocketKey{Peers: one(peer), Socket: gtsm})
			nc, err := (TCP{}).DialSocket(t.Context(), netip.Addr{}, at, &gtsm)
			require.NoError(t, err, "the listener answers with TTL 255, or nobody would hear it")
			defer nc.Close()
			other, err := l.Accept()
			require.NoError(t, err)
			defer other.Close()
			require.NoError(t, (TCP{}).AcceptSocket(other, &gtsm))
			for _, x := range []net.Conn{nc, other} {
				require.Equal(t, 255, getOption(t, x, c.level, c.out))
				require.Equal(t, 255, getOption(t, x, c.level, c.in))
			}
			_, err = nc.Write([]byte("x"))
			require.NoError(t, err)
			_, err = other.Read(make([]byte, 1))
			require.NoError(t, err)
		})
	}
}

func TestRefusedOptionSaysWhatToDo(t *testing.T) {
	_, at := loopback(t, "127.0.0.1:0")
	_, err := (TCP{}).DialSocket(t.Context(), netip.Addr{}, at, &speaker.Socket{Interface: "no-such-device"})
	require.ErrorContains(t, err, "source-interface no-such-device: setsockopt: ")
	require.ErrorContains(t, err, "it needs an interface of that name and CAP_NET_RAW")
	_, err = (TCP{}).DialSocket(t.Context(), netip.Addr{}, at, &speaker.Socket{MD5: string(make([]byte, 81))})
	require.ErrorContains(t, err, "the key is longer than 80 octets")
}

func TestInterfaceOfADial(t *testing.T) {
	l, at := loopback(t, "127.0.0.1:0")
	nc, err := (TCP{}).DialSocket(t.Context(), netip.Addr{}, at, &speaker.Socket{Interface: "lo"})
	if err != nil {
		t.Skipf("not permitted here: %v", err)
	}
	defer nc.Close()
	other, err := l.Accept()
	require.NoError(t, err)
	other.Close()
}

// The octets of the kernel's structures: sizes and offsets of <linux/tcp.h>.
func TestAOStructures(t *testing.T) {
	peers := netip.MustParsePrefix("2001:db8::/32")
	b := aoKeyIDs(aoAddress(peers), peers, 7)
	require.Len(t, b, 141, "current_key of struct tcp_ao_del")
	require.Equal(t, []byte{32, 7, 7}, b[138:])
	require.Equal(t, []byte{0x20, 0x01, 0x0d, 0xb8}, b[8:12], "sin6_addr")
	b = aoAddress(netip.MustParsePrefix("192.0.2.1/32"))
	require.Equal(t, []byte{192, 0, 2, 1}, b[4:8], "sin_addr")
	require.Len(t, b, 128)

	b = aoAdd(peers, &speaker.AOKey{ID: 7, Algorithm: speaker.AOAES128CMAC, Key: "loom"})
	require.Len(t, b, 288)
	require.Equal(t, "cmac(aes128)\x00", string(b[128:141]))
	require.Equal(t, "\x20\x07\x07\x00\x00\x04loom\x00", string(b[202:213]))
}

// A listener with a key of TCP-AO takes who has it, and nobody with another; where
// the kernel has none, the option that it refuses is the reason of the failed dial.
func TestAOOfBothEnds(t *testing.T) {
	key := speaker.Socket{AO: speaker.AOKey{ID: 5, Algorithm: speaker.AOAES128CMAC, Key: "loom"}}
	for _, a := range []string{"127.0.0.1", "::1"} {
		t.Run(a, func(t *testing.T) {
			peers := one(netip.MustParseAddr(a))
			l, addr := loopback(t, net.JoinHostPort(a, "0"))
			_, err := TCP{}.DialSocket(t.Context(), netip.Addr{}, addr, &key)
			if err != nil {
				require.ErrorContains(t, err, "tcp-ao for "+a+": setsockopt: ")
				require.ErrorContains(t, err, "it needs Linux 6.7 with CONFIG_TCP_AO")
				t.Skipf("this kernel does not do it: %v", err)
			}
			require.NoError(t, TCP{}.ListenSocket(l, []speaker.SocketKey{{Peers: peers, Socket: key}}, nil))
			nc, err := TCP{}.DialSocket(t.Context(), netip.Addr{}, addr, &key)
			require.NoError(t, err)
			nc.Close()
			other := key
			other.AO.Key = "other"
			require.NoError(t, TCP{}.ListenSocket(l, []speaker.SocketKey{{Peers: peers, Socket: other}}, []speaker.SocketKey{{Peers: peers, Socket: key}}))
			nc, err = TCP{}.DialSocket(t.Context(), netip.Addr{}, addr, &other)
			require.NoError(t, err, "the key was not changed")
			nc.Close()
		})
	}
}
