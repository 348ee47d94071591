package live

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"time"

	"github.com/benbjohnson/clock"

	"github.com/peerloom/peerloom/speaker"
	"github.com/peerloom/peerloom/speaker/child"
	"github.com/peerloom/peerloom/speaker/record"
)

// Bounds and waits of the driver.
const (
	inboxSize  = 64                     // things that happened and wait for the owner
	maxPulled  = 64 << 10               // bytes pulled for a connection and not yet taken by TCP
	maxControl = 1 << 20                // bytes of control messages that wait; above it the connection is closed
	linger     = time.Second            // for the peer to close after our last byte
	flushWait  = 200 * time.Millisecond // for children to read their last lines
	termWait   = 2 * time.Second        // from SIGTERM to SIGKILL
)

// Config is what a Daemon is made of.
type Config struct {
	Speaker speaker.Config
	// Reload reads the configuration anew; nil: reloading is refused.
	Reload func() (*speaker.Config, error)
	Clock  clock.Clock
	// Alarm, where there is one, is for waits that the clock's timers are too
	// coarse for; Run closes it.
	Alarm   Alarm
	Network Network
	// Spawn starts a child process.
	Spawn func(speaker.Process) (*Proc, error)
	Log   *slog.Logger
	// Jitter is handed to [speaker.New].
	Jitter func(n int) int
	// Child is what the protocol with every child has in common; its client,
	// name and encoder are filled in.
	Child child.Config
	// Settle is how long a session's first pulled message waits for a message of
	// the peer behind its first KEEPALIVE; 0: only for what is here by then.
	Settle time.Duration
	// Bound is called once, when the ports are open and before a child starts: here
	// privileges are dropped. Its error ends Run. nil: nothing is to be done.
	Bound func() error
	// Notify is told how far the daemon is; nil: nobody wants to know.
	Notify func(Stage)
	// Record is where the run is written down, for a replay; nil: nowhere. A Write is
	// a line and must not take long. Version is the program's, for its header.
	Record  io.Writer
	Version string
	// Control lists where clients come from that are no children.
	Control []Control
	// NoListen leaves every port of the configuration closed.
	NoListen bool
}

// Stage is how far a daemon is.
type Stage uint8

// The stages: Ready once the ports are open and children run, and after each
// reload, Reloading before it, Stopping when the end begins.
const (
	Ready Stage = iota + 1
	Reloading
	Stopping
)

// Daemon is a speaker in the real world. Make one with [New], then [Daemon.Run].
type Daemon struct {
	conf      Config
	clock     clock.Clock
	log       *slog.Logger
	s         *record.Machine
	inbox     chan func()   // run by the owner
	over      chan struct{} // closed when the owner stops looking at the inbox
	conns     map[speaker.ConnID]*conn
	dials     map[speaker.ConnID]context.CancelFunc
	listeners map[netip.AddrPort]*listener
	children  []*childProc    // and control clients
	ending    []chan struct{} // of processes that a reload ended; closed when they are gone
	clients   int             // control clients whose stream is open
	names     map[string]*respawner
	lastChild speaker.ClientID
	acts      []speaker.Action
	ready     []*conn // to be filled, in the order in which they asked
	open      int     // connections whose reader lives
	stopping  bool    // Stop was called, or Run's context has ended
	exiting   bool
}

// New makes a daemon whose speaker has not started. The error is that of a
// configuration that cannot be.
func New(c Config) (*Daemon, error) {
	s, err := record.NewMachine(c.Speaker, record.Options{Start: c.Clock.Now(), Jitter: c.Jitter, Record: c.Record, Version: c.Version})
	if err != nil {
		return nil, err
	}
	return &Daemon{
		conf: c, clock: c.Clock, log: c.Log, s: s,
		inbox: make(chan func(), inboxSize), over: make(chan struct{}),
		conns: map[speaker.ConnID]*conn{}, dials: map[speaker.ConnID]context.CancelFunc{},
		listeners: map[netip.AddrPort]*listener{}, names: map[string]*respawner{},
	}, nil
}

// Run owns the speaker until it has nothing left to do, ctx ends (which stops
// it cleanly: Cease, then the end), or a port cannot be bound, which is the
// only error.
func (d *Daemon) Run(ctx context.Context) error {
	defer close(d.over)
	if err := d.listen(); err != nil {
		d.closeAll()
		return err
	}
	if d.conf.Bound != nil {
		if err := d.conf.Bound(); err != nil {
			d.closeAll()
			return err
		}
	}
	d.startChildren()
	d.step(speaker.Input{Kind: speaker.InStart})
	for _, l := range d.conf.Control {
		go d.acceptClients(l)
	}
	d.notify(Ready)
	timer := d.clock.Timer(time.Hour)
	defer timer.Stop()
	if d.conf.Alarm != nil {
		defer func() { _ = d.conf.Alarm.Close() }()
		go d.watchAlarm()
	}
	stop := ctx.Done()
	for !d.exiting {
		wait, armed := d.due()
		if armed && !d.alarmed(wait) {
			timer.Reset(wait)
		} else {
			timer.Stop()
		}
		select {
		case f := <-d.inbox:
			f()
		case <-timer.C:
		case <-stop:
			stop = nil
			d.stop("")
		}
	}
	d.finish()
	d.s.Close(d.now())
	return nil
}

