package sim

import "strings"

// Label names a question that is put to a Source: "family/question". The
// family, the part before the slash, has its own stream of answers in a Seed.
// Labels are constants of the package that asks.
type Label string

// Family is the part of the label before the slash, or all of it.
func (l Label) Family() string {
	family, _, _ := strings.Cut(string(l), "/")
	return family
}

// in reports whether family is the label's.
func (l Label) in(family string) bool {
	n := len(family)
	return len(l) >= n && (len(l) == n || l[n] == '/') && string(l[:n]) == family
}

// Source decides everything that is undecided. Choose answers with a number in
// [0,n); 0 is always the dullest answer: no fault, the least delay, the oldest
// event first, the whole write at once. With n <= 1 it draws nothing and
// answers 0, so a question without alternatives does not shift later answers.
type Source interface {
	Choose(label Label, n int) int
}

// Weigher is a Source that can answer a yes-or-no question with the
// probability num/den (0 < num < den). Others answer with Choose(label, 2).
type Weigher interface {
	Weigh(label Label, num, den int) bool
}

// Picker is a Source that wants to know who the candidates are: identity(i)
// stays the same for candidate i as long as it is a candidate.
type Picker interface {
	Pick(label Label, n int, identity func(i int) uint64) int
}

// Ratio is a probability of Num in Den. The zero Ratio means never.
type Ratio struct{ Num, Den int }

// Draw asks src a yes-or-no question with this probability.
func (r Ratio) Draw(src Source, label Label) bool { return Chance(src, label, r.Num, r.Den) }

// Chance answers yes with the probability num/den. No is the dull answer.
// Where the answer is certain (num <= 0, num >= den) it draws nothing.
func Chance(src Source, label Label, num, den int) bool {
	if num <= 0 {
		return false
	}
	if num >= den {
		return true
	}
	if w, ok := src.(Weigher); ok {
		return w.Weigh(label, num, den)
	}
	return src.Choose(label, 2) == 1
}

// Dull always gives the dullest answer: a run on it has no faults and no
// surprises.
type Dull struct{}

// Choose answers 0.
func (Dull) Choose(Label, int) int { return 0 }

// Mix is the seed of run i of a sweep that began with the seed base.
// Neighbouring runs get unrelated seeds.
func Mix(base uint64, i uint64) uint64 { return mix64(base, i) }

// mix64 is the finalizer of SplitMix64 over both words.
func mix64(a, b uint64) uint64 {
	z := a + (b+1)*0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
