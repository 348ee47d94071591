package command

import (
	"fmt"
	"strconv"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/speaker"
)

// verb is one verb phrase.
type verb struct {
	phrase string
	usage  string                                 // what follows the phrase, for Help
	peers  bool                                   // takes a neighbor selector
	waits  bool                                   // takes sync and async as its last word
	parse  func(l *request, args []word) *Problem // nil: ExaBGP has it, this speaker not yet
}

func (v *verb) refused() bool { return v.parse == nil }

// verbList has one row a verb phrase. Where one phrase begins another the longer
// stands first. Rows without parse name what is not there yet.
func verbList() []verb {
	const family = "ipv4|ipv6 SAFI"
	return []verb{
		{"announce route", "PREFIX next-hop IP|self [ATTRIBUTES]", true, true, routes(speaker.CmdAnnounce, "")},
		{"announce attributes", "ATTRIBUTES nlri PREFIX …", true, true, attributes(speaker.CmdAnnounce)},
		{"announce attribute", "ATTRIBUTES nlri PREFIX …", true, true, attributes(speaker.CmdAnnounce)},
		{"announce ipv4", "SAFI ROUTE next-hop IP|self [ATTRIBUTES]", true, true, routes(speaker.CmdAnnounce, "ipv4")},
		{"announce ipv6", "SAFI ROUTE next-hop IP|self [ATTRIBUTES]", true, true, routes(speaker.CmdAnnounce, "ipv6")},
		{"announce eor", "[" + family + "]", true, true, endOfRIB},
		{"announce route-refresh", family, true, true, ofFamily(speaker.CmdRouteRefresh)},
		{"announce flow", "route [{] MATCHES ACTIONS [}]", true, true, routesOf(speaker.CmdAnnounce, Flow)},
		{"announce vpls", "rd RD endpoint N base N offset N size N [ATTRIBUTES]", true, true, routesOf(speaker.CmdAnnounce, VPLS)},
		{"announce l2vpn", "vpls rd RD endpoint N base N offset N size N [ATTRIBUTES]", true, true, routes(speaker.CmdAnnounce, "l2vpn")},
		{"announce bgp-ls", "bgp-ls|bgp-ls-vpn node|link|… protocol N identifier N [DESCRIPTORS] next-hop IP|self link-state [ TLVS ]", true, true, routes(speaker.CmdAnnounce, "bgp-ls")},
		{"announce operational", "asm|adm|rpcq|rpcp|apcq|apcp|lpcq|lpcp afi AFI safi SAFI [advisory TEXT|sequence N [counter N]]", true, true, sendOperational},
		{"announce watchdog", "NAME", true, true, watchdog(false)},
		{"withdraw route", "PREFIX [ATTRIBUTES]", true, true, routes(speaker.CmdWithdraw, "")},
		{"withdraw attributes", "[ATTRIBUTES] nlri PREFIX …", true, true, attributes(speaker.CmdWithdraw)},
		{"withdraw attribute", "[ATTRIBUTES] nlri PREFIX …", true, true, attributes(speaker.CmdWithdraw)},
		{"withdraw ipv4", "SAFI ROUTE [ATTRIBUTES]", true, true, routes(speaker.CmdWithdraw, "ipv4")},
		{"withdraw ipv6", "SAFI ROUTE [ATTRIBUTES]", true, true, routes(speaker.CmdWithdraw, "ipv6")},
		{"withdraw flow", "route [{] MATCHES [}]", true, true, routesOf(speaker.CmdWithdraw, Flow)},
		{"withdraw vpls", "rd RD endpoint N base N offset N size N [ATTRIBUTES]", true, true, routesOf(speaker.CmdWithdraw, VPLS)},
		{"withdraw l2vpn", "vpls rd RD endpoint N base N offset N size N [ATTRIBUTES]", true, true, routes(speaker.CmdWithdraw, "l2vpn")},
		{"withdraw bgp-ls", "bgp-ls|bgp-ls-vpn node|link|… protocol N identifier N [DESCRIPTORS]", true, true, routes(speaker.CmdWithdraw, "bgp-ls")},
		{"withdraw index", "INDEX", true, true, withdrawIndex},
		{"withdraw watchdog", "NAME", true, true, watchdog(true)},
		{"flush adj-rib out", "[IP]", true, true, ofNeighbor(speaker.CmdFlushOut)},
		{"clear adj-rib out", "[IP]", true, true, ofNeighbor(speaker.CmdClearOut)},
		{"clear adj-rib in", "[IP]", true, true, ofNeighbor(speaker.CmdClearIn)},
		{"show adj-rib in", "[extensive] [json] [index] [inet|flow|l2vpn|" + family + "] [IP]", true, false, show(speaker.CmdShowIn)},
		{"show adj-rib out", "[extensive] [json] [index] [inet|flow|l2vpn|" + family + "] [IP]", true, false, show(speaker.CmdShowOut)},
		{"show neighbor", "[IP] summary|extensive|configuration|json", true, false, showNeighbor},
		{"show metrics", "", false, false, plain(speaker.CmdShowMetrics)},
		{"teardown", "[CEASE-SUBCODE [TEXT]]", true, false, teardown},
		{"shutdown", "[TEXT]", false, false, text(speaker.CmdShutdown)},
		{"restart", "", false, false, plain(speaker.CmdRestart)},
		{"reload", "", false, false, plain(speaker.CmdReload)},
		{"version", "", false, false, plain(speaker.CmdVersion)},
		{"ping", "[TEXT]", false, false, text(speaker.CmdPing)},
		{"status", "", false, false, plain(speaker.CmdStatus)},
		{"help", "", false, false, plain(speaker.CmdHelp)},
		{"crash", "", false, false, nil},
		{"create neighbor", "IP local-address IP local-as N peer-as N [router-id IP] [family-allowed AFI-SAFI/…] [api PROCESS] …", false, false, createNeighbor},
		{"delete neighbor", "IP|* …", false, false, deleteNeighbor},
		{"group start", "", false, false, plain(speaker.CmdGroupStart)},
		{"group end", "", false, true, plain(speaker.CmdGroupEnd)},
		{"group", "announce route PREFIX … ; withdraw route PREFIX …", true, true, group},
		{"reset", "", false, false, plain(speaker.CmdReset)},
		{"queue-status", "", false, false, plain(speaker.CmdQueueStatus)},
		{"api version", "4|6", false, false, apiVersion},
		{"bye", "", false, false, plain(speaker.CmdNone)},
		{"enable-ack", "", false, false, control(func(p *Parser, c *speaker.Command) { p.NoAck, c.Quiet = false, false })},
		{"disable-ack", "", false, false, control(func(p *Parser, _ *speaker.Command) { p.NoAck = true })},
		{"silence-ack", "", false, false, control(func(p *Parser, c *speaker.Command) { p.NoAck, c.Quiet = true, true })},
		{"enable-sync", "", false, false, control(func(p *Parser, _ *speaker.Command) { p.Sync = true })},
		{"disable-sync", "", false, false, control(func(p *Parser, _ *speaker.Command) { p.Sync = false })},
	}
}

