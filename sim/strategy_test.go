package sim_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/sim"
)

// toy is a small system with a planted bug. run reports whether it struck.
type toy struct {
	name string
	run  func(src sim.Source) bool
}

// handler runs one kind of event.
type handler func(e sim.Event)

func (h handler) Handle(e sim.Event) { h(e) }

// lateByte: a connection is reset and comes up again, and a byte of the old one
// arrives when the new one is up. It needs long latencies on one link and short
// ones on another.
func lateByte(src sim.Source) bool {
	l := sim.NewLoop(src, nil)
	const data, reset, leg = 1, 2, 3
	legs, struck := 0, false
	var net, ctl sim.Owner
	net = l.Register("net", handler(func(sim.Event) { struck = struck || legs == 3 }))
	ctl = l.Register("ctl", handler(func(e sim.Event) {
		if e.Kind == leg {
			legs++
		}
		if legs < 3 {
			l.PostAfter(time.Millisecond+l.Latency("ctl/delay", 8*time.Millisecond, 1), ctl, leg, 0, 0)
		}
	}))
	for i := range uint64(4) {
		l.PostAfter(time.Duration(i)*time.Millisecond+l.Latency("net/delay", 8*time.Millisecond, i), net, data, i, 0)
	}
	l.PostAfter(4*time.Millisecond, ctl, reset, 0, 0)
	l.Run(1000)
	return struck
}

// starved: eight streams have an event at each of ten instants, and one of them
// must go last four times in a row.
func starved(src sim.Source) bool {
	l := sim.NewLoop(src, nil)
	const streams, rounds = 8, 10
	place, row, struck := 0, 0, false
	o := l.Register("stream", handler(func(e sim.Event) {
		place++
		if e.A == 0 {
			if place%streams != 0 {
				row = 0
			} else if row++; row == 4 {
				struck = true
			}
		}
	}))
	for r := range rounds {
		for a := range uint64(streams) {
			l.Post(sim.Event{At: time.Duration(r), Owner: o, Kind: 1, A: a})
		}
	}
	l.Run(1000)
	return struck
}

// overtaken: of eight streams one is first until the sixth of ten instants and
// last from then on.
func overtaken(src sim.Source) bool {
	l := sim.NewLoop(src, nil)
	const streams, rounds = 8, 10
	place, held := 0, true
	o := l.Register("stream", handler(func(e sim.Event) {
		if e.A == 5 {
			first := e.B < 6
			held = held && (place%streams == 0) == first && (place%streams == streams-1) == !first
		}
		place++
	}))
	for r := range uint64(rounds) {
		for a := range uint64(streams) {
			l.Post(sim.Event{At: time.Duration(r), Owner: o, Kind: 1, A: a, B: r})
		}
	}
	l.Run(1000)
	return held
}

// tries is the median number of runs to a toy's bug over base seeds; most: it
// was not found in so many.
func tries(t toy, most int, source func(seed uint64) sim.Source) int {
	var all []int
	for base := range uint64(7) {
		n := 1
		for n < most && !t.run(source(sim.Mix(base, uint64(n)))) {
			n++
		}
		all = append(all, n)
	}
	slices.Sort(all)
	return all[len(all)/2]
}

