package world

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/fsm"
	"github.com/peerloom/peerloom/netsim"
	"github.com/peerloom/peerloom/sim"
	"github.com/peerloom/peerloom/sim/check"
	"github.com/peerloom/peerloom/speaker"
)

// Bounds of a run. One that reaches a bound is a failure: it did not come to
// rest.
const (
	maxEvents  = 2_000_000
	maxVirtual = 24 * time.Hour
)

// World is one run. It is used once.
type World struct {
	loop  *sim.Loop
	net   *netsim.Network
	src   sim.Source
	knobs Knobs
	slack time.Duration

	owner   sim.Owner
	hosts   []*host
	nodes   []*node
	peers   []*peer
	clients []*api

	activity time.Duration // when anything but a keepalive last happened
	settle   time.Duration // without activity for so long, nothing is in flight
	asking   bool          // a worldQuiet is pending
	quiet    bool          // nothing has happened since the last quiet moment
	poked    bool          // scripts may have something to go on with
	healed   bool
	ticks    int
	ticking  bool // a tick is to come
	healing  int  // faults that will end by themselves
	asked    bool // whether the end of the first phase waits for these:
	patient  bool // it does
	faults   [nFaults]faultRow
	wounds   []wound // faults that last, oldest first
	wounded  uint64  // the last one's number
	timed    int     // of those, with a time that a script names
	mending  bool    // faults are being undone before their time
	journals bool    // a speaker may be started again with its state
	director director

	excuses    *check.FSMExcuses
	collisions []collision
	malformed  string      // the malformation that was sent last
	cycle      check.Cycle // since faults stopped
	healedAt   time.Duration

	network netsim.Faults // at present

	messages  []Message
	cover     check.Reached
	violation *check.Violation
	watch     func(*World) bool
	stopped   bool   // by watch
	bytes     []byte // scratch
	decoder   codec.Decoder
	kept      []byte // backs messages
}

// Message is an UPDATE, ROUTE-REFRESH or NOTIFICATION that somebody received.
type Message struct {
	At       time.Duration // since sim.Epoch
	From, To string
	Data     []byte
	options  codec.Options
}

// Describe is the message in words, as the session on which it came reads it.
func (m *Message) Describe() string { return codec.Describe(m.Data, &m.options) }

// Kinds of loop events of the world itself.
const (
	worldQuiet sim.Kind = iota + 1
	worldTick
	worldHeal   // A: number of the wound
	worldNotice // A: the end of a half-open connection
	worldWake   // B: generation; the script of the network goes on
)

// New makes a world. The error says what in the options does not fit together.
func New(o Options) (*World, error) {
	w := &World{src: o.Source, knobs: o.Knobs, watch: o.Watch, excuses: check.FSMDeviations(fsm.Deviations())}
	k := &w.knobs
	w.loop = sim.NewLoop(o.Source, o.Trace)
	w.net = netsim.New(w.loop, netsim.Options{Link: netsim.Link{Delay: k.Delay, Jitter: k.Jitter, Window: k.Window}})
	w.network = k.Net
	w.net.SetFaults(w.network)
	w.settle = time.Millisecond + 4*(k.Delay+k.Jitter+k.ClientJitter+k.ClientGap+k.Batch+k.PullDelay+k.ReadDelay)
	if k.Window > 0 { // the longest message goes through in so many trips
		w.settle += 2 * (k.Delay + k.Jitter + k.ReadDelay) * time.Duration(codec.MaxExtendedLen/k.Window)
	}
	if k.Net.Hold.Num > 0 || slices.ContainsFunc(o.Network, holds) { // also what was written to a connection that is closed since
		w.settle += netsim.HoldFor
	}
	w.slack = time.Second + k.PullDelay
	if k.lateKeepalives() || len(o.Network) > 0 {
		w.slack = maxVirtual
	}
	w.faults = *faultTable()
	w.journals = k.Crash.Num+k.Kill.Num > 0 || len(o.Network) > 0
	if k.Jitter+k.ClientJitter+k.ClientGap+k.PullDelay+k.ReadDelay > 0 {
		w.loop.DrawFine()
	}
	w.owner = w.loop.Register("world", w)
	for _, s := range o.Speakers {
		if err := w.addNode(s); err != nil {
			return nil, err
		}
	}
	for _, p := range o.Peers {
		if err := w.addPeer(p); err != nil {
			return nil, err
		}
	}
	for _, c := range o.Clients {
		if err := w.addClient(c); err != nil {
			return nil, err
		}
	}
	if err := w.direct(o.Network); err != nil {
		return nil, err
	}
	w.slowPairs()
	w.drifts()
	if t, ok := o.Source.(*Twins); ok {
		t.world = w
	}
	return w, nil
}

func (w *World) now() time.Time { return w.loop.Now() }

// Messages are what was received, in order, by every peer and speaker.
func (w *World) Messages() []Message { return w.messages }

