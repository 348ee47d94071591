package check

import (
	"fmt"
	"slices"

	"github.com/peerloom/peerloom/codec"
)

// connOut is what was given to TCP on one connection and is not taken yet: octets
// and, in them, the ends of messages.
type connOut struct {
	given, taken uint64
	ends         []connEnd
}

type connEnd struct {
	at   uint64
	kind codec.MessageType
}

// Gave says that a whole message was given to TCP.
func (c *Conns) Gave(id uint64, msg []byte) {
	if x := c.find(id); x != nil {
		x.out.given += uint64(len(msg))
		x.out.ends = append(x.out.ends, connEnd{x.out.given, kindOf(msg)})
	}
}

// Took says that TCP has taken so many octets more, and answers the types of the
// messages that these complete, in order: each of them is sent now (RFC 4271
// §8.2.2: "Each time the local system sends a KEEPALIVE or UPDATE message, it
// restarts its KeepaliveTimer", RFC 9687 §4.3). It answers none for a connection
// that is over. They are valid until the next call.
func (c *Conns) Took(id uint64, octets int) []codec.MessageType {
	c.took = c.took[:0]
	x := c.find(id)
	if x == nil {
		return nil
	}
	x.out.taken = min(x.out.taken+uint64(octets), x.out.given)
	n := 0
	for ; n < len(x.out.ends) && x.out.ends[n].at <= x.out.taken; n++ {
		c.took = append(c.took, x.out.ends[n].kind)
	}
	x.out.ends = slices.Delete(x.out.ends, 0, n)
	return c.took
}

// JudgeSent holds the messages of whose sending a state machine was told against
// those that TCP has taken whole by the same input.
func JudgeSent(told, taken []codec.MessageType) *Violation {
	if slices.Equal(told, taken) {
		return nil
	}
	return violated(FSMSent, fmt.Sprintf("to be told of %v, which TCP has taken", taken), fmt.Sprintf("told of %v", told))
}
