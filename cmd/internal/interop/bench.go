//go:build linux

package main

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

const (
	benchAS, benchPeerAS = 65001, 65000
	benchLimit           = 10 * time.Minute
)

// subject is a daemon that a bench runs.
type subject struct {
	name string
	args []string
	env  []string
}

// bench is one daemon with its helper and the receiver of its routes.
type bench struct {
	dir      string
	proc     *process
	receiver *receiver
	helper   net.Conn
	answers  *bufio.Reader
	startup  time.Duration // until every neighbor was up
}

// neighborAddress is the i-th peer's, all of them on this machine.
func neighborAddress(i int) string { return fmt.Sprintf("127.1.%d.%d", i/250, i%250+1) }

func benchConfig(self, socket string, neighbors int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "process load { run %s load %s; encoder text; }\n", self, socket)
	for i := range neighbors {
		fmt.Fprintf(&b, `neighbor %s {
    router-id 127.0.0.1; local-address 127.0.0.1; local-as %d; peer-as %d; hold-time 180;
    family { ipv4 unicast; }
    api { processes [ load ]; }
}
`, neighborAddress(i), benchAS, benchPeerAS)
	}
	return b.String()
}

// startBench runs a daemon until its neighbors are up and its helper is ready.
func startBench(dir, self string, s subject, neighbors int) (*bench, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	r, err := newReceiver()
	if err != nil {
		return nil, err
	}
	b := &bench{dir: dir, receiver: r}
	socket := filepath.Join(dir, "load.sock")
	a, err := listenAPI(socket)
	if err != nil {
		return b, err
	}
	defer func() { _ = a.l.Close() }()
	conf := filepath.Join(dir, "bench.conf")
	if err := os.WriteFile(conf, []byte(benchConfig(self, socket, neighbors)), 0o644); err != nil {
		return b, err
	}
	env := append([]string{fmt.Sprintf("exabgp_tcp_port=%d", r.port), "exabgp_tcp_bind=", "exabgp_daemon_user=root",
		"exabgp_api_cli=false"}, s.env...)
	at := time.Now()
	if b.proc, err = spawn("", dir, "daemon", env, append(s.args, conf)...); err != nil {
		return b, err
	}
	if err := r.wait(time.Minute, "all neighbors up", func() bool { return r.up >= neighbors }); err != nil {
		return b, fmt.Errorf("%w; its log: %s", err, b.proc.tail())
	}
	b.startup = time.Since(at)
	if err := a.l.SetDeadline(time.Now().Add(patience)); err != nil {
		return b, err
	}
	if b.helper, err = a.l.Accept(); err != nil {
		return b, fmt.Errorf("%s did not start its helper: %w", s.name, err)
	}
	b.answers = bufio.NewReader(b.helper)
	return b, nil
}

func (b *bench) stop() {
	b.proc.stop()
	b.receiver.close()
	if b.helper != nil {
		_ = b.helper.Close()
	}
}

// run has the helper do something and waits for the receiver to have the whole
// of it; it returns how long that took, and the replies.
func (b *bench) run(ask string, arrived func() bool) (wire, replies time.Duration, err error) {
	at := time.Now()
	if _, err := fmt.Fprintln(b.helper, ask); err != nil {
		return 0, 0, err
	}
	answered := make(chan error, 1)
	go func() {
		line, err := b.answers.ReadString('\n')
		replies = time.Since(at)
		if err == nil && line != "ok\n" {
			err = fmt.Errorf("%s: %s", ask, strings.TrimSpace(line))
		}
		answered <- err
	}()
	err = b.receiver.wait(benchLimit, ask, arrived)
	wire = time.Since(at)
	if err != nil {
		return 0, 0, err
	}
	return wire, replies, <-answered
}

// reset forgets what was counted, but for the sessions.
func (b *bench) reset() {
	b.receiver.count(func() { b.receiver.announced, b.receiver.withdrawn = 0, 0 })
}

// announce, flush and clear are of n routes to all peers of the bench.
func (b *bench) announce(n, peers int, mode string) (wire, replies time.Duration, err error) {
	b.reset()
	return b.run(fmt.Sprintf("routes %d %s", n, mode), func() bool { return b.receiver.announced >= n*peers })
}

func (b *bench) flush(n int) (time.Duration, error) {
	b.reset()
	wire, _, err := b.run("say flush adj-rib out", func() bool { return b.receiver.announced >= n })
	return wire, err
}

func (b *bench) clear(n int) (time.Duration, error) {
	b.reset()
	wire, _, err := b.run("say clear adj-rib out", func() bool { return b.receiver.withdrawn >= n })
	return wire, err
}

var memoryLine = regexp.MustCompile(`(?m)^(VmHWM|VmRSS):\s+(\d+) kB`)

// memory is the daemon's peak and present resident set, in MiB.
func (b *bench) memory() (peak, now int) {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", b.proc.cmd.Process.Pid)) // a daemon that is gone has none
	for _, m := range memoryLine.FindAllStringSubmatch(string(text), -1) {
		n, _ := strconv.Atoi(m[2])
		if m[1] == "VmHWM" {
			peak = n >> 10
		} else {
			now = n >> 10
		}
	}
	return peak, now
}

// ticks is the processor time that the daemon has used, in hundredths of a
// second (proc_pid_stat(5), fields 14 and 15).
func (b *bench) ticks() int {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", b.proc.cmd.Process.Pid))
	_, rest, _ := strings.Cut(string(text), ") ") // a name may have blanks
	f := strings.Fields(rest)
	if len(f) < 13 {
		return 0
	}
	user, _ := strconv.Atoi(f[11])
	system, _ := strconv.Atoi(f[12])
	return user + system
}