// post hands f to the owner; false: the owner has gone.
func (d *Daemon) post(f func()) bool {
	select {
	case d.inbox <- f:
		return true
	case <-d.over:
		return false
	}
}

// Alive calls f from the loop that owns the speaker, as soon as that has done
// what came before; false: it has ended. A loop that is stuck never calls it.
func (d *Daemon) Alive(f func()) bool { return d.post(f) }

// Over is closed when [Daemon.Run] returns.
func (d *Daemon) Over() <-chan struct{} { return d.over }

// Stop shuts the speaker down with a shutdown communication (RFC 9003).
func (d *Daemon) Stop(text string) {
	d.post(func() { d.stop(text) })
}

func (d *Daemon) stop(text string) {
	d.stopping = true
	d.notify(Stopping)
	d.step(speaker.Input{Kind: speaker.InStop, Text: text})
}

func (d *Daemon) notify(s Stage) {
	if d.conf.Notify != nil {
		d.conf.Notify(s)
	}
}

// Signal tells clients that a signal arrived.
func (d *Daemon) Signal(number int, name string) {
	d.post(func() { d.step(speaker.Input{Kind: speaker.InSignal, N: number, Text: name}) })
}

// Reload reads the configuration anew and applies the difference; one with an
// error changes nothing.
func (d *Daemon) Reload() { d.post(d.reload) }

func (d *Daemon) reload() {
	if d.stopping {
		d.log.Warn("reload refused", "reason", "the daemon is ending")
		return
	}
	d.notify(Reloading)
	defer d.notify(Ready)
	if d.conf.Reload == nil {
		d.log.Error("reload refused", "reason", "there is no configuration to read")
		return
	}
	c, err := d.conf.Reload()
	if err != nil {
		d.log.Error("reload failed, nothing changed", "reason", err)
		return
	}
	d.conf.Speaker = *c
	d.step(speaker.Input{Kind: speaker.InReload, Config: c})
	if err := d.listen(); err != nil {
		d.log.Error("reload: a port stays closed", "reason", err)
	}
	d.reconcileChildren()
	d.log.Info("configuration reloaded", "neighbors", len(c.Neighbors), "processes", len(c.Processes))
}

// due handles everything whose time has come and says how long there is
// nothing to do; false: until something happens.
func (d *Daemon) due() (time.Duration, bool) {
	for {
		now := d.now()
		next := d.s.Deadline()
		if !next.IsZero() && !next.After(now) {
			d.acts = d.s.Advance(now, d.acts[:0])
			d.perform()
			if again := d.s.Deadline(); !again.IsZero() && !again.After(now) && !again.After(next) {
				panic(fmt.Sprintf("live: the timer due at %v is still due after it was fired at %v", again, now))
			}
			continue
		}
		if at := d.batchDeadline(); !at.IsZero() && (next.IsZero() || at.Before(next)) {
			next = at
		}
		if next.IsZero() || d.exiting {
			return 0, false
		}
		if wait := next.Sub(now); wait > 0 {
			return wait, true
		}
		d.closeBatches()
	}
}

// now is the time by which the speaker and its clients live.
func (d *Daemon) now() time.Time { return d.s.Time(d.clock.Now()) }

// step gives the speaker one input and does what it asks for.
func (d *Daemon) step(in speaker.Input) {
	d.acts = d.s.Step(d.now(), in, d.acts[:0])
	d.perform()
}

// perform does the actions of the speaker's last call, then pulls what has
// become ready.
func (d *Daemon) perform() {
	d.act()
	d.pump()
}

// pump fills the connections that have room.
func (d *Daemon) pump() {
	for len(d.ready) > 0 {
		c := d.ready[0]
		d.ready = d.ready[1:]
		c.waiting = false
		d.fill(c)
	}
}

// act does the actions; none of them calls the speaker.
func (d *Daemon) act() {
	for i := range d.acts {
		a := &d.acts[i]
		//exhaustive:enforce
		switch a.Kind {
		case speaker.ActDial:
			d.dial(a)
		case speaker.ActSend:
			d.send(a)
		case speaker.ActPull:
			if c := d.conns[a.Conn]; c != nil {
				c.pullable = true
				d.awaitMessage(c)
				d.wake(c)
			}
		case speaker.ActClose:
			d.closeConn(a.Conn)
		case speaker.ActReply:
			if p := d.client(a.Client); p != nil {
				d.replied(p)
			}
		case speaker.ActEvent:
			if p := d.client(a.Client); p != nil {
				d.tell(p)
			}
		case speaker.ActLog:
			d.logAction(a)
		case speaker.ActReload:
			go d.Reload() // posts: an action does not call the speaker
		case speaker.ActExit:
			d.exiting = true
		default:
			panic(fmt.Sprintf("live: unknown action %d", a.Kind))
		}
	}
	d.acts = d.acts[:0]
}

func (d *Daemon) logAction(a *speaker.Action) {
	level := slog.Level(a.Level)
	if a.Peer == "" {
		d.log.Log(context.Background(), level, a.Text)
		return
	}
	d.log.Log(context.Background(), level, a.Text, "peer", a.Peer)
}
