package scenario

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/sim"
	"github.com/peerloom/peerloom/sim/check"
	"github.com/peerloom/peerloom/sim/world"
)

// Options says how a scenario is run.
type Options struct {
	Seed   uint64
	Source sim.Source  // nil: the seed's
	Trace  *sim.Trace  // nil: only the hash is kept
	Pace   *world.Pace // nil: the file's
}

// Verdict is how a run ended.
type Verdict uint8

// Verdicts.
const (
	OK      Verdict = iota // every check passed
	Failed                 // Violation says which did not
	Invalid                // the parts of the scenario do not fit together: Err
)

var verdictNames = [...]string{OK: "ok", Failed: "FAILED", Invalid: "invalid"}

// String is the verdict in one word.
func (v Verdict) String() string { return verdictNames[v] }

// Result is what a run gave.
type Result struct {
	Verdict   Verdict
	Violation *check.Violation
	Err       error
	Messages  []world.Message // UPDATE, ROUTE-REFRESH and NOTIFICATION, as received
	Hash      uint32
	Events    uint64
}

// Run runs a scenario once.
func Run(f *File, o Options) Result {
	src := o.Source
	if src == nil {
		src = sim.NewSeed(o.Seed)
	}
	trace := o.Trace
	if trace == nil {
		trace = sim.NewTrace(sim.HashOnly)
	}
	opts := world.Options{Source: src, Trace: trace, Knobs: f.Knobs, Peers: f.Peers, Clients: f.Clients}
	if o.Pace != nil {
		opts.Knobs.Pace = *o.Pace
	}
	for _, s := range f.Speakers {
		opts.Speakers = append(opts.Speakers, world.Speaker{Name: s.Name, Config: s.config})
	}
	w, err := world.New(opts)
	if err != nil {
		return Result{Verdict: Invalid, Err: err}
	}
	err = w.Run()
	if err == nil && opts.Knobs.Pace != world.PaceNone {
		err = f.compare(w)
	}
	r := Result{Messages: w.Messages(), Hash: trace.Hash(), Events: w.Events()}
	if errors.As(err, &r.Violation) {
		r.Verdict = Failed
	}
	return r
}

// compare checks the expectations of the file.
func (f *File) compare(w *world.World) error {
	for _, e := range f.Expects {
		var got []world.Message
		for _, m := range w.Messages() {
			if m.From == e.From && m.To == e.To && codec.TypeOf(m.Data) != codec.MsgNotification {
				got = append(got, m)
			}
		}
		for i := range max(len(got), len(e.Messages)) {
			want, have := "nothing more", "nothing more"
			same := false
			if i < len(got) {
				have = got[i].Describe() + " = " + hexOf(got[i].Data)
			}
			if i < len(e.Messages) {
				want = e.Messages[i].String()
				same = i < len(got) && e.Messages[i].matches(&got[i])
			}
			if !same {
				head := fmt.Sprintf("message %d from %s to %s: ", i+1, e.From, e.To)
				return check.NewViolation(check.RunSequence, head+want, have)
			}
		}
	}
	for _, v := range f.Views {
		got, ok := w.View(v.Peer)
		if want := v.text(); !ok || got != want {
			return check.NewViolation(check.RunView, v.Peer+": "+want, got)
		}
	}
	return nil
}

func (v *View) text() string {
	if len(v.Routes) == 0 {
		return "no routes"
	}
	return strings.Join(v.Routes, "\n")
}

func (l *Line) matches(m *world.Message) bool {
	return (l.Hex == "" || l.Hex == hexOf(m.Data)) && (l.Text == "" || l.Text == m.Describe())
}

func hexOf(b []byte) string { return strings.ToUpper(hex.EncodeToString(b)) }
