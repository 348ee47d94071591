package capture

import (
	"time"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/fsm"
)

// heard takes a message of one end and answers how it is to be read. Once both
// OPENs are there, that is what they negotiate.
func (t *talk) heard(from int, msg []byte) codec.Options {
	if len(msg) < codec.HeaderLen || codec.TypeOf(msg) != codec.MsgOpen {
		return t.read[from]
	}
	open, bad := codec.DecodeOpen(msg)
	if bad != nil {
		return t.read[from]
	}
	t.open[from] = open
	if t.open[0] == nil || t.open[1] == nil {
		return t.read[from]
	}
	for listener := range t.open {
		if n := negotiate(t.open[listener], t.open[1-listener]); n != nil {
			t.read[1-listener] = n.Receive
		}
	}
	return t.read[from]
}

// negotiate is what a speaker that sent local makes of remote; nil where it
// would refuse it.
func negotiate(local, remote *codec.Open) *fsm.Negotiated {
	as := uint32(local.AS)
	if as4, ok := local.AS4(); ok {
		as = as4
	}
	c := fsm.Config{Open: *local, LocalAS: as, HoldTime: time.Duration(local.HoldTime) * time.Second}
	n, bad := c.Check(remote)
	if bad != nil {
		return nil
	}
	return n
}
