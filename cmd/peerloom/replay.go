package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"github.com/peerloom/peerloom/sim"
	"github.com/peerloom/peerloom/sim/check"
	"github.com/peerloom/peerloom/sim/scenario"
	"github.com/peerloom/peerloom/sim/world"
)

const replayHelp = `Usage: peerloom replay [flags] FILE

Runs a failure again from the file that a sweep wrote: the scenario, and one
event a line with what was decided in it, are in it. Says whether the same
invariant breaks at the same node, and whether the hash of the run is the same.

    peerloom replay api-rib-17.repro
    peerloom replay api-rib-17.repro --until 0.25s --dump-state
    peerloom replay api-rib-17.repro --until 'dut/pull:peer#3' --step

The file can be edited. Behind the @ of a line stand the event's name and what
was decided in it; a line without a decision is there to be read. A line or an
answer that is taken out is the dullest one, and shifts nothing else; after=EVENT
makes an event wait for another; of two events at one instant the one whose line
stands first goes first. The scenario below them can be edited too.

A run that hangs (invariant HANGS) is waited for; then its last events and where
the program stands are printed. With --step or --until it is as any other.

A recording of a live daemon (peerloomd --record FILE) is run again by the same
flags: all that went into the daemon goes into the same code at the same times, and
all that comes out is compared. The first event that differs is named.

    peerloom replay run.rec
    peerloom replay run.rec --until 'conn3/closed#1' --dump-state

Exit status: 0 no invariant breaks, 1 one does or a recording comes out otherwise,
2 wrong usage or a wrong file.
`

func replayCommand(_ context.Context, e env, args []string) int {
	f := flags("replay")
	step := f.Bool("step", false, "stop at each event: Enter goes on, c runs to the end, d prints the state, q ends")
	until := f.String("until", "", "stop behind an `EVENT` by its name, at a TIME such as 1.5s, or where an INVARIANT such as OUT-04 breaks")
	dump := f.Bool("dump-state", false, "where it stops, print sessions, queues and tables of the speakers")
	hang := f.Duration("hang", hangFlag, "of a run that hangs: for how long nothing must come")
	trace := f.Bool("trace", false, "print every event, with the hash of all up to it")
	if status, stop := e.parse(f, replayHelp, args); stop {
		return status
	}
	if isRecording(f.Args()) {
		return e.replayRecording(f, recordingOptions{file: f.Arg(0), step: *step, dump: *dump, trace: *trace, until: *until})
	}
	a, err := loadArtefact(f.Args())
	if err != nil {
		return e.wrong(f, err)
	}
	if a.Invariant == failHangs && !*step && *until == "" {
		return e.replayHang(a, sim.NewRetold(a.Story), *hang)
	}
	p := &player{e: e, step: *step, dump: *dump, in: bufio.NewScanner(e.stdin)}
	if err := p.setUntil(*until); err != nil {
		return e.wrong(f, err)
	}
	t := sim.NewTrace(sim.Text)
	p.scribe = sim.NewScribe(sim.NewRetold(a.Story), t)
	r := scenario.Run(a.File, scenario.Options{Source: p.scribe, Trace: t, Panicked: stack, Watch: p.watch})
	if p.invariant != "" && r.ID() == p.invariant {
		p.reached, p.shown = true, len(p.scribe.Story())-1
	}
	p.show() // what the run ended in
	if *trace {
		for _, l := range t.Lines() {
			fmt.Fprintln(e.stdout, l)
		}
	}
	if !*step {
		printMessages(e.stdout, r.Messages)
	}
	status := e.printResult(fmt.Sprintf("%s, seed %d", a.File.Name, a.Seed), r)
	if *dump && p.world != nil {
		fmt.Fprint(e.stdout, p.world.Dump())
	}
	if p.untilWhat != "" && !p.reached {
		fmt.Fprintf(e.stdout, "%s was not reached\n", p.untilWhat)
	}
	if r.Verdict != scenario.Stopped {
		e.compare(a, &r)
	}
	return status
}

// loadArtefact reads the file that the arguments name.
func loadArtefact(args []string) (*scenario.Artefact, error) {
	if len(args) != 1 {
		return nil, fmt.Errorf("%w: write the name of one file", errUsage)
	}
	if isRecording(args) {
		return nil, fmt.Errorf("%s is a recording of a live daemon: only peerloom replay reads it", args[0])
	}
	text, err := os.ReadFile(args[0])
	if err != nil {
		return nil, err
	}
	return scenario.ParseArtefact(args[0], text)
}

