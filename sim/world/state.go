package world

import (
	"github.com/peerloom/peerloom/sim/canon"
)

// noState is what neither decides what a world will do nor how it will be
// judged.
func noState() []string {
	return []string{
		// What was done, for those who look at it.
		"world.World.kept", "world.World.cover", "world.World.violation", "world.World.stopped",
		"*sim.Loop", // writes its own
		"speaker.Speaker.past", "speaker.Speaker.flushes", "speaker.Speaker.refreshes",
		// Whom it asks, and who watches.
		"sim.Source",
		// Room to work in.
		"codec.Decoder", "world.World.bytes", "rib.Out.trial",
	}
}

// Canon writes states of worlds. It serves one world at a time.
type Canon struct{ rules *canon.Rules }

// NewCanon makes one. With history, the messages that were received are state: they
// are where somebody compares them when the run is over.
func NewCanon(history bool) *Canon {
	no := noState()
	if !history {
		no = append(no, "world.World.messages")
	}
	return &Canon{canon.Without(no...)}
}

// Unknown are names of what is no state that no world had.
func (c *Canon) Unknown() []string { return c.rules.Unknown() }

// Append appends the state of w, as it is between two events: worlds of one
// scenario with equal states have the same future, as far as they get the same
// answers.
func (c *Canon) Append(b []byte, w *World) []byte {
	return c.rules.Append(w.loop.AppendState(b), w)
}
