package command

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/speaker"
)

// Parser reads the lines of one client, in order: acknowledgement control and
// enable-sync change how the lines after them are answered.
type Parser struct {
	NoAck   bool // done and error are not written (disable-ack, silence-ack)
	Sync    bool // commands wait for the wire unless they say async
	Version int  // of the API: 6 answers in JSON; 0 is 4
}

// Parse reads one line without its newline. A line that is wrong becomes a
// CmdInvalid, to be answered in its turn.
func Parse(line string) speaker.Command {
	var p Parser
	return p.Parse(line)
}

// Parse reads the next line.
func (p *Parser) Parse(line string) speaker.Command {
	ws := split(line)
	for len(ws) > 1 && ws[len(ws)-1].text == ";" { // as a statement of the configuration
		ws = ws[:len(ws)-1]
	}
	c := speaker.Command{Kind: speaker.CmdNone, Sync: p.Sync, Quiet: p.NoAck, JSON: p.Version == 6}
	switch {
	case len(ws) == 0 || ws[0].text == "debug":
		c.Quiet, c.Sync = true, false // only for the log
		return c
	case strings.HasPrefix(ws[0].text, "#"):
		c.Sync = false
		return c
	}
	l := &request{parser: p, line: line, words: ws, cmd: &c, nested: (*request).verbAndArguments}
	l.takeID()
	if prob := l.parse(); prob != nil {
		return speaker.Command{Kind: speaker.CmdInvalid, Err: prob.Error(), Quiet: p.NoAck, ID: c.ID, JSON: c.JSON}
	}
	if !l.verb.waits {
		c.Sync = false
	}
	return c
}

// request is a line while it is read.
type request struct {
	parser *Parser
	line   string
	words  []word
	verb   *verb
	cmd    *speaker.Command
	nested func(*request) *Problem // verbAndArguments, for the commands of a group
}

// parse reads selectors, the verb phrase and its arguments.
func (l *request) parse() *Problem {
	l.words = versionFour(l.words)
	n, prob := l.selectors()
	if prob != nil {
		return prob
	}
	l.words = l.words[n:]
	if len(l.words) == 0 {
		return problem(n, "a neighbor selector without a command", "write announce, withdraw, flush, clear or teardown after it")
	}
	return l.verbAndArguments().at(n)
}

// verbAndArguments reads what follows the selectors.
func (l *request) verbAndArguments() *Problem {
	selected := len(l.cmd.Peers) > 0
	l.words = versionFour(l.words)
	l.verb = findVerb(l.words)
	if l.verb == nil {
		return unknown(l.words)
	}
	if l.verb.refused() {
		return problem(0, l.verb.phrase+" is not supported yet", "see help for what is")
	}
	if selected && !l.verb.peers {
		return problem(0, l.verb.phrase+" takes no neighbor selector", "leave it out")
	}
	if l.verb.waits {
		l.lastWord()
	}
	args := l.words[strings.Count(l.verb.phrase, " ")+1:]
	return l.verb.parse(l, args)
}

// lastWord takes `sync` or `async` off the end.
func (l *request) lastWord() {
	switch last := len(l.words) - 1; l.words[last].text {
	case "sync":
		l.cmd.Sync = true
		l.words = l.words[:last]
	case "async":
		l.cmd.Sync = false
		l.words = l.words[:last]
	}
}

// selectors reads "neighbor IP k v … [, neighbor …]", or as version 6 has it
// "peer IP k v …" and "peer [ IP k v …, IP … ]", and says how many words that
// was.
func (l *request) selectors() (int, *Problem) {
	if begins("peer", l.words) {
		return l.peerSelectors()
	}
	n := 0
	for n < len(l.words) && l.words[n].text == "neighbor" {
		if n+1 == len(l.words) {
			return n, problem(n, "neighbor without an address", "write neighbor IP or neighbor *")
		}
		s, used, prob := selector(l.words[n+1:])
		if prob != nil {
			return n, prob.at(n + 1)
		}
		l.cmd.Peers = append(l.cmd.Peers, s)
		n += 1 + used
		if n < len(l.words) && l.words[n].text == "," {
			n++
			continue
		}
		break
	}
	return n, nil
}

