package world

import (
	"github.com/peerloom/peerloom/netsim"
	"github.com/peerloom/peerloom/sim"
)

// NetFault is the probability of a fault of the network itself, by the name of its
// knob; nil: there is none of that name.
func NetFault(f *netsim.Faults, name string) *sim.Ratio {
	for _, x := range [...]struct {
		name  string
		ratio *sim.Ratio
	}{
		{"refuse", &f.Refuse}, {"hang", &f.Hang}, {"slow-connect", &f.Slow}, {"simultaneous-open", &f.Meet},
		{"split", &f.Split}, {"short-write", &f.Short}, {"coalesce", &f.Hold}, {"flip", &f.Flip}, {"cut", &f.Cut},
	} {
		if x.name == name {
			return x.ratio
		}
	}
	return nil
}

// setNamed changes the probability of a fault of the network for a while.
func (w *World) setNamed(s *Step) {
	was := *NetFault(&w.network, s.Text)
	*NetFault(&w.network, s.Text) = s.Ratio
	w.net.SetFaults(w.network)
	w.lastsFor(s, func() {
		*NetFault(&w.network, s.Text) = was
		w.net.SetFaults(w.network)
	})
}

// holds reports whether a step has the network keep writes back.
func holds(s Step) bool { return s.Kind == Strike && s.Fault == FaultSet && s.Text == "coalesce" }
