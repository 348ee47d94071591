package sim

// Pick is one answer of a Source: V of [0,N) to the question Label.
type Pick struct {
	Label Label
	N, V  int
}

// Tape is the answers of a run, in order.
type Tape []Pick

// Deviations counts the answers that were not the dullest.
func (t Tape) Deviations() int {
	n := 0
	for _, p := range t {
		if p.V != 0 {
			n++
		}
	}
	return n
}

// Record passes questions on and keeps the answers.
type Record struct {
	src  Source
	tape Tape
}

// NewRecord records the answers of src.
func NewRecord(src Source) *Record { return &Record{src: src} }

// Tape is what has been recorded. It is not a copy.
func (r *Record) Tape() Tape { return r.tape }

// Choose answers as the recorded source does.
func (r *Record) Choose(label Label, n int) int {
	if n <= 1 {
		return 0
	}
	return r.keep(label, n, r.src.Choose(label, n))
}

// Weigh answers as the recorded source does; on the tape it is a choice of 2.
func (r *Record) Weigh(label Label, num, den int) bool {
	v := 0
	if Chance(r.src, label, num, den) {
		v = 1
	}
	return r.keep(label, 2, v) == 1
}

// Pick answers as the recorded source does.
func (r *Record) Pick(label Label, n int, identity func(i int) uint64) int {
	if p, ok := r.src.(Picker); ok {
		return r.keep(label, n, p.Pick(label, n, identity))
	}
	return r.Choose(label, n)
}

func (r *Record) keep(label Label, n, v int) int {
	r.tape = append(r.tape, Pick{Label: label, N: n, V: v})
	return v
}

// Replay answers from a tape. It goes by position, not by label, clamps an
// answer that is out of range and answers 0 once the tape is exhausted: so any
// part of a tape is a tape, which is what lets a shrinker cut.
type Replay struct {
	tape Tape
	next int
}

// NewReplay replays the tape.
func NewReplay(tape Tape) *Replay { return &Replay{tape: tape} }

// Choose answers with the tape's next answer.
func (r *Replay) Choose(_ Label, n int) int {
	if n <= 1 || r.next >= len(r.tape) {
		return 0
	}
	v := r.tape[r.next].V
	r.next++
	return min(max(v, 0), n-1)
}

// Left counts the answers not used yet.
func (r *Replay) Left() int { return len(r.tape) - r.next }

// Bytes answers from the input of a fuzzer: one byte a choice, two (the high
// one first) where n > 256, more where n > 65,536; modulo n; 0 once the input
// is exhausted.
type Bytes struct{ data []byte }

// NewBytes answers from data, which is not modified.
func NewBytes(data []byte) *Bytes { return &Bytes{data: data} }

// Choose answers with the next bytes.
func (b *Bytes) Choose(_ Label, n int) int {
	if n <= 1 {
		return 0
	}
	v := uint64(0)
	for range width(n) {
		v <<= 8
		if len(b.data) > 0 {
			v |= uint64(b.data[0])
			b.data = b.data[1:]
		}
	}
	return int(v % uint64(n))
}

// Encode is input for Bytes that gives the answers of the tape: an entry for
// the fuzzer's corpus.
func (t Tape) Encode() []byte {
	var out []byte
	for _, p := range t {
		for i := width(p.N) - 1; i >= 0; i-- {
			out = append(out, byte(p.V>>(8*i)))
		}
	}
	return out
}

// width is the number of bytes in an answer below n.
func width(n int) int {
	w := 1
	for last := (n - 1) >> 8; last > 0; last >>= 8 {
		w++
	}
	return w
}
