package relive

import (
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/fsm"
	"github.com/peerloom/peerloom/sim/check"
	"github.com/peerloom/peerloom/speaker"
	"github.com/peerloom/peerloom/speaker/record"
)

// slack is how late a live daemon may notice that a timer is due.
const slack = 2 * time.Second

// Run is a recording that is being run again.
type Run struct {
	Events    int
	Violation *check.Violation // the first
	Unjudged  string           // from which event on, and why, only the state machines are judged; ""

	reader  *record.Reader
	player  *record.Player
	excuses *check.FSMExcuses
	now     time.Time
	conns   map[speaker.ConnID]*conn
	out     []*outbound // of the configured neighbors
	names   map[speaker.ClientID]string
	event   *record.Event
}

// conn is one connection.
type conn struct {
	in     *record.Event // that made it
	wire   *check.WireChecker
	framer codec.Framer
	msgs   [][]byte // of the present read
	late   []byte   // the NOTIFICATION behind others of them
}

// New begins to run what r reads. Panicked puts a panic into words.
func New(name string, r io.Reader, panicked func(value any) string) (*Run, error) {
	reader, err := record.NewReader(name, r)
	if err != nil {
		return nil, err
	}
	run := &Run{
		reader: reader, player: record.NewPlayer(reader), excuses: check.FSMDeviations(fsm.Deviations()),
		now: reader.Start, conns: map[speaker.ConnID]*conn{}, names: map[speaker.ClientID]string{},
	}
	run.player.Observe, run.player.Panicked = run.observe, panicked
	return run, nil
}

// Version is that of the program that made the recording.
func (r *Run) Version() string { return r.reader.Version }

// Dump is the speaker's state, for people; "" before there is one.
func (r *Run) Dump() string {
	if m := r.player.Machine(); m.Speaker != nil {
		return m.Dump(r.now)
	}
	return ""
}

// Next runs the next event; io.EOF at the end, and [record.ErrCut] where the file
// ends within a line.
func (r *Run) Next() (record.Played, error) {
	e, err := r.reader.Next()
	if err != nil {
		return record.Played{}, err
	}
	r.Events++
	r.now, r.event = r.reader.Start.Add(e.At), e
	played, err := r.player.Play(e)
	if err == nil && played.Panic == "" {
		r.watch(&played)
	}
	return played, err
}

func (r *Run) fail(where string, v *check.Violation) {
	if v != nil && r.Violation == nil {
		r.Violation = v.At(where)
	}
}

// watch tells the oracles what one event did.
func (r *Run) watch(p *record.Played) {
	e := p.Event
	var from *conn
	switch e.Kind {
	case record.Configure, record.Reload:
		r.configured(e.Config)
	case record.ClientUp:
		r.names[e.Client] = e.Text
	case record.Dialed, record.Accepted:
		r.connect(e)
	case record.Received:
		if from = r.conns[e.Conn]; from != nil {
			from.take(e.Data)
		}
	case record.Batch:
		r.batch(e, p.Commands)
	}
	if !quiet(e.Kind) {
		for i := range r.out {
			r.session(i)
		}
	}
	if from != nil {
		r.refreshes(e.Conn, from)
	}
	for i := range p.Actions {
		if a := &p.Actions[i]; a.Kind == speaker.ActSend {
			r.sent(a.Conn, a.Data)
		}
	}
	if e.Kind == record.Pull && len(p.Given) > 0 {
		r.sent(e.Conn, p.Given)
		r.pulled(e.Conn, p.Given)
	}
	if from != nil && from.late != nil {
		from.wire.Received(from.late)
	}
}

// quiet reports a kind by which no session begins or ends.
func quiet(k record.Kind) bool {
	return slices.Contains([]record.Kind{record.Pull, record.Taken, record.Said, record.Told, record.Heard, record.Clock}, k)
}

func (r *Run) connect(e *record.Event) {
	manual := false
	for _, o := range r.out {
		manual = manual || o.cfg.PeerAddress == e.Remote.Addr() && o.cfg.ManualEOR
	}
	r.conns[e.Conn] = &conn{in: e, wire: check.NewWireChecker(check.WireConfig{ManualEOR: manual, Slack: slack})}
}

// take cuts received bytes into messages and shows them to the checker; a
// NOTIFICATION behind others of one read after what those cause: the speaker
// answers them first.
func (c *conn) take(data []byte) {
	c.msgs, c.late = c.msgs[:0], nil
	c.framer.Write(data)
	for {
		msg, err := c.framer.Next(codec.MaxExtendedLen)
		if err != nil || msg == nil {
			return
		}
		if codec.TypeOf(msg) == codec.MsgNotification && len(c.msgs) > 0 {
			c.late = msg
		} else {
			c.wire.Received(msg)
		}
		c.msgs = append(c.msgs, msg)
	}
}

func (r *Run) sent(id speaker.ConnID, msg []byte) {
	c := r.conns[id]
	if c == nil {
		return
	}
	for _, v := range c.wire.Sent(r.now, msg) {
		if r.Unjudged != "" {
			return // it too counts what commands ask for
		}
		r.fail("daemon→"+c.in.Remote.Addr().String(), v)
	}
}

// machine is one state machine with the oracle that judges it.
type machine struct {
	r       *Run
	where   string
	session *fsm.Session
	oracle  *check.FSMOracle
}

func (r *Run) observe(n *speaker.Neighbor, s *fsm.Session) fsm.Observer {
	return &machine{r, "daemon→" + n.PeerAddress.String(), s, check.NewFSMOracle(*s.Config(), s.Incoming(), r.excuses)}
}

// Met and the others are the methods of a [fsm.Observer].
func (m *machine) Met(fsm.State, fsm.Event) {}

// Stepped: see Met.
func (m *machine) Stepped(now time.Time, in fsm.Input, out []fsm.Action) {
	m.fail(m.oracle.Step(now, in, out, m.session))
}

// Advanced: see Met.
func (m *machine) Advanced(now time.Time, out []fsm.Action) {
	m.fail(m.oracle.Advance(now, out, m.session))
}

// Sent: see Met.
func (m *machine) Sent(now time.Time, message codec.MessageType) {
	m.fail(m.oracle.Sent(now, message, m.session))
}

// Pending: see Met.
func (m *machine) Pending(now time.Time, pending bool) {
	m.fail(m.oracle.Pending(now, pending, m.session))
}

func (m *machine) fail(v *check.Violation) { m.r.fail(m.where, v) }

// unjudged says that the contract and messages are not looked at any more.
func (r *Run) unjudged(why string) {
	if r.Unjudged == "" {
		r.Unjudged = fmt.Sprintf("from %s on: %s", r.event.Name, why)
	}
}
