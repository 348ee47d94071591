package world

import (
	"net/netip"

	"github.com/peerloom/peerloom/netsim"
	"github.com/peerloom/peerloom/sim"
)

// Twins enumerates a world in which some peers differ in nothing but their names
// and addresses. As long as nothing has happened to one of them that has not
// happened to the other, what follows an event of the one follows that of the
// other too, with other names: of such events that are tied one goes first, and
// the others only behind it.
//
// That holds where nothing counts deviations from the dullest: the order of ties
// that counts as dull is by the order in which a speaker has its neighbors.
//
// A speaker that treats its second neighbor otherwise than its first, for no reason
// that its configuration has, is not seen to do so where the second is never first.
type Twins struct {
	*sim.Enumerate
	world *World
	twins []twin
	now   *twin // whose event is handled
	// common counts the events of nobody in particular. While one is handled, what
	// is asked of each twin must be answered alike: asked is the question and its answer.
	common uint64
	asked  sim.Pick
}

// twin is a peer that has others like it.
type twin struct {
	name  string
	group int
	past  uint64 // what has happened to it, in short
}

// NewTwins makes the source of one run. groups are the names of peers that are
// alike.
func NewTwins(all *sim.Enumerate, groups [][]string) *Twins {
	t := &Twins{Enumerate: all}
	for i, g := range groups {
		for _, name := range g {
			t.twins = append(t.twins, twin{name: name, group: i})
		}
	}
	return t
}

// Choose answers as the enumeration does.
func (t *Twins) Choose(label sim.Label, n int) int {
	v := t.Enumerate.Choose(label, n)
	if n <= 1 {
		return v
	}
	switch {
	case t.now != nil:
		t.now.happened(string(label), uint64(v))
	case label == sim.LabelFine && v == 0:
	case label != LabelTimer && label != netsim.LabelJitter, t.asked.Label != "" && (t.asked.Label != label || t.asked.V != v):
		t.part()
	default:
		t.asked = sim.Pick{Label: label, V: v}
	}
	return v
}

// part tells the twins apart for good: the answer may be about one of them.
func (t *Twins) part() {
	for i := range t.twins {
		t.twins[i].happened("apart", uint64(i))
	}
}

func (x *twin) happened(what string, v uint64) {
	for i := range len(what) {
		x.past = sim.Mix(x.past, uint64(what[i]))
	}
	x.past = sim.Mix(x.past, v)
}

// Happens is for the loop.
func (t *Twins) Happens(e sim.Event) {
	t.now, t.asked = t.of(e), sim.Pick{}
	if t.now == nil {
		t.common++
		return
	}
	t.now.happened("event", t.common)
	t.now.happened("kind", t.shape(e))
}

// Order picks one of tied events. One that is like an older one is not tried.
func (t *Twins) Order(tied []sim.Event) int {
	var like uint64
	for i := range tied {
		for j := range i {
			if i < 64 && t.alike(tied, i, j) {
				like |= 1 << i
			}
		}
	}
	return t.ChooseBut(sim.LabelTie, len(tied), like)
}

// alike reports whether two of tied events are the same event of two twins to whom
// the same has happened.
func (t *Twins) alike(tied []sim.Event, i, j int) bool {
	x, y := t.of(tied[i]), t.of(tied[j])
	return x != nil && y != nil && x != y && x.group == y.group && x.past == y.past &&
		t.shape(tied[i]) == t.shape(tied[j]) && t.nth(tied, i) == t.nth(tied, j)
}

// nth is how many events like the i-th, of the same twin, are before it.
func (t *Twins) nth(tied []sim.Event, i int) int {
	n := 0
	for k := range i {
		if t.of(tied[k]) == t.of(tied[i]) && t.shape(tied[k]) == t.shape(tied[i]) {
			n++
		}
	}
	return n
}

// shape is what an event of a twin has in common with the same event of another: its
// kind, whether it is the twin's own or the network's or the speaker's, and which
// end of a connection it is about.
func (t *Twins) shape(e sim.Event) uint64 {
	shape := uint64(e.Kind)<<16 | uint64(e.Rank)
	if dialed, _ := t.world.net.Parties(e); dialed.IsValid() {
		return shape<<2 | 2 | e.A&1
	}
	for _, p := range t.world.peers {
		if p.owner == e.Owner {
			return shape<<2 | 1
		}
	}
	return shape << 2
}

// of is the twin whose event it is; nil: of none in particular.
func (t *Twins) of(e sim.Event) *twin {
	for i := range t.twins {
		x := &t.twins[i]
		if p := t.world.peer(x.name); p.owner == e.Owner || t.world.about(e, p.Address) {
			return x
		}
	}
	return nil
}

// about reports whether an event is one of a connection with that address.
func (w *World) about(e sim.Event, a netip.Addr) bool {
	for _, n := range w.nodes {
		if n.owner == e.Owner && e.Kind == nodePull {
			for _, l := range n.links {
				if uint64(l.id) == e.A {
					return l.peer == a
				}
			}
		}
	}
	dialed, accepted := w.net.Parties(e)
	return dialed == a || accepted == a
}

var _ sim.Orderer = (*Twins)(nil)
