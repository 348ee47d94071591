package speaker

import (
	"cmp"
	"net/netip"
	"slices"
	"time"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/fsm"
	"github.com/peerloom/peerloom/rib"
)

// Metrics is numbers to watch a speaker by, and the value of a reply to `show
// metrics`. What ends in Total only grows.
type Metrics struct {
	States    [fsm.Established + 1]int // neighbors, by the state of their session
	Neighbors []NeighborMetrics        // in configuration order; each address once
	Traffic   Traffic
	Routes    []rib.Count // summed over neighbors, by family
	Flush     Durations   // from a `flush adj-rib out` until TCP has the last of it
	Refresh   Durations   // the same of a peer's ROUTE-REFRESH
	// The rest is of its clients, which the speaker does not know: see speaker/record.
	EventsTotal  uint64 // told to clients, those dropped among them
	DroppedTotal uint64 // events that a client did not read in time
	Clients      []ClientMetrics
}

// NeighborMetrics is one neighbor's part.
type NeighborMetrics struct {
	Peer netip.Addr
	Up   int // sessions in Established
}

// ClientMetrics is how much waits for one API client, or for those of one name.
type ClientMetrics struct {
	Name       string
	Connected  int
	Replies    int // octets
	Events     int // octets
	Unanswered int // commands
	Blocked    int // clients of which nothing is read now: too much waits for them
}

// Traffic counts messages by direction (see Sent) and type; those of a type that
// has no name are of type 0.
type Traffic [2][codec.MsgOperational + 1]Volume

// Volume is a number of messages, and their octets.
type Volume struct{ Messages, Bytes uint64 }

// Directions of a [Traffic].
const (
	Received = 0
	Sent     = 1
)

func (t *Traffic) count(direction int, msg []byte) {
	kind := codec.TypeOf(msg)
	if int(kind) >= len(t[direction]) {
		kind = 0
	}
	t[direction][kind].Messages++
	t[direction][kind].Bytes += uint64(len(msg))
}

func (t *Traffic) add(other *Traffic) {
	for d := range t {
		for k := range t[d] {
			t[d][k].Messages += other[d][k].Messages
			t[d][k].Bytes += other[d][k].Bytes
		}
	}
}

// messages is how many went in one direction.
func (t *Traffic) messages(direction int) (n uint64) {
	for _, v := range t[direction] {
		n += v.Messages
	}
	return n
}

// DurationBounds are the upper bounds of a [Durations]' classes.
var DurationBounds = [...]time.Duration{
	time.Millisecond, 10 * time.Millisecond, 100 * time.Millisecond, time.Second, 10 * time.Second, 100 * time.Second,
}

// Durations is a histogram.
type Durations struct {
	Count  uint64
	Sum    time.Duration
	Within [len(DurationBounds)]uint64 // those not above the bound
}

func (d *Durations) add(v time.Duration) {
	d.Count++
	d.Sum += v
	for i, bound := range DurationBounds {
		if v <= bound {
			d.Within[i]++
		}
	}
}

// timing is a flush, or the answer to a refresh request, that is on its way.
type timing struct {
	refresh bool
	since   time.Time
	ticket  rib.Ticket
}

// maxTimings is how many of one neighbor are timed at once; more are not.
const maxTimings = 64

// time begins to time a flush or refresh of p.
func (s *Speaker) time(now time.Time, p *peer, refresh bool, ticket rib.Ticket) {
	if p.up != nil && len(p.timings) < maxTimings {
		p.timings = append(p.timings, timing{refresh, now, ticket})
		s.timed(now, p)
	}
}

// timed notes what has been taken by TCP.
func (s *Speaker) timed(now time.Time, p *peer) {
	n := 0
	for ; n < len(p.timings) && p.up.has(p.timings[n].ticket); n++ {
		d := &s.flushes
		if p.timings[n].refresh {
			d = &s.refreshes
		}
		d.add(now.Sub(p.timings[n].since))
	}
	p.timings = slices.Delete(p.timings, 0, n)
}

// forget keeps the count of a neighbor that is no more.
func (s *Speaker) forget(p *peer) { s.past.add(&p.traffic) }

// Metrics are those of all neighbors.
func (s *Speaker) Metrics() *Metrics {
	m := &Metrics{Traffic: s.past, Flush: s.flushes, Refresh: s.refreshes}
	index := map[netip.Addr]int{}
	for _, p := range s.peers {
		state := p.state()
		m.States[state]++
		i, ok := index[p.cfg.PeerAddress]
		if !ok {
			i = len(m.Neighbors)
			index[p.cfg.PeerAddress] = i
			m.Neighbors = append(m.Neighbors, NeighborMetrics{Peer: p.cfg.PeerAddress})
		}
		if state == fsm.Established {
			m.Neighbors[i].Up++
		}
		m.Traffic.add(&p.traffic)
		for c := range p.out.Counts() {
			k, found := slices.BinarySearchFunc(m.Routes, c.Family, func(a rib.Count, f codec.Family) int {
				return cmp.Compare(a.Family, f)
			})
			if !found {
				m.Routes = slices.Insert(m.Routes, k, rib.Count{Family: c.Family})
			}
			m.Routes[k].Add(c)
		}
	}
	return m
}

// state is that of the session that is up, else of the machine that dials.
func (p *peer) state() fsm.State {
	if p.up != nil {
		return p.up.fsm.State()
	}
	return p.sessions[primary].fsm.State()
}

// showMetrics answers `show metrics`; the clients' part is added to it.
func (b *batch) showMetrics(*Command, []int) Reply { return Reply{OK: true, Value: b.s.Metrics()} }
