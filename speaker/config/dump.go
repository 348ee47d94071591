package config

import (
	"fmt"
	"strings"
	"time"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/speaker"
	"github.com/peerloom/peerloom/speaker/command"
)

// Dump is the text of a configuration as it was understood: templates are
// resolved, defaults are written out, routes are split. [Parse] reads it back
// to the same Config in the same environment.
func Dump(c *speaker.Config) []byte {
	w := &dumper{}
	for _, p := range c.Processes {
		w.open("process", word1(p.Name))
		var run []string
		for _, r := range p.Run {
			run = append(run, word1(r))
		}
		w.line("run", strings.Join(run, " "))
		w.line("encoder", map[bool]string{true: "json", false: "text"}[p.JSON])
		w.flag("respawn", p.Respawn)
		w.close()
	}
	for i := range c.Neighbors {
		w.neighbor(&c.Neighbors[i])
	}
	return w.b
}

// dumper writes statements, indented by their depth.
type dumper struct {
	b     []byte
	depth int
}

func (w *dumper) indent() {
	for range w.depth {
		w.b = append(w.b, '\t')
	}
}

func (w *dumper) line(words ...string) {
	w.indent()
	w.b = append(append(w.b, strings.Join(words, " ")...), ";\n"...)
}

func (w *dumper) open(words ...string) {
	w.indent()
	w.b = append(append(w.b, strings.Join(words, " ")...), " {\n"...)
	w.depth++
}

func (w *dumper) close() {
	w.depth--
	w.indent()
	w.b = append(w.b, "}\n"...)
}

func (w *dumper) flag(name string, v bool) { w.line(name, fmt.Sprint(v)) }

