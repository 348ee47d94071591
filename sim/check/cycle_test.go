package check_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/sim/check"
)

// Both ends answer each other's connection with 6/7 for ever: the text has the
// lap and nothing else.
func TestCycleIsPrinted(t *testing.T) {
	var c check.Cycle
	lap := []check.CycleNote{
		{Who: "left", With: "right", What: check.CycleNotification, Code: 6, Sub: 7, Shape: 1},
		{Who: "right", With: "left", What: check.CycleNotification, Code: 6, Sub: 7, Shape: 2},
		{Who: "right", With: "left", What: check.CycleLost, Shape: 3},
	}
	require.Nil(t, c.Note(check.CycleNote{Who: "left", With: "right", What: check.CycleUp}, true))
	var v *check.Violation
	n := 1
	for ; v == nil && n < 500; n++ {
		v = c.Note(lap[n%3], n >= 90)
	}
	require.NotNil(t, v)
	require.Equal(t, check.LiveCycle, v.ID)
	require.Equal(t, "96 steps, and in the end always the same 3:\n\tleft→right NOTIFICATION 6/7\n\tright→left NOTIFICATION 6/7\n\tright: connection with left lost", v.Got)
}

// What ends in another state each time is no cycle, until it has gone on too
// long; what comes up again and again without an end is none.
func TestNoCycle(t *testing.T) {
	var c check.Cycle
	for i := range 1023 {
		require.Nil(t, c.Note(check.CycleNote{Who: "a", What: check.CycleDown, Shape: uint64(i)}, true))
	}
	v := c.Note(check.CycleNote{Who: "a", What: check.CycleDown}, true)
	require.ErrorContains(t, v, "1024 steps; the last:")
}
