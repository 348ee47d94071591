package world

import (
	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/sim/check"
	"github.com/peerloom/peerloom/speaker"
)

// coverBatch notes what is rare about a batch, and what it stops.
func (n *node) coverBatch(in *speaker.Input) {
	c, at := &n.w.cover, n.w.loop.Elapsed()
	c.Sometimes(check.BatchSeveral, len(in.Commands) > 1)
	c.Sometimes(check.BatchTwoClients, n.batchAt == at && n.batchOf != 0 && n.batchOf != in.Client)
	n.batchAt, n.batchOf = at, in.Client
	for i := range in.Commands {
		k := &in.Commands[i]
		c.Sometimes(check.ClientSyncWaits, k.Sync)
		c.Sometimes(check.ClientError, k.Kind == speaker.CmdInvalid)
	}
}

// coverUpdate notes how a malformed UPDATE is to be treated.
func (n *node) coverUpdate(msg []byte, o *codec.Options) {
	if codec.TypeOf(msg) != codec.MsgUpdate {
		return
	}
	u := n.decoder.Update(msg, o)
	if len(u.Errs) == 0 {
		return
	}
	c, worst := &n.w.cover, u.Worst()
	c.Sometimes(check.TreatedDiscard, worst == codec.TreatDiscard)
	c.Sometimes(check.TreatedWithdraw, worst == codec.TreatWithdraw)
	c.Sometimes(check.TreatedDisable, worst == codec.TreatDisableFamily)
	c.Sometimes(check.TreatedReset, worst == codec.TreatReset)
}
