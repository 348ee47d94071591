package check_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/fsm"
	"github.com/peerloom/peerloom/sim/check"
)

// What two runs reached is joined, and only what is new counts.
func TestReached(t *testing.T) {
	var a, b check.Reached
	last := check.CellPoint(fsm.Established, fsm.SendHoldTimerExpires)
	a.Sometimes(check.TimerHold, true)
	a.Sometimes(check.FlushReset, false)
	a.Shape(7)
	b.Sometimes(check.TimerHold, true)
	b.Sometimes(check.FlushReset, true)
	b.Sometimes(last, true)
	b.Shape(7)
	b.Shape(8)
	b.Shape(7)
	require.False(t, a.Has(check.FlushReset))
	require.Equal(t, []check.Point{check.FlushReset, last}, a.Lost(&b))

	points, shapes := a.Add(&b)
	require.Equal(t, []int{2, 1}, []int{points, shapes})
	require.Equal(t, []check.Point{check.FlushReset, check.TimerHold, last}, a.Points())
	require.Equal(t, 2, a.Shapes())
	require.Empty(t, a.Lost(&b))
}

// What was reached is text, one point a line, that reads back.
func TestReachedAsText(t *testing.T) {
	r := &check.Reached{}
	require.Empty(t, r.Points())
	for _, d := range check.Points() {
		r.Sometimes(d.Point, d.Point%3 != 1)
	}
	text := check.PrintReached(r)
	back, err := check.ParseReached("# of a sweep\n\n" + text)
	require.NoError(t, err)
	require.Equal(t, r.Points(), back.Points())
	require.Equal(t, text, check.PrintReached(back))
	_, err = check.ParseReached("timer/hold\nno/such\n")
	require.ErrorContains(t, err, `line 2: "no/such" is no point`)
}

// Every point has a name of its own and a line that says what it is.
func TestPoints(t *testing.T) {
	seen := map[string]bool{}
	for i, d := range check.Points() {
		require.Equal(t, check.Point(i), d.Point)
		name := d.Point.String()
		require.NotEmpty(t, name)
		require.NotEmpty(t, d.Doc, name)
		require.False(t, seen[name], "%s twice", name)
		seen[name] = true
		p, ok := check.PointByName(name)
		require.True(t, ok && p == d.Point, name)
	}
	r := &check.Reached{}
	all := len(r.Missed())
	require.Greater(t, all, 150)
	r.Sometimes(check.TimerHold, true)
	require.Len(t, r.Missed(), all-1)
}
