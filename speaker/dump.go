package speaker

import (
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/peerloom/peerloom/rib"
)

// Dump is the speaker's state at time now, for people: of each neighbor in
// configuration order its sessions, its queue and its tables. Equal speakers
// have equal dumps.
func (s *Speaker) Dump(now time.Time) string {
	var b strings.Builder
	for _, p := range s.peers {
		fmt.Fprintf(&b, "neighbor %s\n", p.cfg.Peers())
		for _, c := range p.sessions {
			if c != nil {
				c.dump(&b, now)
			}
		}
		want, told, queue := p.out.Len()
		fmt.Fprintf(&b, "  out: want %d, told %d, queued %d\n", want, told, queue)
		dumpRoutes(&b, "want", p.out.Want(0))
		dumpRoutes(&b, "told", p.out.Told(0))
		fmt.Fprintf(&b, "  in: %d\n", p.in.Len())
		dumpRoutes(&b, "has", p.in.Routes(0))
	}
	for _, c := range s.clients {
		fmt.Fprintf(&b, "client %d %s: %d replies wait\n", c.id, c.name, len(c.waiting))
	}
	return b.String()
}

func (c *session) dump(b *strings.Builder, now time.Time) {
	kind := "session"
	if c.incoming {
		kind = "incoming session"
	}
	fmt.Fprintf(b, "  %s: %v", kind, c.fsm.State())
	if c.conn != 0 {
		fmt.Fprintf(b, ", connection %d %v > %v, %d octets not taken by TCP", c.conn, c.local, c.remote, c.queued-c.taken)
	}
	if d := c.fsm.Deadline(); !d.IsZero() {
		fmt.Fprintf(b, ", next timer in %v", d.Sub(now))
	}
	b.WriteString("\n")
}

func dumpRoutes(b *strings.Builder, what string, routes iter.Seq[rib.Route]) {
	for r := range routes {
		fmt.Fprintf(b, "    %s %v %v\n", what, r.NLRI, r.Attrs.Attrs)
	}
}
