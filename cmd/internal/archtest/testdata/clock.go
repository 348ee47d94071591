// plays: fsm

package p

import "time"

func expired(now, deadline time.Time) bool { return !now.Before(deadline) }

func wrong() time.Duration {
	t := time.Now()              // want clock
	time.Sleep(time.Millisecond) // want clock
	f := time.After              // want clock
	<-f(time.Second)
	return time.Since(t) // want clock
}
