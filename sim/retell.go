package sim

import (
	"slices"
	"time"
)

// Retold answers from a Story. It goes by the names of events: a moment or an
// answer that is missing is dull, one whose event does not happen is not looked
// at, and an answer that is out of range is cut. So a story can be edited
// anywhere without shifting the rest of it.
type Retold struct {
	names
	moments map[string]*Moment
	now     *Moment
	due     map[string]time.Duration // pending events that others wait for, by name
	awaited map[string]bool
}

// NewRetold retells the story, which is not modified. Of two moments with one
// name the first counts.
func NewRetold(story Story) *Retold {
	r := &Retold{names: newNames(), moments: make(map[string]*Moment, len(story)), due: map[string]time.Duration{}, awaited: map[string]bool{}}
	for i := range story {
		m := &story[i]
		if _, twice := r.moments[m.Name]; !twice {
			r.moments[m.Name] = m
		}
		for _, name := range m.After {
			r.awaited[name] = true
		}
	}
	r.now = r.moments[Start]
	return r
}

// Choose answers as the present moment says.
func (r *Retold) Choose(label Label, n int) int {
	if n <= 1 {
		return 0
	}
	r.asked[label]++
	if r.now == nil {
		return 0
	}
	for _, a := range r.now.Answers {
		if a.Label == label && a.N == r.asked[label] {
			return min(max(a.V, 0), n-1)
		}
	}
	return 0
}

// Scheduled is for the Loop.
func (r *Retold) Scheduled(e Event, stream string) {
	if name := r.scheduled(e, stream); r.awaited[name] {
		r.due[name] = e.At
	}
}

// Order lets the oldest of tied events go first that waits for none of the
// others. Where two of them have lines in a text and none names the other, the
// order of the lines is theirs.
func (r *Retold) Order(tied []Event) int {
	at := make([]*Moment, len(tied))
	for i := range tied {
		at[i] = r.moments[r.pending[tied[i].Seq]]
	}
	waits := func(i, j int) bool {
		m := at[i]
		return m != nil && slices.Contains(m.After, r.pending[tied[j].Seq])
	}
	for i := range tied {
		free := true
		for j := range tied {
			if i == j {
				continue
			}
			lines := at[i] != nil && at[j] != nil && at[j].Line < at[i].Line && !waits(j, i)
			free = free && !waits(i, j) && !lines
		}
		if free {
			return i
		}
	}
	return 0 // they wait in a circle
}

// Postpone is for the Loop: an event waits while one that it is to wait for is
// pending.
func (r *Retold) Postpone(e Event) (time.Duration, string) {
	m := r.moments[r.pending[e.Seq]]
	if m == nil {
		return e.At, ""
	}
	for _, name := range m.After {
		if at, ok := r.due[name]; ok && at > e.At {
			if self := r.pending[e.Seq]; r.awaited[self] {
				r.due[self] = at
			}
			return at, name
		}
	}
	return e.At, ""
}

// Happens is for the Loop.
func (r *Retold) Happens(e Event) {
	name := r.happens(e)
	delete(r.due, name)
	r.now = r.moments[name]
}
