package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// inNamespace runs f on a thread of its own in the network namespace; the
// thread ends with f, so that no other goroutine ever runs there.
func inNamespace(name string, f func() error) error {
	result := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		result <- func() error {
			ns, err := os.Open("/run/netns/" + name)
			if err != nil {
				return err
			}
			defer func() { _ = ns.Close() }()
			if err := unix.Setns(int(ns.Fd()), unix.CLONE_NEWNET); err != nil {
				return fmt.Errorf("namespace %s: %w (this needs root)", name, err)
			}
			return f()
		}()
	}()
	return <-result
}

// ip runs iproute2, one command a line.
func ip(script string) error {
	for line := range strings.Lines(script) {
		if args := strings.Fields(line); len(args) > 0 {
			if out, err := exec.Command("ip", args...).CombinedOutput(); err != nil {
				return fmt.Errorf("ip %s: %w: %s", strings.Join(args, " "), err, out)
			}
		}
	}
	return nil
}

// newWire makes three namespaces: the two ends, and the wire between them,
// which is this program.
func newWire(prefix string) (*wire, error) {
	w := &wire{us: prefix + "-us", them: prefix + "-them", mid: prefix + "-wire"}
	script := fmt.Sprintf(`
netns add %[1]s
netns add %[2]s
netns add %[3]s
link add bgp0 netns %[1]s type veth peer name us netns %[3]s
link add bgp0 netns %[2]s type veth peer name them netns %[3]s
-n %[1]s addr add %[4]s/24 dev bgp0
-n %[1]s addr add %[5]s/64 dev bgp0 nodad
-n %[2]s addr add %[6]s/24 dev bgp0
-n %[2]s addr add %[7]s/64 dev bgp0 nodad
-n %[1]s link set lo up
-n %[2]s link set lo up
-n %[3]s link set us up
-n %[3]s link set them up
`, w.us, w.them, w.mid, ourIPv4, ourIPv6, theirIPv4, theirIPv6)
	if err := ip(script); err != nil {
		w.close()
		return nil, err
	}
	for _, ns := range []string{w.us, w.them} {
		if err := inNamespace(ns, func() error { return plainFrames("bgp0") }); err != nil {
			w.close()
			return nil, err
		}
		if err := ip("-n " + ns + " link set bgp0 up"); err != nil {
			w.close()
			return nil, err
		}
	}
	err := inNamespace(w.mid, func() error {
		var fds [2]int
		for i, name := range []string{"us", "them"} {
			fd, err := packetSocket(name)
			if err != nil {
				return err
			}
			fds[i] = fd
		}
		w.ends = fds
		return nil
	})
	if err != nil {
		w.close()
		return nil, err
	}
	for i, fd := range w.ends {
		go w.carry(fd, w.ends[1-i], i == 0)
	}
	return w, nil
}

// plainFrames has the kernel fill in checksums and cut segments itself, as no
// card will do it after us.
func plainFrames(device string) error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM, 0)
	if err != nil {
		return err
	}
	defer func() { _ = unix.Close(fd) }()
	value := struct{ command, data uint32 }{unix.ETHTOOL_STXCSUM, 0}
	request := struct {
		name [unix.IFNAMSIZ]byte
		data unsafe.Pointer
		_    [16]byte
	}{data: unsafe.Pointer(&value)}
	copy(request.name[:], device)
	if _, _, e := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), unix.SIOCETHTOOL, uintptr(unsafe.Pointer(&request))); e != 0 {
		return fmt.Errorf("checksums of %s: %w", device, e)
	}
	return nil
}

func packetSocket(device string) (int, error) {
	nif, err := net.InterfaceByName(device)
	if err != nil {
		return 0, err
	}
	const all = unix.ETH_P_ALL<<8&0xff00 | unix.ETH_P_ALL>>8 // network byte order
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW, all)
	if err != nil {
		return 0, err
	}
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, 1<<23); err != nil {
		return 0, err
	}
	if err := unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Usec: 200_000}); err != nil {
		return 0, err
	}
	return fd, unix.Bind(fd, &unix.SockaddrLinklayer{Protocol: all, Ifindex: nif.Index})
}

// carry takes frames from one end to the other until the wire is closed.
func (w *wire) carry(from, to int, ours bool) {
	buf := make([]byte, 1<<16)
	for !w.closed.Load() {
		n, addr, err := unix.Recvfrom(from, buf, 0)
		switch {
		case errors.Is(err, unix.EAGAIN) || errors.Is(err, unix.EINTR):
			continue
		case err != nil:
			return
		}
		if a, ok := addr.(*unix.SockaddrLinklayer); ok && a.Pkttype == unix.PACKET_OUTGOING {
			continue // our own
		}
		w.passed(time.Now(), append([]byte(nil), buf[:n]...), ours, func(frame []byte) {
			_ = unix.Sendto(to, frame, 0, nil) // a frame that is lost is TCP's concern
		})
	}
}

// close takes everything down again.
func (w *wire) close() {
	w.closed.Store(true)
	for _, ns := range []string{w.us, w.them, w.mid} {
		if err := exec.Command("ip", "netns", "del", ns).Run(); err != nil && w.ends[0] != 0 {
			_, _ = fmt.Fprintf(io.Discard, "%v", err)
		}
	}
}
