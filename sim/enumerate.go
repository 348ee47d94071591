package sim

// Enumerate answers with every tape there is, one a run, like an odometer: the
// last answer that can still grow grows, and what came after it is asked anew.
//
//	for e := sim.NewEnumerate(2); e.Next(); {
//		run(e)
//	}
type Enumerate struct {
	bound   int
	tape    Tape
	at      int
	started bool
}

// NewEnumerate enumerates the tapes with at most so many answers that are not
// the dullest; a negative bound means all tapes.
func NewEnumerate(deviations int) *Enumerate { return &Enumerate{bound: deviations} }

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
		if last.V+1 < last.N && (e.bound < 0 || total < e.bound) {
			last.V++
			return true
		}
		e.tape = e.tape[:len(e.tape)-1]
	}
	return false
}

// Choose answers with this run's tape, and 0 beyond it. A run must ask the same
// questions when it gets the same answers; one that does not is a broken
// invariant, and Choose panics.
func (e *Enumerate) Choose(label Label, n int) int {
	if n <= 1 {
		return 0
	}
	if e.at == len(e.tape) {
		e.tape = append(e.tape, Pick{Label: label, N: n})
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
