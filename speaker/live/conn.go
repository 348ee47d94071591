package live

import (
	"errors"
	"io"
	"net"
	"syscall"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/speaker"
)

// conn is one TCP connection. The owner has all of it but the two goroutines'
// own variables.
type conn struct {
	id       speaker.ConnID
	nc       net.Conn
	batch    batch      // what the writer gets next
	spare    batch      // the writer's last one, for its memory
	writer   chan batch // holds at most one
	inFlight bool       // the writer has one
	pullable bool       // Pull may have something
	begun    bool       // the first Pull has been done
	settle   settle
	heard    int  // octets read while settling
	drained  int  // buffers read while the first Pull waited
	waiting  bool // in Daemon.ready
	closing  bool // no more from the speaker; close when all is written
	shut     bool // the writer was told to end
	gone     bool // the reader has ended
}

// batch is messages one after the other; each leaves with one write of its own,
// since there are peers that read a message with one read.
type batch struct {
	bytes []byte
	ends  []int
}

func (b *batch) add(message []byte) {
	b.bytes = append(b.bytes, message...)
	b.ends = append(b.ends, len(b.bytes))
}

// adopt registers an established connection and starts its two goroutines.
func (d *Daemon) adopt(id speaker.ConnID, nc net.Conn) *conn {
	c := &conn{id: id, nc: nc, writer: make(chan batch, 1)}
	d.conns[id] = c
	d.open++
	go d.read(c)
	go d.write(c)
	return c
}

// read carries bytes from the connection to the owner, one buffer at a time;
// after the speaker is done with the connection, to nowhere.
func (d *Daemon) read(c *conn) {
	buf := make([]byte, 16<<10)
	taken := make(chan struct{}, 1)
	for {
		n, err := c.nc.Read(buf)
		if n > 0 {
			if !d.post(func() {
				if !c.closing {
					settling := c.settle == settling // before this was read
					d.step(speaker.Input{Kind: speaker.InReceived, Conn: c.id, Data: buf[:n]})
					d.listened(c, settling, n)
					d.drain(c)
				}
				taken <- struct{}{}
			}) {
				return
			}
			select {
			case <-taken:
			case <-d.over:
				return
			}
		}
		if err != nil {
			d.post(func() { d.readerEnded(c, err) })
			return
		}
	}
}

// write carries batches from the owner to the connection and says how much was
// taken: at the end, and on the way after each 16 KiB, which is often enough
// for the Send Hold Timer.
func (d *Daemon) write(c *conn) {
	const often = 16 << 10
	for b := range c.writer {
		start, said := 0, 0
		for _, end := range b.ends {
			if _, err := c.nc.Write(b.bytes[start:end]); err != nil {
				d.post(func() { d.broken(c, err) })
				return
			}
			start = end
			if n := start - said; n >= often && start < len(b.bytes) {
				said = start
				d.post(func() { d.written(c, n) })
			}
		}
		rest := start - said
		if !d.post(func() {
			c.inFlight = false
			c.spare = b
			d.written(c, rest)
			d.wake(c)
			d.pump()
		}) {
			return
		}
	}
	if half, ok := c.nc.(interface{ CloseWrite() error }); ok {
		// The peer reads our last message before the connection goes: closing at
		// once, with bytes of the peer's unread, would reset it.
		_ = half.CloseWrite()
		return
	}
	_ = c.nc.Close()
}

func (d *Daemon) written(c *conn, n int) {
	if !c.closing && d.conns[c.id] == c {
		d.step(speaker.Input{Kind: speaker.InWritten, Conn: c.id, N: n})
	}
}

// wake puts c into the list of those to be filled.
func (d *Daemon) wake(c *conn) {
	if !c.waiting && !c.inFlight {
		c.waiting = true
		d.ready = append(d.ready, c)
	}
}

// send queues a control message.
func (d *Daemon) send(a *speaker.Action) {
	c := d.conns[a.Conn]
	if c == nil || c.closing {
		return
	}
	c.batch.add(a.Data)
	if len(c.batch.bytes) > maxControl {
		err := "the peer takes no bytes and too many wait"
		d.log.Error(err, "remote", c.nc.RemoteAddr())
		_ = c.nc.Close() // the reader notices
		return
	}
	d.wake(c)
}

