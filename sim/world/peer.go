package world

import (
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/netsim"
	"github.com/peerloom/peerloom/sim"
	"github.com/peerloom/peerloom/sim/check"
	"github.com/peerloom/peerloom/sim/malform"
)

// Kinds of loop events of a peer. The wake of its script is clientWake.
const (
	peerKeepalive sim.Kind = iota + 16 // A: netsim.Conn
	peerRead                           // A: netsim.Conn
	peerRefresh                        // ask for a refresh at a chosen time
	peerDial
	peerUpdate    // say something valid
	peerMalformed // say something else
	peerWaited    // A: netsim.Conn, on which there should be an OPEN by now
)

// peer is a scripted BGP speaker made of codec alone. It answers an OPEN with
// the same OPEN, the last octet of the router-id plus one, keeps the session
// alive and remembers what it is told.
type peer struct {
	w     *World
	owner sim.Owner
	Peer
	script
	conns []*peerConn
	asked int

	updates, malformed int // messages planned so far
	replaced           int // OPENs that the script replaced
	talking            int // those that have not been sent

	table   []malform.Case   // for the sessions that are as tableOf, once they are up
	soft    []malform.Case   // those of table that end no session
	tableOf *malform.Session // nil: not made yet

	told [][]byte // for Replay

	id      netip.Addr    // its BGP Identifier; zero: the speaker's, plus one
	down    bool          // crashed or killed
	clashes bool          // its BGP Identifier is the speaker's
	forgot  codec.CapCode // its OPENs lack this capability; 0: none
}

// peerConn is one connection of a peer.
type peerConn struct {
	nc      netsim.Conn
	remote  string
	framer  codec.Framer
	out     []byte
	outlet  outlet
	options codec.Options
	open    *codec.Open // the other end's
	up      bool        // KEEPALIVEs went both ways
	view    *check.PeerView
	count   int // UPDATE and ROUTE-REFRESH received
	ends    int // End-of-RIBs received
	alive   time.Duration
	posted  bool // a peerRead is pending

	mine   *codec.Open      // its own
	speech *malform.Session // what its messages depend on
}

func (w *World) addPeer(o Peer) error {
	p := &peer{w: w, Peer: o}
	if p.Port == 0 {
		p.Port = 179
	}
	p.script = script{steps: o.Script}
	p.owner = w.loop.Register(o.Name, p)
	w.host(o.Address)
	w.peers = append(w.peers, p)
	if o.Dial.IsValid() {
		w.loop.PostAfter(0, p.owner, peerDial, 0, 0)
		return nil
	}
	if err := w.listen(netip.AddrPortFrom(o.Address, p.Port), p); err != nil {
		return fmt.Errorf("peer %s: %w", o.Name, err)
	}
	return nil
}

func (p *peer) title() string { return p.Name }

// Handle runs one event of the loop.
func (p *peer) Handle(e sim.Event) {
	c := p.conn(netsim.Conn(e.A))
	switch e.Kind {
	case clientWake:
		if e.B == p.wake {
			p.waiting = false
			p.advance()
		}
	case peerKeepalive:
		if c != nil && c.alive > 0 {
			p.send(c, codec.AppendKeepalive(nil))
			p.keepalive(c)
		}
	case peerRead:
		if c != nil {
			c.posted = false
			p.read(c)
		}
	case peerRefresh:
		p.randomRefresh()
	case peerDial:
		p.dial()
	case peerUpdate:
		p.update()
	case peerMalformed:
		p.malform()
	case peerWaited:
		if c != nil && c.open == nil {
			p.w.net.Reset(c.nc)
			p.drop(c)
		}
	}
}

// Describe puts an event of the loop into words.
func (p *peer) Describe(e sim.Event) string {
	switch e.Kind {
	case peerKeepalive:
		return "sends KEEPALIVE"
	case peerRead:
		return "reads"
	case peerRefresh:
		return "may ask for a refresh"
	case peerDial:
		return "dials"
	case peerUpdate:
		return "may send an UPDATE"
	case peerMalformed:
		return "may send something malformed"
	case peerWaited:
		return "has waited long enough for an OPEN"
	default:
		return "goes on"
	}
}

func (p *peer) conn(nc netsim.Conn) *peerConn {
	for _, c := range p.conns {
		if c.nc == nc {
			return c
		}
	}
	return nil
}

// session is the latest connection whose session is up; nil: none.
func (p *peer) session() *peerConn {
	for i := len(p.conns) - 1; i >= 0; i-- {
		if p.conns[i].up {
			return p.conns[i]
		}
	}
	return nil
}

// facing is the connection with a session whose other end is nc; nil: none. A peer
// may hold an older one for up, whose other end is gone without a word.
func (p *peer) facing(nc netsim.Conn) *peerConn {
	for _, c := range p.conns {
		if c.up && c.nc == nc.Peer() {
			return c
		}
	}
	return nil
}

