//go:build linux

package main

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/peerloom/peerloom/codec"
)

// receiver is any number of BGP peers that listen on one port of all loopback
// addresses. It counts prefixes of IPv4 unicast and says nothing but KEEPALIVE.
type receiver struct {
	l    net.Listener
	port int

	mu          sync.Mutex
	changed     *sync.Cond
	up          int // sessions that got their first KEEPALIVE, those that ended too
	announced   int // prefixes
	withdrawn   int
	connections []net.Conn
}

func newReceiver() (*receiver, error) {
	l, err := net.Listen("tcp4", "0.0.0.0:0")
	if err != nil {
		return nil, err
	}
	r := &receiver{l: l, port: l.Addr().(*net.TCPAddr).Port}
	r.changed = sync.NewCond(&r.mu)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			r.count(func() { r.connections = append(r.connections, c) })
			go func() { _ = r.serve(c) }() // the daemon under test ends it
		}
	}()
	return r, nil
}

func (r *receiver) close() {
	_ = r.l.Close()
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.connections {
		_ = c.Close()
	}
}

func (r *receiver) count(f func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f()
	r.changed.Broadcast()
}

// wait returns when f is true of the counts.
func (r *receiver) wait(limit time.Duration, what string, f func() bool) error {
	late := false
	timer := time.AfterFunc(limit, func() { r.count(func() { late = true }) })
	defer timer.Stop()
	r.mu.Lock()
	defer r.mu.Unlock()
	for !f() {
		if late {
			return fmt.Errorf("%s: not within %v; %d sessions, %d announced, %d withdrawn", what, limit, r.up, r.announced, r.withdrawn)
		}
		r.changed.Wait()
	}
	return nil
}

// serve is one session.
func (r *receiver) serve(c net.Conn) error {
	defer func() { _ = c.Close() }()
	id, _ := netip.AddrFromSlice(c.LocalAddr().(*net.TCPAddr).IP.To4())
	open, err := codec.AppendOpen(nil, &codec.Open{
		AS: benchPeerAS, HoldTime: 180, ID: id,
		Caps: []codec.Capability{codec.MultiprotocolCap(codec.IPv4Unicast), codec.AS4Cap(benchPeerAS)},
	})
	if err != nil {
		return err
	}
	keepalive := append([]byte(nil), open[:19]...)
	binary.BigEndian.PutUint16(keepalive[16:], 19)
	keepalive[18] = byte(codec.MsgKeepalive)
	if _, err := c.Write(append(open, keepalive...)); err != nil {
		return err
	}
	in, first := bufio.NewReaderSize(c, 1<<16), true
	buf := make([]byte, codec.MaxLen)
	for {
		if _, err := io.ReadFull(in, buf[:19]); err != nil {
			return err
		}
		n := int(binary.BigEndian.Uint16(buf[16:]))
		if n < 19 || n > len(buf) {
			return fmt.Errorf("a message of %d octets", n)
		}
		if _, err := io.ReadFull(in, buf[19:n]); err != nil {
			return err
		}
		switch codec.MessageType(buf[18]) {
		case codec.MsgKeepalive:
			if first {
				r.count(func() { r.up++ })
				first = false
			}
			if _, err := c.Write(keepalive); err != nil {
				return err
			}
		case codec.MsgUpdate:
			withdrawn, announced, err := prefixes(buf[19:n])
			if err != nil {
				return err
			}
			r.count(func() { r.withdrawn += withdrawn; r.announced += announced })
		}
	}
}

// prefixes counts those of an UPDATE without multiprotocol attributes (RFC 4271 §4.3).
func prefixes(b []byte) (withdrawn, announced int, err error) {
	field := func() []byte {
		if len(b) < 2 || len(b) < 2+int(binary.BigEndian.Uint16(b)) {
			err = errors.New("a length points behind the UPDATE")
			return nil
		}
		n := 2 + int(binary.BigEndian.Uint16(b))
		f := b[2:n]
		b = b[n:]
		return f
	}
	count := func(list []byte) (n int) {
		for ; len(list) > 0; n++ {
			octets := 1 + int(list[0]+7)/8
			if octets > len(list) {
				err = errors.New("a prefix is cut off")
				return n
			}
			list = list[octets:]
		}
		return n
	}
	withdrawn = count(field())
	field()
	return withdrawn, count(b), err
}
