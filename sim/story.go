package sim

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Start is the name of the Moment before the first event: what is asked while a
// simulation is set up is asked there.
const Start = "start"

// Orderer is a Source that the Loop tells of every event. What it is asked is
// asked in the event that it was told of last; so it can answer by what happens
// instead of by how many questions came before.
type Orderer interface {
	Source
	// Order picks one of tied events, oldest first.
	Order(tied []Event) int
	// Happens is called before the event is hashed and handled.
	Happens(e Event)
}

// Follower is an Orderer that is told what will happen too, and may put it off.
type Follower interface {
	Orderer
	// Scheduled is called for each event that is posted; stream is what
	// Streamer says, behind the owner's name.
	Scheduled(e Event, stream string)
	// Postpone answers with the instant at which e, which would be next, is to
	// happen: e.At for now; later, with the name of what it waits for.
	Postpone(e Event) (at time.Duration, after string)
}

// Streamer is a Handler that names the stream of events to which one belongs:
// a word without spaces, such as "timer" or "deliver:3a". The n-th event of a
// stream is taken for the same event in two runs that differ a little. Without
// it a stream is the events of one Kind.
type Streamer interface {
	Stream(e Event) string
}

// Answer is an answer that was not the dullest: V to the N-th question (from 1)
// of that label in one Moment.
type Answer struct {
	Label Label
	N, V  int
}

// Moment is an event of a run by its name, and what was decided in it.
type Moment struct {
	Name    string        // OWNER/STREAM#N: the N-th event that was posted to the stream
	At      time.Duration // when it happened, since Epoch; a replay does not read it
	Text    string        // what happened, for people
	Answers []Answer
	After   []string // names: while one of them is pending, this event waits for it
	Line    int      // where it stood in a text; 0: nowhere
}

// Dull reports whether nothing but the dullest was decided: a run without the
// Moment is the same.
func (m *Moment) Dull() bool { return len(m.Answers) == 0 && len(m.After) == 0 }

// Story is the moments of a run, in order.
type Story []Moment

// Deviations counts what was not the dullest: the moments, and the answers and
// waits in them.
func (s Story) Deviations() (moments, decisions int) {
	for i := range s {
		if !s[i].Dull() {
			moments++
			decisions += len(s[i].Answers) + len(s[i].After)
		}
	}
	return moments, decisions
}

// Vital is the moments that decide something, in an order that does not count.
func (s Story) Vital() Story {
	var out Story
	for _, m := range s {
		if !m.Dull() {
			m.Line = 0
			out = append(out, m)
		}
	}
	return out
}

// names gives events their names.
type names struct {
	pending map[uint64]string // by Seq
	count   map[string]int    // by stream
	asked   map[Label]int     // in the present moment
}

func newNames() names {
	return names{pending: map[uint64]string{}, count: map[string]int{}, asked: map[Label]int{}}
}

func (n *names) scheduled(e Event, stream string) string {
	n.count[stream]++
	name := fmt.Sprintf("%s#%d", stream, n.count[stream])
	n.pending[e.Seq] = name
	return name
}

func (n *names) happens(e Event) string {
	name := n.pending[e.Seq]
	delete(n.pending, e.Seq)
	clear(n.asked)
	return name
}

// Scribe passes questions on and keeps the story of the run.
type Scribe struct {
	names
	src   Source
	inner Follower // src, if it is one
	trace *Trace
	lines int            // of the trace, when the present moment began
	waits map[string]int // by name of a pending event: index into after
	after [][]string
	story Story
}

// NewScribe keeps the story of a run that src decides. A trace with Text lends
// its words; it may be nil.
func NewScribe(src Source, trace *Trace) *Scribe {
	inner, _ := src.(Follower)
	return &Scribe{names: newNames(), src: src, inner: inner, trace: trace, waits: map[string]int{}, story: Story{{Name: Start}}}
}

