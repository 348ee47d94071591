package check

import (
	"fmt"
	"strings"
)

// CycleNote is one step of what may go round in circles.
type CycleNote struct {
	Who, With string // the speaker, and the program at the other end
	What      CycleStep
	Code, Sub uint8  // of a NOTIFICATION
	Shape     uint64 // outline of the speaker's state then
}

// CycleStep is what happened.
type CycleStep uint8

// Steps.
const (
	CycleNotification CycleStep = iota + 1 // Who sends Code, Sub
	CycleUp                                // its session comes up
	CycleDown                              // its session ends
	CycleLost                              // a connection ends by the other end or the network
)

// String is one line.
func (n CycleNote) String() string {
	switch n.What {
	case CycleNotification:
		return fmt.Sprintf("%s→%s NOTIFICATION %d/%d", n.Who, n.With, n.Code, n.Sub)
	case CycleUp:
		return n.Who + ": session with " + n.With + " up"
	case CycleDown:
		return n.Who + ": session with " + n.With + " down"
	}
	return n.Who + ": connection with " + n.With + " lost"
}

// Bounds of a Cycle.
const (
	// cyclePatience is how many steps a world may need to heal: with jitter two
	// ends that collide in step part after a few.
	cyclePatience = 96
	// cycleLaps is how often a sequence must have come one after the other.
	cycleLaps = 3
	// cycleMost is after how many steps a world that ends sessions all the time
	// but never in the same way twice is given up.
	cycleMost = 1024
)

// Cycle watches a world whose faults have stopped: it should come to rest. The
// zero Cycle has seen nothing.
type Cycle struct{ notes []CycleNote }

// Note takes the next step. late: faults stopped longer ago than any timer runs,
// so that also who keeps a connection whose other end is gone has noticed. The
// violation prints the steps of one lap.
func (c *Cycle) Note(n CycleNote, late bool) *Violation {
	if len(c.notes) >= 2*cycleMost {
		c.notes = append(c.notes[:0], c.notes[cycleMost:]...)
	}
	c.notes = append(c.notes, n)
	k := len(c.notes)
	if k < cyclePatience || !late {
		return nil
	}
	for lap := 1; lap*cycleLaps <= k && lap <= cyclePatience/cycleLaps; lap++ {
		if c.repeats(lap) {
			return violated(LiveCycle, "rest", fmt.Sprintf("%d steps, and in the end always the same %d:\n\t%s", k, lap, lines(c.notes[k-lap:])))
		}
	}
	if k >= cycleMost {
		return violated(LiveCycle, "rest", fmt.Sprintf("%d steps; the last:\n\t%s", k, lines(c.notes[k-16:])))
	}
	return nil
}

// repeats: the last laps of that length are alike, and a session or a
// connection ends in them.
func (c *Cycle) repeats(lap int) bool {
	k, ends := len(c.notes), false
	for i := k - lap*(cycleLaps-1); i < k; i++ {
		if c.notes[i] != c.notes[i-lap] {
			return false
		}
		ends = ends || c.notes[i].What != CycleUp
	}
	return ends
}

func lines(l []CycleNote) string {
	s := make([]string, len(l))
	for i, n := range l {
		s[i] = n.String()
	}
	return strings.Join(s, "\n\t")
}
