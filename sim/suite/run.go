package suite

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/netsim"
	"github.com/peerloom/peerloom/sim"
	"github.com/peerloom/peerloom/sim/check"
	"github.com/peerloom/peerloom/sim/world"
)

// Result is what a run gave.
type Result struct {
	// Err is the invariant that broke, a *check.Violation, or the first message that
	// the case does not expect or that is missing; nil: neither.
	Err      error
	Messages []world.Message // that the peer received
	Hash     uint32
	Events   uint64
	Virtual  time.Duration
}

// Run plays the case once. What the network and the pipes do follows from the
// seed; trace may be nil.
func (c *Case) Run(seed uint64, trace *sim.Trace) Result {
	if trace == nil {
		trace = sim.NewTrace(sim.HashOnly)
	}
	src := sim.NewSeed(seed)
	w, err := world.New(world.Options{
		Source: src, Trace: trace, Knobs: knobs(src, c.Sleep),
		Speakers: []world.Speaker{{Name: speakerName, Config: c.configs[0], Reload: c.configs[1:]}},
		Peers:    []world.Peer{c.peer}, Clients: c.clients, Network: c.network,
	})
	if err != nil {
		return Result{Err: err}
	}
	r := Result{Err: w.Run()}
	for _, m := range w.Messages() {
		if m.To == peerName {
			r.Messages = append(r.Messages, m)
		}
	}
	if r.Err == nil {
		r.Err = c.match(r.Messages)
	}
	r.Hash, r.Events, r.Virtual = trace.Hash(), w.Events(), w.Elapsed()
	return r
}

// labelKnob asks for each knob of a run.
const labelKnob sim.Label = "suite/knob"

// leisure is the shortest sleep of scripts that have none: they wait for what
// they are told alone.
const leisure = time.Second

// knobs are those of one run. Within half of the shortest sleep, of 16 units, a
// session comes up (a SYN, its answer, two OPENs with their reading: 14 units)
// and what a client writes reaches the peer (its pipe, a pull, a segment, its
// reading: 13 units); there is no bound to how often a write is cut.
func knobs(src sim.Source, sleep time.Duration) world.Knobs {
	if sleep == 0 {
		sleep = leisure
	}
	unit := sleep / 32
	ratios := [...]sim.Ratio{{}, {Num: 1, Den: 8}, {Num: 1, Den: 2}, {Num: 7, Den: 8}}
	often := func() sim.Ratio { return ratios[src.Choose(labelKnob, len(ratios))] }
	upTo := func(most time.Duration) time.Duration { return most * time.Duration(src.Choose(labelKnob, 5)) / 4 }
	return world.Knobs{
		Pace: world.PaceScript, Batch: 250 * time.Microsecond,
		Delay: upTo(3 * unit / 2), Jitter: upTo(3 * unit / 2),
		ClientJitter: upTo(8 * unit), ClientSplit: often(),
		PullDelay: upTo(unit), PullStop: often(), ReadDelay: upTo(unit),
		Net: netsim.Faults{Split: often(), Short: often()},
	}
}

// match compares what came with the groups, in their order. Behind the last one
// End-of-RIBs may come.
func (c *Case) match(got []world.Message) error {
	at, open := 0, c.Groups[:0:0]
	for _, g := range c.Groups {
		open = append(open, Group{Label: g.Label, Messages: append([][]byte(nil), g.Messages...)})
	}
	for i := range got {
		if at == len(open) {
			if codec.TypeOf(got[i].Data) == codec.MsgUpdate && isEndOfRIB(got[i].Data) {
				continue
			}
			return mismatch("nothing behind the last group", got, i)
		}
		g := &open[at]
		k := 0
		for k < len(g.Messages) && !bytes.Equal(g.Messages[k], got[i].Data) {
			k++
		}
		if k == len(g.Messages) {
			return mismatch(fmt.Sprintf("one of group %s: %s", g.Label, words(g.Messages)), got, i)
		}
		if g.Messages = append(g.Messages[:k], g.Messages[k+1:]...); len(g.Messages) == 0 {
			at++
		}
	}
	if at < len(open) {
		return mismatch(fmt.Sprintf("one of group %s: %s", open[at].Label, words(open[at].Messages)), got, len(got))
	}
	return nil
}

func isEndOfRIB(msg []byte) bool {
	var d codec.Decoder
	_, is := d.Update(msg, &codec.Options{}).EndOfRIB()
	return is
}

func words(messages [][]byte) string {
	var all []string
	for _, m := range messages {
		all = append(all, fmt.Sprintf("%X", m))
	}
	return strings.Join(all, " or ")
}

// mismatch is what is said of message i, which is not what is wanted.
func mismatch(want string, got []world.Message, i int) error {
	var b strings.Builder
	for k := range got[:i] {
		fmt.Fprintf(&b, "%v %s\n", got[k].At, got[k].Describe())
	}
	have := "nothing more"
	if i < len(got) {
		have = fmt.Sprintf("%v %s = %X", got[i].At, got[i].Describe(), got[i].Data)
	}
	return check.NewViolation(check.RunSequence, fmt.Sprintf("after\n%s%s", b.String(), want), have).At(speakerName + "→" + peerName)
}

// Broken is the invariant that a run broke; nil: none.
func (r *Result) Broken() *check.Violation {
	var v *check.Violation
	errors.As(r.Err, &v)
	return v
}