// Story is the run so far. An event that others went ahead of and that has not
// happened when the run ends is in it too, or a replay would not hold it back.
func (s *Scribe) Story() Story {
	s.words()
	held := make([]string, len(s.after))
	for name, i := range s.waits { //order: each has a place of its own
		held[i] = name
	}
	story := slices.Clone(s.story)
	for i, name := range held {
		if name != "" {
			story = append(story, Moment{Name: name, At: story[len(story)-1].At, Text: "has not happened yet", After: s.after[i]})
		}
	}
	return story
}

// Choose answers as src does.
func (s *Scribe) Choose(label Label, n int) int {
	if n <= 1 {
		return 0
	}
	return s.keep(label, s.src.Choose(label, n))
}

// Weigh answers as src does.
func (s *Scribe) Weigh(label Label, num, den int) bool {
	v := 0
	if Chance(s.src, label, num, den) {
		v = 1
	}
	return s.keep(label, v) == 1
}

// Pick answers as src does.
func (s *Scribe) Pick(label Label, n int, identity func(i int) uint64) int {
	if p, ok := s.src.(Picker); ok {
		return s.keep(label, p.Pick(label, n, identity))
	}
	return s.Choose(label, n)
}

func (s *Scribe) keep(label Label, v int) int {
	s.asked[label]++
	if v != 0 {
		m := &s.story[len(s.story)-1]
		m.Answers = append(m.Answers, Answer{Label: label, N: s.asked[label], V: v})
	}
	return v
}

// Scheduled is for the Loop.
func (s *Scribe) Scheduled(e Event, stream string) {
	s.scheduled(e, stream)
	if s.inner != nil {
		s.inner.Scheduled(e, stream)
	}
}

// Order picks as src does; those that are older than the one picked have
// waited for it.
func (s *Scribe) Order(tied []Event) int {
	var first int
	if s.inner != nil {
		first = s.inner.Order(tied)
	} else {
		first = pickTied(s.src, tied)
	}
	for i := range first {
		s.wait(tied[i].Seq, s.pending[tied[first].Seq])
	}
	return first
}

// Postpone is for the Loop.
func (s *Scribe) Postpone(e Event) (time.Duration, string) {
	if s.inner == nil {
		return e.At, ""
	}
	at, after := s.inner.Postpone(e)
	if after != "" {
		s.wait(e.Seq, after)
	}
	return at, after
}

// wait notes that a pending event waits for the one of that name.
func (s *Scribe) wait(seq uint64, after string) {
	name := s.pending[seq]
	i, ok := s.waits[name]
	if !ok {
		i = len(s.after)
		s.after = append(s.after, nil)
		s.waits[name] = i
	}
	if !slices.Contains(s.after[i], after) {
		s.after[i] = append(s.after[i], after)
	}
}

// Happens is for the Loop.
func (s *Scribe) Happens(e Event) {
	s.words()
	m := Moment{Name: s.happens(e), At: e.At}
	if i, ok := s.waits[m.Name]; ok {
		m.After = s.after[i]
		delete(s.waits, m.Name)
	}
	s.story = append(s.story, m)
	if s.inner != nil {
		s.inner.Happens(e)
	}
}

// maxText bounds the words of a moment, in bytes.
const maxText = 400

// words takes from the trace what has happened in the present moment: what
// others than the event's owner say of it, or else what the owner says.
func (s *Scribe) words() {
	if s.trace == nil {
		return
	}
	lines := s.trace.Lines()[s.lines:]
	s.lines += len(lines)
	m := &s.story[len(s.story)-1]
	if len(lines) == 0 || m.Name == Start || m.Text != "" {
		return
	}
	owner, _, _ := strings.Cut(m.Name, "/")
	var parts []string
	for _, l := range lines[1:] {
		if l.Text != "" && !strings.HasPrefix(l.Text, owner+": ") {
			parts = append(parts, l.Text)
		}
	}
	m.Text = lines[0].Text
	if len(parts) > 0 {
		m.Text = strings.Join(parts, "; ")
	}
	m.Text = strings.Join(strings.Fields(m.Text), " ")
	if len(m.Text) > maxText {
		m.Text = strings.ToValidUTF8(m.Text[:maxText], "") + "…"
	}
}
