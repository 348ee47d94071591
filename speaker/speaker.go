package speaker

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/fsm"
	"github.com/peerloom/peerloom/rib"
)

// Speaker is a BGP speaker. See the package's documentation.
type Speaker struct {
	config   Config
	jitter   func(n int) int
	interner *rib.Interner
	sweepAt  int     // sets at which to look for those not in use
	cloned   bool    // the interner serves a clone too: it is not swept
	peers    []*peer // in configuration order
	clients  []*client
	conns    map[ConnID]*session
	lastConn ConnID
	started  time.Time
	running  bool
	stopping bool
	exited   bool

	past               Traffic // of neighbors that are no more
	flushes, refreshes Durations

	decoder  codec.Decoder
	deadline time.Time // the earliest armed timer, where known
	known    bool

	arena []byte       // backs Action.Data until the next call
	steps []fsm.Action // scratch
}

// New makes a speaker that has not started; Step with InStart starts it.
// jitter answers a number in [0,n) whenever a timer's interval is drawn (RFC
// 4271 §10); nil: no jitter. The error names the neighbor that can't be.
func New(c Config, jitter func(n int) int) (*Speaker, error) {
	s := &Speaker{config: c, jitter: jitter, interner: rib.NewInterner(), conns: map[ConnID]*session{}}
	neighbors, err := c.neighbors()
	if err != nil {
		return nil, err
	}
	for _, n := range neighbors {
		s.peers = append(s.peers, s.newPeer(n))
	}
	return s, nil
}

// Step handles one input at time now and appends what is to be done, in order.
func (s *Speaker) Step(now time.Time, in Input, out []Action) []Action {
	s.begin()
	switch in.Kind {
	case InStart:
		out = s.start(now, out)
	case InDialed, InDialFailed, InReceived, InWritten, InClosed:
		if c := s.conns[in.Conn]; c != nil {
			out = s.stepConn(now, c, &in, out)
		} // else it is of a connection that is no more
	case InAccepted:
		out = s.accept(now, &in, out)
	case InClientUp:
		s.clientUp(in.Client, in.Text)
	case InClientDown:
		s.clientDown(in.Client)
	case InBatch:
		out = s.batch(now, in.Client, in.Commands, out)
	case InReload:
		out = s.reload(now, in.Config, out)
	case InStop:
		out = s.stop(now, in.Text, out)
	case InSignal:
		out = s.signal(in.N, in.Text, out)
	default:
		panic(fmt.Sprintf("speaker: input of kind %d", in.Kind))
	}
	return s.settle(now, out)
}

func (s *Speaker) stepConn(now time.Time, c *session, in *Input, out []Action) []Action {
	switch in.Kind {
	case InDialed:
		return s.connected(now, c, in, fsm.TCPCRAcked, out)
	case InDialFailed:
		return s.lost(now, c, in.Text, out)
	case InReceived:
		return s.received(now, c, in.Data, out)
	case InWritten:
		return s.written(now, c, in.N, out)
	default: // InClosed
		return s.lost(now, c, in.Text, out)
	}
}

// Advance fires the timers that are due at now.
func (s *Speaker) Advance(now time.Time, out []Action) []Action {
	s.begin()
	for _, p := range s.peers {
		for _, c := range p.sessions {
			if c == nil {
				continue
			}
			if d := c.fsm.Deadline(); d.IsZero() || now.Before(d) {
				continue
			}
			before := c.fsm.State()
			steps := c.fsm.Advance(now, s.steps[:0])
			s.steps = nil
			out = s.do(now, c, before, steps, out)
			s.steps = steps[:0]
		}
	}
	for _, p := range s.peers {
		out = s.expireKept(now, p, out)
		out = s.resumePaced(now, p, out)
	}
	out = s.expireSyncs(now, out)
	return s.settle(now, out)
}

// begin comes before all that may change the state.
func (s *Speaker) begin() { s.arena, s.known = s.arena[:0], false }

// Deadline is the earliest armed timer; zero when none is armed.
func (s *Speaker) Deadline() time.Time {
	if !s.known {
		s.deadline, s.known = s.earliest(), true
	}
	return s.deadline
}

func (s *Speaker) earliest() time.Time {
	var first time.Time
	earlier := func(d time.Time) {
		if !d.IsZero() && (first.IsZero() || d.Before(first)) {
			first = d
		}
	}
	for _, p := range s.peers {
		earlier(p.kept.until)
		earlier(p.pause)
		for _, c := range p.sessions {
			if c != nil {
				earlier(c.fsm.Deadline())
			}
		}
	}
	for _, c := range s.clients {
		earlier(c.deadline())
	}
	return first
}

