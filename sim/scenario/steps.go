package scenario

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/sim/world"
	"github.com/peerloom/peerloom/speaker/command"
)

// stepRow is how one kind of step is written: words, and what follows them.
type stepRow struct {
	words   string
	kind    world.StepKind
	scripts scripts // in which it may stand
	what    string  // what to write behind the words
	parse   func(s *world.Step, rest string) bool
	print   func(s *world.Step) string
	is      func(s *world.Step) bool // which of the steps of this kind; nil: all
}

// scripts is a set of kinds of scripts.
type scripts uint8

const (
	ofClient scripts = 1 << iota
	ofPeer
	ofNetwork
)

func stepTable() []stepRow {
	rows := []stepRow{
		{"send", world.Send, ofClient, "a command",
			func(s *world.Step, rest string) bool { s.Lines = []string{rest}; return rest != "" },
			func(s *world.Step) string { return s.Lines[0] }, nil},
		{"expect done", world.ExpectDone, ofClient, "how many", parseCount, printCount, nil},
		{"expect error", world.ExpectError, ofClient, "how many", parseCount, printCount, nil},
		{"wait established", world.WaitEstablished, ofClient | ofPeer | ofNetwork, "nothing", parseNothing, printNothing, nil},
		{"wait end-of-rib", world.WaitEndOfRIB, ofClient | ofPeer | ofNetwork, "nothing", parseNothing, printNothing, nil},
		{"wait quiet", world.WaitQuiet, ofClient | ofPeer | ofNetwork, "nothing", parseNothing, printNothing, nil},
		{"wait messages", world.WaitMessages, ofPeer, "how many", parseCount, printCount,
			func(s *world.Step) bool { return s.A == "" }},
		{"wait messages", world.WaitMessages, ofNetwork, "how many, and the peer", parseCountOf,
			func(s *world.Step) string { return printCount(s) + " " + s.A }, nil},
		{"sleep", world.Sleep, ofClient | ofPeer | ofNetwork, "a duration such as 100ms", parseSleep,
			func(s *world.Step) string { return strings.ReplaceAll(s.For.String(), "µ", "u") }, nil},
		{"refresh", world.Refresh, ofPeer, "a family such as ipv4 unicast", parseFamily,
			func(s *world.Step) string { return s.Family.String() }, nil},
		{"reset", world.ResetTCP, ofPeer, "nothing", parseNothing, printNothing, nil},
		{"close", world.CloseTCP, ofPeer, "nothing", parseNothing, printNothing, nil},
		{"notification", world.Notify, ofPeer, "a subcode of Cease, and a text", parseNotify,
			func(s *world.Step) string { return strings.TrimSpace(strconv.Itoa(s.N) + " " + s.Text) }, nil},
	}
	return slices.Concat(rows, lineSteps(), speakSteps(), faultSteps(), strikeSteps())
}

// lineSteps are about lines that a client gets, answers or not.
func lineSteps() []stepRow {
	text := func(s *world.Step) string { return s.Text }
	return []stepRow{
		{"expect line", world.ExpectLine, ofClient, "a text, or /a pattern/", parsePattern, text, nil},
		{"gather until", world.Gather, ofClient, "a line", func(s *world.Step, rest string) bool { s.Text = rest; return rest != "" }, text, nil},
		{"expect gathered", world.ExpectGathered, ofClient, "a text, or /a pattern/", parsePattern, text, nil},
	}
}

func parsePattern(s *world.Step, rest string) bool {
	s.Text = rest
	_, err := world.Pattern(rest)
	return err == nil && rest != ""
}

func parseNothing(_ *world.Step, rest string) bool { return rest == "" }

func printNothing(*world.Step) string { return "" }

func parseCount(s *world.Step, rest string) bool {
	n, err := strconv.ParseUint(rest, 10, 16)
	s.N = int(n)
	return err == nil && n > 0
}

func parseCountOf(s *world.Step, rest string) bool {
	count, peer, _ := strings.Cut(rest, " ")
	s.A = strings.TrimSpace(peer)
	return parseCount(s, count) && s.A != "" && !strings.Contains(s.A, " ")
}

func printCount(s *world.Step) string { return strconv.Itoa(s.N) }

func parseSleep(s *world.Step, rest string) bool {
	d, err := time.ParseDuration(rest)
	s.For = d
	return err == nil && d > 0 && d <= time.Hour
}

func parseFamily(s *world.Step, rest string) bool {
	words := strings.Fields(rest)
	if len(words) != 2 {
		return false
	}
	f, ok := command.FamilyByName(words[0], words[1])
	s.Family = f.Family
	return ok
}

func parseNotify(s *world.Step, rest string) bool {
	first, text, _ := strings.Cut(rest, " ")
	n, err := strconv.ParseUint(first, 10, 8)
	s.N, s.Text = int(n), strings.TrimSpace(text)
	return err == nil
}

// capability is one that a peer may leave out of its OPEN.
type capability struct {
	name string
	code codec.CapCode
}

func capabilities() []capability {
	return []capability{
		{"route-refresh", codec.CapRouteRefresh}, {"enhanced-refresh", codec.CapEnhancedRefresh},
		{"multiprotocol", codec.CapMultiprotocol}, {"asn4", codec.CapAS4}, {"add-path", codec.CapAddPath},
		{"extended-message", codec.CapExtendedMessage}, {"extended-next-hop", codec.CapExtendedNextHop},
		{"graceful-restart", codec.CapGracefulRestart}, {"link-local-nexthop", codec.CapLinkLocalNextHop}, {"operational", codec.CapOperational},
	}
}

func capName(c codec.CapCode) string {
	for _, x := range capabilities() {
		if x.code == c {
			return x.name
		}
	}
	return c.String()
}
