package check

import (
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/peerloom/peerloom/codec"
)

// ConnsNeighbor is what [Conns] must know of a neighbor.
type ConnsNeighbor struct {
	Name    string
	Passive bool
	// Hold is the hold time that our OPENs offer.
	Hold time.Duration
	// Retry is the longest time without a connection after which a neighbor that
	// is not passive is dialled again; 0: that is not checked.
	Retry time.Duration
	// Early is how long a connection may stand before our OPEN leaves.
	Early time.Duration
	// SendHold is RFC 9687's SendHoldTime; 0: its default, negative: off.
	SendHold time.Duration
}

// Conns watches all connections of one speaker from where its driver stands:
// what the driver was told to do, the bytes, and when the speaker wants to be
// woken. It knows nothing of sessions and state machines but by the messages.
//
// The methods answer what is broken, or nil. Connections are numbered as the
// driver numbers them; neighbors by their place in NewConns, -1 is nobody.
type Conns struct {
	neighbors []connsNeighbor
	conns     []connState
	begun     bool // it was told to start
	stopped   bool
	lost      uint64 // by the last collision that was told
	kept      uint64
	last      time.Time           // it settled last
	latest    time.Time           // its clock showed before it was set back; zero: it never was
	took      []codec.MessageType // scratch of Took
}

type connsNeighbor struct {
	ConnsNeighbor
	stopped bool
	alone   time.Time // without a connection since; zero: it has one, or has not begun
}

// connState is one connection that is not over.
type connState struct {
	id             uint64
	neighbor       int
	dialed, up     bool
	since          time.Time // it was dialled or accepted
	opened         time.Time // our OPEN left
	heard, sign    time.Time // anything, and a sign of life, was received last; the OPEN is one
	sent, received connHalf
	cut            bool      // the last read ended inside a message
	stuck          time.Time // since when TCP has taken nothing of what waits; zero: nothing waits
	out            connOut
}

// connHalf is what one end has said.
type connHalf struct {
	open         bool
	id           netip.Addr
	as           uint32
	hold         time.Duration
	keepalive    bool
	notification bool
	comesBack    bool // its OPEN has a Graceful Restart Capability with a family in it
	restarted    bool // and the R bit
	notifies     bool // and the N bit (RFC 8538 §2)
}

func (h *connHalf) note(msg []byte) {
	switch kindOf(msg) {
	case codec.MsgOpen:
		if o, err := readOpen(msg[19:]); err == nil && !h.open {
			h.open, h.id, h.as, h.hold = true, netip.AddrFrom4(o.id), o.as, time.Duration(o.hold)*time.Second
			if g := o.restart; g != nil {
				h.comesBack, h.restarted, h.notifies = len(g.families) > 0, g.restarting, g.notify
			}
		}
	case codec.MsgKeepalive:
		h.keepalive = true
	case codec.MsgNotification:
		h.notification = true
	}
}

// NewConns watches a speaker that has not started.
func NewConns(neighbors []ConnsNeighbor) *Conns {
	c := &Conns{neighbors: make([]connsNeighbor, len(neighbors))}
	for i, n := range neighbors {
		c.neighbors[i].ConnsNeighbor = n
	}
	return c
}

func (c *Conns) find(id uint64) *connState {
	for i := range c.conns {
		if c.conns[i].id == id {
			return &c.conns[i]
		}
	}
	return nil
}

func (c *Conns) remove(now time.Time, id uint64) {
	i := slices.IndexFunc(c.conns, func(x connState) bool { return x.id == id })
	n := c.conns[i].neighbor
	c.conns = slices.Delete(c.conns, i, i+1)
	if n >= 0 && !slices.ContainsFunc(c.conns, func(x connState) bool { return x.neighbor == n }) {
		c.neighbors[n].alone = now
	}
}

func (c *Conns) add(x connState) {
	c.conns = append(c.conns, x)
	if x.neighbor >= 0 {
		c.neighbors[x.neighbor].alone = time.Time{}
	}
}

