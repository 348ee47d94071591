package record

import (
	"fmt"
	"io"
	"net/netip"
	"slices"
	"time"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/speaker"
)

// Options is what a [Machine] is made with, besides its configuration.
type Options struct {
	// Start is when it is made, as the driver's clock says; where that has a
	// monotonic part, steps of the wall clock do not reach the timers.
	Start time.Time
	// Jitter is as [speaker.New] has it.
	Jitter func(n int) int
	// Record is where the run is written, one Write a line; nil: nowhere. Its
	// errors are its own.
	Record io.Writer
	// Version is that of the program, for the header.
	Version string
}

// Machine is a speaker and its clients. The speaker's methods that only ask are
// its own; those that change something are the Machine's.
type Machine struct {
	*speaker.Speaker
	clients []*Client                    // that are up
	known   map[speaker.ClientID]*Client // in a replay: that are up, or were
	base    time.Time                    // the driver's clock at the start
	start   time.Time                    // the same without its monotonic part, in UTC
	ahead   time.Duration
	jitter  func(n int) int
	rows    [kinds]kindRow
	journal *journal // nil: nothing is written down
	event   *Event   // that is being done
	drawn   int      // of its draws, in a replay
	retold  bool     // this is a replay: Draws are given
	given   []byte   // what Pull or Told has for the driver
	scratch []byte   // what Pull is written to

	events, dropped uint64 // told to clients; of those that are down, dropped

	commands []speaker.Command // of the batch that is being done
}

// NewMachine makes a machine whose speaker has not started. The error is that of
// a configuration that cannot be.
func NewMachine(c speaker.Config, o Options) (*Machine, error) {
	m := newMachine(o.Start)
	m.jitter = o.Jitter
	if o.Record != nil {
		m.journal = newJournal(o.Record)
		m.journal.header(o.Version, m.start)
	}
	e := Event{Kind: Configure, Config: &c, Jitter: o.Jitter != nil}
	return m, m.configure(&e)
}

func newMachine(start time.Time) *Machine {
	return &Machine{base: start, start: start.Round(0).UTC(), rows: kindTable(), scratch: make([]byte, 0, codec.MaxExtendedLen)}
}

// configure makes the speaker.
func (m *Machine) configure(e *Event) error {
	draw := m.draw
	if !e.Jitter {
		draw = nil
	}
	m.event = e
	var err error
	m.Speaker, err = speaker.New(*e.Config, draw)
	if err == nil {
		m.do(e, nil)
	}
	return err
}

// draw answers the speaker's question for a random number.
func (m *Machine) draw(n int) int {
	m.drawn++
	if m.retold {
		if k := m.drawn - 1; k < len(m.event.Draws) {
			return max(0, min(m.event.Draws[k], n-1))
		}
		return 0
	}
	v := m.jitter(n)
	m.event.Draws = append(m.event.Draws, v)
	return v
}

// maxAhead is how far the wall clock may be from where it should be before it
// counts as set anew: what the two parts of a time differ by when they are read one
// after the other is far less.
const maxAhead = time.Millisecond

// Time is what the clock's now is for the machine, and for all that asks it:
// the start, and the time that has passed since, whatever was done to the wall
// clock. That one shows in the times of events for clients, to [maxAhead].
func (m *Machine) Time(now time.Time) time.Time {
	t := m.start.Add(now.Sub(m.base))
	if ahead := now.Round(0).Sub(t); (ahead - m.ahead).Abs() > maxAhead {
		m.do(&Event{Kind: Clock, At: t.Sub(m.start), N: int64(ahead)}, nil)
	}
	return t
}

func (m *Machine) at(e *Event) time.Time { return m.start.Add(e.At) }

