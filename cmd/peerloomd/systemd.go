package main

import (
	"errors"
	"fmt"
	"math"
	"net"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/peerloom/peerloom/speaker/live"
)

// manager is the service manager that started us, if it wants to hear how we do
// (sd_notify(3)).
type manager struct {
	socket net.Conn      // nil: nobody listens
	every  time.Duration // it wants to hear that we are alive; 0: it does not
}

// newManager connects before privileges are dropped.
func newManager(environ []string) (*manager, error) {
	address := variable(environ, "NOTIFY_SOCKET")
	if address == "" {
		return &manager{}, nil
	}
	c, err := net.Dial("unixgram", address) // a leading @ is the abstract namespace's
	if err != nil {
		return nil, fmt.Errorf("NOTIFY_SOCKET: %w", err)
	}
	every, err := pulse(environ)
	return &manager{socket: c, every: every}, err
}

func (m *manager) notify(s live.Stage) {
	if m.socket == nil {
		return
	}
	text := map[live.Stage]string{live.Ready: "READY=1", live.Stopping: "STOPPING=1"}[s]
	if s == live.Reloading {
		var now unix.Timespec
		if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &now); err != nil {
			return
		}
		text = fmt.Sprintf("RELOADING=1\nMONOTONIC_USEC=%d", now.Nano()/1000)
	}
	m.say(text)
}

// say tells the manager something, unless it has gone or reads nothing.
func (m *manager) say(text string) {
	if m.socket.SetWriteDeadline(time.Now().Add(100*time.Millisecond)) == nil {
		_, _ = m.socket.Write([]byte(text))
	}
}

// pulse is how often a service manager that watches this process wants to hear
// that it is alive: twice as often as it must (sd_watchdog_enabled(3)); 0: it
// does not watch.
func pulse(environ []string) (time.Duration, error) {
	text := variable(environ, "WATCHDOG_USEC")
	if pid := variable(environ, "WATCHDOG_PID"); text == "" || pid != "" && pid != strconv.Itoa(os.Getpid()) {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n <= 0 || n > math.MaxInt64/1000 {
		return 0, fmt.Errorf("WATCHDOG_USEC=%s: write a positive number of microseconds", text)
	}
	return time.Duration(n) * time.Microsecond / 2, nil
}

// beat tells the manager that the daemon is alive for as long as it is.
func (m *manager) beat(d *live.Daemon) {
	if m.every == 0 {
		return
	}
	go func() {
		alive := make(chan struct{}, 1)
		for d.Alive(func() { alive <- struct{}{} }) {
			select {
			case <-alive:
				m.say("WATCHDOG=1")
				time.Sleep(m.every)
			case <-d.Over():
				return
			}
		}
	}()
}

// activated is TCP with the ports that the service manager has opened for us.
type activated struct {
	live.TCP
	open map[netip.AddrPort]net.Listener // each is given out once
}

// Listen takes an open port, or opens it.
func (a activated) Listen(local netip.AddrPort) (net.Listener, error) {
	if l := a.open[local]; l != nil {
		delete(a.open, local)
		return l, nil
	}
	return a.TCP.Listen(local)
}

// unused is an error that names the ports that were opened for nobody.
func (a activated) unused() error {
	var l []string
	for at := range a.open {
		l = append(l, at.String())
	}
	if len(l) == 0 {
		return nil
	}
	slices.Sort(l)
	return fmt.Errorf("LISTEN_FDS: no neighbor listens at %s: name local-address and listen as the socket's unit does", strings.Join(l, ", "))
}

// firstSocket is the descriptor of the first socket handed over (sd_listen_fds(3)).
const firstSocket = 3

// network takes the sockets that were handed over to this very process.
func network(environ []string) (live.Network, error) {
	if variable(environ, "LISTEN_PID") != strconv.Itoa(os.Getpid()) {
		return live.TCP{}, nil
	}
	count, err := strconv.Atoi(variable(environ, "LISTEN_FDS"))
	if err != nil || count < 0 {
		return nil, errors.New("LISTEN_FDS: write a number of sockets")
	}
	a := activated{open: map[netip.AddrPort]net.Listener{}}
	for fd := firstSocket; fd < firstSocket+count; fd++ {
		syscall.CloseOnExec(fd)
		f := os.NewFile(uintptr(fd), "LISTEN_FDS")
		l, err := net.FileListener(f) // a copy
		_ = f.Close()
		if err != nil {
			return nil, fmt.Errorf("LISTEN_FDS: descriptor %d: %w: hand over sockets that listen", fd, err)
		}
		tcp, ok := l.Addr().(*net.TCPAddr)
		if !ok {
			return nil, fmt.Errorf("LISTEN_FDS: descriptor %d listens at %v: hand over TCP ports", fd, l.Addr())
		}
		at := tcp.AddrPort()
		a.open[netip.AddrPortFrom(at.Addr().Unmap(), at.Port())] = l
	}
	return a, nil
}

// variable is a variable's value; empty where it is not set.
func variable(environ []string, name string) string {
	for _, s := range environ {
		if value, ok := strings.CutPrefix(s, name+"="); ok {
			return value
		}
	}
	return ""
}
