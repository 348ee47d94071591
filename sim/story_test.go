package sim_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/peerloom/peerloom/sim"
)

// clocks is a program of clocks that tick at chosen times and set each other
// off; what they do is in its trace.
type clocks struct {
	loop *sim.Loop
	own  []sim.Owner
}

type clock struct {
	c  *clocks
	id int
}

func (k clock) Handle(e sim.Event) {
	src := k.c.loop.Source()
	if e.B >= 4 {
		return
	}
	next := src.Choose("clock/who", len(k.c.own))
	late := time.Duration(src.Choose("clock/late", 3)) * time.Millisecond
	k.c.loop.PostAfter(late, k.c.own[next], 1, e.A, e.B+1)
	if sim.Chance(src, "clock/twice", 1, 4) {
		k.c.loop.PostAfter(time.Duration(src.Choose("clock/late", 3))*time.Millisecond, k.c.own[k.id], 2, e.A, e.B+1)
	}
}

func (k clock) Describe(e sim.Event) string { return fmt.Sprintf("ticks %d of %d @ home", e.B, e.A) }

func (k clock) Stream(e sim.Event) string { return fmt.Sprintf("tick%d", e.Kind) }

// tick runs three clocks and answers the trace.
func tick(src sim.Source, tr *sim.Trace) *sim.Trace {
	if tr == nil {
		tr = sim.NewTrace(sim.Text)
	}
	c := &clocks{loop: sim.NewLoop(src, tr)}
	for i := range 3 {
		c.own = append(c.own, c.loop.Register(string(rune('a'+i)), clock{c, i}))
	}
	for i, o := range c.own {
		c.loop.PostAfter(time.Duration(src.Choose("clock/late", 3))*time.Millisecond, o, 1, uint64(i), 0)
	}
	c.loop.Run(1000)
	return tr
}

func told(seed uint64) (sim.Story, *sim.Trace) {
	tr := sim.NewTrace(sim.Text)
	s := sim.NewScribe(sim.NewSeed(seed), tr)
	tick(s, tr)
	return s.Story(), tr
}

// A story retold is the same run, to the hash, and the scribe does not change
// the run that it keeps.
func TestStoryIsRetoldToTheByte(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64().Draw(t, "seed")
		story, first := told(seed)
		require.Equal(t, tick(sim.NewSeed(seed), nil).Hash(), first.Hash(), "a scribe changed the run")
		same := func(what string, src sim.Source) {
			again := tick(src, nil)
			d, differ := sim.FirstDifference(first, again)
			require.False(t, differ, "%s: %v", what, d)
		}
		same("the whole story", sim.NewRetold(story))
		same("decisions alone", sim.NewRetold(story.Vital()))
		part := slices.DeleteFunc(slices.Clone(story), func(m sim.Moment) bool { return m.Dull() && rapid.Bool().Draw(t, "cut") })
		for i := range part {
			part[i].Line = i + 1
		}
		same("with lines, some dull ones cut", sim.NewRetold(part))
		tr := sim.NewTrace(sim.Text)
		scribe := sim.NewScribe(sim.NewRetold(part), tr)
		tick(scribe, tr)
		require.Equal(t, story, scribe.Story(), "a story of a story is the story")
	})
}

func TestMomentsPrintAndParse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		story, _ := told(rapid.Uint64().Draw(t, "seed"))
		for _, m := range story {
			line := m.String()
			got, err := sim.ParseMoment(line)
			require.NoError(t, err, line)
			require.Equal(t, m, got, line)
		}
	})
	for line, want := range map[string]string{
		"1s nothing":                    "no event is named",
		"1s x @ a/tick#1 clock/late":    `"clock/late" is no answer`,
		"1s x @ a/tick#1 clock/late=-1": `"clock/late=-1" is no answer`,
		"1s x @ a/t#1 clock/late.0=1":   `"clock/late.0=1" is no answer`,
		"1s x @":                        "no event is named",
	} {
		_, err := sim.ParseMoment(line)
		require.ErrorContains(t, err, want, line)
		require.Contains(t, err.Error(), ": write ", "an error says what to write")
	}
}

