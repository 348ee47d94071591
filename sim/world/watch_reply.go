package world

import (
	"fmt"
	"slices"
	"time"

	"github.com/peerloom/peerloom/sim/check"
	"github.com/peerloom/peerloom/speaker"
)

// due is a reply that a speaker owes a client.
type due struct {
	id    string // of the request
	wrong bool   // the command did not parse
	sync  bool
	at    time.Time
	oper  bool // it is for an OPERATIONAL message that somebody is sent
	waits []place
	ended bool // one of its sessions, before the wire had all that it waits for
	shows bool
	shown []string // the lines of a show
	all   []place  // every session that the command is for: the end of one ends a sync
}

// syncPatience is how long a sync waits for the wire (contract 10).
const syncPatience = 30 * time.Second

// place is where a sync reply waits: the last message that its command caused in
// a session. It is looked at only while nothing else has happened to the
// session's queue, whose end it is then (contract 10).
type place struct {
	session *watched
	conn    speaker.ConnID
	moves   int
}

// owe notes the replies that a batch asks for, which has been applied to the
// models.
func (a *api) owe(in *speaker.Input) {
	for i := range in.Commands {
		c := &in.Commands[i]
		d := due{id: c.ID, sync: c.Sync, wrong: c.Kind == speaker.CmdInvalid || slices.Contains(a.refused, c), at: a.node.now()}
		d.oper = c.Kind == speaker.CmdOperational && !d.wrong
		for j, s := range a.node.sessions {
			if c.Sync && !d.wrong && a.node.grew[j] == 1 && s.takes(a) && s.selected(c.Peers) {
				d.waits = append(d.waits, place{s, s.conn, s.moves})
			}
			if s.conn != 0 && s.takes(a) && s.selected(c.Peers) {
				d.all = append(d.all, place{s, s.conn, s.moves})
			}
		}
		if d.shows = showsAll(in.Commands, i); d.shows {
			d.shown = a.shown(c)
		}
		a.due = append(a.due, d)
	}
	a.refused = nil
}

// takes reports whether the client may write to the neighbor.
func (s *watched) takes(a *api) bool {
	if a == nil || a.name == "" {
		return true
	}
	for _, x := range s.cfg.API {
		for _, p := range x.Processes {
			if p == a.name {
				return true
			}
		}
	}
	return false
}

// observeReply judges a reply as it leaves the speaker.
func (n *node) observeReply(a *api, r *speaker.Reply) {
	if len(a.due) == 0 {
		n.w.failAt(n.name, check.NewViolation(check.RunReply, "no reply: every command of client "+a.name+" has its own", replyText(r)))
		return
	}
	d := a.due[0]
	a.due = behind(a.due, 1)
	if d.id != r.ID || d.wrong && r.OK {
		n.w.failAt(n.name, check.NewViolation(check.RunReply, fmt.Sprintf("the reply to command %q of client %s", d.id, a.name), replyText(r)))
		return
	}
	if !r.OK {
		n.gaveUp(a, &d, r)
		return
	}
	if d.ended {
		n.w.failAt(n.name, check.NewViolation(check.RunSync, "an error for client "+a.name+": a session ended before the wire had what its command caused", replyText(r)))
	}
	if v, ok := r.Value.(*speaker.RoutesReply); ok && d.shows {
		n.judgeShown(a, d.shown, v)
	}
	if d.sync && len(d.all) == 0 {
		n.w.failAt(n.name, check.NewViolation(check.RunSync, "an error for client "+a.name+": no session is up that the command is for", replyText(r)))
	}
	for _, p := range d.waits {
		l := n.link(p.conn)
		if p.session.conn != p.conn || p.session.moves != p.moves || l == nil {
			continue
		}
		if k, _ := p.session.model.Pending(); k > 0 || l.outlet.owes(len(l.out)) {
			n.w.failAt(n.name, check.NewViolation(check.RunSync,
				"an answer to client "+a.name+" behind the last message that its command caused for "+l.remote,
				fmt.Sprintf("done, with %d messages in the queue and %d octets that TCP has not taken", k, len(l.out))))
			return
		}
	}
}

// unanswered notes the syncs that come next and will not be fulfilled: the session that
// is ending has messages left of what their commands caused.
func (s *watched) unanswered() {
	if k, _ := s.model.Pending(); k == 0 {
		return
	}
	for _, a := range s.node.apis {
		if len(a.due) == 0 {
			continue
		}
		d := &a.due[0]
		d.ended = d.ended || slices.Contains(d.waits, place{s, s.conn, s.moves})
	}
}

// judgePatience wants no sync whose time is over to wait when timers have been
// served (contract 10).
func (n *node) judgePatience() {
	for _, a := range n.apis {
		if len(a.due) == 0 || a.dead || n.exited {
			continue
		}
		if d := &a.due[0]; d.sync && !d.wrong && len(d.all) > 0 && n.now().Sub(d.at) >= syncPatience {
			n.w.failAt(n.name, check.NewViolation(check.RunSync, fmt.Sprintf("an answer to client %s within %v", a.name, syncPatience),
				fmt.Sprintf("none after %v", n.now().Sub(d.at))))
		}
	}
}

func replyText(r *speaker.Reply) string {
	if r.OK {
		return fmt.Sprintf("done %q", r.ID)
	}
	return fmt.Sprintf("error %q: %s", r.ID, r.Err)
}

// gaveUp judges a sync that is answered with an error: one of the sessions that
// its command reached has ended, or its time is over.
func (n *node) gaveUp(a *api, d *due, r *speaker.Reply) {
	ended := slices.ContainsFunc(d.all, func(p place) bool {
		return p.session.conn != p.conn || !slices.Contains(n.sessions, p.session) // or was taken out by a reload
	})
	if d.oper && !d.sync {
		n.w.failAt(n.name, check.NewViolation(check.RunReply, fmt.Sprintf("done, to client %s: a session takes the OPERATIONAL message", a.name), replyText(r)))
		return
	}
	if len(d.waits) > 0 && !ended && n.now().Sub(d.at) < syncPatience {
		n.w.failAt(n.name, check.NewViolation(check.RunSync,
			fmt.Sprintf("the answer to client %s when the wire has it, or %v are over", a.name, syncPatience), replyText(r)))
	}
}
