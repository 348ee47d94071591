package speaker

import (
	"encoding/binary"
	"iter"
	"slices"
	"time"

	"github.com/peerloom/peerloom/fsm"
	"github.com/peerloom/peerloom/rib"
)

// Established is the connection of the i-th configured neighbor whose session
// is up; 0 when none is. For drivers and oracles that watch a speaker.
func (s *Speaker) Established(i int) ConnID {
	if i >= len(s.peers) || s.peers[i].up == nil {
		return 0
	}
	return s.peers[i].up.conn
}

// Conns is the connections of the i-th configured neighbor's two state machines,
// 0 for each that has none: first that of the machine that dials by itself, then
// that of the one for what the peer opens meanwhile. For oracles that watch a
// speaker.
func (s *Speaker) Conns(i int) (conns [2]ConnID) {
	if i < len(s.peers) {
		for k, c := range s.peers[i].sessions {
			if c != nil {
				conns[k] = c.conn
			}
		}
	}
	return conns
}

// Negotiated is what both ends of conn agreed on; nil before that, and when the
// session is over. For those who put its messages into words.
func (s *Speaker) Negotiated(conn ConnID) *fsm.Negotiated {
	if c := s.conns[conn]; c != nil {
		return c.fsm.Negotiated()
	}
	return nil
}

// AdjRIBIn iterates over the routes that the i-th configured neighbor has
// announced, in the order of their insertion. For oracles that watch a speaker.
func (s *Speaker) AdjRIBIn(i int) iter.Seq[rib.Route] {
	if i >= len(s.peers) {
		return func(func(rib.Route) bool) {}
	}
	return s.peers[i].in.Routes(0)
}

// Clone is an independent copy. It shares what is never changed: the
// configuration and interned attribute sets.
func (s *Speaker) Clone() *Speaker {
	s.cloned = true
	c := *s
	c.arena, c.steps = nil, nil
	c.conns = make(map[ConnID]*session, len(s.conns))
	c.peers = make([]*peer, len(s.peers))
	for i, p := range s.peers {
		c.peers[i] = p.clone(c.conns)
	}
	c.clients = make([]*client, len(s.clients))
	for i, k := range s.clients {
		d := *k
		d.waiting, d.group = slices.Clone(k.waiting), slices.Clone(k.group)
		c.clients[i] = &d
	}
	return &c
}

func (p *peer) clone(conns map[ConnID]*session) *peer {
	c := *p
	c.out, c.in, c.up = p.out.Clone(), p.in.Clone(), nil
	c.subs, c.held, c.timings = slices.Clone(p.subs), slices.Clone(p.held), slices.Clone(p.timings)
	for i, x := range p.sessions {
		if x == nil {
			continue
		}
		y := *x
		y.peer, y.fsm, y.framer, y.marks = &c, x.fsm.Clone(), x.framer.Clone(), slices.Clone(x.marks)
		c.sessions[i] = &y
		if y.conn != 0 {
			conns[y.conn] = &y
		}
		if p.up == x {
			c.up = &y
		}
	}
	return &c
}

// AppendState appends a canonical encoding of all that decides what the speaker
// will do, times relative to now. Numbers that only count (connections,
// messages, tickets) are left out.
func (s *Speaker) AppendState(b []byte, now time.Time) []byte {
	b = append(b, flag(s.running), flag(s.stopping), flag(s.exited))
	for _, p := range s.peers {
		b = append(b, flag(p.gone)|flag(p.limited)<<1, flag(p.pulling), byte(p.attempts), flag(p.met))
		b = p.kept.appendState(b, now)
		if p.cfg.RateLimit > 0 {
			b = binary.AppendVarint(b, int64(max(0, p.next.Sub(now))))
			b = append(b, flag(!p.pause.IsZero()))
		}
		for _, h := range p.held {
			b = append(b, flag(h))
		}
		for _, c := range p.sessions {
			b = append(b, flag(c != nil), flag(c != nil && p.up == c))
			if c != nil {
				b = c.appendState(b, now)
			}
		}
		b = p.out.AppendState(b)
		b = p.in.AppendState(b)
	}
	for _, c := range s.clients {
		b = binary.AppendUvarint(b, uint64(c.id))
		b = c.appendGroup(b)
		b = binary.AppendUvarint(b, uint64(len(c.waiting)))
		for i := range c.waiting {
			w := &c.waiting[i]
			b = append(b, flag(w.reply.OK), flag(w.deadline.IsZero()), byte(len(w.places)))
			if !w.deadline.IsZero() {
				b = binary.AppendVarint(b, int64(w.deadline.Sub(now)))
			}
		}
	}
	return b
}

func (k *retained) appendState(b []byte, now time.Time) []byte {
	b = binary.AppendUvarint(b, uint64(len(k.families)))
	for _, f := range k.families {
		b = binary.AppendUvarint(b, uint64(f))
	}
	if len(k.families) > 0 {
		b = binary.AppendVarint(b, int64(k.until.Sub(now)))
	}
	return b
}

func (c *session) appendState(b []byte, now time.Time) []byte {
	b = append(b, flag(c.conn != 0), flag(c.incoming), flag(c.met), flag(c.tried))
	b = c.fsm.AppendState(b, now)
	b = binary.AppendUvarint(b, c.queued-c.taken)
	b = binary.AppendUvarint(b, uint64(len(c.marks)))
	for _, m := range c.marks {
		b = append(binary.AppendUvarint(b, m.end-c.taken), byte(m.kind))
	}
	return c.framer.AppendState(b)
}

func flag(v bool) byte {
	if v {
		return 1
	}
	return 0
}
