package sim_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/sim"
)

// log is a handler that keeps the payload of its events.
type log struct {
	got  []uint64
	then func(e sim.Event)
}

func (h *log) Handle(e sim.Event) {
	h.got = append(h.got, e.A)
	if h.then != nil {
		h.then(e)
	}
}

// greeter prints; it stands for a simulated thing.
type greeter struct{ loop *sim.Loop }

func (g greeter) Handle(e sim.Event) { fmt.Println(g.loop.Elapsed(), "guest", e.A) }

func Example() {
	loop := sim.NewLoop(sim.NewReplay(sim.Tape{{V: 1}}), nil)
	o := loop.Register("door", greeter{loop})
	loop.PostAfter(time.Second, o, 0, 1, 0) // two at the same instant: the tape says
	loop.PostAfter(time.Second, o, 0, 2, 0) // that number 1, counted from 0, goes first
	loop.PostAfter(time.Millisecond, o, 0, 3, 0)
	loop.Run(10)
	// Output:
	// 1ms guest 3
	// 1s guest 2
	// 1s guest 1
}

// run posts events at few instants, so that many tie, and lets some post more.
func run(src sim.Source, detail sim.Detail) (*sim.Trace, []uint64) {
	tr := sim.NewTrace(detail)
	l := sim.NewLoop(src, tr)
	h := &log{}
	o := l.Register("h", h)
	h.then = func(e sim.Event) {
		if e.A < 50 {
			l.PostAfter(time.Duration(l.Source().Choose("work/wait", 3)), o, 1, e.A+50, 0)
		}
	}
	for i := range uint64(50) {
		l.PostAfter(time.Duration(i%7), o, 1, i, 0)
	}
	l.Run(1000)
	return tr, h.got
}

func TestTheSameSeedGivesTheSameHashAndAnotherSeedAnother(t *testing.T) {
	a, order := run(sim.NewSeed(7), sim.Text)
	b, again := run(sim.NewSeed(7), sim.HashOnly)
	require.Equal(t, a.Hash(), b.Hash(), "text must not change the hash")
	require.Equal(t, order, again)
	c, _ := run(sim.NewSeed(8), sim.Text)
	require.NotEqual(t, a.Hash(), c.Hash())
	d, differ := sim.FirstDifference(a, c)
	require.True(t, differ)
	i := 0
	for a.Lines()[i].String() == c.Lines()[i].String() {
		i++
	}
	require.Equal(t, i+1, d.Within, "%v", d)
	_, differ = sim.FirstDifference(a, b)
	require.False(t, differ)
}

func TestEventsComeInOrderOfTimeRankAndAge(t *testing.T) {
	l := sim.NewLoop(sim.Dull{}, nil)
	h := &log{}
	o := l.Register("h", h)
	type key struct {
		at   time.Duration
		rank uint16
		id   uint64
	}
	var want []key
	src := sim.NewSeed(1)
	for i := range uint64(500) {
		k := key{at: time.Duration(src.Choose("t/at", 40)), rank: uint16(src.Choose("t/rank", 3)), id: i}
		want = append(want, k)
		l.Post(sim.Event{At: k.at, Rank: k.rank, Owner: o, A: i})
	}
	slices.SortFunc(want, func(a, b key) int {
		switch {
		case a.at != b.at:
			return int(a.at - b.at)
		case a.rank != b.rank:
			return int(a.rank) - int(b.rank)
		}
		return int(a.id) - int(b.id)
	})
	l.Run(1000)
	for i, k := range want {
		require.Equal(t, k.id, h.got[i], "event %d", i)
	}
}

// Five events at one instant: enumerating the ties gives each of 5! orders once.
func TestTiesAreChosen(t *testing.T) {
	seen := map[string]bool{}
	e := sim.NewEnumerate(-1)
	runs := 0
	for e.Next() {
		l := sim.NewLoop(e, nil)
		h := &log{}
		o := l.Register("h", h)
		for i := range uint64(5) {
			l.PostAfter(time.Second, o, 0, i, 0)
		}
		l.Run(5)
		seen[fmt.Sprint(h.got)] = true
		runs++
	}
	require.Equal(t, 120, runs)
	require.Len(t, seen, 120)
}

func TestRunUntilStopsBetweenEvents(t *testing.T) {
	l := sim.NewLoop(sim.Dull{}, nil)
	h := &log{}
	o := l.Register("h", h)
	l.PostAfter(2*time.Second, o, 0, 1, 0)
	require.True(t, l.RunUntil(sim.Epoch().Add(time.Second), 10))
	require.Empty(t, h.got)
	require.Equal(t, time.Second, l.Elapsed())
	c := l.Clone(sim.Dull{}, nil)
	hc := &log{}
	c.Rebind(o, hc)
	c.Run(10)
	require.Empty(t, h.got, "a clone's events reach the original")
	require.Equal(t, []uint64{1}, hc.got)
	require.Equal(t, 1, l.Pending())
}

type again struct {
	l *sim.Loop
	o sim.Owner
}

func (a *again) Handle(e sim.Event) { a.l.PostAfter(time.Duration(64+e.A), a.o, 1, e.A, e.B) }

// BenchmarkLoop is an event with 64 waiting, hash included.
func BenchmarkLoop(b *testing.B) {
	l := sim.NewLoop(sim.NewSeed(1), nil)
	h := &again{l: l}
	h.o = l.Register("h", h)
	for i := range uint64(64) {
		l.PostAfter(time.Duration(i), h.o, 1, i, 0)
	}
	b.ReportAllocs()
	for b.Loop() {
		l.Step()
	}
}
