package scenario

import (
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"strconv"
	"strings"

	"github.com/peerloom/peerloom/sim"
	"github.com/peerloom/peerloom/speaker/config"
)

// ArtefactVersion is the number in the first line of an artefact.
const ArtefactVersion = 2

// Artefact is a run that can be run again: the scenario and everything that was
// decided in the run, by the names of the events in which it was.
type Artefact struct {
	Version   string // of the program that made it; "" or "(devel)": unknown
	Seed      uint64
	Strategy  string // that decided; "": the seed alone
	Invariant string // the broken one's id; "none"
	Node      string // where, as Violation says; "": the whole run
	Hash      uint32
	Events    uint64 // of a run that hangs: those before it did, which Hash is of; else 0
	Story     sim.Story
	File      *File
	Edited    bool // set by ParseArtefact: the text is not as it was printed
}

// none stands for the invariant of a run in which none broke.
const none = "none"

// ID is the id of the broken invariant, or "none".
func (r *Result) ID() string {
	if r.Violation == nil {
		return none
	}
	return string(r.Violation.ID)
}

// Node is where the invariant broke; "" for the whole run, or none.
func (r *Result) Node() string {
	if r.Violation == nil {
		return ""
	}
	return r.Violation.Node
}

// Record runs a scenario and keeps what was decided, and the words of what
// happened. The Trace of o is not used.
func Record(f *File, o Options) (*Artefact, Result) {
	p := Plan{File: f, Source: o.Source}
	if o.Source == nil {
		p = NewPlan(f, o)
	}
	o.Trace = sim.NewTrace(sim.Text)
	scribe := sim.NewScribe(p.Source, o.Trace)
	o.Source = scribe
	r := Run(p.File, o)
	return &Artefact{Seed: o.Seed, Strategy: p.Strategy, Invariant: r.ID(), Node: r.Node(), Hash: r.Hash, Story: scribe.Story(), File: p.File}, r
}

// Replay runs it again; the Source and Seed of o are not looked at.
func (a *Artefact) Replay(o Options) Result {
	o.Source = sim.NewRetold(a.Story)
	return Run(a.File, o)
}

// Divergence runs an artefact again and finds the first moment that is not as it
// was recorded, in words: what was recorded and what happens now; "nothing" where
// one of them has ended. False: the moments that were kept are the same.
func (a *Artefact) Divergence() (recorded, now string, differs bool) {
	again, _ := Record(a.File, Options{Source: sim.NewRetold(a.Story)})
	before, after := happened(a.Story), happened(again.Story)
	if len(before) < len(after) && len(after) > maxDull {
		return "", "", false // only what decides was kept
	}
	for i := range max(len(before), len(after)) {
		recorded, now = "nothing", "nothing"
		if i < len(before) {
			recorded = before[i]
		}
		if i < len(after) {
			now = after[i]
		}
		if recorded != now {
			return recorded, now, true
		}
	}
	return "", "", false
}

// happened is the events of a story in words.
func happened(story sim.Story) []string {
	var l []string
	for i := range story {
		if m := &story[i]; m.Name != sim.Start {
			l = append(l, fmt.Sprintf("%.6fs %s @ %s", m.At.Seconds(), m.Text, m.Name))
		}
	}
	return l
}

// Fails reports whether a run broke the artefact's invariant, at its node.
func (a *Artefact) Fails(r *Result) bool {
	return a.Invariant != none && r.ID() == a.Invariant && r.Node() == a.Node
}

// Comparable reports whether a replay by a program of that version must give
// the artefact's hash: the same program, known by its version, and the text as
// it was printed.
func (a *Artefact) Comparable(version string) bool {
	return !a.Edited && a.Version == version && version != "" && version != "(devel)"
}

// maxDull bounds the moments without a decision that are printed: a longer run
// shows only those that decide something.
const maxDull = 100_000

// PrintArtefact is the text of an artefact: a header, the run as one event a
// line, and the scenario.
func PrintArtefact(a *Artefact) []byte {
	var body bytes.Buffer
	for i := range a.Story {
		m := &a.Story[i]
		if !m.Dull() || len(a.Story) <= maxDull && m.Name != sim.Start {
			body.WriteString(m.String() + "\n")
		}
	}
	body.WriteString("\n")
	body.Write(Print(a.File))

	var b bytes.Buffer
	fmt.Fprintf(&b, "peerloom artefact %d\n", ArtefactVersion)
	for _, h := range headers() {
		if v := h.print(a); v != "" {
			fmt.Fprintf(&b, "%s %s\n", h.key, v)
		}
	}
	fmt.Fprintf(&b, "sum %08x\n\n", checksum(body.Bytes()))
	b.Write(body.Bytes())
	return b.Bytes()
}

func checksum(b []byte) uint32 { return crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)) }

// header is one line of the header; a nil parse marks one that only informs.
type header struct {
	key   string
	print func(a *Artefact) string
	parse func(a *Artefact, v string) error
}

