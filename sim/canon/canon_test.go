package canon_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/sim/canon"
)

type part struct{ n int }

type state struct {
	name   string
	list   []part
	shared [3]*part
	self   *state
	byName map[string]*part
	any    fmt.Stringer
	call   func()
	at     time.Time
	count  int
}

func build(change func(*state)) *state {
	p, q := &part{1}, &part{1}
	s := &state{name: "a", list: []part{{1}, {2}}, shared: [3]*part{p, q, p}, any: time.Second, at: time.Unix(5, 0)}
	s.self = s
	s.byName = map[string]*part{"x": p, "y": q, "z": {3}}
	change(s)
	return s
}

// Each thing that differs shows, and nothing else does.
func TestWhatDiffers(t *testing.T) {
	write := func(r *canon.Rules, change func(*state)) string { return string(r.Append(nil, build(change))) }
	rules := canon.Without("canon_test.state.count")
	same := write(rules, func(*state) {})
	for range 20 { // maps have no order
		require.Equal(t, same, write(rules, func(s *state) { s.count = 7 }), "what is left out")
	}
	for what, change := range map[string]func(*state){
		"a string":           func(s *state) { s.name = "b" },
		"a list's length":    func(s *state) { s.list = s.list[:1] },
		"an element":         func(s *state) { s.list[1].n = 3 },
		"who shares":         func(s *state) { s.shared[1] = s.shared[0] },
		"with whom":          func(s *state) { s.shared[2] = s.shared[1] },
		"a pointer that is":  func(s *state) { s.self = nil },
		"a key":              func(s *state) { s.byName["w"] = s.byName["z"]; delete(s.byName, "z") },
		"behind a key":       func(s *state) { s.byName["z"].n = 4 },
		"in an interface":    func(s *state) { s.any = time.Minute },
		"its type":           func(s *state) { s.any = time.Month(time.Second) },
		"an interface":       func(s *state) { s.any = nil },
		"a function that is": func(s *state) { s.call = func() {} },
		"a time":             func(s *state) { s.at = s.at.Add(1) },
	} {
		require.NotEqual(t, same, write(rules, change), what)
	}
	require.NotEqual(t, same, write(canon.Without(), func(*state) {}))
	require.Empty(t, rules.Unknown())
	lost := canon.Without("canon_test.state.gone", "canon_test.part")
	lost.Append(nil, build(func(*state) {}))
	require.Equal(t, []string{"canon_test.state.gone"}, lost.Unknown())
}

func TestMapsOfPointersHaveNoOrder(t *testing.T) {
	require.PanicsWithValue(t, "canon: a map[*canon_test.part]bool has no order of its own: its keys hold pointers", func() {
		canon.Without().Append(nil, map[*part]bool{{1}: true, {2}: true})
	})
	require.Panics(t, func() { canon.Without().Append(nil, make(chan int)) })
}

func Example() {
	type queue struct {
		waiting []string
		served  int
	}
	rules := canon.Without("canon_test.queue.served")
	a := rules.Append(nil, queue{[]string{"x"}, 3})
	b := rules.Append(nil, queue{[]string{"x"}, 4})
	fmt.Println(string(a) == string(b))
	// Output: true
}
