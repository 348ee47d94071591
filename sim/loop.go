package sim

import (
	"encoding/binary"
	"fmt"
	"slices"
	"time"
)

// LabelTie asks which of several events at the same instant goes first.
const LabelTie Label = "tie/next"

// MaxPending bounds the events waiting in a Loop. A simulation that reaches it
// schedules without end, and the Loop panics.
const MaxPending = 1 << 22

// Epoch is the instant at which every Loop begins: 2000-01-01 00:00:00 UTC.
func Epoch() time.Time { return time.Unix(epochSeconds, 0).UTC() }

const epochSeconds = 946684800

// Owner names a registered Handler in a Loop. Numbers are given in order of
// registration, so they are the same in every run of the same program.
type Owner uint32

// Kind says what an event is, in its owner's own numbering.
type Kind uint16

// Event is something that will happen. It is flat, so that scheduling one
// allocates nothing and hashing one needs no help from its owner.
type Event struct {
	At    time.Duration // since Epoch
	Seq   uint64        // the order of scheduling; unique within a Loop
	A, B  uint64        // the owner's payload
	Owner Owner
	Kind  Kind
	Rank  uint16 // among events at one instant the lower goes first; the Source orders equals
}

// Handler is what events happen to.
type Handler interface {
	Handle(e Event)
}

// Describer is a Handler that can put its events into words. Describe is called
// before Handle, and only for a trace that keeps text.
type Describer interface {
	Describe(e Event) string
}

// Loop runs events in the order of virtual time. The zero Loop is not usable;
// NewLoop makes one. A Loop is not safe for concurrent use.
type Loop struct {
	now     time.Duration
	seq     uint64
	heap    eventHeap
	ready   []Event // all pending events of one (instant, rank) when there was a tie
	src     Source
	trace   *Trace
	owners  []owner
	handled uint64
	fine    int      // the answer to LabelFine; -1: not asked yet
	orders  Orderer  // src, if it is one
	follows Follower // likewise
}

type owner struct {
	name    string
	handler Handler
}

// NewLoop makes a loop that stands at Epoch. It asks src which of tied events
// goes first. A nil trace gives it one that keeps only the hash.
func NewLoop(src Source, trace *Trace) *Loop {
	if trace == nil {
		trace = NewTrace(HashOnly)
	}
	orders, _ := src.(Orderer)
	follows, _ := src.(Follower)
	return &Loop{src: src, trace: trace, orders: orders, follows: follows, fine: -1}
}

// Register adds a handler; name stands for it in traces.
func (l *Loop) Register(name string, h Handler) Owner {
	l.owners = append(l.owners, owner{name: name, handler: h})
	return Owner(len(l.owners) - 1)
}

// Source is where the loop's answers come from.
func (l *Loop) Source() Source { return l.src }

// Trace is the loop's trace.
func (l *Loop) Trace() *Trace { return l.trace }

// Now is the present virtual time, in UTC.
func (l *Loop) Now() time.Time { return Epoch().Add(l.now) }

// Elapsed is the virtual time since Epoch.
func (l *Loop) Elapsed() time.Duration { return l.now }

// Handled counts the events that have happened.
func (l *Loop) Handled() uint64 { return l.handled }

// Pending counts the events that wait.
func (l *Loop) Pending() int { return len(l.heap) + len(l.ready) }

// Post schedules e: At, Owner, Kind, Rank, A and B are read. An instant in the
// past means now. The answer is the event's Seq. There is no way to cancel an
// event: its owner keeps a generation number in A or B and ignores what is old.
func (l *Loop) Post(e Event) uint64 {
	if int(e.Owner) >= len(l.owners) {
		panic(fmt.Sprintf("sim: event for owner %d, but %d are registered", e.Owner, len(l.owners)))
	}
	if l.Pending() >= MaxPending {
		panic(fmt.Sprintf("sim: %d events pending at %v; %q schedules without end", l.Pending(), l.now, l.owners[e.Owner].name))
	}
	e.At = max(e.At, l.now)
	l.seq++
	e.Seq = l.seq
	if l.follows != nil {
		l.follows.Scheduled(e, l.stream(&e))
	}
	l.heap.push(e)
	return e.Seq
}

// PostAt schedules an event at a point of virtual time.
func (l *Loop) PostAt(at time.Time, o Owner, kind Kind, a, b uint64) uint64 {
	return l.Post(Event{At: at.Sub(Epoch()), Owner: o, Kind: kind, A: a, B: b})
}

// PostAfter schedules an event d from now.
func (l *Loop) PostAfter(d time.Duration, o Owner, kind Kind, a, b uint64) uint64 {
	return l.Post(Event{At: l.now + max(d, 0), Owner: o, Kind: kind, A: a, B: b})
}

// Next is the instant of the next event; false when none is pending.
func (l *Loop) Next() (time.Time, bool) {
	at, ok := l.next()
	if !ok {
		return time.Time{}, false
	}
	return Epoch().Add(at), true
}

