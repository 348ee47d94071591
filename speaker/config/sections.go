package config

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/speaker"
	"github.com/peerloom/peerloom/speaker/command"
)

func addFamily(s *codec.FamilySet, f codec.Family) {
	if !s.Has(f) {
		*s = append(*s, f)
	}
}

// statements is the leaves of a section whose lines are families.
func statements(r *reader, n *node) []*node {
	var out []*node
	for _, s := range n.block {
		switch {
		case len(s.words) == 0:
		case s.braces:
			r.add(s.at(), s.name()+" has no block", "end it with ;")
		default:
			out = append(out, s)
		}
	}
	return out
}

func familyBlock(r *reader, d *draft, n *node) {
	if d.Families == nil {
		d.Families = codec.FamilySet{}
	}
	for _, s := range statements(r, n) {
		if s.name() == "all" && len(s.words) == 1 {
			for _, f := range command.AllFamilies() {
				addFamily(&d.Families, f)
			}
			continue
		}
		if f, ok := familyOf(r, s.words, s.at()); ok {
			addFamily(&d.Families, f)
			tooMany(r, s, 2)
		}
	}
}

func tooMany(r *reader, s *node, n int) {
	if len(s.words) > n {
		r.add(s.words[n].at, fmt.Sprintf("unexpected %.40q", s.words[n].text), "leave it out")
	}
}

func addPathBlock(r *reader, d *draft, n *node) {
	if d.Caps.AddPathFamilies == nil {
		d.Caps.AddPathFamilies = codec.FamilySet{}
	}
	for _, s := range statements(r, n) {
		f, ok := familyOf(r, s.words, s.at())
		if !ok {
			continue
		}
		if text(s, 2) == "limit" {
			pathsLimit(r, d, f, s)
		} else {
			tooMany(r, s, 2)
		}
		addFamily(&d.Caps.AddPathFamilies, f)
	}
}

// pathsLimit is "limit N": the most paths of a prefix that we want.
func pathsLimit(r *reader, d *draft, f codec.Family, s *node) {
	n, err := strconv.ParseUint(text(s, 3), 10, 16)
	if err != nil || n == 0 {
		r.add(s.words[2].at, fmt.Sprintf("%.40q is not a limit", text(s, 3)), "write limit 1 to limit 65535")
		return
	}
	tooMany(r, s, 4)
	d.Caps.PathsLimit = append(d.Caps.PathsLimit, codec.PathsLimit{Family: f, Limit: uint16(n)})
}

// prefixLimits: a family and a number in each line.
func prefixLimits(r *reader, d *draft, n *node) {
	for _, s := range statements(r, n) {
		f, ok := familyOf(r, s.words, s.at())
		if !ok {
			continue
		}
		most, err := strconv.ParseUint(text(s, 2), 10, 31)
		if err != nil || most == 0 {
			r.add(s.at(), fmt.Sprintf("%.40q is not a number of routes", text(s, 2)), "write ipv4 unicast 1000;")
			continue
		}
		tooMany(r, s, 3)
		if slices.ContainsFunc(d.PrefixLimits, func(l speaker.PrefixLimit) bool { return l.Family == f }) {
			r.add(s.at(), "a second limit of "+command.FamilyName(f), "remove one of them")
		}
		d.PrefixLimits = append(d.PrefixLimits, speaker.PrefixLimit{Family: f, Max: uint32(most)})
	}
}

func nextHopBlock(r *reader, d *draft, n *node) {
	for _, s := range statements(r, n) {
		f, ok := familyOf(r, s.words, s.at())
		if !ok {
			continue
		}
		e := codec.NextHopFamily{Family: f}
		switch word := text(s, 2); word {
		case "ipv4":
			e.NextHop = codec.IPv4Unicast.AFI()
		case "ipv6":
			e.NextHop = codec.IPv6Unicast.AFI()
		default:
			r.add(s.at(), fmt.Sprintf("%.40q is not the family of a next hop", word), "write "+command.FamilyName(f)+" ipv4; or ipv6;")
			continue
		}
		tooMany(r, s, 3)
		if !slices.Contains(d.nextHops, e) {
			d.nextHops = append(d.nextHops, e)
		}
	}
}

