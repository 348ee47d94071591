package world

import (
	"encoding/binary"
	"slices"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/sim/malform"
)

// mostOver is the largest prefix limit that a fault exceeds: larger ones would
// take all the run's time.
const mostOver = 1024

// overs are the sessions of scripted peers that have a prefix limit for IPv4
// unicast.
func (w *World) overs() []*peer {
	var all []*peer
	for _, p := range w.peers {
		if c := p.session(); c != nil && w.limit(p) > 0 && w.limit(p) <= mostOver {
			all = append(all, p)
		}
	}
	return all
}

func overs(w *World) int { return len(w.overs()) }

// limit is the most prefixes of IPv4 unicast that p may announce; 0: any number.
func (w *World) limit(p *peer) uint32 {
	for _, n := range w.nodes {
		for _, s := range n.sessions {
			if p.meets(s) {
				return limitOf(s.cfg, codec.IPv4Unicast)
			}
		}
	}
	return 0
}

// Ways to exceed a limit: what a speaker may count wrong.
const (
	overAtOnce   = iota // all prefixes in one UPDATE
	overOneByOne        // an UPDATE for each
	overTwice           // each said twice: as many messages within the limit as beyond it
	overSwing           // each said, withdrawn and said again
	nOver
)

func (w *World) exceedAt(i int) {
	p := w.overs()[i]
	// One more than the limit ends the session; as many as it allows do not.
	p.exceed(int(w.limit(p))+w.src.Choose(LabelFaultFor, 2), w.src.Choose(LabelFaultHow, nOver))
}

// exceedNamed has a peer announce one prefix more than its limit, or than the
// hundred that it is if there is none.
func (w *World) exceedNamed(s *Step) {
	p := w.peer(s.A)
	if p == nil || p.session() == nil {
		return
	}
	n := 100
	if l := w.limit(p); l > 0 && l <= mostOver {
		n = int(l) + 1
	}
	p.exceed(n, overOneByOne)
}

// exceed announces n prefixes, 198.19.0.0/32 and those behind it (RFC 2544), in
// one of the ways.
func (p *peer) exceed(n, how int) {
	c := p.session()
	attrs, _ := c.speech.Attributes(nil, false)
	paths := sendsPaths(c.mine, c.open, codec.IPv4Unicast)
	var all []byte
	for i := range n {
		nlri := binary.BigEndian.AppendUint32([]byte{32}, 198<<24|19<<16|uint32(i))
		if paths {
			nlri = malform.WithPath(0, nlri)
		}
		one := malform.UpdateOf(nil, attrs, nlri)
		switch how {
		case overAtOnce:
			all = append(all, nlri...)
		case overOneByOne:
			p.send(c, one)
		case overTwice:
			p.send(c, append(slices.Clone(one), one...))
		case overSwing:
			p.send(c, one)
			p.send(c, malform.UpdateOf(nlri, nil, nil))
			p.send(c, one)
		}
	}
	for len(all) > 0 { // 255 prefixes are well within 4,096 octets
		k := min(len(all), 255*len(malform.WithPath(0, make([]byte, 5))))
		if !paths {
			k = min(len(all), 255*5)
		}
		p.send(c, malform.UpdateOf(nil, attrs, all[:k]))
		all = all[k:]
	}
}
