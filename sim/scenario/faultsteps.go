package scenario

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/peerloom/peerloom/sim"
	"github.com/peerloom/peerloom/sim/world"
)

// strikeForm says what names and values a step of the network's script takes.
type strikeForm uint8

const (
	ofOne     strikeForm = iota + 1 // A
	ofTwo                           // A B
	oneOrTwo                        // A, or A B
	delayForm                       // A B DURATION
	clockForm                       // A +DURATION or -DURATION
	driftForm                       // A MILLIONTHS
	stateForm                       // A, or A with state
	setForm                         // KNOB RATIO
)

// strikeRow is one fault as a step.
type strikeRow struct {
	words string
	fault world.Fault
	form  strikeForm
}

func strikes() []strikeRow {
	return []strikeRow{
		{"reset", world.FaultReset, oneOrTwo},
		{"close", world.FaultClose, oneOrTwo},
		{"half-open", world.FaultHalfOpen, oneOrTwo},
		{"flip", world.FaultFlip, oneOrTwo},
		{"stall", world.FaultStall, oneOrTwo},
		{"deaf", world.FaultDeaf, oneOrTwo},
		{"ghost", world.FaultGhost, ofOne},
		{"clog", world.FaultClog, ofTwo},
		{"partition", world.FaultPartition, ofTwo},
		{"swizzle", world.FaultSwizzle, ofTwo},
		{"one-way", world.FaultOneWay, ofOne},
		{"isolate", world.FaultIsolate, ofOne},
		{"unlisten", world.FaultUnlisten, ofOne},
		{"crash", world.FaultCrash, stateForm},
		{"kill", world.FaultKill, stateForm},
		{"pause", world.FaultPause, ofOne},
		{"reload", world.FaultReload, ofOne},
		{"over-limit", world.FaultOverLimit, ofOne},
		{"delay", world.FaultDelay, delayForm},
		{"clock", world.FaultClock, clockForm},
		{"drift", world.FaultDrift, driftForm},
		{"set", world.FaultSet, setForm},
	}
}

// strikeForms says what to write behind the words.
var strikeForms = [...]string{
	ofOne: "A, or A for DURATION", ofTwo: "A B, or A B for DURATION", oneOrTwo: "A or A B, and for DURATION",
	delayForm: "A B DURATION", clockForm: "A and +5s or -5s", driftForm: "A and millionths such as -200",
	stateForm: "A, with state, for DURATION",
	setForm:   "a knob of the network and a ratio, such as split 1/2 for DURATION",
}

// strikeSteps are the rows of the step table of the network's script.
func strikeSteps() []stepRow {
	rows := []stepRow{{words: "heal", kind: world.Heal, scripts: ofNetwork, what: "nothing", parse: parseNothing, print: printNothing}}
	for _, r := range strikes() {
		rows = append(rows, stepRow{
			words: r.words, kind: world.Strike, scripts: ofNetwork, what: strikeForms[r.form],
			parse: func(s *world.Step, rest string) bool { s.Fault = r.fault; return r.parse(s, strings.Fields(rest)) },
			print: r.print,
			is:    func(s *world.Step) bool { return s.Fault == r.fault },
		})
	}
	return rows
}

func (r *strikeRow) parse(s *world.Step, words []string) bool {
	if k := len(words); k > 2 && words[k-2] == "for" {
		if !parseSleep(s, words[k-1]) {
			return false
		}
		words = words[:k-2]
	}
	if r.form == stateForm && len(words) == 3 && words[1] == "with" && words[2] == "state" {
		s.N, words = 1, words[:1]
	}
	if len(words) == 0 {
		return false
	}
	if r.form == setForm {
		return len(words) == 2 && parseSet(s, words[0], words[1])
	}
	s.A = words[0]
	last := words[len(words)-1]
	switch r.form {
	case ofOne, stateForm:
		return len(words) == 1
	case oneOrTwo:
		if len(words) == 2 {
			s.B = words[1]
		}
		return len(words) <= 2
	case ofTwo:
		s.B = last
		return len(words) == 2
	case delayForm:
		if len(words) != 3 {
			return false
		}
		s.B = words[1]
		return parseSleep(s, last)
	case clockForm:
		d, err := time.ParseDuration(last)
		s.For = d
		return err == nil && d.Abs() <= 24*time.Hour && len(words) == 2
	default: // driftForm
		n, err := strconv.ParseInt(last, 10, 32)
		s.N = int(n)
		return err == nil && n >= -900_000 && n <= 1_000_000 && len(words) == 2
	}
}