// patience is how long a peer waits for the OPEN of a connection: "a HoldTimer
// value of 4 minutes is suggested" (RFC 4271 §8.2.2). The other end may be gone
// without a word.
const patience = 4 * time.Minute

// redial is how long a peer that dials waits before it tries again.
const redial = time.Second

func (p *peer) dial() {
	if len(p.conns) > 0 || p.down {
		return
	}
	nc, err := p.w.dial(netip.AddrPortFrom(p.Address, 0), p.Dial, p)
	if err != nil {
		p.w.loop.PostAfter(redial, p.owner, peerDial, 0, 0)
		return
	}
	p.conns = append(p.conns, &peerConn{nc: nc})
}

func (p *peer) handleNet(e netsim.Event) {
	if e.Kind == netsim.Accepted {
		c := &peerConn{nc: e.Conn, remote: p.w.at(e.Conn, e.Remote)}
		p.conns = append(p.conns, c)
		p.connected(c)
		return
	}
	c := p.conn(e.Conn)
	if c == nil {
		return
	}
	switch e.Kind {
	case netsim.Connected:
		c.remote = p.w.at(e.Conn, e.Remote)
		p.connected(c)
	case netsim.Readable:
		p.readable(c)
	case netsim.Writable:
		p.flush(c)
	case netsim.Ended:
		p.read(c)
		p.w.net.Close(c.nc)
		p.drop(c)
	case netsim.Broken, netsim.Failed:
		p.drop(c)
	}
	p.advance()
}

func (p *peer) connected(c *peerConn) {
	p.w.loop.PostAfter(patience, p.owner, peerWaited, uint64(c.nc), 0)
	p.premature(c)
}

func (p *peer) drop(c *peerConn) {
	if p.w.configured(p) {
		p.w.moved()
	}
	p.w.poked = p.w.poked || c.up // who waits for all sessions waits for this one no more
	p.w.forget(c.nc)
	p.conns = slices.DeleteFunc(p.conns, func(x *peerConn) bool { return x == c })
	if p.Dial.IsValid() && len(p.conns) == 0 {
		p.w.loop.PostAfter(redial, p.owner, peerDial, 0, 0)
	}
}

// readable reads now, or at a chosen time: a slow reader.
func (p *peer) readable(c *peerConn) {
	d := p.w.within(LabelReadDelay, p.w.knobs.ReadDelay, p.owner)
	if d == 0 {
		p.read(c)
		return
	}
	if !c.posted {
		c.posted = true
		p.w.loop.PostAfter(d, p.owner, peerRead, uint64(c.nc), 0)
	}
}

func (p *peer) read(c *peerConn) {
	k := p.w.net.Unread(c.nc)
	if k == 0 {
		return
	}
	data := p.w.scratch(k)
	p.w.net.Read(c.nc, data)
	c.framer.Write(data)
	for {
		msg, err := c.framer.Next(codec.MaxExtendedLen)
		if err != nil {
			p.reset(c)
			return
		}
		if msg == nil {
			break
		}
		p.receive(c, msg)
		if p.conn(c.nc) == nil {
			return
		}
	}
	p.advance()
}

func (p *peer) receive(c *peerConn, msg []byte) {
	p.w.story(c.remote, p.Name, msg, &c.options)
	switch codec.TypeOf(msg) {
	case codec.MsgOpen:
		p.receiveOpen(c, msg)
	case codec.MsgKeepalive:
		if c.open != nil && !c.up {
			c.up = true
			p.w.moved()
		}
	case codec.MsgUpdate, codec.MsgRouteRefresh:
		p.w.moved()
		c.count++
		p.w.keep(c.remote, p.Name, msg, &c.options)
		if c.view == nil {
			return
		}
		if err := c.view.Observe(msg); err != nil && !p.w.flipped(c.nc) {
			p.w.failAt(c.remote+"→"+p.Name, err)
		}
		if codec.TypeOf(msg) == codec.MsgUpdate && (len(msg) == 23 || len(msg) <= 32 && p.w.isEndOfRIB(msg, &c.options)) {
			c.ends++
		} else if p.Replay {
			p.replay(c, msg)
		}
	case codec.MsgNotification:
		p.w.moved()
		p.w.keep(c.remote, p.Name, msg, &c.options)
	}
}

func (w *World) isEndOfRIB(msg []byte, o *codec.Options) bool {
	if codec.TypeOf(msg) != codec.MsgUpdate {
		return false
	}
	_, is := w.decoder.Update(msg, o).EndOfRIB()
	return is
}

