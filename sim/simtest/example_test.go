package simtest_test

import (
	"fmt"
	"time"

	"github.com/peerloom/peerloom/sim"
	"github.com/peerloom/peerloom/sim/simtest"
)

// bell rings when its event comes.
type bell struct{ rung *[]string }

func (b bell) Handle(e sim.Event) { *b.rung = append(*b.rung, fmt.Sprint("bell ", e.A)) }

// A world is a function of a run's Source; simtest.Check runs it under many.
func ExampleWorld() {
	var rung []string
	var world simtest.World = func(r *simtest.Run) error {
		l := r.Loop()
		o := l.Register("bells", bell{&rung})
		for i := range uint64(2) {
			l.PostAfter(time.Duration(r.Source.Choose("bell/late", 2))*time.Second, o, 1, i, 0)
		}
		l.Run(10)
		if rung[0] != "bell 0" {
			return fmt.Errorf("%s was first", rung[0])
		}
		return nil
	}
	fmt.Println(world(&simtest.Run{Source: sim.Dull{}}), rung)
	// Output: <nil> [bell 0 bell 1]
}