// verbs is verbList, made once; it is never written.
var verbs = verbList()

// findVerb finds the row whose phrase begins ws.
func findVerb(ws []word) *verb {
	for i := range verbs {
		if begins(verbs[i].phrase, ws) {
			return &verbs[i]
		}
	}
	return nil
}

// begins reports whether ws begins with the words of phrase.
func begins(phrase string, ws []word) bool {
	for i := 0; ; i++ {
		if i == len(ws) || len(phrase) < len(ws[i].text) || phrase[:len(ws[i].text)] != ws[i].text {
			return false
		}
		phrase = phrase[len(ws[i].text):]
		if phrase == "" {
			return true
		}
		if phrase[0] != ' ' {
			return false
		}
		phrase = phrase[1:]
	}
}

type parseFunc = func(l *request, args []word) *Problem

func needOf(k speaker.CommandKind) Need {
	if k == speaker.CmdWithdraw {
		return NeedNothing
	}
	return NeedNextHop
}

// routesOf reads routes whose family follows from the verb.
func routesOf(k speaker.CommandKind, read func([]string, Need) ([]speaker.Route, *Problem)) parseFunc {
	return func(l *request, args []word) (prob *Problem) {
		l.cmd.Kind = k
		l.cmd.Routes, prob = read(texts(args), needOf(k))
		return l.checked(prob)
	}
}

