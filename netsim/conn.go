package netsim

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/peerloom/peerloom/sim"
)

// Errors of Dial.
var (
	ErrPortInUse = errors.New("address already in use")
	ErrHostDown  = errors.New("host is down")
)

// conn is a connection. ends[0] dialed; ends[i].out is the stream from end i to
// the other.
type conn struct {
	number  uint64
	nth     int // of the dials between its hosts, this way
	ends    [2]end
	crossed bool // both ends dialed, between the same ports
	meeting bool // the SYN waits for one of the other direction
}

type endState uint8

const (
	dialing   endState = iota + 1 // SYN sent
	accepting                     // SYN received; the host does not know yet
	open                          // the host knows it
	gone                          // the host does not know it any more
)

var stateNames = [...]string{dialing: "dialing", accepting: "accepting", open: "open", gone: "gone"}

type end struct {
	host   int // index; -1: no such host
	local  netip.AddrPort
	state  endState
	out    stream
	unread []byte // arrived here, not read
	ended  bool   // the peer's FIN has arrived
}

// stream is one direction of a connection.
type stream struct {
	wire     []byte    // in flight
	segments []segment // in flight, in order of arrival
	window   int
	used     int // bytes in flight, unread, or read but with the news of it still in flight
	short    bool
	fin      bool // FIN sent: nothing more may be written
	stalled  bool
	posted   bool // a kindDeliver is pending for segments[0]
	flip     bool // the next write is changed on the way
	flipped  bool // what arrives is not what was written
}

type segmentKind uint8

const (
	segData   segmentKind = iota + 1 // n bytes of wire
	segCredit                        // n bytes were read: room in the other stream
	segSYN                           // from the dialing end
	segSYNACK                        // from the accepting end
	segACK                           // from the dialing end: the connection is open
	segFIN
	segRST
)

var segmentNames = [...]string{
	segData: "data", segCredit: "ack", segSYN: "SYN", segSYNACK: "SYN-ACK", segACK: "ACK", segFIN: "FIN", segRST: "RST",
}

type segment struct {
	kind segmentKind
	n    int
	at   time.Duration // of arrival, since sim.Epoch
}

func (n *Network) conn(c Conn) *conn {
	if i := n.find(c); i < len(n.conns) && n.conns[i].number == uint64(c)/2 {
		return n.conns[i]
	}
	return nil
}

// find is the place of c's connection among those that live, or where it would be.
func (n *Network) find(c Conn) int {
	from, to := 0, len(n.conns)
	for from < to {
		if mid := (from + to) / 2; n.conns[mid].number < uint64(c)/2 {
			from = mid + 1
		} else {
			to = mid
		}
	}
	return from
}

// end is the named end and its connection; nil if there is none.
func (n *Network) end(c Conn) (*conn, *end) {
	cn := n.conn(c)
	if cn == nil {
		return nil, nil
	}
	return cn, &cn.ends[c&1]
}

// opened is the end if its host knows it as a connection; else nil.
func (n *Network) opened(c Conn) (*conn, *end) {
	cn, e := n.end(c)
	if e == nil || e.state != open {
		return nil, nil
	}
	return cn, e
}

// Dial begins a connection from a host to an address; Connected or Failed
// tells how it went. A zero port of local is replaced by a free one. The error
// is about the local side: nothing was sent.
func (n *Network) Dial(local, remote netip.AddrPort) (Conn, error) {
	from := n.index(local.Addr())
	h := &n.hosts[from]
	if h.down {
		return 0, fmt.Errorf("dial from %v: %w", local, ErrHostDown)
	}
	if c, ok := n.cross(local, remote); ok {
		return c, nil
	}
	local, err := n.port(h, local, remote)
	if err != nil {
		return 0, err
	}
	to, ok := n.byAddr[remote.Addr()]
	if !ok {
		to = -1
	}
	n.created++
	cn := &conn{number: n.created}
	cn.ends[0] = end{host: from, local: local, state: dialing}
	cn.ends[1] = end{host: to, local: remote, state: gone}
	cn.nth = n.nth(local.Addr(), remote.Addr())
	n.conns = append(n.conns, cn)
	c := Conn(2 * cn.number)
	n.loop.PostAfter(n.opts.DialTimeout, n.owner, kindTimeout, uint64(c), 0)
	if to < 0 {
		n.loop.PostAfter(n.opts.Link.Delay, n.owner, kindNotify, uint64(c), uint64(Failed))
		return c, nil
	}
	cn.ends[0].out.window = n.link(from, to).Window
	cn.ends[1].out.window = n.link(to, from).Window
	n.sendSYN(c, n.meet(to, from))
	return c, nil
}