func (c *Conns) name(neighbor int) string {
	if neighbor < 0 {
		return "nobody"
	}
	return c.neighbors[neighbor].Name
}

// Start says that the neighbor was told to start.
func (c *Conns) Start(now time.Time, neighbor int) {
	c.begun = true
	c.neighbors[neighbor].stopped, c.neighbors[neighbor].alone = false, now
}

// Stop says that the neighbor, or with -1 all of them, was stopped for good.
func (c *Conns) Stop(neighbor int) {
	for i := range c.neighbors {
		if i == neighbor || neighbor < 0 {
			c.neighbors[i].stopped = true
		}
	}
	c.stopped = c.stopped || neighbor < 0
}

// Configure puts other neighbors into the place of the present ones: the i-th
// was the from[i]-th so far, -1: it is new and starts. The connections of those
// that left are nobody's.
func (c *Conns) Configure(now time.Time, neighbors []ConnsNeighbor, from []int) {
	old := c.neighbors
	c.neighbors = make([]connsNeighbor, len(neighbors))
	for i, n := range neighbors {
		c.neighbors[i] = connsNeighbor{ConnsNeighbor: n, alone: now}
		if k := from[i]; k >= 0 {
			c.neighbors[i].stopped, c.neighbors[i].alone = old[k].stopped, old[k].alone
		}
	}
	for i := range c.conns {
		if n := c.conns[i].neighbor; n >= 0 {
			c.conns[i].neighbor = slices.Index(from, n)
		}
	}
}

// Dial says that the speaker dials the neighbor.
func (c *Conns) Dial(now time.Time, id uint64, neighbor int) *Violation {
	what := "a dial to " + c.name(neighbor)
	if c.find(id) != nil {
		return violated(DeadConn, "a connection number that is not in use", fmt.Sprintf("%s as connection %d", what, id))
	}
	if neighbor >= 0 {
		n := &c.neighbors[neighbor]
		switch {
		case n.Passive:
			return violated(TimerPassive, "no dial: the neighbor is passive", what)
		case n.stopped || c.stopped:
			return violated(TimerStopped, "no dial: the neighbor was stopped", what)
		}
		for i := range c.conns {
			if x := &c.conns[i]; x.neighbor == neighbor && x.dialed && !x.up {
				return violated(TimerOneDial, fmt.Sprintf("no dial while that of %v ago is under way", now.Sub(x.since)), what)
			}
		}
	}
	c.add(connState{id: id, neighbor: neighbor, dialed: true, since: now})
	return nil
}

// Accept says that a connection of the neighbor's was taken in.
func (c *Conns) Accept(now time.Time, id uint64, neighbor int) {
	c.add(connState{id: id, neighbor: neighbor, up: true, since: now})
}

// Up says that the connection that was dialled is up.
func (c *Conns) Up(now time.Time, id uint64) {
	if x := c.find(id); x != nil {
		x.up, x.since = true, now
	}
}

// Lost says that the connection or the dial is over, by itself.
func (c *Conns) Lost(now time.Time, id uint64) {
	if c.find(id) != nil {
		c.remove(now, id)
	}
}

// Neighbor is the place of the connection's neighbor; -1: it has none, or is over.
func (c *Conns) Neighbor(id uint64) int {
	if x := c.find(id); x != nil {
		return x.neighbor
	}
	return -1
}

// Mute says that a NOTIFICATION came that cannot be read (RFC 4271 §6.4: it is not
// answered).
func (c *Conns) Mute(id uint64) {
	if x := c.find(id); x != nil {
		x.received.notification = true
	}
}

// SetCut says whether the last read ended inside a message, Cut asks.
func (c *Conns) SetCut(id uint64, cut bool) {
	if x := c.find(id); x != nil {
		x.cut = cut
	}
}

// Cut reports whether the last read ended inside a message.
func (c *Conns) Cut(id uint64) bool {
	x := c.find(id)
	return x != nil && x.cut
}