// loadWithin is loadArtefact for a command that takes a while: limit must be
// some time.
func loadWithin(args []string, limit time.Duration) (*scenario.Artefact, error) {
	if limit <= 0 {
		return nil, fmt.Errorf("%w: --time: write a duration such as 30s", errUsage)
	}
	a, err := loadArtefact(args)
	if err == nil && a.Invariant == failHangs {
		err = fmt.Errorf("%w: %s: a run that hangs tells nothing by being run often: peerloom replay prints where it stands", errUsage, args[0])
	}
	return a, err
}

// compare says whether a whole run was as it was recorded.
func (e env) compare(a *scenario.Artefact, r *scenario.Result) {
	hash := agree(fmt.Sprintf("%08x", a.Hash), fmt.Sprintf("%08x", r.Hash))
	switch {
	case a.Edited:
		hash = "not compared: edited"
	case a.Hash != r.Hash && !a.Comparable(version()):
		hash += fmt.Sprintf(" (made by version %q, this is %q)", a.Version, version())
	}
	fmt.Fprintf(e.stdout, "hash: %s; invariant: %s\n", hash, agree(where(a.Invariant, a.Node), where(r.ID(), r.Node())))
	if a.Edited || a.Hash == r.Hash {
		return
	}
	if recorded, now, differs := a.Divergence(); differs {
		fmt.Fprintf(e.stdout, "the first event that differs:\n  recorded: %s\n  now:      %s\n", recorded, now)
	}
}

func where(id, node string) string {
	if node == "" {
		return id
	}
	return id + " at " + node
}

func agree(recorded, now string) string {
	if recorded == now {
		return "as recorded (" + now + ")"
	}
	return fmt.Sprintf("recorded %s, now %s", recorded, now)
}

// version is that of this program: its revision where the build knows it, with
// a mark where the tree was changed.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	revision, dirty := info.Main.Version, ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			revision = s.Value[:min(12, len(s.Value))]
		case s.Key == "vcs.modified" && s.Value == "true":
			dirty = "+changed"
		}
	}
	if dirty != "" {
		return "(devel)" // what was changed is not known
	}
	return revision
}

// stack describes a panic, from within its recovery.
func stack(value any) string { return fmt.Sprintf("%v\n%s", value, debug.Stack()) }

// player stops a run for a person, or a pipe, to look at it.
type player struct {
	e          env
	in         *bufio.Scanner
	step, dump bool
	scribe     *sim.Scribe
	shown      int // moments
	world      *world.World

	untilWhat string // as it was given
	at        time.Duration
	event     string
	invariant string
	reached   bool
}

// setUntil reads --until.
func (p *player) setUntil(v string) error {
	p.untilWhat = v
	switch {
	case v == "":
		return nil
	case check.ID(v).Doc() != "":
		p.invariant = v
		return nil
	case strings.Contains(v, "#"):
		p.event = v
		return nil
	}
	d, err := time.ParseDuration(v)
	if err != nil || d <= 0 {
		return fmt.Errorf("%w: --until %s: write an event's name (it has a #), a time such as 1.5s or an invariant", errUsage, v)
	}
	p.at = d
	return nil
}

// watch is called after each event.
func (p *player) watch(w *world.World) bool {
	p.world = w
	if p.untilWhat != "" && !p.reached {
		story := p.scribe.Story()
		p.reached = p.event != "" && story[len(story)-1].Name == p.event || p.at > 0 && w.Elapsed() >= p.at
		if !p.reached {
			p.shown = len(story)
			return true
		}
		p.shown = len(story) - 1
		if !p.step {
			p.show()
			return false
		}
	}
	return !p.step || p.ask(w)
}

// show prints the moments since the last time; only --step and --until do.
func (p *player) show() {
	if !p.step && !p.reached {
		return
	}
	story := p.scribe.Story()
	for ; p.shown < len(story); p.shown++ {
		if m := &story[p.shown]; m.Name != sim.Start || !m.Dull() {
			fmt.Fprintln(p.e.stdout, m)
		}
	}
}

const stepHelp = "Enter: the next event; c: run to the end; d: the state; q: end"

// ask prints what happened and waits for a line; the end of the input means q.
func (p *player) ask(w *world.World) bool {
	p.show()
	for p.in.Scan() {
		switch strings.TrimSpace(p.in.Text()) {
		case "":
			return true
		case "c":
			p.step = false
			p.shown = len(p.scribe.Story())
			return true
		case "d":
			fmt.Fprint(p.e.stdout, w.Dump())
		case "q":
			return false
		default:
			fmt.Fprintln(p.e.stdout, stepHelp)
		}
	}
	return false
}