// port completes and checks a dialing address.
func (n *Network) port(h *host, local, remote netip.AddrPort) (netip.AddrPort, error) {
	fixed := local.Port() != 0
	for range 65536 - firstPort {
		if !fixed {
			local = netip.AddrPortFrom(h.addr, h.nextPort)
			h.nextPort = max(h.nextPort+1, firstPort)
		}
		inUse := slices.ContainsFunc(n.conns, func(c *conn) bool {
			return c.ends[0].local == local && c.ends[1].local == remote || c.ends[1].local == local && c.ends[0].local == remote
		})
		if !inUse {
			return local, nil
		}
		if fixed {
			break
		}
	}
	return local, fmt.Errorf("dial from %v to %v: %w", local, remote, ErrPortInUse)
}

// Write gives bytes to the stream that leaves end c and answers how many it
// took: less than all when the window is full (then a Writable event follows
// once there is room), 0 when c is not open. p is not kept.
func (n *Network) Write(c Conn, p []byte) int {
	cn, e := n.opened(c)
	if e == nil || e.out.fin || len(p) == 0 {
		return 0
	}
	s := &e.out
	taken := min(len(p), s.window-s.used)
	if taken > 1 && n.faults.Short.Draw(n.loop.Source(), LabelShort) {
		taken -= n.loop.Source().Choose(LabelShortBy, taken)
		n.loop.PostAfter(0, n.owner, kindNotify, uint64(c), uint64(Writable))
	}
	s.short = taken < len(p)
	if taken > 0 {
		n.sendData(cn, c, p[:taken])
	}
	return taken
}

// IsOpen reports whether the host knows c as a connection: neither dialing nor
// gone.
func (n *Network) IsOpen(c Conn) bool {
	_, e := n.opened(c)
	return e != nil
}

// Room is how many bytes Write would take now.
func (n *Network) Room(c Conn) int {
	_, e := n.opened(c)
	if e == nil || e.out.fin {
		return 0
	}
	return e.out.window - e.out.used
}

// Unacked is how many bytes Write has taken of which the writer does not know
// yet that they were read.
func (n *Network) Unacked(c Conn) int {
	_, e := n.opened(c)
	if e == nil {
		return 0
	}
	return e.out.used
}

// AwaitRoom asks for a Writable event once there is room, as a Write that took
// nothing does; for who makes bytes only when they can leave.
func (n *Network) AwaitRoom(c Conn) {
	if _, e := n.opened(c); e != nil && !e.out.fin && e.out.window == e.out.used {
		e.out.short = true
	}
}

// WriteClosed reports whether this end has sent its FIN.
func (n *Network) WriteClosed(c Conn) bool {
	_, e := n.end(c)
	return e != nil && e.out.fin
}

// Read takes up to len(p) unread bytes and answers how many. The writer learns
// of the room one link delay later.
func (n *Network) Read(c Conn, p []byte) int {
	cn, e := n.opened(c)
	if e == nil {
		return 0
	}
	k := copy(p, e.unread)
	if k == 0 {
		return 0
	}
	e.unread = behind(e.unread, k)
	n.send(cn, c, segment{kind: segCredit, n: k})
	return k
}

// behind is b without its first k bytes. Of what is used up the room is used again.
func behind(b []byte, k int) []byte {
	if k == len(b) {
		return b[:0]
	}
	return b[k:]
}

// Unread is how many bytes Read could take now.
func (n *Network) Unread(c Conn) int {
	_, e := n.opened(c)
	if e == nil {
		return 0
	}
	return len(e.unread)
}

