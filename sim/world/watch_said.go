package world

import (
	"bytes"
	"strings"

	"github.com/peerloom/peerloom/sim/check"
	"github.com/peerloom/peerloom/speaker"
)

// wording follows the lines that a client's speaker reads, beside the reader that
// makes commands of them.
type wording struct {
	partial []byte
	lines   []string // of which no command has been given out
	mode    check.SaidMode
}

// read takes what was read, and answers how many lines it ends.
func (t *wording) read(data []byte) (lines int) {
	t.partial = append(t.partial, data...)
	for {
		line, rest, whole := bytes.Cut(t.partial, []byte("\n"))
		if !whole {
			return lines
		}
		lines += t.end(line)
		t.partial = behind(t.partial, len(t.partial)-len(rest))
	}
}

// end is the end of a line; one without words is none.
func (t *wording) end(line []byte) (lines int) {
	s := strings.TrimRight(string(line), " \t\r")
	if s == "" {
		return 0
	}
	t.lines = append(t.lines, s)
	return 1
}

// hangUp is the end of all: what is left is a last line.
func (t *wording) hangUp() (lines int) {
	lines = t.end(t.partial)
	t.partial = nil
	return lines
}

// judgeWords holds commands against the lines that they were made of.
func (a *api) judgeWords(commands []speaker.Command) {
	t := &a.wording
	n := min(len(commands), len(t.lines))
	lines := t.lines[:n]
	t.lines = behind(t.lines, n)
	for i, line := range lines {
		if v := check.JudgeCommand(&t.mode, line, saidBy(&commands[i])); v != nil {
			a.w.failAt(a.node.name, v)
		}
	}
}

// verbs are the phrases of the commands whose words are judged.
var verbs = [...]string{
	speaker.CmdInvalid: "(an error)", speaker.CmdAnnounce: "announce", speaker.CmdWithdraw: "withdraw",
	speaker.CmdFlushOut: "flush adj-rib out", speaker.CmdClearOut: "clear adj-rib out", speaker.CmdClearIn: "clear adj-rib in",
	speaker.CmdEndOfRIB: "announce eor", speaker.CmdRouteRefresh: "announce route-refresh", speaker.CmdTeardown: "teardown",
	speaker.CmdReload: "reload", speaker.CmdRestart: "restart", speaker.CmdDeleteNeighbor: "delete neighbor",
	speaker.CmdGroupStart: "group start", speaker.CmdGroupEnd: "group end", speaker.CmdGroup: "group", speaker.CmdReset: "reset",
	speaker.CmdWatchdog: "announce watchdog", speaker.CmdOperational: "announce operational",
}

// saidBy is a command as the words of one.
func saidBy(c *speaker.Command) *check.Said {
	s := &check.Said{Number: c.Subcode, Text: c.Text, Sync: c.Sync, Quiet: c.Quiet, ID: c.ID, Routes: SaidRoutes(c.Routes)}
	if int(c.Kind) < len(verbs) {
		s.What = verbs[c.Kind]
	}
	if c.Kind == speaker.CmdWatchdog && c.Withdraw {
		s.What = "withdraw watchdog"
	}
	if c.Operational != nil {
		o := OperOf(c.Operational)
		s.Oper = &o
	}
	if c.Kind == speaker.CmdInvalid {
		s.Text = c.Err
	}
	if c.Family != 0 {
		s.AFI, s.SAFI = uint16(c.Family.AFI()), uint8(c.Family.SAFI())
	}
	for _, p := range c.Peers {
		s.To = append(s.To, check.SaidPeer{Address: p.Address, LocalIP: p.LocalIP, RouterID: p.RouterID, LocalAS: p.LocalAS, PeerAS: p.PeerAS, FamilyAllowed: p.FamilyAllowed})
	}
	for i := range c.Group {
		s.Group = append(s.Group, *saidBy(&c.Group[i]))
	}
	return s
}

// SaidRoutes are routes as the model of words has them.
func SaidRoutes(routes []speaker.Route) []check.InRoute {
	l := make([]check.InRoute, len(routes))
	for i, r := range routes {
		l[i] = check.InRoute{AFI: uint16(r.NLRI.Family.AFI()), SAFI: uint8(r.NLRI.Family.SAFI()), PathID: r.NLRI.PathID, Wire: r.NLRI.Wire}
		for _, a := range r.Attrs {
			l[i].Attrs = append(l[i].Attrs, check.InAttr{Flags: uint8(a.Flags), Type: uint8(a.Type), Value: string(a.Value)})
		}
	}
	return l
}
