package world

import (
	"fmt"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/speaker"
)

// story puts a message that is received into the trace, as
//
//	dut→peer UPDATE announce 192.168.0.2/32 next-hop 10.0.0.2
func (w *World) story(from, to string, msg []byte, o *codec.Options) {
	tr := w.loop.Trace()
	if !tr.Verbose() {
		tr.Note(w.loop.Elapsed(), msg, nil)
		return
	}
	tr.Note(w.loop.Elapsed(), msg, func() string { return from + "→" + to + " " + codec.Describe(msg, o) })
}

// log puts a log line of a speaker into the trace.
func (w *World) log(n *node, a *speaker.Action) {
	tr := w.loop.Trace()
	if !tr.Verbose() {
		tr.Note(w.loop.Elapsed(), nil, nil)
		return
	}
	tr.Note(w.loop.Elapsed(), nil, func() string { return n.name + ": log: " + a.Text })
}

// commands puts a batch into the trace.
func (w *World) commands(a *api, b []speaker.Command) {
	tr := w.loop.Trace()
	data := [1]byte{byte(len(b))}
	if !tr.Verbose() {
		tr.Note(w.loop.Elapsed(), data[:], nil)
		return
	}
	tr.Note(w.loop.Elapsed(), data[:], func() string {
		return fmt.Sprintf("%s→%s batch of %d", a.name, a.node.name, len(b))
	})
}