func (l *request) peerSelectors() (int, *Problem) {
	n := 1
	list := n < len(l.words) && l.words[n].text == "["
	if list {
		n++
	}
	for {
		if n == len(l.words) {
			return n, problem(n, "peer without an address", "write peer IP, peer * or peer [IP, IP]")
		}
		s, used, prob := selector(l.words[n:])
		if prob != nil {
			return n, prob.at(n)
		}
		l.cmd.Peers = append(l.cmd.Peers, s)
		n += used
		switch {
		case !list:
			return n, nil
		case n < len(l.words) && l.words[n].text == ",":
			n++
		case n < len(l.words) && l.words[n].text == "]":
			return n + 1, nil
		default:
			return n, problem(n, "a list of peers is not closed", "write peer [IP, IP]")
		}
	}
}

// selectorKey is one "key value" of a selector.
type selectorKey struct {
	name string
	set  func(s *speaker.Selector, v string) bool
}

var selectorKeys = [...]selectorKey{
	{"local-ip", func(s *speaker.Selector, v string) (ok bool) { s.LocalIP, ok = address(v); return }},
	{"local-as", func(s *speaker.Selector, v string) (ok bool) { s.LocalAS, ok = asNumber(v); return }},
	{"peer-as", func(s *speaker.Selector, v string) (ok bool) { s.PeerAS, ok = asNumber(v); return }},
	{"router-id", func(s *speaker.Selector, v string) (ok bool) { s.RouterID, ok = address(v); return }},
	{"family-allowed", func(s *speaker.Selector, v string) bool { s.FamilyAllowed = v; return v != "" }},
}

func address(v string) (netip.Addr, bool) {
	a, err := netip.ParseAddr(v)
	return a, err == nil
}

func asNumber(v string) (uint32, bool) {
	n, err := strconv.ParseUint(v, 10, 32)
	return uint32(n), err == nil && n != 0
}

func selector(ws []word) (s speaker.Selector, n int, prob *Problem) {
	if ws[0].text == "*" {
		s.Any = true
	} else if a, ok := address(ws[0].text); ok {
		s.Address = a
	} else {
		return s, 0, problem(0, fmt.Sprintf("%q is not an address", ws[0].text), "write neighbor IP or neighbor *")
	}
	n = 1
next:
	for n < len(ws) {
		for _, k := range selectorKeys {
			if k.name != ws[n].text {
				continue
			}
			if n+1 == len(ws) || !k.set(&s, ws[n+1].text) {
				return s, n, problem(n, "bad value of "+k.name, "write "+k.name+" VALUE")
			}
			n += 2
			continue next
		}
		break
	}
	return s, n, nil
}

// unknown says what could have been written.
func unknown(ws []word) *Problem {
	var could []string
	first := ws[0].text
	for i := range verbs {
		if v := &verbs[i]; strings.HasPrefix(v.phrase, first+" ") {
			could = append(could, v.phrase)
		}
	}
	if len(could) == 0 {
		for i := range verbs {
			head, _, _ := strings.Cut(verbs[i].phrase, " ")
			if len(could) == 0 || could[len(could)-1] != head {
				could = append(could, head)
			}
		}
	}
	said := first
	if len(ws) > 1 {
		said += " " + ws[1].text
	}
	return problem(0, fmt.Sprintf("unknown command %.80q", said), "write one of "+strings.Join(could, ", "))
}

// family reads two family words.
func family(args []word) (codec.Family, *Problem) {
	if len(args) < 2 {
		return 0, problem(len(args), "no address family", "write one of "+FamilyNames(""))
	}
	r, ok := FamilyByName(args[0].text, args[1].text)
	if !ok {
		return 0, problem(0, fmt.Sprintf("unknown address family %.40q", args[0].text+" "+args[1].text),
			"write one of "+FamilyNames(""))
	}
	if !r.Supported() {
		return 0, problem(0, "address family "+r.AFI+" "+r.SAFI+" is not supported yet",
			"write one of "+FamilyNames(""))
	}
	return r.Family, nil
}

func noMore(args []word, n int) *Problem {
	if len(args) > n {
		return problem(n, fmt.Sprintf("unexpected %.40q", args[n].text), "leave it out")
	}
	return nil
}