// Step is [speaker.Speaker.Step]. What it has for clients is in their machines
// when it returns; the actions only say who has something.
func (m *Machine) Step(now time.Time, in speaker.Input, out []speaker.Action) []speaker.Action {
	if int(in.Kind) >= len(inputKinds) || inputKinds[in.Kind] == 0 {
		panic(fmt.Sprintf("record: input of kind %d", in.Kind))
	}
	e := Event{
		Kind: inputKinds[in.Kind], At: now.Sub(m.start), Conn: in.Conn, Client: in.Client, N: int64(in.N),
		Local: in.Local, Remote: in.Remote, Data: in.Data, Text: in.Text, Config: in.Config,
	}
	if c := m.client(in.Client); c != nil && e.Kind == ClientUp {
		e.Child = &c.config
	}
	return m.do(&e, out)
}

// Advance is [speaker.Speaker.Advance].
func (m *Machine) Advance(now time.Time, out []speaker.Action) []speaker.Action {
	return m.do(&Event{Kind: Timers, At: now.Sub(m.start)}, out)
}

// Pull is [speaker.Speaker.Pull]; the message is valid until the next call.
func (m *Machine) Pull(now time.Time, conn speaker.ConnID, out []speaker.Action) ([]byte, []speaker.Action) {
	out = m.do(&Event{Kind: Pull, At: now.Sub(m.start), Conn: conn}, out)
	return m.given, out
}

// Close says that nothing more will happen.
func (m *Machine) Close(now time.Time) {
	m.do(&Event{Kind: End, At: now.Sub(m.start)}, nil)
}

// do is the only way into the speaker and the clients.
func (m *Machine) do(e *Event, out []speaker.Action) []speaker.Action {
	m.event, m.drawn, m.given, m.commands = e, 0, nil, nil
	before := len(out)
	if m.journal != nil {
		defer m.died(e)
	}
	out = m.rows[e.Kind].do(m, e, out)
	for i := before; i < len(out); i++ {
		m.forward(e, &out[i])
	}
	if m.journal != nil {
		m.journal.note(m, e, out[before:])
	}
	return out
}

// died writes down the event in which the speaker panics, and lets it.
func (m *Machine) died(e *Event) {
	if v := recover(); v != nil {
		m.journal.panicked(m, e, v)
		panic(v)
	}
}

// forward gives a client what is for it.
func (m *Machine) forward(e *Event, a *speaker.Action) {
	if a.Kind != speaker.ActReply && a.Kind != speaker.ActEvent {
		return
	}
	c := m.client(a.Client)
	switch {
	case c == nil:
	case a.Kind == speaker.ActReply:
		if x, ok := a.Reply.Value.(*speaker.Metrics); ok {
			m.measure(x)
		}
		c.child.Reply(a.Reply)
	default:
		m.events++
		c.child.Event(m.at(e).Add(m.ahead), a.Event)
	}
}

func (m *Machine) client(id speaker.ClientID) *Client {
	for _, c := range m.clients {
		if c.config.Client == id {
			return c
		}
	}
	return nil
}

func doNothing(_ *Machine, _ *Event, out []speaker.Action) []speaker.Action { return out }

func doClock(m *Machine, e *Event, out []speaker.Action) []speaker.Action {
	m.ahead = time.Duration(e.N)
	return out
}

func doTimers(m *Machine, e *Event, out []speaker.Action) []speaker.Action {
	return m.Speaker.Advance(m.at(e), out)
}

// Accept numbers a connection that the driver accepted, and tells the speaker
// of it.
func (m *Machine) Accept(now time.Time, local, remote netip.AddrPort, out []speaker.Action) (speaker.ConnID, []speaker.Action) {
	e := Event{Kind: Accepted, At: now.Sub(m.start), Local: local, Remote: remote}
	out = m.do(&e, out)
	return e.Conn, out
}

// doAccept: the number follows from what happened before; a file only says it
// for people.
func doAccept(m *Machine, e *Event, out []speaker.Action) []speaker.Action {
	e.Conn = m.Speaker.NextConn()
	return input(speaker.InAccepted)(m, e, out)
}

func doPull(m *Machine, e *Event, out []speaker.Action) []speaker.Action {
	m.given, out = m.Speaker.Pull(m.at(e), e.Conn, m.scratch[:0], out)
	return out
}

func (m *Machine) remove(c *Client) {
	m.clients = slices.DeleteFunc(m.clients, func(x *Client) bool { return x == c })
}