// fill pulls messages while the connection has room and gives the writer all
// that there is, if it is idle.
func (d *Daemon) fill(c *conn) {
	if c.inFlight || c.shut {
		return
	}
	for c.pullable && !c.closing && d.mayPull(c) && len(c.batch.bytes) < maxPulled {
		var msg []byte
		msg, d.acts = d.s.Pull(d.now(), c.id, d.acts[:0])
		if msg == nil {
			c.pullable = false
		} else {
			c.batch.add(msg)
		}
		d.act()
	}
	switch {
	case len(c.batch.bytes) > 0:
		b := c.batch
		c.batch = batch{bytes: c.spare.bytes[:0], ends: c.spare.ends[:0]}
		c.spare = batch{}
		c.inFlight = true
		c.writer <- b
	case c.closing:
		d.forget(c)
	}
}

// maxDrain bounds the buffers that are read before the first Pull.
const maxDrain = 16

// mayPull reports whether a session's first message may leave: the peer's first
// message behind its KEEPALIVE, if it comes within Config.Settle, and what is here
// with it are answered before.
func (d *Daemon) mayPull(c *conn) bool {
	if c.begun {
		return true
	}
	if c.settle == settling {
		return false
	}
	if x, ok := c.nc.(syscall.Conn); ok && c.drained < maxDrain {
		if raw, err := x.SyscallConn(); err == nil && waiting(raw) > 0 {
			c.drained++
			return false // drain looks again when the reader has brought it
		}
	}
	c.begun = true
	return true
}

// awaitMessage begins that wait when a session is up.
func (d *Daemon) awaitMessage(c *conn) {
	if d.conf.Settle == 0 || c.settle != settleNot {
		return
	}
	c.settle = settling
	d.clock.AfterFunc(d.conf.Settle, func() {
		d.post(func() {
			c.settle = settled
			d.drain(c)
		})
	})
}

// listened ends the wait once a message of the peer has been read in it.
func (d *Daemon) listened(c *conn, settling bool, n int) {
	if !settling {
		return
	}
	if c.heard += n; c.heard >= codec.HeaderLen {
		c.settle = settled
	}
}

// settle is how far the wait before a first Pull is.
type settle uint8

const (
	settleNot settle = iota
	settling
	settled
)

// drain goes on with a first Pull that waited for what has been read now.
func (d *Daemon) drain(c *conn) {
	if c.pullable && !c.begun {
		d.wake(c)
		d.pump()
	}
}

// closeConn ends a connection, or the dial that was to make it, once what was
// sent has been taken.
func (d *Daemon) closeConn(id speaker.ConnID) {
	if cancel := d.dials[id]; cancel != nil {
		cancel()
		delete(d.dials, id)
		return
	}
	c := d.conns[id]
	if c == nil || c.closing {
		return
	}
	c.closing = true
	d.clock.AfterFunc(linger, func() { _ = c.nc.Close() })
	d.wake(c)
}

// forget lets go of a connection whose last byte has been written: the writer
// ends and the reader waits for the peer to close too.
func (d *Daemon) forget(c *conn) {
	if !c.shut {
		c.shut = true
		delete(d.conns, c.id)
		close(c.writer)
	}
}

// readerEnded is the last thing that happens to every connection.
func (d *Daemon) readerEnded(c *conn, err error) {
	if !c.gone {
		c.gone = true
		d.open--
	}
	d.broken(c, err)
}

// broken handles a connection that ended by itself.
func (d *Daemon) broken(c *conn, err error) {
	_ = c.nc.Close()
	d.forget(c)
	if c.closing {
		return
	}
	c.closing = true
	d.step(speaker.Input{Kind: speaker.InClosed, Conn: c.id, Text: reason(err)})
}

// reason is why a connection ended, in words for a log.
func reason(err error) string {
	if errors.Is(err, io.EOF) {
		return "closed by the peer"
	}
	return err.Error()
}
