package record

import (
	"time"

	"github.com/peerloom/peerloom/speaker"
	"github.com/peerloom/peerloom/speaker/child"
)

// Client is the protocol of one API client of a [Machine].
type Client struct {
	m      *Machine
	config child.Config
	child  *child.Child
	torn   bool // the last Torn forgot something
}

// NewClient makes a client. It counts from the Step with InClientUp on.
func (m *Machine) NewClient(c child.Config) *Client {
	n := &Client{m: m, config: c, child: child.New(c)}
	m.clients = append(m.clients, n)
	return n
}

func (c *Client) do(now time.Time, e Event) {
	e.At, e.Client, e.of = now.Sub(c.m.start), c.config.Client, c
	c.m.do(&e, nil)
}

// Read takes bytes of the client, in any pieces; see [child.Child.Read].
func (c *Client) Read(now time.Time, data []byte) { c.do(now, Event{Kind: Said, Data: data}) }

// EOF says that nothing more will be read: what is left is a last line.
func (c *Client) EOF(now time.Time) { c.do(now, Event{Kind: SaidAll}) }

// Torn forgets the incomplete line, if there is one; see [child.Child.Torn].
func (c *Client) Torn(now time.Time) bool {
	c.do(now, Event{Kind: Torn})
	return c.torn
}

// Refuse adds a line that is answered with an error.
func (c *Client) Refuse(now time.Time, why string) { c.do(now, Event{Kind: Refused, Text: why}) }

// Batch gives the speaker the next batch that is closed; false: none is.
func (c *Client) Batch(now time.Time, out []speaker.Action) ([]speaker.Action, bool) {
	if !c.child.Closed(now) {
		return out, false
	}
	return c.m.do(&Event{Kind: Batch, At: now.Sub(c.m.start), Client: c.config.Client, of: c}, out), true
}

// Pending is what to write to the client next; see [child.Child.Pending].
func (c *Client) Pending(now time.Time) []byte {
	if len(c.child.Pending()) == 0 {
		return nil
	}
	c.do(now, Event{Kind: Told})
	return c.m.given
}

// Wrote says that n octets of Pending were written.
func (c *Client) Wrote(now time.Time, n int) { c.do(now, Event{Kind: Heard, N: int64(n)}) }

// Blocked is [child.Child.Blocked].
func (c *Client) Blocked() bool { return c.child.Blocked() }

// Unanswered is the number of commands that have no reply yet.
func (c *Client) Unanswered() int { return c.child.Unanswered() }

// Deadline is when the open batch closes; zero when there is none.
func (c *Client) Deadline() time.Time { return c.child.Deadline() }

// onClient makes a row of what is done to a client; one that a file names and
// nobody knows is passed over.
func onClient(f func(c *Client, now time.Time, e *Event)) func(m *Machine, e *Event, out []speaker.Action) []speaker.Action {
	return func(m *Machine, e *Event, out []speaker.Action) []speaker.Action {
		if e.of != nil {
			f(e.of, m.at(e), e)
		}
		return out
	}
}

func doSaid(c *Client, now time.Time, e *Event)    { c.child.Read(now, e.Data) }
func doSaidAll(c *Client, now time.Time, _ *Event) { c.child.EOF(now) }
func doTorn(c *Client, _ time.Time, _ *Event)      { c.torn = c.child.Torn() }
func doRefused(c *Client, now time.Time, e *Event) { c.child.Refuse(now, e.Text) }
func doTold(c *Client, _ time.Time, _ *Event)      { c.m.given = c.child.Pending() }

// doHeard: a file may have been edited, and say more than there was.
func doHeard(c *Client, _ time.Time, e *Event) {
	if n := e.N; !c.m.retold || n >= 0 && n <= int64(len(c.child.Pending())) {
		c.child.Wrote(int(n))
	}
}

func doBatch(m *Machine, e *Event, out []speaker.Action) []speaker.Action {
	if e.of == nil {
		return out
	}
	e.of.child.Reuse(m.commands)
	m.commands = nil
	commands, ok := e.of.child.Batch(m.at(e))
	if !ok {
		return out
	}
	m.commands = commands
	return m.Speaker.Step(m.at(e), speaker.Input{Kind: speaker.InBatch, Client: e.Client, Commands: commands}, out)
}

func doClientUp(m *Machine, e *Event, out []speaker.Action) []speaker.Action {
	if m.retold && e.Child != nil {
		m.known[e.Client] = m.NewClient(*e.Child)
	}
	return input(speaker.InClientUp)(m, e, out)
}

// doClientDown: what the client was told before may still be written to it.
func doClientDown(m *Machine, e *Event, out []speaker.Action) []speaker.Action {
	if c := m.client(e.Client); c != nil {
		_, _, dropped := c.child.Depth()
		m.dropped += dropped
		m.remove(c)
	}
	return input(speaker.InClientDown)(m, e, out)
}
