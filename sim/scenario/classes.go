package scenario

import (
	"slices"

	"github.com/peerloom/peerloom/sim"
	"github.com/peerloom/peerloom/sim/world"
)

// FaultClass is faults of one kind: a shrinker tries to do without all of
// them, and then without each.
type FaultClass struct {
	Name  string
	Knobs []FaultKnob
}

// FaultKnob is one fault of a class.
type FaultKnob struct {
	Name string // of its line in a scenario
	// Ratio is its probability in the Knobs; the zero Ratio switches it off.
	Ratio func(k *world.Knobs) *sim.Ratio
}

// FaultClasses lists all faults that have a knob, by classes, in the order of
// the knobs.
func FaultClasses() []FaultClass {
	var all []FaultClass
	for _, k := range knobs() {
		if k.class == "" {
			continue
		}
		i := slices.IndexFunc(all, func(c FaultClass) bool { return c.Name == k.class })
		if i < 0 {
			i = len(all)
			all = append(all, FaultClass{Name: k.class})
		}
		all[i].Knobs = append(all[i].Knobs, FaultKnob{k.name, k.ratio})
	}
	return all
}