func text(s *node, i int) string {
	if i < len(s.words) {
		return s.words[i].text
	}
	return ""
}

func capabilityTable() []directive[draft] {
	cap := func(f func(*speaker.Capabilities) *bool) func(*reader, *draft, *node) {
		return flag(true, func(d *draft) *bool { return f(&d.Caps) })
	}
	return []directive[draft]{
		{"asn4", leaf, cap(func(c *speaker.Capabilities) *bool { return &c.AS4 })},
		{"extended-message", leaf, cap(func(c *speaker.Capabilities) *bool { return &c.ExtendedMessage })},
		{"graceful-restart", leaf, gracefulRestart},
		{"route-refresh", leaf, cap(func(c *speaker.Capabilities) *bool { return &c.RouteRefresh })},
		{"add-path", leaf, addPath},
		{"multi-session", leaf, cap(func(c *speaker.Capabilities) *bool { return &c.MultiSession })},
		{"operational", leaf, cap(func(c *speaker.Capabilities) *bool { return &c.Operational })},
		{"nexthop", leaf, nextHopCapability},
		{"aigp", leaf, cap(func(c *speaker.Capabilities) *bool { return &c.AIGP })},
		{"software-version", leaf, cap(func(c *speaker.Capabilities) *bool { return &c.SoftwareVersion })},
		{"link-local-nexthop", leaf, cap(func(c *speaker.Capabilities) *bool { return &c.LinkLocalNextHop })},
		{"link-local-prefer", leaf, linkLocalPrefer},
	}
}

// linkLocalPrefer is about which next hop of two a receiver of routes uses: this
// speaker forwards nothing, and tells of both.
func linkLocalPrefer(r *reader, d *draft, n *node) {
	var ignored bool
	flag(true, func(*draft) *bool { return &ignored })(r, d, n)
}

func capabilityBlock(r *reader, d *draft, n *node) {
	run(r, capabilityTable(), d, "capability", n.block)
}

// maxRestart is the longest Restart Time (RFC 4724 §3: 12 bits).
const maxRestart = 4095

func gracefulRestart(r *reader, d *draft, n *node) {
	d.graceful, d.Caps.GracefulRestart = false, 0
	if len(n.words) == 1 {
		d.graceful = true
		return
	}
	v := one(r, n, "SECONDS or disable")
	if on, err := boolean(v.text); err == nil && v.text != "0" && v.text != "1" {
		d.graceful = on
		return
	}
	s, err := strconv.ParseUint(v.text, 10, 16)
	if err != nil || s > maxRestart {
		r.add(v.at, fmt.Sprintf("%.40q is not a restart time", v.text), "write 0 to 4095 seconds, or disable (RFC 4724 §3)")
	}
	d.Caps.GracefulRestart = time.Duration(s) * time.Second
}

var addPathModes = [...]struct {
	word string
	mode codec.AddPathMode
}{
	{"disable", 0},
	{"disabled", 0},
	{"send", codec.AddPathSend},
	{"receive", codec.AddPathReceive},
	{"send/receive", codec.AddPathBoth},
}

func addPath(r *reader, d *draft, n *node) {
	v := one(r, n, "disable, send, receive or send/receive")
	for _, m := range addPathModes {
		if m.word == v.text {
			d.Caps.AddPath = m.mode
			return
		}
	}
	r.add(v.at, fmt.Sprintf("%.40q is not a mode of add-path", v.text), "write disable, send, receive or send/receive")
}

// nextHopCapability: the capability goes with the nexthop section, unless it
// is switched off here.
func nextHopCapability(r *reader, d *draft, n *node) {
	if text(n, 1) == "auto" {
		d.noNextHop = false
		return
	}
	on := true
	flag(true, func(*draft) *bool { return &on })(r, d, n)
	d.noNextHop = !on
}