// order runs three events that are due at once and a later one, under a story,
// and answers their names in the order in which they happened.
func order(story ...sim.Moment) string {
	tr := sim.NewTrace(sim.Text)
	s := sim.NewScribe(sim.NewRetold(story), tr)
	l := sim.NewLoop(s, tr)
	var own []sim.Owner
	for _, name := range []string{"a", "b", "c", "late"} {
		own = append(own, l.Register(name, nothing{}))
	}
	for i, o := range own {
		l.PostAfter(time.Duration(i/3)*time.Second, o, 1, 0, 0)
	}
	l.Run(10)
	var names []string
	for _, m := range s.Story()[1:] {
		names = append(names, strings.TrimSuffix(m.Name, "/1#1"))
	}
	return strings.Join(names, " ")
}

type nothing struct{}

func (nothing) Handle(sim.Event) {}

func TestEditsOfTheOrder(t *testing.T) {
	at := func(name string, line int, after ...string) sim.Moment {
		return sim.Moment{Name: name + "/1#1", Line: line, After: after}
	}
	for _, c := range []struct {
		want  string
		story []sim.Moment
	}{
		{"a b c late", nil},
		{"c a b late", []sim.Moment{at("c", 1), at("a", 2), at("b", 3)}},
		{"a c b late", []sim.Moment{at("c", 1), at("b", 2)}},
		{"b a c late", []sim.Moment{at("a", 0, "b/1#1")}},
		{"b a c late", []sim.Moment{at("a", 1, "b/1#1"), at("b", 2)}},
		{"b c late a", []sim.Moment{at("a", 0, "late/1#1")}},
		{"c late a b", []sim.Moment{at("a", 0, "late/1#1"), at("b", 0, "a/1#1")}},
		{"a b c late", []sim.Moment{at("late", 0, "a/1#1")}}, // it is over
		{"a b c late", []sim.Moment{at("a", 0, "nobody/1#1")}},
		{"b a c late", []sim.Moment{at("a", 0, "b/1#1", "c/1#1"), at("c", 0, "a/1#1")}}, // a circle: b is free, then the oldest
	} {
		require.Equal(t, c.want, order(c.story...), "%v", c.story)
	}
}

// An answer that is taken out shifts no other.
func TestEditsDoNotShift(t *testing.T) {
	story := sim.Story{{Name: sim.Start, Answers: []sim.Answer{{Label: "x/y", N: 2, V: 7}, {Label: "x/z", N: 1, V: 1}}}}
	r := sim.NewRetold(story)
	require.Equal(t, []int{0, 4, 0, 1, 0}, []int{r.Choose("x/y", 9), r.Choose("x/y", 5), r.Choose("x/y", 9), r.Choose("x/z", 2), r.Choose("x/z", 1)})
	moments, decided := story.Deviations()
	require.Equal(t, []int{1, 2}, []int{moments, decided})
}

// A tail keeps the first events of a story and lets somebody else decide the
// rest.
func TestTail(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		story, first := told(rapid.Uint64().Draw(t, "seed"))
		n := rapid.IntRange(0, len(story)-1).Draw(t, "kept")
		tr := tick(sim.NewTail(story, n, sim.NewSeed(rapid.Uint64().Draw(t, "tail"))), nil)
		require.Equal(t, first.Lines()[:n], tr.Lines()[:n])
		all := tick(sim.NewTail(story, len(story), sim.Dull{}), nil)
		require.Equal(t, first.Hash(), all.Hash())
	})
	story, first := told(1)
	other := 0
	for seed := range uint64(20) {
		if tick(sim.NewTail(story, 1, sim.NewSeed(seed)), nil).Hash() != first.Hash() {
			other++
		}
	}
	require.Greater(t, other, 10, "what follows is decided anew")
}

// youngest lets the youngest of tied events go first.
type youngest struct{}

func (youngest) Choose(_ sim.Label, n int) int { return n - 1 }

// hears notes whose event happens.
type hears struct {
	name string
	to   *[]string
}

func (h hears) Handle(sim.Event) { *h.to = append(*h.to, h.name) }

// An event that others went ahead of, and that has not happened when the run
// ends, is held back in a replay too.
func TestWhatIsHeldBackToTheEnd(t *testing.T) {
	once := func(src sim.Source) []string {
		var heard []string
		l := sim.NewLoop(src, nil)
		for _, name := range []string{"a", "b"} {
			l.PostAfter(0, l.Register(name, hears{name, &heard}), 1, 0, 0)
		}
		require.True(t, l.Step()) // and no further
		return heard
	}
	scribe := sim.NewScribe(youngest{}, nil)
	require.Equal(t, []string{"b"}, once(scribe))
	require.Equal(t, []string{"b"}, once(sim.NewRetold(scribe.Story().Vital())))
}
