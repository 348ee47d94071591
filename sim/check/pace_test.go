package check

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestPace(t *testing.T) {
	at := func(ms int) time.Time { return time.Unix(1000, 0).Add(time.Duration(ms) * time.Millisecond) }
	left := func(limit int, ms ...int) (last *Violation) {
		var p Pace
		for _, x := range ms {
			last = p.Left(at(x), limit)
		}
		return last
	}
	require.Nil(t, left(0, 0, 0, 0), "no limit")
	require.Nil(t, left(10, 0, 100, 200, 300))
	require.Nil(t, left(10, 0, 105, 200), "who was late may make up for it")
	require.NotNil(t, left(10, 0, 60), "early")
	require.NotNil(t, left(10, 0, 100, 1000, 1001), "two at once after a pause")
	require.NotNil(t, left(10, 0, 91, 182, 273), "eleven in a second")
	var p Pace
	p.Left(at(0), 10)
	require.Nil(t, p.Left(at(1), 20), "another limit")
	p.Set()
	require.Nil(t, p.Left(at(0), 20))
}
