package check

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// InConfig is what an [InModel] cannot see on the wire.
type InConfig struct {
	PeerAS uint32 // the only one that is taken; 0: any
	ExaBGP bool   // an unknown type is answered with 1/0, as ExaBGP does
	Limits []InLimit
}

// InModel says, from the bytes that reached one end of a connection, what that
// end must have in its Adj-RIB-In and with which NOTIFICATION, if any, it must
// end the session. It reads messages octet by octet after the RFCs and shares no
// code with the codec. What holds kinds of NLRI or attributes that it does not
// know makes it unsure: from there to the end of the connection it says nothing.
type InModel struct {
	cfg      InConfig
	state    inState
	unsure   bool
	buf      []byte
	ours     *inOpen
	theirs   *inOpen
	opts     inOptions
	families []inFamily
	enhanced bool
	routes   []inEntry // sorted by key
	marked   []inFamily
	due      *inError // must leave
	changes  int
	end      inEnd
	brief    bool
	before   func() *InKept // of the session before
	kept     []inEntry      // not yet announced again
	heard    [][]byte       // the messages of the last Received
	early    bool           // the last Received came before our OPEN left
	silent   bool           // a NOTIFICATION came, readable or not
}

type inEntry struct {
	key   inKey
	wire  string
	attrs []InAttr
	stale bool
}

type inState uint8

const (
	inIdle inState = iota
	inOpenSent
	inOpenConfirm
	inEstablished
	inOver
)

// NewInModel is the model of one end of a connection that has just come up.
func NewInModel(c InConfig) *InModel { return &InModel{cfg: c} }

// Sent takes one whole message that this end sends. The error, a *[Violation],
// is for a NOTIFICATION about an error that the peer did not make, or another
// one than it must be.
func (m *InModel) Sent(msg []byte) error {
	if len(msg) < 19 {
		return nil
	}
	switch {
	case msg[18] == 1 && m.state == inIdle && len(msg) >= 29:
		o, err := readOpen(msg[19:])
		m.ours, m.state, m.unsure = o, inOpenSent, err != nil
		m.advance() // the peer's OPEN may have come while ours was delayed (RFC 4271 §8.2.2)
	case msg[18] == 3 && len(msg) >= 21:
		due := m.due
		m.due = nil
		over, delayed, up := m.state == inOver, m.state == inIdle, m.Up()
		m.over()
		m.end.note(msg)
		if m.unsure || delayed { // about what came before our OPEN
			return nil
		}
		if m.silent && msg[19] != codeCease { // one may be about what came before it
			return violated(WireNotifyAnswered, "no answer to a NOTIFICATION, nor to one that cannot be read", fmt.Sprintf("NOTIFICATION %d/%d", msg[19], msg[20]))
		}
		if msg[19] == codeCease {
			return judgeLimit(due, up, msg[20], msg[21:])
		}
		return judgeNotification(due, over, msg[19], msg[20], msg[21:])
	}
	return nil
}

func judgeNotification(due *inError, over bool, code, sub uint8, data []byte) error {
	got := fmt.Sprintf("NOTIFICATION %d/%d with data %x", code, sub, data)
	if due == nil {
		if !over && (code == codeHeader || code == codeOpen || code == codeUpdate || code == codeFSM || code == codeRefresh) {
			return violated(InNotify, "no NOTIFICATION about an error: all that was received is in order", got)
		}
		return nil
	}
	if code != due.code || sub != due.sub || due.fixed && !bytes.Equal(data, due.data) {
		return violated(InNotify, due.String(), got)
	}
	return nil
}

// String is the NOTIFICATION in words.
func (e *inError) String() string {
	if e.fixed {
		return fmt.Sprintf("NOTIFICATION %d/%d with data %x", e.code, e.sub, e.data)
	}
	return fmt.Sprintf("NOTIFICATION %d/%d", e.code, e.sub)
}

// Answered is called when this end has done all that it does about what it
// received. The error, a *[Violation], is for a NOTIFICATION that must have left.
func (m *InModel) Answered() error {
	if m.due == nil || m.unsure {
		return nil
	}
	due := m.due
	m.due = nil
	return violated(InNotify, due.String(), "no NOTIFICATION")
}

// Close says that the connection is over.
func (m *InModel) Close() {
	m.due = nil
	m.over()
}

// over ends the session and its table.
func (m *InModel) over() {
	m.end = m.ended()
	m.state = inOver
	m.routes, m.marked, m.kept = nil, nil, nil
}

