package scenario

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/sim"
	"github.com/peerloom/peerloom/sim/check"
	"github.com/peerloom/peerloom/sim/world"
)

// Options says how a scenario is run.
type Options struct {
	Seed   uint64
	Source sim.Source // nil: what Strategy makes of the seed
	// Strategy is one of Strategies; empty: Uniform. Depth is that of PCT; 0: 1 to
	// 3, by the seed. Length is what Length gives for the file; 0: it is found out.
	Strategy      string
	Depth, Length int

	Trace *sim.Trace  // nil: only the hash is kept
	Pace  *world.Pace // nil: the file's
	// Watch sees the world after each event, and ends the run by saying false.
	Watch func(w *world.World) bool
	// Panicked describes a panic, as by its stack; nil: by its value alone.
	Panicked func(value any) string
}

// Verdict is how a run ended.
type Verdict uint8

// Verdicts.
const (
	OK      Verdict = iota // every check passed
	Failed                 // Violation says which did not
	Invalid                // the parts of the scenario do not fit together: Err
	Stopped                // Watch ended the run before its checks
)

var verdictNames = [...]string{OK: "ok", Failed: "FAILED", Invalid: "invalid", Stopped: "stopped"}

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
	Virtual   time.Duration  // how long it lasted there
	Reached   *check.Reached // what the run came through; nil when Invalid
}

// Run runs a scenario once.
func Run(f *File, o Options) Result {
	p := Plan{File: f, Source: o.Source}
	if o.Source == nil {
		p = NewPlan(f, o)
	}
	f = p.File
	trace := o.Trace
	if trace == nil {
		trace = sim.NewTrace(sim.HashOnly)
	}
	opts := world.Options{Source: p.Source, Trace: trace, Knobs: f.Knobs, Peers: f.Peers, Clients: f.Clients, Network: f.Network, Watch: o.Watch}
	if o.Pace != nil {
		opts.Knobs.Pace = *o.Pace
	}
	for _, s := range append(slices.Clone(f.Speakers), f.Reloads...) {
		if s.misread != nil {
			return Result{Verdict: Failed, Violation: s.misread.At(s.Name), Reached: &check.Reached{}}
		}
	}
	for _, s := range f.Speakers {
		w := world.Speaker{Name: s.Name, Config: s.config}
		for _, r := range f.Reloads {
			if r.Name == s.Name {
				w.Reload = append(w.Reload, r.config)
			}
		}
		opts.Speakers = append(opts.Speakers, w)
	}
	w, err := world.New(opts)
	if err != nil {
		return Result{Verdict: Invalid, Err: err}
	}
	err = guarded(w, o.Panicked)
	if err == nil && !w.Stopped() && opts.Knobs.Pace != world.PaceNone {
		err = f.compare(w)
	}
	r := Result{Messages: w.Messages(), Hash: trace.Hash(), Events: w.Events(), Virtual: w.Elapsed(), Reached: w.Reached()}
	switch {
	case errors.As(err, &r.Violation):
		r.Verdict = Failed
	case w.Stopped():
		r.Verdict = Stopped
	}
	return r
}

// guarded runs w. A panic, which is a broken invariant of our own, becomes a
// violation, so that it has a seed and can be replayed.
func guarded(w *world.World, describe func(any) string) (err error) {
	defer func() {
		r := recover()
		if r == nil {
			return
		}
		if describe == nil {
			describe = func(v any) string { return fmt.Sprint(v) }
		}
		err = check.NewViolation(check.RunPanic, "no panic", describe(r))
	}()
	return w.Run()
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
			if i < len(got) && i < len(e.Messages) && e.Messages[i].matches(&got[i]) {
				continue
			}
			want, have := "nothing more", "nothing more"
			if i < len(got) {
				have = got[i].Describe() + " = " + fmt.Sprintf("%X", got[i].Data)
			}
			if i < len(e.Messages) {
				want = e.Messages[i].String()
			}
			head := fmt.Sprintf("message %d from %s to %s: ", i+1, e.From, e.To)
			return check.NewViolation(check.RunSequence, head+want, have).At(e.From + "→" + e.To)
		}
	}
	for _, v := range f.Views {
		got, ok := w.View(v.Peer)
		if want := v.text(); !ok || got != want {
			return check.NewViolation(check.RunView, v.Peer+": "+want, got).At(v.Peer)
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
	return (l.Hex == "" || isHex(l.Hex, m.Data)) && (l.Text == "" || l.Text == m.Describe())
}

// isHex reports whether s is b in capital hexadecimal digits. It is asked for
// every message of every run.
func isHex(s string, b []byte) bool {
	const digits = "0123456789ABCDEF"
	if len(s) != 2*len(b) {
		return false
	}
	for i, c := range b {
		if s[2*i] != digits[c>>4] || s[2*i+1] != digits[c&15] {
			return false
		}
	}
	return true
}