// Reached is which rare situations and shapes of state the run came through.
func (w *World) Reached() *check.Reached { return &w.cover }

// Elapsed is the virtual time since sim.Epoch.
func (w *World) Elapsed() time.Duration { return w.loop.Elapsed() }

// Stopped reports whether Watch ended the run.
func (w *World) Stopped() bool { return w.stopped }

// Events counts the events of the run.
func (w *World) Events() uint64 { return w.loop.Handled() }

// Run lets the world go through both phases. The error is the first broken
// invariant, a *check.Violation.
func (w *World) Run() error {
	for _, a := range w.clients {
		a.node.step(speaker.Input{Kind: speaker.InClientUp, Client: a.id, Text: a.name})
	}
	for _, n := range w.nodes {
		w.loop.PostAfter(0, n.owner, nodeStart, 0, 0)
	}
	for _, a := range w.clients {
		w.loop.PostAfter(0, a.owner, clientWake, 0, 0)
	}
	for _, p := range w.peers {
		w.loop.PostAfter(0, p.owner, clientWake, 0, 0)
		p.planRefresh()
		p.planUpdate()
		p.planMalformed()
	}
	if !w.director.finished() {
		w.loop.PostAfter(0, w.owner, worldWake, 0, 0)
	}
	w.planTick()
	w.runUntil(w.scripted)
	w.heal()
	w.moved()
	w.ask()
	w.runUntil(func() bool { return w.quiet })
	if w.violation == nil && !w.stopped {
		w.judge()
	}
	if w.violation != nil {
		return w.violation
	}
	return nil
}

// scripted reports whether every client and peer is through its script and
// faults have struck as often as they may.
func (w *World) scripted() bool {
	for _, a := range w.clients {
		if !a.finished() && !a.node.exited && !(a.dead && a.stays) {
			return false
		}
	}
	for _, p := range w.peers {
		// Who is no neighbor any more waits for a session for ever.
		if !p.finished() && w.configured(p) || p.talking > 0 {
			return false
		}
	}
	return w.director.finished() && w.spent()
}

func (w *World) runUntil(done func() bool) {
	for w.violation == nil && !w.stopped && !done() {
		if w.loop.Handled() >= maxEvents || w.loop.Elapsed() >= maxVirtual || !w.loop.Step() {
			w.fail(check.NewViolation(check.LiveQuiet, "rest within 24 h of virtual time and 2,000,000 events", w.restless()))
			return
		}
		if w.poked {
			w.goOn()
		}
		w.stopped = w.watch != nil && !w.watch(w)
	}
}

// Handle runs one event of the world itself.
func (w *World) Handle(e sim.Event) {
	switch e.Kind {
	case worldQuiet:
		w.asking = false
		w.checkQuiet()
	case worldTick:
		w.strike()
	case worldNotice:
		w.notice(netsim.Conn(e.A))
	case worldHeal:
		w.release(e.A)
	case worldWake:
		w.director.woken(e)
	}
}

// Describe puts an event of the world into words.
func (w *World) Describe(e sim.Event) string {
	switch e.Kind {
	case worldQuiet:
		return "is it quiet?"
	case worldTick:
		return "may a fault strike?"
	case worldNotice:
		return "does somebody find out that a connection is half-open?"
	case worldWake:
		return "the network's script goes on"
	default:
		return "a fault ends"
	}
}

// moved says that something happened that is no keepalive.
func (w *World) moved() {
	w.activity, w.quiet, w.poked = w.loop.Elapsed(), false, true
}

// goOn lets the scripts look whether what they wait for is so.
func (w *World) goOn() {
	w.poked = false
	for _, a := range w.clients {
		a.advance()
	}
	for _, p := range w.peers {
		p.advance()
	}
	w.director.advance()
}

// ask has the quiet moment looked for.
func (w *World) ask() {
	if w.asking {
		return
	}
	w.asking = true
	w.loop.Post(sim.Event{At: max(w.activity+w.settle, w.loop.Elapsed()), Owner: w.owner, Kind: worldQuiet})
}

func (w *World) checkQuiet() {
	if w.loop.Elapsed() >= w.activity+w.settle && !w.atRest() {
		w.activity = w.loop.Elapsed() // look again after another such time
	}
	if w.loop.Elapsed() < w.activity+w.settle {
		w.ask()
		return
	}
	w.quiet = true
	if w.goOn(); !w.quiet { // a script went on
		w.ask()
	}
}

// busy names what is not at rest, and says what it does; "" when all is.
func (w *World) busy() (kind, name string, why unrest) {
	for _, n := range w.nodes {
		if u := n.unrest(); u.what != "" {
			return "speaker", n.name, u
		}
	}
	for _, p := range w.peers {
		if !p.idle() {
			return "peer", p.Name, unrest{what: "has no session or", to: "something to read"}
		}
	}
	for _, a := range w.clients {
		if !a.idle() {
			return "client", a.name, unrest{what: "has bytes on", to: "their way"}
		}
	}
	return "", "", unrest{}
}

