package scenario

import (
	"errors"

	"github.com/peerloom/peerloom/sim/explore"
	"github.com/peerloom/peerloom/sim/world"
)

// Story is the scenario as [explore.New] takes it: one speaker with one
// neighbor, the peer's capabilities and the lines that the clients write. What
// paces them is left out, and so is the peer's script: every order is explored.
// How many refreshes and resets there may be is the caller's to say.
func (f *File) Story() (explore.Story, error) {
	if len(f.Speakers) != 1 || len(f.Peers) != 1 || len(f.Speakers[0].config.Neighbors) != 1 {
		return explore.Story{}, errors.New("only a story of one speaker with one neighbor and one peer can be explored")
	}
	c := f.Speakers[0].config
	s := explore.Story{Neighbor: c.Neighbors[0], ExaBGP: c.ExaBGP, Without: f.Peers[0].Without}
	if s.Neighbor.PeerAS == 0 {
		s.Neighbor.PeerAS = f.Peers[0].ASN
	}
	for i := range f.Clients {
		k := explore.Client{Process: f.Clients[i].Process}
		for _, step := range f.Clients[i].Script {
			if step.Kind == world.Send {
				k.Lines = append(k.Lines, step.Lines...)
			}
		}
		s.Clients = append(s.Clients, k)
	}
	return s, nil
}

// Pair is the scenario as [explore.NewPair] takes it: two speakers, each the
// only neighbor of the other, and nobody else. Network and faults are left out:
// every order is explored. How many dials, resets and timers there may be is the
// caller's to say.
func (f *File) Pair() (explore.Pair, error) {
	if len(f.Speakers) != 2 || len(f.Peers) != 0 || len(f.Clients) != 0 {
		return explore.Pair{}, errors.New("only a story of two speakers, without peers and clients, can be explored for collisions")
	}
	var p explore.Pair
	for i, s := range f.Speakers {
		p.Names[i], p.Configs[i] = s.Name, *s.config
	}
	return p, nil
}
