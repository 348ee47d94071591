package check_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/sim/check"
)

// What two runs reached is joined, and only what is new counts.
func TestReached(t *testing.T) {
	var a, b check.Reached
	a.Sometimes(check.SometimesHoldExpired, true)
	a.Sometimes(check.SometimesResetInFlush, false)
	a.Shape(7)
	b.Sometimes(check.SometimesHoldExpired, true)
	b.Sometimes(check.SometimesResetInFlush, true)
	b.Shape(7)
	b.Shape(8)
	require.False(t, a.Has(check.SometimesResetInFlush))

	points, shapes := a.Add(&b)
	require.Equal(t, []int{1, 1}, []int{points, shapes})
	require.Equal(t, []check.Point{check.SometimesResetInFlush, check.SometimesHoldExpired}, a.Points())
	require.Equal(t, 2, a.Shapes())
}
