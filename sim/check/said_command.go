package check

import (
	"slices"
	"strings"
)

// saidVerb is a verb phrase and what reads the words behind it. waits: it may be
// told to be answered when the wire has it.
type saidVerb struct {
	words []string
	waits bool
	read  func(w *said, s *Said)
}

// saidVerbs is the table. A phrase that begins another one stands behind it.
var saidVerbs = [...]saidVerb{
	{[]string{"announce", "eor"}, true, (*said).ofFamily},
	{[]string{"announce", "route-refresh"}, true, (*said).ofFamily},
	{[]string{"announce", "watchdog"}, true, (*said).named},
	{[]string{"withdraw", "watchdog"}, true, (*said).named},
	{[]string{"announce", "operational"}, true, (*said).operational},
	{[]string{"announce"}, true, func(w *said, s *Said) { s.Routes = w.routes(true) }},
	{[]string{"withdraw"}, true, func(w *said, s *Said) { s.Routes = w.routes(false) }},
	{[]string{"flush", "adj-rib", "out"}, true, (*said).alone},
	{[]string{"clear", "adj-rib", "out"}, true, (*said).alone},
	{[]string{"clear", "adj-rib", "in"}, true, (*said).alone},
	{[]string{"teardown"}, false, (*said).teardown},
	{[]string{"group", "start"}, false, (*said).alone},
	{[]string{"group", "end"}, true, (*said).alone},
	{[]string{"group"}, true, (*said).group},
	{[]string{"restart"}, false, (*said).alone},
	{[]string{"reload"}, false, (*said).alone},
	{[]string{"reset"}, false, (*said).alone},
}

// alone is a phrase with nothing behind it.
func (w *said) alone(*Said) {}

func (w *said) ofFamily(s *Said) { s.AFI, s.SAFI = w.family() }

func (w *said) named(s *Said) { s.Text = w.next() }

func (w *said) teardown(s *Said) {
	s.Number = uint8(w.number(w.next(), 8))
	s.Text = strings.Join(w.words, " ")
	w.wrong = w.wrong || strings.ContainsAny(s.Text, "[](){},;")
	w.words = nil
}

// ReadCommand reads a line; known is false where it, or a part of it, is beyond this
// model.
func ReadCommand(line string) (s Said, known bool) { return readCommand(line, false) }

// readCommand is ReadCommand; sync: a command that may wait for the wire does, unless
// it says otherwise.
func readCommand(line string, sync bool) (s Said, known bool) {
	w := saidWords(line)
	if n := len(w.words) - 2; n > 0 && w.words[n] == "id" {
		s.ID, w.words = w.words[n+1], w.words[:n]
	}
	s.Sync = sync
	switch {
	case w.take("delete"): // "delete neighbor SELECTOR"
		s.What, s.Sync = "delete neighbor", false
		s.To = w.peers()
		w.wrong = w.wrong || len(s.To) == 0
	default:
		s.To = w.peers()
		w.verb(&s)
	}
	return s, !w.wrong && len(w.words) == 0
}

func (w *said) verb(s *Said) {
	for _, v := range saidVerbs {
		if !w.take(v.words...) {
			continue
		}
		s.What = strings.Join(v.words, " ")
		s.Sync = s.Sync && v.waits
		if last := len(w.words) - 1; v.waits && last >= 0 && (w.words[last] == "sync" || w.words[last] == "async") {
			s.Sync, w.words = w.words[last] == "sync", w.words[:last]
		}
		v.read(w, s)
		return
	}
	w.wrong = true
}

// group is "announce … ; withdraw … ".
func (w *said) group(s *Said) {
	for !w.wrong {
		end := slices.Index(w.words, ";")
		if end < 0 {
			end = len(w.words)
		}
		part, one := &said{words: w.words[:end]}, Said{To: s.To}
		one.What = part.next()
		one.Routes = part.routes(one.What == "announce")
		w.wrong = part.wrong || len(part.words) > 0 || one.What != "announce" && one.What != "withdraw"
		s.Group = append(s.Group, one)
		if w.words = w.words[end:]; !w.take(";") {
			return
		}
	}
}

// peers reads the selectors.
func (w *said) peers() []SaidPeer {
	var l []SaidPeer
	for w.take("neighbor") || len(l) == 0 && w.take("peer") {
		var p SaidPeer
		if !w.take("*") {
			p.Address = w.address(w.next())
		}
		for more := true; more && !w.wrong; {
			switch {
			case w.take("local-ip"):
				p.LocalIP = w.address(w.next())
			case w.take("router-id"):
				p.RouterID = w.address(w.next())
			case w.take("local-as"):
				p.LocalAS = w.number(w.next(), 32)
			case w.take("peer-as"):
				p.PeerAS = w.number(w.next(), 32)
			case w.take("family-allowed"):
				p.FamilyAllowed = w.next()
			default:
				more = false
			}
		}
		if l = append(l, p); !w.take(",") {
			break
		}
	}
	return l
}

// family is two words.
func (w *said) family() (afi uint16, safi uint8) {
	afis := map[string]uint16{"ipv4": 1, "ipv6": 2, "l2vpn": 25, "bgp-ls": 16388}
	safis := map[string]uint8{"unicast": 1, "multicast": 2, "nlri-mpls": 4, "mcast-vpn": 5, "vpls": 65, "evpn": 70,
		"bgp-ls": 71, "sr-policy": 73, "mpls-vpn": 128, "rtc": 132, "flow": 133}
	afi, safi = afis[w.next()], safis[w.next()]
	w.wrong = w.wrong || afi == 0 || safi == 0
	return afi, safi
}