// receiveOpen answers with the mirrored OPEN and a KEEPALIVE.
func (p *peer) receiveOpen(c *peerConn, msg []byte) {
	p.w.moved()
	open, err := codec.DecodeOpen(msg)
	if err != nil || c.open != nil {
		p.reset(c)
		return
	}
	mine := *open
	mine.ID = p.identifier(open.ID)
	mine.Caps = slices.DeleteFunc(slices.Clone(open.Caps), func(x codec.Capability) bool { return slices.Contains(p.Without, x.Code) })
	p.Open.change(&mine)
	if p.ASN != 0 {
		mine.AS, mine.Caps = asn(p.ASN, mine.Caps)
	}
	p.forgets(&mine)
	c.open, c.mine = open, &mine
	reply, eerr := codec.AppendOpen(nil, &mine)
	if eerr != nil {
		panic("world: mirrored OPEN: " + eerr.Error())
	}
	p.settle(c, msg, reply)
	if other := p.malformedOpen(c.speech); other != nil {
		reply = other
		p.settle(c, msg, other)
	}
	p.send(c, codec.AppendKeepalive(reply))
	for _, msg := range p.Greet {
		p.send(c, msg)
	}
	c.alive = holdOf(open.HoldTime, mine.HoldTime)
	p.keepalive(c)
}

// settle is what the two OPENs agree on. One that can't be read changes nothing.
func (p *peer) settle(c *peerConn, theirs, reply []byte) {
	mine, err := codec.DecodeOpen(reply)
	if err != nil {
		return
	}
	c.mine = mine
	wire := check.NewWireChecker(check.WireConfig{})
	wire.Sent(p.w.now(), theirs)
	wire.Received(reply)
	if o, ok := wire.Session(); ok {
		c.options = o.Options
	}
	c.view = check.NewPeerView(c.options)
	c.speech = p.speaks(c, mine, c.open, reply)
}

// asn is an AS number as OPEN has it (RFC 6793 §4.1).
func asn(n uint32, caps []codec.Capability) (uint16, []codec.Capability) {
	for i := range caps {
		if caps[i].Code == codec.CapAS4 {
			caps[i] = codec.AS4Cap(n)
		}
	}
	if n > 65535 {
		return codec.ASTrans, caps
	}
	return uint16(n), caps
}

func (p *peer) keepalive(c *peerConn) {
	if c.alive > 0 {
		p.w.loop.PostAfter(c.alive, p.owner, peerKeepalive, uint64(c.nc), 0)
	}
}

func (p *peer) send(c *peerConn, b []byte) {
	c.outlet.gave(b)
	c.out = append(c.out, b...)
	p.flush(c)
}

func (p *peer) flush(c *peerConn) {
	k := p.w.net.Write(c.nc, c.out)
	c.out = append(c.out[:0], c.out[k:]...)
}

func (p *peer) reset(c *peerConn) {
	p.w.net.Reset(c.nc)
	p.drop(c)
}

// advance goes through the script as far as it can.
func (p *peer) advance() {
	for !p.waiting && !p.finished() {
		if !p.do(&p.steps[p.at]) {
			return
		}
		p.at++
		p.w.moved()
	}
}

func (p *peer) do(s *Step) bool {
	c := p.session()
	switch s.Kind {
	case Sleep:
		return p.sleep(p.w, p.owner, clientWake, s.For)
	case DialTCP:
		p.dialToo(s.Remote)
		return true
	case RouterID:
		p.clashes, p.id = !s.ID.IsValid(), s.ID
		return true
	case Forget:
		p.forgot = codec.CapCode(s.N)
		return true
	case WaitMessages, WaitEstablished, WaitEndOfRIB, WaitQuiet:
		return p.w.reached(s, p)
	}
	if c == nil {
		return false // wait for the next session
	}
	switch s.Kind {
	default:
		p.say(c, s)
	case Refresh:
		p.refresh(c, s.Family)
	case ResetTCP:
		p.reset(c)
	case CloseTCP:
		p.w.net.Close(c.nc)
		p.drop(c)
	case Notify:
		p.send(c, codec.AppendNotification(nil, codec.Shutdown(uint8(s.N), s.Text)))
		p.w.net.Close(c.nc)
		p.drop(c)
	}
	return true
}

func (p *peer) refresh(c *peerConn, f codec.Family) {
	p.send(c, codec.AppendRouteRefresh(nil, codec.RouteRefresh{Family: f}))
}

// randomRefresh asks for a refresh of a chosen family, and plans the next.
func (p *peer) randomRefresh() {
	if c := p.session(); c != nil && (c.open.Has(codec.CapRouteRefresh) && !slices.Contains(p.Without, codec.CapRouteRefresh)) {
		fams := c.open.Families()
		if len(fams) > 0 {
			p.refresh(c, fams[p.w.src.Choose(LabelRefreshOf, len(fams))])
		}
	}
	p.planRefresh()
}

func (p *peer) planRefresh() {
	if p.asked >= p.w.knobs.Refreshes || p.w.healed {
		return
	}
	p.asked++
	p.w.loop.PostAfter(p.w.tick(LabelRefresh), p.owner, peerRefresh, 0, 0)
}

func (p *peer) idle() bool {
	if !p.w.configured(p) {
		return true // it calls, and is sent away, for ever
	}
	for _, c := range p.conns {
		if c.outlet.busy(len(c.out) + p.w.net.Unacked(c.nc)) {
			return false
		}
	}
	return p.session() != nil
}