func (l *Loop) next() (time.Duration, bool) {
	switch {
	case len(l.ready) > 0:
		return l.ready[0].At, true
	case len(l.heap) > 0:
		return l.heap[0].At, true
	}
	return 0, false
}

// Step lets the next event happen: it moves the time, hashes the event and
// then hands it to its owner. It reports false when no event is pending.
func (l *Loop) Step() bool {
	e, ok := l.pick()
	if !ok {
		return false
	}
	if l.follows != nil {
		if at, _ := l.follows.Postpone(e); at > e.At {
			e.At = at
			l.heap.push(e)
			return true
		}
	}
	if l.orders != nil {
		l.orders.Happens(e)
	}
	l.now = e.At
	l.handled++
	o := &l.owners[e.Owner]
	l.trace.event(e, o)
	o.handler.Handle(e)
	return true
}

// pick removes the next event, and asks the Source only where two outcomes
// differ.
func (l *Loop) pick() (Event, bool) {
	if len(l.ready) == 0 {
		if len(l.heap) == 0 {
			return Event{}, false
		}
		if !l.heap.tied() {
			return l.heap.pop(), true
		}
		l.ready = append(l.ready, l.heap.pop())
	} else if len(l.heap) > 0 && l.heap[0].precedes(&l.ready[0]) {
		// An event of a lower rank came up for this same instant.
		return l.heap.pop(), true
	}
	for len(l.heap) > 0 && l.heap[0].ties(&l.ready[0]) {
		l.ready = append(l.ready, l.heap.pop())
	}
	i := 0
	if n := len(l.ready); n > 1 {
		i = pickTied(l.src, l.ready)
	}
	e := l.ready[i]
	l.ready = append(l.ready[:i], l.ready[i+1:]...)
	return e, true
}

// stream names the stream of an event, for a Follower.
func (l *Loop) stream(e *Event) string {
	o := &l.owners[e.Owner]
	s, ok := o.handler.(Streamer)
	if !ok {
		return fmt.Sprintf("%s/%d", o.name, e.Kind)
	}
	return o.name + "/" + s.Stream(*e)
}

// pickTied asks the source for one of tied events, oldest first. A Picker is
// told whose they are.
func pickTied(src Source, tied []Event) int {
	if f, ok := src.(Orderer); ok {
		return f.Order(tied)
	}
	if p, ok := src.(Picker); ok {
		return p.Pick(LabelTie, len(tied), func(i int) uint64 { return tied[i].identity() })
	}
	return src.Choose(LabelTie, len(tied))
}

// Run lets events happen until none is pending or limit have happened; it
// answers how many did.
func (l *Loop) Run(limit int) int {
	n := 0
	for n < limit && l.Step() {
		n++
	}
	return n
}

// RunUntil lets all events up to and including those at the instant t happen,
// at most limit of them, and then, if none is left, moves the time to t. It
// reports whether it got there.
func (l *Loop) RunUntil(t time.Time, limit int) bool {
	end := t.Sub(Epoch())
	for ; ; limit-- {
		at, ok := l.next()
		if !ok || at > end {
			break
		}
		if limit <= 0 {
			return false
		}
		l.Step()
	}
	l.now = max(l.now, end)
	return true
}

// Clone is an independent copy that stands where l stands: the same pending
// events for the same owners. The copy asks src and writes to trace. Its
// handlers are still those of l until Rebind replaces them.
func (l *Loop) Clone(src Source, trace *Trace) *Loop {
	c := NewLoop(src, trace)
	c.now, c.seq, c.handled, c.fine = l.now, l.seq, l.handled, l.fine
	c.heap = append(eventHeap(nil), l.heap...)
	c.ready = append([]Event(nil), l.ready...)
	c.owners = append([]owner(nil), l.owners...)
	return c
}

// AppendState appends an encoding of the time and of the events that wait, in the
// order in which they would happen if the Source always answered 0.
func (l *Loop) AppendState(b []byte) []byte {
	b = binary.AppendVarint(binary.AppendVarint(b, int64(l.now)), int64(l.fine))
	b = binary.AppendUvarint(b, uint64(len(l.ready)))
	waiting := append(slices.Clone(l.ready), l.heap...)
	slices.SortFunc(waiting[len(l.ready):], func(x, y Event) int {
		if x.less(&y) {
			return -1
		}
		return 1
	})
	for _, e := range waiting {
		b = binary.AppendVarint(b, int64(e.At))
		b = binary.AppendUvarint(b, uint64(e.Owner)<<32|uint64(e.Kind)<<16|uint64(e.Rank))
		b = binary.AppendUvarint(binary.AppendUvarint(b, e.A), e.B)
	}
	return b
}

// Rebind replaces the handler of o, for a clone.
func (l *Loop) Rebind(o Owner, h Handler) { l.owners[o].handler = h }
