package speaker

import (
	"reflect"
	"slices"
	"time"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/fsm"
	"github.com/peerloom/peerloom/rib"
)

// reload puts c in the place of the present configuration, as a difference: a
// neighbor whose session parameters are the same keeps its session, and is told
// what left, came or changed; one whose parameters changed is reset and keeps
// what clients announced; one that left is stopped.
func (s *Speaker) reload(now time.Time, c *Config, out []Action) []Action {
	neighbors, err := c.neighbors()
	if err != nil {
		return s.log(nil, LevelError, out, "configuration not applied: %v", err)
	}
	old := s.peers
	observe := s.config.Observe
	s.config, s.peers = *c, nil
	if c.Observe == nil {
		s.config.Observe = observe
	}
	var fresh []*peer
	for _, n := range neighbors {
		k := slices.IndexFunc(old, func(p *peer) bool { return p.cfg.Name == n.Name && !p.gone })
		if k < 0 {
			p := s.newPeer(n)
			s.peers, fresh = append(s.peers, p), append(fresh, p)
			continue
		}
		p := old[k]
		old = slices.Delete(slices.Clone(old), k, k+1)
		s.peers = append(s.peers, p)
		out = s.reconfigure(now, p, n, out)
	}
	for _, p := range old {
		if p.dynamic && !p.gone {
			s.peers = append(s.peers, p)
			continue
		}
		if p.of != "" && !p.gone {
			var stays bool
			if stays, out = s.rejoin(now, p, out); stays {
				continue
			}
		}
		p.gone = true
		out = s.stopPeer(now, p, codec.Notification{Code: codec.CodeCease, Subcode: codec.CeaseDeconfigured}, out)
		s.forget(p)
	}
	if s.running && !s.stopping {
		for _, p := range fresh {
			out = s.startPeer(now, p, out)
		}
	}
	return out
}

// reconfigure applies n to the neighbor of the same name.
func (s *Speaker) reconfigure(now time.Time, p *peer, n *Neighbor, out []Action) []Action {
	same := sameSession(p.cfg, n)
	p.dynamic, p.of = false, ""
	p.held = held(n, p.cfg, p.held)
	p.cfg = n
	p.subs = s.subscribers(n)
	p.out.Configure(p.configured())
	if same {
		return s.wake(p, out)
	}
	// The other parameters come into force with the next session. Until then
	// the peer is gone: the end of a second connection must not start the machine
	// again that is about to be replaced.
	p.gone = true
	out = s.stopPeer(now, p, codec.Notification{Code: codec.CodeCease, Subcode: codec.CeaseConfigChange}, out)
	p.gone, p.limited = false, false
	p.fsm = s.sessionConfig(n, s.config.Restarted && !p.met)
	p.out.SetModes(n.GroupUpdates, n.ManualEOR)
	p.in = rib.NewIn(s.interner, n.AdjRIBIn)
	p.sessions[primary] = &session{peer: p, fsm: fsm.New(p.fsm)}
	if s.running && !s.stopping {
		out = s.startPeer(now, p, out)
	}
	return out
}

// sameSession reports whether a and b differ in nothing that a session depends
// on.
func sameSession(a, b *Neighbor) bool {
	x, y := *a, *b
	x.Routes, y.Routes = nil, nil
	x.API, y.API = nil, nil
	x.Description, y.Description = "", ""
	x.RateLimit, y.RateLimit = 0, 0
	return reflect.DeepEqual(x, y)
}
