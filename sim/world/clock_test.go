package world

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/peerloom/peerloom/sim"
)

// A timer rings at the first instant at which the clock shows its time, however
// wrong the clock is.
func TestClocksRingInTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		day := int64(24 * time.Hour)
		c := wallClock{
			ppm:    rapid.Int64Range(-900_000, 1_000_000).Draw(t, "ppm"),
			since:  time.Duration(rapid.Int64Range(0, day).Draw(t, "since")),
			base:   time.Duration(rapid.Int64Range(0, day).Draw(t, "base")),
			offset: time.Duration(rapid.Int64Range(-day, day).Draw(t, "offset")),
		}
		want := sim.Epoch().Add(time.Duration(rapid.Int64Range(0, day).Draw(t, "want")))
		at := c.when(want)
		require.False(t, c.at(at).Before(want), "rings at %v, which shows %v", at, c.at(at))
		require.True(t, c.at(at-1).Before(want), "could have rung at %v", at-1)
	})
}

// Setting a clock moves it and nothing else; making it faster does not move it.
func TestClocksAreContinuous(t *testing.T) {
	c := wallClock{ppm: 100_000}
	d := 10 * time.Second
	require.Equal(t, sim.Epoch().Add(11*time.Second), c.at(d))
	c.offset = -time.Hour
	require.Equal(t, sim.Epoch().Add(11*time.Second-time.Hour), c.at(d))
	require.Equal(t, sim.Epoch().Add(11*time.Second), c.steady(d), "for who measures durations it was not set")
}