// settle does what follows from any step: peers that are given up leave, and
// the speaker exits when it has nothing left to do.
func (s *Speaker) settle(now time.Time, out []Action) []Action {
	out = s.leave(now, out)
	out = s.answer(out)
	s.sweep()
	if !s.running || s.exited {
		return out
	}
	open := false
	for _, p := range s.peers {
		open = open || !p.gone || p.connected()
	}
	if !open && (s.stopping || s.config.Sessions > 0) {
		s.exited = true
		for _, c := range s.clients {
			out = append(out, Action{Kind: ActEvent, Client: c.id, Event: &Event{Kind: EvShutdown}})
		}
		out = append(out, Action{Kind: ActExit})
	}
	return out
}

// sweepMin is the number of attribute sets and NLRI below which none is
// forgotten.
const sweepMin = 4096

// sweep forgets attribute sets and NLRI that no route has any more, each time
// their number has doubled.
func (s *Speaker) sweep() {
	if s.cloned || s.interner.Len() < max(s.sweepAt, sweepMin) {
		return
	}
	outs, ins := make([]*rib.Out, len(s.peers)), make([]*rib.In, len(s.peers))
	for i, p := range s.peers {
		outs[i], ins[i] = p.out, p.in
	}
	s.interner.Sweep(outs, ins)
	s.sweepAt = 2 * s.interner.Len()
}

func (s *Speaker) start(now time.Time, out []Action) []Action {
	s.running, s.started = true, now
	for _, p := range s.peers {
		out = s.startPeer(now, p, out)
	}
	return out
}

func (s *Speaker) startPeer(now time.Time, p *peer, out []Action) []Action {
	if p.cfg.Range.IsValid() {
		return out // its members start, when they come
	}
	ev := fsm.ManualStart
	if p.cfg.Passive {
		ev = fsm.ManualStartPassive
	}
	return s.step(now, p.sessions[primary], fsm.Input{Event: ev}, out)
}

// stop ends all sessions with Cease/2 (RFC 4486), and then the speaker.
func (s *Speaker) stop(now time.Time, text string, out []Action) []Action {
	s.stopping, s.running = true, true
	for _, p := range s.peers {
		p.gone = true
		out = s.stopPeer(now, p, codec.Shutdown(codec.CeaseShutdown, text), out)
	}
	return out
}

// stopPeer stops both connections of p for good.
func (s *Speaker) stopPeer(now time.Time, p *peer, cease codec.Notification, out []Action) []Action {
	for _, c := range p.sessions {
		if c != nil {
			out = s.step(now, c, fsm.Input{Event: fsm.ManualStop, Stop: c.cease(cease)}, out)
		}
	}
	// What was kept for a peer to come back to is not wanted any more.
	p.in.Clear()
	p.kept = retained{}
	return out
}

// newConn numbers a connection that the speaker dials: odd numbers.
func (s *Speaker) newConn() ConnID {
	s.lastConn += 2
	return s.lastConn - 1
}

// NextConn numbers a connection that the driver accepted: even numbers.
func (s *Speaker) NextConn() ConnID {
	s.lastConn += 2
	return s.lastConn
}

// Listen lists the addresses to listen on, sorted, from the configuration. One
// that stands for all of a family takes in the others of its port.
func (s *Speaker) Listen() []netip.AddrPort {
	l := slices.Clone(s.config.Bind)
	for _, p := range s.peers {
		if p.cfg.Listen == 0 {
			continue
		}
		a := p.cfg.LocalAddress
		if !a.IsValid() {
			a = netip.IPv4Unspecified()
			if p.cfg.PeerAddress.Is6() {
				a = netip.IPv6Unspecified()
			}
		}
		l = append(l, netip.AddrPortFrom(a, p.cfg.Listen))
	}
	slices.SortFunc(l, func(a, b netip.AddrPort) int {
		return cmp.Or(a.Addr().Compare(b.Addr()), cmp.Compare(a.Port(), b.Port()))
	})
	l = slices.Compact(l)
	all := func(at netip.AddrPort) bool {
		a := netip.IPv4Unspecified()
		if at.Addr().Is6() {
			a = netip.IPv6Unspecified()
		}
		return at.Addr() != a && slices.Contains(l, netip.AddrPortFrom(a, at.Port()))
	}
	return slices.DeleteFunc(slices.Clone(l), all)
}

// log appends a log line about p (nil: about no neighbor).
func (s *Speaker) log(p *peer, l Level, out []Action, format string, args ...any) []Action {
	a := Action{Kind: ActLog, Level: l, Text: fmt.Sprintf(format, args...)}
	if p != nil {
		a.Peer = p.cfg.Peers()
	}
	return append(out, a)
}