// parseSet reads the name of a knob of the network, and its ratio.
func parseSet(s *world.Step, name, value string) bool {
	var k world.Knobs
	field := world.NetFault(&k.Net, name)
	if field == nil {
		return false
	}
	set := ratio(name, func(*world.Knobs) *sim.Ratio { return field }).set
	ok := set(&k, value)
	s.Text, s.Ratio = name, *field
	return ok
}

func (r *strikeRow) print(s *world.Step) string {
	words := []string{s.A}
	if r.form == setForm {
		words = []string{s.Text, fmt.Sprintf("%d/%d", s.Ratio.Num, s.Ratio.Den)}
	}
	if s.B != "" {
		words = append(words, s.B)
	}
	d := strings.ReplaceAll(s.For.String(), "µ", "u")
	switch {
	case r.form == delayForm:
		return strings.Join(append(words, d), " ")
	case r.form == clockForm:
		if s.For > 0 {
			d = "+" + d
		}
		return strings.Join(append(words, d), " ")
	case r.form == driftForm:
		return strings.Join(append(words, strconv.Itoa(s.N)), " ")
	}
	if s.N == 1 {
		words = append(words, "with state")
	}
	if s.For > 0 {
		words = append(words, "for", d)
	}
	return strings.Join(words, " ")
}

// faultSteps are faults that a client or a peer commits by itself.
func faultSteps() []stepRow {
	return []stepRow{
		{words: "send-part", kind: world.SendPart, scripts: ofClient, what: "a part of a command",
			parse: func(s *world.Step, rest string) bool { s.Text = rest; return rest != "" },
			print: func(s *world.Step) string { return s.Text }},
		{words: "flood", kind: world.Flood, scripts: ofClient, what: "how many, and a command with {n} and {m}",
			parse: parseFlood,
			print: func(s *world.Step) string { return strconv.Itoa(s.N) + " " + s.Text }},
		{words: "die", kind: world.Die, scripts: ofClient, what: "nothing", parse: parseNothing, print: printNothing},
		{words: "mute", kind: world.Mute, scripts: ofClient, what: "a duration such as 20s", parse: parseSleep,
			print: func(s *world.Step) string { return strings.ReplaceAll(s.For.String(), "µ", "u") }},
		{words: "connect", kind: world.DialTCP, scripts: ofPeer, what: "ADDRESS:PORT",
			parse: func(s *world.Step, rest string) bool {
				a, err := netip.ParseAddrPort(rest)
				s.Remote = a
				return err == nil
			},
			print: func(s *world.Step) string { return s.Remote.String() }},
		{words: "router-id", kind: world.RouterID, scripts: ofPeer, what: "an IPv4 address, or same for the speaker's own", parse: parseRouterID,
			print: func(s *world.Step) string {
				if s.ID.IsValid() {
					return s.ID.String()
				}
				return "same"
			}},
		{words: "forget", kind: world.Forget, scripts: ofPeer, what: "the code of a capability, such as 64; 0 for none",
			parse: func(s *world.Step, rest string) bool {
				n, err := strconv.ParseUint(rest, 10, 8)
				s.N = int(n)
				return err == nil
			},
			print: func(s *world.Step) string { return strconv.Itoa(s.N) }},
	}
}

func parseFlood(s *world.Step, rest string) bool {
	first, text, _ := strings.Cut(rest, " ")
	s.Text = strings.TrimSpace(text)
	return parseCount(s, first) && s.Text != ""
}

func parseRouterID(s *world.Step, rest string) bool {
	if rest == "same" {
		return true
	}
	a, err := netip.ParseAddr(rest)
	s.ID = a
	return err == nil && a.Is4() && !a.IsUnspecified()
}