// TestStrategiesFindToyBugs is the table of docs/TESTING.md: -v prints it.
func TestStrategiesFindToyBugs(t *testing.T) {
	const most = 2000
	depth := func(d int) func(uint64) sim.Source {
		return func(seed uint64) sim.Source { return sim.NewPCT(seed, d, 80) }
	}
	strategies := []struct {
		name   string
		source func(uint64) sim.Source
	}{
		{"uniform", func(seed uint64) sim.Source { return sim.NewSeed(seed) }},
		{"pct 1", depth(1)}, {"pct 2", depth(2)}, {"pct 3", depth(3)},
		{"swarm", func(seed uint64) sim.Source { return sim.NewSkew(seed) }},
		{"fifo", func(uint64) sim.Source { return sim.Dull{} }},
	}
	found := map[string]int{}
	for _, toy := range []toy{{"late byte", lateByte}, {"starved", starved}, {"overtaken", overtaken}} {
		row := toy.name
		for _, s := range strategies {
			n := tries(toy, most, s.source)
			found[toy.name+"/"+s.name] = n
			row += fmt.Sprintf(" | %s %d", s.name, n)
		}
		t.Log(row)
	}
	for name, limit := range map[string]int{
		"late byte/uniform": 400, "late byte/pct 1": 400, "late byte/swarm": 400,
		"starved/pct 1": 20, "starved/pct 3": 30, "overtaken/pct 2": 1000, "overtaken/pct 3": 1000,
	} {
		require.LessOrEqual(t, found[name], limit, name)
	}
	for _, toy := range []string{"late byte", "starved", "overtaken"} {
		require.Equal(t, most, found[toy+"/fifo"], "the baseline has no surprises")
	}
	require.Equal(t, most, found["overtaken/uniform"], "if it is found this easily, it shows nothing")
}

func TestEnumerateFindsToyBug(t *testing.T) {
	runs, struck := 0, false
	for e := sim.NewEnumerate(2); !struck && e.Next(); {
		runs++
		struck = lateByte(e)
	}
	t.Log("runs:", runs)
	require.True(t, struck)
	require.Less(t, runs, 1000)
}

// The generator is tested too: what a Skew says of a label holds for its runs.
func TestSkewDiffersByLabel(t *testing.T) {
	means := map[string]int{}
	for seed := range uint64(200) {
		s, sum := sim.NewSkew(seed), 0
		for range 100 {
			v := s.Choose("a/b", 8)
			require.True(t, v >= 0 && v < 8)
			sum += v
		}
		switch {
		case sum < 280:
			means["small"]++
		case sum > 420:
			means["large"]++
		default:
			means["even"]++
		}
	}
	require.Greater(t, means["small"], 20, means)
	require.Greater(t, means["large"], 20, means)
	require.Greater(t, means["even"], 50, means)
}

// Of one stream PCT takes the oldest event, and the order of streams stays the
// same between change points.
func TestPCTKeepsItsOrder(t *testing.T) {
	for seed := range uint64(50) {
		p := sim.NewPCT(seed, 1, 1)
		who := func(i int) uint64 { return uint64(i % 4) }
		first := p.Pick("tie/next", 8, who)
		require.Less(t, first, 4, "the older of the two of a stream")
		for range 10 {
			require.Equal(t, first, p.Pick("tie/next", 8, who))
		}
	}
	changed := 0
	for seed := range uint64(50) {
		p := sim.NewPCT(seed, 2, 4)
		who := func(i int) uint64 { return uint64(i) }
		first, last := p.Pick("tie/next", 4, who), 0
		for range 4 {
			last = p.Pick("tie/next", 4, who)
		}
		if first != last {
			changed++
		}
	}
	require.Greater(t, changed, 30, "a change point at pick 1, 2 or 3 of 4")
}

func TestLatency(t *testing.T) {
	dull := sim.NewLoop(sim.Dull{}, nil)
	require.Zero(t, dull.Latency("x/y", time.Second, 1))
	rec := sim.NewRecord(sim.NewSeed(3))
	l := sim.NewLoop(rec, nil)
	require.Zero(t, l.Latency("x/y", 7, 1), "less than a nanosecond a step")
	require.Empty(t, rec.Tape())
	seen := map[time.Duration]bool{}
	for who := range uint64(100) {
		d := l.Latency("x/y", 8*time.Millisecond, who)
		require.Less(t, d, 8*time.Millisecond)
		seen[d] = true
	}
	require.Greater(t, len(seen), 80, "ties are rare")
	require.Len(t, rec.Tape(), 101, "one answer a run, and one a latency")
}