func headers() []header {
	return []header{
		{"version", func(a *Artefact) string { return a.Version },
			func(a *Artefact, v string) error { a.Version = v; return nil }},
		{"scenario", func(a *Artefact) string { return a.File.Name }, nil},
		{"seed", func(a *Artefact) string { return strconv.FormatUint(a.Seed, 10) },
			func(a *Artefact, v string) (err error) { a.Seed, err = strconv.ParseUint(v, 10, 64); return err }},
		{"strategy", func(a *Artefact) string { return a.Strategy },
			func(a *Artefact, v string) error { a.Strategy = v; return nil }},
		{"knobs", func(a *Artefact) string { return KnobLine(a.File) }, nil},
		{"invariant", func(a *Artefact) string { return a.Invariant },
			func(a *Artefact, v string) error { a.Invariant = v; return nil }},
		{"node", func(a *Artefact) string { return a.Node },
			func(a *Artefact, v string) error { a.Node = v; return nil }},
		{"hash", func(a *Artefact) string { return fmt.Sprintf("%08x", a.Hash) },
			func(a *Artefact, v string) error {
				h, err := strconv.ParseUint(v, 16, 32)
				a.Hash = uint32(h)
				return err
			}},
		{"events", printEvents,
			func(a *Artefact, v string) (err error) { a.Events, err = strconv.ParseUint(v, 10, 64); return err }},
	}
}

// printEvents is nothing for a run that came to its end.
func printEvents(a *Artefact) string {
	if a.Events == 0 {
		return ""
	}
	return strconv.FormatUint(a.Events, 10)
}

// KnobLine is the knobs of a scenario on one line: pace=none delay=1ms …
func KnobLine(f *File) string {
	var words []string
	for _, k := range knobs() {
		if v := k.print(&f.Knobs); v != "" {
			words = append(words, k.name+"="+v)
		}
	}
	return strings.Join(words, " ")
}

// ParseArtefact reads the text of an artefact. The error is a [config.Errors]
// and lists all that is wrong.
func ParseArtefact(name string, text []byte) (*Artefact, error) {
	p := &artefactParser{name: name, a: &Artefact{Invariant: none, Edited: true}}
	s := strings.ReplaceAll(string(text), "\r\n", "\n")
	p.lines = strings.Split(s, "\n")
	if want := fmt.Sprintf("peerloom artefact %d", ArtefactVersion); p.lines[0] != want {
		instead := "write " + want + " in the first line"
		if strings.HasPrefix(p.lines[0], "peerloom artefact ") {
			instead = "run the sweep again with its seed: this program reads form " + strconv.Itoa(ArtefactVersion)
		}
		p.fail(0, "this is no artefact of this form", instead)
		return nil, p.errs
	}
	p.header()
	p.story()
	f, err := Parse(name, []byte(strings.Join(p.lines[min(p.at, len(p.lines)-1):], "\n")))
	var list config.Errors
	if errors.As(err, &list) {
		for _, e := range list {
			e.Line += p.at
			p.errs = append(p.errs, e)
		}
	}
	if len(p.errs) > 0 {
		return nil, p.errs
	}
	p.a.File = f
	return p.a, nil
}

type artefactParser struct {
	name  string
	lines []string
	at    int
	a     *Artefact
	errs  config.Errors
}

func (p *artefactParser) fail(i int, what, instead string) {
	p.errs = append(p.errs, &config.Error{File: p.name, Position: config.Position{Line: i + 1, Column: 1}, What: what, Instead: instead})
}

// header reads up to the first empty line, and compares the sum with what
// follows.
func (p *artefactParser) header() {
	sum := ""
	for p.at = 1; p.at < len(p.lines) && p.lines[p.at] != ""; p.at++ {
		key, v, _ := strings.Cut(p.lines[p.at], " ")
		if key == "sum" {
			sum = v
			continue
		}
		if !p.headerLine(key, v) {
			p.fail(p.at, "wrong line "+strconv.Quote(p.lines[p.at]), "write version, scenario, seed, strategy, knobs, invariant, node, hash, events or sum with its value, and an empty line before the events")
		}
	}
	p.at = min(p.at+1, len(p.lines))
	rest := strings.Join(p.lines[p.at:], "\n")
	p.a.Edited = sum != fmt.Sprintf("%08x", checksum([]byte(rest)))
}

func (p *artefactParser) headerLine(key, v string) bool {
	for _, h := range headers() {
		if h.key == key {
			return h.parse == nil || h.parse(p.a, v) == nil
		}
	}
	return false
}

// story reads the events, up to the scenario.
func (p *artefactParser) story() {
	seen := map[string]int{}
	for ; p.at < len(p.lines) && !strings.HasPrefix(p.lines[p.at], "peerloom scenario"); p.at++ {
		line := strings.TrimSpace(p.lines[p.at])
		if line == "" || line[0] == '#' {
			continue
		}
		m, err := sim.ParseMoment(line)
		if err != nil {
			what, instead, _ := strings.Cut(err.Error(), ": ")
			p.fail(p.at, what, instead)
			continue
		}
		if first, twice := seen[m.Name]; twice {
			p.fail(p.at, fmt.Sprintf("%s is there twice", m.Name), fmt.Sprintf("remove one: it is in line %d too", first))
		}
		m.Line = p.at + 1
		seen[m.Name] = m.Line
		p.a.Story = append(p.a.Story, m)
	}
}
