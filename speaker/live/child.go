package live

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/peerloom/peerloom/speaker"
	"github.com/peerloom/peerloom/speaker/record"
)

// Respawning: a child that ends is started again, at most so often in so long.
const (
	respawnMax    = 5
	respawnPeriod = 63 * time.Second
)

// respawner is what is remembered of a process over its lives.
type respawner struct {
	starts []time.Time // within respawnPeriod, the first included
}

// childProc is one life of a child process, or a control client: see connect.
type childProc struct {
	id      speaker.ClientID
	control bool
	drained bool            // a control client says no more, and has replies to come
	process speaker.Process // of a control client: the name of its source
	proc    *Proc
	m       *record.Client
	stdin   chan []byte   // holds at most one; closed by the owner
	idle    chan struct{} // closed when the writer has ended
	over    chan struct{} // closed when the process has ended
	writing bool
	deaf    bool          // writing failed: what it is told is dropped
	last    bool          // what is pending is the last; then its input is closed
	mute    bool          // its input is closed
	held    chan struct{} // the reader waits on it while the machine is blocked
	dead    bool
}

func (d *Daemon) startChildren() {
	for _, p := range d.conf.Speaker.Processes {
		d.startChild(p)
	}
}

// reconcileChildren ends the processes that a new configuration no longer has,
// or has with another command, and starts the new ones.
func (d *Daemon) reconcileChildren() {
	same := func(a, b speaker.Process) bool {
		return a.Name == b.Name && slices.Equal(a.Run, b.Run) && a.JSON == b.JSON
	}
	running := slices.Clone(d.children)
	for _, c := range running {
		if c.control {
			continue
		}
		if !slices.ContainsFunc(d.conf.Speaker.Processes, func(p speaker.Process) bool { return same(p, c.process) }) {
			d.childEnded(c, "no longer configured", false)
			ended := make(chan struct{})
			d.ending = append(slices.DeleteFunc(d.ending, isClosed), ended)
			go d.endChildren([]*childProc{c}, ended)
		}
	}
	for _, p := range d.conf.Speaker.Processes {
		k := slices.IndexFunc(running, func(c *childProc) bool { return !c.control && same(p, c.process) })
		if k < 0 {
			delete(d.names, p.Name)
			d.startChild(p)
			continue
		}
		running[k].process = p // whether it is started again may have changed
	}
}

