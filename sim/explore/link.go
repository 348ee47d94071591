package explore

import (
	"encoding/binary"
	"slices"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/speaker"
)

// link is one TCP connection between the two speakers of a pair, from its dial
// on. Ends are numbered as in Pair.Speakers.
type link struct {
	dialer int
	nth    int // of its dialer's, from 0
	ends   [2]linkEnd
	to     [2]stream // by receiver
	// hangs: it was dialled when the pair's dials were used up; nobody answers.
	hangs bool
}

// linkEnd is what one speaker has of a connection.
type linkEnd struct {
	conn           speaker.ConnID
	phase          phase
	sent, received words
	kept           int // it was closed with Cease/7 for the sake of this connection (an index); -1: not
}

// words are the messages that open a session, and the one that ends it.
type words struct{ open, keepalive, notification bool }

// phase is how far an end has come. It only grows.
type phase uint8

const (
	waits phase = iota // the end has yet to hear that there is a connection
	up
	over
)

// stream is what is on its way to one end, whole messages: a speaker cannot tell
// how TCP cut them, and sim/check judges that it does not.
type stream struct {
	messages [][]byte
	closed   bool // after the messages the connection ends
	// reset: the sender's TCP will not take any more; its RST may destroy the
	// messages that the receiver has not read (RFC 9293 §3.10.7.4).
	reset bool
}

func (w *words) note(msg []byte) {
	switch codec.TypeOf(msg) {
	case codec.MsgOpen:
		w.open = true
	case codec.MsgKeepalive:
		w.keepalive = true
	case codec.MsgNotification:
		w.notification = true
	}
}

// live reports whether the end has a connection that it has not given up.
func (e *linkEnd) live() bool { return e.phase == up }

// agreed: both OPENs went, as this end sees it, and neither end said goodbye.
func (e *linkEnd) agreed() bool {
	return e.live() && e.sent.open && e.received.open && !e.sent.notification && !e.received.notification
}

// established is RFC 4271 §8.2.2 seen from the wire: the KEEPALIVE that answers
// our OPEN came.
func (e *linkEnd) established() bool { return e.agreed() && e.received.keepalive }

// gone: nothing can happen on the connection any more.
func (l *link) gone() bool { return l.ends[0].phase == over && l.ends[1].phase == over }

func (l *link) clone() link {
	c := *l
	for i := range c.to {
		c.to[i].messages = slices.Clone(l.to[i].messages)
	}
	return c
}

// end takes the connection from one end, which closed or lost it. What was on
// the way to it is lost, and then the other end may lose what it has not read.
func (l *link) end(e int) {
	l.ends[e].phase = over
	l.to[1-e].closed = true
	l.to[1-e].reset = l.to[1-e].reset || len(l.to[e].messages) > 0
	l.to[e] = stream{}
	if l.ends[1-e].phase == over || l.hangs {
		l.ends[1-e].phase, l.to[1-e] = over, stream{}
	}
}

// send puts a message on the way from an end.
func (l *link) send(e int, msg []byte) {
	l.ends[e].sent.note(msg)
	if l.ends[1-e].phase == over {
		l.to[e].reset = true // the other end's TCP answers with RST
		return
	}
	l.to[1-e].messages = append(l.to[1-e].messages, msg)
}

// appendState leaves out what has no future.
func (l *link) appendState(b []byte) []byte {
	b = append(b, flag(l.gone()), flag(l.hangs))
	if l.gone() {
		return b
	}
	for i := range l.ends {
		e := &l.ends[i]
		b = append(b, byte(e.phase), byte(e.kept+1))
		for _, w := range []words{e.sent, e.received} {
			b = append(b, flag(w.open), flag(w.keepalive), flag(w.notification))
		}
		s := &l.to[i]
		b = append(b, flag(s.closed), flag(s.reset))
		b = binary.AppendUvarint(b, uint64(len(s.messages)))
		for _, m := range s.messages {
			b = append(b, m...)
		}
	}
	return b
}