// routes reads one route; with an AFI's word the SAFI's word comes first.
func routes(k speaker.CommandKind, afi string) parseFunc {
	return func(l *request, args []word) (prob *Problem) {
		l.cmd.Kind = k
		words := texts(args)
		if afi == "" {
			words, at := unblocked(words)
			if l.cmd.Routes, prob = Routes(words, needOf(k)); prob != nil && prob.Word < len(at) {
				prob.Word = at[prob.Word]
			}
			return l.checked(prob)
		}
		if len(words) == 0 {
			return problem(0, afi+" without a SAFI", "write one of "+FamilyNames(afi))
		}
		r, ok := FamilyByName(afi, words[0])
		if !ok {
			return problem(0, fmt.Sprintf("unknown address family %.40q", afi+" "+words[0]), "write one of "+FamilyNames(afi))
		}
		if !r.Supported() {
			return problem(0, "address family "+r.AFI+" "+r.SAFI+" is not supported yet", "write one of "+FamilyNames(afi))
		}
		l.cmd.Routes, prob = r.Routes(r.Family, words[1:], needOf(k))
		return l.checked(prob)
	}
}

// unblocked is a route that is written as in a configuration, with its attributes
// in a block, without the block, and where its words stood; nil: where they do.
func unblocked(words []string) (out []string, at []int) {
	if len(words) < 3 || words[1] != "{" || words[len(words)-1] != "}" {
		return words, nil
	}
	for i, w := range words {
		if i != 1 && i != len(words)-1 && w != ";" {
			out, at = append(out, w), append(at, i)
		}
	}
	return out, at
}

func attributes(k speaker.CommandKind) parseFunc {
	return func(l *request, args []word) (prob *Problem) {
		l.cmd.Kind = k
		l.cmd.Routes, prob = AttributeRoutes(texts(args), needOf(k))
		return l.checked(prob)
	}
}

func sendOperational(l *request, args []word) *Problem {
	l.cmd.Kind = speaker.CmdOperational
	o, err := codec.ParseOperational(texts(args))
	if err != nil {
		return problem(0, err.Error(), "write asm afi ipv4 safi unicast advisory TEXT")
	}
	l.cmd.Operational = &o
	return nil
}

// checked is the problem of the routes that were read. A watchdog is for
// configured routes: in a command's, as with ExaBGP, the word says nothing.
func (l *request) checked(p *Problem) *Problem {
	for i := range l.cmd.Routes {
		l.cmd.Routes[i].Watchdog, l.cmd.Routes[i].Withdrawn = "", false
	}
	return routeProblem(p)
}

// routeProblem words a problem as ExaBGP does: a route without a next hop has
// an error text of its own.
func routeProblem(p *Problem) *Problem {
	if p == nil || p.missingNextHop {
		return p
	}
	return problem(p.Word, "Could not parse route: "+p.What, p.Instead)
}

func plain(k speaker.CommandKind) parseFunc {
	return func(l *request, args []word) *Problem {
		l.cmd.Kind = k
		return noMore(args, 0)
	}
}

// ofNeighbor takes an address at the end for `neighbor IP` before the command.
func ofNeighbor(k speaker.CommandKind) parseFunc {
	return func(l *request, args []word) *Problem {
		l.cmd.Kind = k
		if len(args) == 0 || len(l.cmd.Peers) > 0 {
			return noMore(args, 0)
		}
		a, ok := address(args[0].text)
		if !ok {
			return noMore(args, 0)
		}
		l.cmd.Peers = []speaker.Selector{{Address: a}}
		return noMore(args, 1)
	}
}

func control(do func(p *Parser, c *speaker.Command)) parseFunc {
	return func(l *request, args []word) *Problem {
		if p := noMore(args, 0); p != nil {
			return p
		}
		do(l.parser, l.cmd)
		return nil
	}
}

func text(k speaker.CommandKind) parseFunc {
	return func(l *request, args []word) *Problem {
		l.cmd.Kind = k
		l.cmd.Text = rest(l.line, args, 0)
		return nil
	}
}

func watchdog(withdraw bool) parseFunc {
	return func(l *request, args []word) *Problem {
		if len(args) == 0 {
			return problem(0, "no watchdog", "write "+l.verb.phrase+" NAME")
		}
		l.cmd.Kind, l.cmd.Text, l.cmd.Withdraw = speaker.CmdWatchdog, args[0].text, withdraw
		return noMore(args, 1)
	}
}

