package check

import (
	"fmt"
	"net/netip"
	"reflect"
	"slices"
	"strings"
)

// SaidNeighbor is what the words of a configuration say of a neighbor. Times are in
// seconds; families are AFI and SAFI.
type SaidNeighbor struct {
	Address, LocalAddress, RouterID          netip.Addr // LocalAddress zero: auto
	LocalAS, PeerAS                          uint32     // PeerAS 0: auto
	Hold, Retry, DelayOpen, SendHold         int
	IdleHoldMax, Restart, Listen             int
	Passive, Damp, Early, Group              bool
	AdjRIBIn, ManualEOR                      bool
	AS4, Extended, Refresh, LinkLocalNextHop bool
	Operational                              bool
	Opers                                    []Oper
	Paths                                    uint8 // Send/Receive of RFC 7911
	Rate                                     int   // most messages in a second; 0: no limit
	Families                                 [][2]int
	Limits                                   [][3]int // and the most routes
	NextHops                                 [][3]int // and the AFI of the next hop
	Routes                                   []InRoute
	Watchdogs                                []string // of each route
	Held                                     []bool
}

// JudgeConfiguration holds neighbors as the daemon has them against the lines of their
// configuration. Those that say what is beyond this model are passed over.
func JudgeConfiguration(lines []string, have []SaidNeighbor) *Violation {
	want, known := ReadNeighbors(lines)
	if len(want) != len(have) {
		return violated(SaidConfiguration, fmt.Sprintf("%d neighbors", len(want)), fmt.Sprint(len(have)))
	}
	for i := range want {
		if !want[i].RouterID.IsValid() {
			want[i].RouterID = want[i].LocalAddress // the default
		}
		if want[i].Restart == restartAsHold {
			want[i].Restart = want[i].Hold
		}
		if len(want[i].Families) == 0 {
			continue // all that the daemon knows
		}
		if known[i] && !reflect.DeepEqual(want[i], have[i]) {
			return violated(SaidConfiguration, fmt.Sprintf("%+v", want[i]), fmt.Sprintf("%+v", have[i]))
		}
	}
	return nil
}

// restartAsHold is a graceful-restart without a time: the hold time's, which may be
// said later.
const restartAsHold = -1

// saidReader reads the blocks of a configuration, of a statement or a brace a line.
type saidReader struct {
	l         []SaidNeighbor
	known     []bool // false for one of which a word is beyond this model
	templates map[string][]string
	blocks    []string // that are open
}

// ReadNeighbors reads the neighbor blocks; known is false for one of which a word is
// beyond this model.
func ReadNeighbors(lines []string) (l []SaidNeighbor, known []bool) {
	r := &saidReader{templates: map[string][]string{}}
	for _, line := range lines {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			r.line(line)
		}
	}
	return r.l, r.known
}

func (r *saidReader) line(line string) {
	w := saidWords(line)
	last := len(w.words) - 1
	within := func(k int, word string) bool {
		return len(r.blocks) > k && strings.HasPrefix(r.blocks[k], word)
	}
	template := ""
	if within(0, "template") && within(1, "neighbor ") {
		template = strings.TrimPrefix(r.blocks[1], "neighbor ")
	}
	switch {
	case last >= 0 && w.words[last] == "{":
		if template != "" {
			r.templates[template] = append(r.templates[template], line)
		}
		if r.blocks = append(r.blocks, strings.Join(w.words[:last], " ")); len(r.blocks) == 1 && w.take("neighbor") {
			n := SaidNeighbor{Address: w.address(w.next()), Hold: 180, Group: true, AdjRIBIn: true, AS4: true, Extended: true}
			r.l, r.known = append(r.l, n), append(r.known, !w.wrong)
		}
		if len(r.blocks) == 2 && within(0, "template") {
			r.templates[strings.TrimPrefix(r.blocks[1], "neighbor ")] = nil
		}
	case len(w.words) == 1 && w.words[0] == "}":
		if r.blocks = r.blocks[:max(0, len(r.blocks)-1)]; template != "" && len(r.blocks) > 1 {
			r.templates[template] = append(r.templates[template], line)
		}
	case template != "":
		r.templates[template] = append(r.templates[template], line)
	case within(0, "neighbor "):
		r.statement(w, line)
	}
}

