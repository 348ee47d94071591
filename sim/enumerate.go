package sim

import (
	"crypto/sha256"
	"math"
)

// Enumerate answers with every tape there is, one a run, like an odometer: the
// last answer that can still grow grows, and what came after it is asked anew. Of
// the answers to a question that has more than 8, three are tried.
//
//	for e := sim.NewEnumerate(2); e.Next(); {
//		run(e)
//	}
//
// A run that tells it of the states that it goes through ends where it would only
// repeat another ([Enumerate.Known]).
type Enumerate struct {
	bound   int
	tape    Tape
	but     []uint64 // of each answer of the tape: those that are not tried, as bits
	at      int
	fixed   int // answers that the tape of this run began with
	started bool
	states  map[digest]int // by how many deviations were left there, at the most
	again   int
}

// NewEnumerate enumerates the tapes with at most so many answers that are not
// the dullest; a negative bound means all tapes.
func NewEnumerate(deviations int) *Enumerate {
	return &Enumerate{bound: deviations, states: map[digest]int{}}
}

// Fresh reports whether the run is past all in which it was to be like another.
func (e *Enumerate) Fresh() bool { return e.at >= e.fixed }

// Known is told the state that the run is in, as octets; it must hold all that decides
// what can come. It reports whether the run may end here: another came, or
// will come, to this state with as many deviations left, so that all that follows
// has its run there.
func (e *Enumerate) Known(state []byte) bool {
	if !e.Fresh() {
		return false
	}
	left := math.MaxInt
	if e.bound >= 0 {
		left = e.bound - e.tape[:e.at].Deviations()
	}
	sum := sha256.Sum256(state)
	key := digest(sum[:16])
	if before, ok := e.states[key]; ok && before >= left {
		e.again++
		return true
	}
	e.states[key] = left
	return false
}

// States are how many different ones Known was told of, and how many runs ended
// at one that was known.
func (e *Enumerate) States() (states, ended int) { return len(e.states), e.again }

// Next begins the next run; false when every tape has had its run.
func (e *Enumerate) Next() bool {
	if !e.started {
		e.started = true
		return true
	}
	e.tape = e.tape[:e.at] // a run may ask less than the one before
	e.at = 0
	total := e.tape.Deviations()
	for len(e.tape) > 0 {
		last := &e.tape[len(e.tape)-1]
		if last.V > 0 {
			total--
		}
		if v, ok := e.after(len(e.tape) - 1); ok && (e.bound < 0 || total < e.bound) {
			last.V = v
			e.fixed = len(e.tape)
			return true
		}
		e.tape = e.tape[:len(e.tape)-1]
	}
	return false
}

// wide is how many answers a question has at the most of which each is tried. One
// that has more is about a number (a latency, the jitter of a timer): those in
// between do what their neighbors do, nearly always.
const wide = 8

// after is the answer to try after v: each, or of many the least, the middle and
// the greatest.
func after(v, n int) (int, bool) {
	switch {
	case n <= wide || v == n-1:
		return v + 1, v+1 < n
	case v < n/2:
		return n / 2, true
	}
	return n - 1, true
}

// after is the answer to try after the i-th of the tape.
func (e *Enumerate) after(i int) (int, bool) {
	p := &e.tape[i]
	v, ok := after(p.V, p.N)
	for ok && p.N <= wide && e.but[i]>>v&1 == 1 {
		v, ok = after(v, p.N)
	}
	return v, ok
}

// Choose answers with this run's tape, and 0 beyond it. A run must ask the same
// questions when it gets the same answers; one that does not is a broken
// invariant, and Choose panics.
func (e *Enumerate) Choose(label Label, n int) int { return e.ChooseBut(label, n, 0) }

// ChooseBut is Choose where some answers, as bits, need no run: what follows them
// follows another one too, with other names. 0 is none of them.
func (e *Enumerate) ChooseBut(label Label, n int, but uint64) int {
	if n <= 1 {
		return 0
	}
	if e.at == len(e.tape) {
		e.tape = append(e.tape, Pick{Label: label, N: n})
		e.but = append(e.but[:e.at], but)
	}
	p := e.tape[e.at]
	if p.N != n || p.Label != label {
		panic("sim: a run asked " + string(label) + " where it asked " + string(p.Label) + " before: it is not determined by its answers")
	}
	e.at++
	return p.V
}

// Tape is this run's answers so far. It is not a copy.
func (e *Enumerate) Tape() Tape { return e.tape[:e.at] }