// ended is how the session has ended, or would end now.
func (m *InModel) ended() inEnd {
	e := m.end
	e.up = e.up || m.Up()
	if m.routes != nil {
		e.routes = m.routes
	}
	return e
}

// Clear says that a command emptied the table.
func (m *InModel) Clear() { m.routes, m.marked, m.kept = nil, nil, nil }

// Up reports whether the session came up and has not been ended by what was
// received.
func (m *InModel) Up() bool { return m.state == inEstablished }

// Sure reports whether the model can say what the table holds.
func (m *InModel) Sure() bool { return !m.unsure }

// Silent reports whether a NOTIFICATION came, be it one that cannot be read: this end
// closes the connection without a word (RFC 4271 §6.4). known is false where the
// model cannot tell.
func (m *InModel) Silent() (silent, known bool) { return m.silent, !m.unsure && m.state != inIdle }

// Changes counts the messages that could have changed the table.
func (m *InModel) Changes() int { return m.changes }

// Received takes bytes, in any pieces, that this end has read.
func (m *InModel) Received(p []byte) {
	m.buf = append(m.buf, p...)
	m.heard, m.early = m.heard[:0], m.state == inIdle
	before := m.end.up || m.Up()
	m.advance()
	m.brief = !before && m.end.up
}

// Brief reports whether the last bytes brought the session up and ended it, so
// that nobody outside has seen it up.
func (m *InModel) Brief() bool { return m.brief }

// advance reads the whole messages that came since our OPEN left or before it.
func (m *InModel) advance() {
	for m.state != inOver && m.state != inIdle && !m.unsure {
		b := m.buf
		if len(b) < 19 {
			return
		}
		if stop := m.header(b); stop {
			return
		}
		n := be16(b[16:])
		if len(b) < n {
			return
		}
		m.message(b[18], b[:n])
		m.buf = b[n:]
	}
}

// inLengths are the lengths of a message type (RFC 4271 §6.1); longest is 0 where
// it may be longer once RFC 8654 was advertised.
func inLengths(kind uint8) (shortest, longest int) {
	switch kind {
	case 1:
		return 29, 4096
	case 2:
		return 23, 0
	case 3:
		return 21, 0
	case 4:
		return 19, 19
	}
	return 19, 0
}

// header is RFC 4271 §6.1; true: it is wrong.
func (m *InModel) header(b []byte) bool {
	for _, c := range b[:16] {
		if c != 0xff {
			m.fatal(&inError{code: codeHeader, sub: 1})
			return true
		}
	}
	limit := 4096
	if m.state >= inOpenConfirm && m.ours.extended {
		limit = 65535
	}
	n, kind := be16(b[16:]), b[18]
	length := &inError{code: codeHeader, sub: 2, data: slices.Clone(b[16:18]), fixed: true}
	if kind == 3 {
		length = nil // RFC 4271 §6.4: closed without an answer
	}
	if n < 19 || n > limit {
		m.fatal(length)
		return true
	}
	if kind == 0 || kind > 6 {
		m.fatal(m.badType(kind))
		return true
	}
	low, high := inLengths(kind)
	if high == 0 || high > limit {
		high = limit
	}
	if n < low || n > high {
		m.fatal(length)
		return true
	}
	return false
}

func (m *InModel) badType(kind uint8) *inError {
	if m.cfg.ExaBGP {
		return &inError{code: codeHeader}
	}
	return &inError{code: codeHeader, sub: 3, data: []byte{kind}, fixed: true}
}

// fatal ends the session; nil: without a NOTIFICATION.
func (m *InModel) fatal(e *inError) {
	m.due, m.silent = e, m.silent || e == nil
	m.changes++
	m.end.unreadable = m.end.unreadable || e == nil && !m.end.notified
	m.over()
}

// message takes one framed message.
func (m *InModel) message(kind uint8, msg []byte) {
	m.heard = append(m.heard, msg)
	switch {
	case kind == 3:
		m.end.note(msg)
		m.fatal(nil)
	case kind == 1:
		m.open(msg[19:])
	case m.state == inOpenConfirm && kind == 4:
		m.state = inEstablished
		m.changes++
		m.resume()
	case m.state < inEstablished:
		m.fatal(&inError{code: codeFSM, sub: uint8(m.state)}) // RFC 6608 §4
	case kind == 2:
		m.update(msg[19:])
	case kind == 5:
		m.refresh(msg)
	case kind == 6 && !(m.ours.oper && m.theirs.oper):
		m.fatal(m.badType(kind))
	}
}

