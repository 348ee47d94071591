package scenario

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/peerloom/peerloom/sim"
	"github.com/peerloom/peerloom/speaker/config"
)

// Artefact is a run that can be run again: the scenario and every answer that
// the run was given.
type Artefact struct {
	Seed      uint64
	Strategy  string // that decided; empty: unknown
	Invariant string // the broken one's id; "none"
	Hash      uint32
	Tape      sim.Tape
	File      *File
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

// Record runs a scenario with a seed and keeps the answers.
func Record(f *File, seed uint64) *Artefact {
	rec := sim.NewRecord(sim.NewSeed(seed))
	r := Run(f, Options{Source: rec})
	return &Artefact{Seed: seed, Invariant: r.ID(), Hash: r.Hash, Tape: rec.Tape(), File: f}
}

// Replay runs it again; the Source and Seed of o are not looked at.
func (a *Artefact) Replay(o Options) Result {
	o.Source = sim.NewReplay(a.Tape)
	return Run(a.File, o)
}

// PrintArtefact is the text of an artefact: a header, the answers one a line as
// "answer of how-many question", and the scenario.
func PrintArtefact(a *Artefact) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "peerloom artefact %d\nscenario %s\nseed %d\n", Version, a.File.Name, a.Seed)
	if a.Strategy != "" {
		fmt.Fprintf(&b, "strategy %s\n", a.Strategy)
	}
	fmt.Fprintf(&b, "invariant %s\nhash %08x\n", a.Invariant, a.Hash)
	fmt.Fprintf(&b, "answers %d\n", len(a.Tape))
	for _, p := range a.Tape {
		fmt.Fprintf(&b, "%d of %d %s\n", p.V, p.N, p.Label)
	}
	b.WriteString("\n")
	b.Write(Print(a.File))
	return b.Bytes()
}

// ParseArtefact reads the text of an artefact. The error is a [config.Errors].
func ParseArtefact(name string, text []byte) (*Artefact, error) {
	a := &Artefact{}
	lines := strings.Split(string(text), "\n")
	var errs config.Errors
	fail := func(i int, what, instead string) {
		errs = append(errs, &config.Error{File: name, Position: config.Position{Line: i + 1, Column: 1}, What: what, Instead: instead})
	}
	if want := fmt.Sprintf("peerloom artefact %d", Version); lines[0] != want {
		fail(0, "this is no artefact", "write "+want+" in the first line")
		return nil, errs
	}
	i := 1
	for ; i < len(lines) && lines[i] != ""; i++ {
		if !a.line(lines[i]) {
			fail(i, "unknown line "+strconv.Quote(lines[i]), "write scenario, seed, strategy, invariant, hash, answers, or N of M QUESTION")
		}
	}
	at := min(i+1, len(lines))
	f, err := Parse(name, []byte(strings.Join(lines[at:], "\n")))
	var list config.Errors
	if errors.As(err, &list) {
		for _, e := range list {
			e.Line += at
			errs = append(errs, e)
		}
	}
	if len(errs) > 0 {
		return nil, errs
	}
	a.File = f
	return a, nil
}

// line reads one line of the header or one answer.
func (a *Artefact) line(l string) bool {
	key, v, _ := strings.Cut(l, " ")
	var err error
	switch key {
	case "scenario", "answers":
	case "seed":
		a.Seed, err = strconv.ParseUint(v, 10, 64)
	case "strategy":
		a.Strategy = v
	case "invariant":
		a.Invariant = v
	case "hash":
		var h uint64
		h, err = strconv.ParseUint(v, 16, 32)
		a.Hash = uint32(h)
	default:
		words := strings.Fields(l)
		if len(words) != 4 || words[1] != "of" {
			return false
		}
		value, err1 := strconv.ParseUint(words[0], 10, 31)
		n, err2 := strconv.ParseUint(words[2], 10, 31)
		a.Tape = append(a.Tape, sim.Pick{Label: sim.Label(words[3]), N: int(n), V: int(value)})
		err = errors.Join(err1, err2)
	}
	return err == nil
}
