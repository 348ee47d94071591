package sim

import "time"

// Tail retells the first events of a story and lets another Source decide the
// rest: over many seeds it shows whether those events had settled the outcome.
type Tail struct {
	*Retold
	left int
	src  Source
}

// NewTail retells what is asked before and in the first n events.
func NewTail(story Story, n int, src Source) *Tail {
	return &Tail{Retold: NewRetold(story), left: n, src: src}
}

// Choose answers as the story or the other source does.
func (t *Tail) Choose(label Label, n int) int {
	if t.left < 0 {
		return t.src.Choose(label, n)
	}
	return t.Retold.Choose(label, n)
}

// Weigh answers as the story or the other source does.
func (t *Tail) Weigh(label Label, num, den int) bool {
	if t.left < 0 {
		return Chance(t.src, label, num, den)
	}
	return t.Retold.Choose(label, 2) == 1
}

// Order is for the Loop.
func (t *Tail) Order(tied []Event) int {
	if t.left <= 0 {
		return pickTied(t.src, tied)
	}
	return t.Retold.Order(tied)
}

// Postpone is for the Loop.
func (t *Tail) Postpone(e Event) (time.Duration, string) {
	if t.left <= 0 {
		return e.At, ""
	}
	return t.Retold.Postpone(e)
}

// Happens is for the Loop.
func (t *Tail) Happens(e Event) {
	t.left--
	t.Retold.Happens(e)
}