func endOfRIB(l *request, args []word) *Problem {
	if len(args) == 0 {
		first, _ := FamilyByName("ipv4", "unicast")
		l.cmd.Kind, l.cmd.Family = speaker.CmdEndOfRIB, first.Family
		return nil
	}
	return ofFamily(speaker.CmdEndOfRIB)(l, args)
}

func ofFamily(k speaker.CommandKind) parseFunc {
	return func(l *request, args []word) (prob *Problem) {
		l.cmd.Kind = k
		if l.cmd.Family, prob = family(args); prob != nil {
			return prob
		}
		return noMore(args, 2)
	}
}

// defaultTeardown is the Cease subcode of a teardown without a number:
// Administrative Shutdown (RFC 4486 §3).
const defaultTeardown = codec.CeaseShutdown

func teardown(l *request, args []word) *Problem {
	l.cmd.Kind, l.cmd.Subcode = speaker.CmdTeardown, defaultTeardown
	if len(args) == 0 {
		return nil
	}
	n, err := strconv.ParseUint(args[0].text, 10, 8)
	if err != nil {
		return problem(0, fmt.Sprintf("%.40q is not a Cease subcode", args[0].text), "write teardown N [TEXT] with N below 256")
	}
	l.cmd.Subcode = uint8(n)
	l.cmd.Text = rest(l.line, args, 1)
	return nil
}

// show reads the options of show adj-rib, in any order.
func show(k speaker.CommandKind) parseFunc {
	return func(l *request, args []word) *Problem {
		l.cmd.Kind = k
		s := &l.cmd.Show
		s.JSON = l.cmd.JSON
		for i := 0; i < len(args); i++ {
			switch w := args[i].text; w {
			case "extensive":
				s.Extensive = true
			case "json":
				s.JSON = true
			case "text":
				s.JSON = false
			case "index":
				s.JSON, s.Index = true, true
			case "inet":
				s.Families = inetFamilies()
			case "flow":
				s.Families = codec.FamilySet{codec.IPv4Flow, codec.IPv4FlowVPN, codec.IPv6Flow, codec.IPv6FlowVPN}
			case "ipv4", "ipv6", "l2vpn", "bgp-ls":
				if w == "l2vpn" && (i+1 == len(args) || !isL2VPN(args[i+1].text)) {
					s.Families = codec.FamilySet{codec.L2VPNVPLS, codec.L2VPNEVPN}
					continue
				}
				f, prob := family(args[i:])
				if prob != nil {
					return prob.at(i)
				}
				s.Families = codec.FamilySet{f}
				i++
			default:
				a, ok := address(w)
				if !ok {
					return problem(i, fmt.Sprintf("unexpected %.40q", w), "write "+l.verb.phrase+" "+l.verb.usage)
				}
				s.Address = a
			}
		}
		return nil
	}
}

func isL2VPN(safi string) bool {
	_, ok := FamilyByName("l2vpn", safi)
	return ok
}

// inetFamilies are those of prefixes, labelled or not.
func inetFamilies() codec.FamilySet {
	return codec.FamilySet{codec.IPv4Unicast, codec.IPv4Multicast, codec.IPv4Labeled, codec.IPv4VPN,
		codec.IPv6Unicast, codec.IPv6Multicast, codec.IPv6Labeled, codec.IPv6VPN}
}

func showNeighbor(l *request, args []word) *Problem {
	l.cmd.Kind = speaker.CmdShowNeighbor
	s := &l.cmd.Show
	for i, arg := range args {
		switch w := arg.text; w {
		case "summary":
			s.Summary = true
		case "extensive":
			s.Extensive = true
		case "configuration":
			s.Configuration = true
		case "json":
			s.JSON = true
		default:
			a, ok := address(w)
			if !ok {
				return problem(i, fmt.Sprintf("unexpected %.40q", w), "write "+l.verb.phrase+" "+l.verb.usage)
			}
			s.Address = a
		}
	}
	if l.cmd.JSON && !s.Configuration { // version 6 speaks JSON
		s.JSON = true
	}
	return nil
}