func staticBlock(r *reader, d *draft, n *node) {
	with := func(read func([]string, command.Need) ([]speaker.Route, *command.Problem)) func(*reader, *draft, *node) {
		return func(r *reader, d *draft, n *node) {
			d.addRoutes(r, n, func(words []string) ([]speaker.Route, *command.Problem) { return read(words, command.NeedNextHop) })
		}
	}
	table := []directive[draft]{
		{"route", either, with(command.Routes)},
		{"attributes", either, with(command.AttributeRoutes)},
		{"attribute", either, with(command.AttributeRoutes)},
	}
	run(r, table, d, "static", n.block)
}

// announceBlock is announce { AFI { SAFI route; } }: all words come from the
// table of families.
func announceBlock(r *reader, d *draft, n *node) {
	table := []directive[draft]{
		{"ipv4", section, announceFamily},
		{"ipv6", section, announceFamily},
		{"l2vpn", section, announceFamily},
		{"bgp-ls", section, announceFamily},
	}
	run(r, table, d, "announce", n.block)
}

func announceFamily(r *reader, d *draft, n *node) {
	for _, s := range n.block {
		if len(s.words) == 0 {
			continue
		}
		row, ok := command.FamilyByName(n.name(), s.name())
		switch {
		case !ok:
			r.add(s.at(), fmt.Sprintf("unknown %.40q in announce %s", s.name(), n.name()), "write one of "+command.FamilyNames(n.name()))
		case !row.Supported():
			r.add(s.at(), "address family "+row.AFI+" "+row.SAFI+" is not supported yet", "write one of "+command.FamilyNames(n.name()))
		default:
			d.addRoutes(r, s, func(words []string) ([]speaker.Route, *command.Problem) {
				return row.Routes(row.Family, words, command.NeedNextHop)
			})
		}
	}
}

// addRoutes reads a route, inline or with its attributes in a block.
func (d *draft) addRoutes(r *reader, n *node, parse func([]string) ([]speaker.Route, *command.Problem)) {
	words := slices.Clone(n.args(1))
	nested := slices.ContainsFunc(n.block, func(s *node) bool { return s.braces })
	for _, s := range n.block {
		if nested {
			words = flatten(words, s)
		} else {
			words = append(words, s.words...)
		}
	}
	routes, p := parse(texts(words))
	if p == nil {
		d.Routes = append(d.Routes, routes...)
		return
	}
	at := n.end
	if p.Word < len(words) {
		at = words[p.Word].at
	}
	instead := p.Instead
	if instead == "" && p.Word == 0 {
		instead = "add next-hop IP or next-hop self"
	}
	r.add(at, p.What, instead)
}

// flatten appends a statement with its block as the words that it was written
// with.
func flatten(words []token, n *node) []token {
	words = append(words, n.words...)
	if !n.braces {
		return append(words, token{text: ";", at: n.end})
	}
	words = append(words, token{text: "{", at: n.end})
	for _, s := range n.block {
		words = flatten(words, s)
	}
	return append(words, token{text: "}", at: n.end})
}

// operationalBlock is operational { asm afi ipv4 safi unicast advisory TEXT; }.
func operationalBlock(r *reader, d *draft, n *node) {
	for _, s := range statements(r, n) {
		o, err := codec.ParseOperational(texts(s.words))
		if err != nil {
			r.add(s.at(), err.Error(), "see docs/EXABGP.md")
			continue
		}
		d.Operational = append(d.Operational, o)
	}
}

// flowBlock is flow { route [NAME] { … } }.
func flowBlock(r *reader, d *draft, n *node) {
	table := []directive[draft]{{"route", either, func(r *reader, d *draft, n *node) {
		d.addRoutes(r, n, func(words []string) ([]speaker.Route, *command.Problem) {
			return command.Flow(words, command.NeedNextHop)
		})
	}}}
	run(r, table, d, "flow", n.block)
}
