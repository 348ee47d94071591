package sim

// eventHeap is a binary heap of events, by value: (At, Rank, Seq) is a total
// order, so the order of events does not depend on the heap's shape.
type eventHeap []Event

// precedes is the order without Seq: that of events whose order is no choice.
func (e *Event) precedes(f *Event) bool {
	if e.At != f.At {
		return e.At < f.At
	}
	return e.Rank < f.Rank
}

func (e *Event) ties(f *Event) bool { return e.At == f.At && e.Rank == f.Rank }

func (e *Event) less(f *Event) bool {
	if e.At != f.At {
		return e.At < f.At
	}
	if e.Rank != f.Rank {
		return e.Rank < f.Rank
	}
	return e.Seq < f.Seq
}

// identity tells whose event it is, the same for every event of one stream of
// events: its owner, kind and first payload word.
func (e *Event) identity() uint64 { return mix64(uint64(e.Owner)<<32|uint64(e.Kind), e.A) }

// tied reports whether the least event shares its instant and rank with
// another: if any does, a child of the root does.
func (h eventHeap) tied() bool {
	for i := 1; i <= 2 && i < len(h); i++ {
		if h[i].ties(&h[0]) {
			return true
		}
	}
	return false
}

func (h *eventHeap) push(e Event) {
	s := append(*h, e)
	i := len(s) - 1
	for i > 0 {
		up := (i - 1) / 2
		if !e.less(&s[up]) {
			break
		}
		s[i] = s[up]
		i = up
	}
	s[i] = e
	*h = s
}

func (h *eventHeap) pop() Event {
	s := *h
	top := s[0]
	last := s[len(s)-1]
	s = s[:len(s)-1]
	*h = s
	i := 0
	for {
		kid := 2*i + 1
		if kid >= len(s) {
			break
		}
		if kid+1 < len(s) && s[kid+1].less(&s[kid]) {
			kid++
		}
		if !s[kid].less(&last) {
			break
		}
		s[i] = s[kid]
		i = kid
	}
	if len(s) > 0 {
		s[i] = last
	}
	return top
}
