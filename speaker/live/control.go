package live

import (
	"errors"
	"io"
	"net"
	"strings"
	"syscall"

	"github.com/peerloom/peerloom/speaker"
)

// Control is where clients come from that are no children: a Unix socket, a pair
// of named pipes. What a client writes are commands, as a helper process writes
// them, and what it reads are the replies; it may command every neighbor.
type Control struct {
	Name string // for the log
	// Accept waits for the next client; net.ErrClosed: there will be none. A
	// client's Read ends with io.EOF when it says no more, Close makes both its
	// Read and its Write return.
	Accept func() (io.ReadWriteCloser, error)
	Close  func() error // then Accept ends
}

// maxClients is the number of control clients at a time.
const maxClients = 64

// acceptClients carries the clients of l to the owner. It runs apart from it.
func (d *Daemon) acceptClients(l Control) {
	for {
		stream, err := l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil { // out of descriptors
			if !d.post(func() { d.log.Error("accept failed", "at", l.Name, "reason", err) }) {
				return
			}
			d.clock.Sleep(dialAgain)
			continue
		}
		if !d.post(func() { d.connect(l, stream) }) {
			_ = stream.Close()
			return
		}
	}
}

// connect makes a client of the speaker of a stream: one without the name of a
// process, to which every neighbor is open.
func (d *Daemon) connect(l Control, stream io.ReadWriteCloser) {
	if d.clients >= maxClients || d.exiting {
		d.log.Warn("control client refused: too many are there", "at", l.Name, "bound", maxClients)
		go func() {
			_, _ = io.WriteString(stream, "error: too many clients: end one of them, or try again later\nerror\n")
			_ = stream.Close()
		}()
		return
	}
	c := d.newChild(speaker.Process{Name: l.Name}, &Proc{
		// Who says no more still reads replies: only the writer's end ends both.
		Stdin: stream, Stdout: io.NopCloser(stream), Stderr: io.NopCloser(strings.NewReader("")),
		Wait:   func() error { return nil },
		Signal: func(syscall.Signal) { _ = stream.Close() },
	})
	c.control = true
	d.clients++
	go func() { // one that reads no more counts until it is gone, not until it ended
		<-c.idle
		d.post(func() { d.clients-- })
	}()
	d.log.Debug("control client", "at", l.Name)
	d.step(speaker.Input{Kind: speaker.InClientUp, Client: c.id})
}

// saidAll ends a control client that says no more once it has all its replies. A
// last line without its end is answered, not carried out: nobody knows whether
// the client meant it so or was killed, and half a command may be another one.
func (d *Daemon) saidAll(c *childProc) {
	if d.exiting || c.dead {
		return
	}
	now := d.now()
	if c.m.Torn(now) {
		c.m.Refuse(now, "the last line has no newline: it may be half a command and was not carried out")
	}
	c.m.EOF(now)
	d.closeBatch(c)
	if c.drained = true; c.m.Unanswered() == 0 {
		d.childEnded(c, "", false)
	}
}