// Received takes a whole message that the speaker has read.
func (c *Conns) Received(now time.Time, id uint64, msg []byte) {
	x := c.find(id)
	if x == nil {
		return
	}
	x.received.note(msg)
	x.heard = now
	switch kindOf(msg) {
	case codec.MsgKeepalive, codec.MsgUpdate, codec.MsgOpen:
		x.sign = now
	}
}

// Sent takes a whole message that the speaker sends.
func (c *Conns) Sent(now time.Time, id uint64, msg []byte) *Violation {
	x := c.find(id)
	if x == nil {
		return c.dead(id, fmt.Sprintf("message type %d", kindOf(msg)))
	}
	var v *Violation
	switch kindOf(msg) {
	case codec.MsgOpen:
		x.opened = now
		if x.received.open { // DelayOpen: the timer starts now
			x.heard, x.sign = now, now
		}
		v = c.open(x, msg)
	case codec.MsgNotification:
		v = c.notification(now, x, msg)
	}
	x.sent.note(msg)
	return v
}

// Pull says that the speaker has something to be pulled.
func (c *Conns) Pull(id uint64) *Violation {
	if c.find(id) == nil {
		return c.dead(id, "something to pull")
	}
	return nil
}

// Close says that the speaker closes the connection.
func (c *Conns) Close(now time.Time, id uint64) *Violation {
	x := c.find(id)
	if x == nil {
		return c.dead(id, "a close")
	}
	silent := x.sent.open && !x.sent.notification && !x.received.notification && !c.cameBack(x)
	name := c.name(x.neighbor)
	c.remove(now, id)
	if silent {
		return violated(WireSilentClose, "a NOTIFICATION first", fmt.Sprintf("a close of connection %d with %s after the OPEN", id, name))
	}
	return nil
}

func (c *Conns) dead(id uint64, got string) *Violation {
	return violated(DeadConn, "nothing about connections that are over", fmt.Sprintf("%s on connection %d", got, id))
}

func (c *Conns) open(x *connState, msg []byte) *Violation {
	if x.neighbor < 0 {
		return nil
	}
	seconds := be16(msg[22:])
	hold := time.Duration(seconds) * time.Second
	if seconds == 1 || seconds == 2 || hold != c.neighbors[x.neighbor].Hold {
		return violated(TimerOffer, fmt.Sprintf("the configured hold time of %v, 0 or at least 3 s", c.neighbors[x.neighbor].Hold), hold.String())
	}
	return nil
}

// largeHold is the HoldTimer before there is a negotiated one (RFC 4271 §8.2.2).
const largeHold = 4 * time.Minute

// hold is the time of silence after which the connection must be given up, from
// when on; 0: never.
func (x *connState) hold(last time.Time) (time.Duration, time.Time) {
	switch {
	case !x.sent.open:
		return 0, last
	case !x.received.open:
		return largeHold, x.opened
	}
	return min(x.sent.hold, x.received.hold), last
}

func (c *Conns) notification(now time.Time, x *connState, msg []byte) *Violation {
	switch code, sub := codec.NotificationCode(msg[19]), msg[20]; {
	case code == codec.CodeHoldTimer:
		last := x.sign
		if x.heard.Before(last) { // by a clock that was set back
			last = x.heard
		}
		hold, from := x.hold(last)
		if hold == 0 || now.Sub(from) < hold {
			return violated(TimerHoldEarly, fmt.Sprintf("%v without a KEEPALIVE or UPDATE first (0: no hold timer)", hold), fmt.Sprintf("Hold Timer Expired after %v", now.Sub(from)))
		}
	case code == codec.CodeCease && sub == codec.CeaseHardReset && len(msg) > codec.HeaderLen+2 && !(x.sent.notifies && x.received.notifies):
		return violated(WireCease, "no Hard Reset: not both ends set the N bit (RFC 8538 §4)", fmt.Sprintf("6/%d", sub))
	case code == codec.CodeCease && sub == codec.CeaseCollision:
		return c.collision(x)
	}
	return nil
}
