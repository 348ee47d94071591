package world

import "github.com/peerloom/peerloom/codec"

// outlet counts what one end writes into a stream. A slow link may have
// KEEPALIVEs on their way at every moment; the world is at rest all the same when
// nothing else is.
type outlet struct {
	written uint64 // octets of messages
	news    uint64 // the end of the last message that was no KEEPALIVE
	bulk    uint64 // the end of the last message that was pulled
}

// gave notes a message that was written, or what a peer writes for one.
func (o *outlet) gave(msg []byte) {
	o.written += uint64(len(msg))
	if len(msg) < codec.HeaderLen || codec.TypeOf(msg) != codec.MsgKeepalive {
		o.news = o.written
	}
}

// busy reports whether any of the last waiting octets are of other messages than
// KEEPALIVEs.
func (o *outlet) busy(waiting int) bool { return o.written < o.news+uint64(waiting) }

// owes reports whether any of the last waiting octets are of pulled messages.
func (o *outlet) owes(waiting int) bool { return o.written < o.bulk+uint64(waiting) }
