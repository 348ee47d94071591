package speaker

import (
	"time"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/fsm"
)

// accept takes in a connection that somebody opened to us.
func (s *Speaker) accept(now time.Time, in *Input, out []Action) []Action {
	p := s.match(in)
	if p != nil && p.cfg.Range.IsValid() && !p.gone && s.running && !s.stopping {
		if p, out = s.join(now, p, in.Remote.Addr(), out); p == nil {
			return append(out, Action{Kind: ActClose, Conn: in.Conn})
		}
	}
	if p != nil && p.up != nil && p.up.incoming && p.comesBack() {
		// A peer has one connection of its own dialling with us: it has lost the
		// one before, or the memory of it.
		out = s.replace(now, p, out)
	}
	switch {
	case p == nil:
		out = s.log(nil, LevelWarn, out, "connection from %v to %v: no neighbor is configured for it", in.Remote, in.Local)
	case p.gone || !s.running || s.stopping:
		out = s.log(p, LevelInfo, out, "connection from %v refused: the neighbor is stopped", in.Remote)
	case p.limited:
		out = s.log(p, LevelInfo, out, "connection from %v refused: the peer is over its prefix-limit", in.Remote)
	case p.sessions[secondary] != nil:
		// A connection of the peer's is being dealt with: overwriting it would
		// leave its timers behind.
		out = s.log(p, LevelInfo, out, "connection from %v refused: another one is in progress", in.Remote)
	default:
		return s.admit(now, p, in, out)
	}
	return append(out, Action{Kind: ActClose, Conn: in.Conn})
}

// match is the neighbor that a connection is for: one of that address, or else
// the smallest range with it.
func (s *Speaker) match(in *Input) *peer {
	var ranged *peer
	for _, p := range s.peers {
		n := p.cfg
		switch {
		case n.LocalAddress.IsValid() && n.LocalAddress != in.Local.Addr():
		case !n.Range.IsValid() && n.PeerAddress == in.Remote.Addr():
			return p
		case n.Range.Contains(in.Remote.Addr()) && (ranged == nil || ranged.cfg.Range.Bits() < n.Range.Bits()):
			ranged = p
		}
	}
	return ranged
}

// admit gives the connection to the primary machine when that waits for one,
// and else to a second machine (RFC 4271 §8.2.1); collision detection decides
// between the two when an OPEN has come (§6.8).
func (s *Speaker) admit(now time.Time, p *peer, in *Input, out []Action) []Action {
	c := p.sessions[primary]
	if c.conn != 0 || c.fsm.State() != fsm.Active {
		c = &session{peer: p, incoming: true, fsm: fsm.NewIncoming(p.fsm)}
		p.sessions[secondary] = c
		out = s.step(now, c, fsm.Input{Event: fsm.ManualStartPassive}, out)
	}
	s.open(c, in.Conn)
	c.incoming = true
	return s.connected(now, c, in, fsm.TCPConnectionConfirmed, out)
}

// collide applies RFC 4271 §6.8 to an OPEN that came on c. It reports whether c
// goes on.
func (s *Speaker) collide(now time.Time, c *session, open *codec.Open, n *fsm.Negotiated, out []Action) (bool, []Action) {
	other := c.peer.other(c)
	if other == nil || other.conn == 0 {
		return true, out
	}
	if other == c.peer.up && c.peer.comesBack() && restartedSince(c.peer.agreed.PeerOpen, open) {
		return true, s.replace(now, c.peer, out)
	}
	cfg := &c.peer.fsm
	switch fsm.Collide(cfg.LocalID, cfg.LocalAS, open.ID, n.PeerAS, c.incoming, other.fsm.State()) {
	case fsm.CloseThis:
		out = s.log(c.peer, LevelInfo, out, "collision: this connection is closed, the other one stays")
		return false, s.dump(now, c, out)
	case fsm.CloseOther:
		out = s.log(c.peer, LevelInfo, out, "collision: the other connection is closed, this one stays")
		out = s.dump(now, other, out)
	}
	return true, out
}