// restless is busy in words.
func (w *World) restless() string {
	kind, name, why := w.busy()
	if kind == "" {
		return "everything at rest"
	}
	return kind + " " + name + " " + why.String()
}

// atRest reports whether nothing is busy.
func (w *World) atRest() bool {
	kind, _, _ := w.busy()
	return kind == ""
}

// reached reports whether what a script waits for is so. p is the peer whose
// script it is; nil for clients.
func (w *World) reached(s *Step, p *peer) bool {
	switch s.Kind {
	case WaitEstablished:
		return w.established(false)
	case WaitEndOfRIB:
		return w.established(true)
	case WaitMessages:
		if s.A != "" {
			p = w.peer(s.A)
		}
		if c := p.session(); c != nil && c.count >= s.N {
			return true
		}
		fallthrough // so many may never come
	default:
		if !w.quiet {
			w.ask()
		}
		return w.quiet
	}
}

func (w *World) established(ends bool) bool {
	for _, n := range w.nodes {
		for _, s := range n.sessions {
			if s.conn == 0 && s.wanted() || s.conn != 0 && ends && n.link(s.conn).pulling {
				return false
			}
		}
	}
	for _, p := range w.peers {
		c := p.session()
		if c == nil && w.configured(p) || c != nil && ends && c.ends == 0 && !w.wordless(p) {
			return false
		}
	}
	return true
}

// wordless reports whether p has a session of no family at all (RFC 4760 §8), on
// which no End-of-RIB will come.
func (w *World) wordless(p *peer) bool {
	for _, n := range w.nodes {
		for _, s := range n.sessions {
			if l := n.link(s.conn); l != nil && l.remote == p.Name {
				o, _ := l.wire.Session()
				return len(o.Families) == 0
			}
		}
	}
	return false
}

func (w *World) judge() {
	for _, n := range w.nodes {
		n.judge()
		for _, s := range n.sessions {
			w.judgeView(n, s)
		}
	}
	for _, a := range w.clients {
		if !a.dead && !a.mute && !a.node.exited {
			w.failIf(a.hearing.Quiet())
		}
		if a.open != 0 && !a.node.exited {
			w.failAt(a.name, check.NewViolation(check.RunReply, "an answer to every command of client "+a.name, fmt.Sprintf("%d without one", a.open)))
		}
	}
}

// judgeView compares what a scripted peer has, by the bytes that reached it,
// with the model.
func (w *World) judgeView(n *node, s *watched) {
	l := n.link(s.conn)
	if l == nil {
		return
	}
	for _, p := range w.peers {
		c := p.facing(l.nc)
		if c == nil || w.flipped(c.nc) {
			continue
		}
		if got := c.view; !got.Equal(s.model.View()) {
			w.failAt(n.name+"→"+p.Name, check.NewViolation(check.OutConverged, s.model.View().String(), got.String()))
		}
	}
}

// View is what the scripted peer of that name has now, one route a line; false
// when there is no such peer or it has no session.
func (w *World) View(name string) (string, bool) {
	for _, p := range w.peers {
		if c := p.session(); p.Name == name && c != nil {
			return c.view.String(), true
		}
	}
	return "", false
}

// fail keeps the first violation; the run stops after the present event.
func (w *World) fail(err error) { w.failAt("", err) }

// failAt is fail with the place: a speaker or client, or FROM→TO for a session.
func (w *World) failAt(node string, err error) {
	var v *check.Violation
	if !errors.As(err, &v) {
		panic("world: not a violation: " + err.Error())
	}
	if w.violation == nil {
		w.violation = v.At(node)
		w.loop.Trace().Note(w.loop.Elapsed(), []byte(v.ID), func() string { return v.Error() })
	}
}

// within chooses a latency below d, of something that owner o does.
func (w *World) within(l sim.Label, d time.Duration, o sim.Owner) time.Duration {
	return w.loop.Latency(l, d, uint64(o)<<32)
}

func (w *World) scratch(k int) []byte {
	if cap(w.bytes) < k {
		w.bytes = make([]byte, k)
	}
	return w.bytes[:k]
}

// keep remembers a message that was received.
func (w *World) keep(from, to string, msg []byte, o *codec.Options) {
	w.messages = append(w.messages, Message{At: w.loop.Elapsed(), From: from, To: to, Data: w.copied(msg), options: *o})
}

// copied is a copy of b, which shares an array with others.
func (w *World) copied(b []byte) []byte {
	if len(w.kept)+len(b) > cap(w.kept) {
		w.kept = make([]byte, 0, max(keptChunk, len(b)))
	}
	start := len(w.kept)
	w.kept = append(w.kept, b...)
	return slices.Clip(w.kept[start:])
}

// keptChunk is how many octets of messages share an array.
const keptChunk = 4096