// statement is one within a neighbor: of its own, or one that stands for those of
// templates.
func (r *saidReader) statement(w *said, line string) {
	at := len(r.l) - 1
	switch last := len(w.words) - 1; {
	case strings.HasPrefix(line, "description "):
		return // it changes nothing
	case last < 1 || w.words[last] != ";":
		w.wrong = true
	case len(r.blocks) == 1 && w.take("inherit"):
		for _, name := range w.list("[", "]") {
			lines, ok := r.templates[name]
			w.wrong = w.wrong || !ok
			for _, l := range lines {
				r.line(l)
			}
		}
	default:
		w.words = w.words[:last]
		r.l[at].statement(w, r.blocks[1:])
		w.wrong = w.wrong || len(w.words) > 0
	}
	r.known[at] = r.known[at] && !w.wrong
}

// statement is one within blocks of a neighbor.
func (n *SaidNeighbor) statement(w *said, blocks []string) {
	pair := func() [2]int {
		afi, safi := w.family()
		return [2]int{int(afi), int(safi)}
	}
	switch block := strings.Join(blocks, " "); {
	case block == "":
		n.directive(w)
	case block == "capability":
		n.capability(w)
	case block == "family":
		if f := pair(); !slices.Contains(n.Families, f) {
			n.Families = append(n.Families, f)
		}
	case block == "prefix-limit":
		f := pair()
		n.Limits = append(n.Limits, [3]int{f[0], f[1], int(w.number(w.next(), 31))})
	case block == "nexthop":
		f := pair()
		n.NextHops = append(n.NextHops, [3]int{f[0], f[1], 1 + slices.Index([]string{"ipv4", "ipv6"}, w.next())})
	case block == "operational":
		if o := w.oper(); o != nil {
			n.Opers = append(n.Opers, *o)
		}
	case block == "static":
		w.wrong = w.wrong || w.peek() != "route"
		for _, r := range w.routes(true) {
			n.Routes, n.Watchdogs, n.Held = append(n.Routes, r), append(n.Watchdogs, w.dog), append(n.Held, w.held && w.dog != "")
		}
	case strings.HasPrefix(block, "api"):
		w.words = nil // who hears what is another matter
	default:
		w.wrong = true
	}
}

func (n *SaidNeighbor) directive(w *said) {
	truth := func(bare bool) bool {
		if len(w.words) == 0 {
			return bare
		}
		s := w.next()
		w.wrong = w.wrong || s != "true" && s != "false"
		return s == "true"
	}
	seconds := func() int { return int(w.number(w.next(), 16)) }
	switch name := w.next(); name {
	case "router-id":
		n.RouterID = w.address(w.next())
	case "local-address":
		if !w.take("auto") {
			n.LocalAddress = w.address(w.next())
		}
	case "local-as":
		n.LocalAS = w.asNumber(w.next())
	case "peer-as":
		if !w.take("auto") {
			n.PeerAS = w.asNumber(w.next())
		}
	case "hold-time":
		n.Hold = seconds()
	case "connect-retry":
		n.Retry = seconds()
	case "delay-open":
		n.DelayOpen = seconds()
	case "send-hold-time":
		if n.SendHold = -1; !w.take("off") {
			n.SendHold = seconds()
		}
	case "rate-limit":
		if !w.take("disable") {
			n.Rate = int(w.number(w.next(), 31))
		}
	case "idle-hold-max":
		n.IdleHoldMax = seconds()
	case "listen":
		n.Listen = seconds()
	case "passive":
		n.Passive = truth(true)
	case "damp-peer-oscillations":
		n.Damp = truth(true)
	case "notify-without-open":
		n.Early = truth(true)
	case "group-updates":
		n.Group = truth(true)
	case "adj-rib-in":
		n.AdjRIBIn = truth(false)
	case "manual-eor":
		n.ManualEOR = truth(false)
	case "host-name", "domain-name", "local-link-local":
		w.next() // what is sent of them is judged elsewhere, or is not looked at
	default:
		w.wrong = true
	}
}

// asNumber is one in asplain or, with a dot, in asdot (RFC 5396 §2).
func (w *said) asNumber(s string) uint32 {
	high, low, dotted := strings.Cut(s, ".")
	if !dotted {
		return w.number(s, 32)
	}
	return w.number(high, 16)<<16 + w.number(low, 16)
}

func (n *SaidNeighbor) capability(w *said) {
	switch name := w.next(); name {
	case "asn4":
		n.AS4 = !w.take("disable")
	case "extended-message":
		n.Extended = !w.take("disable")
	case "route-refresh":
		n.Refresh = true
	case "operational":
		n.Operational = true
	case "link-local-nexthop":
		n.LinkLocalNextHop = true
	case "add-path":
		n.Paths = uint8(slices.Index([]string{"disable", "receive", "send", "send/receive"}, w.next()))
	case "graceful-restart":
		if len(w.words) == 0 {
			n.Restart = restartAsHold
			break
		}
		n.Restart = int(w.number(w.next(), 12))
	default:
		w.wrong = true
	}
}
