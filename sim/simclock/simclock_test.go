package simclock_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/sim"
	"github.com/peerloom/peerloom/sim/simclock"
)

func Example() {
	loop := sim.NewLoop(sim.Dull{}, nil)
	c := simclock.New(loop)
	timer := c.Timer(90 * time.Second)
	loop.Run(10)
	fmt.Println((<-timer.C).Format(time.TimeOnly), loop.Elapsed())
	// Output: 00:01:30 1m30s
}

func TestTickerAndResetFollowTheLoop(t *testing.T) {
	loop := sim.NewLoop(sim.Dull{}, nil)
	c := simclock.New(loop)
	ticker := c.Ticker(10 * time.Second)
	for i := 1; i <= 3; i++ {
		require.True(t, loop.RunUntil(sim.Epoch().Add(time.Duration(i)*10*time.Second), 10))
		require.Equal(t, sim.Epoch().Add(time.Duration(i)*10*time.Second), (<-ticker.C).UTC(), "tick %d", i)
	}
	ticker.Stop()
	timer := c.Timer(time.Hour)
	loop.RunUntil(sim.Epoch().Add(35*time.Second), 10)
	c.Wake(time.Second)
	timer.Reset(time.Second)
	loop.RunUntil(sim.Epoch().Add(36*time.Second), 10)
	require.Equal(t, sim.Epoch().Add(36*time.Second), (<-timer.C).UTC(), "Reset counts from the loop's time, not the last tick's")
	require.Equal(t, 6*time.Second, c.Since(sim.Epoch().Add(30*time.Second)))
}
