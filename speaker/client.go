package speaker

import (
	"slices"
	"time"

	"github.com/peerloom/peerloom/rib"
)

// syncTimeout is how long a sync reply waits for the wire.
const syncTimeout = 30 * time.Second

// client is one API client: who it is, and its replies that wait for the wire.
type client struct {
	id      ClientID
	name    string // the process's name; "" for a client that is none
	waiting []waiter

	// An open group: routes that wait for its end.
	grouping bool
	group    []Command
	grouped  int // routes in group
}

// waiter is a reply in its place: those behind it wait too, so that replies
// come in the order of the commands. Its bound is what the driver lets a client
// have outstanding.
type waiter struct {
	reply    Reply
	deadline time.Time // zero: the reply waits only for its turn
	places   []place
}

// place is what a sync waits for: a place in a session's byte stream.
type place struct {
	conn   ConnID
	ticket rib.Ticket
}

func (s *Speaker) client(id ClientID) *client {
	for _, c := range s.clients {
		if c.id == id {
			return c
		}
	}
	return nil
}

func (s *Speaker) clientUp(id ClientID, name string) {
	s.clients = append(s.clients, &client{id: id, name: name})
	s.resubscribe()
}

func (s *Speaker) clientDown(id ClientID) {
	s.clients = slices.DeleteFunc(s.clients, func(c *client) bool { return c.id == id })
	s.resubscribe()
}

func (s *Speaker) resubscribe() {
	for _, p := range s.peers {
		p.subs = s.subscribers(p.cfg)
	}
}

// deadline is when the first of c's syncs gives up; zero: none waits.
func (c *client) deadline() time.Time {
	for i := range c.waiting {
		if !c.waiting[i].deadline.IsZero() {
			return c.waiting[i].deadline
		}
	}
	return time.Time{}
}

// answer gives out the replies whose turn has come.
func (s *Speaker) answer(out []Action) []Action {
	for _, c := range s.clients {
		n := 0
		for ; n < len(c.waiting) && s.done(&c.waiting[n]); n++ {
			r := c.waiting[n].reply
			out = append(out, Action{Kind: ActReply, Client: c.id, Reply: &r})
		}
		if n > 0 {
			c.waiting = slices.Delete(c.waiting, 0, n)
		}
	}
	return out
}

// done reports whether the wire has all that w waits for.
func (s *Speaker) done(w *waiter) bool {
	if w.deadline.IsZero() {
		return true
	}
	for _, pl := range w.places {
		c := s.conns[pl.conn]
		switch {
		case c == nil || c.peer.up != c:
			w.fail("the session ended before the wire had it")
			return true
		case !c.has(pl.ticket):
			return false
		}
	}
	return true
}

func (w *waiter) fail(why string) {
	w.reply.OK, w.reply.Err, w.deadline, w.places = false, why, time.Time{}, nil
}

// failSyncs fails what waits for p's session, which just ended.
func (s *Speaker) failSyncs(p *peer) {
	for _, c := range s.clients {
		for i := range c.waiting {
			w := &c.waiting[i]
			if slices.ContainsFunc(w.places, func(pl place) bool { return s.conns[pl.conn] == nil || s.conns[pl.conn].peer == p }) {
				w.fail("the session ended before the wire had it")
			}
		}
	}
}

// expireSyncs fails the syncs whose time is over.
func (s *Speaker) expireSyncs(now time.Time, out []Action) []Action {
	for _, c := range s.clients {
		for i := range c.waiting {
			if w := &c.waiting[i]; !w.deadline.IsZero() && !now.Before(w.deadline) {
				w.fail("the wire did not take it within " + syncTimeout.String())
			}
		}
	}
	return s.answer(out)
}