// word1 is s as one word: quoted where a bare word would end.
func word1(s string) string {
	bare := s != ""
	for i := 0; i < len(s); i++ {
		bare = bare && !ends(s[i])
	}
	if bare {
		return s
	}
	var b strings.Builder
	b.WriteByte('"')
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < ' ':
			fmt.Fprintf(&b, `\u%04x`, c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}

func seconds(d time.Duration) string { return fmt.Sprint(int64(d / time.Second)) }

func (w *dumper) neighbor(n *speaker.Neighbor) {
	w.open("neighbor", n.Peers())
	text := func(name, v string) {
		if v != "" {
			w.line(name, word1(v))
		}
	}
	port := func(name string, p uint16) {
		if p != 0 {
			w.line(name, fmt.Sprint(p))
		}
	}
	text("description", n.Description)
	w.line("router-id", n.RouterID.String())
	if n.LocalAddress.IsValid() {
		w.line("local-address", n.LocalAddress.String())
	}
	if n.LinkLocal.IsValid() {
		w.line("local-link-local", n.LinkLocal.String())
	}
	w.line("local-as", fmt.Sprint(n.LocalAS))
	as := "auto"
	if n.PeerAS != 0 {
		as = fmt.Sprint(n.PeerAS)
	}
	w.line("peer-as", as)
	w.line("hold-time", seconds(n.HoldTime))
	interval := func(name string, d time.Duration) {
		if d > 0 {
			w.line(name, seconds(d))
		}
	}
	interval("connect-retry", n.ConnectRetry)
	interval("delay-open", n.DelayOpen)
	interval("send-hold-time", n.SendHold)
	if n.SendHold < 0 {
		w.line("send-hold-time", "off")
	}
	w.flag("damp-peer-oscillations", n.Damp)
	interval("idle-hold-max", n.IdleHoldMax)
	w.flag("notify-without-open", n.NotifyEarly)
	w.socket(&n.Socket)
	port("listen", n.Listen)
	port("connect", n.Connect)
	w.flag("passive", n.Passive)
	w.line("rate-limit", fmt.Sprint(n.RateLimit))
	w.flag("group-updates", n.GroupUpdates)
	w.flag("auto-flush", n.AutoFlush)
	w.flag("adj-rib-in", n.AdjRIBIn)
	w.flag("adj-rib-out", n.AdjRIBOut)
	w.flag("manual-eor", n.ManualEOR)
	text("host-name", n.HostName)
	text("domain-name", n.DomainName)
	w.families("family", n.Families)
	w.capabilities(&n.Caps)
	w.limits(n.PrefixLimits)
	for i := range n.API {
		w.api(&n.API[i])
	}
	if len(n.Operational) > 0 {
		w.open("operational")
		for _, o := range n.Operational {
			b, _ := o.AppendText(nil)
			w.line(string(b))
		}
		w.close()
	}
	w.routes(n.Routes)
	w.close()
}

func (w *dumper) families(name string, fams codec.FamilySet) {
	w.open(name)
	for _, f := range fams {
		w.line(command.FamilyName(f))
	}
	w.close()
}

func (w *dumper) limits(l []speaker.PrefixLimit) {
	if len(l) == 0 {
		return
	}
	w.open("prefix-limit")
	for i := range l {
		w.line(command.FamilyName(l[i].Family), fmt.Sprint(l[i].Max))
	}
	w.close()
}

func (w *dumper) capabilities(c *speaker.Capabilities) {
	w.open("capability")
	w.flag("asn4", c.AS4)
	w.flag("extended-message", c.ExtendedMessage)
	w.flag("route-refresh", c.RouteRefresh)
	restart := "disable"
	if c.GracefulRestart > 0 {
		restart = seconds(c.GracefulRestart)
	}
	w.line("graceful-restart", restart)
	for _, m := range addPathModes {
		if m.mode == c.AddPath {
			w.line("add-path", m.word)
		}
	}
	w.flag("software-version", c.SoftwareVersion)
	w.flag("multi-session", c.MultiSession)
	w.flag("operational", c.Operational)
	w.flag("aigp", c.AIGP)
	w.flag("link-local-nexthop", c.LinkLocalNextHop)
	w.close()
	if c.AddPathFamilies != nil {
		w.open("add-path")
		for _, f := range c.AddPathFamilies {
			line := []string{command.FamilyName(f)}
			for _, l := range c.PathsLimit {
				if l.Family == f {
					line = append(line, "limit", fmt.Sprint(l.Limit))
				}
			}
			w.line(line...)
		}
		w.close()
	}
	if len(c.ExtendedNextHop) > 0 {
		w.open("nexthop")
		for _, e := range c.ExtendedNextHop {
			w.line(command.FamilyName(e.Family), e.NextHop.String())
		}
		w.close()
	}
}

func (w *dumper) api(a *speaker.API) {
	w.open("api")
	if len(a.Processes) > 0 {
		var names []string
		for _, p := range a.Processes {
			names = append(names, word1(p))
		}
		w.line("processes", "["+strings.Join(names, " ")+"]")
	}
	w.flag("neighbor-changes", a.NeighborChanges)
	w.flag("negotiated", a.Negotiated)
	w.flag("fsm", a.FSM)
	w.flag("signal", a.Signal)
	w.subscription("send", a.Send)
	w.subscription("receive", a.Receive)
	w.close()
}

func (w *dumper) subscription(name string, s speaker.Subscription) {
	if s == (speaker.Subscription{}) {
		return
	}
	w.open(name)
	w.flag("parsed", s.Parsed)
	w.flag("packets", s.Packets)
	w.flag("consolidate", s.Consolidate)
	w.flag("open", s.Open)
	w.flag("update", s.Update)
	w.flag("notification", s.Notification)
	w.flag("keepalive", s.Keepalive)
	w.flag("refresh", s.Refresh)
	w.flag("operational", s.Operational)
	w.close()
}

// routes keeps their order: consecutive ones of one AFI share a block.
func (w *dumper) routes(routes []speaker.Route) {
	if len(routes) == 0 {
		return
	}
	w.open("announce")
	in := ""
	for _, r := range routes {
		afi, safi, _ := strings.Cut(command.FamilyName(r.NLRI.Family), " ")
		if afi != in {
			if in != "" {
				w.close()
			}
			w.open(afi)
			in = afi
		}
		w.line(safi, command.RouteText(&r))
	}
	w.close()
	w.close()
}