func isClosed(c chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// startChild starts a process, unless it was started too often already.
func (d *Daemon) startChild(p speaker.Process) {
	now := d.now()
	r := d.names[p.Name]
	if r == nil {
		r = &respawner{}
		d.names[p.Name] = r
	}
	r.starts = slices.DeleteFunc(r.starts, func(at time.Time) bool { return now.Sub(at) > respawnPeriod })
	if len(r.starts) > respawnMax {
		d.log.Error("the process ends too often, it stays down", "process", p.Name,
			"restarts", respawnMax, "within", respawnPeriod)
		return
	}
	r.starts = append(r.starts, now)
	proc, err := d.conf.Spawn(p)
	if err != nil {
		d.log.Error("the process did not start", "process", p.Name, "command", strings.Join(p.Run, " "), "reason", err)
		return
	}
	c := d.newChild(p, proc)
	d.log.Debug("process started", "process", p.Name)
	go d.logChild(c)
	d.step(speaker.Input{Kind: speaker.InClientUp, Client: c.id, Text: p.Name})
}

// newChild begins to read and write what a process, or a control client, has for
// its standard output and input.
func (d *Daemon) newChild(p speaker.Process, proc *Proc) *childProc {
	d.lastChild++
	machine := d.conf.Child
	machine.Client, machine.Name, machine.JSON = d.lastChild, p.Name, p.JSON
	c := &childProc{
		id: d.lastChild, process: p, proc: proc, m: d.s.NewClient(machine),
		stdin: make(chan []byte, 1), idle: make(chan struct{}), over: make(chan struct{}),
	}
	d.children = append(d.children, c)
	go d.readChild(c)
	go d.writeChild(c)
	return c
}

func (d *Daemon) client(id speaker.ClientID) *childProc {
	for _, c := range d.children {
		if c.id == id {
			return c
		}
	}
	return nil
}

// readChild carries the child's output to the owner, one buffer at a time, then
// waits for the process to end.
func (d *Daemon) readChild(c *childProc) {
	defer c.proc.Stdout.Close()
	buf := make([]byte, 64<<10)
	next := make(chan struct{}, 1)
	for {
		n, err := c.proc.Stdout.Read(buf)
		if n > 0 {
			if !d.post(func() { d.childSaid(c, buf[:n], next) }) {
				break
			}
			select {
			case <-next:
				continue
			case <-d.over:
			}
			break
		}
		if err != nil {
			break
		}
	}
	defer close(c.over)
	how, failed := "ended", false
	if err := c.proc.Wait(); err != nil {
		how, failed = err.Error(), true
	}
	d.post(func() {
		if c.control {
			d.saidAll(c)
			return
		}
		if !d.exiting {
			now := d.now()
			if failed {
				c.m.Torn(now)
			}
			c.m.EOF(now)
			d.closeBatch(c)
		}
		d.childEnded(c, how, true)
	})
}

func (d *Daemon) childSaid(c *childProc, data []byte, next chan struct{}) {
	if !c.dead && !d.exiting {
		now := d.now()
		c.m.Read(now, data)
		d.closeBatch(c)
		if c.m.Blocked() {
			c.held = next
			return
		}
	}
	next <- struct{}{}
}

// closeBatch applies the batches that are closed by now.
func (d *Daemon) closeBatch(c *childProc) {
	for !c.dead {
		acts, ok := c.m.Batch(d.now(), d.acts[:0])
		if !ok {
			return
		}
		d.acts = acts
		d.perform()
	}
}

func (d *Daemon) closeBatches() {
	for _, c := range slices.Clone(d.children) {
		d.closeBatch(c)
	}
}

// batchDeadline is when the first open batch closes.
func (d *Daemon) batchDeadline() (first time.Time) {
	for _, c := range d.children {
		if at := c.m.Deadline(); !at.IsZero() && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	return first
}

// replied tells a client what it is answered; a control client that says no more
// ends with its last reply.
func (d *Daemon) replied(c *childProc) {
	d.tell(c)
	if c.drained && c.m.Unanswered() == 0 {
		go d.post(func() { d.childEnded(c, "", false) }) // a reply does not call the speaker
	}
}

// tell writes what is pending as far as the child's input takes it without a wait,
// and gives its writer the rest, if that is idle.
func (d *Daemon) tell(c *childProc) {
	if c.deaf {
		for n := len(c.m.Pending(d.now())); n > 0; n = len(c.m.Pending(d.now())) {
			c.m.Wrote(d.now(), n) // nobody will read it
		}
	}
	for !c.writing && !c.mute {
		p := c.m.Pending(d.now())
		if len(p) == 0 {
			if c.last {
				c.mute = true
				close(c.stdin)
			}
			break
		}
		if n := writeNow(c.proc.Stdin, p); n > 0 {
			c.m.Wrote(d.now(), n)
			continue
		}
		c.writing = true
		c.stdin <- slices.Clone(p)
	}
	if c.held != nil && !c.m.Blocked() {
		c.held <- struct{}{}
		c.held = nil
	}
}

// writeChild carries bytes to the child's input.
func (d *Daemon) writeChild(c *childProc) {
	defer close(c.idle)
	defer c.proc.Stdin.Close()
	for b := range c.stdin {
		n, err := c.proc.Stdin.Write(b)
		if !d.post(func() {
			c.writing = false
			c.m.Wrote(d.now(), n)
			if err != nil && !c.dead && !c.control {
				d.log.Warn("the process reads no more", "process", c.process.Name, "reason", err)
			}
			c.deaf = c.deaf || err != nil
			d.tell(c)
		}) {
			return
		}
	}
}

// childEnded forgets a process and starts it again if it is to be.
func (d *Daemon) childEnded(c *childProc, how string, again bool) {
	if c.dead {
		return
	}
	c.dead, c.last = true, true
	d.tell(c)
	if c.held != nil {
		c.held <- struct{}{}
		c.held = nil
	}
	d.children = slices.DeleteFunc(d.children, func(other *childProc) bool { return other == c })
	if d.exiting {
		return
	}
	if c.control {
		d.log.Debug("control client gone", "by", c.process.Name)
	} else {
		d.log.Info(fmt.Sprintf("process %s", how), "process", c.process.Name)
	}
	d.step(speaker.Input{Kind: speaker.InClientDown, Client: c.id})
	if again && c.process.Respawn && !d.exiting {
		d.startChild(c.process)
	}
}
