package world

import (
	"fmt"

	"github.com/peerloom/peerloom/sim"
)

// director goes through the script of what is nobody's own: links, crashes,
// clocks.
type director struct {
	w *World
	script
}

// direct checks a script and makes it the network's.
func (w *World) direct(steps []Step) error {
	for i := range steps {
		s := &steps[i]
		if s.Kind == WaitMessages && w.peer(s.A) == nil {
			return fmt.Errorf("network: there is no peer %q", s.A)
		}
		if s.Kind != Strike {
			continue
		}
		if int(s.Fault) >= len(w.faults) || w.faults[s.Fault].script == nil || s.Fault == FaultSet && NetFault(&w.network, s.Text) == nil {
			return fmt.Errorf("network: step %d has no fault that a script may name", i+1)
		}
		if w.faults[s.Fault].speaker && w.node(s.A) == nil {
			return fmt.Errorf("network: %s is no speaker", s.A)
		}
		for _, name := range [...]string{s.A, s.B} {
			if name != "" && len(w.hostsOf(name)) == 0 {
				return fmt.Errorf("network: there is no speaker or peer %s", name)
			}
		}
	}
	w.director = director{w: w, script: script{steps: steps}}
	return nil
}

// peer is the peer of that name; nil: there is none.
func (w *World) peer(name string) *peer {
	for _, p := range w.peers {
		if p.Name == name {
			return p
		}
	}
	return nil
}

func (d *director) woken(e sim.Event) {
	if e.B == d.wake {
		d.waiting = false
		d.advance()
	}
}

// advance goes through the script as far as it can.
func (d *director) advance() {
	for !d.waiting && !d.finished() {
		if !d.do(&d.steps[d.at]) {
			return
		}
		d.at++
		d.w.moved()
	}
}

func (d *director) do(s *Step) bool {
	switch s.Kind {
	case Sleep:
		return d.sleep(d.w, d.w.owner, worldWake, s.For)
	case Strike:
		d.w.faults[s.Fault].script(d.w, s)
		return true
	case Heal:
		d.w.mend()
		return true
	default:
		return d.w.reached(s, nil)
	}
}