// AtEnd reports whether the peer's FIN has come and everything before it has
// been read.
func (n *Network) AtEnd(c Conn) bool {
	_, e := n.opened(c)
	return e != nil && e.ended && len(e.unread) == 0
}

// HasEnded reports whether the peer's FIN has come; there may be bytes before it
// that have not been read.
func (n *Network) HasEnded(c Conn) bool {
	_, e := n.opened(c)
	return e != nil && e.ended
}

// CloseWrite sends FIN behind what has been written: the peer gets Ended. The
// other direction stays open.
func (n *Network) CloseWrite(c Conn) {
	if cn, e := n.opened(c); e != nil && !e.out.fin {
		e.out.fin = true
		n.send(cn, c, segment{kind: segFIN})
	}
}

// Close ends the connection for its host: FIN behind what has been written, and
// no more events. If bytes are unread, or come later, the peer gets RST, as with
// TCP (RFC 1122 §4.2.2.13). It also abandons a dial.
func (n *Network) Close(c Conn) {
	cn, e := n.end(c)
	if e == nil || e.state == gone {
		return
	}
	if len(e.unread) > 0 {
		n.Reset(c)
		return
	}
	n.CloseWrite(c)
	n.forget(cn, e)
}

// Reset ends the connection at once: RST to the peer, which gets Broken, and no
// more events. With Faults.Cut, what is still in flight may be lost to it.
func (n *Network) Reset(c Conn) {
	cn, e := n.end(c)
	if e == nil || e.state == gone {
		return
	}
	if e.state != dialing { // there is nobody yet to reset
		n.sendRST(cn, c)
	}
	n.forget(cn, e)
}

// Abandon makes a host not know its end any more without a word to anybody, as
// a kernel does that gives up on a silent connection: the peer has a half-open
// one until it sends and gets RST (RFC 9293 §3.5.1), which a peer whose window
// is full does by its probes (§3.8.6.1). The host gets no event.
func (n *Network) Abandon(c Conn) {
	cn, e := n.end(c)
	if e == nil || e.state == gone {
		return
	}
	if far := &cn.ends[c&1^1]; far.state == open && far.out.used == far.out.window && len(far.out.wire) == 0 {
		e.out.fin = true
		n.send(cn, c, segment{kind: segRST, at: probe})
	}
	n.forget(cn, e)
}

// probe is when a zero window is probed first (RFC 6298 §2.1).
const probe = time.Second

// forget makes the host not know its end any more.
func (n *Network) forget(cn *conn, e *end) {
	e.state = gone
	e.unread = nil
	h := &n.hosts[e.host]
	c := cn.name(e)
	h.held = slices.DeleteFunc(h.held, func(ev Event) bool { return ev.Conn == c })
	n.sweep(cn)
}

func (cn *conn) name(e *end) Conn {
	c := Conn(2 * cn.number)
	if e == &cn.ends[1] {
		c++
	}
	return c
}

// sweep removes a connection that nobody knows and of which nothing is in
// flight.
func (n *Network) sweep(cn *conn) {
	a, b := &cn.ends[0], &cn.ends[1]
	if a.state != gone || b.state != gone || len(a.out.segments)+len(b.out.segments) > 0 {
		return
	}
	n.conns = slices.DeleteFunc(n.conns, func(have *conn) bool { return have == cn })
}

// fail tells a host that its end is no more.
func (n *Network) fail(c Conn, why Reason) {
	cn, e := n.end(c)
	kind := Broken
	if e.state == dialing {
		kind = Failed
	}
	known := e.state != accepting
	n.forget(cn, e)
	if known {
		n.emit(e.host, Event{Kind: kind, Conn: c, Reason: why})
	}
}

// notify raises an event that was posted by a host's own call.
func (n *Network) notify(c Conn, kind EventKind) {
	_, e := n.end(c)
	switch {
	case e == nil:
	case kind == Failed && e.state == dialing:
		n.fail(c, NoHost)
	case kind == Writable && e.state == open && e.out.short && !e.out.fin && n.Room(c) > 0:
		e.out.short = false
		n.emit(e.host, Event{Kind: Writable, Conn: c, N: n.Room(c)})
	}
}

var _ sim.Describer = (*Network)(nil)
