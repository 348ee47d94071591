package world

import (
	"fmt"
	"strings"
)

// Dump is the world's state, for people: speakers with their sessions, queues
// and tables, what the peers have, the scripts and the connections.
func (w *World) Dump() string {
	var b strings.Builder
	for _, n := range w.nodes {
		fmt.Fprintf(&b, "speaker %s\n%s", n.name, indent(n.sp.Dump(w.now())))
		for _, l := range n.links {
			fmt.Fprintf(&b, "  connection %d to %s: %d octets to write, more to pull: %v\n", l.id, l.remote, len(l.out), l.pulling)
		}
	}
	for _, p := range w.peers {
		fmt.Fprintf(&b, "peer %s: step %d of %d, %d connections\n", p.Name, p.at, len(p.steps), len(p.conns))
		if text, ok := w.View(p.Name); ok {
			b.WriteString(indent(text + "\n"))
		}
	}
	for _, a := range w.clients {
		fmt.Fprintf(&b, "client %s: step %d of %d, %d commands without an answer\n", a.name, a.at, len(a.steps), a.open)
	}
	return b.String() + "network\n" + indent(w.net.Dump())
}

func indent(s string) string {
	if s == "" {
		return ""
	}
	return "  " + strings.ReplaceAll(strings.TrimSuffix(s, "\n"), "\n", "\n  ") + "\n"
}