// open is RFC 4271 §6.2.
func (m *InModel) open(body []byte) {
	o, err := readOpen(body)
	if err == nil && m.state < inEstablished {
		switch {
		case m.cfg.PeerAS != 0 && o.as != m.cfg.PeerAS:
			err = badOpen(2)
		case o.id == m.ours.id && o.as == m.ours.as:
			err = badOpen(3)
		}
	}
	if m.state == inEstablished || err == nil && m.state != inOpenSent { // §8.2.2: there "any other event", whatever is wrong about it
		err = &inError{code: codeFSM, sub: uint8(m.state)}
	}
	if err != nil {
		m.fatal(err)
		return
	}
	m.theirs, m.state = o, inOpenConfirm
	m.opts, m.families = receiving(m.ours, o), both(m.ours, o)
	m.opts.noSet = !m.cfg.ExaBGP
	m.enhanced = m.ours.enhanced && o.enhanced
}

// update is RFC 4271 §6.3 as RFC 7606 revises it.
func (m *InModel) update(body []byte) {
	m.changes++
	r := readUpdate(body, &m.opts)
	if r.treat == inReset {
		m.unsure = r.unsure // an error before or behind what is not known
		m.fatal(&inError{code: codeUpdate, sub: r.sub, data: slices.Clone(r.data[:min(len(r.data), mostData)]), fixed: r.data != nil})
		return
	}
	if r.unsure || slices.Contains(m.families, r.stranger) {
		m.unsure = true
		return
	}
	for _, n := range r.withdrawn {
		m.drop(n.key)
	}
	if f, ok := endOfRIB(body); ok {
		m.sweep(f)
	}
	r.routes(func(n inNLRI, attrs []InAttr) {
		switch {
		case !slices.Contains(m.families, n.key.family): // RFC 4760 §7
		case r.treat == inWithdraw:
			m.drop(n.key)
		default:
			m.put(n, attrs)
		}
	})
	m.exceeds()
}

// refresh is RFC 2918 §3 and RFC 7313 §4, §5.
func (m *InModel) refresh(msg []byte) {
	b := msg[19:]
	if len(b) > 2 && len(b) != 4 && (b[2] == 1 || b[2] == 2) {
		m.unsure = !m.enhanced // then the octet is reserved
		m.fatal(&inError{code: codeRefresh, sub: 1, data: slices.Clone(msg[:min(len(msg), mostData)]), fixed: true})
		return
	}
	if len(b) < 4 {
		m.fatal(&inError{code: codeHeader, sub: 2, data: slices.Clone(msg[16:18]), fixed: true})
		return
	}
	f := inFamily{uint16(be16(b)), b[3]}
	if !m.enhanced || !slices.Contains(m.families, f) {
		return
	}
	switch b[2] {
	case 1:
		m.changes++
		if !slices.Contains(m.marked, f) {
			m.marked = append(m.marked, f)
		}
		for i := range m.routes {
			m.routes[i].stale = m.routes[i].stale || m.routes[i].key.family == f
		}
	case 2:
		m.changes++
		if !slices.Contains(m.marked, f) {
			return
		}
		m.marked = slices.DeleteFunc(m.marked, func(g inFamily) bool { return f == g })
		m.routes = slices.DeleteFunc(m.routes, func(e inEntry) bool { return e.stale && e.key.family == f })
		m.sweep(f)
	}
}

// mostData is the data that a NOTIFICATION of 4,096 octets has room for.
const mostData = 4096 - 21

func compareKeys(a, b inKey) int {
	return cmp.Or(cmp.Compare(a.family.afi, b.family.afi), cmp.Compare(a.family.safi, b.family.safi),
		strings.Compare(a.wire, b.wire), cmp.Compare(a.path, b.path))
}

func (m *InModel) find(k inKey) (int, bool) {
	return slices.BinarySearchFunc(m.routes, k, func(e inEntry, k inKey) int { return compareKeys(e.key, k) })
}

func (m *InModel) put(n inNLRI, attrs []InAttr) {
	m.renew(n.key)
	i, ok := m.find(n.key)
	if !ok {
		m.routes = slices.Insert(m.routes, i, inEntry{})
	}
	m.routes[i] = inEntry{key: n.key, wire: n.wire, attrs: attrs}
}

func (m *InModel) drop(k inKey) {
	m.renew(k)
	if i, ok := m.find(k); ok {
		m.routes = slices.Delete(m.routes, i, i+1)
	}
}
